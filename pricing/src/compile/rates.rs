//! Exchange rates: the table that the tenant converts by (R6).

use std::collections::BTreeSet;

use emptor_core::{ConversionStage, Currency, DocumentKind, Exact, FxTable, Place};

use super::Builder;
use crate::book::{Rate, RateChain};
use crate::code::Code;

impl Builder<'_> {
    /// The rates and chains of the tenant's table, and at which stage it converts.
    pub(super) fn read_rates(&mut self) -> (Vec<Rate>, Vec<RateChain>, Option<ConversionStage>) {
        let documents = self.documents;
        let mut seen = BTreeSet::new();
        let (mut rates, mut chains) = (Vec::new(), Vec::new());
        let wanted = documents.tenant.conversion.as_ref();
        for table in &documents.fx_tables {
            let place = Place::of(DocumentKind::FxTable, &table.fx_table);
            if !seen.insert(&table.fx_table) {
                let message = format!("two tables of rates are named `{}`", table.fx_table);
                self.report.error(Code::Duplicate, &place, message, "rename or merge them");
            }
            let (of_table, chains_of_table) = self.read_table(table, &place);
            if wanted.is_some_and(|wanted| wanted.table == table.fx_table) {
                (rates, chains) = (of_table, chains_of_table);
            }
        }
        if let Some(wanted) = wanted
            && !seen.contains(&wanted.table)
        {
            let place = Place::of(DocumentKind::Tenant, &documents.tenant.tenant).key("conversion").key("table");
            self.unknown(&place, "table of rates", wanted.table.as_str());
        }
        (rates, chains, wanted.map(|wanted| wanted.at))
    }

    fn read_table(&mut self, table: &FxTable, place: &Place) -> (Vec<Rate>, Vec<RateChain>) {
        let mut rates: Vec<Rate> = Vec::new();
        let mut ids = BTreeSet::new();
        for (index, rate) in table.rates.iter().enumerate() {
            let place = place.key("rates").index(index);
            if !ids.insert(&rate.rate_id) {
                let message = format!("two rates are named `{}`", rate.rate_id);
                self.report.error(Code::Duplicate, &place.key("rate_id"), message, "rename one of them");
            }
            self.check_price(rate.rate, &|| place.key("rate"));
            if rate.rate <= Exact::ZERO {
                self.not_positive(&place.key("rate"));
            }
            self.check_distinct(&[rate.base, rate.quote], &place);
            let period = self.period(rate.valid, || place.key("valid"));
            if rate.recorded_at.is_some_and(|at| at > self.known_at) {
                continue;
            }
            let pair = |one: &Rate| (one.base.min(one.quote), one.base.max(one.quote));
            let new = Rate { id: rate.rate_id.clone(), base: rate.base, quote: rate.quote, rate: rate.rate, period };
            if rates.iter().any(|other| pair(other) == pair(&new) && other.period == period) {
                let help = "drop one of them, or give it other dates";
                self.report.error(Code::Duplicate, &place, "two rates of one pair hold at the same time", help);
            }
            rates.push(new);
        }
        // The rate that starts last counts, of these the one that ends first: so the first that holds does.
        rates.sort_by_key(|rate| (std::cmp::Reverse(rate.period.from), rate.period.to));
        (rates, self.read_chains(table, place))
    }

    fn read_chains(&mut self, table: &FxTable, place: &Place) -> Vec<RateChain> {
        let mut chains: Vec<RateChain> = Vec::new();
        for (index, chain) in table.chains.iter().enumerate() {
            let place = place.key("chains").index(index);
            self.check_distinct(&[chain.between.0, chain.between.1, chain.through], &place);
            let pair = |(left, right): (Currency, Currency)| (left.min(right), left.max(right));
            if chains.iter().any(|other| pair(other.between) == pair(chain.between)) {
                self.report.error(Code::Duplicate, &place, "two chains of one pair", "drop one of them");
            }
            let increment = self.increment(chain.increment, &place.key("increment"));
            chains.extend(increment.map(|increment| RateChain {
                between: chain.between,
                through: chain.through,
                increment,
                mode: chain.mode,
            }));
        }
        chains
    }

    fn check_distinct(&mut self, currencies: &[Currency], place: &Place) {
        if currencies.iter().collect::<BTreeSet<_>>().len() < currencies.len() {
            let help = "name different currencies";
            self.report.error(Code::Duplicate, place, "a rate or chain names one currency twice", help);
        }
    }
}
