//! Books of one list for drawn lines: a product of its own for each, and a procedure with its rules.

use emptor_core::{Instant, PricedOrder};
use emptor_pricing::{Detail, PriceBook, compile, price};
use serde_json::{Value, json};

/// A price in cents and a quantity.
pub(crate) type DrawnLine = (u32, u32);

/// The book that has the products of these lines at their prices.
pub(crate) fn book(lines: &[DrawnLine], procedure: &Value, adjustments: &[Value]) -> PriceBook {
    let skus = || lines.iter().zip(0..).map(|((cents, _), sku)| (format!("S{sku}"), cents));
    let products: Vec<Value> = skus().map(|(sku, _)| json!({ "sku": sku, "unit": "pc" })).collect();
    let price = |cents: &u32| format!("{}.{:02}", cents / 100, cents % 100);
    let entries: Vec<Value> = skus().map(|(sku, cents)| json!({ "sku": sku, "price": price(cents) })).collect();
    let documents = json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC", "procedure": procedure },
        "organizations": [{ "organization": "contoso" }],
        "catalogs": [{ "catalog": "main", "products": products }],
        "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": entries }],
        "adjustments": adjustments,
    });
    compile(&serde_json::from_value(documents).unwrap(), Instant::MAX).unwrap()
}

/// The lines of a request, named by their places.
pub(crate) fn lines(lines: &[DrawnLine]) -> Vec<Value> {
    let ordered = lines.iter().zip(0..).map(|((_, quantity), place)| (format!("{place}"), quantity.to_string()));
    ordered.map(|(id, quantity)| json!({ "id": id, "sku": format!("S{id}"), "quantity": quantity })).collect()
}

/// What the lines come to.
pub(crate) fn ask(book: &PriceBook, lines: &[Value], detail: Detail) -> PricedOrder {
    let request = json!({ "buyer": "contoso", "valid_at": "2026-03-01", "lines": lines });
    price(book, &serde_json::from_value(request).unwrap(), detail).unwrap()
}
