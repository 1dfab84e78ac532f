//! Nudges: what the next price break of a line is worth (R12).

use emptor_core::{Instant, Nudge, PriceRequest};
use emptor_pricing::{Detail, PriceBook, compile, nudges, price};
use serde_json::{Value, json};

use crate::laws::for_compiled_cases;

/// A book with these entries of a list, in euros; bolts come in boxes, bars are weighed.
fn book(entries: &Value) -> PriceBook {
    let documents = json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC",
            "procedure": [{ "step": { "name": "freight", "at": "order", "shown": "document" } }] },
        "organizations": [{ "organization": "contoso" }],
        "catalogs": [{ "catalog": "main", "units": [{ "unit": "pc", "decimals": 0 }, { "unit": "box", "decimals": 0 },
            { "unit": "m", "decimals": 2 }], "products": [
            { "sku": "BOLT", "unit": "pc", "conversions": ["1 box = 200 pc"] },
            { "sku": "PIPE", "unit": "m", "conversions": ["3 m = 1 pc"] },
            { "sku": "BAR", "unit": "pc", "weight": "5 kg", "weight_tolerance": "5" }] }],
        "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": entries }],
        "adjustments": [{ "adjustment": "small", "step": "freight", "when": { "order_value": { "below": "10" } },
            "effect": { "amount_added": "5" } }],
    });
    compile(&serde_json::from_value(documents).unwrap(), Instant::MAX).unwrap()
}

fn request(lines: &Value) -> PriceRequest {
    let request = json!({ "buyer": "contoso", "valid_at": "2026-03-01", "lines": lines,
        "facts": { "authority": { "manual_price": true } } });
    serde_json::from_value(request).unwrap()
}

/// The nudges of a request: `line: add unit -> quantity, line before -> after, order before -> after`.
fn told(book: &PriceBook, lines: &Value) -> Vec<String> {
    let request = request(lines);
    let order = price(book, &request, Detail::Price).unwrap();
    let text = |nudge: Nudge| {
        let Nudge { line, quantity, add, unit, net_before, net_after, payable_before, payable_after } = nudge;
        let [nets, payables] = [(net_before, net_after), (payable_before, payable_after)]
            .map(|(before, after)| format!("{} -> {}", before.amount(), after.amount()));
        format!("{line}: {add} {unit} -> {quantity}, {nets}, {payables}")
    };
    nudges(book, &request, &order).into_iter().map(text).collect()
}

#[test]
fn the_next_tier_is_reached_in_the_unit_of_the_line() {
    let book = book(&json!([{ "sku": "BOLT", "per": "100 pc", "tiers": [["0", "10"], ["1000", "8"], ["1100", "7"]] }]));
    let line =
        |id: &str, quantity: &str, unit: &str| json!({ "id": id, "sku": "BOLT", "quantity": quantity, "unit": unit });
    let check = |line: Value, expected: &[&str]| assert_eq!(told(&book, &json!([line])), expected);
    check(line("a", "900", "pc"), &["a: 100 pc -> 1000, 90.00 -> 80.00, 90.00 -> 80.00"]);
    // Six boxes are 1200 pieces: the smallest whole number of boxes in the tier from 1100 on.
    check(line("a", "5", "box"), &["a: 1 box -> 6, 80.00 -> 84.00, 80.00 -> 84.00"]);
    check(line("a", "6", "box"), &[]);
    // The whole order is priced again: it is no small one any more.
    check(line("a", "50", "pc"), &["a: 950 pc -> 1000, 5.00 -> 80.00, 10.00 -> 80.00"]);
}

#[test]
fn a_table_by_upper_bounds_begins_above_them() {
    let tiers =
        json!([{ "up_to": "10", "price": "3" }, { "up_to": "20", "no_price": true }, { "up_to": "30", "price": "2" }]);
    let per_piece = book(&json!([{ "sku": "PIPE", "per": "1 pc", "tiers": tiers }]));
    let line = |quantity: &str| json!([{ "id": "a", "sku": "PIPE", "quantity": quantity, "unit": "m" }]);
    // 20 pieces are 60 m, and a tier without a price is none.
    assert_eq!(told(&per_piece, &line("30")), ["a: 30.01 m -> 60.01, 30.00 -> 40.01, 30.00 -> 40.01"]);
    assert!(told(&per_piece, &line("60.01")).is_empty());
}

#[test]
fn what_no_break_is_worth_anything_for_is_not_nudged() {
    let tiers = json!([["0", "3"], ["100", "2"]]);
    let entry = |sku: &str, more: Value| {
        let mut entry = json!({ "sku": sku, "tiers": tiers });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    let graduated = book(&json!([entry("BOLT", json!({ "mode": "graduated" }))]));
    let line = json!({ "id": "a", "sku": "BOLT", "quantity": "90" });
    assert!(told(&graduated, &json!([line])).is_empty());
    for over in [json!("sku"), json!("order")] {
        assert!(told(&book(&json!([entry("BOLT", json!({ "over": over }))])), &json!([line])).is_empty());
    }
    let plain = book(&json!([entry("BOLT", json!({})), entry("BAR", json!({}))]));
    let bar = json!({ "id": "b", "sku": "BAR", "quantity": "90" });
    let measured = json!({ "id": "c", "sku": "BAR", "quantity": "90", "measured": "455" });
    let by_hand = json!({ "id": "d", "sku": "BOLT", "quantity": "90", "manual_price": { "price": "1", "reason": "" } });
    let returned = json!({ "id": "e", "sku": "BOLT", "quantity": "-9", "recorded": { "quantity": "9", "net": "9" } });
    let unknown = json!({ "id": "f", "sku": "NUT", "quantity": "9" });
    let lines = json!([line, bar, measured, by_hand, returned, unknown]);
    let named: Vec<String> = told(&plain, &lines).iter().map(|told| told.chars().take(1).collect()).collect();
    assert_eq!(named, ["a", "b"]);
}

#[test]
fn of_many_lines_the_first_two_hundred_are_nudged() {
    let book = book(&json!([{ "sku": "BOLT", "tiers": [["0", "3"], ["100", "2"]] }]));
    let lines: Vec<Value> =
        (0..250).map(|id| json!({ "id": id.to_string(), "sku": "BOLT", "quantity": "99" })).collect();
    let told = told(&book, &json!(lines));
    assert_eq!(told.len(), 200);
    assert!(told[199].starts_with("199: 1 pc -> 100, 297.00 -> 200.00, "), "{}", told[199]);
}

#[test]
fn a_nudge_equals_pricing_the_changed_request() {
    let found = std::cell::Cell::new(0);
    for_compiled_cases(400, |case, book, _| {
        let Ok(order) = price(book, &case.request, Detail::Price) else { return Ok(()) };
        for nudge in nudges(book, &case.request, &order) {
            found.set(found.get() + 1);
            let mut changed = case.request.clone();
            let line = changed.lines.iter_mut().find(|line| line.id == nudge.line).ok_or("no such line")?;
            let sum = line.quantity.scaled(6).unwrap() + nudge.add.scaled(6).unwrap();
            line.quantity = nudge.quantity;
            let after = price(book, &changed, Detail::Waterfall).map_err(|error| error.to_string())?;
            let net = |order: &emptor_core::PricedOrder| {
                order.lines.iter().find(|line| line.id == nudge.line).and_then(|line| line.net)
            };
            let holds = Some(sum) == nudge.quantity.scaled(6)
                && nudge.add > emptor_core::Exact::ZERO
                && (net(&order), net(&after)) == (Some(nudge.net_before), Some(nudge.net_after))
                && (order.totals.payable, after.totals.payable) == (nudge.payable_before, nudge.payable_after);
            if !holds {
                return Err(format!("{nudge:?}"));
            }
        }
        Ok(())
    });
    assert!(found.get() > 5, "{} nudges", found.get());
}
