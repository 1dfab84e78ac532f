//! R1 and R2: what refuses a request, returns, the buyer.

use serde_json::json;

use crate::{lines, list, nets, order, with};

#[test]
fn the_first_refusal_counts() {
    let book = list(&json!([{ "sku": "a", "price": "1" }]));
    let check = |request: &serde_json::Value, expected: &str| {
        assert_eq!(nets(&book, &with(&lines(&["a 1", "a 2"]), request)), expected, "{request}");
    };
    check(&json!({ "tenant": "t" }), "1.00 2.00");
    check(&json!({ "tenant": "u", "buyer": "x" }), "request.tenant");
    check(&json!({ "buyer": "x" }), "request.unknown_buyer");
    let line = json!({ "id": "1", "sku": "a", "quantity": "1" });
    check(&json!({ "lines": [line, line] }), "request.duplicate_line");
    let manual = with(&line, &json!({ "manual_price": { "price": "0.00000000001", "reason": "x" } }));
    check(&json!({ "lines": [manual] }), "request.limit");
    let net = with(&line, &json!({ "recorded": { "quantity": "1", "net": "0.001" } }));
    check(&json!({ "lines": [net] }), "request.limit");
    check(&json!({ "facts": { "prior": [{ "of": "order", "value": "-1" }] } }), "request.limit");
    check(&json!({ "facts": { "prior": [{ "of": "order" }, { "of": "order" }] } }), "request.duplicate_prior");
    check(&json!({ "facts": { "pinned_rates": ["r"] } }), "request.unknown_rate");
}

#[test]
fn returns_of_a_line_sum_to_what_it_was_sold_at() {
    let back = |quantity: &str, returned: &str| {
        json!({ "lines": [{ "id": "1", "sku": "gone", "unit": "any", "quantity": quantity,
            "recorded": { "quantity": "3", "net": "10", "returned": returned } }] })
    };
    let book = list(&json!([]));
    // 10 x 1/3 = 3.33, 10 x 2/3 = 6.67, 10.
    assert_eq!(nets(&book, &back("-1", "0")), "-3.33");
    assert_eq!(nets(&book, &back("-1", "1")), "-3.34");
    assert_eq!(nets(&book, &back("-1", "2")), "-3.33");
    assert_eq!(nets(&book, &back("-1.5", "2")), "line.return_exceeds_record");
    assert_eq!(nets(&book, &back("-1", "-1")), "line.return_exceeds_record");
    assert_eq!(nets(&book, &back("-0.0000001", "0")), "line.quantity_decimals");
    assert_eq!(nets(&book, &lines(&["a -1"])), "line.return_without_record");
    let record = &order(&book, &back("-1", "0")).unwrap().lines[0];
    assert_eq!(serde_json::to_value(&record.steps[0].price).unwrap(), json!({ "source": "recorded" }));
}

#[test]
fn a_manual_price_needs_the_authority() {
    let book = list(&json!([{ "sku": "a", "price": "1" }]));
    let line = json!({ "id": "1", "sku": "a", "quantity": "3", "manual_price": { "price": "0.335", "reason": "x" } });
    let request = json!({ "lines": [line] });
    assert_eq!(nets(&book, &request), "3.00");
    let allowed = with(&request, &json!({ "facts": { "authority": { "manual_price": true } } }));
    assert_eq!(nets(&book, &allowed), "1.01");
}

#[test]
fn groups_and_region_come_down_the_lineage() {
    let book = json!({
        "organizations": [
            { "organization": "top", "groups": ["dealers"], "region": "DE" },
            { "organization": "o", "parents": [
                { "organization": "other", "valid": { "to": "2026-03-01" } },
                { "organization": "top", "valid": { "from": "2026-03-01" } },
            ] },
            { "organization": "other" },
        ],
        "price_lists": [
            { "price_list": "everyone", "currency": "EUR", "entries": [{ "sku": "a", "price": "3" }] },
            { "price_list": "group", "currency": "EUR", "assigned_to": [{ "group": "dealers" }],
              "entries": [{ "sku": "a", "price": "2" }] },
            { "price_list": "region", "currency": "EUR", "assigned_to": [{ "region": "DE" }],
              "entries": [{ "sku": "a", "price": "2.5" }, { "sku": "b", "price": "7" }] },
        ],
    });
    assert_eq!(nets(&book, &lines(&["a 1", "b 1"])), "2.00 7.00");
    let before = with(&lines(&["a 1", "b 1"]), &json!({ "valid_at": "2026-02-28" }));
    assert_eq!(nets(&book, &before), "3.00 pricing.no_price");
    let elsewhere = with(&lines(&["b 1"]), &json!({ "region": "FR" }));
    assert_eq!(nets(&book, &elsewhere), "pricing.no_price");
}
