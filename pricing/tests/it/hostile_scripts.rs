//! Texts that mean harm: each is refused, fails with its code, or runs to a value; none crashes, hangs or takes the
//! stack (R13).
//!
//! All run in a thread of 2 MiB, and each a second time with a function that keeps it from being lowered: the answer
//! is the same.

mod bounds;
mod orders;
mod values;
mod words;

use std::thread;

use emptor_core::{Documents, Instant, PriceRequest};
use emptor_pricing::{Detail, compile, price};
use serde_json::{Value, json};

/// What a thread has where nobody asks for more.
const STACK_BYTES: usize = 2 << 20;

/// A book whose one rule adds what the text returns, and a request with a text of 100 KB.
fn book(text: &str) -> Documents {
    serde_json::from_value(json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC", "procedure": [{ "step": { "name": "promo" } }] },
        "organizations": [{ "organization": "contoso" }],
        "catalogs": [{ "catalog": "main", "products": [{ "sku": "NUT", "unit": "pc", "attributes": { "long": "x".repeat(100_000) } }] }],
        "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "NUT", "price": "2" }] }],
        "scripts": [{ "script": "s", "sees": "line", "returns": "number", "text": text }],
        "adjustments": [{ "adjustment": "s", "step": "promo", "effect": { "amount_added": { "script": "s", "on_failure": "skip" } } }],
    }))
    .unwrap()
}

fn request() -> PriceRequest {
    serde_json::from_value(json!({
        "buyer": "contoso", "valid_at": "2026-03-02", "attributes": { "long": "x".repeat(100_000) },
        "lines": [{ "id": "1", "sku": "NUT", "quantity": "5" }],
    }))
    .unwrap()
}

/// The codes of why a text is refused, the code of how it failed, or what it returned.
fn outcome(text: &str) -> String {
    let book = match compile(&book(text), Instant::MAX) {
        Ok(book) => book,
        Err(wrong) => {
            let mut codes: Vec<&str> = wrong.iter().map(|diagnostic| diagnostic.code).collect();
            codes.dedup();
            return codes.join(" ");
        }
    };
    let order = price(&book, &request(), Detail::Waterfall).unwrap();
    if let Some(failure) = order.script_failures.first() {
        return failure.code.code().to_owned();
    }
    let order = serde_json::to_value(order).unwrap();
    let result = order.pointer("/lines/0/steps/1/adjustment/scripts/0/result");
    result.and_then(Value::as_str).unwrap_or("not recorded").to_owned()
}

/// Runs the texts of a table in a small thread.
fn check(table: Vec<(&'static str, String)>) {
    let run = move || {
        let mut wrong = Vec::new();
        for (expected, text) in table {
            let shown: String = text.chars().take(120).collect();
            let found = outcome(&text);
            let not_lowered = outcome(&format!("fn uncalled() {{ 0 }}\n{text}"));
            // A text at the bound is over it with the function.
            if found != expected || (not_lowered != found && text.len() < 16_000) {
                wrong.push(format!("{expected}: {found}, {not_lowered}: {shown}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    };
    in_a_small_thread(run);
}

fn in_a_small_thread(run: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(STACK_BYTES).spawn(run).unwrap().join().unwrap();
}

fn nested(open: &str, middle: &str, close: &str, times: usize) -> String {
    format!("{}{middle}{}", open.repeat(times), close.repeat(times))
}

fn of(expected: &'static str, texts: &[&str]) -> Vec<(&'static str, String)> {
    texts.iter().map(|text| (expected, (*text).to_owned())).collect()
}
