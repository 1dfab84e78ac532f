//! Derived lists: prices that follow from another list or from cost (R3).

use std::collections::BTreeMap;

use emptor_core::limits::{AMOUNT_DECIMALS, DEPTH_MAX};
use emptor_core::scaled::{Fraction, Wide, power_of_ten};
use emptor_core::{
    AgainstLists, Currency, Derived, DerivedFrom, Exact, Period, Place, PriceList, PriceListId, RoundingMode,
};

use super::draft::{Draft, DraftTier, Target};
use super::lists::ListVersion;
use super::{Builder, versions};
use crate::code::Code;
use crate::table::{Base, NONE, Scope};

type Lists<'d> = BTreeMap<&'d PriceListId, (&'d PriceList, Vec<ListVersion<'d>>)>;

/// Entries that hold together for some time: those of one version, or derived from such.
struct Slice {
    effective: Vec<Period>,
    /// Each with its place among the entries of the version that it came from.
    drafts: Vec<(usize, Draft)>,
}

impl<'d> Builder<'d> {
    /// Adds the sources of all derived versions: one for each version that they follow from.
    pub(super) fn derive_all(&mut self, lists: &Lists<'d>) {
        for (list, list_versions) in lists.values() {
            for version in list_versions {
                let Some(derived) = version.derived else { continue };
                self.check_side(list, derived, lists, &version.place.key("derived"));
                for slice in self.derive(list.currency, version, derived, lists, DEPTH_MAX) {
                    let source = self.add_list_source(list, version, &slice.effective);
                    for (origin, draft) in &slice.drafts {
                        let spot = || version.place.key("derived");
                        self.check_floor(draft, source, &spot);
                        self.add_entry(draft, source, *origin, &spot);
                    }
                }
            }
        }
    }

    fn derive(
        &mut self,
        currency: Currency,
        version: &ListVersion<'d>,
        derived: &Derived,
        lists: &Lists<'d>,
        depth: usize,
    ) -> Vec<Slice> {
        let place = version.place.key("derived");
        let Some(depth) = depth.checked_sub(1) else {
            let help = "let one of the lists on the way have entries";
            self.report.error(
                Code::Cycle,
                &place.key("from"),
                "the way to what this list follows from does not end",
                help,
            );
            return Vec::new();
        };
        let slices = match &derived.from {
            DerivedFrom::Cost => {
                self.check_currency(self.documents.tenant.currency, currency, &place);
                vec![Slice { effective: vec![Period::ALWAYS], drafts: self.costs() }]
            }
            DerivedFrom::PriceList(id) => {
                let Some((list, list_versions)) = lists.get(id) else {
                    self.unknown(&place.key("from"), "price list", id.as_str());
                    return Vec::new();
                };
                self.check_currency(list.currency, currency, &place);
                let mut slices = Vec::new();
                for version in list_versions {
                    match version.derived {
                        Some(derived) => slices.extend(self.derive(list.currency, version, derived, lists, depth)),
                        None => slices.push(self.own_slice(list.currency, version)),
                    }
                }
                slices
            }
        };
        let rule = self.rule(derived, &place);
        let Some(rule) = rule else { return Vec::new() };
        let mut result = Vec::new();
        for mut slice in slices {
            slice.effective = versions::intersection(&slice.effective, &version.effective);
            if slice.effective.is_empty() {
                continue;
            }
            for (_, draft) in &mut slice.drafts {
                if rule.apply(draft).is_none() {
                    let help = "round the prices it follows from, or the percent";
                    self.report.error(Code::Limit, &place, "a derived price is beyond the limits", help);
                }
            }
            result.push(slice);
        }
        result
    }

    /// Prices with tax do not follow from prices without, nor the other way round.
    fn check_side(&mut self, list: &PriceList, derived: &Derived, lists: &Lists<'d>, place: &Place) {
        let side = |list: &PriceList| list.prices.unwrap_or(self.documents.tenant.prices);
        let DerivedFrom::PriceList(id) = &derived.from else { return };
        if lists.get(id).is_some_and(|(from, _)| side(from) != side(list)) {
            let help = "derive from a list of the same side";
            let message = "a list is derived from one whose prices are of the other side of tax";
            self.report.error(Code::DerivedCurrency, &place.key("from"), message, help);
        }
    }

    fn check_currency(&mut self, from: Currency, to: Currency, place: &Place) {
        if from != to {
            let message = format!("prices in {to} cannot follow from prices in {from}");
            self.report.error(
                Code::DerivedCurrency,
                &place.key("from"),
                message,
                "derive from a list in the same currency",
            );
        }
    }

    /// The entries of a version that is not derived; what is wrong with them is reported where they stand.
    fn own_slice(&mut self, currency: Currency, version: &ListVersion<'_>) -> Slice {
        let mut drafts = Vec::new();
        for (index, entry) in version.entries.iter().enumerate() {
            let spot = || version.place.key("entries").index(index);
            drafts.extend(self.draft(entry, currency, AgainstLists::Hide, &spot).map(|draft| (index, draft)));
        }
        Slice { effective: version.effective.clone(), drafts }
    }

    /// One price per unit for each product with a cost.
    fn costs(&mut self) -> Vec<(usize, Draft)> {
        let mut drafts = Vec::new();
        for product in self.documents.catalogs.iter().flat_map(|catalog| &catalog.products) {
            let (Some(cost), Some(sku)) = (product.cost, self.names.skus.find(product.sku.as_str())) else { continue };
            let tier = DraftTier { start: 0, end: i64::MAX, price: Some(cost), beside: None };
            let draft = Draft {
                target: Target::Sku(sku),
                unit: self.unit(product.unit.as_str()),
                per_micros: 1_000_000,
                valid: Period::ALWAYS,
                graduated: false,
                up_to: false,
                base: Base::Quantity,
                scope: Scope::Line,
                counts_prior: false,
                charge_at_zero: false,
                lists: AgainstLists::Hide,
                guards: NONE,
                excludes: 0,
                formula: NONE,
                tiers: vec![tier],
            };
            drafts.push((drafts.len(), draft));
        }
        drafts
    }

    fn rule(&mut self, derived: &Derived, place: &Place) -> Option<Rule> {
        let increment = match derived.increment {
            Some(increment) => Some(self.increment(increment, &place.key("increment"))?),
            None => None,
        };
        let optional = [derived.margin_min, derived.margin_max].into_iter().flatten();
        for price in [derived.percent, derived.amount].into_iter().chain(optional) {
            self.check_price(price, &|| place.clone());
        }
        if let (Some(least), Some(most)) = (derived.margin_min, derived.margin_max)
            && least > most
        {
            let help = "let `margin_min` be at most `margin_max`";
            self.report.error(Code::ListForm, &place.key("margin_min"), "the margins leave no price", help);
        }
        let at_10 = |price: Exact| price.scaled(AMOUNT_DECIMALS);
        Some(Rule {
            percent: at_10(derived.percent)?,
            increment,
            mode: derived.mode,
            amount: at_10(derived.amount)?,
            margin_min: derived.margin_min.and_then(at_10),
            margin_max: derived.margin_max.and_then(at_10),
        })
    }
}

/// [`Derived`] at 10 decimals.
struct Rule {
    percent: i128,
    increment: Option<i128>,
    mode: RoundingMode,
    amount: i128,
    margin_min: Option<i128>,
    margin_max: Option<i128>,
}

impl Rule {
    /// Makes a draft the derived one, or `None` where a price does not fit.
    fn apply(&self, draft: &mut Draft) -> Option<()> {
        // Guards and exclusions are said of an entry, and not derived.
        (draft.guards, draft.excludes) = (NONE, 0);
        for tier in &mut draft.tiers {
            if let Some(price) = &mut tier.price {
                *price = self.price(*price)?;
            }
            let Some(beside) = &mut tier.beside else { continue };
            let package = beside.package.as_mut().map(|package| &mut package.price);
            for amount in [beside.flat.as_mut(), beside.above.as_mut(), package].into_iter().flatten() {
                *amount = exact(self.share(*amount)?)?;
            }
        }
        Some(())
    }

    fn price(&self, price: Exact) -> Option<Exact> {
        let original = price.scaled(AMOUNT_DECIMALS)?;
        let mut derived = self.share(price)?;
        if let Some(increment) = self.increment {
            derived = Fraction::whole(derived).round_to(increment, 0, self.mode)?;
        }
        derived = derived.checked_add(self.amount)?;
        if let Some(margin) = self.margin_min {
            derived = derived.max(original.checked_add(margin)?);
        }
        if let Some(margin) = self.margin_max {
            derived = derived.min(original.checked_add(margin)?);
        }
        exact(derived)
    }

    /// `round10(amount x percent / 100)` at 10 decimals.
    fn share(&self, amount: Exact) -> Option<i128> {
        let product = Wide::product(amount.scaled(AMOUNT_DECIMALS)?, self.percent);
        let divisor = power_of_ten(AMOUNT_DECIMALS.saturating_add(2)).unsigned_abs();
        Some(Fraction::new(product, divisor, 0)?.round(RoundingMode::HalfEven))
    }
}

fn exact(scaled: i128) -> Option<Exact> {
    Exact::from_scaled(scaled, AMOUNT_DECIMALS).filter(|&price| super::draft::is_price(price))
}
