//! R13: the scripts of rules: when they are asked, and what becomes of a price where they fail.

use serde_json::{Value, json};

use crate::r7_procedure::{book, off, on_lines, on_order, rule};
use crate::{lines, nets, record, steps, with};

/// A script that sees a line and returns a number.
fn number(name: &str, text: &str) -> Value {
    json!({ "script": name, "sees": "line", "returns": "number", "text": text })
}

fn condition(name: &str, text: &str) -> Value {
    json!({ "script": name, "sees": "line", "returns": "condition", "text": text })
}

fn of_order(script: &Value) -> Value {
    with(script, &json!({ "sees": "order" }))
}

fn scripts(book: &Value, scripts: &Value) -> Value {
    with(book, &json!({ "scripts": scripts }))
}

/// A percent off that the script `x` says.
fn scripted(name: &str, on_failure: &Value) -> Value {
    rule(name, &json!({ "percent_off": { "script": "x", "on_failure": on_failure } }), &json!({}))
}

/// Each failure: its line, what used the script, why it failed.
pub(crate) fn failures(book: &Value, request: &Value) -> Vec<String> {
    let of = |failure: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("order").to_owned();
        let rule = &failure["by"]["rule"];
        let by = if rule.is_null() { failure["by"].to_string() } else { text(&rule["by"]["adjustment"]) };
        format!("{} {by} {} {}", text(&failure["line"]), text(&failure["script"]), text(&failure["code"]))
    };
    record(book, request)["script_failures"].as_array().map_or_else(Vec::new, |all| all.iter().map(of).collect())
}

pub(crate) fn hash(text: &str) -> String {
    emptor_core::Digest::of(text.as_bytes()).to_string()
}

#[test]
fn the_number_of_an_effect_is_as_if_it_were_stated() {
    let text = "if line.quantity >= 10 { 10 } else { 0 }";
    let book = scripts(&on_lines(&json!({}), &json!([scripted("r", &json!("reject"))])), &json!([number("x", text)]));
    assert_eq!(nets(&book, &lines(&["a 10", "b 1"])), "90.00 5.00");
    let run = json!({ "script": "x", "hash": hash(text), "result": "10" });
    let expected = json!({ "step": "adjustment", "amount": "-10", "adjustment": { "step": "s",
        "by": { "adjustment": "r" }, "effect": "percent_off", "number": "10", "basis": "100", "scripts": [run] } });
    assert_eq!(steps(&book, &lines(&["a 10"]), 0)[1], expected);
    // A change of zero is no step, with a script or without.
    assert_eq!(steps(&book, &lines(&["a 1"]), 0).as_array().map(Vec::len), Some(1));
}

#[test]
fn every_effect_takes_a_script() {
    let check = |effect: &str, expected: &str| {
        let adjustment = rule("r", &json!({ effect: { "script": "x" } }), &json!({}));
        let book = scripts(&on_lines(&json!({}), &json!([adjustment])), &json!([number("x", "line.base / 2")]));
        assert_eq!(nets(&book, &lines(&["a 2"])), expected, "{effect}");
    };
    check("percent_off", "18.00");
    check("percent_added", "22.00");
    check("amount_off", "10.00");
    check("amount_added", "30.00");
    check("price", "20.00");
    check("raise_to", "20.00");
    check("lower_to", "10.00");
    let order = of_order(&number("x", "order.total / 10 + order.line_count"));
    let rules = json!([rule("r", &json!({ "amount_off": { "script": "x" } }), &json!({}))]);
    // 2 + 2 of 20.
    assert_eq!(nets(&scripts(&on_order(&json!({}), &rules), &json!([order])), &lines(&["a 1", "b 2"])), "8.00 8.00");
}

#[test]
fn a_line_has_its_running_amount_base_and_list() {
    let check = |text: &str, expected: &str| {
        let scripted = rule("r", &json!({ "amount_off": { "script": "x" } }), &json!({ "step": "t" }));
        let procedure = json!([{ "step": { "name": "s" } }, { "step": { "name": "t" } }]);
        let book = scripts(&book(&procedure, &json!([off("o", "10"), scripted])), &json!([number("x", text)]));
        assert_eq!(nets(&book, &lines(&["a 2", "b 0"])), expected, "{text}");
    };
    check("line.amount / 2", "9.00 0.00");
    check("line.base / 2", "8.00 0.00");
    check("line.list / 2", "8.00 0.00");
    check("if line.quantity == 0 { 0 } else { line.unit_price }", "9.00 0.00");
    check("line.unit_price", "9.00 pricing.script_failed");
    // The lines of the order have no amounts here.
    check("for l in order.lines { return l.amount; } 0", "pricing.script_failed pricing.script_failed");
}

#[test]
fn an_alternative_sees_what_the_rules_before_in_it_left() {
    let set = |adjustment: Value| with(&adjustment, &json!({ "set": "both" }));
    let adjustments = json!([set(off("a", "10")), set(scripted("b", &json!("reject")))]);
    let best = on_lines(&json!({ "choose": "best" }), &adjustments);
    // 90 run when the script is asked: 9 percent of 90.
    let book = scripts(&best, &json!([number("x", "line.amount / 10")]));
    assert_eq!(nets(&book, &lines(&["a 10"])), "81.90");
    // A condition is read at the start of the step, where 100 run.
    let when = json!({ "when": { "script": { "script": "c" } } });
    let adjustments = json!([set(off("a", "10")), with(&set(off("b", "9")), &when)]);
    let best = on_lines(&json!({ "choose": "best" }), &adjustments);
    let book = scripts(&best, &json!([condition("c", "line.amount == 100")]));
    assert_eq!(nets(&book, &lines(&["a 10"])), "81.90");
}

#[test]
fn conditions_are_asked_where_all_else_holds() {
    let asks = json!({ "script": { "script": "x" } });
    let check = |more: &Value, request: &[&str], expected: &str| {
        let book = on_lines(&json!({}), &json!([with(&off("r", "10"), more)]));
        let book = scripts(&book, &json!([condition("x", "line.quantity / line.prior_quantity > 1")]));
        let prior = json!({ "facts": { "prior": [{ "of": { "sku": "a" }, "quantity": "5" }] } });
        assert_eq!(nets(&book, &with(&lines(request), &prior)), expected, "{more}");
    };
    // It would divide by zero for b.
    check(&json!({ "for": asks }), &["a 6", "a 5", "b 6"], "54.00 50.00 pricing.script_failed");
    check(&json!({ "for": with(&asks, &json!({ "sku": "a" })) }), &["a 6", "a 5", "b 6"], "54.00 50.00 30.00");
    check(&json!({ "when": asks, "for": { "sku": "a" } }), &["a 6", "a 5", "b 6"], "54.00 50.00 30.00");
    check(&json!({ "for": asks, "when": { "sku": "a" } }), &["a 6", "a 5", "b 6"], "54.00 50.00 30.00");
}

#[test]
fn for_is_asked_before_when_and_the_effect() {
    let more = |failing: &str| {
        let of = |name: &str| json!({ "script": { "script": if name == failing { "no" } else { "yes" } } });
        let percent = json!({ "script": if failing == "effect" { "none" } else { "ten" } });
        rule("r", &json!({ "percent_off": percent }), &json!({ "for": of("for"), "when": of("when") }))
    };
    let all =
        json!([condition("yes", "true"), condition("no", "throw 1"), number("ten", "10"), number("none", "1 / 0")]);
    let check = |failing: &str, expected: &[&str]| {
        let book = scripts(&on_lines(&json!({}), &json!([more(failing)])), &all);
        assert_eq!(failures(&book, &lines(&["a 1"])), expected, "{failing}");
    };
    check("", &[]);
    check("for", &["0 r no script.thrown"]);
    check("when", &["0 r no script.thrown"]);
    check("effect", &["0 r none script.arithmetic"]);
    let book = scripts(&on_lines(&json!({}), &json!([more("")])), &all);
    let runs = &steps(&book, &lines(&["a 1"]), 0)[1]["adjustment"]["scripts"];
    let results: Vec<String> = runs.as_array().unwrap().iter().map(|run| run["result"].to_string()).collect();
    assert_eq!(results, ["\"true\"", "\"true\"", "\"10\""]);
}

#[test]
fn in_an_order_step_for_is_asked_of_lines_and_when_of_the_order() {
    let order = of_order(&condition("o", "order.total > 50 && order.quantity_in(\"pc\") == 15"));
    let rule = json!([with(
        &off("r", "10"),
        &json!({ "for": { "script": { "script": "l" } }, "when": { "script": { "script": "o" } } })
    )]);
    let book = scripts(&on_order(&json!({}), &rule), &json!([condition("l", "line.amount >= 50"), order]));
    assert_eq!(nets(&book, &lines(&["a 5", "b 10"])), "45.00 45.00");
    assert_eq!(nets(&book, &lines(&["a 5", "a 1", "b 9"])), "45.00 10.00 45.00");
    let runs = &steps(&book, &lines(&["a 5", "b 10"]), 0)[1]["adjustment"]["scripts"];
    assert_eq!([&runs[0]["script"], &runs[1]["script"]], [&json!("l"), &json!("o")]);
    // A step of the document has the run of what was asked of the order.
    let shown = scripts(
        &on_order(&json!({ "shown": "document" }), &rule),
        &json!([condition("l", "line.amount >= 50"), of_order(&condition("o", "true"))]),
    );
    let step = &record(&shown, &lines(&["a 5"]))["document_steps"][0];
    assert_eq!(step["scripts"], json!([{ "script": "o", "hash": hash("true"), "result": "true" }]));
    assert_eq!(step["amount"]["amount"], "-5.00");
}

#[test]
fn a_number_out_of_range_is_no_result() {
    let check = |effect: &str, step: &Value, text: &str, expected: &str| {
        let adjustment = rule("r", &json!({ effect: { "script": "x" } }), &json!({}));
        let book = scripts(&on_lines(step, &json!([adjustment])), &json!([number("x", text)]));
        let failed = failures(&book, &lines(&["a 1"]));
        let code = failed.first().map_or("", |failure| failure.rsplit(' ').next().unwrap());
        assert_eq!(code, expected, "{effect} {text}");
    };
    let below = json!({ "below_zero": true });
    check("percent_off", &json!({}), "100", "");
    check("percent_off", &json!({}), "100.00000000001", "");
    check("percent_off", &json!({}), "100.0000000001", "script.result");
    check("percent_off", &below, "100.0000000001", "");
    check("percent_off", &below, "-1", "script.result");
    check("percent_added", &json!({}), "1000", "");
    check("amount_off", &json!({}), "-0.01", "script.result");
    check("amount_off", &json!({}), "-0.00000000001", "");
    check("amount_off", &json!({}), "899999999999999.9999999999", "");
    check("amount_off", &json!({}), "900000000000000", "script.result");
    check("amount_off", &json!({}), "true", "script.result");
}

#[test]
fn a_rule_fails_as_its_call_says() {
    let check = |on_failure: &Value, expected: &str, failed: &[&str]| {
        let adjustments = json!([scripted("r", on_failure), off("z", "50")]);
        let book = scripts(&on_lines(&json!({}), &adjustments), &json!([number("x", "1 / (line.quantity - 1)")]));
        assert_eq!(nets(&book, &lines(&["a 1", "b 2"])), expected);
        assert_eq!(failures(&book, &lines(&["a 1", "b 2"])), failed);
    };
    check(&json!("reject"), "pricing.script_failed 4.95", &["0 r x script.arithmetic"]);
    check(&json!("skip"), "5.00 4.95", &["0 r x script.arithmetic"]);
    check(&json!({ "value": "20" }), "4.00 4.95", &[]);
    let book = scripts(
        &on_lines(&json!({}), &json!([scripted("r", &json!({ "value": "20" }))])),
        &json!([number("x", "throw \"no\"")]),
    );
    let detail = &steps(&book, &lines(&["a 1"]), 0)[1]["adjustment"];
    assert_eq!([&detail["number"], &detail["scripts"][0]["result"]], ["20", "20"]);
    assert_eq!(detail["scripts"][0]["failed"], "script.thrown");
}

#[test]
fn a_condition_fails_as_its_call_says() {
    let check = |on_failure: &Value, expected: &str, failed: &[&str]| {
        let when = json!({ "when": { "script": { "script": "x", "on_failure": on_failure } } });
        let book = scripts(
            &on_lines(&json!({}), &json!([with(&off("r", "10"), &when)])),
            &json!([condition("x", "line.cost > 1")]),
        );
        assert_eq!(nets(&book, &lines(&["a 1"])), expected);
        assert_eq!(failures(&book, &lines(&["a 1"])), failed);
        let run = &steps(&book, &lines(&["a 1"]), 0)[1]["adjustment"]["scripts"][0];
        assert_eq!(run["failed"] == "script.no_value", *on_failure == json!({ "holds": true }));
    };
    check(&json!("reject"), "pricing.script_failed", &["0 r x script.no_value"]);
    check(&json!("skip"), "10.00", &["0 r x script.no_value"]);
    check(&json!({ "holds": false }), "10.00", &["0 r x script.no_value"]);
    check(&json!({ "holds": true }), "9.00", &[]);
}

#[test]
fn a_rejected_line_is_out_before_anything_is_applied() {
    let failing = |choose: &str, name: &str, more: &Value| {
        let rules = json!([with(&scripted(name, &json!("reject")), more), off("m", "10"), off("n", "20")]);
        let text = "if line.sku == \"a\" { throw 1 } else { 5 }";
        scripts(&on_lines(&json!({ "choose": choose }), &rules), &json!([number("x", text)]))
    };
    let two = ["a 10", "b 10"];
    for choose in ["best", "least", "additive", "compound"] {
        // The rule may be the first or the last.
        for name in ["a", "z"] {
            let expected = match choose {
                "best" => "40.00",
                "least" => "47.50",
                "additive" => "32.50",
                _ => "34.20",
            };
            let book = failing(choose, name, &json!({}));
            assert_eq!(nets(&book, &lines(&two)), format!("pricing.script_failed {expected}"), "{choose} {name}");
            let failed = failures(&book, &lines(&two));
            assert_eq!(failed, [format!("0 {name} x script.thrown")], "{choose} {name}");
        }
    }
    // An exclusive rule that fails does not act, and its line is out.
    let alone = failing("compound", "a", &json!({ "mode": "exclusive" }));
    assert_eq!(nets(&alone, &lines(&two)), "pricing.script_failed 47.50");
    // One that has its turn after the others, too; and what comes later does not see the line.
    let after = failing("best", "a", &json!({ "mode": "always" }));
    assert_eq!(nets(&after, &lines(&two)), "pricing.script_failed 38.00");
}

#[test]
fn what_acts_alone_keeps_others_from_being_asked() {
    let alone = with(&off("alone", "10"), &json!({ "mode": "exclusive", "for": { "sku": "a" } }));
    let rules = json!([alone, scripted("r", &json!("skip"))]);
    let book = scripts(&on_lines(&json!({ "choose": "best" }), &rules), &json!([number("x", "throw 1")]));
    assert_eq!(failures(&book, &lines(&["a 1", "b 1"])), ["1 r x script.thrown"]);
}

#[test]
fn an_order_script_that_rejects_puts_all_lines_of_its_rule_out() {
    let scripted = with(&scripted("r", &json!("reject")), &json!({ "for": { "sku": "a" } }));
    let rules = json!([scripted, rule("z", &json!({ "amount_off": "4" }), &json!({}))]);
    let all = json!([of_order(&number("x", "throw 1"))]);
    let asked = lines(&["a 1", "b 2", "a 2"]);
    let in_turn = scripts(&on_order(&json!({}), &rules), &all);
    assert_eq!(nets(&in_turn, &asked), "pricing.script_failed 6.00 pricing.script_failed");
    assert_eq!(failures(&in_turn, &asked), ["order r x script.thrown"]);
    // Where all is worked out at the start, the shares of what is out are given up: of 4, 1 is the second line's.
    let at_start = scripts(&on_order(&json!({ "choose": "additive" }), &rules), &all);
    assert_eq!(nets(&at_start, &asked), "pricing.script_failed 9.00 pricing.script_failed");
    // A line that `for` rejects is out alone.
    let one = json!({ "for": { "script": { "script": "c" } } });
    let rules = json!([with(&off("r", "10"), &one)]);
    let book = scripts(&on_order(&json!({}), &rules), &json!([condition("c", "6 / (line.quantity - 1) > 5")]));
    assert_eq!(nets(&book, &asked), "pricing.script_failed 9.00 18.00");
    assert_eq!(failures(&book, &asked), ["0 r c script.arithmetic"]);
}

#[test]
fn a_gift_and_a_bundle_ask_too() {
    let gift = json!({ "gift": { "sku": "b", "quantity": "1", "price": "0" } });
    let when = json!({ "when": { "script": { "script": "x" } } });
    let book = on_order(&json!({}), &json!([rule("r", &gift, &when)]));
    let book = scripts(&book, &json!([of_order(&condition("x", "order.total >= 20"))]));
    assert_eq!(record(&book, &lines(&["a 2"]))["gifts"].as_array().map(Vec::len), Some(1));
    assert_eq!(record(&book, &lines(&["a 1"]))["gifts"], Value::Null);
    let bundle = json!({ "bundle": { "takes": [{ "quantity": 2 }], "percent_off": "50" } });
    let lines_of = json!({ "for": { "script": { "script": "c" } } });
    let book = on_order(&json!({}), &json!([rule("r", &bundle, &lines_of)]));
    let book = scripts(&book, &json!([condition("c", "line.sku == \"a\"")]));
    assert_eq!(nets(&book, &lines(&["a 2", "b 2"])), "10.00 10.00");
    assert_eq!(steps(&book, &lines(&["a 2"]), 0)[1]["adjustment"]["scripts"][0]["script"], "c");
}

#[test]
fn failures_stand_in_the_order_of_lines_then_of_steps_and_rules() {
    let procedure = json!([{ "step": { "name": "s" } }, { "step": { "name": "r", "at": "order" } }]);
    let skip = |name: &str, step: &str, script: &str, more: &Value| {
        let effect = json!({ "percent_off": { "script": script, "on_failure": "skip" } });
        with(&rule(name, &effect, &json!({ "step": step })), more)
    };
    let rules = json!([
        skip("c", "r", "o", &json!({})),
        skip("b", "s", "l", &json!({ "priority": -1 })),
        skip("d", "s", "l", &json!({ "mode": "exclusive" })),
        skip("e", "s", "l", &json!({}))
    ]);
    let terms = json!({ "script": { "script": "v", "on_failure": "skip" } });
    let all = json!([number("l", "throw 1"), of_order(&number("o", "throw 1")),
        { "script": "v", "sees": "order", "returns": "violations", "text": "throw 1" }]);
    let book = with(
        &scripts(&book(&procedure, &rules), &all),
        &json!({ "order_rules": [{ "order_rule": "q", "terms": terms }] }),
    );
    let expected = [
        "0 d l script.thrown",
        "0 e l script.thrown",
        "0 b l script.thrown",
        "1 d l script.thrown",
        "1 e l script.thrown",
        "1 b l script.thrown",
        "order c o script.thrown",
        "order {\"order_rule\":{\"order_rule\":\"q\"}} v script.thrown",
    ];
    assert_eq!(failures(&book, &lines(&["a 1", "b 1"])), expected);
}

#[test]
fn a_fallback_that_changes_nothing_or_is_not_chosen_is_not_recorded() {
    let rules = json!([scripted("r", &json!({ "value": "5" })), off("z", "10")]);
    let best = scripts(&on_lines(&json!({ "choose": "best" }), &rules), &json!([number("x", "throw 1")]));
    assert_eq!(nets(&best, &lines(&["a 1"])), "9.00");
    assert!(!record(&best, &lines(&["a 1"])).to_string().contains("script"));
    let zero = json!([scripted("r", &json!({ "value": "0" }))]);
    let zero = scripts(&on_lines(&json!({}), &zero), &json!([number("x", "throw 1")]));
    assert!(!record(&zero, &lines(&["a 1"])).to_string().contains("script"));
}
