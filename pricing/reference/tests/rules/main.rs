//! Small cases worked by hand from SEMANTICS.md, by rule.

mod r0_rounding;
mod r10_sharing;
mod r11_tax;
mod r12_order_rules;
mod r13_language;
mod r13_prices;
mod r13_scripts;
mod r15_record;
mod r1_request;
mod r3_search;
mod r4_tiers;
mod r5_units;
mod r6_currency;
mod r7_conditions;
mod r7_procedure;
mod r8_promotions;
mod r9_guards;

use emptor_core::{Basis, Digest, Documents, PriceRequest, PricedOrder};
use serde_json::{Value, json};

/// The answer to a request for a book; what the parts leave out is the plainest there is.
pub(crate) fn order(book: &Value, request: &Value) -> Result<PricedOrder, &'static str> {
    let mut documents = json!({
        "tenant": { "tenant": "t", "currency": "EUR", "time_zone": "UTC" },
        "organizations": [{ "organization": "o" }],
        "catalogs": [{
            "catalog": "c",
            "categories": [{ "category": "top" }, { "category": "low", "parent": "top" }],
            "products": [
                { "sku": "a", "unit": "pc", "category": "low", "pricing_groups": ["g"] },
                { "sku": "b", "unit": "pc", "category": "low", "pricing_groups": ["g"] },
            ],
        }],
    });
    put(&mut documents, book);
    let mut asked = json!({ "buyer": "o", "valid_at": "2026-03-01" });
    put(&mut asked, request);
    let documents: Documents = serde_json::from_value(documents).unwrap();
    let request: PriceRequest = serde_json::from_value(asked).unwrap();
    let digest = Digest::of(b"");
    let basis = Basis { semantics: 2, book: digest, request: digest };
    emptor_reference::price(&documents, "2026-06-01T00:00:00Z".parse().unwrap(), &request, basis)
}

/// Every line's net or reason, in one text.
pub(crate) fn nets(book: &Value, request: &Value) -> String {
    let order = match order(book, request) {
        Ok(order) => order,
        Err(code) => return code.to_owned(),
    };
    let lines = order.lines.iter().map(|line| match (line.net, line.no_price) {
        (Some(net), None) => net.amount(),
        (None, Some(reason)) => reason.code().to_owned(),
        both => panic!("{both:?}"),
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// The steps of a line as JSON.
pub(crate) fn steps(book: &Value, request: &Value, line: usize) -> Value {
    serde_json::to_value(&order(book, request).unwrap().lines[line].steps).unwrap()
}

/// The whole record as JSON.
pub(crate) fn record(book: &Value, request: &Value) -> Value {
    serde_json::to_value(order(book, request).unwrap()).unwrap()
}

/// Every violation: its code, severity, line, and what was compared.
pub(crate) fn broken(book: &Value, request: &Value) -> Vec<String> {
    let of = |violation: &Value| {
        let text = |name: &str| violation[name].as_str().map(str::to_owned);
        let numbers = text("actual").zip(text("limit")).map(|(actual, limit)| format!("{actual}/{limit}"));
        let parts = [text("code"), text("severity"), text("line").map(|line| format!("#{line}")), numbers];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    record(book, request)["violations"].as_array().map_or_else(Vec::new, |all| all.iter().map(of).collect())
}

/// Lines of quantities like `a 5` or `a 5 box`.
pub(crate) fn lines(texts: &[&str]) -> Value {
    let line = |(index, text): (usize, &&str)| {
        let parts: Vec<&str> = text.split(' ').collect();
        let mut line = json!({ "id": format!("{index}"), "sku": parts[0], "quantity": parts[1] });
        if let Some(unit) = parts.get(2) {
            line["unit"] = json!(unit);
        }
        line
    };
    json!({ "lines": texts.iter().enumerate().map(line).collect::<Vec<_>>() })
}

/// A book of one list with these entries.
pub(crate) fn list(entries: &Value) -> Value {
    json!({ "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": entries }] })
}

/// One object put over another, fields of fields too.
pub(crate) fn with(base: &Value, over: &Value) -> Value {
    let mut result = base.clone();
    put(&mut result, over);
    result
}

fn put(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                put(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}
