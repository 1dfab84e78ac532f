//! When something becomes known: until then, a later `known_at` makes the same book (R3).

use emptor_core::{Contract, Documents, Instant, PriceList};

use crate::compile::Written;

/// The first moment after `known_at` at which something in the documents becomes known.
pub(super) fn next_after(known_at: Instant, written: &Written<'_>) -> Option<Instant> {
    let of_lists = written.price_lists.iter().flat_map(|list| of_list(list));
    let of_contracts = written.contracts.iter().flat_map(|contract| of_contract(contract));
    of_lists.chain(of_contracts).chain(of_others(written.documents)).filter(|at| *at > known_at).min()
}

/// [`next_after`] of price lists and contracts alone.
pub(super) fn next_of_prices(known_at: Instant, written: &Written<'_>) -> Option<Instant> {
    let of_lists = written.price_lists.iter().flat_map(|list| of_list(list));
    let of_contracts = written.contracts.iter().flat_map(|contract| of_contract(contract));
    of_lists.chain(of_contracts).filter(|at| *at > known_at).min()
}

fn of_list(list: &PriceList) -> impl Iterator<Item = Instant> {
    list.versions.iter().filter_map(|version| version.recorded_at)
}

fn of_contract(contract: &Contract) -> impl Iterator<Item = Instant> {
    contract.versions.iter().flat_map(|version| {
        let signed = [&version.submitted, &version.approved].into_iter().flatten().map(|signature| signature.at);
        let ended = version.terminated.iter().map(|end| end.recorded_at);
        version.recorded_at.into_iter().chain(signed).chain(ended)
    })
}

fn of_others(documents: &Documents) -> impl Iterator<Item = Instant> {
    let parents = documents.organizations.iter().flat_map(|unit| &unit.parents).map(|parent| parent.recorded_at);
    let rates = documents.fx_tables.iter().flat_map(|table| &table.rates).map(|rate| rate.recorded_at);
    let adjustments = documents.adjustments.iter().map(|rule| rule.recorded_at);
    let order_rules = documents.order_rules.iter().map(|rule| rule.recorded_at);
    let taxes = documents.tax_tables.iter().flat_map(|table| &table.rates).map(|rate| rate.recorded_at);
    let values = documents.index_tables.iter().flat_map(|table| &table.values).map(|value| value.recorded_at);
    let texts = documents.scripts.iter().flat_map(|script| &script.versions).map(|version| version.recorded_at);
    parents.chain(rates).chain(adjustments).chain(order_rules).chain(taxes).chain(values).chain(texts).flatten()
}
