//! What scripts of an order do with its lines and what it breaks.

use emptor_core::{Documents, Instant, PriceRequest};
use emptor_pricing::{Detail, compile, price};
use serde_json::json;

use super::in_a_small_thread;

fn book(text: &str) -> Documents {
    serde_json::from_value(json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC" },
        "organizations": [{ "organization": "contoso" }],
        "catalogs": [{ "catalog": "main", "products": [{ "sku": "NUT", "unit": "pc", "attributes": { "long": "x".repeat(1_000_000) } }] }],
        "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "NUT", "price": "2" }] }],
        "scripts": [{ "script": "s", "sees": "order", "returns": "violations", "text": text }],
        "order_rules": [{ "order_rule": "s", "terms": { "script": { "script": "s", "on_failure": "skip" } } }],
    }))
    .unwrap()
}

fn request(lines: usize) -> PriceRequest {
    let line = |id: usize| json!({ "id": id.to_string(), "sku": "NUT", "quantity": "1" });
    let lines: Vec<_> = (0..lines).map(line).collect();
    serde_json::from_value(json!({ "buyer": "contoso", "valid_at": "2026-03-02", "lines": lines })).unwrap()
}

/// The codes of why a text is refused, the code of how it failed on an order, or how many violations it found.
fn outcome(text: &str, request: &PriceRequest) -> String {
    let book = match compile(&book(text), Instant::MAX) {
        Ok(book) => book,
        Err(wrong) => return wrong.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>().join(" "),
    };
    let order = price(&book, request, Detail::Price).unwrap();
    let failed = order.script_failures.first().map(|failure| failure.code.code().to_owned());
    failed.unwrap_or_else(|| order.violations.len().to_string())
}

/// Runs the texts of a table on an order of so many lines.
fn check(lines: usize, table: &'static [(&'static str, &'static str)]) {
    in_a_small_thread(move || {
        let request = request(lines);
        let wrong = table.iter().filter_map(|(expected, text)| {
            let found = outcome(text, &request);
            (found != *expected).then(|| format!("{expected}: {found}: {text}"))
        });
        let wrong: Vec<String> = wrong.collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn violations_are_bounded_as_lists_are() {
    check(
        3,
        &[
            ("3", "let l = []; for x in order.lines { l.push(violation(x, \"m\")); } l"),
            ("script.limit", "let l = []; loop { l.push(violation(\"m\")); }"),
            ("script.limit", "let l = []; let n = 0; while n < 10000 { l.push(violation(\"m\")); n += 1; } l"),
            ("script.limit", "let m = \"0123456789abcdef\"; loop { m += m; violation(m); }"),
            ("script.result", "[violation(\"m\"), 5]"),
            ("script.result", "[[violation(\"m\")]]"),
            ("script.result", "[\"m\"]"),
            ("script.types", "violation(\"m\")"),
            ("script.types", "5"),
            ("script.result", "[violation(\"m\", 900000000000000, 1)]"),
            ("script.result", "[violation(\"m\", 1, -79228162514264337593543950335)]"),
            ("script.arithmetic", "[violation(\"m\", 1 / 0, 1)]"),
            ("1", "[violation(\"\")]"),
            ("script.thrown", "throw [violation(\"m\")]"),
            ("script.type", "fn f(x) { violation(x, \"m\") } [f(5)]"),
            ("script.types", "[violation(5)]"),
            ("script.type", "fn f(v) { v == v } let x = f(violation(\"m\")); []"),
            ("script.unknown_name", "[violation(line, \"m\")]"),
            ("0", "[]"),
        ],
    );
}

/// A pass over the lines costs what it looks at.
#[test]
fn loops_over_many_lines_end() {
    check(
        10_000,
        &[
            ("script.limit", "loop { for x in order.lines { break; } }"),
            ("script.limit", "for x in order.lines { for y in order.lines { } } []"),
            ("script.limit", "loop { size(order.lines); }"),
            ("script.limit", "fn f(l) { f(l) } f(order.lines)"),
            ("script.limit", "loop { let l = order.lines; let l = [order.lines, order.lines]; l.push(l); }"),
            ("script.limit", "let l = []; for x in order.lines { l.push(x); } []"),
            ("0", "let n = 0; for x in order.lines { n += x.quantity; } []"),
            // Copied for each line, it would be 10 GB.
            ("script.limit", "for x in order.lines { x.attributes[\"long\"]; } []"),
        ],
    );
}

/// What each of many lines sees of the others is put together once, not for each.
#[test]
fn scripts_of_many_lines_that_see_all_lines_end() {
    let mut documents = book("[]");
    let rest = json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC", "procedure": [{ "step": { "name": "promo" } }] },
        "scripts": [{ "script": "s", "sees": "line", "returns": "number", "text": "size(order.lines) / order.line_count" }],
        "adjustments": [{ "adjustment": "s", "step": "promo", "effect": { "amount_added": { "script": "s" } } }],
    });
    let rest: Documents = serde_json::from_value(rest).unwrap();
    (documents.tenant, documents.scripts, documents.adjustments) = (rest.tenant, rest.scripts, rest.adjustments);
    documents.order_rules.clear();
    let book = compile(&documents, Instant::MAX).unwrap();
    let order = price(&book, &request(20_000), Detail::Price).unwrap();
    assert_eq!(order.totals.line_extension.to_string(), "60000.00 EUR");
}
