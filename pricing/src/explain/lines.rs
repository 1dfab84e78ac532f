//! Lines, gifts and charges: the steps that lead to what each comes to, and what lost.

use emptor_core::{
    DocumentShare, Exact, LineId, Loser, LoserReason, Money, PriceDetail, PricedCharge, PricedGift, PricedLine, Step,
    StepKind,
};

use super::Explanation;
use super::layout::{Block, Row};
use super::price::{converted, reading, source_of};
use super::rules::guarded;
use super::scripts::ran;
use super::skipped::Common;

impl Explanation<'_> {
    /// A block for every line, gift and charge.
    pub(super) fn line_blocks(&self) -> Vec<Block> {
        let common = Common::of(&self.order.lines);
        let lines = self.order.lines.iter().map(|line| self.priced_line(line, &common));
        let gifts = self.order.gifts.iter().map(|gift| self.gift(gift));
        let charges = self.order.charges.iter().filter(|charge| !charge.steps.is_empty());
        let charges = charges.map(|charge| self.charge(charge));
        let whole = self.common_block(&common).into_iter().chain(self.failure_block());
        lines.chain(gifts).chain(charges).chain(whole).collect()
    }

    /// The block of one line.
    pub(super) fn line_block(&self, line: &LineId) -> Option<Block> {
        let line = self.order.lines.iter().find(|known| known.id == *line)?;
        Some(self.priced_line(line, &Common::of(std::slice::from_ref(line))))
    }

    fn priced_line(&self, line: &PricedLine, common: &Common<'_>) -> Block {
        let unit = line.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let mut head = format!("line {}: {}, {}{unit}", line.id, line.sku, line.quantity);
        if let Some(reason) = line.no_price {
            head = format!("{head}\n  no price: {reason} ({})", reason.code());
        }
        let mut rows: Vec<Row> = line.steps.iter().flat_map(|step| self.step(step, Some(line))).collect();
        rows.extend(line.net.map(|net| self.net(net)));
        rows.extend(self.shares(&line.shares));
        rows.extend(line.memo.iter().flat_map(|step| self.memo(step)));
        rows.extend(self.failure_rows(&line.id));
        rows.extend(line.losers.iter().map(|loser| self.loser(line, loser)));
        rows.extend(self.skipped_rows(&line.skipped, common));
        rows.extend(others(line.lists_not_applicable, "price list", "for this buyer, or not at this date"));
        rows.extend(others(line.rules_not_applicable, "rule", "for this buyer or these goods, or not at this date"));
        Block { head, rows }
    }

    fn gift(&self, gift: &PricedGift) -> Block {
        let head = format!("gift: {}, {} {}", gift.sku, gift.quantity, gift.unit);
        let mut rows: Vec<Row> = gift.steps.iter().flat_map(|step| self.step(step, None)).collect();
        if let Some(price) = rows.first_mut() {
            price.words = format!("given by {}", self.rule(&gift.by));
        }
        rows.push(self.net(gift.net));
        Block { head, rows }
    }

    fn charge(&self, charge: &PricedCharge) -> Block {
        let kind = Some(charge.kind.as_str()).filter(|kind| *kind != charge.id.as_str());
        let head = format!("charge {}{}", charge.id, kind.map(|kind| format!(": {kind}")).unwrap_or_default());
        let mut rows: Vec<Row> = charge.steps.iter().flat_map(|step| self.step(step, None)).collect();
        rows.push(self.net(charge.net));
        rows.extend(charge.memo.iter().flat_map(|step| self.memo(step)));
        Block { head, rows }
    }

    fn net(&self, net: Money) -> Row {
        Row::of("net", net.amount(), self.order.currency.code())
    }

    /// A step, and what there is to say of it; `line`: whose price it is.
    fn step(&self, step: &Step, line: Option<&PricedLine>) -> Vec<Row> {
        let currency = self.order.currency;
        let (label, words) = match step.step {
            StepKind::Price => ("price", Vec::new()),
            StepKind::Conversion => ("conversion", vec!["share of the converted sum".to_owned()]),
            StepKind::Adjustment => ("adjustment", Vec::new()),
            StepKind::Guard => ("guard", Vec::new()),
            StepKind::Redistribution => ("moved", vec!["what lines at their guards could not take".to_owned()]),
            StepKind::Commitment => ("commitment", Vec::new()),
            StepKind::Rounding => ("rounding", vec![format!("to the minor unit of {currency}")]),
            StepKind::Tax => ("tax", vec!["that is inside".to_owned()]),
        };
        let label = step.adjustment.as_ref().map_or(label, |adjustment| adjustment.step.as_str());
        let mut words = words;
        if let Some(price) = &step.price {
            let source_currency = step.conversion.as_ref().map_or(currency, |conversion| conversion.currency);
            words.push(source_of(&price.source, price));
            if let (Some(line), Some(table)) = (line, &price.table) {
                words.extend(reading(line, step.amount, table, source_currency));
            }
            words.extend(price.script.as_ref().map(ran));
        }
        words.extend(step.conversion.as_ref().map(|conversion| converted(conversion)));
        if let Some(adjustment) = &step.adjustment {
            words.push(self.adjusted(adjustment, step.amount));
            words.extend(adjustment.scripts.iter().map(ran));
        }
        let shared = line.is_some_and(|line| !line.shares.is_empty());
        words.extend(step.guard.as_ref().map(|guard| guarded(guard, currency, shared)));
        words.extend(step.commitment.as_ref().map(|contract| format!("the commitment of contract {contract}")));
        let mut words = words.into_iter();
        let first = Row::of(label, self.amount(step.amount), words.next().unwrap_or_default());
        std::iter::once(first).chain(words.map(Row::words)).collect()
    }

    /// A step that is not part of the price.
    fn memo(&self, step: &Step) -> Vec<Row> {
        let label = step.adjustment.as_ref().map_or("memo", |adjustment| adjustment.step.as_str());
        let words = step.adjustment.as_ref().map(|adjustment| self.noted(adjustment, step.amount));
        let first = Row::of(label, self.amount(step.amount), format!("apart: {}", words.unwrap_or_default()));
        let scripts = step.adjustment.iter().flat_map(|adjustment| &adjustment.scripts);
        std::iter::once(first).chain(scripts.map(|run| Row::words(ran(run)))).collect()
    }

    /// A line's shares of the document's allowances and charges, which are not in its net.
    fn shares(&self, shares: &[DocumentShare]) -> Option<Row> {
        let sum = shares.iter().fold(0_i64, |sum, share| sum.saturating_add(share.amount.minor()));
        let of = |share: &DocumentShare| {
            let step = self.order.document_steps.get(usize::try_from(share.document_step).ok()?)?;
            Some((step.step.as_str(), share.amount.amount()))
        };
        let words = match shares {
            [] => return None,
            [only] => of(only).map(|(step, _)| step.to_owned()).unwrap_or_default(),
            _ => shares
                .iter()
                .filter_map(of)
                .map(|(step, amount)| format!("{step} {amount}"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let sum = Money::from_minor(sum, self.order.currency).amount();
        Some(Row::of("document", sum, format!("its share of {words}")))
    }

    fn loser(&self, line: &PricedLine, loser: &Loser) -> Row {
        let price =
            PriceDetail { source: loser.source.clone(), category: loser.category.clone(), table: None, script: None };
        let other_unit = loser.unit.as_ref().filter(|&unit| line.unit.as_ref() != Some(unit));
        let unit = other_unit.map(|unit| format!(", priced by the {unit}")).unwrap_or_default();
        let words = format!("{}{unit}: {}", source_of(&loser.source, &price), reason(loser.reason));
        Row::of("lost", loser.amount.map(|amount| self.amount(amount)).unwrap_or_default(), words)
    }

    pub(super) fn amount(&self, amount: Exact) -> String {
        amount.padded(self.order.currency.decimals())
    }
}

/// How many more there are that say nothing.
fn others(count: Option<u32>, what: &str, why: &str) -> Option<Row> {
    let count = count.filter(|&count| count > 0)?;
    let (s, are) = if count == 1 { ("", "is") } else { ("s", "are") };
    Some(Row::words(format!("{count} other {what}{s} {are} not {why}")))
}

fn reason(reason: LoserReason) -> &'static str {
    match reason {
        LoserReason::NotAuthorized => "prices may not be set by hand here",
        LoserReason::Outranked => "another comes first",
        LoserReason::NotLowest => "another is lower, or as low and named first",
        LoserReason::BreakTaken => "another holds the break",
        LoserReason::HiddenByContract => "hidden by the contract",
        LoserReason::NoTier => "no price for this quantity",
        LoserReason::Unit => "its unit does not convert to the line's",
        LoserReason::Currency => "in another currency, which is not converted",
        LoserReason::ValueInOtherCurrency => "counts value in another currency",
        LoserReason::OutOfRange => "its amount is out of range",
        LoserReason::ScriptFailed => "its script failed",
    }
}
