//! Prices one by one: equal to orders of one line; the effective breaks; replay.

use emptor_core::{Exact, Facts, LineId, NoPrice, OrganizationId, PriceRequest, RequestLine, Sku, Source, When};
use emptor_pricing::{Break, Detail, PriceBook, Replay, compile, price, replay};
use emptor_reference::generate::case;
use proptest::prelude::*;
use serde_json::json;

const BOOK: &str = r#"{
    "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
    "organizations": [{ "organization": "contoso", "groups": ["dealers"] }],
    "catalogs": [{ "catalog": "main", "units": [{ "unit": "pc", "decimals": 0 }],
        "products": [{ "sku": "BOLT", "unit": "pc", "conversions": ["1 box = 200 pc"] }] }],
    "price_lists": [
        { "price_list": "list", "currency": "EUR",
          "entries": [{ "sku": "BOLT", "per": "100 pc", "tiers": [["0", "12"], ["50", "11"], ["500", "10"]] }] },
        { "price_list": "dealer", "currency": "EUR", "priority": 10, "assigned_to": [{ "group": "dealers" }],
          "entries": [{ "sku": "BOLT", "per": "1 box", "tiers": [["0.5", "19"], ["5", "17"]] }] }] }"#;

fn book() -> PriceBook {
    compile(&serde_json::from_str(BOOK).unwrap(), emptor_core::Instant::MAX).unwrap()
}

fn request(sku: &Sku, quantity: Exact, of: &PriceRequest) -> PriceRequest {
    let line = RequestLine {
        id: LineId::new("1").unwrap(),
        sku: sku.clone(),
        quantity,
        unit: None,
        measured: None,
        manual_price: None,
        adjustment: None,
        recorded: None,
    };
    let plain =
        PriceRequest { region: None, channel: None, attributes: std::collections::BTreeMap::default(), ..of.clone() };
    let plain =
        PriceRequest { prices: None, charges: Vec::new(), adjustment: None, coupons: Vec::new(), cash: false, ..plain };
    PriceRequest { lines: vec![line], facts: Facts::default(), ..plain }
}

#[test]
fn the_effective_breaks_go_through_all_lists() {
    let book = book();
    let sku = book.sku(&Sku::new("BOLT").unwrap()).unwrap();
    let contoso = book.organization(&OrganizationId::new("contoso").unwrap()).unwrap();
    let mut buyer = book.buyer(contoso, "2026-03-01T00:00:00Z".parse().unwrap()).unwrap();
    let shown = |of: &Break| match &of.price.source {
        Source::PriceList { price_list, .. } => format!("{} {price_list}", of.from),
        other => format!("{other:?}"),
    };
    let breaks: Vec<String> = buyer.breaks(sku).iter().map(shown).collect();
    assert_eq!(breaks, ["1 list", "50 list", "100 dealer", "1000 dealer"]);
}

#[test]
fn a_formula_sees_the_line_as_the_order() {
    let mut documents: emptor_core::Documents = serde_json::from_str(BOOK).unwrap();
    let script = r#"{ "script": "lines", "sees": "goods", "returns": "number", "text": "order.line_count" }"#;
    let contract = r#"{ "contract": "frame", "organization": "contoso", "versions": [{ "number": 1,
        "recorded_at": "2026-01-01T00:00:00Z", "approved": { "by": "sales", "at": "2026-01-01T00:00:00Z" },
        "terms": [{ "price": { "sku": "BOLT", "formula": { "script": "lines" } } }] }] }"#;
    documents.scripts.push(serde_json::from_str(script).unwrap());
    documents.contracts.push(serde_json::from_str(contract).unwrap());
    let book = compile(&documents, emptor_core::Instant::MAX).unwrap();
    let contoso = book.organization(&OrganizationId::new("contoso").unwrap()).unwrap();
    let mut buyer = book.buyer(contoso, "2026-03-01T00:00:00Z".parse().unwrap()).unwrap();
    let bolts = buyer.price(book.sku(&Sku::new("BOLT").unwrap()).unwrap(), Exact::from(3)).unwrap();
    assert_eq!(bolts.net().to_string(), "3.00 EUR");
}

#[test]
fn a_buyer_that_asks_for_much_is_told_the_same_again() {
    let skus = || (0..1100).map(|number| format!("sku-{number}"));
    let products: Vec<_> = skus().map(|sku| json!({ "sku": sku, "unit": "pc" })).collect();
    // The last has no price.
    let prices = skus().take(1099).zip(1..).map(|(sku, price)| json!({ "sku": sku, "price": price.to_string() }));
    let documents = json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC" },
        "organizations": [{ "organization": "contoso" }],
        "catalogs": [{ "catalog": "main", "products": products }],
        "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": prices.collect::<Vec<_>>() }] });
    let book = compile(&serde_json::from_value(documents).unwrap(), emptor_core::Instant::MAX).unwrap();
    let contoso = book.organization(&OrganizationId::new("contoso").unwrap()).unwrap();
    let mut buyer = book.buyer(contoso, "2026-03-01T00:00:00Z".parse().unwrap()).unwrap();
    // Some of them share what a buyer keeps in mind of them.
    let once = [0, 1024, 0, 1, 1025, 1, 75, 1098, 74, 1099, 0_u32];
    for (number, quantity) in once.into_iter().cycle().take(99).zip((1_u32..).map(Exact::from)) {
        let sku = book.sku(&Sku::new(&format!("sku-{number}")).unwrap()).unwrap();
        let whole = i64::try_from(quantity.mantissa()).unwrap();
        let expected = if number == 1099 { Err(NoPrice::NoCandidate) } else { Ok(i64::from(number + 1) * whole * 100) };
        assert_eq!(buyer.net(sku, quantity).map(emptor_core::Money::minor), expected, "{quantity} of {number}");
    }
}

#[test]
fn replay_shows_the_first_step_that_differs() {
    let book = book();
    let of = r#"{ "buyer": "contoso", "valid_at": "2026-03-01", "lines": [{ "id": "1", "sku": "BOLT", "quantity": "60" }] }"#;
    let request: PriceRequest = serde_json::from_str(of).unwrap();
    let mut recorded = price(&book, &request, Detail::Waterfall).unwrap();
    assert_eq!(replay(&book, &request, &recorded), Ok(Replay::Equal));
    recorded.lines[0].steps[0].amount = "6.5".parse().unwrap();
    let Ok(Replay::Differs { line, recorded: was, now }) = replay(&book, &request, &recorded) else {
        panic!("the changed step is seen");
    };
    let amounts = [was, now].map(|step| step.unwrap().amount.to_string());
    assert_eq!((line.unwrap().as_str(), amounts), ("1", ["6.5".to_owned(), "6.6".to_owned()]));
    recorded.basis.semantics += 1;
    assert_eq!(replay(&book, &request, &recorded), Ok(Replay::OtherBasis));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_buyers_price_is_that_of_an_order_of_one_line(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        let case = case(&bytes);
        let Ok(book) = compile(&case.documents, case.known_at) else { return Ok(()) };
        let Some(buyer) = book.organization(&case.request.buyer) else { return Ok(()) };
        let currency = case.request.currency.unwrap_or(case.documents.tenant.currency);
        let valid_at = case.request.valid_at.instant(case.documents.tenant.time_zone);
        let mut buyer = book.buyer_in(buyer, valid_at, currency).unwrap();
        for line in &case.request.lines {
            let Some(sku) = book.sku(&line.sku) else { continue };
            let request = request(&line.sku, line.quantity, &PriceRequest { valid_at: When::Instant(valid_at), tenant: None, ..case.request.clone() });
            let order = price(&book, &request, Detail::Waterfall);
            let single = buyer.price(sku, line.quantity);
            match (&single, &order) {
                (Ok(single), Ok(order)) => {
                    prop_assert_eq!(Some(single.net()), order.lines[0].net);
                    let amounts: Vec<_> = single.steps().map(|(step, amount)| (step, amount.to_exact())).collect();
                    let of_order: Vec<_> = order.lines[0].steps.iter().map(|step| (step.step, Some(step.amount))).collect();
                    prop_assert_eq!(amounts, of_order);
                    prop_assert_eq!(&buyer.record(single, &request.lines[0]), &order.lines[0]);
                }
                (Err(reason), Ok(order)) => prop_assert_eq!(Some(*reason), order.lines[0].no_price),
                _ => {}
            }
        }
    }
}
