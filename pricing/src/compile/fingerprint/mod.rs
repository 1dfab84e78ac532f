//! The book's fingerprint: BLAKE3 over what was known, in canonical form (R15).
//!
//! It takes two steps. [`lines`] gives each document its digest, which depends on that document, on `known_at` and on
//! nothing else: what did not change keeps it. [`of_lines`] makes the book's of all of them. Rows, of which a book has
//! millions, are digested from bytes (`rows`), all else from canonical JSON (`documents`).

mod bytes;
mod documents;
mod rows;

use emptor_core::{Contract, Digest, DocumentKind, Documents, Instant, PriceList, ScriptLimits};

use super::Written;

/// What the fingerprint is made of: a document's kind and name, and the digest of what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line<'d> {
    pub(super) kind: &'static str,
    pub(super) id: &'d str,
    pub(super) digest: Digest,
}

/// The fingerprint of a book of these documents, in whatever order.
pub(super) fn of_lines(mut lines: Vec<Line<'_>>) -> Digest {
    lines.sort_unstable();
    let texts = lines.iter().map(|Line { kind, id, digest }| format!("{kind}\0{id}\0{digest}\n"));
    Digest::of(texts.collect::<String>().as_bytes())
}

/// The documents that were recorded by `known_at`, each with its digest: price lists, contracts, then the others.
pub(super) fn lines<'d>(written: &Written<'d>, known_at: Instant, limits: ScriptLimits) -> Vec<Line<'d>> {
    let lists = written.price_lists.iter().map(|list| of_list(list, known_at));
    let contracts = written.contracts.iter().map(|contract| of_contract(contract, known_at));
    lists.chain(contracts).chain(lines_of_others(written.documents, known_at, limits)).collect()
}

/// The line of a price list.
pub(super) fn of_list(list: &PriceList, known_at: Instant) -> Line<'_> {
    line(DocumentKind::PriceList, list.price_list.as_str(), documents::of_list(list, known_at))
}

/// The line of a contract.
pub(super) fn of_contract(contract: &Contract, known_at: Instant) -> Line<'_> {
    line(DocumentKind::Contract, contract.contract.as_str(), documents::of_contract(contract, known_at))
}

fn line(kind: DocumentKind, id: &str, digest: Digest) -> Line<'_> {
    Line { kind: kind.key(), id, digest }
}

/// The lines of all documents but price lists and contracts.
fn lines_of_others(documents: &Documents, known_at: Instant, limits: ScriptLimits) -> Vec<Line<'_>> {
    let known = |recorded_at: Option<Instant>| recorded_at.is_none_or(|at| at <= known_at);
    let tenant = &documents.tenant;
    let mut lines = vec![line(DocumentKind::Tenant, tenant.tenant.as_str(), documents::of_tenant(tenant))];
    lines.extend(documents.organizations.iter().map(|unit| {
        line(DocumentKind::Organization, unit.organization.as_str(), documents::of_organization(unit, known_at))
    }));
    lines.extend(
        documents
            .catalogs
            .iter()
            .map(|catalog| line(DocumentKind::Catalog, catalog.catalog.as_str(), documents::of_catalog(catalog))),
    );
    lines.extend(
        documents
            .fx_tables
            .iter()
            .map(|table| line(DocumentKind::FxTable, table.fx_table.as_str(), documents::of_fx_table(table, known_at))),
    );
    lines.extend(
        documents
            .adjustments
            .iter()
            .filter(|rule| known(rule.recorded_at))
            .map(|rule| line(DocumentKind::Adjustment, rule.adjustment.as_str(), documents::of_adjustment(rule))),
    );
    lines.extend(
        documents
            .order_rules
            .iter()
            .filter(|rule| known(rule.recorded_at))
            .map(|rule| line(DocumentKind::OrderRule, rule.order_rule.as_str(), documents::of_order_rule(rule))),
    );
    lines.extend(
        documents.tax_tables.iter().map(|table| {
            line(DocumentKind::TaxTable, table.tax_table.as_str(), documents::of_tax_table(table, known_at))
        }),
    );
    lines.extend(documents.index_tables.iter().map(|table| {
        line(DocumentKind::IndexTable, table.index_table.as_str(), documents::of_index_table(table, known_at))
    }));
    lines.extend(
        documents
            .scripts
            .iter()
            .map(|script| line(DocumentKind::Script, script.script.as_str(), documents::of_script(script, known_at))),
    );
    if limits != ScriptLimits::DEFAULT && !documents.scripts.is_empty() {
        lines.push(line(DocumentKind::Script, "", Digest::of(format!("{limits:?}").as_bytes())));
    }
    lines
}

#[cfg(test)]
mod tests {
    use emptor_core::{Documents, Instant, ScriptLimits};

    use super::{Line, Written, lines, of_lines};

    fn documents(price: &str) -> Documents {
        let json = format!(
            r#"{{ "tenant": {{ "tenant": "acme", "currency": "EUR", "time_zone": "UTC" }},
                "organizations": [{{ "organization": "list" }}],
                "price_lists": [
                    {{ "price_list": "list", "currency": "EUR", "entries": [{{ "sku": "BOLT", "price": "{price}" }}] }},
                    {{ "price_list": "other", "currency": "EUR", "entries": [{{ "sku": "NUT", "price": "1" }}] }}] }}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_document_that_did_not_change_keeps_its_digest() {
        let (before, after) = (documents("1"), documents("2"));
        let of_all = |documents| lines(&Written::of(documents), Instant::MAX, ScriptLimits::DEFAULT);
        let changed =
            |(one, other): (Line<'_>, Line<'_>)| (one != other).then(|| (one.kind.to_owned(), one.id.to_owned()));
        let changed: Vec<_> = of_all(&before).into_iter().zip(of_all(&after)).filter_map(changed).collect();
        assert_eq!(changed, [("price_list".to_owned(), "list".to_owned())]);
    }

    #[test]
    fn the_fingerprint_is_of_its_lines_in_whatever_order() {
        let documents = documents("1");
        let lines = lines(&Written::of(&documents), Instant::MAX, ScriptLimits::DEFAULT);
        let turned = lines.iter().rev().copied().collect();
        assert_eq!(of_lines(turned), of_lines(lines));
    }
}
