//! R3: versions, entries, order, ranks, merging, derived lists.

use serde_json::{Value, json};

use crate::{lines, nets, steps, with};

fn lists(lists: &[(&str, Value)]) -> Value {
    let list = |(name, fields): &(&str, Value)| with(&json!({ "price_list": name, "currency": "EUR" }), fields);
    json!({ "price_lists": lists.iter().map(list).collect::<Vec<_>>() })
}

fn policy(choose: &str, ties: &str, no_tier: &str) -> Value {
    json!({ "tenant": { "price_policy": { "choose": choose, "ties": ties, "no_tier": no_tier } } })
}

fn price(price: &str) -> Value {
    json!({ "entries": [{ "sku": "a", "price": price }] })
}

fn contract(name: &str, organization: &str, version: &Value) -> Value {
    let signed = json!({ "by": "x", "at": "2026-01-01T00:00:00Z" });
    let versions = json!([with(&json!({ "number": 1, "approved": signed }), version)]);
    json!({ "contract": name, "organization": organization, "versions": versions })
}

#[test]
fn the_highest_version_that_is_known_and_holds_counts() {
    let version =
        |number: u32, more: Value, amount: &str| with(&with(&more, &price(amount)), &json!({ "number": number }));
    let book = lists(&[(
        "l",
        json!({ "versions": [
        version(3, json!({ "recorded_at": "2026-06-01T00:00:01Z" }), "3"),
        version(2, json!({ "valid": { "from": "2026-03-01" } }), "2"),
        version(1, json!({}), "1"),
    ] }),
    )]);
    assert_eq!(nets(&book, &lines(&["a 1"])), "2.00");
    let before = with(&lines(&["a 1"]), &json!({ "valid_at": "2026-02-28T23:59:59.999999Z" }));
    assert_eq!(nets(&book, &before), "1.00");
}

#[test]
fn of_entries_that_hold_the_one_that_starts_last_then_ends_first_counts() {
    let entry = |from: Value, to: Value, amount: &str| json!({ "sku": "a", "price": amount, "valid": { "from": from, "to": to } });
    let book = lists(&[(
        "l",
        json!({ "entries": [
        entry(Value::Null, Value::Null, "1"),
        entry(json!("2026-02-01"), Value::Null, "2"),
        entry(json!("2026-02-01"), json!("2026-12-01"), "3"),
        entry(json!("2026-03-02"), Value::Null, "4"),
    ] }),
    )]);
    assert_eq!(nets(&book, &lines(&["a 1"])), "3.00");
}

#[test]
fn contracts_come_before_lists_and_the_nearest_first() {
    let terms = |amount: &str| json!({ "terms": [{ "price": { "sku": "a", "price": amount } }] });
    let base = with(
        &lists(&[("l", price("1"))]),
        &json!({ "organizations": [{ "organization": "top" }, { "organization": "o", "parents": [{ "organization": "top" }] }] }),
    );
    let ended = json!({ "terminated": { "from": "2026-03-01", "recorded_at": "2026-02-01T00:00:00Z" } });
    let with_contracts = |contracts: Value| with(&base, &json!({ "contracts": contracts }));
    let (own, above) = (contract("k1", "o", &terms("5")), contract("k2", "top", &terms("4")));
    assert_eq!(nets(&with_contracts(json!([own, above])), &lines(&["a 1"])), "5.00");
    let ended = contract("k1", "o", &with(&terms("5"), &ended));
    assert_eq!(nets(&with_contracts(json!([ended, above])), &lines(&["a 1"])), "4.00");
    let draft = contract("k1", "o", &with(&terms("5"), &json!({ "approved": null })));
    assert_eq!(nets(&with_contracts(json!([draft])), &lines(&["a 1"])), "1.00");
    let important = with(&contract("k3", "o", &terms("6")), &json!({ "priority": 1 }));
    assert_eq!(nets(&with_contracts(json!([own, important])), &lines(&["a 1"])), "6.00");
    let equal = contract("k4", "o", &terms("6"));
    assert_eq!(nets(&with_contracts(json!([own, equal])), &lines(&["a 1"])), "pricing.ambiguous");
}

#[test]
fn a_sku_comes_before_a_category_and_a_near_one_before_a_far_one() {
    let entry = |category: &str, amount: &str| json!({ "category": category, "per": "1 pc", "price": amount });
    let book =
        lists(&[("l", json!({ "entries": [entry("top", "3"), entry("low", "2"), { "sku": "a", "price": "1" }] }))]);
    assert_eq!(nets(&book, &lines(&["a 1", "b 1"])), "1.00 2.00");
    let record = steps(&book, &lines(&["b 1"]), 0);
    assert_eq!(record[0]["price"]["category"], json!("low"));
}

#[test]
fn lists_are_ranked_by_the_policy() {
    let important = with(&price("3"), &json!({ "priority": 1 }));
    let near = with(&price("2"), &json!({ "assigned_to": [{ "organization": "o" }] }));
    let channel = with(&price("4"), &json!({ "assigned_to": [{ "channel": "edi", "attributes": { "x": "1" } }] }));
    let book = |choose: &str, all: &[(&str, Value)]| with(&lists(all), &policy(choose, "error", "next"));
    let request = with(&lines(&["a 1"]), &json!({ "channel": "edi", "attributes": { "x": "1" } }));
    let all = [("important", important), ("near", near), ("channel", channel), ("all", price("1"))];
    assert_eq!(nets(&book("priority", &all), &request), "3.00");
    assert_eq!(nets(&book("priority", &all[1..]), &request), "2.00");
    assert_eq!(nets(&book("most_specific", &all), &request), "4.00");
    assert_eq!(nets(&book("lowest", &all), &request), "1.00");
}

#[test]
fn equal_lists_are_ambiguous_or_the_lowest_wins() {
    let all = [("z", price("1")), ("y", price("2")), ("x", price("1"))];
    let error = with(&lists(&all), &policy("priority", "error", "next"));
    assert_eq!(nets(&error, &lines(&["a 1"])), "pricing.ambiguous");
    let lowest = with(&lists(&all), &policy("priority", "lowest", "next"));
    let record = steps(&lowest, &lines(&["a 1"]), 0);
    assert_eq!(record[0]["price"]["source"], json!({ "price_list": { "price_list": "x", "version": 1 } }));
}

#[test]
fn a_table_without_a_tier_passes_on_or_ends_or_takes_the_nearest() {
    let first = json!({ "priority": 1, "entries": [{ "sku": "a", "tiers": [["10", "2"], ["20", "1"]] }] });
    let book =
        |no_tier: &str| with(&lists(&[("l", first.clone()), ("m", price("3"))]), &policy("priority", "error", no_tier));
    assert_eq!(nets(&book("next"), &lines(&["a 5"])), "15.00");
    assert_eq!(nets(&book("no_price"), &lines(&["a 5"])), "pricing.no_tier");
    assert_eq!(nets(&book("nearest"), &lines(&["a 5"])), "10.00");
    let alone = with(&lists(&[("l", first)]), &policy("priority", "error", "next"));
    assert_eq!(nets(&alone, &lines(&["a 5", "b 5"])), "pricing.no_tier pricing.no_price");
}

#[test]
fn breaks_are_merged() {
    let table =
        |tiers: Value, priority: i32| json!({ "priority": priority, "entries": [{ "sku": "a", "tiers": tiers }] });
    let high = table(json!([["1", "10"], ["100", "8"]]), 1);
    let low = table(json!([["1", "7"], ["50", "6"]]), 0);
    let book =
        |choose: &str| with(&lists(&[("h", high.clone()), ("l", low.clone())]), &policy(choose, "error", "next"));
    // At 1: 10 and 7 compete; at 50 only 6; at 100 only 8.
    assert_eq!(nets(&book("merge"), &lines(&["a 2", "a 60", "a 100", "a 0.5"])), "20.00 360.00 800.00 pricing.no_tier");
    assert_eq!(nets(&book("merge_lowest"), &lines(&["a 2", "a 60", "a 100"])), "14.00 360.00 800.00");
    let forbidding = with(&high, &json!({ "forbids_merging": true }));
    let alone = with(&lists(&[("h", forbidding), ("l", low.clone())]), &policy("merge", "error", "next"));
    assert_eq!(nets(&alone, &lines(&["a 60"])), "600.00");
    let equal = with(&lists(&[("h", low.clone()), ("l", low)]), &policy("merge", "error", "next"));
    assert_eq!(nets(&equal, &lines(&["a 60"])), "pricing.ambiguous");
}

#[test]
fn a_term_says_what_it_does_to_the_lists() {
    let against = |how: &str| {
        let price = json!({ "sku": "a", "tiers": [["1", "5"]] });
        let terms = json!({ "terms": [{ "price": price, "lists": how }] });
        let table = json!({ "entries": [{ "sku": "a", "tiers": [["1", "4"], ["10", "3"]] }] });
        with(&lists(&[("l", table)]), &json!({ "contracts": [contract("k", "o", &terms)] }))
    };
    assert_eq!(nets(&against("hide"), &lines(&["a 2", "a 10"])), "10.00 50.00");
    assert_eq!(nets(&against("lowest"), &lines(&["a 2", "a 10"])), "8.00 30.00");
    assert_eq!(nets(&against("merge"), &lines(&["a 2", "a 10"])), "10.00 30.00");
}

#[test]
fn competing_breaks_of_one_rank_are_decided_by_ties_and_no_price_takes_part() {
    let table = |tiers: Value| json!({ "entries": [{ "sku": "a", "tiers": tiers }] });
    let two = lists(&[("y", table(json!([["1", "7"]]))), ("z", table(json!([["1", "6"], ["9", "5"]])))]);
    let lowest = |no_tier: &str| with(&two, &policy("merge", "lowest", no_tier));
    assert_eq!(nets(&lowest("next"), &lines(&["a 2", "a 9"])), "12.00 45.00");
    assert_eq!(nets(&lowest("nearest"), &lines(&["a 0.5"])), "3.00");
    // The break at 9 has no price: it holds the break, and the nearest with a price is at 1.
    let hole = json!([["1", "7"], { "from": "9", "no_price": true }]);
    let holed = lists(&[("y", table(hole)), ("z", with(&table(json!([["1", "6"]])), &json!({ "priority": -1 })))]);
    let policy = |no_tier: &str| with(&holed, &policy("merge", "error", no_tier));
    assert_eq!(nets(&policy("next"), &lines(&["a 9"])), "pricing.no_tier");
    assert_eq!(nets(&policy("nearest"), &lines(&["a 9"])), "63.00");
}

#[test]
fn a_term_that_merges_stands_alone_in_a_unit_that_is_not_the_first() {
    let signed = json!({ "by": "x", "at": "2026-01-01T00:00:00Z" });
    let boxes = json!({ "sku": "a", "per": "1 box", "price": "90" });
    let versions = json!([{ "number": 1, "approved": signed, "terms": [{ "price": boxes, "lists": "merge" }] }]);
    let product = json!({ "sku": "a", "unit": "pc", "conversions": ["1 box = 10 pc"] });
    let book = with(
        &lists(&[("l", price("5"))]),
        &json!({
            "catalogs": [{ "catalog": "c", "products": [product] }],
            "contracts": [{ "contract": "k", "organization": "o", "versions": versions }],
        }),
    );
    assert_eq!(nets(&book, &lines(&["a 10", "a 1 box"])), "90.00 90.00");
}

#[test]
fn derived_prices_follow_in_steps() {
    let base = json!({ "entries": [
        { "sku": "a", "tiers": [{ "from": "0", "price": "10", "flat": "1" }, { "from": "10", "percent": "90" }] },
    ], "assigned_to": [{ "group": "nobody" }] });
    // 10 x 85 % = 8.5, to 0.3 half-up 8.4, + 0.01 = 8.41; flat 0.85. 9 x 85 % = 7.65, to 0.3: 7.8 (25.5 is a tie), 7.81.
    let derived = json!({ "derived": { "from": { "price_list": "base" }, "percent": "85", "increment": "0.3", "amount": "0.01" } });
    let book = lists(&[("base", base.clone()), ("d", derived.clone())]);
    assert_eq!(nets(&book, &lines(&["a 1", "a 10"])), "9.26 78.10");
    let tier = &steps(&book, &lines(&["a 10"]), 0)[0]["price"]["table"]["tier"];
    assert_eq!(*tier, json!({ "from": "10", "price": "7.81" }));
    let kept = with(&derived, &json!({ "derived": { "margin_min": "-1" } }));
    assert_eq!(nets(&lists(&[("base", base), ("d", kept)]), &lines(&["a 1", "a 10"])), "9.85 80.00");
    let product = json!({ "sku": "a", "unit": "pc", "cost": "3" });
    let cost = with(
        &lists(&[("d", json!({ "derived": { "from": "cost", "percent": "150" } }))]),
        &json!({ "catalogs": [{ "catalog": "c", "products": [product] }] }),
    );
    assert_eq!(nets(&cost, &lines(&["a 2"])), "9.00");
}
