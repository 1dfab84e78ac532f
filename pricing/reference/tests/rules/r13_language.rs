//! R13: the language of scripts, what there is to read, and why a script fails.

use serde_json::{Value, json};

use crate::{order, with};

/// A contract whose formula for `a` is the script `f`.
pub(crate) fn formula(script: &Value, call: &Value) -> Value {
    let script = with(&json!({ "script": "f", "sees": "goods", "returns": "number" }), script);
    let call = with(&json!({ "script": "f" }), call);
    let signed = json!({ "by": "x", "at": "2026-01-01T00:00:00Z" });
    let terms = json!([{ "price": { "sku": "a", "formula": call } }]);
    let products = json!([
        { "sku": "a", "unit": "pc", "category": "low", "weight": "2 kg", "cost": "6.5", "vendor": "v",
            "attributes": { "alloy": "CW614N" }, "conversions": ["1 box = 12 pc"] },
        { "sku": "b", "unit": "pc" }]);
    json!({
        "organizations": [{ "organization": "top", "groups": ["dealers", "a-b"], "region": "DE" },
            { "organization": "o", "parents": [{ "organization": "top" }], "groups": ["aaa"] }],
        "catalogs": [{ "catalog": "c", "products": products, "conversions": ["1 kg = 1000 g"],
            "categories": [{ "category": "top" }, { "category": "low", "parent": "top" }] }],
        "contracts": [{ "contract": "k", "organization": "o",
            "versions": [{ "number": 1, "approved": signed, "terms": terms }] }],
        "scripts": [script],
    })
}

/// 3 boxes of `a`, 2 of `b` and a return, with facts.
fn asked() -> Value {
    let prior = json!([{ "of": { "sku": "a" }, "quantity": "7", "value": "70" },
        { "of": "order", "quantity": "9", "value": "90.5" }]);
    json!({ "channel": "edi", "attributes": { "class": "x" }, "coupons": ["SPRING", "X1"],
        "facts": { "prior": prior },
        "lines": [{ "id": "0", "sku": "a", "quantity": "3", "unit": "box" }, { "id": "1", "sku": "b", "quantity": "2" },
            { "id": "2", "sku": "a", "quantity": "-1", "recorded": { "quantity": "1", "net": "1" } },
            { "id": "3", "sku": "unknown", "quantity": "1" }] })
}

/// What a formula of this text gives, or why it fails.
fn outcome(text: &str) -> String {
    let book = formula(&json!({ "text": text }), &json!({}));
    let record = serde_json::to_value(order(&book, &asked()).unwrap()).unwrap();
    let line = &record["lines"][0];
    if line["no_price"] == "pricing.script_failed" {
        return record["script_failures"][0]["code"].as_str().unwrap().to_owned();
    }
    line["steps"][0]["price"]["script"]["result"].as_str().unwrap().to_owned()
}

fn check(rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        assert_eq!(outcome(text), *expected, "{text}");
    }
}

/// Whether a condition holds, in a formula.
fn check_truths(rows: &[(&str, bool)]) {
    for (text, expected) in rows {
        let text = format!("if {text} {{ 1 }} else {{ 0 }}");
        assert_eq!(outcome(&text), if *expected { "1" } else { "0" }, "{text}");
    }
}

#[test]
fn numbers_are_decimals() {
    check(&[
        ("1 / 3", "0.3333333333"),
        ("7 / 2", "3.5"),
        ("0.1 + 0.2", "0.3"),
        ("7 % 4", "3"),
        ("-7 % 4", "-3"),
        ("2 - 5", "-3"),
        ("let x = 2; -x", "-2"),
        ("2.50 * 2", "5"),
        ("1.00000000005", "1"),
        ("1.00000000015", "1.0000000002"),
        ("-1.00000000015", "-1.0000000002"),
        ("0 * -1", "0"),
        ("24999999999999.5", "24999999999999.5"),
        ("899999999999999.99999999999", "script.result"),
        ("-900000000000000", "script.result"),
        ("0.0000000001 * 10000000000000000000000", "1000000000000"),
    ]);
}

#[test]
fn the_statements_are_those_of_rhai() {
    check(&[
        ("let x = 1; x += 2; x *= 3; x -= 1; x /= 4; x %= 1.5; x", "0.5"),
        ("const A = 2; A * 3", "6"),
        ("let x = if line.quantity > 2 { 5 } else { 6 }; x", "5"),
        ("if line.quantity == 1 { 1 } else if line.quantity == 3 { 2 } else { 3 }", "2"),
        ("switch line.quantity { 1 => 10, 3.0 => 20, _ => 30 }", "20"),
        ("switch line.sku { \"b\" => 10, \"a\" => 20, _ => 30 }", "20"),
        ("switch line.quantity { 2 | 3 if line.sku == \"b\" => 10, 3 => 20, _ => 30 }", "20"),
        ("let n = 0; while n < 5 { n += 1; if n == 3 { break; } } n", "3"),
        ("let n = 0; loop { n += 1; if n > 4 { break; } } n", "5"),
        ("let n = 0; do { n += 1; } while n < 3; n", "3"),
        ("let s = 0; for x in [1, 2, 3] { if x == 2 { continue; } s += x; } s", "4"),
        ("return 4; 5", "4"),
        ("fn twice(x) { x * 2 } twice(4)", "8"),
        ("fn of(x) { return x.quantity; } of(line)", "3"),
        ("let l = [1]; l.push(2.5); push(l, 3); l.size() + size([])", "3"),
        ("let t = \"\"; for s in [\"a\", \"b\"] { t += s; } if t == \"ab\" { 1 } else { 0 }", "1"),
    ]);
}

#[test]
fn conditions_compare_values_of_one_kind() {
    check_truths(&[
        ("1 == 1.0", true),
        ("1 != 1.00", false),
        ("\"a\" < \"b\"", true),
        ("\"B\" >= \"a\"", false),
        ("true == false", false),
        ("true && !false || false", true),
        ("2 in [1, 2.0]", true),
        ("2 !in [1, 2]", false),
        ("\"a\" + \"b\" == \"ab\"", true),
        ("[1, 2] == [1, 2.0]", true),
        ("[1, 2] == [1]", false),
        // What is not needed is not asked.
        ("false && 1 / 0 == 1", false),
        ("true || line.amount == 1", true),
    ]);
    check(&[
        ("if 1 == \"1\" { 1 } else { 2 }", "script.type"),
        ("if \"1\" > 1 { 1 } else { 2 }", "script.type"),
        ("if true == 1 { 1 } else { 2 }", "script.type"),
        ("if \"a\" in [1] { 1 } else { 2 }", "script.type"),
        ("1 + \"1\"", "script.type"),
        ("!1", "script.type"),
    ]);
}

#[test]
fn functions_round_and_choose() {
    check(&[
        ("min(2, 1) + max(2, 1) * 10", "21"),
        ("abs(-2.5)", "2.5"),
        ("(-2.5).abs().max(3)", "3"),
        ("clamp(5, 1, 3)", "3"),
        ("clamp(2, 3, 1)", "1"),
        ("floor(-1.5)", "-2"),
        ("ceiling(1.2)", "2"),
        ("round(2.345, 2)", "2.35"),
        ("round(-2.5, 0)", "-3"),
        ("round(2.345, 2, \"half_even\")", "2.34"),
        ("round(2.345, 2, \"half_down\")", "2.34"),
        ("round(2.341, 2, \"up\")", "2.35"),
        ("round(2.349, 2, \"down\")", "2.34"),
        ("round(-2.349, 2, \"ceiling\")", "-2.34"),
        ("round(-2.341, 2, \"floor\")", "-2.35"),
        ("round(2.5, 11)", "script.arithmetic"),
        ("round(2.5, -1)", "script.arithmetic"),
        ("round(2.5, 0.5)", "script.arithmetic"),
        ("round_to(2.37, 0.05)", "2.35"),
        ("round_to(2.375, 0.05, \"half_even\")", "2.4"),
        ("2.3.round_to(2, \"up\")", "4"),
        ("round_to(1, 0)", "script.arithmetic"),
        ("round_to(1, -1)", "script.arithmetic"),
        ("number(\"-12.50\")", "-12.5"),
        ("number(\"1e3\")", "script.no_value"),
        ("number(\"\")", "script.no_value"),
    ]);
    check_truths(&[
        ("text(2.50) == \"2.5\"", true),
        ("text(0 * -1) == \"0\"", true),
        ("\"abc\".starts_with(\"ab\")", true),
        ("ends_with(\"abc\", \"ab\")", false),
        ("\"abc\".contains(\"bc\")", true),
        ("contains([1, 2], 2)", true),
    ]);
}

#[test]
fn a_script_fails_with_a_reason() {
    check(&[
        ("1 / 0", "script.arithmetic"),
        ("1 % 0", "script.arithmetic"),
        ("let x = 1; x /= 0; x", "script.arithmetic"),
        ("let x = 99999999999999; x * x * x", "script.arithmetic"),
        ("throw \"no\"", "script.thrown"),
        ("fn f(x) { throw x } f(1)", "script.thrown"),
        ("fn f(x) { 1 / x } f(0)", "script.arithmetic"),
        ("loop { }", "script.limit"),
        ("fn f(x) { f(x) } f(1)", "script.limit"),
        ("let t = \"x\"; loop { t += t; }", "script.limit"),
        ("let t = \"x\"; loop { t = t + t; }", "script.limit"),
        ("let l = []; loop { l.push(1); }", "script.limit"),
        ("let n = 0; for i in [1, 2] { for j in [1, 2] { n += order.total; } } n", "script.no_value"),
        ("line.quantity_in(\"l\")", "script.no_value"),
        ("params.x", "script.no_value"),
        ("order.lines", "script.result"),
        ("\"1\"", "script.result"),
        ("true", "script.result"),
        ("if false { 1 }", "script.result"),
    ]);
}

#[test]
fn a_line_is_read_in_the_words_of_the_documents() {
    check(&[
        ("line.quantity", "3"),
        ("line.quantity_in(\"pc\")", "36"),
        ("line.quantity_in(\"g\")", "72000"),
        ("line.cost", "6.5"),
        ("line.prior_quantity", "7"),
        ("line.prior_value", "70"),
        // Not for goods.
        ("line.amount", "script.no_value"),
    ]);
    check_truths(&[
        ("line.sku == \"a\" && line.category == \"low\" && line.vendor == \"v\" && line.unit == \"box\"", true),
        ("line.attributes[\"alloy\"] == \"CW614N\"", true),
        ("line.attributes[\"other\"] == \"\"", true),
        ("line.is_in(\"top\") && line.is_in(\"low\") && !line.is_in(\"x\")", true),
        ("line.converts_to(\"kg\") && !line.converts_to(\"l\")", true),
        ("line.has_cost", true),
    ]);
}

#[test]
fn the_order_the_buyer_and_the_request_are_read() {
    check(&[
        ("order.line_count", "2"),
        ("let s = 0; for l in order.lines { s += l.quantity; } s", "5"),
        ("order.lines.size()", "2"),
        ("order.prior_quantity", "9"),
        ("order.prior_value", "90.5"),
        ("let n = 0; for l in order.lines { if l.has_cost { n += 1; } } n", "1"),
        ("let s = 0; for l in order.lines { s += l.cost; } s", "script.no_value"),
        ("request.year * 10000 + request.month * 100 + request.day", "20260301"),
        ("buyer.lineage.size() * 10 + buyer.groups.size()", "23"),
    ]);
    check_truths(&[
        ("order.currency == \"EUR\"", true),
        ("buyer.organization == \"o\" && \"top\" in buyer.lineage", true),
        ("buyer.lineage == [\"o\", \"top\"] && buyer.groups == [\"a-b\", \"aaa\", \"dealers\"]", true),
        ("request.region == \"DE\" && request.channel == \"edi\" && request.attributes[\"class\"] == \"x\"", true),
        ("request.attributes[\"none\"] == \"\"", true),
        ("\"X1\" in request.coupons && \"X2\" !in request.coupons", true),
        ("request.weekday == \"sunday\"", true),
    ]);
}

#[test]
fn a_cost_is_in_the_tenants_currency() {
    let mut book = with(
        &formula(&json!({ "text": "if line.has_cost { 1 } else { 2 }" }), &json!({})),
        &json!({ "tenant": { "currency": "USD" } }),
    );
    book["contracts"][0]["currency"] = json!("EUR");
    let request = with(&asked(), &json!({ "currency": "EUR" }));
    let record = order(&book, &request).unwrap();
    assert_eq!(record.lines[0].net.unwrap().to_string(), "72.00 EUR");
}

#[test]
fn an_order_may_have_more_lines_than_a_list_has_elements() {
    let text = "let n = 0; for l in order.lines { n += l.quantity; } n + order.lines.size() + order.line_count";
    let book = formula(&json!({ "text": text }), &json!({}));
    let all: Vec<Value> = (0..300).map(|id| json!({ "id": format!("{id}"), "sku": "a", "quantity": "1" })).collect();
    let record = order(&book, &json!({ "lines": all })).unwrap();
    assert_eq!(record.lines[0].net.unwrap().to_string(), "900.00 EUR");
}
