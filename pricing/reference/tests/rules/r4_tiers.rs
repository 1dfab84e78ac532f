//! R4: bounds, kinds of tiers, counts, graduated totals and their shares.

use serde_json::{Value, json};

use crate::{lines, list, nets, steps, with};

fn table(fields: &Value) -> Value {
    list(&json!([with(&json!({ "category": "low", "per": "1 pc" }), fields)]))
}

#[test]
fn bounds_belong_to_one_tier() {
    let from = table(&json!({ "tiers": [["1", "5"], ["10", "4"], { "from": "20", "no_price": true }] }));
    let quantities = lines(&["a 0.999999", "a 1", "a 9.999999", "a 10", "a 20"]);
    assert_eq!(nets(&from, &quantities), "pricing.no_tier 5.00 50.00 40.00 pricing.no_tier");
    let up_to = table(&json!({ "tiers": [{ "up_to": "10", "price": "5" }, { "up_to": "20", "price": "4" }] }));
    let quantities = lines(&["a 0", "a 10", "a 10.000001", "a 20", "a 21"]);
    assert_eq!(nets(&up_to, &quantities), "0.00 50.00 40.00 80.00 pricing.no_tier");
}

#[test]
fn the_prices_of_a_tier_add_up() {
    let tier = json!({ "from": "10", "flat": "2", "price": "1", "above": "0.5",
        "package": { "size": "4", "price": "0.1" } });
    // 2 + (13 x 1 + 3 x 0.5) + 4 packages of 0.1.
    let volume = table(&json!({ "tiers": [{ "from": "0", "price": "9" }, tier] }));
    assert_eq!(nets(&volume, &lines(&["a 13"])), "16.90");
    // 90, and for the part of 3: 2 + 3 x 1.5 + 1 package.
    let graduated = with(&json!({ "mode": "graduated" }), &json!({ "tiers": [{ "from": "0", "price": "9" }, tier] }));
    assert_eq!(nets(&table(&graduated), &lines(&["a 13", "a 10"])), "96.60 90.00");
    let record = steps(&table(&graduated), &lines(&["a 13"]), 0);
    let read = &record[0]["price"]["table"];
    assert_eq!((&read["total"], &read["tier"]["from"]), (&json!("96.6"), &json!("10")));
    assert_eq!(read.get("counted"), None);
}

#[test]
fn above_is_shared_by_the_quantity() {
    // 30 in all, 20 above 10: the line of 12 pays 0.5 x 20 x 12 / 30 = 4.
    let tiers = json!([{ "from": "0", "price": "1" }, { "from": "10", "flat": "1", "above": "0.5" }]);
    let book = table(&json!({ "over": "order", "tiers": tiers }));
    assert_eq!(nets(&book, &lines(&["a 12", "b 18", "a 0"])), "5.00 7.00 1.00");
}

#[test]
fn a_table_counts_over_its_scope() {
    let tiers = json!([["0", "2"], ["10", "1"]]);
    let over = |scope: &Value| table(&json!({ "over": scope, "tiers": tiers }));
    let quantities = lines(&["a 6", "b 6", "a 3"]);
    assert_eq!(nets(&over(&json!("line")), &quantities), "12.00 12.00 6.00");
    assert_eq!(nets(&over(&json!("sku")), &quantities), "12.00 12.00 6.00");
    assert_eq!(nets(&over(&json!("order")), &quantities), "6.00 6.00 3.00");
    assert_eq!(nets(&over(&json!({ "category": "low" })), &quantities), "6.00 6.00 3.00");
    assert_eq!(nets(&over(&json!({ "group": "g" })), &quantities), "6.00 6.00 3.00");
    let record = steps(&over(&json!("order")), &quantities, 0);
    assert_eq!(record[0]["price"]["table"]["counted"], json!("15"));
}

#[test]
fn the_prior_counts_first() {
    let tiers = json!([["0", "2"], ["10", "1"]]);
    let request = with(
        &lines(&["a 4"]),
        &json!({ "facts": { "prior": [{ "of": { "sku": "a" }, "quantity": "8", "value": "100" }] } }),
    );
    assert_eq!(nets(&table(&json!({ "counts_prior": true, "tiers": tiers })), &request), "4.00");
    // F(12) - F(8) = (20 + 2) - 16.
    let graduated = json!({ "mode": "graduated", "counts_prior": true, "tiers": tiers });
    assert_eq!(nets(&table(&graduated), &request), "6.00");
    // By value: the line opens at 4 x 2 = 8, 108 in all: at 100 the price is 1.5.
    let value = json!({ "base": "value", "counts_prior": true, "tiers": [["0", "2"], ["100", "1.5"]] });
    assert_eq!(nets(&table(&value), &request), "6.00");
    assert_eq!(steps(&table(&value), &request, 0)[0]["price"]["table"]["counted"], json!("108"));
}

#[test]
fn a_graduated_total_is_shared_exactly() {
    // F(3) = 1 for the first tier's flat alone: thirds at 10 decimals, the first line takes the rest.
    let tiers = json!([{ "from": "0", "flat": "1" }]);
    let book = table(&json!({ "mode": "graduated", "over": "order", "tiers": tiers }));
    let record = |line: usize| steps(&book, &lines(&["a 1", "b 1", "a 1"]), line)[0]["amount"].clone();
    assert_eq!(
        [record(0), record(1), record(2)],
        [json!("0.3333333334"), json!("0.3333333333"), json!("0.3333333333")]
    );
    // Nothing is counted: the first line takes the charge.
    let at_zero = json!({ "mode": "graduated", "charge_at_zero": true, "over": "order", "tiers": tiers });
    assert_eq!(nets(&table(&at_zero), &lines(&["a 0", "b 0"])), "1.00 0.00");
    assert_eq!(nets(&book, &lines(&["a 0", "b 0"])), "0.00 0.00");
}

#[test]
fn a_line_that_another_price_takes_keeps_its_part_of_the_total() {
    // 40 in all: F = 20 x 2 + 20 x 1 = 60; the table prices 30 of the 40, and so 45, by 10 and 20.
    let book = json!({ "price_lists": [
        { "price_list": "l", "currency": "EUR", "entries": [
            { "category": "low", "per": "1 pc", "mode": "graduated", "over": "order", "tiers": [["0", "2"], ["20", "1"]] },
        ] },
        { "price_list": "m", "currency": "EUR", "priority": 1, "entries": [{ "sku": "b", "price": "7" }] },
    ] });
    assert_eq!(nets(&book, &lines(&["a 10", "b 10", "a 20"])), "15.00 70.00 30.00");
}

#[test]
fn graduated_by_value_is_in_percent_of_the_parts() {
    // Opens at 30 x 5 = 150: 100 at 100 %, 50 at 90 %, and the flat of 1.
    let tiers = json!([{ "from": "0", "price": "5" }, { "from": "100", "percent": "90", "flat": "1" }]);
    let book = table(&json!({ "mode": "graduated", "base": "value", "tiers": tiers }));
    assert_eq!(nets(&book, &lines(&["a 30", "a 20"])), "146.00 100.00");
    let record = steps(&book, &lines(&["a 30"]), 0);
    let read = &record[0]["price"]["table"];
    assert_eq!(read["tier"], json!({ "from": "100", "percent": "90", "flat": "1" }));
    assert_eq!((&read["counted"], &read["total"]), (&json!("150"), &json!("146")));
}

#[test]
fn a_percent_is_of_the_first_tiers_price() {
    let tiers = json!([["0", "2"], { "from": "10", "percent": "92.5" }]);
    let book = table(&json!({ "tiers": tiers }));
    assert_eq!(nets(&book, &lines(&["a 10"])), "18.50");
    let record = steps(&book, &lines(&["a 10"]), 0);
    assert_eq!(record[0]["price"]["table"]["tier"], json!({ "from": "10", "price": "1.85" }));
}

#[test]
fn the_nearest_tier_prices_where_the_tenant_says_so() {
    let nearest = json!({ "tenant": { "price_policy": { "no_tier": "nearest" } } });
    let tiers = json!([["10", "5"], { "from": "20", "no_price": true }]);
    assert_eq!(nets(&with(&table(&json!({ "tiers": tiers })), &nearest), &lines(&["a 2", "a 30"])), "10.00 150.00");
    // 10 x 5 in full, and 20 more in the last tier with a price.
    let tiers = json!([["0", "5"], ["10", "4"], { "from": "20", "no_price": true }]);
    let graduated = table(&json!({ "mode": "graduated", "tiers": tiers }));
    assert_eq!(nets(&graduated, &lines(&["a 20", "a 30"])), "90.00 pricing.no_tier");
    assert_eq!(nets(&with(&graduated, &nearest), &lines(&["a 30"])), "130.00");
}
