//! From the goods to what is to be paid: allowances, charges, tax and totals (R11).

use std::collections::BTreeMap;

use emptor_core::{Exact, Money, PricedCharge, RuleSource, Step, StepId, StepKind, TaxSubtotal, Totals};

use super::Explanation;
use super::layout::{Block, Row};
use super::rules::scaled;
use super::scripts::ran;

impl Explanation<'_> {
    /// The sums; `None`: there is nothing but the goods.
    pub(super) fn sum_block(&self) -> Option<Block> {
        let order = self.order;
        let Totals { line_extension, tax_exclusive, tax, tax_inclusive, prepaid, rounding, payable, .. } =
            &order.totals;
        let is_inside = order.lines.iter().any(|line| line.tax.is_some());
        let without = if is_inside { "without the tax that is inside" } else { "" };
        let mut rows = vec![Row::of("goods", line_extension.amount(), without)];
        for step in &order.document_steps {
            rows.push(Row::of(step.step.as_str(), step.amount.amount(), self.document_step(step)));
            rows.extend(step.scripts.iter().map(|run| Row::words(ran(run))));
        }
        rows.extend(order.charges.iter().map(|charge| self.charged(charge)));
        let goods_alone = rows.len() == 1;
        rows.extend(tax_exclusive.filter(|_| !goods_alone).map(|net| Row::of("without tax", net.amount(), "")));
        rows.extend(order.tax.iter().map(taxed));
        if order.tax.len() > 1 {
            rows.extend(tax.map(|tax| Row::of("tax", tax.amount(), "in all")));
        }
        let is_payable = prepaid.is_none() && rounding.is_none();
        rows.extend(tax_inclusive.filter(|_| !is_payable).map(|gross| Row::of("with tax", gross.amount(), "")));
        rows.extend(prepaid.map(|paid| Row::of("paid", negative(paid), "on account")));
        rows.extend(rounding.map(|rounding| Row::of("rounding", rounding.amount(), "to the coin")));
        let with = if is_payable && tax.is_some_and(|tax| tax.minor() != 0) { ", with tax" } else { "" };
        let has_more = rows.len() > 1;
        rows.push(Row::of("to pay", payable.amount(), format!("{}{with}", order.currency)));
        let memos = self.memos();
        let has_more = has_more || !memos.is_empty();
        rows.extend(memos);
        has_more.then(|| Block { head: "Sums".to_owned(), rows })
    }

    /// A charge, and what changed it.
    fn charged(&self, charge: &PricedCharge) -> Row {
        let changes = charge.steps.iter().filter_map(|step| match (step.step, &step.adjustment) {
            (StepKind::Price, _) => Some(self.amount(step.amount)),
            (_, Some(detail)) => Some(self.adjusted(detail, step.amount)),
            _ => None,
        });
        let changes: Vec<String> = changes.collect();
        let id = Some(charge.id.to_string()).filter(|id| id != charge.kind.as_str());
        let changes = Some(changes.join("; ")).filter(|_| changes.len() > 1);
        let words = id.into_iter().chain(changes).collect::<Vec<_>>().join(": ");
        Row::of(charge.kind.as_str(), charge.net.amount(), words)
    }

    /// What stands apart from the price, summed over lines and charges.
    fn memos(&self) -> Vec<Row> {
        let mut sums: BTreeMap<(&StepId, &RuleSource), i128> = BTreeMap::new();
        let of_lines = self.order.lines.iter().flat_map(|line| &line.memo);
        let of_charges = self.order.charges.iter().flat_map(|charge| &charge.memo);
        for Step { adjustment, amount, .. } in of_lines.chain(of_charges) {
            let Some(detail) = adjustment else { continue };
            let sum = sums.entry((&detail.step, &detail.by)).or_default();
            *sum = sum.saturating_add(scaled(*amount).unwrap_or_default());
        }
        let rows = sums.into_iter().map(|((step, by), sum)| {
            let amount = Exact::from_scaled(sum, emptor_core::limits::AMOUNT_DECIMALS).unwrap_or_default();
            Row::of(step.as_str(), self.amount(amount), format!("apart: {}", self.rule(by)))
        });
        rows.collect()
    }
}

fn taxed(group: &TaxSubtotal) -> Row {
    let TaxSubtotal { category, code, percent, taxable, tax, reason, .. } = group;
    let code = code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    Row::of(format!("tax {percent} %"), tax.amount(), format!("of {}, {category}{code}{reason}", taxable.amount()))
}

fn negative(money: Money) -> String {
    Money::from_minor(money.minor().saturating_neg(), money.currency()).amount()
}
