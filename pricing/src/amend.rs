//! Amending: lines of a priced order are cancelled or reduced, and all others stay as they are (R10).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::limits::{AMOUNT_DECIMALS, QUANTITY_DECIMALS};
use emptor_core::scaled::{Fraction, Wide};
use emptor_core::{
    Amount, Currency, Digest, DocumentShare, DocumentStep, Exact, LineId, Money, PricedLine, PricedOrder, RoundingMode,
    Step, StepKind, TaxSubtotal, Totals,
};

use crate::amended_tax::amended_tax;
use crate::record::plain_step;
use crate::totals::Sums;

/// An order of which lines were cancelled or reduced, and how it differs from what it was: what a credit note states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The order as it is now, at detail `Waterfall`; it names the digest of the one it amends.
    pub order: PricedOrder,
    /// The lines that changed, in the order of the order.
    pub lines: Vec<LineDifference>,
    /// The tax that changed, by category: what is taxed and the tax are differences.
    pub tax: Vec<TaxSubtotal>,
    /// By how much the totals changed.
    pub totals: Totals,
}

/// By how much a line changed; where goods were taken off, all of it is below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDifference {
    /// Which line.
    pub id: LineId,
    /// Its quantity.
    pub quantity: Exact,
    /// What it comes to.
    pub net: Money,
    /// The tax inside its price, where prices are with tax.
    pub tax: Option<Money>,
    /// Its shares of the document's allowances and charges.
    pub shares: Vec<DocumentShare>,
}

/// Why an order cannot be amended. Variants are in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmendError {
    /// `amend.unknown_line`: the order has no such line, or it is named twice.
    #[error("the order has no line `{0}` that is named once; check the line's id")]
    UnknownLine(String),
    /// `amend.not_reduced`: the new quantity is not between zero and the old one, or the line has no price.
    #[error("the line `{0}` cannot be amended to more than it is, beyond zero, or without a price; price a new order")]
    NotReduced(String),
    /// `amend.limit`: a number is beyond R0, or the record does not say what it is worked out from.
    #[error("`{0}` is beyond the limits of an order, or not in its record; check the record")]
    Limit(String),
}

impl AmendError {
    /// The stable code, `area.condition`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownLine(_) => "amend.unknown_line",
            Self::NotReduced(_) => "amend.not_reduced",
            Self::Limit(_) => "amend.limit",
        }
    }
}

/// Cancels lines of a priced order (quantity zero) or reduces them (R10): a pure function of the record.
///
/// Each named line keeps its part of what it came to; all other lines, gifts and charges stay to the cent. The order
/// is not priced or judged again: violations and applied adjustments are those of the order it amends. What cash was
/// rounded to is not known, so the amended order is not rounded to coins.
///
/// # Errors
/// In order of precedence: `amend.unknown_line`, `amend.not_reduced`, `amend.limit`.
///
/// # Example
/// ```
/// use emptor_pricing::{Detail, amend, compile, price};
/// let book = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
///     "organizations": [{ "organization": "contoso" }],
///     "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
///     "price_lists": [{ "price_list": "list", "currency": "EUR",
///         "entries": [{ "sku": "BOLT", "tiers": [["0", "1.00"], ["100", "0.85"]] }] }] }"#;
/// let request = r#"{ "buyer": "contoso", "valid_at": "2026-03-01",
///     "lines": [{ "id": "1", "sku": "BOLT", "quantity": "120" }, { "id": "2", "sku": "BOLT", "quantity": "10" }] }"#;
/// let book = compile(&serde_json::from_str(book).unwrap(), emptor_core::Instant::MAX).unwrap();
/// let order = price(&book, &serde_json::from_str(request).unwrap(), Detail::Waterfall).unwrap();
/// let amendment = amend(&order, &[(order.lines[0].id.clone(), "50".parse().unwrap())]).unwrap();
/// // 50 of 120 at 0.85 each: the price that was agreed for 120 stays.
/// assert_eq!(amendment.order.lines[0].net.unwrap().to_string(), "42.50 EUR");
/// assert_eq!(amendment.lines[0].net.to_string(), "-59.50 EUR");
/// assert_eq!(amendment.totals.payable.to_string(), "-59.50 EUR");
/// assert_eq!(amendment.order.totals.payable.to_string(), "52.50 EUR");
/// ```
pub fn amend(order: &PricedOrder, changes: &[(LineId, Exact)]) -> Result<Amendment, AmendError> {
    let parts = parts(order, changes)?;
    let before = at_waterfall(order);
    let mut after = before.clone();
    for (line, part) in after.lines.iter_mut().zip(&parts) {
        if let Some(part) = part {
            let limit = || AmendError::Limit(line.id.to_string());
            *line = part.of_line(line, order.currency).ok_or_else(limit)?;
        }
    }
    let limit = |field: &str| AmendError::Limit(field.to_owned());
    let steps = sums_of_shares(&before).filter(|steps| *steps == before.document_steps);
    steps.ok_or_else(|| limit("document_steps"))?;
    after.document_steps = sums_of_shares(&after).ok_or_else(|| limit("document_steps"))?;
    after.tax = amended_tax(&before, &after).ok_or_else(|| limit("tax"))?;
    after.totals = totals(&after).ok_or_else(|| limit("totals"))?;
    let content = before.canonical_json().unwrap_or_else(|error| error.to_string());
    after.amends = Some(Digest::of(content.as_bytes()));
    let differences = before.lines.iter().zip(&after.lines).zip(&parts);
    let differences = differences.filter(|(_, part)| part.is_some()).map(|((was, is), _)| line_difference(was, is));
    Ok(Amendment {
        lines: differences.collect::<Option<_>>().ok_or_else(|| limit("lines"))?,
        tax: tax_differences(&before.tax, &after.tax).ok_or_else(|| limit("tax"))?,
        totals: totals_difference(&before.totals, &after.totals).ok_or_else(|| limit("totals"))?,
        order: after,
    })
}

/// How much of a line is left: `left` of `all`, in millionths and without their sign.
#[derive(Debug, Clone, Copy)]
struct Part {
    quantity: Exact,
    left: i128,
    all: u128,
}

/// What is left of each line that changes.
fn parts(order: &PricedOrder, changes: &[(LineId, Exact)]) -> Result<Vec<Option<Part>>, AmendError> {
    let places: BTreeMap<&LineId, usize> = order.lines.iter().zip(0..).map(|(line, place)| (&line.id, place)).collect();
    let mut seen = BTreeSet::new();
    for (id, _) in changes {
        if !places.contains_key(id) || !seen.insert(id) {
            return Err(AmendError::UnknownLine(id.to_string()));
        }
    }
    let mut parts = vec![None; order.lines.len()];
    for (id, quantity) in changes {
        let line = places.get(id).and_then(|place| order.lines.get(*place));
        let reduces = |line: &&PricedLine| {
            let (old, new) = (line.quantity, *quantity);
            line.net.is_some()
                && if old.is_negative() { old <= new && new <= Exact::ZERO } else { Exact::ZERO <= new && new <= old }
        };
        let line = line.filter(reduces).ok_or_else(|| AmendError::NotReduced(id.to_string()))?;
        let part = Part::of(line.quantity, *quantity).ok_or_else(|| AmendError::Limit(id.to_string()))?;
        if let Some(slot) = places.get(id).and_then(|place| parts.get_mut(*place)) {
            *slot = Some(part);
        }
    }
    Ok(parts)
}

impl Part {
    fn of(old: Exact, quantity: Exact) -> Option<Self> {
        let micros = |quantity: Exact| quantity.scaled(QUANTITY_DECIMALS)?.checked_abs();
        let (left, all) = (micros(quantity)?, micros(old)?.unsigned_abs());
        // Nothing of nothing is all of it.
        Some(if all == 0 { Self { quantity, left: 1, all: 1 } } else { Self { quantity, left, all } })
    }

    fn scaled(self, amount: i128, mode: RoundingMode) -> Option<i128> {
        Some(Fraction::new(Wide::product(amount, self.left), self.all, 0)?.round(mode))
    }

    fn money(self, money: Money) -> Option<Money> {
        let minor = i64::try_from(self.scaled(money.minor().into(), RoundingMode::HalfUp)?).ok()?;
        Some(Money::from_minor(minor, money.currency()))
    }

    /// The line with what is left of it.
    fn of_line(self, line: &PricedLine, currency: Currency) -> Option<PricedLine> {
        let net = self.money(line.net?)?;
        let tax = match line.tax {
            Some(tax) => Some(self.money(tax)?),
            None => None,
        };
        let shares =
            line.shares.iter().map(|share| Some(DocumentShare { amount: self.money(share.amount)?, ..*share }));
        let memo = line.memo.iter().map(|step| self.of_step(step)).collect::<Option<Vec<_>>>()?;
        Some(PricedLine {
            quantity: self.quantity,
            net: Some(net),
            tax,
            steps: self.of_steps(&line.steps, net, tax, currency)?,
            memo: memo.into_iter().filter(|step| !step.amount.is_zero()).collect(),
            shares: shares.collect::<Option<_>>()?,
            ..line.clone()
        })
    }

    /// The waterfall of what is left: each step has its part, and the step `rounding` takes up the difference.
    fn of_steps(self, steps: &[Step], net: Money, tax: Option<Money>, currency: Currency) -> Option<Vec<Step>> {
        if steps.is_empty() {
            return Some(Vec::new());
        }
        let worked_out = |step: &&Step| !matches!(step.step, StepKind::Rounding | StepKind::Tax);
        let mut left: Vec<Step> = Vec::with_capacity(steps.len());
        let mut sum = 0_i128;
        for step in steps.iter().filter(worked_out) {
            let step = self.of_step(step)?;
            sum = sum.checked_add(step.amount.scaled(AMOUNT_DECIMALS)?)?;
            if step.step == StepKind::Price || !step.amount.is_zero() {
                left.push(step);
            }
        }
        let tax = tax.map_or(0, Money::minor);
        let asked = Amount::from_minor(net.minor().checked_add(tax)?, currency);
        let changes = [
            (StepKind::Rounding, asked.0.checked_sub(sum)?),
            (StepKind::Tax, Amount::from_minor(tax, currency).0.checked_neg()?),
        ];
        for (step, amount) in changes.into_iter().filter(|(_, amount)| *amount != 0) {
            left.push(Step { amount: Amount(amount).to_exact()?, ..plain_step(step, 0) });
        }
        Some(left)
    }

    fn of_step(self, step: &Step) -> Option<Step> {
        let amount = self.scaled(step.amount.scaled(AMOUNT_DECIMALS)?, RoundingMode::HalfEven)?;
        Some(Step { amount: Amount(amount).to_exact()?, ..step.clone() })
    }
}

/// The record without what detail `Why` adds.
fn at_waterfall(order: &PricedOrder) -> PricedOrder {
    let mut order = order.clone();
    for line in &mut order.lines {
        (line.losers, line.lists_not_applicable) = (Vec::new(), None);
        (line.skipped, line.rules_not_applicable) = (Vec::new(), None);
    }
    order
}

/// The document steps as the sums of their shares, which a record at detail `Price` does not have.
fn sums_of_shares(order: &PricedOrder) -> Option<Vec<DocumentStep>> {
    let sums = order.document_steps.iter().zip(0_u32..).map(|(step, place)| {
        let shares = order.lines.iter().flat_map(|line| &line.shares).filter(|share| share.document_step == place);
        let zero = Money::from_minor(0, step.amount.currency());
        let amount = shares.map(|share| share.amount).try_fold(zero, Money::checked_add)?;
        Some(DocumentStep { amount, ..step.clone() })
    });
    sums.collect()
}

fn totals(order: &PricedOrder) -> Option<Totals> {
    let minor = |money: Money| i128::from(money.minor());
    let lines = order.lines.iter().filter_map(|line| line.net);
    let sums = Sums {
        line_extension: lines.chain(order.gifts.iter().map(|gift| gift.net)).map(minor).sum(),
        document_steps: order.document_steps.iter().map(|step| step.amount.minor()).collect(),
        charges: order.charges.iter().map(|charge| minor(charge.net)).sum(),
        tax: order.totals.tax.map(|_| order.tax.iter().map(|group| minor(group.tax)).sum()),
        paid: order.totals.prepaid.map_or(0, minor),
        cash: None,
    };
    sums.totals(order.currency)
}

fn line_difference(was: &PricedLine, is: &PricedLine) -> Option<LineDifference> {
    let quantity = is.quantity.scaled(QUANTITY_DECIMALS)?.checked_sub(was.quantity.scaled(QUANTITY_DECIMALS)?)?;
    let shares = was.shares.iter().zip(&is.shares);
    let shares = shares.map(|(was, is)| Some(DocumentShare { amount: less(is.amount, was.amount)?, ..*is }));
    Some(LineDifference {
        id: is.id.clone(),
        quantity: Exact::from_scaled(quantity, QUANTITY_DECIMALS)?,
        net: less(is.net?, was.net?)?,
        tax: both(is.tax, was.tax)?,
        shares: shares.collect::<Option<_>>()?,
    })
}

fn tax_differences(was: &[TaxSubtotal], is: &[TaxSubtotal]) -> Option<Vec<TaxSubtotal>> {
    let changed = was.iter().zip(is).filter(|(was, is)| was != is);
    let difference = |(was, is): (&TaxSubtotal, &TaxSubtotal)| {
        let (taxable, tax) = (less(is.taxable, was.taxable)?, less(is.tax, was.tax)?);
        Some(TaxSubtotal { taxable, tax, ..is.clone() })
    };
    changed.map(difference).collect()
}

fn totals_difference(was: &Totals, is: &Totals) -> Option<Totals> {
    let unless_zero = |is, was| Some(both(is, was)?.filter(|difference| difference.minor() != 0));
    Some(Totals {
        line_extension: less(is.line_extension, was.line_extension)?,
        allowances: unless_zero(is.allowances, was.allowances)?,
        charges: unless_zero(is.charges, was.charges)?,
        tax_exclusive: both(is.tax_exclusive, was.tax_exclusive)?,
        tax: both(is.tax, was.tax)?,
        tax_inclusive: both(is.tax_inclusive, was.tax_inclusive)?,
        prepaid: unless_zero(is.prepaid, was.prepaid)?,
        rounding: unless_zero(is.rounding, was.rounding)?,
        payable: less(is.payable, was.payable)?,
    })
}

/// The difference of two amounts of one currency.
pub(crate) fn less(money: Money, other: Money) -> Option<Money> {
    money.checked_add(Money::from_minor(other.minor().checked_neg()?, other.currency()))
}

/// The difference of two amounts, of which an absent one is zero; absent where both are. The outer `None`: it does not fit.
#[expect(clippy::option_option, reason = "absent, and beyond the limit, are two things")]
fn both(is: Option<Money>, was: Option<Money>) -> Option<Option<Money>> {
    let Some(known) = is.or(was) else { return Some(None) };
    let zero = Money::from_minor(0, known.currency());
    less(is.unwrap_or(zero), was.unwrap_or(zero)).map(Some)
}

#[cfg(test)]
mod tests {
    use emptor_core::{Exact, LineId, PricedOrder};
    use serde_json::{Value, json};

    use super::{Amendment, amend};

    fn euro(amount: &str) -> Value {
        json!({ "amount": amount, "currency": "EUR" })
    }

    fn price_step(amount: &str) -> Value {
        json!({ "step": "price", "amount": amount, "price": { "source": { "manual": { "reason": "agreed" } } } })
    }

    fn order(mut parts: Value) -> PricedOrder {
        let digest = "0".repeat(64);
        let order = json!({ "basis": { "semantics": 2, "book": digest, "request": digest }, "currency": "EUR",
            "valid_at": "2026-03-01T00:00:00Z", "complete": true });
        parts.as_object_mut().unwrap().extend(order.as_object().unwrap().clone());
        serde_json::from_value(parts).unwrap()
    }

    /// Three at 3.333 with a share of 1.00 off, five at 2.00 with a share of 1.00 off, one without price; 19 percent.
    fn net_order() -> PricedOrder {
        let share = |amount| json!([{ "document_step": 0, "amount": euro(amount) }]);
        order(json!({
            "lines": [
                { "id": "1", "sku": "A", "quantity": "3", "unit": "pc", "net": euro("10.00"), "tax_category": "full",
                  "steps": [price_step("9.999"), { "step": "rounding", "amount": "0.001" }],
                  "memo": [{ "step": "adjustment", "amount": "-1" }], "shares": share("-1.00") },
                { "id": "2", "sku": "B", "quantity": "5", "unit": "pc", "net": euro("10.00"), "tax_category": "full",
                  "steps": [price_step("10")], "shares": share("-1.00") },
                { "id": "3", "sku": "C", "quantity": "1", "no_price": "line.unknown_sku" }],
            "charges": [{ "id": "f", "kind": "freight", "net": euro("5.00"), "tax_category": "none" }],
            "document_steps": [{ "step": "order", "by": { "adjustment": "x" }, "effect": "amount_off", "amount": euro("-2.00") }],
            "tax": [
                { "category": "full", "rate_id": "r", "percent": "19", "taxable": euro("18.00"), "tax": euro("3.42") },
                { "category": "none", "percent": "0", "taxable": euro("5.00"), "tax": euro("0.00") }],
            "totals": { "line_extension": euro("20.00"), "allowances": euro("2.00"), "charges": euro("5.00"),
                "tax_exclusive": euro("23.00"), "tax": euro("3.42"), "tax_inclusive": euro("26.42"),
                "payable": euro("26.42") } }))
    }

    /// Three at 9.99 and one at 1.00 with 19 percent inside, of which shares of 3.00 and 0.10 are off.
    fn gross_order() -> PricedOrder {
        let share = |amount| json!([{ "document_step": 0, "amount": euro(amount) }]);
        order(json!({
            "lines": [
                { "id": "1", "sku": "A", "quantity": "3", "unit": "pc", "net": euro("25.18"), "tax": euro("4.79"),
                  "tax_category": "full", "shares": share("-2.52"),
                  "steps": [price_step("29.97"), { "step": "tax", "amount": "-4.79" }] },
                { "id": "2", "sku": "B", "quantity": "1", "unit": "pc", "net": euro("0.84"), "tax": euro("0.16"),
                  "tax_category": "full", "shares": share("-0.08") }],
            "document_steps": [{ "step": "order", "by": { "adjustment": "x" }, "effect": "amount_off", "amount": euro("-2.60") }],
            "tax": [{ "category": "full", "rate_id": "r", "percent": "19", "taxable": euro("23.42"),
                "tax": euro("4.45") }],
            "totals": { "line_extension": euro("26.02"), "allowances": euro("2.60"), "tax_exclusive": euro("23.42"),
                "tax": euro("4.45"), "tax_inclusive": euro("27.87"), "rounding": euro("0.03"),
                "payable": euro("27.90") } }))
    }

    fn amended(order: &PricedOrder, changes: &[(&str, &str)]) -> Result<Amendment, super::AmendError> {
        let change = |(id, quantity): &(&str, &str)| (LineId::new(id).unwrap(), quantity.parse().unwrap());
        amend(order, &changes.iter().map(change).collect::<Vec<(LineId, Exact)>>())
    }

    #[test]
    fn a_reduced_line_keeps_its_part() {
        let amendment = amended(&net_order(), &[("1", "1")]).unwrap();
        let (order, line) = (&amendment.order, &amendment.order.lines[0]);
        // A third of 10.00 is 3.33, of the share -0.33, of the memo -0.3333333333; the price step is exactly 3.333.
        assert_eq!(line.net.unwrap().amount(), "3.33");
        let steps: Vec<String> = line.steps.iter().map(|step| step.amount.to_string()).collect();
        assert_eq!(steps, ["3.333", "-0.003"]);
        assert_eq!(line.memo[0].amount.to_string(), "-0.3333333333");
        assert_eq!(line.shares[0].amount.amount(), "-0.33");
        assert_eq!(order.lines[1..], net_order().lines[1..]);
        assert_eq!(order.document_steps[0].amount.amount(), "-1.33");
        // 3.33 + 10.00 - 1.33 = 12.00 at 19 percent; the freight's category stays.
        assert_eq!((order.tax[0].taxable.amount(), order.tax[0].tax.amount()), ("12.00".into(), "2.28".into()));
        assert_eq!(order.tax[1], net_order().tax[1]);
        assert_eq!(order.totals.payable.amount(), "19.28");
        assert_eq!(amendment.lines.len(), 1);
        assert_eq!(
            (amendment.lines[0].quantity.to_string(), amendment.lines[0].net.amount()),
            ("-2".into(), "-6.67".into())
        );
        assert_eq!((amendment.tax.len(), amendment.tax[0].tax.amount()), (1, "-1.14".into()));
        assert_eq!(amendment.totals.allowances.unwrap().amount(), "-0.67");
        assert_eq!((amendment.totals.charges, amendment.totals.payable.amount()), (None, "-7.14".into()));
    }

    #[test]
    fn a_cancelled_order_comes_to_its_charges() {
        let amendment = amended(&net_order(), &[("2", "0"), ("1", "0")]).unwrap();
        let order = &amendment.order;
        assert_eq!(order.lines[0].steps.len(), 1);
        assert!(order.lines[0].memo.is_empty());
        assert_eq!((order.totals.line_extension.amount(), order.totals.allowances), ("0.00".into(), None));
        assert_eq!((order.totals.tax.unwrap().amount(), order.totals.payable.amount()), ("0.00".into(), "5.00".into()));
        let content = net_order().canonical_json().unwrap();
        assert_eq!(order.amends, Some(emptor_core::Digest::of(content.as_bytes())));
        // In two goes it comes to the same, but for the order that it amends.
        let twice = amended(&amended(&net_order(), &[("1", "0")]).unwrap().order, &[("2", "0")]).unwrap().order;
        assert_eq!(PricedOrder { amends: order.amends, ..twice }, *order);
    }

    #[test]
    fn tax_inside_is_taken_off_with_its_line() {
        let amendment = amended(&gross_order(), &[("1", "2")]).unwrap();
        let (order, line) = (&amendment.order, &amendment.order.lines[0]);
        // Two thirds of 25.18 and 4.79: together the 19.98 that two cost.
        assert_eq!((line.net.unwrap().amount(), line.tax.unwrap().amount()), ("16.79".into(), "3.19".into()));
        let steps: Vec<String> = line.steps.iter().map(|step| step.amount.to_string()).collect();
        assert_eq!(steps, ["19.98", "-3.19"]);
        // The shares have -0.50 of tax inside, of 2.60 together; of 1.68 + 0.08 left it is -0.34.
        assert_eq!(order.document_steps[0].amount.amount(), "-1.76");
        assert_eq!((order.tax[0].taxable.amount(), order.tax[0].tax.amount()), ("15.87".into(), "3.01".into()));
        // What cash was rounded to is not known.
        assert_eq!((order.totals.rounding, order.totals.payable.amount()), (None, "18.88".into()));
        assert_eq!(amendment.lines[0].tax.unwrap().amount(), "-1.60");
        assert_eq!(amendment.totals.rounding.unwrap().amount(), "-0.03");
        let cancelled = amended(&gross_order(), &[("1", "0"), ("2", "0")]).unwrap().order;
        assert_eq!((cancelled.tax[0].tax.amount(), cancelled.totals.payable.amount()), ("0.00".into(), "0.00".into()));
    }

    #[test]
    fn what_cannot_be_amended_says_why() {
        let mut order = net_order();
        let code = |order: &PricedOrder, changes: &[(&str, &str)]| amended(order, changes).unwrap_err().code();
        assert_eq!(code(&order, &[("4", "0"), ("1", "9")]), "amend.unknown_line");
        assert_eq!(code(&order, &[("1", "0"), ("1", "0")]), "amend.unknown_line");
        for quantity in ["4", "-1"] {
            assert_eq!(code(&order, &[("1", quantity)]), "amend.not_reduced");
        }
        assert_eq!(code(&order, &[("3", "0")]), "amend.not_reduced");
        assert_eq!(code(&order, &[("1", "0.0000001")]), "amend.limit");
        order.lines[0].tax_category = None;
        assert_eq!(code(&order, &[("1", "1")]), "amend.limit");
        // A return is reduced towards zero.
        order.lines[1].quantity = "-5".parse().unwrap();
        assert_eq!(code(&order, &[("2", "-6")]), "amend.not_reduced");
        assert_eq!(code(&order, &[("2", "1")]), "amend.not_reduced");
        assert_eq!(amended(&order, &[("2", "-1")]).unwrap().order.lines[1].net.unwrap().amount(), "2.00");
    }

    #[test]
    fn an_order_that_does_not_change_stays() {
        let amendment = amended(&gross_order(), &[("1", "3")]).unwrap();
        let rounding = amendment.totals.rounding.map(emptor_core::Money::amount);
        assert_eq!(rounding.as_deref(), Some("-0.03"));
        let was = gross_order();
        assert_eq!((amendment.order.lines, amendment.order.tax), (was.lines, was.tax));
        assert!(amendment.tax.is_empty());
    }
}
