//! Scripts that failed on an order, where no step shows it (R13).

use emptor_core::{PriceRequest, ScriptError, ScriptFailure, ScriptUse, ViolatedRule};

use crate::order::Order;
use crate::runner::line_id;

/// A failure. They are recorded in the order of their fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Failure {
    /// The place of the line; of those of the order, beyond every line.
    pub(crate) line: usize,
    pub(crate) by: FailedUse,
    pub(crate) part: Part,
    pub(crate) call: u32,
    pub(crate) error: ScriptError,
}

/// What used the script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FailedUse {
    /// By the number of the source.
    Price(u32),
    /// By the numbers of step and rule: rules of a step have theirs in the order of rules.
    Rule(usize, u32),
    /// By its place among the rules that are asked.
    OrderRule(usize, ViolatedRule),
}

/// Which of a rule's scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    For,
    When,
    Effect,
}

/// The place of what is of the order.
pub(crate) const OF_ORDER: usize = usize::MAX;

impl Order<'_> {
    /// The record of failures, sorted.
    pub(crate) fn failure_records<'f>(
        &self,
        failures: impl Iterator<Item = &'f Failure>,
        request: &PriceRequest,
    ) -> Vec<ScriptFailure> {
        let Some(scripts) = &self.book.scripts else { return Vec::new() };
        let mut sorted: Vec<&Failure> = failures.collect();
        sorted.sort_unstable();
        sorted.dedup();
        let record = |failure: &Failure| {
            let (call, program) = scripts.call(failure.call)?;
            let by = match &failure.by {
                FailedUse::Price(source) => ScriptUse::Price(self.source_record(*source)?),
                FailedUse::Rule(step, rule) => ScriptUse::Rule {
                    step: self.book.procedure.steps.get(*step)?.id.clone(),
                    by: self.rule_source(*step, Some(*rule), None, None),
                },
                FailedUse::OrderRule(_, rule) => ScriptUse::OrderRule(rule.clone()),
            };
            Some(ScriptFailure {
                line: line_id(request, failure.line),
                by,
                script: program.id.clone(),
                hash: program.hash,
                code: failure.error,
                on_failure: call.written.on_failure,
            })
        };
        sorted.into_iter().filter_map(record).collect()
    }
}
