//! R10: amounts of the order shared over lines, with caps, weights and modes; document steps.

use serde_json::{Value, json};

use crate::{lines, list, nets, record, with};

/// `a` at 10, `b` at 5, of which one weighs 3 kg, and one step on the order with one adjustment.
fn book(step: &Value, effect: &Value) -> Value {
    let catalog = json!({ "catalog": "c", "categories": [{ "category": "top" }, { "category": "low", "parent": "top" }],
        "products": [{ "sku": "a", "unit": "pc", "category": "low" }, { "sku": "b", "unit": "pc", "weight": "3 kg" }] });
    let prices = list(&json!([{ "sku": "a", "price": "10" }, { "sku": "b", "price": "5" }]));
    let step = with(&json!({ "name": "s", "at": "order" }), step);
    let adjustment = json!({ "adjustment": "x", "step": "s", "effect": effect });
    let more = json!({ "tenant": { "procedure": [{ "step": step }] }, "adjustments": [adjustment] });
    with(&with(&prices, &more), &json!({ "catalogs": [catalog] }))
}

#[test]
fn an_amount_is_shared_by_what_the_step_names() {
    let check = |by: Value, expected: &str| {
        let book = book(&json!({ "share_by": by }), &json!({ "amount_off": "10" }));
        assert_eq!(nets(&book, &lines(&["a 10", "b 10"])), expected, "{by}");
    };
    // By 100 and 50: 6.666.. and 3.333..; the cent goes to the larger remainder.
    check(json!("value"), "93.33 46.67");
    check(json!("base_value"), "93.33 46.67");
    check(json!("quantity"), "95.00 45.00");
    check(json!("equal"), "95.00 45.00");
    check(json!({ "weight": "kg" }), "100.00 40.00");
    // No line has a weight in litres: equally.
    check(json!({ "weight": "l" }), "95.00 45.00");
}

#[test]
fn the_rest_goes_where_the_step_says() {
    let check = |rest: &str, expected: &str| {
        let book = book(&json!({ "share_rest": rest }), &json!({ "amount_off": "1" }));
        assert_eq!(nets(&book, &lines(&["a 1", "a 1", "b 2"])), expected, "{rest}");
    };
    check("largest_remainder", "9.66 9.67 9.67");
    check("first_lines", "9.66 9.67 9.67");
    check("last_line", "9.67 9.67 9.66");
}

#[test]
fn no_line_takes_more_than_it_has() {
    let off = |amount: &str, step: &Value| {
        nets(
            &book(&with(&json!({ "share_by": "equal" }), step), &json!({ "amount_off": amount })),
            &lines(&["a 10", "b 1", "b 10"]),
        )
    };
    // 20 each is above the 5 of the second: 5, and 27.50 of the two others.
    assert_eq!(off("60", &json!({})), "72.50 0.00 22.50");
    // 65 each: the second takes 5, then 95 each is above the third: 50, and 140 are left for the first, who has 100.
    assert_eq!(off("195", &json!({})), "0.00 0.00 0.00");
    assert_eq!(off("150", &json!({})), "5.00 0.00 0.00");
    assert_eq!(off("60", &json!({ "below_zero": true })), "80.00 -15.00 30.00");
}

#[test]
fn a_total_is_whole_minor_units() {
    let change = |step: &Value, effect: &Value, quantity: &str| {
        let record = record(&book(step, effect), &lines(&[quantity]));
        record["lines"][0]["steps"][1]["adjustment"]["of_order"].clone()
    };
    // 3.333 percent of 10: 0.3333, in cents 0.33.
    assert_eq!(change(&json!({}), &json!({ "percent_off": "3.333" }), "a 1"), json!("-0.33"));
    let own = json!({ "rounding": { "at": "line", "increment": "0.05", "mode": "up" } });
    assert_eq!(change(&own, &json!({ "percent_off": "3.333" }), "a 1"), json!("-0.35"));
    let result = json!({ "rounding": { "at": "result", "increment": "1", "mode": "down" } });
    assert_eq!(change(&result, &json!({ "percent_off": "3.333" }), "a 1"), json!("-1"));
    // 0.7755 of 7.755 is exact: 0.78 and not 0.77 by a rounding before.
    assert_eq!(change(&json!({}), &json!({ "percent_off": "10" }), "a 0.7755"), json!("-0.78"));
    // A line of 0.009 has no whole cent to give.
    let all = book(&json!({}), &json!({ "percent_off": "100" }));
    assert_eq!(record(&all, &lines(&["a 0.0009"]))["lines"][0]["steps"].as_array().unwrap().len(), 2);
    assert_eq!(nets(&all, &lines(&["a 0.0109"])), "0.01");
}

#[test]
fn orders_are_raised_to_a_minimum_and_lowered_to_a_maximum() {
    let check = |effect: &Value, expected: &str| {
        assert_eq!(nets(&book(&json!({}), effect), &lines(&["a 3", "b 6"])), expected, "{effect}");
    };
    check(&json!({ "raise_to": "100" }), "50.00 50.00");
    check(&json!({ "raise_to": "50" }), "30.00 30.00");
    check(&json!({ "lower_to": "59.99" }), "29.99 30.00");
    check(&json!({ "percent_added": "10", "at_most": "1" }), "30.50 30.50");
}

#[test]
fn a_document_step_stands_beside_the_nets() {
    let shown = book(&json!({ "shown": "document" }), &json!({ "percent_off": "10" }));
    let order = record(&shown, &lines(&["a 10", "b 1"]));
    let eur = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!((&order["lines"][0]["net"], &order["lines"][1]["net"]), (&eur("100.00"), &eur("5.00")));
    assert_eq!(order["lines"][0]["shares"], json!([{ "document_step": 0, "amount": eur("-10.00") }]));
    assert_eq!(order["lines"][1]["shares"], json!([{ "document_step": 0, "amount": eur("-0.50") }]));
    assert_eq!(
        order["document_steps"],
        json!([{ "step": "s", "by": { "adjustment": "x" }, "effect": "percent_off", "number": "10",
        "basis": "105", "amount": eur("-10.50") }])
    );
    assert_eq!(
        order["totals"],
        json!({ "line_extension": eur("105.00"), "allowances": eur("10.50"), "payable": eur("94.50") })
    );
    assert_eq!(order["applied"], json!([{ "adjustment": "x", "amount": "-10.5" }]));
    let added = book(&json!({ "shown": "document" }), &json!({ "amount_added": "4" }));
    let order = record(&added, &lines(&["a 10"]));
    assert_eq!(
        order["totals"],
        json!({ "line_extension": eur("100.00"), "charges": eur("4.00"), "payable": eur("104.00") })
    );
}

#[test]
fn what_follows_a_document_step_sees_it() {
    let procedure =
        json!([{ "step": { "name": "s", "at": "order", "shown": "document" } }, { "step": { "name": "t" } }]);
    let adjustments = json!([{ "adjustment": "x", "step": "s", "effect": { "amount_off": "10" } },
        { "adjustment": "y", "step": "t", "effect": { "percent_off": "10" } }]);
    let book = with(
        &book(&json!({}), &json!({})),
        &json!({ "tenant": { "procedure": procedure }, "adjustments": adjustments }),
    );
    // 10 percent of 90; without its share the line comes to 100 - 9.
    let order = record(&book, &lines(&["a 10"]));
    assert_eq!(
        (&order["lines"][0]["net"]["amount"], &order["totals"]["payable"]["amount"]),
        (&json!("91.00"), &json!("81.00"))
    );
}

#[test]
fn the_end_settles_lines_and_not_charges() {
    let tenant = json!({ "tenant": { "rounding": { "at": "document" } } });
    let plain = with(&book(&json!({}), &json!({ "amount_off": "0" })), &tenant);
    let request =
        with(&lines(&["a 0.0333", "a 0.0333"]), &json!({ "charges": [{ "id": "f", "kind": "f", "amount": "1" }] }));
    // 0.333 and 0.333 are 0.67: floors of 33 cents, the first takes the cent.
    assert_eq!(nets(&plain, &request), "0.34 0.33");
    // 12.5 percent of the charge of 1 leave 0.875, by itself 0.88.
    let procedure = json!([{ "step": { "name": "s" } }]);
    let charge = json!([{ "adjustment": "x", "step": "s", "charges": "f", "effect": { "percent_off": "12.5" } }]);
    let lowered = with(&plain, &json!({ "tenant": { "procedure": procedure }, "adjustments": charge }));
    let order = record(&lowered, &request);
    assert_eq!(order["charges"][0]["net"]["amount"], json!("0.88"));
    assert_eq!(order["charges"][0]["steps"][2], json!({ "step": "rounding", "amount": "0.005" }));
    assert_eq!(order["totals"]["payable"]["amount"], json!("1.55"));
}

#[test]
fn best_and_additive_share_at_the_start() {
    let step = |choose: &str| json!([{ "step": { "name": "s", "at": "order", "choose": choose } }]);
    let rule = |name: &str, effect: Value, more: Value| {
        with(&json!({ "adjustment": name, "step": "s", "effect": effect }), &more)
    };
    let check = |choose: &str, rules: Value, expected: &str| {
        let book = with(
            &book(&json!({}), &json!({})),
            &json!({ "tenant": { "procedure": step(choose) }, "adjustments": rules }),
        );
        assert_eq!(nets(&book, &lines(&["a 10", "b 10"])), expected, "{choose}");
    };
    let (ten, a) = (json!({ "percent_off": "10" }), json!({ "for": { "sku": "a" } }));
    // On all: 15, shared 10 and 5. On a alone: 20.
    let rules = json!([rule("x", ten, json!({})), rule("y", json!({ "amount_off": "20" }), a)]);
    check("compound", rules.clone(), "70.00 45.00");
    check("additive", rules.clone(), "70.00 45.00");
    check("best", rules.clone(), "80.00 50.00");
    check("least", rules, "90.00 45.00");
    // 90 percent twice, each worked out at the start and cut where it is applied: each line by itself.
    let ninety = json!({ "percent_off": "90" });
    check("additive", json!([rule("x", ninety.clone(), json!({})), rule("y", ninety, json!({}))]), "0.00 0.00");
}
