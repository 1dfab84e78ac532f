//! Tax by category and rate, and the tax inside what was asked (R11).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use emptor_core::{
    Charge, Product, RateId, TaxCategoryId, TaxRate, TaxRegime, TaxRounding, TaxSide, ViolationCode, ViolationSeverity,
};
use num_traits::{One, Zero};

use crate::items::{Item, What};
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, number, power_of_ten, round_minor, round10, whole};
use crate::order::Outcome;
use crate::procedure::Run;
use crate::settle::settle;
use crate::violations::Found;

/// The tax of one category and rate.
pub(crate) struct Group<'s> {
    pub(crate) category: &'s TaxCategoryId,
    pub(crate) rate: Option<&'s TaxRate>,
    pub(crate) taxable: Number,
    pub(crate) tax: Number,
}

/// What of an order is taxed.
#[derive(Clone, Copy)]
enum Of {
    Line(usize),
    /// All shares of the line before.
    Shares,
    /// One share of a line, by its place as item.
    Share(usize, usize),
    Gift(usize),
    Charge(usize),
}

/// An amount that is taxed.
struct Taxed<'s> {
    of: Of,
    category: &'s TaxCategoryId,
    /// Signed, on the order's side.
    amount: Number,
    /// Of how many units, where it is of a line or a gift.
    quantity: Option<Number>,
}

/// The exact taxes and how they are rounded.
struct Rounding<'s> {
    moment: &'s Moment<'s>,
    rounding: TaxRounding,
}

/// The taxes of an order by group; `None`: none is worked out.
pub(crate) fn work_out<'s>(
    run: &mut Run<'s>,
    lines: &'s [Line<'s>],
    outcomes: &mut [Outcome],
) -> Option<Vec<Group<'s>>> {
    let moment = run.moment;
    let regime = moment.documents.tenant.tax.as_ref()?;
    let taxed = taxed(run, regime, lines, outcomes);
    let mut groups = BTreeMap::<(&TaxCategoryId, Option<&RateId>), (Option<&TaxRate>, Vec<usize>)>::new();
    for (index, one) in taxed.iter().enumerate() {
        let rate = rate(moment, regime, one.category);
        let group = groups.entry((one.category, rate.map(|rate| &rate.rate_id)));
        group.or_insert_with(|| (rate, Vec::new())).1.push(index);
    }
    let rounding = Rounding { moment, rounding: regime.rounding };
    let exact: Vec<Vec<Number>> = groups
        .values()
        .map(|(rate, members)| members.iter().map(|&member| exact(moment, *rate, &taxed[member].amount)).collect())
        .collect();
    let sums =
        rounding.of_groups(&exact, &groups.values().map(|(_, members)| &members[..]).collect::<Vec<_>>(), &taxed);
    let mut result = Vec::new();
    for ((((category, _), (rate, members)), exact), tax) in groups.into_iter().zip(exact).zip(sums) {
        let amounts = members.iter().map(|&member| &taxed[member].amount);
        let mut taxable: Number = amounts.sum();
        if moment.side == TaxSide::Gross {
            taxable -= &tax;
            for (&member, inside) in members.iter().zip(rounding.of_members(&exact, &members, &taxed, &tax)) {
                put_inside(run, outcomes, taxed[member].of, inside);
            }
        }
        if rate.is_none() {
            run.found.push(Found::new(moment, None, ViolationCode::TaxNoRate, ViolationSeverity::Reject));
        }
        result.push(Group { category, rate, taxable, tax });
    }
    Some(result)
}

/// The tax category of goods, where tax is worked out.
pub(crate) fn of_product<'s>(moment: &Moment<'s>, product: Option<&'s Product>) -> Option<&'s TaxCategoryId> {
    moment.documents.tenant.tax.as_ref().map(|regime| stated_or(regime, product))
}

/// The tax category of a charge, where tax is worked out.
pub(crate) fn of_charge<'s>(moment: &Moment<'s>, charge: &'s Charge) -> Option<&'s TaxCategoryId> {
    let regime = moment.documents.tenant.tax.as_ref()?;
    Some(charge.tax_category.as_ref().unwrap_or(&regime.category))
}

fn stated_or<'s>(regime: &'s TaxRegime, product: Option<&'s Product>) -> &'s TaxCategoryId {
    product.and_then(|product| product.tax_category.as_ref()).unwrap_or(&regime.category)
}

/// Lines with their shares after each, gifts, charges.
fn taxed<'s>(run: &Run<'s>, regime: &'s TaxRegime, lines: &'s [Line<'s>], outcomes: &[Outcome]) -> Vec<Taxed<'s>> {
    let moment = run.moment;
    let mut taxed = Vec::new();
    for (index, (line, outcome)) in lines.iter().zip(outcomes).enumerate() {
        let Ok(carried) = outcome else { continue };
        let category = stated_or(regime, line.goods.as_ref().map(|goods| goods.product));
        let (of, quantity) = (Of::Line(index), Some(line.quantity.clone()));
        taxed.push(Taxed { of, category, amount: carried.amount.clone(), quantity });
        let item = run.items.iter().position(|item| item.line().is_some_and(|line| line.index == index));
        let Some(item) = item.filter(|&item| !run.items[item].shares.is_empty()) else { continue };
        of_shares(moment, regime, &run.items[item], item, category, &mut taxed);
    }
    for (index, given) in run.gifts.iter().enumerate() {
        let (of, quantity) = (Of::Gift(index), Some(number(given.gift.quantity)));
        let category = stated_or(regime, moment.product(&given.gift.sku));
        taxed.push(Taxed { of, category, amount: given.amount.clone(), quantity });
    }
    for (index, item) in run.items.iter().enumerate() {
        let What::Charge(charge) = item.what else { continue };
        let category = charge.tax_category.as_ref().unwrap_or(&regime.category);
        taxed.push(Taxed { of: Of::Charge(index), category, amount: item.ended.clone(), quantity: None });
    }
    taxed
}

/// The shares of the line that was pushed last.
fn of_shares<'s>(
    moment: &Moment,
    regime: &TaxRegime,
    item: &Item,
    index: usize,
    category: &'s TaxCategoryId,
    taxed: &mut Vec<Taxed<'s>>,
) {
    let share = |of, amount: Number| Taxed { of, category, amount, quantity: None };
    match (moment.side, regime.rounding) {
        (TaxSide::Gross, _) => {
            let shares = item.shares.iter().enumerate();
            taxed.extend(shares.map(|(place, one)| share(Of::Share(index, place), one.amount.clone())));
        }
        (TaxSide::Net, TaxRounding::Unit) => taxed.push(share(Of::Shares, item.shared())),
        (TaxSide::Net, _) => {
            if let Some(line) = taxed.last_mut() {
                line.amount += item.shared();
            }
        }
    }
}

/// The rate of a category: where the goods go to, else where no rate says.
fn rate<'s>(moment: &Moment<'s>, regime: &TaxRegime, category: &TaxCategoryId) -> Option<&'s TaxRate> {
    let table = moment.documents.tax_tables.iter().find(|table| table.tax_table == regime.table)?;
    let holding =
        |rate: &&TaxRate| rate.category == *category && moment.knows(rate.recorded_at) && moment.holds(&rate.valid);
    let holding: Vec<&TaxRate> = table.rates.iter().filter(holding).collect();
    let first = |is_so: &dyn Fn(&TaxRate) -> bool| {
        let rates = holding.iter().copied().filter(|rate| is_so(rate));
        rates.min_by_key(|rate| {
            let (starts, ends) = moment.ends(&rate.valid);
            (Reverse(starts), ends, &rate.rate_id)
        })
    };
    let in_region = |rate: &TaxRate| moment.region.is_some_and(|region| rate.region.contains(region));
    first(&in_region).or_else(|| first(&|rate| rate.region.is_empty()))
}

fn exact(moment: &Moment, rate: Option<&TaxRate>, amount: &Number) -> Number {
    let percent = rate.map_or_else(Number::zero, |rate| number(rate.percent));
    match moment.side {
        TaxSide::Net => amount * percent / whole(100),
        TaxSide::Gross => amount * &percent / (whole(100) + &percent),
    }
}

impl Rounding<'_> {
    fn round(&self, tax: &Number) -> Number {
        round_minor(tax, self.moment.currency, self.moment.documents.tenant.rounding.mode)
    }

    fn minor(&self) -> Number {
        Number::one() / power_of_ten(self.moment.currency.decimals())
    }

    /// The tax of one amount by itself.
    fn alone(&self, exact: &Number, of: &Taxed) -> Number {
        match of.quantity.as_ref().filter(|quantity| self.rounding == TaxRounding::Unit && !quantity.is_zero()) {
            Some(quantity) => self.round(&(self.round(&(exact / quantity)) * quantity)),
            None => self.round(exact),
        }
    }

    fn of_groups(&self, exact: &[Vec<Number>], members: &[&[usize]], taxed: &[Taxed]) -> Vec<Number> {
        let sums: Vec<Number> = exact.iter().map(|exact| exact.iter().sum()).collect();
        match self.rounding {
            TaxRounding::Category => sums.iter().map(|sum| self.round(sum)).collect(),
            TaxRounding::Document => {
                let total = self.round(&sums.iter().sum());
                settle(&sums.iter().map(round10).collect::<Vec<_>>(), &total, &self.minor())
            }
            TaxRounding::Unit | TaxRounding::Line => {
                let groups = exact.iter().zip(members);
                let alone = |(exact, members): (&Vec<Number>, &&[usize])| {
                    exact.iter().zip(*members).map(|(exact, &member)| self.alone(exact, &taxed[member])).sum()
                };
                groups.map(alone).collect()
            }
        }
    }

    /// The taxes inside the amounts of a group.
    fn of_members(&self, exact: &[Number], members: &[usize], taxed: &[Taxed], tax: &Number) -> Vec<Number> {
        match self.rounding {
            TaxRounding::Unit | TaxRounding::Line => {
                exact.iter().zip(members).map(|(exact, &member)| self.alone(exact, &taxed[member])).collect()
            }
            TaxRounding::Category | TaxRounding::Document => {
                settle(&exact.iter().map(round10).collect::<Vec<_>>(), tax, &self.minor())
            }
        }
    }
}

fn put_inside(run: &mut Run, outcomes: &mut [Outcome], of: Of, tax: Number) {
    match of {
        Of::Line(line) => {
            if let Ok(carried) = &mut outcomes[line] {
                carried.tax = Some(tax);
            }
        }
        Of::Shares => {}
        Of::Share(item, place) => run.items[item].shares[place].tax = tax,
        Of::Gift(gift) => run.gifts[gift].tax = Some(tax),
        Of::Charge(item) => run.items[item].tax = Some(tax),
    }
}
