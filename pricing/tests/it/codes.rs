//! The stable codes: what a user may match on, so what must never change by accident.

use std::collections::BTreeSet;

use emptor_core::{Instant, NoPrice, PriceRequest};
use emptor_pricing::{Code, Detail, PricingError, compile, price};
use serde_json::json;

/// What refuses a whole request, in order of precedence.
pub(crate) const REFUSALS: [&str; 8] = [
    "request.tenant",
    "request.unknown_buyer",
    "request.too_many_lines",
    "request.duplicate_line",
    "request.limit",
    "request.duplicate_prior",
    "request.unknown_rate",
    "pricing.total_out_of_range",
];

fn refusals() -> [PricingError; 8] {
    let text = || "x".to_owned();
    [
        PricingError::Tenant(text()),
        PricingError::UnknownBuyer(text()),
        PricingError::TooManyLines(1),
        PricingError::DuplicateLine(text()),
        PricingError::Limit(text()),
        PricingError::DuplicatePrior(text()),
        PricingError::UnknownRate(text()),
        PricingError::TotalOutOfRange,
    ]
}

#[test]
fn the_codes_of_documents_are_these() {
    let codes = Code::ALL.map(Code::code);
    assert_eq!(
        codes,
        [
            "name.duplicate",
            "name.unknown",
            "tree.cycle",
            "tree.too_deep",
            "organization.parent_overlap",
            "number.limit",
            "number.not_positive",
            "period.empty",
            "unit.disagree",
            "unit.not_convertible",
            "product.weight_stated_twice",
            "product.tolerance_without_weight",
            "entry.target",
            "entry.price",
            "entry.unit",
            "entry.duplicate",
            "tier.bounds",
            "tier.order",
            "tier.start",
            "tier.price",
            "tier.kind",
            "tier.scope",
            "tier.hole",
            "tier.rises",
            "list.form",
            "list.derived_currency",
            "list.ambiguous",
            "contract.lifecycle",
            "entry.unreachable",
            "tax.percent",
            "tax.category",
            "cash.increment",
            "order_rule.target",
            "order_rule.bands",
            "order_rule.quantities",
            "order_rule.values",
            "order_rule.incompatible",
            "number.negative",
            "procedure.form",
            "procedure.circular",
            "condition.range",
            "condition.scope",
            "effect.kind",
            "effect.scope",
            "effect.percent",
            "effect.graded",
            "adjustment.step",
            "guard.range",
            "contract.term",
            "script.form",
            "script.syntax",
            "script.language",
            "script.unknown_name",
            "script.types",
            "script.params",
            "script.place",
            "lint.never_fires",
            "lint.always_loses",
            "lint.exclusive_overlap",
            "lint.more_costs_less",
            "lint.margin_negative",
            "lint.floor_above_price",
            "lint.never_wins",
            "lint.script_unused",
        ]
    );
}

#[test]
fn the_codes_of_lines_without_a_price_are_these() {
    let codes = NoPrice::ALL.map(NoPrice::code);
    assert_eq!(
        codes,
        [
            "line.unknown_sku",
            "line.unit_not_convertible",
            "line.quantity_out_of_range",
            "line.quantity_decimals",
            "line.return_without_record",
            "line.return_exceeds_record",
            "line.measured_not_expected",
            "line.measured_out_of_tolerance",
            "pricing.no_price",
            "pricing.no_rate",
            "pricing.no_tier",
            "pricing.ambiguous",
            "pricing.out_of_range",
            "pricing.script_failed",
        ]
    );
}

#[test]
fn the_codes_of_refused_requests_are_these() {
    assert_eq!(refusals().map(|refusal| refusal.code()), REFUSALS);
}

#[test]
fn every_code_is_unique_and_of_the_form_area_condition() {
    let mut seen = BTreeSet::new();
    for code in Code::ALL.map(Code::code).into_iter().chain(NoPrice::ALL.map(NoPrice::code)).chain(REFUSALS) {
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let parts: Vec<&str> = code.split('.').collect();
        assert!(parts.len() == 2 && parts.into_iter().all(is_word), "{code}");
        assert!(seen.insert(code), "{code} stands for two things");
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    for refusal in refusals() {
        let text = refusal.to_string();
        assert!(text.contains("; ") && !text.ends_with('.'), "{text}");
    }
}

/// Too long for a file of `conformance`.
#[test]
fn a_request_has_at_most_100_000_lines() {
    let documents = serde_json::from_value(json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC" },
        "organizations": [{ "organization": "contoso" }],
        "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
        "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "BOLT", "price": "0.01" }] }],
    }));
    let book = compile(&documents.unwrap(), Instant::MAX).unwrap();
    let total = |count: usize| {
        let line = |id: usize| json!({ "id": id.to_string(), "sku": "BOLT", "quantity": "1" });
        let lines: Vec<_> = (0..count).map(line).collect();
        let request = json!({ "buyer": "contoso", "valid_at": "2026-03-01", "lines": lines });
        let request: PriceRequest = serde_json::from_value(request).unwrap();
        price(&book, &request, Detail::Price).map(|order| order.totals.line_extension.to_string())
    };
    assert_eq!(total(100_000), Ok("1000.00 EUR".to_owned()));
    assert_eq!(total(100_001), Err(PricingError::TooManyLines(100_001)));
}
