//! R14 and R15: the whole record, to the byte.

use serde_json::json;

use crate::{lines, list, order, with};

#[test]
fn the_record_is_exact() {
    let entry = json!({ "category": "top", "per": "100 pc", "over": "order", "counts_prior": true, "tiers": [
        { "up_to": "10", "price": "2" }, { "up_to": "20", "percent": "50.5", "flat": "1" },
    ] });
    let products = json!([{ "sku": "a", "unit": "pc", "category": "low", "conversions": ["3 m = 5 pc"] }]);
    let categories = json!([{ "category": "top" }, { "category": "low", "parent": "top" }]);
    let catalog = json!({ "catalog": "c", "categories": categories, "products": products });
    let book = with(&list(&json!([entry])), &json!({ "catalogs": [catalog] }));
    let request =
        with(&lines(&["a 4 m", "x 1"]), &json!({ "facts": { "prior": [{ "of": "order", "quantity": "5" }] } }));
    // 4 m are 6.666667 pc as counted, 11.666667 with the prior; 1 + 1.01 x (20/3) / 100 = 1.0673333333.
    let digest = "0".repeat(64);
    let table = r#"{"base":"quantity","counted":"11.666667","factor":"5/3","mode":"volume","over":"order","per":"100 pc","tier":{"flat":"1","price":"1.01","up_to":"20"}}"#;
    let source = r#"{"price_list":{"price_list":"l","version":1}}"#;
    let price = format!(
        r#"{{"amount":"1.0673333333","price":{{"category":"top","source":{source},"table":{table}}},"step":"price"}}"#
    );
    let rounding = r#"{"amount":"0.0026666667","step":"rounding"}"#;
    let first = format!(
        r#"{{"id":"0","net":{{"amount":"1.07","currency":"EUR"}},"quantity":"4","sku":"a","steps":[{price},{rounding}],"unit":"m"}}"#
    );
    let second = r#"{"id":"1","no_price":"line.unknown_sku","quantity":"1","sku":"x"}"#;
    let expected = format!(
        r#"{{"basis":{{"book":"{digest}","request":"{digest}","semantics":2}},"complete":false,"currency":"EUR","lines":[{first},{second}],"totals":{{"line_extension":{{"amount":"1.07","currency":"EUR"}},"payable":{{"amount":"1.07","currency":"EUR"}}}},"valid_at":"2026-03-01T00:00:00Z"}}"#
    );
    let mut record = order(&book, &request).unwrap();
    record.basis.book = digest.parse().unwrap();
    record.basis.request = digest.parse().unwrap();
    assert_eq!(record.canonical_json().unwrap(), expected);
}
