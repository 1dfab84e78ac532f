//! How the rules of a step stand to each other (R7, R8), on drawn steps; and rules that are not for the order.

use std::collections::BTreeSet;

use emptor_core::{
    AdjustmentId, Condition, CouponCode, Documents, Money, OrderRuleId, PriceListId, PriceRequest, PricedOrder,
};
use emptor_pricing::{Detail, PriceBook, compile};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::laws::{ask, equal, for_compiled_cases};
use crate::small_books::{self, DrawnLine};

/// A rule as it is drawn: its effect, its mode and its set.
#[derive(Debug, Clone)]
struct Drawn {
    name: String,
    effect: Value,
    mode: &'static str,
    set: Option<&'static str>,
    priority: i32,
}

/// A step of some rules that are for every line, and what runs in cents: its rounding keeps it so.
#[derive(Debug, Clone)]
struct Drawing {
    on_order: bool,
    rules: Vec<Drawn>,
    lines: Vec<DrawnLine>,
}

fn effect(on_order: bool) -> impl Strategy<Value = Value> {
    (0..if on_order { 5 } else { 6 }, 1_u32..40).prop_map(move |(kind, number)| match kind {
        0 | 1 => json!({ "percent_off": number.to_string() }),
        2 => json!({ "amount_off": format!("{}.{:02}", number % 7, number) }),
        3 => json!({ "percent_added": (number % 5).to_string() }),
        4 if on_order => json!({ "bundle": { "takes": [{ "quantity": 2 + number % 3 }], "gives": { "quantity": 1 },
            "percent_off": (100 - number).to_string() } }),
        4 => json!({ "price": format!("{}.{:02}", number % 10, number) }),
        _ => json!({ "lower_to": number.to_string() }),
    })
}

fn drawings(modes: &'static [&'static str]) -> impl Strategy<Value = Drawing> {
    let sets = prop::sample::select(vec![None, None, Some("one"), Some("two")]);
    any::<bool>().prop_flat_map(move |on_order| {
        let rule = (effect(on_order), prop::sample::select(modes), sets.clone(), -1_i32..2);
        let lines = prop::collection::vec((1_u32..3000, 1_u32..9), 1..5);
        (prop::collection::vec(rule, 1..6), lines).prop_map(move |(rules, lines)| {
            let rules = rules.into_iter().enumerate().map(|(number, (effect, mode, set, priority))| {
                let name = format!("r{number}");
                Drawn { name, effect, mode, set, priority }
            });
            Drawing { on_order, rules: rules.collect(), lines }
        })
    })
}

/// What each line comes to, in cents, where the step chooses so and has these of its rules.
fn nets(drawing: &Drawing, choose: &str, keeps: impl Fn(&Drawn) -> bool) -> Vec<i64> {
    let adjustment = |rule: &Drawn| {
        let mut value = json!({ "adjustment": rule.name, "step": "step", "priority": rule.priority,
            "mode": rule.mode, "effect": rule.effect });
        if let Some(set) = rule.set {
            value["set"] = json!(set);
        }
        value
    };
    let adjustments: Vec<Value> = drawing.rules.iter().filter(|rule| keeps(rule)).map(adjustment).collect();
    let at = if drawing.on_order { "order" } else { "line" };
    let procedure =
        json!([{ "step": { "name": "step", "at": at, "choose": choose, "rounding": { "increment": "0.01" } } }]);
    let book = small_books::book(&drawing.lines, &procedure, &adjustments);
    let order = small_books::ask(&book, &small_books::lines(&drawing.lines), Detail::Price);
    order.lines.iter().map(|line| line.net.map_or(0, Money::minor)).collect()
}

/// What each alternative of a step comes to alone: the rules of each set together, each other rule by itself. One of
/// which no rule acts, as a bundle without enough goods, is none.
fn alternatives<'d>(drawing: &'d Drawing, choose: &str) -> Vec<(&'d str, Vec<i64>)> {
    let keys: BTreeSet<&str> = drawing.rules.iter().map(|rule| rule.set.unwrap_or(&rule.name)).collect();
    let untouched = nets(drawing, choose, |_| false);
    let alone = keys.into_iter().map(|key| {
        let of_key = |rule: &Drawn| rule.set.unwrap_or(&rule.name) == key;
        let may_not_act = |rule: &Drawn| of_key(rule) && rule.effect.get("bundle").is_some();
        (key, nets(drawing, choose, of_key), drawing.rules.iter().any(may_not_act))
    });
    alone
        .filter(|(_, nets, may_not_act)| !may_not_act || *nets != untouched)
        .map(|(key, nets, _)| (key, nets))
        .collect()
}

/// Whether one answer is at most another: on the order as a whole, else for each line.
fn at_most(drawing: &Drawing, one: &[i64], other: &[i64]) -> bool {
    let whole = || one.iter().sum::<i64>() <= other.iter().sum::<i64>();
    if drawing.on_order { whole() } else { one.iter().zip(other).all(|(one, other)| one <= other) }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_best_step_is_never_dearer_than_any_alternative(drawing in drawings(&["normal"])) {
        let best = nets(&drawing, "best", |_| true);
        for (key, alone) in alternatives(&drawing, "best") {
            prop_assert!(at_most(&drawing, &best, &alone), "best {best:?}, {key} alone {alone:?}");
        }
    }

    #[test]
    fn a_least_step_is_never_cheaper_than_any_alternative(drawing in drawings(&["normal"])) {
        let least = nets(&drawing, "least", |_| true);
        for (key, alone) in alternatives(&drawing, "least") {
            prop_assert!(at_most(&drawing, &alone, &least), "least {least:?}, {key} alone {alone:?}");
        }
    }

    #[test]
    fn an_exclusive_rule_ignores_the_normal_ones(
        drawing in drawings(&["normal", "normal", "exclusive", "always"]),
        choose in prop::sample::select(vec!["compound", "additive", "best", "least"]),
    ) {
        let acts = |rule: &Drawn| rule.mode == "exclusive" && rule.effect.get("bundle").is_none();
        prop_assume!(drawing.rules.iter().any(acts));
        let without = nets(&drawing, choose, |rule| rule.mode != "normal");
        prop_assert_eq!(nets(&drawing, choose, |_| true), without);
    }
}

/// The documents with a copy of everything that has a condition, for those who name a coupon that nobody has.
fn with_rules_for_nobody(documents: &Documents) -> Documents {
    let mut other = documents.clone();
    let for_nobody = |condition: &Condition| Condition {
        all: vec![condition.clone()],
        coupon: vec![CouponCode::new("nobody has it").unwrap()],
        ..Condition::default()
    };
    for (rule, number) in documents.adjustments.iter().zip(0..) {
        let mut copy = rule.clone();
        copy.adjustment = AdjustmentId::new(&format!("for-nobody-{number}")).unwrap();
        (copy.when, copy.priority, copy.set) = (for_nobody(&rule.when), 1000, None);
        other.adjustments.push(copy);
    }
    for (rule, number) in documents.order_rules.iter().zip(0..) {
        let mut copy = rule.clone();
        copy.order_rule = OrderRuleId::new(&format!("for-nobody-{number}")).unwrap();
        (copy.organization, copy.terms.when) = (None, for_nobody(&rule.terms.when));
        other.order_rules.push(copy);
    }
    for (list, number) in documents.price_lists.iter().zip(0..).filter(|(list, _)| list.versions.is_empty()) {
        let mut copy = list.clone();
        copy.price_list = PriceListId::new(&format!("for-nobody-{number}")).unwrap();
        copy.priority = 1000 + number;
        copy.assigned_to = vec![serde_json::from_value(json!({ "channel": format!("nobody {number}") })).unwrap()];
        other.price_lists.push(copy);
    }
    other
}

#[test]
fn a_rule_that_is_not_for_the_order_changes_nothing() {
    for_compiled_cases(300, |case, book, _| {
        let Ok(other) = compile(&with_rules_for_nobody(&case.documents), case.known_at) else { return Ok(()) };
        let of = |book: &PriceBook, request: &PriceRequest| ask(book, request).map_err(|error| error.code());
        let same_basis = |mut order: PricedOrder| {
            order.basis.book = book.fingerprint();
            order
        };
        let (with, without) = (of(&other, &case.request).map(same_basis), of(book, &case.request));
        equal(&with, &without, "with rules that are for nobody")
    });
}
