//! The rules that did not act, and why: of each line, and once for all lines where it is the same for all.

use emptor_core::{PricedLine, SkipReason, SkippedRule};

use super::Explanation;
use super::layout::{Block, Row};

/// The rules that were skipped in the same way on every line.
pub(super) struct Common<'o>(Vec<&'o SkippedRule>);

impl<'o> Common<'o> {
    /// Of one line there is nothing in common.
    pub(super) fn of(lines: &'o [PricedLine]) -> Self {
        let mut asked = lines.iter().filter(|line| line.rules_not_applicable.is_some());
        let (Some(first), true) = (asked.next(), asked.clone().next().is_some()) else { return Self(Vec::new()) };
        let in_all = |skipped: &&SkippedRule| asked.clone().all(|line| line.skipped.contains(skipped));
        Self(first.skipped.iter().filter(in_all).collect())
    }
}

impl Explanation<'_> {
    /// What a line has of its own.
    pub(super) fn skipped_rows(&self, skipped: &[SkippedRule], common: &Common<'_>) -> Vec<Row> {
        skipped.iter().filter(|skipped| !common.0.contains(skipped)).map(|skipped| self.skipped(skipped)).collect()
    }

    pub(super) fn common_block(&self, common: &Common<'_>) -> Option<Block> {
        let rows: Vec<Row> = common.0.iter().map(|skipped| self.skipped(skipped)).collect();
        (!rows.is_empty()).then(|| Block { head: "all lines".to_owned(), rows })
    }

    fn skipped(&self, skipped: &SkippedRule) -> Row {
        let SkippedRule { step, by, reason, condition, amount } = skipped;
        let words = match (reason, condition) {
            (SkipReason::Condition, Some(way)) => failed(way),
            _ => why(*reason).to_owned(),
        };
        let would = if amount.is_some() { "; it would have been this" } else { "" };
        let amount = amount.map(|amount| self.amount(amount)).unwrap_or_default();
        Row::of("skipped", amount, format!("{} in {step}: {words}{would}", self.rule(by)))
    }
}

/// A condition that does not hold, by the way to it in the document.
fn failed(way: &str) -> String {
    let asks = match way.rsplit('.').next().unwrap_or_default() {
        "quantity" => "asks for another quantity",
        "order_value" => "asks for another order value",
        "coupon" => "asks for a coupon",
        "date" => "is for another date",
        "weekday" => "is for another day of the week",
        "contains" => "asks for other goods in the order",
        "unit_price" => "asks for another price per unit",
        "line_value" => "asks for another line value",
        "changed_by" => "asks for a change by another step",
        "script" => "its script does not hold",
        _ => "does not hold",
    };
    format!("{asks} ({way})")
}

fn why(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Condition => "a condition does not hold",
        SkipReason::NotChosen => "another was chosen",
        SkipReason::NotExclusive => "another acts alone",
        SkipReason::StepExcluded => "the step is excluded here",
        SkipReason::UsedUp => "its budget or uses are gone",
        SkipReason::Currency => "its amounts are in another currency",
        SkipReason::NoTier => "below its first bound, or without a number",
        SkipReason::SameContract => "the same contract prices these goods",
        SkipReason::ScriptFailed => "its script failed",
    }
}
