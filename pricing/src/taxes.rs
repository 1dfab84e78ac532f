//! How a tenant works tax out, compiled: the regime, its rates, and the coins of cash (R11).

use std::collections::BTreeMap;

use emptor_core::{Currency, Exact, Instant, Period, RateId, RoundingMode, TaxCategoryId, TaxRounding, TaxSide};

/// What a book says about tax and what is paid.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taxes {
    /// Of requests, lists and contracts that say nothing.
    pub(crate) side: TaxSide,
    /// `None`: no tax is worked out.
    pub(crate) regime: Option<Regime>,
    /// By tax category number.
    pub(crate) categories: Vec<TaxCategoryId>,
    pub(crate) cash: Vec<CashRule>,
    /// Whether some list or contract is of another side than the tenant.
    pub(crate) mixed_sides: bool,
}

/// How tax is worked out.
#[derive(Debug, Clone)]
pub(crate) struct Regime {
    pub(crate) rounding: TaxRounding,
    /// Of what names none.
    pub(crate) category: TaxCategoryId,
    /// Of each category, in the order in which they are asked: the first that holds counts.
    pub(crate) rates: BTreeMap<TaxCategoryId, Vec<TaxRow>>,
}

/// A rate.
#[derive(Debug, Clone)]
pub(crate) struct TaxRow {
    pub(crate) id: RateId,
    pub(crate) code: Option<String>,
    pub(crate) reason: Option<String>,
    /// Sorted; empty: wherever no rate names the region.
    pub(crate) regions: Vec<u32>,
    pub(crate) period: Period,
    pub(crate) percent: Exact,
    pub(crate) part: TaxPart,
}

/// A percent as a part of a whole: `tax` for each `whole` without tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TaxPart {
    tax: u64,
    whole: u64,
}

/// To what cash of a currency is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CashRule {
    pub(crate) currency: Currency,
    /// The smallest coin, in minor units; above zero.
    pub(crate) increment: i64,
    pub(crate) mode: RoundingMode,
}

impl Taxes {
    /// The rule for what is paid in cash in a currency.
    pub(crate) fn cash_rule(&self, currency: Currency) -> Option<CashRule> {
        self.cash.iter().find(|rule| rule.currency == currency).copied()
    }
}

impl Regime {
    /// The rate of a category where the goods go to.
    pub(crate) fn rate(&self, category: &TaxCategoryId, region: Option<u32>, valid_at: Instant) -> Option<&TaxRow> {
        let holding = || self.rates.get(category).into_iter().flatten().filter(|rate| rate.period.contains(valid_at));
        let of_region = region.and_then(|region| holding().find(|rate| rate.regions.binary_search(&region).is_ok()));
        of_region.or_else(|| holding().find(|rate| rate.regions.is_empty()))
    }
}

impl TaxPart {
    /// No tax.
    pub(crate) const NONE: Self = Self { tax: 0, whole: 100 };

    /// The part of a percent of zero or above within R0; `None` for any other.
    pub(crate) fn of(percent: Exact) -> Option<Self> {
        let decimals = percent.decimals();
        let tax = u64::try_from(percent.scaled(decimals)?).ok()?;
        let whole = 10_u64.checked_pow(decimals)?.checked_mul(100)?;
        tax.checked_add(whole).map(|_| Self { tax, whole })
    }

    /// What an amount is multiplied with, and then divided by, to have its tax.
    pub(crate) fn factor(self, side: TaxSide) -> (u64, u64) {
        match side {
            TaxSide::Net => (self.tax, self.whole),
            TaxSide::Gross => (self.tax, self.whole.saturating_add(self.tax)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use emptor_core::{Instant, Period, RateId, TaxCategoryId, TaxRounding, TaxSide};

    use super::{Regime, TaxPart, TaxRow};

    #[test]
    fn a_percent_is_a_part_of_a_whole() {
        let factor = |percent: &str, side| TaxPart::of(percent.parse().unwrap()).unwrap().factor(side);
        assert_eq!(factor("19", TaxSide::Net), (19, 100));
        assert_eq!(factor("19", TaxSide::Gross), (19, 119));
        assert_eq!(factor("8.875", TaxSide::Net), (8_875, 100_000));
        assert_eq!(factor("8.875", TaxSide::Gross), (8_875, 108_875));
        assert_eq!(TaxPart::NONE.factor(TaxSide::Gross), (0, 100));
        assert_eq!(TaxPart::of("-1".parse().unwrap()), None);
    }

    #[test]
    fn a_rate_of_the_region_comes_first() {
        let row = |id: &str, regions: &[u32], from: i64| TaxRow {
            id: RateId::new(id).unwrap(),
            code: None,
            reason: None,
            regions: regions.to_vec(),
            period: Period { from: Instant::from_micros(from), to: Instant::MAX },
            percent: "19".parse().unwrap(),
            part: TaxPart::NONE,
        };
        let standard = TaxCategoryId::new("standard").unwrap();
        let rows = vec![row("general-new", &[], 50), row("german", &[1, 7], 10), row("general", &[], 0)];
        let regime = Regime {
            rounding: TaxRounding::Category,
            category: standard.clone(),
            rates: BTreeMap::from([(standard.clone(), rows)]),
        };
        let found = |region, at| {
            let rate = regime.rate(&standard, region, Instant::from_micros(at));
            rate.map(|rate| rate.id.to_string())
        };
        assert_eq!(found(Some(7), 60).as_deref(), Some("german"));
        assert_eq!(found(Some(7), 5).as_deref(), Some("general"));
        assert_eq!(found(Some(2), 60).as_deref(), Some("general-new"));
        assert_eq!(found(None, 60).as_deref(), Some("general-new"));
        assert_eq!(found(None, -1), None);
    }
}
