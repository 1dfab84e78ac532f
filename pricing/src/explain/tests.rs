//! Orders as they are put into words.

use emptor_core::{AdjustmentId, LineId, Nudge, PricedOrder};
use serde_json::{Value, json};

use super::{Explanation, explain};

/// An order in euros of these lines, in JSON.
fn order(lines: &str) -> PricedOrder {
    let digest = "0".repeat(64);
    let text = format!(
        r#"{{ "basis": {{ "semantics": 2, "book": "{digest}", "request": "{digest}" }}, "currency": "EUR",
            "valid_at": "2026-05-03T22:00:00Z", "complete": true, "lines": [{lines}],
            "totals": {{ "line_extension": {{ "amount": "0.00", "currency": "EUR" }},
                "payable": {{ "amount": "0.00", "currency": "EUR" }} }} }}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn check(lines: &[&str], expected: &str) {
    assert_eq!(explain(&order(&lines.join(","))), expected);
}

const GRADUATED: &str = r#"{ "id": "1", "sku": "BOLT", "quantity": "60", "unit": "box",
    "net": { "amount": "498.01", "currency": "EUR" }, "steps": [
        { "step": "price", "amount": "498.0125", "price": {
            "source": { "contract": { "contract": "frame", "version": 3, "organization": "contoso" } },
            "category": "bolts", "table": { "per": "100 pc", "factor": "200", "mode": "graduated",
                "base": "quantity", "over": { "group": "mix" }, "counted": "24000",
                "tier": { "from": "10000", "price": "7.1" }, "total": "996.025" } } },
        { "step": "rounding", "amount": "-0.0025" }] }"#;

const CONVERTED: &str = r#"{ "id": "2", "sku": "COPPER", "quantity": "2", "unit": "m",
    "net": { "amount": "1004", "currency": "EUR" }, "lists_not_applicable": 1, "steps": [
        { "step": "price", "amount": "1004.5", "conversion": { "rates": ["a", "b"], "currency": "JPY",
            "amount": "150000" }, "price": { "source": { "price_list": { "price_list": "tokyo", "version": 1 } },
            "table": { "per": "1 kg", "factor": "189/10", "mode": "volume", "base": "value", "over": "order",
                "counted": "5000", "tier": { "up_to": "9000", "price": "12", "flat": "6", "above": "11",
                    "package": { "size": "20", "price": "27" } } } } },
        { "step": "conversion", "amount": "-0.5" }],
    "losers": [
        { "source": { "price_list": { "price_list": "list", "version": 2 } }, "unit": "kg",
            "reason": "outranked", "amount": "20" },
        { "source": { "manual": { "reason": "friend" } }, "reason": "not_authorized" }] }"#;

#[test]
fn the_steps_sum_to_the_net_and_say_where_they_come_from() {
    check(
        &[GRADUATED, CONVERTED],
        "\
line 1: BOLT, 60 box
  price       498.0125  contract frame, version 3, of contoso, for category bolts
                        each part at its own price, the last 7.10 / 100 pc from 10000 pc
                        counted 24000 pc over all lines of group mix
                        1 box = 200 pc
                        a share of 996.025 EUR for all that was counted
  rounding     -0.0025  to the minor unit of EUR
  net         498.01    EUR

line 2: COPPER, 2 m
  price      1004.50  price list tokyo, version 1
                      12 / kg + 6 once + 11 / kg for what is above + 27 for every started 20 kg up to 9000 JPY
                      counted 5000 JPY over all lines
                      1 m = 18.9 kg
                      converted from 150000 JPY, rate a, then b
  conversion   -0.50  share of the converted sum
  net        1004.00  EUR
  lost         20.00  price list list, version 2, priced by the kg: another comes first
  lost                set by hand: friend: prices may not be set by hand here
                      1 other price list is not for this buyer, or not at this date
",
    );
}

#[test]
fn what_has_no_table_or_no_price_says_so() {
    let manual = r#"{ "id": "a", "sku": "X", "quantity": "3", "unit": "pc",
        "net": { "amount": "9.00", "currency": "EUR" }, "steps": [{ "step": "price", "amount": "9",
            "price": { "source": { "manual": { "reason": "" } } } }] }"#;
    let returned = r#"{ "id": "b", "sku": "X", "quantity": "-1.5", "unit": "pc",
        "net": { "amount": "-4.50", "currency": "EUR" }, "steps": [{ "step": "price", "amount": "-4.5",
            "price": { "source": "recorded" } }] }"#;
    let unknown = r#"{ "id": "c", "sku": "Ü", "quantity": "1", "no_price": "line.unknown_sku" }"#;
    check(
        &[manual, returned, unknown],
        "\
line a: X, 3 pc
  price       9.00  set by hand
  net         9.00  EUR

line b: X, -1.5 pc
  price      -4.50  a return, at what it was sold at
  net        -4.50  EUR

line c: Ü, 1
  no price: the catalog has no such sku; check the article number (line.unknown_sku)
",
    );
}

#[test]
fn an_order_without_steps_shows_its_sums() {
    let line = r#"{ "id": "1", "sku": "X", "quantity": "3", "net": { "amount": "9.00", "currency": "EUR" } }"#;
    check(&[line], "line 1: X, 3\n  net        9.00  EUR\n");
    check(&[], "");
}

fn money(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// An order of a line with these fields beside its name, with these fields of the order beside its lines.
fn order_with(line: &Value, fields: &Value) -> PricedOrder {
    let mut order = serde_json::to_value(order("")).unwrap();
    let mut whole = json!({ "id": "1", "sku": "DRILL", "quantity": "20", "unit": "pc" });
    whole.as_object_mut().unwrap().extend(line.as_object().unwrap().clone());
    order["lines"] = json!([whole]);
    order.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    serde_json::from_value(order).unwrap()
}

fn by(adjustment: &str) -> Value {
    json!({ "adjustment": adjustment })
}

/// A step of a rule: its name, what it changed, its number, its basis and the change of the order.
fn rule(by: &Value, amount: &str, number: Option<&str>, basis: Option<&str>, of_order: Option<&str>) -> Value {
    let effect = match (number, basis, amount.starts_with('-')) {
        (None, ..) => "bundle",
        (_, Some(_), true) => "percent_off",
        (_, Some(_), false) => "percent_added",
        (_, None, true) => "amount_off",
        (_, None, false) => "amount_added",
    };
    let mut detail = json!({ "step": "promo", "by": by, "effect": effect });
    for (key, value) in [("number", number), ("basis", basis), ("of_order", of_order)] {
        if let Some(value) = value {
            detail[key] = json!(value);
        }
    }
    json!({ "step": "adjustment", "amount": amount, "adjustment": detail })
}

/// The step of a rule of another kind than its numbers suggest.
fn of_kind(effect: &str, mut step: Value) -> Value {
    step["adjustment"]["effect"] = json!(effect);
    step
}

#[test]
fn a_rule_says_how_its_numbers_make_the_change() {
    let contract = json!({ "contract": { "contract": "frame", "version": 3, "term": 2 } });
    let manual = json!({ "manual": { "reason": "dented" } });
    let steps = [
        rule(&contract, "-5", Some("5"), Some("100"), None),
        rule(&by("thirds"), "-3.3333333333", Some("33.3333333333"), Some("10"), None),
        rule(&by("capped"), "-20", Some("30"), Some("100"), None),
        of_kind("indexed", rule(&by("diesel"), "1.2", Some("1.613"), Some("100"), None)),
        rule(&by("added"), "2", Some("2"), Some("100"), None),
        of_kind("raise_to", rule(&by("up"), "5", Some("50"), Some("45"), None)),
        of_kind("lower_to", rule(&by("down"), "-5", Some("40"), Some("45"), None)),
        rule(&manual, "-12", Some("12"), None, None),
        of_kind("indexed", rule(&by("copper"), "37.15", Some("9.46"), None, None)),
        of_kind("price", rule(&by("deal"), "-7", Some("9.46"), None, None)),
        rule(&by("handling"), "4", Some("0.2"), None, None),
        rule(&by("voucher"), "-5", Some("25"), None, Some("-15")),
        rule(&by("order"), "-1.5", Some("2"), Some("200"), Some("-4")),
        rule(&by("set"), "-4", None, None, Some("-4")),
        json!({ "step": "guard", "amount": "3.5", "guard": { "kind": "floor", "of": "product", "limit": "216" } }),
        json!({ "step": "guard", "amount": "-1", "guard": { "kind": "ceiling",
            "of": { "price_list": { "price_list": "cap", "version": 2 } }, "limit": "14.4361702128" } }),
        json!({ "step": "redistribution", "amount": "-0.5" }),
        json!({ "step": "commitment", "amount": "88.5", "commitment": "frame" }),
        json!({ "step": "tax", "amount": "-15.97" }),
    ];
    let order = order_with(&json!({ "steps": steps }), &json!({}));
    let labels = [(AdjustmentId::new("order").unwrap(), "Discount on the order".to_owned())];
    let words = Explanation::of(&order).with_labels(labels.into()).lines();
    let expected = "\
line 1: DRILL, 20 pc
  promo       -5.00          contract frame, version 3, term 2: 5 % off 100.00
  promo       -3.3333333333  thirds: 33.3333333333 % off 10.00
  promo      -20.00          capped: 30 % off 100.00, as far as it goes
  promo        1.20          diesel: the index is at 1.613, on 100.00
  promo        2.00          added: 2 % on 100.00
  promo        5.00          up: raised from 45.00 to 50.00
  promo       -5.00          down: lowered from 45.00 to 40.00
  promo      -12.00          by hand, dented: 12.00 off
  promo       37.15          copper: the index is at 9.46
  promo       -7.00          deal: at a price of 9.46
  promo        4.00          handling: 0.20 added each
  promo       -5.00          voucher: 25.00 off, as far as it goes, a share of -15.00
  promo       -1.50          Discount on the order (order): 2 % off 200.00, a share of -4.00
  promo       -4.00          set
  guard        3.50          set to the floor of the product: 216.00
  guard       -1.00          set to the ceiling of price list cap, version 2: 14.44
  moved       -0.50          what lines at their guards could not take
  commitment  88.50          the commitment of contract frame
  tax        -15.97          that is inside
";
    assert_eq!(words, expected);
}

#[test]
fn what_is_not_in_the_net_stands_below_it() {
    let line = json!({ "net": money("100.00"),
        "shares": [{ "document_step": 0, "amount": money("-4.00") }, { "document_step": 1, "amount": money("-1.50") }],
        "memo": [rule(&by("bonus"), "-2", Some("2"), Some("100"), None)],
        "skipped": [
            { "step": "promo", "by": by("weeks"), "reason": "not_chosen", "amount": "-8.48" },
            { "step": "promo", "by": by("many"), "reason": "condition", "condition": "when.quantity" },
            { "step": "promo", "by": by("odd"), "reason": "condition", "condition": "when.any" }],
        "rules_not_applicable": 2 });
    let step = |name: &str, amount: &str| json!({ "step": name, "by": by(name), "effect": "amount_off", "amount": money(amount) });
    let order =
        order_with(&line, &json!({ "document_steps": [step("order-value", "-4.00"), step("coupon", "-1.50")] }));
    let expected = "\
line 1: DRILL, 20 pc
  net        100.00  EUR
  document    -5.50  its share of order-value -4.00, coupon -1.50
  promo       -2.00  apart: bonus: 2 % of 100.00
  skipped     -8.48  weeks in promo: another was chosen; it would have been this
  skipped            many in promo: asks for another quantity (when.quantity)
  skipped            odd in promo: does not hold (when.any)
                     2 other rules are not for this buyer or these goods, or not at this date
";
    assert_eq!(Explanation::of(&order).lines(), expected);
}

#[test]
fn what_is_skipped_on_all_lines_is_said_once() {
    let line = |id: &str, own: &str| {
        json!({ "id": id, "sku": "DRILL", "quantity": "1", "rules_not_applicable": 0, "skipped": [
            { "step": "fee", "by": by("small"), "reason": "condition", "condition": "when.order_value" },
            { "step": "promo", "by": by(own), "reason": "used_up" }] })
    };
    let order = order_with(&json!({}), &json!({ "lines": [line("1", "one"), line("2", "two")] }));
    let expected = "\
line 1: DRILL, 1
  skipped      one in promo: its budget or uses are gone

line 2: DRILL, 1
  skipped      two in promo: its budget or uses are gone

all lines
  skipped      small in fee: asks for another order value (when.order_value)
";
    assert_eq!(Explanation::of(&order).lines(), expected);
}

#[test]
fn the_sums_go_from_the_goods_to_what_is_to_be_paid() {
    let charge = |id: &str, kind: &str, steps: &[Value], net: &str| json!({ "id": id, "kind": kind, "net": money(net), "steps": steps });
    let asked = |amount: &str| json!({ "step": "price", "amount": amount, "price": { "source": "charge" } });
    let fields = json!({
        "gifts": [{ "step": "promo", "by": by("tape"), "sku": "TAPE", "quantity": "1", "unit": "pc", "net": money("0.00"),
            "steps": [{ "step": "price", "amount": "0", "price": { "source": "gift" } }] }],
        "document_steps": [{ "step": "order-value", "by": by("order"), "effect": "percent_off", "number": "2", "basis": "1000", "amount": money("-20.00") }],
        "charges": [charge("freight", "freight", &[asked("49"), rule(&by("free"), "-49", Some("100"), Some("49"), None)], "0.00"),
            charge("pallet", "packaging", &[asked("18.5")], "18.50")],
        "tax": [
            { "category": "reduced", "rate_id": "r", "percent": "7", "taxable": money("100.00"), "tax": money("7.00") },
            { "category": "standard", "code": "K", "rate_id": "s", "percent": "0", "taxable": money("898.50"),
                "tax": money("0.00"), "reason": "the buyer accounts for it" }],
        "totals": { "line_extension": money("1000.00"), "allowances": money("20.00"), "charges": money("18.50"),
            "tax_exclusive": money("998.50"), "tax": money("7.00"), "tax_inclusive": money("1005.50"),
            "prepaid": money("500.00"), "rounding": money("0.02"), "payable": money("505.52") } });
    let line = json!({ "net": money("1000.00"), "memo": [rule(&by("bonus"), "-20", Some("2"), Some("1000"), None)] });
    let order = order_with(&line, &fields);
    let expected = "\
Sums
  goods       1000.00
  order-value  -20.00  order: 2 % off 1000.00
  freight        0.00  49.00; free: 100 % off 49.00
  packaging     18.50  pallet
  without tax  998.50
  tax 7 %        7.00  of 100.00, reduced
  tax 0 %        0.00  of 898.50, standard (K): the buyer accounts for it
  tax            7.00  in all
  with tax    1005.50
  paid        -500.00  on account
  rounding       0.02  to the coin
  to pay       505.52  EUR
  promo        -20.00  apart: bonus
";
    assert_eq!(Explanation::of(&order).sums(), expected);
    let lines = Explanation::of(&order).lines();
    assert!(lines.contains("gift: TAPE, 1 pc\n  price         0.00  given by tape\n"), "{lines}");
    assert!(lines.contains("charge pallet: packaging\n  price        18.50  charged by the request\n"), "{lines}");
}

/// A script that ran: its parameters, what it gave, and why it failed.
fn run(script: &str, params: &Value, result: &str, failed: Option<&str>) -> Value {
    let mut run =
        json!({ "script": script, "hash": format!("3f2a91c0{}", "0".repeat(56)), "params": params, "result": result });
    if let Some(failed) = failed {
        run["failed"] = json!(failed);
    }
    run
}

#[test]
fn a_step_says_which_scripts_it_asked() {
    let metal = run("metal-index", &json!({ "copper": "9.15", "margin": "4" }), "9.516", None);
    let source = json!({ "contract": { "contract": "frame", "version": 3, "organization": "contoso" } });
    let price = json!({ "step": "price", "amount": "95.16", "price": { "source": source, "script": metal } });
    let mut loyalty = rule(&by("loyalty"), "-2.85", Some("3"), Some("95.16"), None);
    loyalty["adjustment"]["scripts"] = json!([
        run("regulars", &json!({}), "true", None),
        run("loyalty", &json!({ "most": "3" }), "3", Some("script.no_value"))
    ]);
    let mut bonus = rule(&by("bonus"), "-1", Some("1"), Some("92.31"), None);
    bonus["adjustment"]["scripts"] = json!([run("bonus", &json!({}), "1", None)]);
    let line = json!({ "net": money("92.31"), "steps": [price, loyalty], "memo": [bonus] });
    let size = json!({ "step": "order-value", "by": by("size"), "effect": "percent_off", "number": "2", "basis": "92.31",
        "amount": money("-1.85"), "scripts": [run("size", &json!({ "each": "50" }), "2", None)] });
    let order = order_with(&line, &json!({ "document_steps": [size] }));
    let expected = "\
line 1: DRILL, 20 pc
  price      95.16  contract frame, version 3, of contoso
                    script metal-index 3f2a91c0 (copper 9.15, margin 4) gave 9.516
  promo      -2.85  loyalty: 3 % off 95.16
                    script regulars 3f2a91c0 holds
                    script loyalty 3f2a91c0 (most 3) failed (script.no_value), 3 stands for it
  net        92.31  EUR
  promo      -1.00  apart: bonus: 1 % of 92.31
                    script bonus 3f2a91c0 gave 1
";
    assert_eq!(Explanation::of(&order).lines(), expected);
    let sums = Explanation::of(&order).sums();
    let row = "  order-value -1.85  size: 2 % off 92.31\n                     script size 3f2a91c0 (each 50) gave 2\n";
    assert!(sums.contains(row), "{sums}");
}

#[test]
fn a_script_that_failed_says_what_happened_then() {
    let failure = |line: Option<&str>, by: Value, on_failure: Value| {
        let mut failure = json!({ "by": by, "script": "odd", "hash": format!("3f2a91c0{}", "0".repeat(56)),
            "code": "script.no_value", "on_failure": on_failure });
        if let Some(line) = line {
            failure["line"] = json!(line);
        }
        failure
    };
    let in_promo = || json!({ "rule": { "step": "promo", "by": by("weeks") } });
    let of_order = || json!({ "order_rule": { "order_rule": "hazard" } });
    let price = json!({ "price": { "contract": { "contract": "frame", "version": 3, "organization": "contoso" } } });
    let failures = [
        failure(Some("1"), price, json!("reject")),
        failure(Some("1"), in_promo(), json!("reject")),
        failure(Some("1"), in_promo(), json!("skip")),
        failure(Some("1"), in_promo(), json!({ "holds": false })),
        failure(None, in_promo(), json!("reject")),
        failure(None, of_order(), json!("reject")),
        failure(None, of_order(), json!("skip")),
    ];
    let line = json!({ "no_price": "pricing.script_failed",
        "skipped": [{ "step": "promo", "by": by("many"), "reason": "condition", "condition": "when.script" }] });
    let order = order_with(&line, &json!({ "script_failures": failures }));
    let expected = "\
line 1: DRILL, 20 pc
  no price: a script that the price needs failed; see the failures of the order (pricing.script_failed)
  failed       script odd 3f2a91c0 of contract frame, version 3, of contoso
               the script asked for what is not there (script.no_value); rejects the price
  failed       script odd 3f2a91c0 of weeks in promo
               the script asked for what is not there (script.no_value); rejects the price
  failed       script odd 3f2a91c0 of weeks in promo
               the script asked for what is not there (script.no_value); the rule does not act
  failed       script odd 3f2a91c0 of weeks in promo
               the script asked for what is not there (script.no_value); the rule does not act
  skipped      many in promo: its script does not hold (when.script)

the order
  failed       script odd 3f2a91c0 of weeks in promo
               the script asked for what is not there (script.no_value); rejects the price of every line that the rule acts on
  failed       script odd 3f2a91c0 of order rule hazard
               the script asked for what is not there (script.no_value); rejects the order
  failed       script odd 3f2a91c0 of order rule hazard
               the script asked for what is not there (script.no_value); the rule does not act
";
    assert_eq!(Explanation::of(&order).lines(), expected);
    let (of_line, _) = expected.split_once("\nthe order").unwrap();
    assert_eq!(Explanation::of(&order).line(&LineId::new("1").unwrap()), of_line);
}

#[test]
fn a_script_says_what_an_order_breaks_in_its_own_words() {
    let hazard = |severity: &str, more: Value| {
        let mut violation = json!({ "code": "order.script", "severity": severity, "by": { "order_rule": "hazard" } });
        violation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        violation
    };
    let violations = [
        hazard("reject", json!({ "line": "1", "message": "too many hazard classes", "limit": "2", "actual": "3" })),
        hazard(
            "needs_approval",
            json!({ "message": "much more than usual", "role": "lead", "fix": { "approve": "lead" } }),
        ),
        hazard("not_judged", json!({})),
    ];
    let expected = "\
Must be changed before the order can be placed
  line 1, DRILL  too many hazard classes: 3, the bound is 2
                 (order rule hazard)

Needs approval
  order          much more than usual
                 by lead (order rule hazard)

Not judged
  order          a rule of the seller's own
                 a line has no price, so nobody can say (order rule hazard)
";
    let order = order_with(&json!({}), &json!({ "violations": violations }));
    assert_eq!(Explanation::of(&order).violations(), expected);
}

const VIOLATIONS: &str = "\
Must be changed before the order can be placed
  line 1, DRILL  these goods must not be ordered here
                 take the line out (order rule hazard)
  line 1, DRILL  these goods must not be ordered together, with line 2
                 take the line out (contract frame, version 2, term 4)
  line 1, DRILL  less than the minimum order quantity: 20 pc, at least 24 pc
                 order 24 pc instead of 20 (order rule packs)
  order          less than the minimum order value: 237.50 EUR, at least 250.00 EUR
                 add goods for 12.50 EUR
  order          beyond the credit limit: 6018.57 EUR, at most 5000.00 EUR
                 pay 1018.57 EUR on account, or take goods for it out (credit of contoso)

Needs approval
  line 1, DRILL  the price is below its floor: 12.00 EUR, at least 14.44 EUR
                 by head (guard of the price)
  order          the discount of the order must be approved: 17.25 %, from 15 %
                 by lead (order rule approvals)

Please note
  order          no promotion knows this coupon
                 check the code
  line 1, DRILL  not a multiple of the order increment: 20 pc, in steps of 5 pc
                 order 5 box instead of 20 pc (order rule packs)
  order          heavier than an order may be: 25 t, at most 24 t
                 split it (order rule lorry)

Not judged
  order          beyond the budget
                 a line has no price, so nobody can say (budget of contoso)
";

#[test]
fn a_violation_says_what_would_mend_it() {
    let rule = |id: &str| json!({ "order_rule": id });
    let violation = |code: &str, severity: &str, more: Value| {
        let mut violation = json!({ "code": code, "severity": severity });
        violation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        violation
    };
    let on_line = |limit: &str, actual: &str, fix: Value| json!({ "line": "1", "by": rule("packs"), "limit": limit, "actual": actual, "unit": "pc", "fix": fix });
    let violations = [
        violation("coupon.unknown", "warning", json!({})),
        violation(
            "guard.floor",
            "needs_approval",
            json!({ "line": "1", "by": { "guard": "entry" }, "role": "head",
            "limit": "14.4361702128", "actual": "12", "fix": { "approve": "head" } }),
        ),
        violation("order.excluded", "reject", json!({ "line": "1", "by": rule("hazard"), "fix": "remove_line" })),
        violation(
            "order.incompatible",
            "reject",
            json!({ "line": "1", "other_line": "2", "fix": "remove_line",
            "by": { "contract": { "contract": "frame", "version": 2, "term": 4 } } }),
        ),
        violation("order.quantity_min", "reject", on_line("24", "20", json!({ "set_quantity": "24 pc" }))),
        violation("order.quantity_increment", "warning", on_line("5", "20", json!({ "set_quantity": "5 box" }))),
        violation(
            "order.weight_max",
            "warning",
            json!({ "by": rule("lorry"), "limit": "24", "actual": "25", "unit": "t" }),
        ),
        violation(
            "order.value_min",
            "reject",
            json!({ "limit": "250", "actual": "237.5", "fix": { "add_value": money("12.50") } }),
        ),
        violation(
            "order.credit_limit",
            "reject",
            json!({ "by": { "organization": "contoso" }, "limit": "5000",
            "actual": "6018.57", "fix": { "reduce_value": money("1018.57") } }),
        ),
        violation("order.budget", "not_judged", json!({ "by": { "organization": "contoso" } })),
        violation(
            "order.approve_discount",
            "needs_approval",
            json!({ "by": rule("approvals"), "role": "lead", "limit": "15", "actual": "17.25" }),
        ),
    ];
    let order = order_with(&json!({}), &json!({ "violations": violations }));
    assert_eq!(Explanation::of(&order).violations(), VIOLATIONS);
    assert_eq!(Explanation::of(&order_with(&json!({}), &json!({}))).violations(), "");
}

#[test]
fn a_nudge_says_what_it_is_worth() {
    let nudge = |quantity: &str, add: &str, after: (&str, &str)| -> Nudge {
        let text = json!({ "line": "1", "quantity": quantity, "add": add, "unit": "pc", "net_before": money("48.11"),
            "net_after": money(after.0), "payable_before": money("100.00"), "payable_after": money(after.1) });
        serde_json::from_value(text).unwrap()
    };
    let nudges = [nudge("200", "10", ("41.60", "92.42")), nudge("1000", "810", ("83.20", "141.70"))];
    let order = order_with(&json!({}), &json!({}));
    let expected = "\
At the next price break
  line 1, DRILL  order 10 pc more (200 pc): the line comes to 41.60 instead of 48.11; the order is 7.58 less
  line 1, DRILL  order 810 pc more (1000 pc): the line comes to 83.20 instead of 48.11; the order is 41.70 more
";
    assert_eq!(Explanation::of(&order).nudges(&nudges), expected);
    assert_eq!(Explanation::of(&order).nudges(&[]), "");
}
