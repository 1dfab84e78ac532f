//! A large table stays usable: an oracle that takes minutes is not asked.

use emptor_core::{Basis, Digest, Documents, PriceRequest};
use serde_json::json;

#[test]
fn a_hundred_lines_of_16_000_tiers_are_priced() {
    let tiers: Vec<_> = (0..16_000).map(|index| json!([format!("{index}"), format!("{}", 20_000 - index)])).collect();
    let entry = json!({ "sku": "a", "mode": "graduated", "over": "order", "tiers": tiers });
    let documents: Documents = serde_json::from_value(json!({
        "tenant": { "tenant": "t", "currency": "EUR", "time_zone": "UTC" },
        "organizations": [{ "organization": "o" }],
        "catalogs": [{ "catalog": "c", "products": [{ "sku": "a", "unit": "pc" }] }],
        "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": [entry] }],
    }))
    .unwrap();
    let lines: Vec<_> =
        (0..100).map(|id| json!({ "id": format!("{id}"), "sku": "a", "quantity": format!("{}", id + 1) })).collect();
    let request = json!({ "buyer": "o", "valid_at": "2026-03-01", "lines": lines });
    let request: PriceRequest = serde_json::from_value(request).unwrap();
    let digest = Digest::of(b"");
    let basis = Basis { semantics: 2, book: digest, request: digest };
    let order = emptor_reference::price(&documents, "2026-06-01T00:00:00Z".parse().unwrap(), &request, basis).unwrap();
    // 5050 in all: 20,000 + 19,999 + .. + 14,951.
    assert_eq!(order.totals.line_extension.to_string(), "88251275.00 EUR");
}

#[test]
fn twenty_lines_and_twenty_rules_are_priced() {
    let rules: Vec<_> = (0..20)
        .map(|index| {
            let when = json!({ "order_value": { "at_least": "1" }, "quantity": { "at_least": "1", "over": "order" } });
            let step = if index % 2 == 0 { "lines" } else { "order" };
            json!({ "adjustment": format!("{index}"), "step": step, "when": when, "effect": { "percent_off": "1.1" } })
        })
        .collect();
    let steps = json!([{ "step": { "name": "lines" } }, { "step": { "name": "order", "at": "order" } }]);
    let documents: Documents = serde_json::from_value(json!({
        "tenant": { "tenant": "t", "currency": "EUR", "time_zone": "UTC", "procedure": steps },
        "organizations": [{ "organization": "o" }],
        "catalogs": [{ "catalog": "c", "products": [{ "sku": "a", "unit": "pc" }] }],
        "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": [{ "sku": "a", "price": "9.99" }] }],
        "adjustments": rules,
    }))
    .unwrap();
    let lines: Vec<_> =
        (0..20).map(|id| json!({ "id": format!("{id}"), "sku": "a", "quantity": format!("{}", id + 1) })).collect();
    let request = json!({ "buyer": "o", "valid_at": "2026-03-01", "lines": lines });
    let request: PriceRequest = serde_json::from_value(request).unwrap();
    let digest = Digest::of(b"");
    for _ in 0..20 {
        let basis = Basis { semantics: 2, book: digest, request: digest };
        let known_at = "2026-06-01T00:00:00Z".parse().unwrap();
        let order = emptor_reference::price(&documents, known_at, &request, basis).unwrap();
        assert_eq!(order.applied.len(), 20);
    }
}
