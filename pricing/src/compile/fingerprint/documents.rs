//! The digests of documents: of their canonical JSON as known, in which sets of rows stand as digests (R15).

use emptor_core::{
    Adjustment, Assignment, Catalog, Contract, ContractVersion, Currency, Derived, Digest, Entry, FxTable, IndexTable,
    Instant, OrderRule, Organization, PriceList, RoundingRule, Script, TaxTable, Tenant, Term, Validity,
    canonical_json,
};
use serde::Serialize;

use super::bytes::{of_run, of_set};
use super::rows;

/// The canonical JSON of a document; documents hold nothing that has none.
fn text<T: Serialize>(value: &T) -> String {
    canonical_json(value).unwrap_or_else(|error| error.to_string())
}

fn digest<T: Serialize>(value: &T) -> Digest {
    Digest::of(text(value).as_bytes())
}

/// The canonical JSON of each value, sorted.
fn sorted<'v, T: Serialize + 'v>(values: impl IntoIterator<Item = &'v T>) -> Vec<String> {
    let mut texts: Vec<String> = values.into_iter().map(text).collect();
    texts.sort_unstable();
    texts
}

pub(super) fn of_tenant(tenant: &Tenant) -> Digest {
    let mut tenant = tenant.clone();
    tenant.cash_roundings.sort_unstable_by_key(|rounding| rounding.currency);
    digest(&tenant)
}

pub(super) fn of_organization(organization: &Organization, known_at: Instant) -> Digest {
    let known = |parent: &&emptor_core::Parent| parent.recorded_at.is_none_or(|at| at <= known_at);
    let mut organization = organization.clone();
    let parents = sorted(organization.parents.iter().filter(known));
    organization.parents.clear();
    organization.groups.sort_unstable();
    digest(&(organization, parents))
}

pub(super) fn of_catalog(catalog: &Catalog) -> Digest {
    let units = sorted(&catalog.units);
    let products = of_set(&catalog.products, rows::product);
    digest(&(&catalog.catalog, sorted(&catalog.categories), units, sorted(&catalog.conversions), products))
}

/// What a version of a list says, wherever it is written.
#[derive(Serialize)]
struct KnownListVersion<'d> {
    number: u32,
    recorded_at: Option<Instant>,
    valid: Validity,
    priority: i32,
    assigned_to: Vec<String>,
    rounding: Option<RoundingRule>,
    derived: Option<&'d Derived>,
}

pub(super) fn of_list(list: &PriceList, known_at: Instant) -> Digest {
    let assigned = |assignments: &[Assignment]| sorted(assignments);
    let version = |number, recorded_at, valid, priority, assigned_to, rounding, derived, entries: &[Entry]| {
        let version = KnownListVersion { number, recorded_at, valid, priority, assigned_to, rounding, derived };
        (version, of_set(entries, rows::entry))
    };
    let mut versions: Vec<(KnownListVersion<'_>, Digest)> = if list.versions.is_empty() {
        let (assigned_to, derived) = (assigned(&list.assigned_to), list.derived.as_ref());
        vec![version(1, None, list.valid, list.priority, assigned_to, list.rounding, derived, &list.entries)]
    } else {
        let known = list.versions.iter().filter(|version| version.recorded_at.is_none_or(|at| at <= known_at));
        known
            .map(|v| {
                let (assigned_to, derived) = (assigned(&v.assigned_to), v.derived.as_ref());
                version(v.number, v.recorded_at, v.valid, v.priority, assigned_to, v.rounding, derived, &v.entries)
            })
            .collect()
    };
    versions.sort_by_key(|(version, _)| version.number);
    let known = (&list.price_list, list.currency, list.forbids_merging, versions);
    // A list that says neither keeps the fingerprint that it had before there was anything to say.
    if list.kept_as.is_prices() && list.prices.is_none() {
        return digest(&known);
    }
    digest(&(known, list.kept_as, list.prices))
}

/// The terms of a version, sorted; as written where some are named by their place.
fn terms(terms: &[Term]) -> Digest {
    let named_by_place = |term: &Term| term.discount.is_some() || term.order_rule.is_some();
    if terms.iter().any(named_by_place) { of_run(terms, rows::term) } else { of_set(terms, rows::term) }
}

pub(super) fn of_contract(contract: &Contract, known_at: Instant) -> Digest {
    let known = |version: &&ContractVersion| version.recorded_at.is_none_or(|at| at <= known_at);
    let mut versions: Vec<(ContractVersion, Digest)> = Vec::new();
    for version in contract.versions.iter().filter(known) {
        let mut header = clone_without_terms(version);
        header.submitted = header.submitted.filter(|signature| signature.at <= known_at);
        header.approved = header.approved.filter(|signature| signature.at <= known_at);
        header.terminated = header.terminated.filter(|end| end.recorded_at <= known_at);
        versions.push((header, terms(&version.terms)));
    }
    versions.sort_by_key(|(version, _)| version.number);
    let currency: Option<Currency> = contract.currency;
    let known = (&contract.contract, &contract.organization, currency, contract.priority, versions);
    // As of a list: what says nothing new keeps its fingerprint.
    contract.prices.map_or_else(|| digest(&known), |prices| digest(&(&known, prices)))
}

fn clone_without_terms(version: &ContractVersion) -> ContractVersion {
    ContractVersion {
        number: version.number,
        valid: version.valid,
        recorded_at: version.recorded_at,
        submitted: version.submitted.clone(),
        approved: version.approved.clone(),
        terminated: version.terminated.clone(),
        rounding: version.rounding,
        terms: Vec::new(),
        commitment: version.commitment.clone(),
        reference: version.reference.clone(),
    }
}

pub(super) fn of_fx_table(table: &FxTable, known_at: Instant) -> Digest {
    let known = table.rates.iter().filter(|rate| rate.recorded_at.is_none_or(|at| at <= known_at));
    digest(&(&table.fx_table, sorted(known), sorted(&table.chains)))
}

pub(super) fn of_adjustment(adjustment: &Adjustment) -> Digest {
    let mut adjustment = adjustment.clone();
    adjustment.charges.sort_unstable();
    adjustment.excludes.sort_unstable();
    digest(&adjustment)
}

pub(super) fn of_order_rule(rule: &OrderRule) -> Digest {
    digest(rule)
}

pub(super) fn of_tax_table(table: &TaxTable, known_at: Instant) -> Digest {
    let known = table.rates.iter().filter(|rate| rate.recorded_at.is_none_or(|at| at <= known_at));
    digest(&(&table.tax_table, sorted(known)))
}

pub(super) fn of_index_table(table: &IndexTable, known_at: Instant) -> Digest {
    let known = table.values.iter().filter(|value| value.recorded_at.is_none_or(|at| at <= known_at));
    digest(&(&table.index_table, table.currency, sorted(known)))
}

pub(super) fn of_script(script: &Script, known_at: Instant) -> Digest {
    let hash = Digest::of(script.text_at(known_at).as_bytes());
    digest(&(&script.script, script.sees, script.returns, &script.params, hash))
}
