//! What must not change an answer: how much is asked for, and how and in which order the documents are written.

use emptor::read_folder;
use serde::Serialize;
use serde_json::Value;

use crate::scratch::{Scratch, WHOLESALE};

#[test]
fn the_detail_changes_no_price() {
    let scratch = Scratch::new("detail", &[]);
    let prices = |detail: &str| {
        let rfq = format!("--rfq {WHOLESALE}/rfq/rfq.json --format json --detail {detail}");
        let order: Value =
            serde_json::from_str(&scratch.run(&format!("quote --book {WHOLESALE} {rfq}")).fine()).unwrap();
        let nets: Vec<Value> = order["lines"].as_array().unwrap().iter().map(|line| line["net"].clone()).collect();
        assert_eq!(order["lines"][0].get("steps").is_some(), detail != "price");
        assert_eq!(order["lines"][0].get("losers").is_some(), detail == "why");
        (nets, order["basis"].clone(), order["totals"].clone())
    };
    assert_eq!(prices("price"), prices("waterfall"));
    assert_eq!(prices("price"), prices("why"));
}

#[test]
fn the_order_of_files_and_keys_changes_nothing() {
    let documents = read_folder(WHOLESALE.as_ref()).unwrap().documents;
    let scratch = Scratch::new("shuffled", &[]);
    let mut count = 0;
    let mut write = |document: Value| {
        count += 1;
        scratch.write(&format!("book/{}/{:03}.json", count % 3, 999 - count), reversed(&document).as_bytes());
    };
    write(json(&documents.tenant));
    documents.organizations.iter().rev().for_each(|document| write(json(document)));
    documents.catalogs.iter().for_each(|document| write(json(document)));
    documents.price_lists.iter().rev().for_each(|document| write(json(document)));
    documents.contracts.iter().rev().for_each(|document| write(json(document)));
    documents.fx_tables.iter().for_each(|document| write(json(document)));
    documents.adjustments.iter().rev().for_each(|document| write(json(document)));
    documents.order_rules.iter().rev().for_each(|document| write(json(document)));
    documents.tax_tables.iter().for_each(|document| write(json(document)));
    documents.index_tables.iter().for_each(|document| write(json(document)));
    documents.scripts.iter().rev().for_each(|document| write(json(document)));
    documents.tests.iter().rev().for_each(|document| write(json(document)));

    for rfq in ["rfq.json", "rfq-100.csv --buyer contoso-north --valid-at 2026-05-04"] {
        let quote = |book: &str| {
            scratch.run(&format!("quote --format json --detail why --book {book} --rfq {WHOLESALE}/rfq/{rfq}")).fine()
        };
        assert_eq!(quote("book"), quote(WHOLESALE));
    }
}

fn json(document: &impl Serialize) -> Value {
    serde_json::to_value(document).unwrap()
}

/// JSON text with the keys of every map from last to first.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by(|left, right| right.0.cmp(left.0));
            let fields = fields.iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), reversed(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(reversed).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}
