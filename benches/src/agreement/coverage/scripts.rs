//! Which scripts an order asked, and which failed (R13).

use emptor_core::{PricedOrder, ScriptRun, Step, TierBase};

use super::word;

/// The rows: what they begin with, and what follows.
pub(super) const ROWS: [(&str, &str); 6] = [
    ("script of a price: ", "formula base"),
    ("scripts of a rule on the ", "line order document"),
    (
        "script that falls back: ",
        "script.limit script.arithmetic script.no_value script.thrown script.type script.result",
    ),
    ("script that failed: ", "script.limit script.arithmetic script.no_value script.thrown script.type script.result"),
    ("script that failed, of a ", "price rule order_rule"),
    ("script that failed, and then ", "reject skip holds"),
];

/// The rows that an order meets, each as often as it does.
pub(super) fn met(order: &PricedOrder) -> Vec<String> {
    let mut met = Vec::new();
    for step in order.lines.iter().flat_map(|line| line.steps.iter().chain(&line.memo)) {
        of_step(step, &mut met);
    }
    for run in order.document_steps.iter().flat_map(|step| &step.scripts) {
        met.push("scripts of a rule on the document".to_owned());
        fallback(run, &mut met);
    }
    for failure in &order.script_failures {
        met.push(format!("script that failed: {}", failure.code.code()));
        met.push(format!("script that failed, of a {}", word(&failure.by)));
        met.push(format!("script that failed, and then {}", word(&failure.on_failure)));
    }
    met
}

fn of_step(step: &Step, met: &mut Vec<String>) {
    if let Some(price) = &step.price
        && let Some(run) = &price.script
    {
        let of_base = price.table.as_ref().is_some_and(|table| matches!(table.base, TierBase::Script(_)));
        met.push(format!("script of a price: {}", if of_base { "base" } else { "formula" }));
        fallback(run, met);
    }
    let Some(adjustment) = &step.adjustment else { return };
    let at = if adjustment.of_order.is_some() { "order" } else { "line" };
    for run in &adjustment.scripts {
        met.push(format!("scripts of a rule on the {at}"));
        fallback(run, met);
    }
}

fn fallback(run: &ScriptRun, met: &mut Vec<String>) {
    met.extend(run.failed.map(|error| format!("script that falls back: {}", error.code())));
}
