//! R8: bundles and gifts.

use serde_json::{Value, json};

use crate::{lines, list, nets, record, steps, with};

/// `a` at 10, `b` at 5 and `c` at 2, and one step on the order with these adjustments.
fn book(step: &Value, adjustments: &Value) -> Value {
    let catalog = json!({ "catalog": "c",
        "categories": [{ "category": "top" }, { "category": "low", "parent": "top" }],
        "products": [{ "sku": "a", "unit": "pc", "category": "low" }, { "sku": "b", "unit": "pc", "category": "low" },
            { "sku": "c", "unit": "pc" }] });
    let prices =
        list(&json!([{ "sku": "a", "price": "10" }, { "sku": "b", "price": "5" }, { "sku": "c", "price": "2" }]));
    let step = with(&json!({ "name": "s", "at": "order" }), step);
    let more = json!({ "tenant": { "procedure": [{ "step": step }] }, "adjustments": adjustments });
    with(&with(&prices, &more), &json!({ "catalogs": [catalog] }))
}

fn bundle(name: &str, bundle: &Value) -> Value {
    json!({ "adjustment": name, "step": "s", "effect": { "bundle": bundle } })
}

fn of_bundle(bundle: &Value, quantities: &[&str]) -> String {
    nets(&book(&json!({}), &json!([self::bundle("x", bundle)])), &lines(quantities))
}

#[test]
fn three_for_two_gives_the_cheapest() {
    let three_for_two = json!({ "takes": [{ "for": { "category": "top" }, "quantity": 3 }],
        "gives": { "quantity": 1 }, "percent_off": "100" });
    assert_eq!(of_bundle(&three_for_two, &["a 2", "b 1"]), "20.00 0.00");
    assert_eq!(of_bundle(&three_for_two, &["a 1", "b 1"]), "10.00 5.00");
    // Two sets of the dearest six: 3 a and 3 b serve, the cheapest two of them are free.
    assert_eq!(of_bundle(&three_for_two, &["a 3", "b 4"]), "30.00 10.00");
    assert_eq!(of_bundle(&three_for_two, &["c 9"]), "18.00");
    let at_most_one = with(&three_for_two, &json!({ "sets_max": 1 }));
    // The set takes the three a, and gives one of those.
    assert_eq!(of_bundle(&at_most_one, &["a 3", "b 4"]), "20.00 20.00");
    let dearest = with(&three_for_two, &json!({ "gives": { "choose": "dearest" } }));
    assert_eq!(of_bundle(&dearest, &["a 2", "b 1"]), "10.00 5.00");
    let first = with(&three_for_two, &json!({ "gives": { "choose": "first" } }));
    assert_eq!(of_bundle(&first, &["b 1", "a 2"]), "0.00 20.00");
}

#[test]
fn what_is_given_may_be_other_goods() {
    let other = json!({ "takes": [{ "for": { "sku": "a" }, "quantity": 2 }],
        "gives": { "for": { "sku": ["b", "c"] }, "quantity": 1 }, "percent_off": "50" });
    // One set: the cheaper of b and c at half. With 4 a there are two sets, if two units are there to be given.
    assert_eq!(of_bundle(&other, &["a 2", "b 1", "c 1"]), "20.00 5.00 1.00");
    assert_eq!(of_bundle(&other, &["a 4", "b 1", "c 1"]), "40.00 2.50 1.00");
    assert_eq!(of_bundle(&other, &["a 4", "b 1"]), "40.00 2.50");
    assert_eq!(of_bundle(&other, &["a 4"]), "40.00");
    // Units that were taken are not given: of three a two are taken and one is given.
    let same = json!({ "takes": [{ "for": { "sku": "a" }, "quantity": 2 }],
        "gives": { "for": { "sku": "a" }, "quantity": 1 }, "percent_off": "100" });
    assert_eq!(of_bundle(&same, &["a 3"]), "20.00");
    assert_eq!(of_bundle(&same, &["a 5"]), "40.00");
    assert_eq!(of_bundle(&same, &["a 2"]), "20.00");
}

#[test]
fn each_given_unit_changes_by_the_effect() {
    let takes = json!([{ "for": { "sku": "a" }, "quantity": 3 }]);
    let check = |effect: &Value, expected: &str| {
        assert_eq!(of_bundle(&with(&json!({ "takes": takes }), effect), &["a 4"]), expected, "{effect}");
    };
    // Without `gives` all three are given.
    check(&json!({ "percent_off": "10" }), "37.00");
    check(&json!({ "amount_off": "1.5" }), "35.50");
    check(&json!({ "price": "8" }), "34.00");
    check(&json!({ "price": "11" }), "43.00");
    check(&json!({ "amount_off": "100" }), "0.00");
    check(&json!({ "set_amount_off": "4" }), "36.00");
    check(&json!({ "set_price": "25" }), "35.00");
    check(&json!({ "set_price": "31" }), "40.00");
    // At least minus what the given units are worth.
    check(&json!({ "set_amount_off": "99" }), "10.00");
}

#[test]
fn a_set_price_is_shared_by_the_values_of_the_given_units() {
    let set = json!({ "takes": [{ "for": { "sku": "a" }, "quantity": 1 }, { "for": { "sku": "b" }, "quantity": 2 }], "set_price": "17" });
    // Two sets: 20 and 20 for 34; the 6 less are 3 and 3. The third a pays in full.
    assert_eq!(of_bundle(&set, &["a 3", "b 5"]), "27.00 22.00");
    let record = record(&book(&json!({}), &json!([bundle("x", &set)])), &lines(&["a 3", "b 5"]));
    let detail = &record["lines"][0]["steps"][1];
    assert_eq!(
        *detail,
        json!({ "step": "adjustment", "amount": "-3",
        "adjustment": { "step": "s", "by": { "adjustment": "x" }, "effect": "bundle", "of_order": "-6" } })
    );
}

#[test]
fn units_are_whole_and_their_price_is_exact() {
    let half = json!({ "takes": [{ "for": { "sku": "a" }, "quantity": 2 }], "percent_off": "50" });
    // 2.9 are two units at 10 each.
    assert_eq!(of_bundle(&half, &["a 2.9"]), "19.00");
    assert_eq!(of_bundle(&half, &["a 1.9"]), "19.00");
    // 6.67 percent of 2 x 10 are 1.334, in cents 1.33.
    let odd = with(&half, &json!({ "percent_off": "6.67" }));
    assert_eq!(of_bundle(&odd, &["a 2"]), "18.67");
    // In the line's own unit: a box is one unit.
    let catalog =
        json!([{ "catalog": "c", "products": [{ "sku": "a", "unit": "pc", "conversions": ["1 box = 6 pc"] }] }]);
    let boxes = with(&book(&json!({}), &json!([bundle("x", &half)])), &json!({ "catalogs": catalog }));
    assert_eq!(nets(&boxes, &lines(&["a 1 box"])), "60.00");
    assert_eq!(nets(&boxes, &lines(&["a 2 box"])), "60.00");
}

#[test]
fn a_unit_serves_once_in_a_step() {
    let one = |name: &str, percent: &str, more: &Value| {
        with(&bundle(name, &json!({ "takes": [{ "quantity": 2 }], "percent_off": percent, "sets_max": 1 })), more)
    };
    let check = |step: &Value, adjustments: Value, expected: &str| {
        assert_eq!(nets(&book(step, &adjustments), &lines(&["a 3"])), expected);
    };
    // The first serves with two of three; one is left, which is no set.
    let rules = |set: &Value| json!([one("x", "10", set), one("y", "50", set)]);
    check(&json!({}), rules(&json!({})), "28.00");
    check(&json!({ "choose": "additive" }), rules(&json!({})), "28.00");
    check(&json!({ "choose": "best" }), rules(&json!({})), "20.00");
    check(&json!({ "choose": "best" }), rules(&json!({ "set": "z" })), "28.00");
    let always = one("z", "50", &json!({ "mode": "always" }));
    check(&json!({ "choose": "best" }), json!([one("x", "10", &json!({})), always]), "28.00");
}

#[test]
fn excluded_lines_have_no_units() {
    let entries = json!([{ "sku": "a", "price": "10", "excludes": ["s"] }, { "sku": "b", "price": "5" }]);
    let two = json!({ "takes": [{ "quantity": 2 }], "percent_off": "50" });
    let book = with(&book(&json!({}), &json!([bundle("x", &two)])), &list(&entries));
    assert_eq!(nets(&book, &lines(&["a 1", "b 3"])), "10.00 10.00");
    assert_eq!(nets(&book, &lines(&["a 1", "b 1"])), "10.00 5.00");
}

#[test]
fn a_gift_is_given_where_its_conditions_hold() {
    let gift = json!({ "adjustment": "x", "step": "s", "when": { "order_value": { "at_least": "100" } },
        "effect": { "gift": { "sku": "c", "quantity": "2", "price": "0.333" } } });
    let book = book(&json!({}), &json!([gift]));
    let order = record(&book, &lines(&["a 10"]));
    // 2 at 0.333 are 0.67.
    assert_eq!(
        order["gifts"][0],
        json!({ "step": "s", "by": { "adjustment": "x" }, "sku": "c", "quantity": "2",
        "unit": "pc", "net": { "amount": "0.67", "currency": "EUR" },
        "steps": [{ "step": "price", "amount": "0.67", "price": { "source": "gift" } }] })
    );
    assert_eq!(order["totals"]["line_extension"]["amount"], json!("100.67"));
    assert_eq!(order["applied"], json!([{ "adjustment": "x", "amount": "0" }]));
    assert_eq!(record(&book, &lines(&["a 9"])).get("gifts"), None);
    // Where `for` names lines, there must be one.
    let of_b = self::book(&json!({}), &json!([with(&gift, &json!({ "for": { "sku": "b" } }))]));
    assert_eq!(record(&of_b, &lines(&["a 10"])).get("gifts"), None);
    assert_eq!(record(&of_b, &lines(&["a 10", "b 1"]))["gifts"][0]["quantity"], json!("2"));
    // Of the alternatives it is what it costs: nothing is better than 0.67 more.
    let other = json!({ "adjustment": "y", "step": "s", "effect": { "amount_off": "0" } });
    let best = self::book(&json!({ "choose": "best" }), &json!([gift, other]));
    assert_eq!(record(&best, &lines(&["a 10"])).get("gifts"), None);
}

#[test]
fn a_bundle_goes_with_the_other_rules_of_its_step() {
    let half = bundle("x", &json!({ "takes": [{ "for": { "sku": "b" }, "quantity": 2 }], "percent_off": "50" }));
    let off = json!({ "adjustment": "y", "step": "s", "effect": { "percent_off": "10" } });
    // 5 off b; then 10 percent of 25, shared by 20 and 5.
    assert_eq!(nets(&book(&json!({}), &json!([half, off])), &lines(&["a 2", "b 2"])), "18.00 4.50");
    // Of the alternatives -5 and -3 the bundle is the better.
    let best = book(&json!({ "choose": "best" }), &json!([half, off]));
    assert_eq!(nets(&best, &lines(&["a 2", "b 2"])), "20.00 5.00");
    // A budget of 3 is all that the bundle takes.
    let budget = book(&json!({}), &json!([with(&half, &json!({ "budget": "3" }))]));
    assert_eq!(steps(&budget, &lines(&["b 2"]), 0)[1]["adjustment"]["of_order"], json!("-3"));
}
