//! What price lists and contracts state beside prices, so that more of a book depends on them.

use emptor_core::{Contract, CountScope, Entry, PriceList, TierBase};

use crate::compile::asks::Asks;
use crate::names::Names;

/// What some lists and contracts state.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says of all that is stated whether there is some of it")]
pub(super) struct Stated {
    pub(super) asks: Asks,
    /// Discounts, order rules, commitments, derived prices or scripts.
    pub(super) has_more_than_prices: bool,
    /// Whether units are named that no other document may name.
    pub(super) names_own_units: bool,
    pub(super) has_categories: bool,
    pub(super) has_guards: bool,
    pub(super) counts_over_lines: bool,
}

/// What is stated by documents, where units up to a number are those of others.
pub(super) fn stated(lists: &[&PriceList], contracts: &[&Contract], (units, known): (&Names, usize)) -> Stated {
    let mut stated = Stated::default();
    for list in lists {
        stated.asks = stated.asks.and(Asks::of_list(list));
        let derived = list.versions.iter().map(|version| &version.derived).chain([&list.derived]);
        stated.has_more_than_prices |= derived.into_iter().any(Option::is_some);
        let versions = list.versions.iter().flat_map(|version| &version.entries);
        list.entries.iter().chain(versions).for_each(|entry| stated.add_entry(entry, (units, known)));
    }
    for contract in contracts {
        stated.asks = stated.asks.and(Asks::of_contract(contract));
        for version in &contract.versions {
            stated.has_more_than_prices |= version.commitment.is_some();
            for term in &version.terms {
                stated.has_more_than_prices |= term.discount.is_some() || term.order_rule.is_some();
                term.price.iter().for_each(|entry| stated.add_entry(entry, (units, known)));
            }
        }
    }
    stated
}

impl Stated {
    fn add_entry(&mut self, entry: &Entry, (units, known): (&Names, usize)) {
        let is_own = |name: &str| units.find(name).is_none_or(|unit| unit as usize >= known);
        let of_weight = if let TierBase::Weight(unit) = &entry.base { Some(unit) } else { None };
        let mut named = entry.per.iter().map(|per| &per.unit).chain(of_weight);
        self.names_own_units |= named.any(|unit| is_own(unit.as_str()));
        self.has_more_than_prices |= entry.formula.is_some() || matches!(entry.base, TierBase::Script(_));
        self.has_categories |= entry.category.is_some();
        self.has_guards |= !entry.guards.is_empty();
        self.counts_over_lines |= entry.over != CountScope::Line;
    }
}
