//! R7: what conditions hold and count, and when they are read.

use serde_json::{Value, json};

use crate::r7_procedure::{off, on_lines, on_order, rule};
use crate::{broken, lines, nets, record, with};

#[test]
fn numbers_are_graded_by_what_is_counted() {
    let check = |effect: &Value, expected: &str| {
        let book = on_lines(&json!({}), &json!([rule("x", effect, &json!({}))]));
        assert_eq!(nets(&book, &lines(&["a 10", "a 2", "b 10"])), expected, "{effect}");
    };
    let percent = |steps: Value, by: Value| json!({ "percent_off": steps, "by": by });
    check(&json!({ "percent_off": [["5", "10"], ["10", "20"]] }), "80.00 20.00 40.00");
    check(&percent(json!([["12", "10"]]), json!({ "over": "sku" })), "90.00 18.00 50.00");
    check(&percent(json!([["22", "10"]]), json!({ "over": { "category": "top" } })), "90.00 18.00 45.00");
    check(&percent(json!([["22", "10"]]), json!({ "over": { "group": "g" } })), "90.00 18.00 45.00");
    check(&percent(json!([["20", "10"], ["50", "20"]]), json!({ "base": "value" })), "80.00 18.00 40.00");
    check(&percent(json!([["170", "10"]]), json!({ "base": "value", "over": "order" })), "90.00 18.00 45.00");
    check(&percent(json!([["170.01", "10"]]), json!({ "base": "value", "over": "order" })), "100.00 20.00 50.00");
    check(&percent(json!([["1", "10"]]), json!({ "unit": "kg" })), "100.00 20.00 50.00");
    let order = on_order(
        &json!({}),
        &json!([rule("x", &percent(json!([["12", "10"]]), json!({})), &json!({ "for": { "sku": "a" } }))]),
    );
    assert_eq!(nets(&order, &lines(&["a 10", "a 2", "b 10"])), "90.00 18.00 50.00");
}

#[test]
fn everything_that_a_condition_states_must_hold() {
    let facts = json!({ "region": "DE", "channel": "edi", "attributes": { "x": "1" }, "coupons": ["SPRING"] });
    let catalog = json!([{ "catalog": "c",
        "categories": [{ "category": "top" }, { "category": "low", "parent": "top" }],
        "products": [{ "sku": "a", "unit": "pc", "category": "low", "vendor": "v", "attributes": { "hazard": "3" },
            "conversions": ["1 box = 4 pc"] }, { "sku": "b", "unit": "pc" }] }]);
    let organizations = json!([{ "organization": "top", "groups": ["dealers"] },
        { "organization": "o", "parents": [{ "organization": "top" }] }]);
    // The first of March 2026 is a Sunday.
    let check = |condition: Value, expected: bool| {
        for place in ["when", "for"] {
            let adjustment = rule("x", &json!({ "amount_off": "1" }), &json!({ place: condition }));
            let more = json!({ "catalogs": catalog, "organizations": organizations });
            let book = with(&on_lines(&json!({}), &json!([adjustment])), &more);
            let request = with(&lines(&["a 2 box", "b 3"]), &facts);
            let net = &record(&with(&book, &json!({})), &request)["lines"][0]["net"]["amount"];
            assert_eq!(*net, json!(if expected { "79.00" } else { "80.00" }), "{condition}");
        }
    };
    for (condition, expected) in [
        (json!({}), true),
        (json!({ "all": [{ "sku": "a" }, { "channel": "edi" }] }), true),
        (json!({ "all": [{ "sku": "a" }, { "channel": "web" }] }), false),
        (json!({ "any": [{ "sku": "b" }, { "channel": "edi" }] }), true),
        (json!({ "any": [{ "sku": "b" }, { "channel": "web" }] }), false),
        (json!({ "not": { "sku": "a" } }), false),
        (json!({ "not": { "sku": "b" } }), true),
        (json!({ "organization": ["top", "x"] }), true),
        (json!({ "organization": "x" }), false),
        (json!({ "group": "dealers", "region": ["FR", "DE"] }), true),
        (json!({ "group": "dealers", "region": ["FR"] }), false),
        (json!({ "attributes": { "x": "1" } }), true),
        (json!({ "attributes": { "x": "1", "y": "2" } }), false),
        (json!({ "currency": ["USD", "EUR"] }), true),
        (json!({ "coupon": "AUTUMN" }), false),
        (json!({ "coupon": ["AUTUMN", "SPRING"] }), true),
        (json!({ "date": { "from": "2026-03-01", "to": "2026-03-02" } }), true),
        (json!({ "date": { "to": "2026-03-01" } }), false),
        (json!({ "weekday": ["saturday", "sunday"] }), true),
        (json!({ "weekday": "monday" }), false),
        (json!({ "order_value": { "at_least": "95" } }), true),
        (json!({ "order_value": { "at_least": "95.01" } }), false),
        (json!({ "order_value": { "below": "95" } }), false),
        (json!({ "contains": { "sku": "b", "quantity": { "at_least": "3" } } }), true),
        (json!({ "contains": { "sku": "b", "quantity": { "at_least": "4" } } }), false),
        (json!({ "category": "top" }), true),
        (json!({ "category": "other" }), false),
        (json!({ "vendor": "v", "product": { "hazard": "3" } }), true),
        (json!({ "product": { "hazard": "4" } }), false),
        (json!({ "unit": "box" }), true),
        (json!({ "unit": "pc" }), false),
        (json!({ "quantity": { "at_least": "8" } }), true),
        (json!({ "quantity": { "at_least": "2", "below": "3", "unit": "box" } }), true),
        (json!({ "quantity": { "at_least": "0", "unit": "kg" } }), false),
        (json!({ "quantity": { "at_least": "11", "over": "order" } }), true),
        (json!({ "quantity": { "at_least": "11.1", "over": "order" } }), false),
        (json!({ "quantity": { "below": "3", "unit": "box", "over": "order" } }), true),
        (json!({ "unit_price": { "at_least": "10", "below": "10.01" } }), true),
        (json!({ "unit_price": { "below": "10" } }), false),
        (json!({ "line_value": { "at_least": "80" } }), true),
        (json!({ "line_value": { "below": "80" } }), false),
    ] {
        check(condition, expected);
    }
}

#[test]
fn a_rule_that_compounds_reads_what_runs_at_its_turn() {
    let late = |mode: &str| {
        let when = json!({ "order_value": { "below": "100" }, "line_value": { "at_least": "45" } });
        rule("y", &json!({ "amount_off": "1" }), &json!({ "when": when, "mode": mode }))
    };
    let early = with(&off("x", "10"), &json!({ "for": { "sku": "a" } }));
    // 110 become 100, which is not below 100, and then 99.99.
    let check = |choose: &str, mode: &str, quantity: &str, expected: &str| {
        let book = on_lines(&json!({ "choose": choose }), &json!([early, late(mode)]));
        assert_eq!(nets(&book, &lines(&[quantity, "b 10"])), expected, "{choose} {mode}");
    };
    check("compound", "normal", "a 6", "54.00 50.00");
    check("compound", "normal", "a 5", "44.00 49.00");
    check("additive", "normal", "a 5", "45.00 50.00");
    check("additive", "always", "a 5", "44.00 49.00");
}

#[test]
fn what_is_counted_over_the_order_is_the_same_for_all_lines_of_a_turn() {
    // At its turn all lines are read before any is changed: 150 for both, also where the first is lowered below.
    let when = json!({ "order_value": { "at_least": "150" } });
    let book = on_lines(&json!({}), &json!([rule("x", &json!({ "amount_off": "10" }), &json!({ "when": when }))]));
    assert_eq!(nets(&book, &lines(&["a 10", "b 10"])), "90.00 40.00");
}

#[test]
fn rules_in_another_currency_or_time_do_not_act() {
    let check = |more: &Value, expected: &str| {
        let book = on_lines(&json!({}), &json!([rule("x", &json!({ "amount_off": "1" }), more)]));
        assert_eq!(nets(&book, &lines(&["a 1"])), expected, "{more}");
    };
    check(&json!({ "currency": "EUR" }), "9.00");
    check(&json!({ "currency": "USD" }), "10.00");
    check(&json!({ "valid": { "from": "2026-03-01" } }), "9.00");
    check(&json!({ "valid": { "to": "2026-03-01" } }), "10.00");
    check(&json!({ "recorded_at": "2026-06-01T00:00:00Z" }), "9.00");
    check(&json!({ "recorded_at": "2026-06-01T00:00:01Z" }), "10.00");
    // A percent has no currency, unless a bound somewhere is an amount.
    let percent = with(&off("x", "10"), &json!({ "currency": "USD" }));
    assert_eq!(nets(&on_lines(&json!({}), &json!([percent])), &lines(&["a 1"])), "9.00");
    let bound = with(&percent, &json!({ "when": { "any": [{ "not": { "line_value": { "below": "1" } } }] } }));
    assert_eq!(nets(&on_lines(&json!({}), &json!([bound])), &lines(&["a 1"])), "10.00");
}

#[test]
fn an_index_adds_what_it_is_above_its_base() {
    let catalog = json!([{ "catalog": "c", "products": [
        { "sku": "a", "unit": "pc", "conversions": ["1 pc = 0.25 copper"] }, { "sku": "b", "unit": "pc" }] }]);
    let value = |id: &str, value: &str, from: &str| json!({ "rate_id": id, "value": value, "valid": { "from": from } });
    let values =
        json!([value("old", "9", "2026-01-01"), value("new", "9.7", "2026-02-01"), value("later", "20", "2026-03-02")]);
    let check = |indexed: &Value, expected: &str| {
        let tables = json!({ "catalogs": catalog, "index_tables": [{ "index_table": "copper", "values": values }] });
        let indexed = with(&json!({ "table": "copper", "base": "8" }), indexed);
        let book =
            with(&on_lines(&json!({}), &json!([rule("x", &json!({ "indexed": indexed }), &json!({}))])), &tables);
        assert_eq!(nets(&book, &lines(&["a 10", "b 10"])), expected);
    };
    // 1.7 above the base, for 2.5 of copper in ten: 4.25; b has none.
    check(&json!({ "unit": "copper" }), "104.25 50.00");
    // Three full halves above, 2 percent each.
    check(&json!({ "step": "0.5", "percent": "2" }), "106.00 53.00");
    check(&json!({ "base": "10", "step": "0.5", "percent": "2" }), "100.00 50.00");
}

#[test]
fn a_coupon_that_no_rule_knows_is_found_once() {
    let coupon = |name: &str, more: &Value| {
        with(&off(name, "10"), &with(&json!({ "when": { "any": [{ "coupon": name }] } }), more))
    };
    let late = json!({ "recorded_at": "2026-06-01T00:00:01Z" });
    let over = json!({ "valid": { "to": "2026-01-01" } });
    let book = on_lines(&json!({}), &json!([coupon("A", &json!({})), coupon("B", &late), coupon("C", &over)]));
    let asked = |coupons: Value| with(&lines(&["a 10"]), &json!({ "coupons": coupons }));
    assert_eq!(nets(&book, &asked(json!(["A", "C"]))), "90.00");
    assert_eq!(broken(&book, &asked(json!(["A", "C"]))), Vec::<String>::new());
    assert_eq!(
        broken(&book, &asked(json!(["A", "B", "X", "X"]))),
        ["coupon.unknown warning", "coupon.unknown warning"]
    );
}
