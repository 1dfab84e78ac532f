//! R12: which order rule counts, what it finds, and what would mend it.

use serde_json::{Value, json};

use crate::{broken, lines, record, with};

/// `a` at 10 and 2 kg, cost 6, and `b` at 5, with these order rules.
fn book(rules: &Value) -> Value {
    let products = json!([
        { "sku": "a", "unit": "pc", "category": "low", "weight": "2 kg", "cost": "6", "conversions": ["1 box = 4 pc"] },
        { "sku": "b", "unit": "pc", "category": "top" }]);
    let entries = json!([{ "sku": "a", "price": "10" }, { "sku": "b", "price": "5" }]);
    json!({
        "organizations": [{ "organization": "top" }, { "organization": "o", "parents": [{ "organization": "top" }] }],
        "catalogs": [{ "catalog": "c", "products": products,
            "categories": [{ "category": "top" }, { "category": "low", "parent": "top" }] }],
        "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": entries }],
        "order_rules": rules,
    })
}

fn rule(name: &str, terms: &Value) -> Value {
    json!({ "order_rule": name, "terms": terms })
}

fn one(terms: &Value) -> Value {
    book(&json!([rule("r", terms)]))
}

fn first(terms: &Value, quantities: &[&str]) -> Value {
    record(&one(terms), &lines(quantities))["violations"][0].clone()
}

#[test]
fn a_minimum_quantity_is_over_all_lines_of_the_sku() {
    let least = json!({ "sku": "a", "quantity_min": "10" });
    assert_eq!(broken(&one(&least), &lines(&["b 1", "a 4", "a 3"])), ["order.quantity_min reject #1 7/10"]);
    assert_eq!(broken(&one(&least), &lines(&["a 1 box", "a 6"])), Vec::<String>::new());
    assert_eq!(broken(&one(&least), &lines(&["b 1"])), Vec::<String>::new());
    // The first line must have 7, rounded up to a multiple of 4: 8.
    let stepped = json!({ "sku": "a", "quantity_min": "10", "quantity_increment": "4" });
    assert_eq!(first(&stepped, &["a 4", "a 3"])["fix"], json!({ "set_quantity": "8 pc" }));
    assert_eq!(first(&least, &["a 4", "a 3"])["fix"], json!({ "set_quantity": "7 pc" }));
    let boxes = json!({ "sku": "a", "quantity_min": "3", "unit": "box" });
    // 4 + 3 are 1.75 boxes; one of them has 1 and needs 2.25.
    assert_eq!(
        first(&boxes, &["a 4", "a 3"]),
        json!({ "code": "order.quantity_min", "severity": "reject", "line": "0",
        "by": { "order_rule": "r" }, "limit": "3", "actual": "1.75", "unit": "box", "fix": { "set_quantity": "2.25 box" } })
    );
    let litres = json!({ "sku": "a", "quantity_min": "3", "unit": "l" });
    assert_eq!(broken(&one(&litres), &lines(&["a 1"])), Vec::<String>::new());
}

#[test]
fn a_maximum_and_an_increment_say_what_would_mend_them() {
    let most = json!({ "category": "top", "quantity_max": "10", "quantity_increment": "4" });
    // 9 + 6 are 15: the first may have 4; 9 and 6 are no multiples of 4.
    let expected = [
        "order.quantity_increment reject #0 9/4",
        "order.quantity_increment reject #1 6/4",
        "order.quantity_max reject #0 15/10",
    ];
    assert_eq!(broken(&one(&most), &lines(&["a 9", "a 6"])), expected);
    let fixes = |quantities: &[&str]| {
        let order = record(&one(&most), &lines(quantities));
        order["violations"].as_array().unwrap().iter().map(|one| one["fix"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        fixes(&["a 9", "a 6"]),
        [json!({ "set_quantity": "12 pc" }), json!({ "set_quantity": "8 pc" }), json!({ "set_quantity": "4 pc" })]
    );
    assert_eq!(fixes(&["a 4", "a 12"])[0], json!("remove_line"));
    assert_eq!(broken(&one(&most), &lines(&["a 8", "b 8"])), Vec::<String>::new());
}

#[test]
fn the_nearest_rule_that_states_a_field_counts() {
    let of = |name: &str, organization: Value, terms: Value| {
        with(&rule(name, &terms), &json!({ "organization": organization }))
    };
    let check = |rules: Value, expected: &[&str]| {
        assert_eq!(broken(&book(&rules), &lines(&["a 5"])), expected);
    };
    let sku = |least: &str| json!({ "sku": "a", "quantity_min": least });
    let category = |name: &str, least: &str| json!({ "category": name, "quantity_min": least });
    let all = |least: &str| json!({ "quantity_min": least });
    check(
        json!([rule("1", &all("7")), rule("2", &category("top", "8")), rule("3", &category("low", "9"))]),
        &["order.quantity_min reject #0 5/9"],
    );
    check(json!([rule("1", &all("7")), rule("2", &sku("6"))]), &["order.quantity_min reject #0 5/6"]);
    // A nearer organization comes before nearer goods.
    check(
        json!([rule("1", &sku("6")), of("2", json!("top"), all("7")), of("3", json!("o"), category("top", "8"))]),
        &["order.quantity_min reject #0 5/8"],
    );
    check(json!([of("1", json!("other"), all("9")), rule("2", &all("7"))]), &["order.quantity_min reject #0 5/7"]);
    // Each field by itself; of equal ones the first name.
    check(
        json!([rule("z", &sku("8")), rule("y", &sku("7")), rule("x", &json!({ "sku": "a", "quantity_max": "4" }))]),
        &["order.quantity_min reject #0 5/7", "order.quantity_max reject #0 5/4"],
    );
    let late = with(&rule("1", &all("7")), &json!({ "recorded_at": "2026-06-01T00:00:01Z" }));
    let over = with(&rule("2", &all("7")), &json!({ "valid": { "to": "2026-03-01" } }));
    let when = rule("3", &with(&all("7"), &json!({ "when": { "order_value": { "below": "50" } } })));
    check(json!([late, over, when]), &[]);
    let version = json!({ "number": 1, "approved": { "by": "x", "at": "2026-01-01T00:00:00Z" },
        "terms": [{ "order_rule": { "quantity_min": "6", "severity": "warning" } }] });
    let contract = json!({ "contracts": [{ "contract": "k", "organization": "o", "versions": [version] }] });
    let agreed = with(&book(&json!([rule("1", &sku("9"))])), &contract);
    assert_eq!(broken(&agreed, &lines(&["a 5"])), ["order.quantity_min warning #0 5/6"]);
    let by = &record(&agreed, &lines(&["a 5"]))["violations"][0]["by"];
    assert_eq!(*by, json!({ "contract": { "contract": "k", "version": 1, "term": 1 } }));
}

#[test]
fn assortments_allow_exclude_and_keep_apart() {
    let check = |terms: Value, expected: &[&str]| {
        assert_eq!(broken(&one(&terms), &lines(&["a 1", "b 1", "x 1"])), expected, "{terms}");
    };
    check(json!({ "allows": { "category": "low" } }), &["order.not_allowed reject #1"]);
    check(json!({ "excludes": { "category": "low" }, "severity": "warning" }), &["order.excluded warning #0"]);
    check(
        json!({ "incompatible": [{ "sku": "b" }, { "sku": "x" }, { "sku": "a" }] }),
        &["order.incompatible reject #1"],
    );
    check(json!({ "incompatible": [{ "sku": "b" }, { "sku": "x" }] }), &[]);
    let apart = first(&json!({ "incompatible": [{ "sku": "b" }, { "category": "top" }] }), &["b 1", "b 1", "a 1"]);
    assert_eq!(
        apart,
        json!({ "code": "order.incompatible", "severity": "reject", "line": "0", "other_line": "1",
        "by": { "order_rule": "r" }, "fix": "remove_line" })
    );
    // One condition alone keeps nothing apart, and a line does not go against itself.
    check(json!({ "incompatible": [{ "sku": "a" }, { "category": "low" }] }), &[]);
    // One violation a line, the first rule's; the nearest `allows` alone.
    let rules = json!([
        rule("z", &json!({ "excludes": { "sku": "a" } })),
        rule("y", &json!({ "excludes": { "category": "top" } })),
        with(&rule("x", &json!({ "allows": { "sku": "b" } })), &json!({ "organization": "o" })),
        rule("w", &json!({ "allows": { "sku": "a" } }))
    ]);
    let order = record(&book(&rules), &lines(&["a 1", "b 1"]));
    let found: Vec<String> = order["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {}", one["code"], one["line"], one["by"]))
        .collect();
    assert_eq!(
        found,
        [
            r#""order.not_allowed" "0" {"order_rule":"x"}"#,
            r#""order.excluded" "0" {"order_rule":"y"}"#,
            r#""order.excluded" "1" {"order_rule":"y"}"#,
        ]
    );
}

#[test]
fn the_order_keeps_to_lines_weight_and_value() {
    let check = |terms: Value, expected: &[&str], fix: Value| {
        let asked = lines(&["a 3", "b 4"]);
        assert_eq!(broken(&one(&terms), &asked), expected, "{terms}");
        assert_eq!(first(&terms, &["a 3", "b 4"])["fix"], fix);
    };
    check(json!({ "lines_max": 1 }), &["order.lines_max reject 2/1"], Value::Null);
    check(json!({ "weight_max": "5.5 kg" }), &["order.weight_max reject 6/5.5"], Value::Null);
    check(json!({ "weight_max": "6 kg" }), &[], Value::Null);
    let eur = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    check(json!({ "order_value_min": "60" }), &["order.value_min reject 50/60"], json!({ "add_value": eur("10.00") }));
    check(
        json!({ "order_value_max": "49.5" }),
        &["order.value_max reject 50/49.5"],
        json!({ "reduce_value": eur("0.50") }),
    );
    check(json!({ "order_value_min": "50", "order_value_max": "50" }), &[], Value::Null);
    check(json!({ "order_value_min": "60", "currency": "USD" }), &[], Value::Null);
    check(json!({ "sku": "a", "order_value_min": "60" }), &[], Value::Null);
    // A document step counts.
    let procedure = json!([{ "step": { "name": "s", "at": "order", "shown": "document" } }]);
    let off = json!([{ "adjustment": "x", "step": "s", "effect": { "amount_off": "1" } }]);
    let shown = with(
        &one(&json!({ "order_value_min": "50" })),
        &json!({ "tenant": { "procedure": procedure }, "adjustments": off }),
    );
    assert_eq!(broken(&shown, &lines(&["a 3", "b 4"])), ["order.value_min reject 49/50"]);
}

#[test]
fn what_a_role_may_approve_is_no_violation() {
    let terms = json!({ "lines_max": 0, "severity": "needs_approval", "role": "boss" });
    let asked = |roles: Value| with(&lines(&["a 1"]), &json!({ "facts": { "authority": { "roles": roles } } }));
    assert_eq!(broken(&one(&terms), &asked(json!(["clerk"]))), ["order.lines_max needs_approval 1/0"]);
    assert_eq!(broken(&one(&terms), &asked(json!(["boss"]))), Vec::<String>::new());
    let rejected = with(&terms, &json!({ "severity": "reject" }));
    assert_eq!(broken(&one(&rejected), &asked(json!(["boss"]))), ["order.lines_max reject 1/0"]);
}

#[test]
fn approvals_come_in_bands() {
    let off = |percent: &str| {
        json!({ "tenant": { "procedure": [{ "step": { "name": "s" } }] },
        "adjustments": [{ "adjustment": "x", "step": "s", "effect": { "percent_off": percent } }] })
    };
    let check = |terms: Value, percent: &str, expected: &[&str]| {
        assert_eq!(
            broken(&with(&one(&terms), &off(percent)), &lines(&["a 10", "b 10"])),
            expected,
            "{terms} {percent}"
        );
    };
    let value = json!({ "approve_value": [["100", "clerk"], ["140", "boss"]] });
    check(value.clone(), "0", &["order.approve_value needs_approval 150/140"]);
    check(value.clone(), "20", &["order.approve_value needs_approval 120/100"]);
    check(value, "40", &[]);
    let discount = json!({ "approve_discount": [["5", "clerk"], ["10", "boss"]], "severity": "warning" });
    check(discount.clone(), "10", &["order.approve_discount needs_approval 10/10"]);
    // 150 - 135.015 are 9.99 percent of 150.
    check(discount.clone(), "9.99", &["order.approve_discount needs_approval 9.99/5"]);
    check(discount, "4.9", &[]);
    // Of a alone: 100 - 60 are 40 percent; of 90, 33.33.
    let margin = json!({ "approve_margin": [["40", "clerk"], ["34", "boss"]] });
    check(margin.clone(), "0", &[]);
    check(margin.clone(), "1", &["order.approve_margin needs_approval 39.39/40"]);
    check(margin.clone(), "10", &["order.approve_margin needs_approval 33.33/34"]);
    let order = record(&with(&one(&margin), &off("10")), &lines(&["a 10"]));
    assert_eq!(
        order["violations"][0],
        json!({ "code": "order.approve_margin", "severity": "needs_approval", "role": "boss",
        "by": { "order_rule": "r" }, "limit": "34", "actual": "33.33", "fix": { "approve": "boss" } })
    );
    let approved = with(&lines(&["a 10"]), &json!({ "facts": { "authority": { "roles": ["boss"] } } }));
    assert_eq!(broken(&with(&one(&margin), &off("10")), &approved), Vec::<String>::new());
}

#[test]
fn credit_and_budget_are_the_nearest_units() {
    let units = |top: Value, own: Value| {
        let unit = |name: &str, more: &Value| with(&json!({ "organization": name }), more);
        let own = with(&own, &json!({ "parents": [{ "organization": "top" }] }));
        with(&book(&json!([])), &json!({ "organizations": [unit("top", &top), unit("o", &own)] }))
    };
    let check = |book: &Value, facts: Value, expected: &[&str]| {
        assert_eq!(broken(book, &with(&lines(&["a 10"]), &json!({ "facts": facts }))), expected);
    };
    let credit = units(json!({ "credit_limit": "150" }), json!({}));
    check(&credit, json!({}), &[]);
    check(
        &credit,
        json!({ "credit": { "open_orders": "30", "receivables": "20.01" } }),
        &["order.credit_limit reject 150.01/150"],
    );
    check(&credit, json!({ "credit": { "limit": "99" } }), &["order.credit_limit reject 100/99"]);
    check(&credit, json!({ "paid": "60", "credit": { "open_orders": "110" } }), &[]);
    check(&units(json!({ "credit_limit": "1" }), json!({ "credit_limit": "150" })), json!({}), &[]);
    let asked = with(&lines(&["a 10"]), &json!({ "facts": { "credit": { "receivables": "70" } } }));
    assert_eq!(
        record(&credit, &asked)["violations"][0],
        json!({ "code": "order.credit_limit", "severity": "reject",
        "by": { "organization": "top" }, "limit": "150", "actual": "170", "fix": { "reduce_value": { "amount": "20.00", "currency": "EUR" } } })
    );
    let budget = units(json!({}), json!({ "budget": "150" }));
    check(&budget, json!({ "budget_used": "51" }), &["order.budget needs_approval 151/150"]);
    check(&budget, json!({ "budget_used": "50" }), &[]);
}

#[test]
fn an_incomplete_order_is_not_judged_by_amounts() {
    let terms = json!({ "order_value_min": "1", "approve_value": [["1", "boss"]], "approve_discount": [["1", "boss"]],
        "lines_max": 1, "severity": "warning", "role": "boss" });
    let expected = [
        "order.lines_max warning 2/1",
        "order.value_min not_judged",
        "order.approve_value not_judged",
        "order.approve_discount not_judged",
    ];
    let mut book = one(&terms);
    book["price_lists"][0]["entries"] = json!([{ "sku": "b", "price": "5" }]);
    assert_eq!(broken(&book, &lines(&["a 1", "b 1"])), expected);
    let found = &record(&book, &lines(&["a 1", "b 1"]))["violations"][1];
    assert_eq!(*found, json!({ "code": "order.value_min", "severity": "not_judged", "by": { "order_rule": "r" } }));
    book["organizations"][0]["credit_limit"] = json!("1");
    book["organizations"][0]["budget"] = json!("1");
    assert_eq!(broken(&book, &lines(&["a 1"])).len(), 5);
}

#[test]
fn an_order_is_processed_on_the_day_or_the_next() {
    let day = |cut_off: Value, valid_at: &str| {
        let terms = json!({ "cut_off": cut_off });
        let book = with(&one(&terms), &json!({ "tenant": { "time_zone": "Europe/Berlin" } }));
        let order = record(&book, &with(&lines(&["a 1"]), &json!({ "valid_at": valid_at })));
        order.get("processing_date").cloned()
    };
    let plain = json!({ "time": "14:00" });
    // 12:59 and 13:00 of UTC are 13:59 and 14:00 in Berlin, in winter.
    assert_eq!(day(plain.clone(), "2026-03-02T12:59:59Z"), Some(json!("2026-03-02")));
    assert_eq!(day(plain.clone(), "2026-03-02T13:00:00Z"), Some(json!("2026-03-03")));
    // 23:30 of UTC is the next day in Berlin.
    assert_eq!(day(plain, "2026-03-02T23:30:00Z"), Some(json!("2026-03-03")));
    let week = json!({ "time": "14:00", "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"] });
    // The sixth is a Friday.
    assert_eq!(day(week.clone(), "2026-03-06T14:00:00Z"), Some(json!("2026-03-09")));
    assert_eq!(day(week.clone(), "2026-03-07T08:00:00Z"), Some(json!("2026-03-09")));
    let holidays = with(&week, &json!({ "holidays": ["2026-03-09", "2026-03-09T23:00:00Z"] }));
    assert_eq!(day(holidays, "2026-03-07T08:00:00Z"), Some(json!("2026-03-11")));
    let never = json!({ "time": "00:00", "weekdays": ["monday"], "holidays": [] });
    assert_eq!(day(never, "2026-03-02"), Some(json!("2026-03-09")));
    assert_eq!(record(&one(&json!({})), &lines(&["a 1"])).get("processing_date"), None);
}
