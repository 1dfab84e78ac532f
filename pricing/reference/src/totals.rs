//! The totals of an order, in the terms of EN 16931 (R11).

use num_traits::{Signed, Zero};

use crate::items::What;
use crate::moment::Moment;
use crate::numbers::{Number, is_amount, number, round_to};
use crate::order::{Carried, Outcome};
use crate::procedure::{Run, TOTAL_OUT_OF_RANGE};
use crate::tax::Group;

/// The totals; zero where a record has none.
pub(crate) struct Sums {
    pub(crate) line_extension: Number,
    pub(crate) allowances: Number,
    pub(crate) charges: Number,
    pub(crate) tax_exclusive: Number,
    pub(crate) tax: Number,
    pub(crate) tax_inclusive: Number,
    pub(crate) prepaid: Number,
    pub(crate) rounding: Number,
    pub(crate) payable: Number,
}

/// Sums an order up.
pub(crate) fn sum(run: &Run, outcomes: &[Outcome], taxes: Option<&[Group]>) -> Result<Sums, &'static str> {
    let nets: Number = outcomes.iter().flatten().map(Carried::net).sum();
    let gifts = run.gifts.iter().map(|given| &given.amount - given.tax.clone().unwrap_or_default());
    let steps = document_steps(run);
    let below = steps.iter().filter(|step| step.is_negative());
    let above = steps.iter().filter(|step| step.is_positive());
    let charged = run.items.iter().filter(|item| matches!(item.what, What::Charge(_)));
    let charged: Number = charged.map(|item| &item.ended - item.tax.clone().unwrap_or_default()).sum();
    let line_extension = nets + gifts.sum::<Number>();
    let allowances = -below.sum::<Number>();
    let charges = charged + above.sum::<Number>();
    let tax_exclusive = &line_extension - &allowances + &charges;
    let tax: Number = taxes.into_iter().flatten().map(|group| &group.tax).sum();
    let tax_inclusive = &tax_exclusive + &tax;
    let prepaid = run.moment.request.facts.paid.map_or_else(Number::zero, number);
    let due = &tax_inclusive - &prepaid;
    let rounding = cash_rounding(run.moment, &due);
    let payable = due + &rounding;
    let sums =
        Sums { line_extension, allowances, charges, tax_exclusive, tax, tax_inclusive, prepaid, rounding, payable };
    let groups = taxes.into_iter().flatten().flat_map(|group| [&group.taxable, &group.tax]);
    let in_range = sums.all().into_iter().chain(&steps).chain(groups).all(is_amount);
    if in_range { Ok(sums) } else { Err(TOTAL_OUT_OF_RANGE) }
}

impl Sums {
    fn all(&self) -> [&Number; 9] {
        [
            &self.line_extension,
            &self.allowances,
            &self.charges,
            &self.tax_exclusive,
            &self.tax,
            &self.tax_inclusive,
            &self.prepaid,
            &self.rounding,
            &self.payable,
        ]
    }
}

/// What each step of the document comes to, without tax: the sum of its shares.
pub(crate) fn document_steps(run: &Run) -> Vec<Number> {
    let mut sums = vec![Number::zero(); run.document.len()];
    for share in run.items.iter().filter(|item| !item.is_out).flat_map(|item| &item.shares) {
        sums[share.document] += share.net();
    }
    sums
}

/// What the rounding of cash changes.
fn cash_rounding(moment: &Moment, due: &Number) -> Number {
    let rule = moment.documents.tenant.cash_roundings.iter().find(|rule| rule.currency == moment.currency);
    match rule.filter(|_| moment.request.cash) {
        Some(rule) => round_to(due, &number(rule.increment), rule.mode) - due,
        None => Number::zero(),
    }
}
