//! The book's fingerprint: BLAKE3 over what was known, in canonical form (R15).

use emptor_core::{
    Adjustment, Assignment, Catalog, Contract, ContractVersion, Currency, Derived, Digest, DocumentKind, Documents,
    Entry, FxTable, IndexTable, Instant, Organization, PriceList, RoundingRule, Script, ScriptLimits, TaxTable, Tenant,
    Term, Validity, canonical_json,
};
use serde::Serialize;

/// The fingerprint of documents as recorded by `known_at`.
pub(super) fn of(documents: &Documents, known_at: Instant, limits: ScriptLimits) -> Digest {
    let mut lines: Vec<String> = Vec::new();
    let mut add = |kind: DocumentKind, id: &str, content: String| {
        lines.push(format!("{}\0{id}\0{}\n", kind.key(), Digest::of(content.as_bytes())));
    };
    add(DocumentKind::Tenant, documents.tenant.tenant.as_str(), of_tenant(&documents.tenant));
    for organization in &documents.organizations {
        add(DocumentKind::Organization, organization.organization.as_str(), of_organization(organization, known_at));
    }
    for catalog in &documents.catalogs {
        add(DocumentKind::Catalog, catalog.catalog.as_str(), of_catalog(catalog));
    }
    for list in &documents.price_lists {
        add(DocumentKind::PriceList, list.price_list.as_str(), of_list(list, known_at));
    }
    for contract in &documents.contracts {
        add(DocumentKind::Contract, contract.contract.as_str(), of_contract(contract, known_at));
    }
    for table in &documents.fx_tables {
        add(DocumentKind::FxTable, table.fx_table.as_str(), of_fx_table(table, known_at));
    }
    of_rules(documents, known_at, &mut add);
    for script in &documents.scripts {
        add(DocumentKind::Script, script.script.as_str(), of_script(script, known_at));
    }
    if limits != ScriptLimits::DEFAULT && !documents.scripts.is_empty() {
        add(DocumentKind::Script, "", format!("{limits:?}"));
    }
    lines.sort_unstable();
    Digest::of(lines.concat().as_bytes())
}

/// What changes prices, what orders keep to, and the tables that both ask.
fn of_rules(documents: &Documents, known_at: Instant, add: &mut impl FnMut(DocumentKind, &str, String)) {
    let known = |recorded_at: Option<Instant>| recorded_at.is_none_or(|at| at <= known_at);
    for adjustment in documents.adjustments.iter().filter(|adjustment| known(adjustment.recorded_at)) {
        add(DocumentKind::Adjustment, adjustment.adjustment.as_str(), of_adjustment(adjustment));
    }
    for rule in documents.order_rules.iter().filter(|rule| known(rule.recorded_at)) {
        add(DocumentKind::OrderRule, rule.order_rule.as_str(), text(rule));
    }
    for table in &documents.tax_tables {
        add(DocumentKind::TaxTable, table.tax_table.as_str(), of_tax_table(table, known_at));
    }
    for table in &documents.index_tables {
        add(DocumentKind::IndexTable, table.index_table.as_str(), of_index_table(table, known_at));
    }
}

/// The canonical JSON of a document; documents hold nothing that has none.
fn text<T: Serialize>(value: &T) -> String {
    canonical_json(value).unwrap_or_else(|error| error.to_string())
}

/// The canonical JSON of each value, sorted.
fn sorted<'v, T: Serialize + 'v>(values: impl IntoIterator<Item = &'v T>) -> Vec<String> {
    let mut texts: Vec<String> = values.into_iter().map(text).collect();
    texts.sort_unstable();
    texts
}

fn of_tenant(tenant: &Tenant) -> String {
    let mut tenant = tenant.clone();
    tenant.cash_roundings.sort_unstable_by_key(|rounding| rounding.currency);
    text(&tenant)
}

fn of_organization(organization: &Organization, known_at: Instant) -> String {
    let known = |parent: &&emptor_core::Parent| parent.recorded_at.is_none_or(|at| at <= known_at);
    let mut organization = organization.clone();
    let parents = sorted(organization.parents.iter().filter(known));
    organization.parents.clear();
    organization.groups.sort_unstable();
    text(&(organization, parents))
}

fn of_catalog(catalog: &Catalog) -> String {
    let units = sorted(&catalog.units);
    text(&(
        &catalog.catalog,
        sorted(&catalog.categories),
        units,
        sorted(&catalog.conversions),
        sorted(&catalog.products),
    ))
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

fn of_list(list: &PriceList, known_at: Instant) -> String {
    let assigned = |assignments: &[Assignment]| sorted(assignments);
    let version = |number, recorded_at, valid, priority, assigned_to, rounding, derived, entries: &[Entry]| {
        let version = KnownListVersion { number, recorded_at, valid, priority, assigned_to, rounding, derived };
        (version, sorted(entries))
    };
    let mut versions: Vec<(KnownListVersion<'_>, Vec<String>)> = if list.versions.is_empty() {
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
        return text(&known);
    }
    text(&(known, list.kept_as, list.prices))
}

/// The terms of a version, sorted; as written where some are named by their place.
fn terms(terms: &[Term]) -> Vec<String> {
    let named_by_place = |term: &Term| term.discount.is_some() || term.order_rule.is_some();
    if terms.iter().any(named_by_place) { terms.iter().map(text).collect() } else { sorted(terms) }
}

fn of_contract(contract: &Contract, known_at: Instant) -> String {
    let known = |version: &&ContractVersion| version.recorded_at.is_none_or(|at| at <= known_at);
    let mut versions: Vec<(ContractVersion, Vec<String>)> = Vec::new();
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
    contract.prices.map_or_else(|| text(&known), |prices| text(&(&known, prices)))
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

fn of_fx_table(table: &FxTable, known_at: Instant) -> String {
    let known = table.rates.iter().filter(|rate| rate.recorded_at.is_none_or(|at| at <= known_at));
    text(&(&table.fx_table, sorted(known), sorted(&table.chains)))
}

fn of_adjustment(adjustment: &Adjustment) -> String {
    let mut adjustment = adjustment.clone();
    adjustment.charges.sort_unstable();
    adjustment.excludes.sort_unstable();
    text(&adjustment)
}

fn of_tax_table(table: &TaxTable, known_at: Instant) -> String {
    let known = table.rates.iter().filter(|rate| rate.recorded_at.is_none_or(|at| at <= known_at));
    text(&(&table.tax_table, sorted(known)))
}

fn of_index_table(table: &IndexTable, known_at: Instant) -> String {
    let known = table.values.iter().filter(|value| value.recorded_at.is_none_or(|at| at <= known_at));
    text(&(&table.index_table, table.currency, sorted(known)))
}

fn of_script(script: &Script, known_at: Instant) -> String {
    let hash = Digest::of(script.text_at(known_at).as_bytes());
    text(&(&script.script, script.sees, script.returns, &script.params, hash))
}
