//! The short way against an order of the one line, on books whose rules it mostly reads.

use emptor_core::{Currency, Documents, Exact, Instant, PriceRequest, Sku, StepKind, When};
use serde_json::{Value, json};

use crate::{Detail, LinePrice, PriceBook, compile, price};

/// Splitmix64.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<'p>(&mut self, of: &[&'p str]) -> &'p str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

const STEPS: [&str; 3] = ["first", "contract", "third"];
const PERCENTS: [&str; 8] = ["10", "7.5", "33.3333333333", "0", "12.25", "50", "70", "100"];
const AMOUNTS: [&str; 6] = ["0.5", "3", "0.0000000001", "1.005", "20", "0"];

fn documents(draws: &mut Draws) -> Documents {
    let rounding = json!({ "at": draws.pick(&["line", "unit", "document"]),
        "mode": draws.pick(&["half_up", "half_even", "down", "ceiling"]) });
    let mut procedure: Vec<Value> = STEPS.iter().enumerate().map(|(place, name)| step(draws, place, name)).collect();
    if draws.chance(30) {
        let place = usize::try_from(draws.below(3)).unwrap();
        procedure.insert(place, json!("guards"));
    }
    // Others, so that directories of all three kinds are drawn: a list of one price alone that is not the first has runs.
    let others = (0..36).map(|number| json!({ "sku": format!("other-{number}"), "unit": "pc" }));
    let products: Vec<Value> = ["A", "B", "C", "D"].map(|sku| product(draws, sku)).into_iter().chain(others).collect();
    let mut organizations = vec![
        json!({ "organization": "contoso", "groups": ["dealers"], "region": "DE" }),
        json!({ "organization": "other" }),
    ];
    if draws.chance(10) {
        // More regions than have a bit of their own, before those that the conditions name.
        let of = |number| json!({ "organization": format!("unit-{number}"), "region": format!("region-{number}") });
        organizations.splice(0..0, (0..70).map(of));
    }
    let lists = ["base", "dealers", "region"].map(|name| list(draws, name));
    let contract = json!({ "contract": "frame", "organization": "contoso", "versions": [{ "number": 1,
        "approved": { "by": "sales", "at": "2026-01-01T00:00:00Z" }, "terms": terms(draws) }] });
    let adjustments: Vec<Value> = (0..draws.below(7)).map(|number| adjustment(draws, number)).collect();
    let value = json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin", "rounding": rounding,
            "procedure": procedure,
            "price_policy": { "ties": "lowest", "choose": draws.pick(&["priority", "priority", "most_specific", "lowest"]) } },
        "organizations": organizations,
        "catalogs": [{ "catalog": "main",
            "categories": [{ "category": "all" }, { "category": "part", "parent": "all" }], "products": products }],
        "price_lists": lists, "contracts": [contract], "adjustments": adjustments,
    });
    serde_json::from_value(value).unwrap()
}

fn step(draws: &mut Draws, place: usize, name: &str) -> Value {
    let mut step = json!({ "name": name, "choose": draws.pick(&["compound", "additive", "best", "least"]),
        "on": draws.pick(&["running", "running", "base"]) });
    if draws.chance(20) {
        step["below_zero"] = json!(true);
    }
    if place == 0 && draws.chance(20) {
        step["excludes"] = json!(["third"]);
    }
    if place == 2 && draws.chance(20) {
        step["at"] = json!("order");
    }
    json!({ "step": step })
}

fn product(draws: &mut Draws, sku: &str) -> Value {
    let mut product = json!({ "sku": sku, "unit": "pc", "category": draws.pick(&["all", "part"]), "vendor": draws.pick(&["v", "w"]),
        "attributes": { "colour": draws.pick(&["red", "blue"]) } });
    if draws.chance(40) {
        product["conversions"] = json!(["1 box = 3 pc"]);
    }
    if draws.chance(50) {
        let breach = draws.pick(&["clamp", "clamp_to_base", "clamp_to_base", "reject"]);
        let bound = draws.pick(&["floor", "floor", "floor", "map"]);
        product["guards"] = json!({ bound: draws.pick(&["4", "9", "9.5", "11"]), "breach": breach });
    }
    product
}

fn entry(draws: &mut Draws, sku: &str) -> Value {
    let price = draws.pick(&["10", "9.99", "8.125", "0.0049", "1234567.89", "0.0000000001", "0"]);
    let lower =
        [["50", "7.77"], ["51", "7.5"], ["200", "7.25"], ["250", "7.2"], ["251", "7"], ["900", "6.9"], ["1000", "6.5"]];
    let count = [1, 1, 2, 3, 4, 7][usize::try_from(draws.below(6)).unwrap()];
    let tiers: Vec<[&str; 2]> = [["0", price]].into_iter().chain(lower.into_iter().take(count)).collect();
    let mut entry = json!({ "sku": sku, "per": draws.pick(&["1 pc", "1 pc", "100 pc", "3 pc"]), "tiers": tiers });
    if draws.chance(20) {
        entry["excludes"] = json!([draws.pick(&STEPS)]);
    }
    entry
}

fn list(draws: &mut Draws, name: &str) -> Value {
    let assigned = match name {
        "base" => json!([]),
        "dealers" => json!([{ "group": "dealers" }]),
        _ => json!([{ "region": "DE" }]),
    };
    let skus = ["A", "B", "C", "D"].into_iter().filter(|_| name == "base" || draws.chance(30)).collect::<Vec<_>>();
    let entries: Vec<Value> = skus.into_iter().map(|sku| entry(draws, sku)).collect();
    let mut list = json!({ "price_list": name, "currency": draws.pick(&["EUR", "EUR", "EUR", "EUR", "USD"]), "priority": draws.below(3), "assigned_to": assigned, "entries": entries });
    if draws.chance(20) {
        list["rounding"] = json!({ "at": "unit", "increment": "0.05" });
    }
    list
}

fn terms(draws: &mut Draws) -> Vec<Value> {
    let mut terms = Vec::new();
    if draws.chance(50) {
        terms.push(json!({ "price": entry(draws, "A") }));
    }
    if draws.chance(50) {
        let mut discount = json!({ "effect": effect(draws) });
        if draws.chance(50) {
            discount["when"] = condition(draws);
        }
        terms.push(json!({ "discount": discount }));
    }
    terms
}

fn effect(draws: &mut Draws) -> Value {
    match draws.below(8) {
        0..4 => json!({ "percent_off": draws.pick(&PERCENTS) }),
        4 => json!({ "percent_added": draws.pick(&PERCENTS) }),
        5 => json!({ "amount_off": draws.pick(&AMOUNTS) }),
        6 => json!({ "amount_added": draws.pick(&AMOUNTS), "per": draws.pick(&["1 pc", "3 pc"]) }),
        _ => json!({ "price": draws.pick(&AMOUNTS) }),
    }
}

fn adjustment(draws: &mut Draws, number: u64) -> Value {
    let mut adjustment = json!({ "adjustment": format!("rule-{number}"), "step": draws.pick(&["first", "first", "contract", "third"]), "effect": effect(draws),
        "priority": draws.below(3), "mode": draws.pick(&["normal", "normal", "normal", "exclusive", "always"]) });
    if draws.chance(70) {
        adjustment["when"] = condition(draws);
    }
    if draws.chance(50) {
        adjustment["for"] = condition(draws);
    }
    if draws.chance(20) {
        adjustment["excludes"] = json!(["third"]);
    }
    if draws.chance(40) {
        adjustment["set"] = json!(draws.pick(&["one", "two"]));
    }
    if draws.chance(15) {
        adjustment["uses_max"] = json!(draws.below(2));
    }
    if draws.chance(15) {
        adjustment["budget"] = json!("5");
    }
    if draws.chance(15) {
        adjustment["valid"] = json!({ "from": draws.pick(&["2026-02-01", "2026-05-01"]) });
    }
    adjustment
}

fn condition(draws: &mut Draws) -> Value {
    match draws.below(15) {
        0 => json!({ "all": [leaf(draws), leaf(draws)] }),
        1 => json!({ "any": [leaf(draws), leaf(draws)] }),
        2 => json!({ "not": leaf(draws) }),
        _ => leaf(draws),
    }
}

fn leaf(draws: &mut Draws) -> Value {
    let bound = draws.pick(&["1", "10", "50", "1000"]);
    match draws.below(15) {
        13 => json!({ "quantity": { "unit": "box", "at_least": draws.pick(&["0.666667", "1", "17"]) } }),
        14 => json!({ "quantity": { "unit": "box", "below": draws.pick(&["0.666667", "1", "17"]) } }),
        0 | 1 => json!({ "sku": draws.pick(&["A", "B"]) }),
        2 | 3 => json!({ "category": draws.pick(&["all", "part"]) }),
        4 => json!({ "vendor": "v" }),
        5 => json!({ "product": { "colour": "red" } }),
        6 => json!({ "organization": "contoso" }),
        7 => json!({ "group": "dealers" }),
        8 => json!({ "region": ["DE", "FR"] }),
        9 => json!({ "weekday": "monday" }),
        10 => json!({ "line_value": { "at_least": bound } }),
        11 => json!({ "quantity": { "below": bound } }),
        _ => json!({ "quantity": { "at_least": bound } }),
    }
}

/// How many lines of a case the short way prices.
fn check(seed: u64, book: &PriceBook, draws: &mut Draws) -> (usize, usize) {
    let (mut short, mut all) = (0, 0);
    let valid_at: Instant =
        draws.pick(&["2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z", "2026-06-01T00:00:00Z"]).parse().unwrap();
    let buyer_name = draws.pick(&["contoso", "contoso", "other"]);
    let handle = book.organization(&emptor_core::OrganizationId::new(buyer_name).unwrap()).unwrap();
    let currency: Currency = draws.pick(&["EUR", "EUR", "EUR", "USD"]).parse().unwrap();
    let (mut one, is_kept) = (book.buyer_in(handle, valid_at, currency).unwrap(), draws.chance(50));
    // Twice, so that a buyer that is kept finds again what it found before.
    for sku in ["A", "B", "C", "D", "A", "B", "C", "D"] {
        for quantity in ["1", "2", "3", "7", "50", "250", "1000", "0", "2.5", "999999999999"] {
            let mut new = book.buyer_in(handle, valid_at, currency).unwrap();
            let buyer = if is_kept { &mut one } else { &mut new };
            let exact: Exact = quantity.parse().unwrap();
            let product = book.sku(&Sku::new(sku).unwrap()).unwrap();
            let single = buyer.price(product, exact);
            let request: PriceRequest = serde_json::from_value(
                json!({ "buyer": buyer_name, "valid_at": When::Instant(valid_at), "currency": currency,
                "lines": [{ "id": "1", "sku": sku, "quantity": quantity }] }),
            )
            .unwrap();
            let order = price(book, &request, Detail::Waterfall).unwrap();
            let line = &order.lines[0];
            let place = format!("seed {seed}, {quantity} of {sku} for {buyer_name} at {valid_at}: {:?}", line.steps);
            let net = single.as_ref().map(LinePrice::net).map_err(|reason| *reason);
            if currency == book.tenant.currency {
                assert_eq!(book.net(handle, valid_at, product, exact), Some(net), "{place}");
            }
            assert_eq!(buyer.net(product, exact), net, "{place}");
            match single {
                Err(reason) => assert_eq!(line.no_price, Some(reason), "{place}"),
                Ok(single) => {
                    assert_eq!(line.net, Some(single.net()), "{place}");
                    let steps: Vec<(StepKind, Exact)> =
                        single.steps().map(|(step, amount)| (step, amount.to_exact().unwrap())).collect();
                    let of_order: Vec<(StepKind, Exact)> =
                        line.steps.iter().map(|step| (step.step, step.amount)).collect();
                    assert_eq!(steps, of_order, "{place}");
                    short += usize::from(single.is_short());
                    all += 1;
                }
            }
        }
    }
    (short, all)
}

#[test]
fn the_short_way_prices_as_an_order_does() {
    let (mut short, mut all) = (0, 0);
    for seed in 0..400 {
        let mut draws = Draws(seed);
        let documents = documents(&mut draws);
        let Ok(book) = compile(&documents, Instant::MAX) else { continue };
        let (of_case, of_all) = check(seed, &book, &mut draws);
        short += of_case;
        all += of_all;
    }
    assert!(all > 16_000, "most books compile: {all}");
    assert!(short * 3 > all, "the short way is tried: {short} of {all}");
}
