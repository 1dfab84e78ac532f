//! What an order breaks, in its order (R12).

use emptor_core::{Violation, ViolationCode, ViolationSeverity};

use crate::moment::Moment;

/// A violation and its place among the others.
pub(crate) struct Found {
    /// The line, by its place in the request; `None`: the order.
    pub(crate) line: Option<usize>,
    /// The rule, by its place among the order rules.
    pub(crate) rule: usize,
    pub(crate) violation: Violation,
}

impl Found {
    /// Of a line, or of the order.
    pub(crate) fn new(moment: &Moment, line: Option<usize>, code: ViolationCode, severity: ViolationSeverity) -> Self {
        let line_id = line.map(|line| moment.request.lines[line].id.clone());
        let violation = Violation { line: line_id, ..Violation::of(code, severity) };
        Self { line, rule: 0, violation }
    }
}

/// By code, then by line (those of the order last), then by rule, then as they were found.
pub(crate) fn in_order(mut found: Vec<Found>) -> Vec<Violation> {
    found.sort_by_key(|found| (found.violation.code, found.line.unwrap_or(usize::MAX), found.rule));
    found.into_iter().map(|found| found.violation).collect()
}
