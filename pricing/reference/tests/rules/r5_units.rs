//! R5: factors, decimals, catch weight, the order of reasons.

use serde_json::{Value, json};

use crate::{lines, nets, steps};

fn book(entries: &Value) -> Value {
    json!({
        "catalogs": [{
            "catalog": "c",
            "units": [{ "unit": "box", "decimals": 0 }],
            "conversions": ["1 kg = 1000 g"],
            "products": [{ "sku": "a", "unit": "pc", "weight": "2 kg", "weight_tolerance": "10",
                "conversions": ["1 box = 200 pc", "3 m = 5 pc"] }],
        }],
        "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": entries }],
    })
}

#[test]
fn a_quantity_is_converted_by_an_exact_factor() {
    let by_piece = book(&json!([{ "sku": "a", "price": "0.6" }]));
    assert_eq!(nets(&by_piece, &lines(&["a 2 m", "a 2 box", "a 400 g"])), "2.00 240.00 0.12");
    let read = &steps(&by_piece, &lines(&["a 2 m"]), 0)[0]["price"]["table"];
    assert_eq!((&read["factor"], &read["per"]), (&json!("5/3"), &json!("1 pc")));
    assert_eq!(steps(&by_piece, &lines(&["a 2"]), 0)[0]["price"]["table"].get("factor"), None);
}

#[test]
fn the_lines_unit_is_asked_first_then_the_products() {
    let all = book(&json!([
        { "sku": "a", "price": "1" },
        { "sku": "a", "per": "1 box", "price": "150" },
        { "sku": "a", "per": "1 g", "price": "1" },
    ]));
    assert_eq!(nets(&all, &lines(&["a 1 box", "a 3 m", "a 1"])), "150.00 5.00 1.00");
}

#[test]
fn reasons_are_in_order() {
    let by_piece = book(&json!([{ "sku": "a", "price": "1" }]));
    let quantities = ["x 1", "a 1 hl", "a 1000000000000", "a 0.5 box", "a 0.0000001"];
    let expected = "line.unknown_sku line.unit_not_convertible line.quantity_out_of_range line.quantity_decimals \
                    line.quantity_decimals";
    assert_eq!(nets(&by_piece, &lines(&quantities)), expected);
}

#[test]
fn catch_weight_prices_what_was_measured() {
    let by_weight =
        book(&json!([{ "sku": "a", "per": "100 g", "price": "0.5" }, { "sku": "a", "per": "1 m", "price": "9" }]));
    let measured = |quantity: &str, unit: &str, measured: &str| {
        let line = json!({ "id": "1", "sku": "a", "quantity": quantity, "unit": unit, "measured": measured });
        nets(&by_weight, &json!({ "lines": [line] }))
    };
    // 10 pc are nominally 20 kg: 18 to 22 kg are within 10 percent. 19 kg are 190 x 0.5.
    assert_eq!(measured("10", "pc", "19"), "95.00");
    assert_eq!(measured("10", "pc", "22"), "110.00");
    assert_eq!(measured("10", "pc", "22.000001"), "line.measured_out_of_tolerance");
    assert_eq!(measured("20", "kg", "20"), "line.measured_not_expected");
    assert_eq!(measured("6", "m", "20"), "54.00");
    assert_eq!(nets(&by_weight, &lines(&["a 10", "a 19 kg"])), "100.00 95.00");
}

#[test]
fn weight_is_counted_measured_and_nominal() {
    let table = json!({ "sku": "a", "base": { "weight": "kg" }, "over": "order", "tiers": [["0", "2"], ["39", "1"]] });
    let two = lines(&["a 10", "a 10"]);
    assert_eq!(nets(&book(&json!([table])), &two), "10.00 10.00");
    let mut lighter = two;
    lighter["lines"][0]["measured"] = json!("18.999999");
    assert_eq!(nets(&book(&json!([table])), &lighter), "20.00 20.00");
    assert_eq!(steps(&book(&json!([table])), &lighter, 1)[0]["price"]["table"]["counted"], json!("38.999999"));
}
