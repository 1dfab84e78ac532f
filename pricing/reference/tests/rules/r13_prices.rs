//! R13: the scripts of contracts' prices and of order rules, their parameters and their versions.

use serde_json::{Value, json};

use crate::r13_language::formula;
use crate::r13_scripts::{failures, hash};
use crate::{broken, lines, nets, record, steps, with};

#[test]
fn the_example_of_the_page_holds() {
    let index = json!([{ "index_table": "copper", "values": [{ "rate_id": "march", "value": "9.15" }] }]);
    let text = "max(params.copper * (1 + params.margin / 100), 0.12)";
    let script = json!({ "text": text, "params": { "margin": "number", "copper": "index" } });
    let call = json!({ "params": { "margin": "4.0", "copper": "copper" } });
    let book = with(&formula(&script, &call), &json!({ "index_tables": index }));
    assert_eq!(nets(&book, &lines(&["a 10"])), "95.16");
    assert_eq!(
        steps(&book, &lines(&["a 10"]), 0)[0]["price"],
        json!({ "source": { "contract": { "contract": "k", "organization": "o", "version": 1 } },
            "table": { "per": "1 pc", "mode": "volume", "base": "quantity", "over": "line",
                "tier": { "from": "0", "price": "9.516" } },
            "script": { "script": "f", "hash": hash(text), "params": { "margin": "4", "copper": "9.15" },
                "result": "9.516" } })
    );
}

#[test]
fn a_formula_that_fails_ends_the_search_or_has_a_value() {
    let text = json!({ "text": "1 / (line.quantity - 1)" });
    let list =
        json!({ "price_lists": [{ "price_list": "l", "currency": "EUR", "entries": [{ "sku": "a", "price": "7" }] }] });
    let reject = with(&formula(&text, &json!({})), &list);
    assert_eq!(nets(&reject, &lines(&["a 2", "a 1"])), "2.00 pricing.script_failed");
    assert_eq!(
        record(&reject, &lines(&["a 2", "a 1"]))["script_failures"],
        json!([{ "line": "1", "by": { "price": { "contract": { "contract": "k", "organization": "o", "version": 1 } } }, "script": "f",
            "hash": hash("1 / (line.quantity - 1)"), "code": "script.arithmetic", "on_failure": "reject" }])
    );
    let value = with(&formula(&text, &json!({ "on_failure": { "value": "3" } })), &list);
    assert_eq!(nets(&value, &lines(&["a 1"])), "3.00");
    let first = &steps(&value, &lines(&["a 1"]), 0)[0]["price"]["script"];
    assert_eq!([&first["result"], &first["failed"]], ["3", "script.arithmetic"]);
    assert_eq!(failures(&value, &lines(&["a 1"])), Vec::<String>::new());
    // A price may be below zero, but not beyond amounts.
    assert_eq!(nets(&formula(&json!({ "text": "-2" }), &json!({})), &lines(&["a 3"])), "-6.00");
    let huge = formula(&json!({ "text": "500000000000000" }), &json!({}));
    assert_eq!(nets(&huge, &lines(&["a 3"])), "pricing.out_of_range");
}

#[test]
fn a_script_counts_for_a_table() {
    let with_base = |text: &str, on_failure: &Value| {
        let mut book = formula(&json!({ "text": text }), &json!({}));
        let entry = json!({ "sku": "a", "base": { "script": { "script": "f", "on_failure": on_failure } },
            "tiers": [["10", "5"], ["20.000001", "4"]] });
        book["contracts"][0]["versions"][0]["terms"] = json!([{ "price": entry }]);
        book
    };
    let check = |text: &str, expected: &str| {
        assert_eq!(nets(&with_base(text, &json!("reject")), &lines(&["a 3"])), expected, "{text}");
    };
    check("line.quantity * 4", "15.00");
    check("20.0000004", "15.00");
    check("20.0000006", "12.00");
    check("line.quantity", "pricing.no_tier");
    check("-0.000001", "pricing.script_failed");
    check("999999999999.9999991", "12.00");
    check("999999999999.9999999", "pricing.script_failed");
    let book = with_base("20 + 0.00000049", &json!("reject"));
    let price = &steps(&book, &lines(&["a 3"]), 0)[0]["price"];
    assert_eq!([&price["table"]["counted"], &price["script"]["result"]], ["20", "20"]);
    assert_eq!(price["table"]["tier"], json!({ "from": "10", "price": "5" }));
    assert_eq!(nets(&with_base("throw 1", &json!({ "value": "30" })), &lines(&["a 3"])), "12.00");
}

#[test]
fn the_text_that_was_recorded_last_counts() {
    let check = |versions: Value, expected: &str| {
        let mut book = formula(&json!({}), &json!({}));
        book["scripts"][0]["versions"] = versions;
        assert_eq!(nets(&book, &lines(&["a 1"])), expected);
    };
    // The book is read on the first of June 2026.
    let version = |text: &str, at: &str| json!({ "text": text, "recorded_at": at });
    let (old, new) = (version("1", "2026-01-01T00:00:00Z"), version("2", "2026-06-01T00:00:00Z"));
    let later = version("3", "2026-06-01T00:00:00.000001Z");
    check(json!([new, old, later]), "2.00");
    check(json!([later, { "text": "4" }]), "4.00");
    // None is known: the one that was recorded first.
    check(json!([version("5", "2027-01-01T00:00:00Z"), later]), "3.00");
}

#[test]
fn parameters_are_stated_or_have_defaults() {
    let params = json!({ "n": { "type": "number", "default": "2.50" }, "t": "text", "c": { "type": "condition",
        "default": "true" }, "i": { "type": "index", "default": "copper" } });
    let values = json!([{ "rate_id": "old", "value": "1" },
        { "rate_id": "new", "value": "4", "valid": { "from": "2026-02-01" } },
        { "rate_id": "unknown", "value": "5", "valid": { "from": "2026-02-02" }, "recorded_at": "2026-07-01T00:00:00Z" }]);
    let tables = json!([{ "index_table": "copper", "values": values },
        { "index_table": "usd", "currency": "USD", "values": values },
        { "index_table": "none", "values": [{ "rate_id": "x", "value": "1", "valid": { "from": "2027-01-01" } }] }]);
    let text = "if params.c && params.t == \"x\" { params.n + params.i } else { params.n }";
    let check = |call: &Value, expected: &str| {
        let book = formula(&json!({ "text": text, "params": params }), &json!({ "params": call }));
        let book = with(&book, &json!({ "index_tables": tables }));
        assert_eq!(nets(&book, &lines(&["a 1"])), expected, "{call}");
        book
    };
    let book = check(&json!({ "t": "x" }), "6.50");
    let seen = &steps(&book, &lines(&["a 1"]), 0)[0]["price"]["script"]["params"];
    assert_eq!(*seen, json!({ "n": "2.5", "t": "x", "c": "true", "i": "4" }));
    check(&json!({ "t": "x", "c": "false" }), "2.50");
    check(&json!({ "t": "x", "n": "1" }), "5.00");
    check(&json!({ "t": "x", "i": "usd" }), "pricing.script_failed");
    check(&json!({ "t": "x", "i": "none" }), "pricing.script_failed");
    // What is not read does not fail, and is not shown.
    let book = check(&json!({ "t": "y", "i": "none" }), "2.50");
    let seen = &steps(&book, &lines(&["a 1"]), 0)[0]["price"]["script"]["params"];
    assert_eq!(*seen, json!({ "n": "2.5", "t": "y", "c": "true" }));
}

#[test]
fn an_order_rule_says_what_an_order_breaks() {
    let text = "let found = []; for l in order.lines { if l.quantity > 2 { found.push(violation(l, \"too many\", 2, l.quantity)); } }
        if order.total > 20 { found.push(violation(\"too much\")); } found";
    let book = |terms: &Value, text: &str| {
        let prices = crate::list(&json!([{ "sku": "a", "price": "10" }, { "sku": "b", "price": "5" }]));
        let script = json!({ "script": "v", "sees": "order", "returns": "violations", "text": text });
        let rules = json!([{ "order_rule": "q", "terms": with(&json!({ "script": { "script": "v" } }), terms) }]);
        with(&prices, &json!({ "scripts": [script], "order_rules": rules }))
    };
    let plain = book(&json!({}), text);
    let asked = lines(&["a 1", "b 3"]);
    assert_eq!(broken(&plain, &asked), ["order.script reject #1 3/2", "order.script reject"]);
    assert_eq!(
        record(&plain, &asked)["violations"],
        json!([{ "code": "order.script", "severity": "reject", "line": "1", "by": { "order_rule": "q" }, "limit": "2",
            "actual": "3", "message": "too many" },
            { "code": "order.script", "severity": "reject", "by": { "order_rule": "q" }, "message": "too much" }])
    );
    let approved = book(&json!({ "severity": "needs_approval", "role": "boss" }), text);
    let first = record(&approved, &asked)["violations"][0].clone();
    assert_eq!([&first["role"], &first["fix"]], [&json!("boss"), &json!({ "approve": "boss" })]);
    let boss = with(&asked, &json!({ "facts": { "authority": { "roles": ["boss"] } } }));
    assert_eq!(broken(&approved, &boss), Vec::<String>::new());
    // An order that is not complete is not judged.
    let incomplete = lines(&["a 1", "b 3", "unknown 1"]);
    assert_eq!(broken(&approved, &incomplete), ["order.script not_judged"]);
    assert_eq!(record(&approved, &incomplete)["violations"][0]["role"], Value::Null);
    // What fails.
    for text in ["throw 1", "1", "[1]", "[violation(\"x\", 900000000000000, 1)]", "violation(\"x\")"] {
        let failing = book(&json!({}), text);
        assert_eq!(broken(&failing, &asked), ["order.script_failed reject"], "{text}");
        let code = if text == "throw 1" { "script.thrown" } else { "script.result" };
        assert_eq!(failures(&failing, &asked), [format!("order {{\"order_rule\":{{\"order_rule\":\"q\"}}}} v {code}")]);
    }
    let skipping = book(&json!({ "script": { "on_failure": "skip" } }), "throw 1");
    assert_eq!(broken(&skipping, &asked), Vec::<String>::new());
    assert_eq!(failures(&skipping, &asked).len(), 1);
    assert_eq!(broken(&book(&json!({}), "[violation(\"x\", 1.00000000005, 0)]"), &asked), ["order.script reject 0/1"]);
}
