//! Which steps, stages and shares the waterfalls of a case show (R7, R9, R10).

use emptor_core::{PricedOrder, ProcedureEntry, ProcedureStep, Step};
use emptor_reference::generate::Case;

use super::word;

/// The rows: what they begin with, and what follows.
pub(super) const ROWS: [(&str, &str); 16] = [
    ("line: ", "price conversion adjustment guard redistribution commitment rounding tax"),
    ("charge: ", "price adjustment rounding tax"),
    ("gift: ", "price tax"),
    ("by ", "adjustment contract manual"),
    ("on lines, ", "compound additive best least"),
    ("on the order, ", "compound additive best least"),
    ("on lines, rounds ", "nothing unit line result"),
    ("on the order, rounds ", "nothing line result"),
    ("of ", "running base list subtotal"),
    ("shared by ", "value base_value quantity weight equal"),
    ("rest to ", "largest_remainder first_lines last_line"),
    ("memo: ", "informational accrual"),
    ("document step ", "below above"),
    ("share of a document ", "step"),
    ("at zero or below by a ", "rule"),
    ("skipped: ", "condition not_chosen not_exclusive step_excluded used_up currency no_tier same_contract"),
];

/// The rows that a case meets, each as often as it does.
pub(super) fn met(case: &Case, order: &PricedOrder) -> Vec<String> {
    let mut met = Vec::new();
    for line in &order.lines {
        met.extend(line.steps.iter().map(|step| format!("line: {}", word(&step.step))));
        met.extend(line.steps.iter().flat_map(|step| of_step(case, step)));
        met.extend(line.memo.iter().filter_map(|step| of_memo(case, step)));
        met.extend(line.shares.iter().map(|_| "share of a document step".to_owned()));
        met.extend(line.skipped.iter().map(|skipped| format!("skipped: {}", word(&skipped.reason))));
        met.extend(reaches_zero(&line.steps).then(|| "at zero or below by a rule".to_owned()));
    }
    for charge in &order.charges {
        met.extend(charge.steps.iter().map(|step| format!("charge: {}", word(&step.step))));
        met.extend(charge.memo.iter().filter_map(|step| of_memo(case, step)));
    }
    for gift in &order.gifts {
        met.extend(gift.steps.iter().map(|step| format!("gift: {}", word(&step.step))));
    }
    let sign = |minor: i64| if minor < 0 { "below" } else { "above" };
    met.extend(order.document_steps.iter().map(|step| format!("document step {}", sign(step.amount.minor()))));
    met
}

/// The step of the procedure with the name.
fn written<'c>(case: &'c Case, name: &emptor_core::StepId) -> Option<&'c ProcedureStep> {
    case.documents.tenant.procedure.iter().find_map(|entry| match entry {
        ProcedureEntry::Step(step) if step.name == *name => Some(step),
        _ => None,
    })
}

fn of_step(case: &Case, step: &Step) -> Vec<String> {
    let Some(detail) = &step.adjustment else { return Vec::new() };
    let Some(written) = written(case, &detail.step) else { return Vec::new() };
    let at = if detail.of_order.is_some() { "on the order" } else { "on lines" };
    let rounds = written.rounding.map_or_else(|| "nothing".to_owned(), |rounding| word(&rounding.at));
    let mut met = vec![
        format!("by {}", word(&detail.by)),
        format!("{at}, {}", word(&written.choose)),
        format!("{at}, rounds {rounds}"),
        format!("of {}", word(&written.on)),
    ];
    if detail.of_order.is_some() {
        met.push(format!("shared by {}", word(&written.share_by)));
        met.push(format!("rest to {}", word(&written.share_rest)));
    }
    met
}

fn of_memo(case: &Case, step: &Step) -> Option<String> {
    let written = written(case, &step.adjustment.as_ref()?.step)?;
    Some(format!("memo: {}", word(&written.counts_as)))
}

/// Whether a rule left nothing, or less, of what was above zero.
fn reaches_zero(steps: &[Step]) -> bool {
    let mut running = rust_decimal::Decimal::ZERO;
    let mut reached = false;
    for step in steps {
        let before = running;
        running += step.amount.to_decimal();
        let is_above = |amount: rust_decimal::Decimal| amount > rust_decimal::Decimal::ZERO;
        reached |= step.adjustment.is_some() && is_above(before) && !is_above(running);
    }
    reached
}
