//! R6: stages, directions, pins and chains.

use serde_json::{Value, json};

use crate::{lines, nets, steps, with};

fn book(stage: &str, currency: &str, entries: &Value) -> Value {
    json!({
        "tenant": { "conversion": { "table": "fx", "at": stage } },
        "price_lists": [{ "price_list": "l", "currency": currency, "entries": entries }],
        "fx_tables": [{
            "fx_table": "fx",
            "rates": [
                { "rate_id": "old", "base": "EUR", "quote": "USD", "rate": "1.25", "valid": { "to": "2026-03-01" } },
                { "rate_id": "new", "base": "EUR", "quote": "USD", "rate": "1.6", "valid": { "from": "2026-03-01" } },
                { "rate_id": "yen", "base": "USD", "quote": "JPY", "rate": "150" },
            ],
            "chains": [{ "between": ["EUR", "JPY"], "through": "USD", "increment": "0.01", "mode": "down" }],
        }],
    })
}

#[test]
fn an_amount_is_divided_from_quote_to_base_and_the_dated_rate_counts() {
    let dollars = book("line", "USD", &json!([{ "sku": "a", "price": "8" }]));
    assert_eq!(nets(&dollars, &lines(&["a 2", "b 1"])), "10.00 pricing.no_price");
    let pinned = with(&lines(&["a 2"]), &json!({ "facts": { "pinned_rates": ["old"] } }));
    assert_eq!(nets(&dollars, &pinned), "12.80");
    let record = steps(&dollars, &lines(&["a 2"]), 0);
    assert_eq!(record[0]["conversion"], json!({ "rates": ["new"], "currency": "USD", "amount": "16" }));
    let no_rate = book("line", "KWD", &json!([{ "sku": "a", "price": "8" }]));
    assert_eq!(nets(&no_rate, &lines(&["a 2"])), "pricing.no_rate");
    let both = json!({ "facts": { "pinned_rates": ["old", "new"] } });
    assert_eq!(nets(&dollars, &with(&lines(&["a 2"]), &both)), "request.unknown_rate");
}

#[test]
fn a_chain_rounds_in_the_middle() {
    // 1000 JPY / 150 = 6.666.. USD, down to 6.66, / 1.6 = 4.1625 EUR.
    let yen = book("line", "JPY", &json!([{ "sku": "a", "price": "1000" }]));
    let record = steps(&yen, &lines(&["a 1"]), 0);
    assert_eq!((&record[0]["amount"], &record[0]["conversion"]["rates"]), (&json!("4.1625"), &json!(["yen", "new"])));
}

#[test]
fn the_price_the_line_or_the_sum_is_converted() {
    let at = |stage: &str| book(stage, "JPY", &json!([{ "sku": "a", "price": "10" }]));
    // 10 JPY are 0.0666.. USD, down to 0.06, 0.0375 EUR. Per unit: x 100 = 3.75.
    assert_eq!(nets(&at("unit"), &lines(&["a 100"])), "3.75");
    // 1000 JPY as above 4.1625.
    assert_eq!(nets(&at("line"), &lines(&["a 100", "a 100"])), "4.16 4.16");
    // 2000 JPY are 13.33 USD, 8.33125 EUR, 8.33: floors 4.16 and 4.16, the first takes the cent.
    assert_eq!(nets(&at("document"), &lines(&["a 100", "a 100"])), "4.17 4.16");
    let record = steps(&at("document"), &lines(&["a 100", "a 100"]), 0);
    assert_eq!(record[1], json!({ "step": "conversion", "amount": "0.0075" }));
    assert_eq!(record.as_array().unwrap().len(), 2);
}

#[test]
fn the_orders_currency_comes_first_and_value_is_not_counted_in_another() {
    let dollars = book("line", "USD", &json!([{ "sku": "a", "price": "1" }]));
    let euros =
        json!({ "price_list": "e", "currency": "EUR", "priority": -5, "entries": [{ "sku": "a", "price": "9" }] });
    let mut both = dollars.clone();
    both["price_lists"].as_array_mut().unwrap().push(euros);
    assert_eq!(nets(&both, &lines(&["a 1"])), "9.00");
    let value = json!([{ "sku": "a", "base": "value", "tiers": [["0", "1"]] }]);
    assert_eq!(nets(&book("line", "USD", &value), &lines(&["a 1"])), "pricing.no_rate");
}
