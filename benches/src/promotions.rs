//! Books with a whole procedure, to measure orders on: contract discounts, promotions, guards, tax.

use emptor_core::{Documents, PriceRequest};
use serde_json::{Value, json};

/// How many products the books have, and how many categories.
const PRODUCTS: usize = 5000;
const CATEGORIES: usize = 1000;
/// How many products are ordered: those that the first 30 promotions are for.
const ORDERED: usize = 10;

/// A book of a wholesaler with `promotions` promotions, of which three can match a line of [`order`]: by its sku, its
/// category and its colour.
///
/// # Panics
/// If the documents are none, which a test would show.
pub fn promotion_documents(promotions: usize) -> Documents {
    let products = (0..PRODUCTS).map(|number| {
        json!({ "sku": format!("S{number}"), "unit": "pc", "category": format!("C{}", number % CATEGORIES),
            "cost": "0.50", "attributes": { "colour": format!("colour-{number}") } })
    });
    let entries =
        (0..PRODUCTS).map(|number| json!({ "sku": format!("S{number}"), "price": format!("{}.37", number % 90 + 10) }));
    let categories = (0..CATEGORIES).map(|number| json!({ "category": format!("C{number}") }));
    let value = json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin",
            "procedure": [
                { "step": { "name": "contract" } },
                { "step": { "name": "promotions", "choose": "best" } },
                { "step": { "name": "order", "at": "order" } },
                "guards",
                { "step": { "name": "surcharges" } }
            ],
            "guards": { "margin_min": "5" },
            "tax": { "table": "vat", "category": "standard" } },
        "organizations": [{ "organization": "contoso", "groups": ["dealers"], "region": "DE" }],
        "catalogs": [{ "catalog": "main", "categories": categories.collect::<Vec<_>>(),
            "products": products.collect::<Vec<_>>() }],
        "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": entries.collect::<Vec<_>>() }],
        "contracts": [{ "contract": "frame", "organization": "contoso", "versions": [{ "number": 1,
            "approved": { "by": "sales", "at": "2026-01-01T00:00:00Z" },
            "terms": [{ "discount": { "effect": { "percent_off": "3" } } }] }] }],
        "tax_tables": [{ "tax_table": "vat", "rates": [{ "rate_id": "de-19", "category": "standard", "percent": "19" }] }],
        "adjustments": adjustments(promotions),
    });
    serde_json::from_value(value).expect("the documents are well-formed")
}

fn adjustments(promotions: usize) -> Vec<Value> {
    let promotion = |number: usize| {
        let (thing, percent) = (number / 3, format!("{}.5", number % 7 + 2));
        let lines = match number % 3 {
            0 => json!({ "sku": format!("S{thing}"), "quantity": { "at_least": "5" } }),
            1 => json!({ "category": format!("C{thing}"),
                "quantity": { "at_least": "50", "over": { "category": format!("C{thing}") } } }),
            _ => json!({ "product": { "colour": format!("colour-{thing}") }, "line_value": { "at_least": "100" } }),
        };
        let lines = if thing < CATEGORIES || number % 3 != 1 { lines } else { json!({ "sku": format!("S{thing}") }) };
        json!({ "adjustment": format!("promotion-{number}"), "step": "promotions", "for": lines,
            "effect": { "percent_off": percent } })
    };
    let others = [
        json!({ "adjustment": "volume", "step": "order",
            "effect": { "percent_off": [["1000", "1"], ["10000", "2"]], "by": { "base": "value" } } }),
        json!({ "adjustment": "handling", "step": "surcharges", "when": { "order_value": { "below": "50" } },
            "effect": { "amount_added": "0.20" } }),
    ];
    (0..promotions).map(promotion).chain(others).collect()
}

/// An order of `lines` lines over ten products.
///
/// # Panics
/// If the request is none, which a test would show.
pub fn order(lines: usize) -> PriceRequest {
    let line = |number: usize| json!({ "id": number.to_string(), "sku": format!("S{}", number % ORDERED), "quantity": (number % 97 + 1).to_string() });
    let value =
        json!({ "buyer": "contoso", "valid_at": "2026-03-01", "lines": (0..lines).map(line).collect::<Vec<_>>() });
    serde_json::from_value(value).expect("the request is well-formed")
}

#[cfg(test)]
mod tests {
    use emptor_core::Instant;
    use emptor_pricing::{Detail, compile, price};

    use super::{order, promotion_documents};

    #[test]
    fn every_promotion_of_a_line_is_in_both_books() {
        let price = |promotions| {
            let book = compile(&promotion_documents(promotions), Instant::MAX).unwrap();
            price(&book, &order(100), Detail::Price).unwrap()
        };
        let (few, many) = (price(30), price(300));
        assert!(few.complete);
        assert_eq!(few.totals, many.totals);
        assert!(few.applied.len() > 15, "many of them act: {:?}", few.applied);
    }
}
