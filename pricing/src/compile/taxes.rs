//! Tax tables, the tenant's regime, and the coins of cash (R11).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{CashRounding, DocumentKind, Place, TaxCategoryId, TaxRate, TaxRegime, TaxTable};

use super::{Builder, number};
use crate::code::Code;
use crate::taxes::{CashRule, Regime, TaxPart, TaxRow, Taxes};

impl Builder<'_> {
    /// How the tenant works tax out; read after the catalogs, for it needs their tax categories.
    pub(super) fn read_taxes(&mut self) -> Taxes {
        let documents = self.documents;
        let place = Place::of(DocumentKind::Tenant, &documents.tenant.tenant);
        let mut tables: BTreeMap<&str, BTreeMap<TaxCategoryId, Vec<TaxRow>>> = BTreeMap::new();
        for table in &documents.tax_tables {
            let place = Place::of(DocumentKind::TaxTable, &table.tax_table);
            let rates = self.read_tax_table(table, &place);
            if tables.insert(table.tax_table.as_str(), rates).is_some() {
                let message = format!("two tables of tax rates are named `{}`", table.tax_table);
                self.report.error(Code::Duplicate, &place, message, "rename or merge them");
            }
        }
        let regime = documents.tenant.tax.as_ref().and_then(|regime| {
            let place = place.key("tax");
            let rates = tables.remove(regime.table.as_str());
            if rates.is_none() {
                self.unknown(&place.key("table"), "table of tax rates", regime.table.as_str());
            }
            Some(self.read_regime(regime, rates?, &place))
        });
        let names = &self.names.tax_categories;
        // Every name came from a document, where it was checked.
        let categories = (0..number(names.len())).filter_map(|id| TaxCategoryId::new(names.text(id)).ok()).collect();
        let cash = self.read_cash(&documents.tenant.cash_roundings, &place.key("cash_roundings"));
        let mixed_sides = self.sources.iter().any(|source| source.side != documents.tenant.prices);
        Taxes { side: documents.tenant.prices, regime, categories, cash, mixed_sides }
    }

    fn read_regime(
        &mut self,
        regime: &TaxRegime,
        rates: BTreeMap<TaxCategoryId, Vec<TaxRow>>,
        place: &Place,
    ) -> Regime {
        let documents = self.documents;
        if !rates.contains_key(&regime.category) {
            self.warn_of_category(&regime.category, &place.key("category"));
        }
        for catalog in &documents.catalogs {
            for (index, product) in catalog.products.iter().enumerate() {
                if let Some(category) = product.tax_category.as_ref().filter(|name| !rates.contains_key(*name)) {
                    let place = Place::of(DocumentKind::Catalog, &catalog.catalog).key("products").index(index);
                    self.warn_of_category(category, &place.key("tax_category"));
                }
            }
        }
        Regime { rounding: regime.rounding, category: regime.category.clone(), rates }
    }

    fn warn_of_category(&mut self, category: &TaxCategoryId, place: &Place) {
        let message = format!("the tenant's table has no tax rate of the category `{category}`");
        let help = "add a rate, of zero percent where there is no tax, or correct the name";
        self.report.warning(Code::TaxCategory, place, message, help);
    }

    /// The rates of a table, by category, in the order in which they are asked.
    fn read_tax_table(&mut self, table: &TaxTable, place: &Place) -> BTreeMap<TaxCategoryId, Vec<TaxRow>> {
        let mut rates: BTreeMap<TaxCategoryId, Vec<TaxRow>> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for (index, rate) in table.rates.iter().enumerate() {
            let place = place.key("rates").index(index);
            if !ids.insert(&rate.rate_id) {
                let message = format!("two rates are named `{}`", rate.rate_id);
                self.report.error(Code::Duplicate, &place.key("rate_id"), message, "rename one of them");
            }
            if let Some(row) = self.tax_row(rate, &place) {
                let of_category = rates.entry(rate.category.clone()).or_default();
                let shares_region = |other: &TaxRow| {
                    other.regions.iter().any(|region| row.regions.contains(region))
                        || (other.regions.is_empty() && row.regions.is_empty())
                };
                if of_category.iter().any(|other| other.period == row.period && shares_region(other)) {
                    let help = "drop one of them, or give it other regions or dates";
                    let message = "two rates of one category and region hold at the same time";
                    self.report.error(Code::Duplicate, &place, message, help);
                }
                of_category.push(row);
            }
        }
        for rows in rates.values_mut() {
            rows.sort_by(|left, right| {
                let by_period = (right.period.from, left.period.to).cmp(&(left.period.from, right.period.to));
                by_period.then_with(|| left.id.cmp(&right.id))
            });
        }
        rates
    }

    /// A rate; `None` where it is not known yet, or something is wrong with it.
    fn tax_row(&mut self, rate: &TaxRate, place: &Place) -> Option<TaxRow> {
        self.check_price(rate.percent, &|| place.key("percent"));
        if rate.percent.is_negative() {
            let message = format!("a tax of `{}` percent", rate.percent);
            self.report.error(Code::TaxPercent, &place.key("percent"), message, "write zero or a number above zero");
        }
        let period = self.period(rate.valid, || place.key("valid"));
        let mut regions: Vec<u32> = rate.region.iter().map(|region| self.names.regions.add(region.as_str())).collect();
        regions.sort_unstable();
        if rate.recorded_at.is_some_and(|at| at > self.known_at) {
            return None;
        }
        Some(TaxRow {
            id: rate.rate_id.clone(),
            code: rate.code.clone(),
            reason: rate.reason.clone(),
            regions,
            period,
            percent: rate.percent,
            part: TaxPart::of(rate.percent)?,
        })
    }

    fn read_cash(&mut self, roundings: &[CashRounding], place: &Place) -> Vec<CashRule> {
        let mut rules: Vec<CashRule> = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, rounding) in roundings.iter().enumerate() {
            let place = place.index(index);
            let currency = rounding.currency;
            if !seen.insert(currency) {
                let message = format!("two roundings of cash in {currency}");
                self.report.error(Code::Duplicate, &place.key("currency"), message, "drop one of them");
            }
            self.check_price(rounding.increment, &|| place.key("increment"));
            let minor = rounding.increment.scaled(currency.decimals()).and_then(|minor| i64::try_from(minor).ok());
            match minor.filter(|&minor| minor > 0) {
                Some(increment) => rules.push(CashRule { currency, increment, mode: rounding.mode }),
                None => {
                    let message = format!("`{}` is no coin of {currency}", rounding.increment);
                    let help = "write an amount above zero with no more decimals than the currency has";
                    self.report.error(Code::CashIncrement, &place.key("increment"), message, help);
                }
            }
        }
        rules
    }
}
