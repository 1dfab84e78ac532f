//! R9: guards, redistribution, commitments.

use serde_json::{Value, json};

use crate::{broken, lines, nets, record, steps, with};

/// `a` at 10 with these guards and this cost, an entry with these guards, and one step on the order.
fn book(product: &Value, entry: &Value, tenant: &Value, effect: &Value) -> Value {
    let product = with(&json!({ "sku": "a", "unit": "pc", "cost": "6", "conversions": ["1 box = 4 pc"] }), product);
    let entries = json!([with(&json!({ "sku": "a", "price": "10" }), entry), { "sku": "b", "price": "5" }]);
    json!({
        "tenant": with(&json!({ "procedure": [{ "step": { "name": "s", "at": "order" } }] }), tenant),
        "catalogs": [{ "catalog": "c", "products": [product, { "sku": "b", "unit": "pc" }] }],
        "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": entries }],
        "adjustments": [{ "adjustment": "x", "step": "s", "effect": effect }],
    })
}

fn guards(guards: &Value) -> Value {
    json!({ "guards": guards })
}

fn half() -> Value {
    json!({ "percent_off": "50" })
}

#[test]
fn a_line_is_set_to_the_highest_lower_bound() {
    let none = json!({});
    let check = |product: &Value, entry: &Value, tenant: &Value, expected: &str, kind: &str, of: Value| {
        let book = book(&guards(product), &guards(entry), &guards(tenant), &half());
        let asked = lines(&["a 10"]);
        assert_eq!(nets(&book, &asked), expected);
        let detail = &steps(&book, &asked, 0)[2]["guard"];
        assert_eq!(
            *detail,
            json!({ "kind": kind, "of": of, "limit": expected.trim_end_matches('0').trim_end_matches('.') })
        );
    };
    check(&json!({ "floor": "6.5" }), &none, &none, "65.00", "floor", json!("product"));
    check(&json!({ "floor": "6.5" }), &json!({ "floor": "7" }), &none, "70.00", "floor", json!("entry"));
    check(&json!({ "floor": "6.5", "map": "9" }), &json!({ "floor": "7" }), &none, "90.00", "map", json!("product"));
    // Cost 60; at least 25 percent of the price is margin: 80.
    check(&json!({ "margin_min": "25" }), &none, &json!({ "margin_min": "50" }), "80.00", "margin", json!("product"));
    check(&none, &json!({ "margin_min": "25" }), &none, "80.00", "margin", json!("entry"));
    check(&none, &none, &json!({ "margin_min": "25" }), "80.00", "margin", json!("tenant"));
    check(
        &json!({ "discount_max": "20" }),
        &none,
        &json!({ "discount_max": "10" }),
        "80.00",
        "discount",
        json!("product"),
    );
    check(&none, &none, &json!({ "discount_max": "10" }), "90.00", "discount", json!("tenant"));
    // Of equal ones the first kind, and the product before the entry.
    check(
        &json!({ "floor": "8", "margin_min": "25" }),
        &json!({ "floor": "8" }),
        &none,
        "80.00",
        "floor",
        json!("product"),
    );
}

#[test]
fn a_ceiling_never_goes_below_the_lower_bound() {
    let check = |guards: &Value, expected: &str| {
        let book = book(&self::guards(guards), &json!({}), &json!({}), &json!({ "percent_added": "50" }));
        assert_eq!(nets(&book, &lines(&["a 10"])), expected);
    };
    check(&json!({ "ceiling": "12" }), "120.00");
    check(&json!({ "ceiling": "16" }), "150.00");
    check(&json!({ "ceiling": "12", "floor": "13" }), "150.00");
    check(&json!({ "ceiling": "12", "floor": "16" }), "160.00");
    check(&json!({ "ceiling": "13", "floor": "13" }), "130.00");
}

#[test]
fn an_entrys_guards_are_per_its_base_quantity_in_its_currency() {
    let per = json!({ "per": "2 box", "price": "80", "guards": { "floor": "60" } });
    // 10 pc are 2.5 boxes: 2.5 x 60 / 2.
    assert_eq!(nets(&book(&json!({}), &per, &json!({}), &half()), &lines(&["a 10"])), "75.00");
    // In dollars: the entry's floor does not count, what the product says in euros does not either; a discount does.
    let guards = json!({ "guards": { "floor": "9", "map": "9", "margin_min": "30" } });
    let dollars = |guards: &Value| {
        let book = book(guards, &json!({}), &json!({}), &half());
        let list = |entry: Value| json!([{ "price_list": "l", "currency": "USD", "entries": [entry] }]);
        with(&book, &json!({ "price_lists": list(json!({ "sku": "a", "price": "10", "guards": { "floor": "7" } })) }))
    };
    let asked = with(&lines(&["a 10"]), &json!({ "currency": "USD" }));
    assert_eq!(nets(&dollars(&guards), &asked), "70.00");
    assert_eq!(nets(&dollars(&json!({ "guards": { "discount_max": "25" } })), &asked), "75.00");
    // Of a margin the cost's currency decides: an entry in dollars has one where the order is in euros.
    let converted = json!({ "tenant": { "conversion": { "table": "fx" } }, "fx_tables": [{ "fx_table": "fx",
        "rates": [{ "rate_id": "r", "base": "USD", "quote": "EUR", "rate": "1" }] }],
        "price_lists": [{ "price_list": "l", "currency": "USD",
            "entries": [{ "sku": "a", "price": "10", "guards": { "floor": "9", "margin_min": "25" } }] }] });
    let book = with(&book(&json!({}), &json!({}), &json!({}), &half()), &converted);
    assert_eq!(nets(&book, &lines(&["a 10"])), "80.00");
}

#[test]
fn what_is_not_clamped_is_a_violation() {
    let floor = |breach: &str, role: Value| json!({ "floor": "6.5", "breach": breach, "role": role });
    let judged = |guards: &Value, facts: Value| {
        let book = book(&self::guards(guards), &json!({}), &json!({}), &half());
        let asked = with(&lines(&["a 10"]), &json!({ "facts": { "authority": facts } }));
        assert_eq!(nets(&book, &asked), "50.00");
        broken(&book, &asked)
    };
    assert_eq!(judged(&floor("reject", Value::Null), json!({})), ["guard.floor reject #0 50/65"]);
    assert_eq!(judged(&floor("needs_approval", Value::Null), json!({})), ["guard.floor needs_approval #0 50/65"]);
    let by_boss = floor("needs_approval", json!("boss"));
    assert_eq!(judged(&by_boss, json!({ "roles": ["clerk"] })), ["guard.floor needs_approval #0 50/65"]);
    assert_eq!(judged(&by_boss, json!({ "roles": ["boss"] })), Vec::<String>::new());
    let many = json!({ "floor": "6.5", "map": "5", "margin_min": "20", "discount_max": "40", "ceiling": "4", "breach": "reject" });
    let expected = [
        "guard.floor reject #0 50/65",
        "guard.margin reject #0 50/75",
        "guard.discount reject #0 50/60",
        "guard.ceiling reject #0 50/40",
    ];
    assert_eq!(judged(&many, json!({})), expected);
    let whole = record(&book(&guards(&by_boss), &json!({}), &json!({}), &half()), &lines(&["a 10"]));
    assert_eq!(
        whole["violations"][0],
        json!({ "code": "guard.floor", "severity": "needs_approval", "line": "0",
        "by": { "guard": "product" }, "role": "boss", "limit": "65", "actual": "50", "fix": { "approve": "boss" } })
    );
}

#[test]
fn a_floor_list_prices_nothing() {
    let floors = |prices: Value| {
        let mut book = book(&json!({}), &json!({}), &json!({}), &half());
        let list = with(&json!({ "price_list": "f", "currency": "EUR", "kept_as": "floor", "priority": 9 }), &prices);
        book["price_lists"].as_array_mut().unwrap().push(list);
        book
    };
    let tiers = floors(json!({ "entries": [{ "sku": "a", "tiers": [["1", "9"], ["10", "7"]] }] }));
    assert_eq!(nets(&tiers, &lines(&["a 10"])), "70.00");
    assert_eq!(nets(&tiers, &lines(&["a 5"])), "45.00");
    assert_eq!(nets(&tiers, &lines(&["a 0.5"])), "2.50");
    let detail = &steps(&tiers, &lines(&["a 10"]), 0)[2]["guard"]["of"];
    assert_eq!(*detail, json!({ "price_list": { "price_list": "f", "version": 1 } }));
    // Nobody is sold at it, and it is no list price.
    let alone = with(&tiers, &json!({ "price_lists": [tiers["price_lists"][1]] }));
    assert_eq!(nets(&alone, &lines(&["a 10"])), "pricing.no_price");
    let others = floors(json!({ "assigned_to": [{ "group": "x" }], "entries": [{ "sku": "a", "price": "9" }] }));
    assert_eq!(nets(&others, &lines(&["a 10"])), "50.00");
    let reject = with(&tiers, &json!({ "tenant": { "guards": { "breach": "reject" } } }));
    assert_eq!(broken(&reject, &lines(&["a 10"])), ["guard.floor reject #0 50/70"]);
}

#[test]
fn guards_act_where_the_procedure_places_them() {
    let early = json!({ "procedure": ["guards", { "step": { "name": "s", "at": "order" } }] });
    let book = book(&guards(&json!({ "floor": "6.5" })), &json!({}), &early, &half());
    assert_eq!(nets(&book, &lines(&["a 10"])), "50.00");
}

#[test]
fn a_price_by_hand_is_guarded_and_a_return_is_not() {
    let book = book(&guards(&json!({ "floor": "6.5" })), &json!({}), &json!({}), &json!({ "amount_off": "0" }));
    let facts = json!({ "facts": { "authority": { "manual_price": true } } });
    let line = json!({ "id": "1", "sku": "a", "quantity": "10", "manual_price": { "price": "1", "reason": "x" } });
    assert_eq!(nets(&book, &with(&json!({ "lines": [line] }), &facts)), "65.00");
    let back = json!({ "id": "1", "sku": "a", "quantity": "-10", "recorded": { "quantity": "10", "net": "10" } });
    assert_eq!(nets(&book, &json!({ "lines": [back] })), "-10.00");
}

#[test]
fn what_a_floor_keeps_is_taken_from_the_others() {
    let redistribute = json!({ "guards": { "redistribute": true } });
    let floor = guards(&json!({ "floor": "9" }));
    // 20 percent of 100 + 50: 20 and 10; a is raised from 80 to 90, and b gives the 10.
    let fifth = json!({ "percent_off": "20" });
    let fair = book(&floor, &json!({}), &redistribute, &fifth);
    assert_eq!(nets(&fair, &lines(&["a 10", "b 10"])), "90.00 30.00");
    assert_eq!(steps(&fair, &lines(&["a 10", "b 10"]), 1)[2], json!({ "step": "redistribution", "amount": "-10" }));
    // Two others by what they run at, 40 and 8.
    assert_eq!(nets(&fair, &lines(&["a 10", "b 10", "b 2"])), "90.00 31.67 6.33");
    // What finds no room is not moved: b has 4 only.
    assert_eq!(nets(&fair, &lines(&["a 10", "b 1"])), "90.00 0.00");
    // What a step on the line took is the line's own.
    let procedure = json!([{ "step": { "name": "s" } }]);
    let own = with(&fair, &json!({ "tenant": { "procedure": procedure } }));
    assert_eq!(nets(&own, &lines(&["a 10", "b 10"])), "90.00 40.00");
    // An excluded line gives nothing.
    let entries = json!([{ "sku": "a", "price": "10" }, { "sku": "b", "price": "5", "excludes": ["s"] }]);
    let excluded =
        with(&fair, &json!({ "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": entries }] }));
    assert_eq!(nets(&excluded, &lines(&["a 10", "b 10"])), "90.00 50.00");
    // Only down to the highest bound of any breach: 38 of 40.
    let mut bound = fair.clone();
    bound["catalogs"][0]["products"][1]["guards"] = json!({ "floor": "3.8", "breach": "reject" });
    assert_eq!(nets(&bound, &lines(&["a 10", "b 10"])), "90.00 38.00");
}

#[test]
fn a_commitment_raises_to_its_minimum_and_caps_at_its_maximum() {
    let book = |commitment: &Value| {
        let terms = json!([{ "price": { "sku": "a", "price": "10" } }, { "price": { "sku": "b", "price": "5" } }]);
        let version = json!({ "number": 1, "approved": { "by": "x", "at": "2026-01-01T00:00:00Z" }, "terms": terms,
            "commitment": commitment });
        json!({ "contracts": [{ "contract": "k", "organization": "o", "versions": [version] }],
            "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": [] }] })
    };
    let fact = |fact: Value| json!({ "facts": { "commitments": [with(&json!({ "contract": "k" }), &fact)] } });
    let check = |commitment: Value, fact: &Value, expected: &str| {
        assert_eq!(nets(&book(&commitment), &with(&lines(&["a 10", "b 10"]), fact)), expected);
    };
    let least = json!({ "minimum": "1000" });
    check(least.clone(), &fact(json!({ "prior": "700" })), "100.00 50.00");
    // 850 were bought with this order: 150 are missing, 100 and 50.
    check(least.clone(), &fact(json!({ "prior": "700", "closes": true })), "200.00 100.00");
    check(least.clone(), &fact(json!({ "prior": "850", "closes": true })), "100.00 50.00");
    let most = json!({ "maximum": "1000" });
    // 900 before: of 150, 100 are charged.
    check(most.clone(), &fact(json!({ "prior": "900" })), "66.67 33.33");
    check(most.clone(), &fact(json!({ "prior": "1100" })), "0.00 0.00");
    check(most, &json!({}), "100.00 50.00");
    let step =
        &steps(&book(&least), &with(&lines(&["a 10", "b 10"]), &fact(json!({ "prior": "700", "closes": true }))), 0)[1];
    assert_eq!(*step, json!({ "step": "commitment", "amount": "100", "commitment": "k" }));
    // No line of the contract is there to be raised.
    let unmet = with(&lines(&[]), &fact(json!({ "prior": "700", "closes": true })));
    assert_eq!(broken(&book(&least), &unmet), ["commitment.unmet warning 700/1000"]);
    let by = &record(&book(&least), &unmet)["violations"][0]["by"];
    assert_eq!(*by, json!({ "contract": { "contract": "k", "version": 1, "term": 0 } }));
}
