//! R11: sides, rates, rounding, the tax inside, totals and cash.

use serde_json::{Value, json};

use crate::{broken, lines, nets, record, with};

/// `a` at 10 of the category `full`, `b` at 5 of the regime's `reduced`, taxed at 19 and 7 percent.
fn book(tenant: &Value) -> Value {
    let rate =
        |id: &str, category: &str, percent: &str| json!({ "rate_id": id, "category": category, "percent": percent });
    let products = json!([{ "sku": "a", "unit": "pc", "tax_category": "full" }, { "sku": "b", "unit": "pc" }]);
    let entries = json!([{ "sku": "a", "price": "10" }, { "sku": "b", "price": "5" }]);
    json!({
        "tenant": with(&json!({ "tax": { "table": "t", "category": "reduced" } }), tenant),
        "catalogs": [{ "catalog": "c", "products": products }],
        "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": entries }],
        "tax_tables": [{ "tax_table": "t", "rates": [rate("f", "full", "19"), rate("r", "reduced", "7")] }],
    })
}

fn rounded(rounding: &str) -> Value {
    json!({ "tax": { "rounding": rounding } })
}

/// The tax of each category, and what is to be paid.
fn taxes(book: &Value, request: &Value) -> String {
    let order = record(book, request);
    let of_group = |group: &Value| {
        format!(
            "{} {}+{}",
            group["category"].as_str().unwrap(),
            group["taxable"]["amount"].as_str().unwrap(),
            group["tax"]["amount"].as_str().unwrap()
        )
    };
    let groups: Vec<String> = order["tax"].as_array().unwrap().iter().map(of_group).collect();
    format!("{}, {}", groups.join(", "), order["totals"]["payable"]["amount"].as_str().unwrap())
}

#[test]
fn tax_is_added_to_net_prices() {
    let order = record(&book(&json!({})), &lines(&["a 3", "b 1"]));
    let eur = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!(
        order["tax"],
        json!([
            { "category": "full", "rate_id": "f", "percent": "19", "taxable": eur("30.00"), "tax": eur("5.70") },
            { "category": "reduced", "rate_id": "r", "percent": "7", "taxable": eur("5.00"), "tax": eur("0.35") },
        ])
    );
    assert_eq!(
        order["totals"],
        json!({ "line_extension": eur("35.00"), "tax_exclusive": eur("35.00"), "tax": eur("6.05"),
        "tax_inclusive": eur("41.05"), "payable": eur("41.05") })
    );
    assert_eq!(
        (&order["lines"][0]["tax_category"], &order["lines"][1]["tax_category"]),
        (&json!("full"), &json!("reduced"))
    );
    assert_eq!(order["lines"][0].get("tax"), None);
}

#[test]
fn tax_is_rounded_where_the_regime_says() {
    let check = |rounding: &str, expected: &str| {
        // Thirds of an a are 3.33, and 19 percent of that 0.6327; 0.3 b are 1.50, of which 7 percent are 0.105.
        let asked = lines(&["a 0.333", "a 0.333", "a 0.333", "b 0.3"]);
        assert_eq!(taxes(&book(&rounded(rounding)), &asked), expected, "{rounding}");
    };
    // 0.63 each; 0.11.
    check("line", "full 9.99+1.89, reduced 1.50+0.11, 13.49");
    // 1.8981, and 0.105.
    check("category", "full 9.99+1.90, reduced 1.50+0.11, 13.50");
    // 2.0031 in all; 1.8981 and 0.105 settle on 2.00: 189 and 10, and the cent goes to 0.81 of one.
    check("document", "full 9.99+1.90, reduced 1.50+0.10, 13.49");
    // 0.6327 / 0.333 = 1.90 by the unit, which are 0.6327 again, 0.63.
    check("unit", "full 9.99+1.89, reduced 1.50+0.11, 13.49");
    // 7 at 5.05: 2.4745 on the line, but 0.3535 on one, 0.35, and 2.45 on seven.
    let seven = |rounding: &str| {
        let entries = json!([{ "sku": "b", "price": "5.05" }]);
        let list = json!({ "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": entries }] });
        taxes(&with(&book(&rounded(rounding)), &list), &lines(&["b 7"]))
    };
    assert_eq!(seven("line"), "reduced 35.35+2.47, 37.82");
    assert_eq!(seven("unit"), "reduced 35.35+2.45, 37.80");
}

#[test]
fn tax_is_taken_out_of_gross_prices() {
    let gross = |rounding: &str| with(&book(&rounded(rounding)), &json!({ "tenant": { "prices": "gross" } }));
    let order = record(&gross("line"), &lines(&["a 1", "b 1"]));
    let eur = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    // 10 x 19 / 119 = 1.5966.., 5 x 7 / 107 = 0.3271..
    assert_eq!((&order["lines"][0]["net"], &order["lines"][0]["tax"]), (&eur("8.40"), &eur("1.60")));
    assert_eq!((&order["lines"][1]["net"], &order["lines"][1]["tax"]), (&eur("4.67"), &eur("0.33")));
    assert_eq!(order["lines"][0]["steps"][1], json!({ "step": "tax", "amount": "-1.6" }));
    assert_eq!(order["totals"]["tax_inclusive"], eur("15.00"));
    // Three of 0.30 at 19 percent: 0.0479 each, 0.05; together 0.1437, 0.14, of which each has 4.79 cents.
    let thirds = lines(&["a 0.03", "a 0.03", "a 0.03"]);
    assert_eq!(taxes(&gross("line"), &thirds), "full 0.75+0.15, 0.90");
    assert_eq!(taxes(&gross("category"), &thirds), "full 0.76+0.14, 0.90");
    assert_eq!(nets(&gross("category"), &thirds), "0.25 0.25 0.26");
    assert_eq!(taxes(&gross("document"), &thirds), "full 0.76+0.14, 0.90");
    // A tax of zero is recorded, without a step.
    let free = with(
        &gross("line"),
        &json!({ "tax_tables": [{ "tax_table": "t", "rates": [
        { "rate_id": "f", "category": "full", "percent": "0", "code": "E", "reason": "exempt" }] }] }),
    );
    let order = record(&free, &lines(&["a 1"]));
    assert_eq!((&order["lines"][0]["tax"], order["lines"][0]["steps"].as_array().unwrap().len()), (&eur("0.00"), 1));
    assert_eq!((&order["tax"][0]["code"], &order["tax"][0]["reason"]), (&json!("E"), &json!("exempt")));
}

#[test]
fn only_prices_of_the_orders_side_are_asked() {
    let lists = json!({ "price_lists": [
        { "price_list": "net", "currency": "EUR", "entries": [{ "sku": "a", "price": "10" }] },
        { "price_list": "gross", "currency": "EUR", "prices": "gross", "priority": 9, "entries": [{ "sku": "a", "price": "11.90" }] }] });
    let both = with(&book(&json!({})), &lists);
    assert_eq!(taxes(&both, &lines(&["a 1"])), "full 10.00+1.90, 11.90");
    let asked = with(&lines(&["a 1"]), &json!({ "prices": "gross" }));
    assert_eq!(taxes(&both, &asked), "full 10.00+1.90, 11.90");
    assert_eq!(record(&both, &asked)["lines"][0]["tax"]["amount"], json!("1.90"));
    // What was agreed for the other side counts for nothing: no discount, no order rule.
    let version = json!({ "number": 1, "approved": { "by": "x", "at": "2026-01-01T00:00:00Z" }, "terms": [
        { "discount": { "effect": { "percent_off": "50" } } }, { "order_rule": { "lines_max": 0 } }] });
    let contract = json!([{ "contract": "k", "organization": "o", "prices": "net", "versions": [version] }]);
    let procedure = json!({ "procedure": [{ "step": { "name": "contract" } }] });
    let agreed = with(&both, &json!({ "tenant": procedure, "contracts": contract }));
    assert_eq!(taxes(&agreed, &lines(&["a 1"])), "full 5.00+0.95, 5.95");
    assert_eq!(broken(&agreed, &lines(&["a 1"])), ["order.lines_max reject 1/0"]);
    assert_eq!((taxes(&agreed, &asked), broken(&agreed, &asked)), ("full 10.00+1.90, 11.90".to_owned(), Vec::new()));
    let none = with(&book(&json!({ "tax": null })), &json!({}));
    assert_eq!(nets(&none, &asked), "pricing.no_price");
    assert_eq!(record(&none, &lines(&["a 1"])).get("tax"), None);
}

#[test]
fn the_rate_is_that_of_the_region_and_the_date() {
    let rates = json!([
        { "rate_id": "any", "category": "full", "percent": "19" },
        { "rate_id": "old", "category": "full", "percent": "20", "region": "AT", "valid": { "from": "2020-01-01" } },
        { "rate_id": "new", "category": "full", "percent": "21", "region": ["AT", "CH"], "valid": { "from": "2026-03-01" } },
        { "rate_id": "late", "category": "full", "percent": "22", "region": "AT", "recorded_at": "2026-06-01T00:00:01Z", "valid": { "from": "2026-03-01" } },
        { "rate_id": "same", "category": "full", "percent": "23", "region": "CH", "valid": { "from": "2026-03-01" } }]);
    let book = with(&book(&json!({})), &json!({ "tax_tables": [{ "tax_table": "t", "rates": rates }] }));
    let percent = |more: Value| record(&book, &with(&lines(&["a 1"]), &more))["tax"][0]["percent"].clone();
    assert_eq!(percent(json!({})), json!("19"));
    assert_eq!(percent(json!({ "region": "FR" })), json!("19"));
    assert_eq!(percent(json!({ "region": "AT" })), json!("21"));
    assert_eq!(percent(json!({ "region": "AT", "valid_at": "2026-02-28" })), json!("20"));
    assert_eq!(percent(json!({ "region": "CH" })), json!("21"));
    // Without a rate the tax is zero, and it is found once for each category.
    let order = record(&book, &lines(&["b 1", "b 2"]));
    assert_eq!(order["tax"][0]["percent"], json!("0"));
    assert_eq!(order["tax"][0].get("rate_id"), None);
    assert_eq!(broken(&book, &lines(&["b 1", "b 2"])), ["tax.no_rate reject"]);
}

#[test]
fn shares_gifts_charges_and_returns_are_taxed() {
    let procedure = json!([{ "step": { "name": "s", "at": "order", "shown": "document" } }]);
    let gift =
        json!({ "adjustment": "g", "step": "s", "effect": { "gift": { "sku": "a", "quantity": "1", "price": "1" } } });
    let off = json!({ "adjustment": "x", "step": "s", "effect": { "percent_off": "10" } });
    let book = |side: &str, rounding: &str| {
        let tenant = with(&rounded(rounding), &json!({ "procedure": procedure, "prices": side }));
        with(&book(&tenant), &json!({ "adjustments": [gift, off] }))
    };
    let back = json!({ "id": "r", "sku": "gone", "quantity": "-1", "recorded": { "quantity": "1", "net": "2" } });
    let mut request = with(
        &lines(&["a 2", "b 1"]),
        &json!({ "charges": [
        { "id": "f", "kind": "freight", "amount": "3" }, { "id": "p", "kind": "packing", "amount": "4", "tax_category": "full" }] }),
    );
    request["lines"].as_array_mut().unwrap().push(back);
    // full: 20 - 2 + 1 + 4 = 23, 4.37; reduced: 5 - 0.50 + 3 - 2 = 5.50, 0.385.
    assert_eq!(taxes(&book("net", "category"), &request), "full 23.00+4.37, reduced 5.50+0.39, 33.26");
    let totals = &record(&book("net", "category"), &request)["totals"];
    let amounts = ["line_extension", "allowances", "charges", "tax_exclusive"]
        .map(|name| totals[name]["amount"].as_str().unwrap());
    assert_eq!(amounts, ["24.00", "2.50", "7.00", "28.50"]);
    // By the line, with its shares: 18 -> 3.42, 4.50 -> 0.315; -2 -> -0.14, 1 -> 0.19, 3 -> 0.21, 4 -> 0.76.
    assert_eq!(taxes(&book("net", "line"), &request), "full 23.00+4.37, reduced 5.50+0.39, 33.26");
    // By the unit: 1.90 x 2 - 0.38, 0.35 - 0.035 (-0.04), and the others as before.
    assert_eq!(taxes(&book("net", "unit"), &request), "full 23.00+4.37, reduced 5.50+0.38, 33.25");
    // Gross: 20 -> 3.19, -2 -> -0.32, 1 -> 0.16, 4 -> 0.64; 5 -> 0.33, -0.50 -> -0.03, -2 -> -0.13, 3 -> 0.20.
    assert_eq!(taxes(&book("gross", "line"), &request), "full 19.33+3.67, reduced 5.13+0.37, 28.50");
    let order = record(&book("gross", "line"), &request);
    assert_eq!(order["lines"][0]["shares"][0]["amount"]["amount"], json!("-1.68"));
    assert_eq!(order["document_steps"][0]["amount"]["amount"], json!("-2.15"));
    assert_eq!(order["gifts"][0]["tax"]["amount"], json!("0.16"));
    assert_eq!(order["charges"][1]["steps"][1], json!({ "step": "tax", "amount": "-0.64" }));
    assert_eq!(order["lines"][2]["tax_category"], json!("reduced"));
}

#[test]
fn what_was_paid_is_taken_off_and_cash_is_rounded() {
    let cash = json!({ "cash_roundings": [{ "currency": "EUR", "increment": "0.05", "mode": "half_up" }] });
    let totals = |more: Value| record(&book(&cash), &with(&lines(&["a 1", "b 0.1"]), &more))["totals"].clone();
    // 11.90 and 0.535 -> 0.54.
    let eur = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!(totals(json!({}))["payable"], eur("12.44"));
    let paid = totals(json!({ "facts": { "paid": "2.01" } }));
    assert_eq!((&paid["prepaid"], &paid["payable"], paid.get("rounding")), (&eur("2.01"), &eur("10.43"), None));
    let in_cash = totals(json!({ "cash": true, "facts": { "paid": "2.01" } }));
    assert_eq!((&in_cash["rounding"], &in_cash["payable"]), (&eur("0.02"), &eur("10.45")));
    let even = totals(json!({ "cash": true, "facts": { "paid": "2.04" } }));
    assert_eq!((even.get("rounding"), &even["payable"]), (None, &eur("10.40")));
}
