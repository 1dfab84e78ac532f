//! R0: rounding rules, the rounding at the end, settling.

use serde_json::{Value, json};

use crate::{lines, list, nets, order, steps, with};

fn rounded(entry: &Value, rounding: &Value) -> Value {
    json!({ "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": [entry], "rounding": rounding }] })
}

#[test]
fn a_rule_rounds_the_amount_or_the_price_per_base_quantity() {
    // 50 x 0.1234 = 6.17; per unit 0.12 x 50 = 6.
    let entry = json!({ "sku": "a", "price": "0.1234" });
    assert_eq!(nets(&rounded(&entry, &json!({ "increment": "0.05" })), &lines(&["a 50"])), "6.15");
    let at_unit = json!({ "at": "unit", "increment": "0.01" });
    assert_eq!(nets(&rounded(&entry, &at_unit), &lines(&["a 50"])), "6.00");
    // Flat 1 and 3 x 0.1 are 1.3; 1.3 / 3 rounds to 0.43; x 3 is 1.29.
    let flat = json!({ "sku": "a", "tiers": [{ "from": "0", "flat": "1", "price": "0.1" }] });
    assert_eq!(nets(&rounded(&flat, &at_unit), &lines(&["a 3", "a 0"])), "1.29 1.00");
    // Per 100: 1234.5 per 100 of 7 is 86.415, back to 1234.5 per 100, rounds to 1235, of 7 is 86.45.
    let per = json!({ "sku": "a", "per": "100 pc", "price": "1234.5" });
    assert_eq!(nets(&rounded(&per, &json!({ "at": "unit", "increment": "1" })), &lines(&["a 7"])), "86.45");
}

#[test]
fn lines_or_the_document_are_rounded_at_the_end() {
    let book = list(&json!([{ "sku": "a", "price": "0.004" }, { "sku": "b", "price": "0.335" }]));
    assert_eq!(nets(&book, &lines(&["a 1", "a 1", "b 1"])), "0.00 0.00 0.34");
    let document = with(&book, &json!({ "tenant": { "rounding": { "at": "document", "mode": "half_even" } } }));
    // 0.343 rounds to 0.34: floors 0, 0 and 0.33; the largest fraction is the last line's.
    assert_eq!(nets(&document, &lines(&["a 1", "a 1", "b 1"])), "0.00 0.00 0.34");
    // 0.012 rounds to 0.01: of equal fractions the first line takes it.
    assert_eq!(nets(&document, &lines(&["a 1", "a 1", "a 1"])), "0.01 0.00 0.00");
    let record = steps(&document, &lines(&["a 1", "a 1", "a 1"]), 0);
    assert_eq!(
        (&record[0]["amount"], &record[1]),
        (&json!("0.004"), &json!({ "step": "rounding", "amount": "0.006" }))
    );
}

#[test]
fn a_change_of_zero_is_no_step_and_the_total_is_the_sum() {
    let book = list(&json!([{ "sku": "a", "price": "2.50" }]));
    assert_eq!(steps(&book, &lines(&["a 3"]), 0).as_array().unwrap().len(), 1);
    assert_eq!(order(&book, &lines(&["a 3", "a 1"])).unwrap().totals.line_extension.to_string(), "10.00 EUR");
}

#[test]
fn amounts_stay_below_their_limit() {
    let book = list(&json!([{ "sku": "a", "price": "900" }]));
    // 899999999999999.9991 is below it, and rounds down to 899999999999999 + 1.00 at the minor unit: it is not.
    assert_eq!(nets(&book, &lines(&["a 999999999999.999999"])), "pricing.out_of_range");
    assert_eq!(nets(&book, &lines(&["a 999999999999"])), "899999999999100.00");
    assert_eq!(nets(&book, &lines(&["a 500000000000", "a 500000000000"])), "pricing.total_out_of_range");
}
