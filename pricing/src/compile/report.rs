//! The list of what is wrong, as it grows.

use std::fmt::Display;

use emptor_core::{Diagnostic, Place, Severity};

use crate::code::Code;

/// How many diagnostics are kept; beyond, only whether there are errors.
pub(super) const KEPT_MAX: usize = 1000;

/// What is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    diagnostics: Vec<Diagnostic>,
    /// How many there were, kept or not.
    count: usize,
    failed: bool,
}

impl Report {
    pub(super) fn error(&mut self, code: Code, place: &Place, message: impl Display, help: impl Display) {
        self.failed = true;
        self.push(Severity::Error, code, place, message, help);
    }

    pub(super) fn warning(&mut self, code: Code, place: &Place, message: impl Display, help: impl Display) {
        self.push(Severity::Warning, code, place, message, help);
    }

    /// How many things are wrong so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether there will be no book.
    pub(super) fn has_errors(&self) -> bool {
        self.failed
    }

    /// The warnings, sorted by place.
    ///
    /// # Errors
    /// All diagnostics, if one of them is an error.
    pub(super) fn finish(&mut self) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.sort_by(|left, right| (&left.place, left).cmp(&(&right.place, right)));
        diagnostics.dedup();
        if self.failed { Err(diagnostics) } else { Ok(diagnostics) }
    }

    fn push(&mut self, severity: Severity, code: Code, place: &Place, message: impl Display, help: impl Display) {
        self.count = self.count.saturating_add(1);
        if self.diagnostics.len() < KEPT_MAX {
            let (message, help) = (message.to_string(), help.to_string());
            self.diagnostics.push(Diagnostic { severity, code: code.code(), place: place.clone(), message, help });
        }
    }
}
