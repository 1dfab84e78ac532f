//! Tax: what is added to an order without tax, or is inside one with it (R11).

use std::collections::BTreeMap;

use emptor_core::limits::{AMOUNT_DECIMALS, QUANTITY_DECIMALS};
use emptor_core::scaled::{Fraction, Wide};
use emptor_core::{Currency, Exact, PriceRequest, RoundingMode, TaxCategoryId, TaxRounding, TaxSide, TaxSubtotal};

use crate::closing::Closing;
use crate::error::PricingError;
use crate::exact_sum::rounded_sum;
use crate::order::Order;
use crate::taxes::{Regime, TaxPart, TaxRow};
use crate::total::settle;
use crate::totals::money_in_range;

/// The tax of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taxed {
    /// By category.
    pub(crate) groups: Vec<TaxSubtotal>,
    /// By line; `None`: no price.
    pub(crate) lines: Vec<Option<TaxedLine>>,
    pub(crate) gifts: Vec<TaxedThing>,
    pub(crate) charges: Vec<TaxedThing>,
    /// The document steps without tax.
    pub(crate) document_steps: Vec<i64>,
}

/// What something is taxed as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaxedThing {
    pub(crate) category: TaxCategoryId,
    /// The tax inside its amount; `None`: the order is without tax.
    pub(crate) inside: Option<i64>,
}

/// What a line is taxed as, and its shares with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaxedLine {
    pub(crate) of_line: TaxedThing,
    /// The tax inside each of its shares; zero where the order is without tax.
    pub(crate) shares: Vec<i64>,
}

/// What of an order has a tax by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing {
    Line(usize),
    /// On the side gross: one share of a line.
    Share(usize, usize),
    Gift(usize),
    Charge(usize),
}

/// An amount that has a tax by itself.
#[derive(Debug, Clone, Copy)]
struct Item {
    thing: Thing,
    minor: i128,
    /// In millionths, where the tax of one unit is rounded.
    quantity: Option<i64>,
}

/// What is taxed alike.
struct Group<'t> {
    rate: Option<&'t TaxRow>,
    items: Vec<Item>,
}

/// How taxes are rounded.
#[derive(Debug, Clone, Copy)]
struct Rounding {
    at: TaxRounding,
    mode: RoundingMode,
    side: TaxSide,
    currency: Currency,
}

type Groups<'t> = BTreeMap<&'t TaxCategoryId, Group<'t>>;

impl TaxedThing {
    /// What is left of an amount without the tax inside.
    pub(crate) fn net(&self, minor: i64) -> i128 {
        i128::from(minor).saturating_sub(self.inside.unwrap_or(0).into())
    }
}

impl Order<'_> {
    /// The tax of an order; `None`: the tenant works out none.
    ///
    /// # Errors
    /// `pricing.total_out_of_range`.
    pub(crate) fn tax(&self, request: &PriceRequest, closing: &Closing) -> Result<Option<Taxed>, PricingError> {
        let Some(regime) = &self.book.taxes.regime else { return Ok(None) };
        let mode = self.book.tenant.rounding.mode;
        let rounding = Rounding { at: regime.rounding, mode, side: self.side, currency: self.currency };
        let categories = Categories::of(self, regime, request, closing);
        let groups = self.groups(regime, &categories, request, closing);
        let taxed = rounding.taxed(&groups, &categories, closing);
        taxed.map(Some).ok_or(PricingError::TotalOutOfRange)
    }

    /// What is taxed alike, by category.
    fn groups<'t>(
        &self,
        regime: &'t Regime,
        categories: &Categories<'t>,
        request: &PriceRequest,
        closing: &Closing,
    ) -> Groups<'t> {
        let mut groups: Groups<'t> = BTreeMap::new();
        let mut add = |category: &'t TaxCategoryId, items: &[Item]| {
            let rate = || regime.rate(category, self.region, self.valid_at);
            let group = groups.entry(category).or_insert_with(|| Group { rate: rate(), items: Vec::new() });
            group.items.extend(items);
        };
        let by_unit = regime.rounding == TaxRounding::Unit;
        let lines = closing.lines.iter().zip(&categories.lines).zip(&request.lines).enumerate();
        for (index, ((line, category), requested)) in lines {
            let Some(line) = line else { continue };
            let thing = Thing::Line(index);
            let quantity = micros(requested.quantity).filter(|&quantity| quantity != 0 && by_unit);
            let own = Item { thing, minor: line.minor.into(), quantity };
            match self.side {
                TaxSide::Net if by_unit => add(category, &[own, Item { minor: line.shared(), quantity: None, ..own }]),
                TaxSide::Net => add(category, &[Item { minor: line.with_shares(), ..own }]),
                TaxSide::Gross => {
                    add(category, &[own]);
                    for (place, (_, share)) in line.shares.iter().enumerate() {
                        let thing = Thing::Share(index, place);
                        add(category, &[Item { thing, minor: (*share).into(), quantity: None }]);
                    }
                }
            }
        }
        for (index, (gift, category)) in closing.gifts.iter().zip(&categories.gifts).enumerate() {
            let quantity = Some(gift.quantity_micros).filter(|&quantity| quantity != 0 && by_unit);
            add(category, &[Item { thing: Thing::Gift(index), minor: gift.minor.into(), quantity }]);
        }
        for (index, (charge, category)) in closing.charges.iter().zip(&categories.charges).enumerate() {
            add(category, &[Item { thing: Thing::Charge(index), minor: charge.minor.into(), quantity: None }]);
        }
        groups
    }
}

/// The category of everything that an order charges.
struct Categories<'t> {
    lines: Vec<&'t TaxCategoryId>,
    gifts: Vec<&'t TaxCategoryId>,
    charges: Vec<&'t TaxCategoryId>,
}

impl<'t> Categories<'t> {
    fn of(order: &'t Order<'_>, regime: &'t Regime, request: &'t PriceRequest, closing: &Closing) -> Self {
        let book = order.book;
        let of_sku = |sku: u32| {
            let category = book.facts(sku).and_then(|facts| facts.tax_category);
            category.and_then(|category| book.taxes.categories.get(category as usize)).unwrap_or(&regime.category)
        };
        let of_line =
            |line: &emptor_core::RequestLine| book.names.skus.find(line.sku.as_str()).map_or(&regime.category, of_sku);
        let of_charge = |charge: &'t emptor_core::Charge| charge.tax_category.as_ref().unwrap_or(&regime.category);
        Self {
            lines: request.lines.iter().map(of_line).collect(),
            gifts: closing.gifts.iter().map(|gift| of_sku(gift.sku)).collect(),
            charges: request.charges.iter().map(of_charge).collect(),
        }
    }
}

impl Rounding {
    /// The taxes of groups; `None`: beyond what the engine carries.
    fn taxed(self, groups: &Groups<'_>, categories: &Categories<'_>, closing: &Closing) -> Option<Taxed> {
        let totals = self.totals(groups)?;
        let thing = |category: &&TaxCategoryId| TaxedThing {
            category: (*category).clone(),
            inside: (self.side == TaxSide::Gross).then_some(0),
        };
        let lines = closing.lines.iter().zip(&categories.lines).map(|(line, category)| {
            let line = line.as_ref()?;
            Some(TaxedLine { of_line: thing(category), shares: vec![0; line.shares.len()] })
        });
        let mut taxed = Taxed {
            groups: Vec::with_capacity(groups.len()),
            lines: lines.collect(),
            gifts: categories.gifts.iter().map(thing).collect(),
            charges: categories.charges.iter().map(thing).collect(),
            document_steps: closing.document_steps.clone(),
        };
        for ((category, group), tax) in groups.iter().zip(totals) {
            let mut taxable = group.sum();
            if self.side == TaxSide::Gross {
                taxable = taxable.checked_sub(tax)?;
                for (item, inside) in group.items.iter().zip(self.inside(group, tax)?) {
                    taxed.take_off(item.thing, i64::try_from(inside).ok()?, closing)?;
                }
            }
            let money = |minor: i128| money_in_range(minor, self.currency);
            taxed.groups.push(TaxSubtotal {
                category: (*category).clone(),
                code: group.rate.and_then(|rate| rate.code.clone()),
                rate_id: group.rate.map(|rate| rate.id.clone()),
                percent: group.rate.map_or(Exact::ZERO, |rate| rate.percent),
                taxable: money(taxable)?,
                tax: money(tax)?,
                reason: group.rate.and_then(|rate| rate.reason.clone()),
            });
        }
        Some(taxed)
    }

    /// The tax of each group, in minor units.
    fn totals(self, groups: &Groups<'_>) -> Option<Vec<i128>> {
        match self.at {
            TaxRounding::Unit | TaxRounding::Line => {
                let of_group = |group: &Group<'_>| self.rounded(group)?.into_iter().try_fold(0_i128, i128::checked_add);
                groups.values().map(of_group).collect()
            }
            TaxRounding::Category => {
                groups.values().map(|group| Some(self.exact(group, group.sum())?.round(self.mode))).collect()
            }
            TaxRounding::Document => {
                let exact = groups.values().map(|group| {
                    let (factor, divisor) = group.part().factor(self.side);
                    (Wide::product(group.sum(), factor.into()), divisor)
                });
                let total = rounded_sum(exact, self.mode)?;
                let amounts: Option<Vec<i128>> =
                    groups.values().map(|group| self.at_ten_decimals(group, group.sum())).collect();
                Some(settle(&amounts?, total, self.currency))
            }
        }
    }

    /// The tax inside each item of a group, in minor units.
    fn inside(self, group: &Group<'_>, total: i128) -> Option<Vec<i128>> {
        if matches!(self.at, TaxRounding::Unit | TaxRounding::Line) {
            return self.rounded(group);
        }
        let exact: Option<Vec<i128>> = group.items.iter().map(|item| self.at_ten_decimals(group, item.minor)).collect();
        Some(settle(&exact?, total, self.currency))
    }

    /// The tax of each item of a group, each rounded.
    fn rounded(self, group: &Group<'_>) -> Option<Vec<i128>> {
        let of_item = |item: &Item| match item.quantity {
            None => Some(self.exact(group, item.minor)?.round(self.mode)),
            Some(quantity) => self.by_unit(group.part(), item.minor, quantity),
        };
        group.items.iter().map(of_item).collect()
    }

    /// The tax of one unit, rounded, for a quantity.
    fn by_unit(self, part: TaxPart, minor: i128, quantity: i64) -> Option<i128> {
        const ONE: i128 = 1_000_000;
        let (factor, divisor) = part.factor(self.side);
        let per_one = minor.checked_mul(ONE)?.checked_mul(quantity.signum().into())?;
        let divisor = u128::from(divisor).checked_mul(quantity.unsigned_abs().into())?;
        let unit = Fraction::new(Wide::product(per_one, factor.into()), divisor, 0)?.round(self.mode);
        Some(Fraction::new(Wide::product(unit, quantity.into()), ONE.unsigned_abs(), 0)?.round(self.mode))
    }

    /// The tax of an amount, in minor units.
    fn exact(self, group: &Group<'_>, minor: i128) -> Option<Fraction> {
        let (factor, divisor) = group.part().factor(self.side);
        Fraction::new(Wide::product(minor, factor.into()), divisor.into(), 0)
    }

    /// The tax of an amount, rounded to 10 decimals.
    fn at_ten_decimals(self, group: &Group<'_>, minor: i128) -> Option<i128> {
        let (factor, divisor) = group.part().factor(self.side);
        let shift = AMOUNT_DECIMALS.saturating_sub(self.currency.decimals());
        Some(Fraction::new(Wide::product(minor, factor.into()), divisor.into(), shift)?.round(RoundingMode::HalfEven))
    }
}

impl Group<'_> {
    fn sum(&self) -> i128 {
        self.items.iter().fold(0, |sum, item| sum.saturating_add(item.minor))
    }

    fn part(&self) -> TaxPart {
        self.rate.map_or(TaxPart::NONE, |rate| rate.part)
    }
}

impl Taxed {
    /// Takes the tax out of an amount with tax.
    fn take_off(&mut self, thing: Thing, tax: i64, closing: &Closing) -> Option<()> {
        match thing {
            Thing::Line(line) => self.lines.get_mut(line)?.as_mut()?.of_line.inside = Some(tax),
            Thing::Share(line, place) => {
                *self.lines.get_mut(line)?.as_mut()?.shares.get_mut(place)? = tax;
                let (document_step, _) = closing.lines.get(line)?.as_ref()?.shares.get(place)?;
                let step = self.document_steps.get_mut(*document_step as usize)?;
                *step = step.checked_sub(tax)?;
            }
            Thing::Gift(gift) => self.gifts.get_mut(gift)?.inside = Some(tax),
            Thing::Charge(charge) => self.charges.get_mut(charge)?.inside = Some(tax),
        }
        Some(())
    }
}

fn micros(quantity: Exact) -> Option<i64> {
    quantity.scaled(QUANTITY_DECIMALS).and_then(|micros| i64::try_from(micros).ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use emptor_core::{Period, RateId, RoundingMode, TaxCategoryId, TaxRounding, TaxSide};

    use super::{Categories, Group, Groups, Item, Rounding, Taxed, Thing};
    use crate::closing::{ClosedLine, Closing};
    use crate::taxes::{TaxPart, TaxRow};

    fn row(percent: &str) -> TaxRow {
        TaxRow {
            id: RateId::new(percent).unwrap(),
            code: None,
            reason: None,
            regions: Vec::new(),
            period: Period::ALWAYS,
            percent: percent.parse().unwrap(),
            part: TaxPart::of(percent.parse().unwrap()).unwrap(),
        }
    }

    /// The taxes of lines of one or two categories: `(percent, minor units, quantity in millionths)`.
    fn taxed(at: TaxRounding, side: TaxSide, lines: &[(&str, i64, Option<i64>)]) -> Taxed {
        let names: BTreeMap<&str, (TaxCategoryId, TaxRow)> =
            lines.iter().map(|(name, ..)| (*name, (TaxCategoryId::new(name).unwrap(), row(name)))).collect();
        let mut groups: Groups<'_> = BTreeMap::new();
        for (index, (name, minor, quantity)) in lines.iter().enumerate() {
            let (category, row) = &names[name];
            let group = groups.entry(category).or_insert(Group { rate: Some(row), items: Vec::new() });
            group.items.push(Item { thing: Thing::Line(index), minor: (*minor).into(), quantity: *quantity });
        }
        let categories = lines.iter().map(|(name, ..)| &names[name].0).collect();
        let categories = Categories { lines: categories, gifts: Vec::new(), charges: Vec::new() };
        let closed = lines.iter().map(|(_, minor, _)| Some(ClosedLine { minor: *minor, ..ClosedLine::default() }));
        let closing = Closing { lines: closed.collect(), ..Closing::default() };
        let rounding = Rounding { at, mode: RoundingMode::HalfUp, side, currency: "EUR".parse().unwrap() };
        rounding.taxed(&groups, &categories, &closing).unwrap()
    }

    fn amounts(taxed: &Taxed) -> Vec<(String, String)> {
        taxed.groups.iter().map(|group| (group.taxable.amount(), group.tax.amount())).collect()
    }

    fn inside(taxed: &Taxed) -> Vec<i64> {
        taxed.lines.iter().map(|line| line.as_ref().unwrap().of_line.inside.unwrap()).collect()
    }

    #[test]
    fn each_stage_rounds_what_its_name_says() {
        let check = |at, lines: &[(&str, i64, Option<i64>)], expected: &[(&str, &str)]| {
            let expected: Vec<_> = expected.iter().map(|(base, tax)| ((*base).to_owned(), (*tax).to_owned())).collect();
            assert_eq!(amounts(&taxed(at, TaxSide::Net, lines)), expected, "{at:?}");
        };
        // 19 percent of 3 cents are 0.57 cents: each rounded, or 1.71 cents together.
        let three = [("19", 3, None), ("19", 3, None), ("19", 3, None)];
        check(TaxRounding::Line, &three, &[("0.09", "0.03")]);
        check(TaxRounding::Category, &three, &[("0.09", "0.02")]);
        // Ten at 3 cents: 0.57 cents each, or 5.7 cents together; a return of them likewise.
        check(TaxRounding::Unit, &[("19", 30, Some(10_000_000))], &[("0.30", "0.10")]);
        check(TaxRounding::Unit, &[("19", -30, Some(-10_000_000))], &[("-0.30", "-0.10")]);
        check(TaxRounding::Unit, &[("19", 30, None)], &[("0.30", "0.06")]);
        // 0.57 and 0.56 cents: one cent each, or 1.13 cents together, which the larger fraction takes.
        let two = [("7", 8, None), ("19", 3, None)];
        check(TaxRounding::Category, &two, &[("0.03", "0.01"), ("0.08", "0.01")]);
        check(TaxRounding::Document, &two, &[("0.03", "0.01"), ("0.08", "0.00")]);
    }

    #[test]
    fn a_gross_amount_stays() {
        // 19/119 of 30 cents are 4.79 cents: 5, of three equal fractions of 1.60 cents.
        let three = [("19", 10, None), ("19", 10, None), ("19", 10, None)];
        let by_category = taxed(TaxRounding::Category, TaxSide::Gross, &three);
        assert_eq!(amounts(&by_category), [("0.25".to_owned(), "0.05".to_owned())]);
        assert_eq!(inside(&by_category), [2, 2, 1]);
        let by_line = taxed(TaxRounding::Line, TaxSide::Gross, &three);
        assert_eq!(amounts(&by_line), [("0.24".to_owned(), "0.06".to_owned())]);
        assert_eq!(inside(&by_line), [2, 2, 2]);
        // 4.79 and 100 x 7/107 = 6.54 cents: 11.33 together are 11, and the larger fraction takes the cent.
        let document = taxed(TaxRounding::Document, TaxSide::Gross, &[("19", 30, None), ("7", 100, None)]);
        assert_eq!(inside(&document), [5, 6]);
    }
}
