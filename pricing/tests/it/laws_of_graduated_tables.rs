//! What holds for every graduated table without negative prices (R4), on tables made for it.

use emptor_core::{Exact, Instant, Money};
use emptor_pricing::{Detail, PriceBook, compile, price};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use serde_json::{Value, json};

/// A tier: how far it reaches in thousandths, and its price, flat amount, price above and package in hundredths.
type Drawn = (u32, u32, u32, u32, Option<(u32, u32)>);

fn decimal(whole: u64, decimals: u32) -> String {
    Exact::from_scaled(whole.into(), decimals).unwrap().to_string()
}

fn tier(from: u64, drawn: &Drawn) -> Value {
    let (_, price, flat, above, package) = drawn;
    let mut tier = json!({ "from": decimal(from, 3), "price": decimal((*price).into(), 2) });
    for (key, amount) in [("flat", flat), ("above", above)] {
        if *amount > 0 {
            tier[key] = json!(decimal((*amount).into(), 2));
        }
    }
    if let Some((size, price)) = package {
        tier["package"] = json!({ "size": decimal((*size).into(), 3), "price": decimal((*price).into(), 2) });
    }
    tier
}

/// A book with one graduated table that counts the prior, per 7 or per 1, with or without a rule at line.
fn book(drawn: &[Drawn], per: u32, charge_at_zero: bool, rounding: Option<(&str, u32)>) -> PriceBook {
    let starts = drawn.iter().scan(0_u64, |start, (extent, ..)| {
        let from = *start;
        *start += u64::from(*extent);
        Some(from)
    });
    let tiers: Vec<Value> = starts.zip(drawn).map(|(from, drawn)| tier(from, drawn)).collect();
    let mut list = json!({ "price_list": "list", "currency": "EUR", "entries": [{
        "sku": "BOLT", "per": format!("{per} m"), "mode": "graduated", "counts_prior": true,
        "charge_at_zero": charge_at_zero, "tiers": tiers }] });
    if let Some((mode, increment)) = rounding {
        list["rounding"] = json!({ "at": "line", "mode": mode, "increment": decimal(increment.into(), 3) });
    }
    let documents = json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC" },
        "organizations": [{ "organization": "contoso" }],
        "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "m" }] }],
        "price_lists": [list],
    });
    compile(&serde_json::from_value(documents).unwrap(), Instant::MAX).unwrap()
}

/// The price step of `quantity` after `prior`, both in millionths, and the net.
fn amounts(book: &PriceBook, prior: u64, quantity: u64) -> (i128, Money) {
    let request = json!({
        "buyer": "contoso", "valid_at": "2026-03-01",
        "lines": [{ "id": "1", "sku": "BOLT", "quantity": decimal(quantity, 6) }],
        "facts": { "prior": [{ "of": { "sku": "BOLT" }, "quantity": decimal(prior, 6) }] },
    });
    let order = price(book, &serde_json::from_value(request).unwrap(), Detail::Waterfall).unwrap();
    let line = &order.lines[0];
    (line.steps[0].amount.scaled(10).unwrap(), line.net.unwrap())
}

fn tables() -> impl Strategy<Value = PriceBook> {
    let package = prop::option::of((1_u32..5000, 0_u32..1000));
    let drawn = (1_u32..100_000, 0_u32..10_000, 0_u32..1000, 0_u32..1000, package);
    let modes = prop::sample::select(vec!["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"]);
    let rounding = prop::option::of((modes, 1_u32..2000));
    let per = proptest::prop_oneof![Just(1_u32), Just(7), Just(100)];
    (prop::collection::vec(drawn, 1..8), per, any::<bool>(), rounding)
        .prop_map(|(drawn, per, charge_at_zero, rounding)| book(&drawn, per, charge_at_zero, rounding))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn graduated_is_monotone_for_non_negative_prices(
        book in tables(),
        quantity in 0_u64..600_000_000,
        more in 0_u64..600_000_000,
    ) {
        let (less, more) = (amounts(&book, 0, quantity), amounts(&book, 0, quantity + more));
        prop_assert!(less.0 <= more.0 && less.1.minor() <= more.1.minor(), "{less:?}, {more:?}");
    }

    #[test]
    fn splitting_a_graduated_quantity_with_prior_equals_not_splitting_it(
        book in tables(),
        prior in proptest::prop_oneof![Just(0_u64), 1_u64..600_000_000],
        first in 1_u64..300_000_000,
        second in 0_u64..300_000_000,
    ) {
        let whole = amounts(&book, prior, first + second).0;
        let parts = amounts(&book, prior, first).0 + amounts(&book, prior + first, second).0;
        prop_assert_eq!(whole, parts);
    }
}
