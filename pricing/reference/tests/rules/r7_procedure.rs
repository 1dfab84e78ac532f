//! R7: steps and their rules, conditions, changes, stacking, budgets, adjustments by hand.

use serde_json::{Value, json};

use crate::{broken, lines, list, nets, record, steps, with};

/// `a` at 10 and `b` at 5, and this procedure with these adjustments.
pub(crate) fn book(procedure: &Value, adjustments: &Value) -> Value {
    let prices = list(&json!([{ "sku": "a", "price": "10" }, { "sku": "b", "price": "5" }]));
    with(&prices, &json!({ "tenant": { "procedure": procedure }, "adjustments": adjustments }))
}

/// One step `s` on lines.
pub(crate) fn on_lines(step: &Value, adjustments: &Value) -> Value {
    book(&json!([{ "step": with(&json!({ "name": "s" }), step) }]), adjustments)
}

/// One step `s` on the order.
pub(crate) fn on_order(step: &Value, adjustments: &Value) -> Value {
    on_lines(&with(&json!({ "at": "order" }), step), adjustments)
}

/// An adjustment of the step `s`.
pub(crate) fn rule(name: &str, effect: &Value, more: &Value) -> Value {
    with(&json!({ "adjustment": name, "step": "s", "effect": effect }), more)
}

pub(crate) fn off(name: &str, percent: &str) -> Value {
    rule(name, &json!({ "percent_off": percent }), &json!({}))
}

#[test]
fn steps_act_in_their_order_and_show_what_they_did() {
    let procedure = json!([{ "step": { "name": "s" } }, { "step": { "name": "t", "at": "order" } }]);
    let second = with(&rule("y", &json!({ "amount_off": "3" }), &json!({})), &json!({ "step": "t" }));
    let book = book(&procedure, &json!([second, off("x", "10")]));
    let asked = lines(&["a 10", "b 10"]);
    // 100 - 10 = 90 and 50 - 5 = 45; 3 by 90 and 45 are 2 and 1.
    assert_eq!(nets(&book, &asked), "88.00 44.00");
    let first = steps(&book, &asked, 0);
    assert_eq!(
        first[1],
        json!({ "step": "adjustment", "amount": "-10",
        "adjustment": { "step": "s", "by": { "adjustment": "x" }, "effect": "percent_off", "number": "10", "basis": "100" } })
    );
    assert_eq!(
        first[2],
        json!({ "step": "adjustment", "amount": "-2",
        "adjustment": { "step": "t", "by": { "adjustment": "y" }, "effect": "amount_off", "number": "3", "of_order": "-3" } })
    );
    let applied = &record(&book, &asked)["applied"];
    assert_eq!(*applied, json!([{ "adjustment": "x", "amount": "-15" }, { "adjustment": "y", "amount": "-3" }]));
}

#[test]
fn rules_stack_as_the_step_says() {
    let check = |choose: &str, expected: &str| {
        let book = on_lines(&json!({ "choose": choose }), &json!([off("x", "10"), off("y", "20")]));
        assert_eq!(nets(&book, &lines(&["a 10"])), expected, "{choose}");
    };
    check("compound", "72.00");
    check("additive", "70.00");
    check("best", "80.00");
    check("least", "90.00");
    let base = on_lines(&json!({ "on": "base" }), &json!([off("x", "10"), off("y", "20")]));
    assert_eq!(nets(&base, &lines(&["a 10"])), "70.00");
    let set = |name: &str, percent: &str| with(&off(name, percent), &json!({ "set": "together" }));
    // 10 and then 15 percent take 10 + 13.50, more than 20.
    let sets =
        |choose: &str| on_lines(&json!({ "choose": choose }), &json!([set("x", "10"), set("y", "15"), off("z", "20")]));
    assert_eq!(nets(&sets("best"), &lines(&["a 10"])), "76.50");
    assert_eq!(nets(&sets("least"), &lines(&["a 10"])), "80.00");
}

#[test]
fn of_equal_alternatives_the_key_that_sorts_first_is_taken() {
    // Both take 10 of 100; at the minor unit 10.001 percent do, too.
    let equal = |choose: &str| {
        let adjustments = json!([off("y", "10"), rule("x", &json!({ "percent_off": "10.001" }), &json!({}))]);
        let book = on_lines(&json!({ "choose": choose }), &adjustments);
        steps(&book, &lines(&["a 10"]), 0)[1]["adjustment"]["by"].clone()
    };
    assert_eq!(equal("best"), json!({ "adjustment": "x" }));
    assert_eq!(equal("least"), json!({ "adjustment": "x" }));
}

#[test]
fn priority_and_name_are_the_order_of_rules() {
    let fixed = rule("z", &json!({ "amount_off": "10" }), &json!({ "priority": 1 }));
    // 100 - 10 = 90, less 10 percent; without the priority 100 - 10 percent first.
    assert_eq!(nets(&on_lines(&json!({}), &json!([off("x", "10"), fixed])), &lines(&["a 10"])), "81.00");
    let plain = with(&fixed, &json!({ "priority": 0 }));
    assert_eq!(nets(&on_lines(&json!({}), &json!([off("x", "10"), plain])), &lines(&["a 10"])), "80.00");
}

#[test]
fn an_exclusive_rule_acts_alone_and_always_rules_act_after() {
    let only_a = json!({ "for": { "sku": "a" }, "mode": "exclusive" });
    let alone = with(&off("alone", "5"), &only_a);
    let always = rule("always", &json!({ "amount_added": "1" }), &json!({ "mode": "always" }));
    let book = on_lines(&json!({}), &json!([off("normal", "10"), alone, always]));
    // a: 100 - 5 + 1; b: 50 - 5 + 1.
    assert_eq!(nets(&book, &lines(&["a 10", "b 10"])), "96.00 46.00");
    let other = with(&off("other", "7"), &only_a);
    let two = on_lines(&json!({}), &json!([alone, other]));
    assert_eq!(nets(&two, &lines(&["a 10"])), "93.00");
    let first = with(&alone, &json!({ "priority": 1 }));
    assert_eq!(nets(&on_lines(&json!({}), &json!([first, other])), &lines(&["a 10"])), "95.00");
    // On the order it is decided for all lines together: nothing is normal any more.
    let order = on_order(&json!({}), &json!([off("normal", "10"), alone]));
    assert_eq!(nets(&order, &lines(&["a 10", "b 10"])), "95.00 50.00");
}

#[test]
fn every_effect_changes_its_own_way() {
    let check = |effect: &Value, expected: &str| {
        let book = on_lines(&json!({}), &json!([rule("x", effect, &json!({}))]));
        assert_eq!(nets(&book, &lines(&["a 10"])), expected, "{effect}");
    };
    check(&json!({ "percent_off": "12.5" }), "87.50");
    check(&json!({ "percent_added": "12.5" }), "112.50");
    check(&json!({ "amount_off": "3" }), "97.00");
    check(&json!({ "amount_off": "3", "per": "4 pc" }), "92.50");
    check(&json!({ "amount_added": "0.5", "per": "1 pc" }), "105.00");
    check(&json!({ "amount_added": "0.5", "per": "1 kg" }), "100.00");
    check(&json!({ "price": "7" }), "70.00");
    check(&json!({ "price": "50", "per": "4 pc" }), "125.00");
    check(&json!({ "raise_to": "120" }), "120.00");
    check(&json!({ "raise_to": "80" }), "100.00");
    check(&json!({ "lower_to": "80" }), "80.00");
    check(&json!({ "lower_to": "120" }), "100.00");
    check(&json!({ "percent_off": "50", "at_most": "30" }), "70.00");
    check(&json!({ "price": "20", "at_most": "30" }), "130.00");
    check(&json!({ "amount_off": "120" }), "0.00");
}

#[test]
fn a_change_is_rounded_once_where_the_step_says() {
    let check = |at: Value, increment: &str, quantity: &str, expected: &str| {
        let rounding = with(&json!({ "increment": increment, "mode": "half_up" }), &at);
        let book = on_lines(&json!({ "rounding": rounding }), &json!([off("x", "3.33")]));
        let change = &steps(&book, &lines(&[&format!("a {quantity}")]), 0)[1]["amount"];
        assert_eq!(*change, json!(expected), "{at} {increment}");
    };
    // 3.33 percent of 30 are 0.999, which leaves 29.001, 9.667 each.
    check(json!({ "at": "line" }), "0.05", "3", "-1");
    check(json!({ "at": "result" }), "0.2", "3", "-1");
    check(json!({ "at": "unit" }), "0.01", "3", "-0.99");
    check(json!({ "at": "result", "offset": "-0.01" }), "1", "3", "-1.01");
    // Without a rule ten decimals are kept: 3.33 percent of 0.0001.
    let tiny = on_lines(&json!({}), &json!([off("x", "3.33")]));
    assert_eq!(steps(&tiny, &lines(&["a 0.00001"]), 0)[1]["amount"], json!("-0.00000333"));
    // Where the quantity is zero a rule at `unit` is none.
    let zero = on_lines(
        &json!({ "rounding": { "at": "unit", "increment": "1" } }),
        &json!([rule("x", &json!({ "amount_added": "0.004" }), &json!({}))]),
    );
    assert_eq!(steps(&zero, &lines(&["a 0"]), 0)[1]["amount"], json!("0.004"));
}

#[test]
fn a_step_a_rule_and_an_entry_exclude_later_steps() {
    let procedure =
        |excludes: Value| json!([{ "step": { "name": "s", "excludes": excludes } }, { "step": { "name": "t" } }]);
    let later = with(&off("later", "50"), &json!({ "step": "t" }));
    let check = |procedure: &Value, first: &Value, expected: &str| {
        assert_eq!(nets(&book(procedure, &json!([first, later])), &lines(&["a 10", "b 10"])), expected);
    };
    let of_a = json!({ "for": { "sku": "a" } });
    check(&procedure(json!(["t"])), &with(&off("x", "10"), &of_a), "90.00 25.00");
    let own = with(&with(&off("x", "10"), &of_a), &json!({ "excludes": ["t"] }));
    check(&procedure(json!([])), &own, "90.00 25.00");
    // A change of zero excludes nothing.
    check(&procedure(json!(["t"])), &with(&off("x", "0"), &of_a), "50.00 25.00");
    let entries = json!([{ "sku": "a", "price": "10", "excludes": ["t"] }, { "sku": "b", "price": "5" }]);
    let entry = with(&book(&procedure(json!([])), &json!([later])), &list(&entries));
    assert_eq!(nets(&entry, &lines(&["a 10", "b 10"])), "100.00 25.00");
    let changed = with(&later, &json!({ "when": { "changed_by": "s" } }));
    let by = book(&procedure(json!([])), &json!([with(&off("x", "10"), &of_a), changed]));
    assert_eq!(nets(&by, &lines(&["a 10", "b 10"])), "45.00 50.00");
}

#[test]
fn memo_steps_are_seen_but_not_paid() {
    let procedure = json!([{ "step": { "name": "s", "counts_as": "accrual", "excludes": ["u"] } },
        { "subtotal": { "name": "earned", "of": ["base", "s", "s"] } },
        { "step": { "name": "t", "on": { "subtotal": "earned" } } }, { "step": { "name": "u" } }]);
    let on = |step: &str, percent: &str| with(&off(step, percent), &json!({ "step": step }));
    let book = book(&procedure, &json!([on("s", "5"), on("t", "10"), on("u", "50")]));
    // 5 accrue; 10 percent of 100 - 5 - 5; the last step is excluded.
    let line = &record(&book, &lines(&["a 10"]))["lines"][0];
    assert_eq!((&line["net"]["amount"], &line["memo"][0]["amount"]), (&json!("91.00"), &json!("-5")));
    assert_eq!(line["steps"][1]["adjustment"]["basis"], json!("90"));
    assert_eq!(line["steps"].as_array().unwrap().len(), 2);
    let applied = &record(&book, &lines(&["a 10"]))["applied"];
    assert_eq!(*applied, json!([{ "adjustment": "s", "amount": "-5" }, { "adjustment": "t", "amount": "-9" }]));
}

#[test]
fn a_budget_is_apportioned_over_what_a_rule_changes() {
    let budget = with(&off("x", "10"), &json!({ "budget": "12" }));
    let used = |amount: &str| {
        with(&lines(&["a 10", "b 10"]), &json!({ "facts": { "used": [{ "adjustment": "x", "amount": amount }] } }))
    };
    // 10 and 5 are above 8: 5.3333333333 and 2.6666666667.
    let on_line = on_lines(&json!({}), &json!([budget]));
    assert_eq!(nets(&on_line, &used("4")), "94.67 47.33");
    assert_eq!(steps(&on_line, &used("4"), 0)[1]["amount"], json!("-5.3333333333"));
    assert_eq!(nets(&on_line, &lines(&["a 8", "b 8"])), "72.00 36.00");
    assert_eq!(nets(&on_line, &used("12")), "100.00 50.00");
    // On the order whole cents: 8.505 are 8.50, of which 5.67 and 2.83.
    let on_order = on_order(&json!({}), &json!([budget]));
    assert_eq!(nets(&on_order, &used("3.495")), "94.33 47.17");
    let uses = with(&off("x", "10"), &json!({ "uses_max": 3 }));
    let after =
        |uses: u32| with(&lines(&["a 10"]), &json!({ "facts": { "used": [{ "adjustment": "x", "uses": uses }] } }));
    assert_eq!(nets(&on_lines(&json!({}), &json!([uses])), &after(2)), "90.00");
    assert_eq!(nets(&on_lines(&json!({}), &json!([uses])), &after(3)), "100.00");
    // Of `best`, the budget counts over the lines for which the rule was chosen; the choice is made without it.
    let best =
        on_lines(&json!({ "choose": "best" }), &json!([with(&budget, &json!({ "budget": "1" })), off("y", "9")]));
    assert_eq!(nets(&best, &lines(&["a 10"])), "99.00");
}

#[test]
fn the_list_is_what_the_price_lists_alone_give() {
    let contract = |terms: Value| {
        let version = json!({ "number": 1, "approved": { "by": "x", "at": "2026-01-01T00:00:00Z" }, "terms": terms });
        json!([{ "contract": "k", "organization": "o", "versions": [version] }])
    };
    let at_eight = json!({ "price": { "sku": "a", "price": "8" } });
    let list = on_lines(&json!({ "on": "list" }), &json!([off("x", "10")]));
    // 80 by the contract, less 10 percent of the list's 100.
    let book = with(&list, &json!({ "contracts": contract(json!([at_eight])) }));
    assert_eq!(nets(&book, &lines(&["a 10", "b 10"])), "70.00 45.00");
    // Without a list it is the contract's own.
    let alone = with(&book, &json!({ "price_lists": [] }));
    assert_eq!(nets(&alone, &lines(&["a 10"])), "72.00");
    // The contract's discount does not act on what it prices itself.
    let discount = json!({ "discount": { "effect": { "percent_off": "50" } } });
    let procedure = json!([{ "step": { "name": "contract" } }]);
    let agreed =
        with(&self::book(&procedure, &json!([])), &json!({ "contracts": contract(json!([at_eight, discount])) }));
    assert_eq!(nets(&agreed, &lines(&["a 10", "b 10"])), "80.00 25.00");
    let by = &steps(&agreed, &lines(&["b 10"]), 0)[1]["adjustment"]["by"];
    assert_eq!(*by, json!({ "contract": { "contract": "k", "version": 1, "term": 2 } }));
    assert_eq!(record(&agreed, &lines(&["b 10"])).get("applied"), None);
}

#[test]
fn charges_take_part_in_steps_on_lines() {
    let free = rule(
        "x",
        &json!({ "percent_off": "100" }),
        &json!({ "charges": ["freight"], "when": { "order_value": { "at_least": "100" } } }),
    );
    let book = on_lines(&json!({}), &json!([free, off("y", "10")]));
    let charges = json!({ "charges": [{ "id": "f", "kind": "freight", "amount": "7.90" }, { "id": "p", "kind": "packing", "amount": "2" }] });
    let order = record(&book, &with(&lines(&["a 10"]), &charges));
    assert_eq!(order["charges"][0]["net"]["amount"], json!("0.00"));
    assert_eq!(
        order["charges"][0]["steps"][0],
        json!({ "step": "price", "amount": "7.9", "price": { "source": "charge" } })
    );
    assert_eq!(order["charges"][0]["steps"][1]["amount"], json!("-7.9"));
    assert_eq!(order["charges"][1]["net"]["amount"], json!("2.00"));
    assert_eq!(
        (&order["totals"]["charges"]["amount"], &order["totals"]["payable"]["amount"]),
        (&json!("2.00"), &json!("92.00"))
    );
    let small = record(&book, &with(&lines(&["a 9"]), &charges));
    assert_eq!(small["totals"]["payable"]["amount"], json!("90.90"));
}

#[test]
fn what_is_adjusted_by_hand_needs_authority_and_a_step() {
    let hand = json!({ "percent_off": "10", "reason": "late" });
    let mut request =
        with(&lines(&["a 10", "b 10"]), &json!({ "adjustment": { "amount_off": "9", "reason": "sorry" } }));
    request["lines"][1]["adjustment"] = hand;
    let authorized = with(&request, &json!({ "facts": { "authority": { "manual_adjustment": true } } }));
    let procedure = json!([{ "step": { "name": "hand", "manual": true } }, { "step": { "name": "all", "manual": true, "at": "order" } }]);
    let both = book(&procedure, &json!([]));
    // b: 50 - 5; 9 by 100 and 45 are 6.21 and 2.79.
    assert_eq!(nets(&both, &authorized), "93.79 42.21");
    assert_eq!(broken(&both, &authorized), Vec::<String>::new());
    let by = &steps(&both, &authorized, 1)[1]["adjustment"]["by"];
    assert_eq!(*by, json!({ "manual": { "reason": "late" } }));
    assert_eq!(nets(&both, &request), "100.00 50.00");
    assert_eq!(broken(&both, &request), ["manual.not_authorized reject #1", "manual.not_authorized reject"]);
    let no_step = book(&json!([]), &json!([]));
    assert_eq!(broken(&no_step, &authorized), ["manual.no_step reject #1", "manual.no_step reject"]);
}

#[test]
fn numbers_of_the_request_keep_to_their_limits() {
    let book = on_lines(&json!({}), &json!([]));
    let check =
        |more: &Value, expected: &str| assert_eq!(nets(&book, &with(&lines(&["a 1"]), more)), expected, "{more}");
    let hand = |adjustment: Value| json!({ "adjustment": with(&json!({ "reason": "x" }), &adjustment) });
    check(&hand(json!({ "percent_off": "100" })), "10.00");
    check(&hand(json!({ "percent_off": "100.1" })), "request.limit");
    check(&hand(json!({ "amount_off": "-1" })), "request.limit");
    check(&hand(json!({ "amount_off": "0.00000000001" })), "request.limit");
    check(&hand(json!({ "amount_off": "1", "percent_off": "1" })), "request.limit");
    check(&hand(json!({})), "request.limit");
    let charge = |amount: &str| json!({ "id": "f", "kind": "freight", "amount": amount });
    check(&json!({ "charges": [charge("1.01")] }), "10.00");
    check(&json!({ "charges": [charge("1.001")] }), "request.limit");
    check(&json!({ "charges": [charge("-1")] }), "request.limit");
    check(&json!({ "charges": [charge("1"), charge("1")] }), "request.duplicate_line");
    check(&json!({ "facts": { "paid": "0.001" } }), "request.limit");
    check(&json!({ "facts": { "budget_used": "-1" } }), "request.limit");
    check(&json!({ "facts": { "credit": { "open_orders": "900000000000000" } } }), "request.limit");
    check(&json!({ "facts": { "used": [{ "adjustment": "x", "amount": "-1" }] } }), "request.limit");
    check(&json!({ "facts": { "commitments": [{ "contract": "x", "prior": "-1" }] } }), "request.limit");
    check(&json!({ "facts": { "used": [{ "adjustment": "x" }, { "adjustment": "x" }] } }), "request.duplicate_prior");
}

#[test]
fn a_step_may_go_below_zero_if_it_says_so() {
    let twice = json!([rule("x", &json!({ "amount_off": "15" }), &json!({}))]);
    assert_eq!(nets(&on_lines(&json!({ "below_zero": true }), &twice), &lines(&["a 1"])), "-5.00");
    assert_eq!(nets(&on_lines(&json!({}), &twice), &lines(&["a 1"])), "0.00");
    // What is below zero already is not lowered, but may be raised.
    let procedure = |change: &str| {
        let later = with(&rule("y", &json!({ change: "3" }), &json!({})), &json!({ "step": "t" }));
        book(
            &json!([{ "step": { "name": "s", "below_zero": true } }, { "step": { "name": "t" } }]),
            &json!([twice[0], later]),
        )
    };
    assert_eq!(nets(&procedure("amount_off"), &lines(&["a 1"])), "-5.00");
    assert_eq!(nets(&procedure("amount_added"), &lines(&["a 1"])), "-2.00");
    // Additive changes are cut again where they are applied: 60 and then what is left of 60.
    let additive = on_lines(&json!({ "choose": "additive" }), &json!([off("x", "60"), off("y", "60")]));
    assert_eq!(nets(&additive, &lines(&["a 10"])), "0.00");
    assert_eq!(steps(&additive, &lines(&["a 10"]), 0)[2]["amount"], json!("-40"));
}

#[test]
fn a_line_that_leaves_the_limits_has_no_price() {
    let book = on_lines(
        &json!({}),
        &json!([rule("x", &json!({ "percent_added": "9000000000000" }), &json!({ "for": { "sku": "a" } }))]),
    );
    // 90,000,000,000 times 10,000.
    assert_eq!(nets(&book, &lines(&["a 1000", "b 1"])), "pricing.out_of_range 5.00");
    assert_eq!(nets(&book, &lines(&["a 10", "b 1"])), "9000000000100.00 5.00");
    let charge = with(&lines(&["b 1"]), &json!({ "charges": [{ "id": "f", "kind": "f", "amount": "10000" }] }));
    let of_charge = on_lines(
        &json!({}),
        &json!([rule("x", &json!({ "percent_added": "9000000000000" }), &json!({ "charges": "f" }))]),
    );
    assert_eq!(nets(&of_charge, &charge), "pricing.total_out_of_range");
}
