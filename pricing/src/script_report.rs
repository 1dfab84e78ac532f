//! What a book says of its scripts: how often each is used, and whether it runs natively (R13).

use emptor_core::{Digest, ScriptId};

use crate::book::PriceBook;
use crate::script::{Call, Program, Scripts};

/// A script of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptReport {
    /// Its name.
    pub script: ScriptId,
    /// The hash of the text that counts.
    pub hash: Digest,
    /// How many calls of the documents use it.
    pub uses: usize,
    /// Why it is interpreted; absent: it runs natively, which is faster. What it gives is the same.
    pub interpreted: Option<Interpreted>,
}

/// Why a script is interpreted: the first thing in its text that is not lowered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreted {
    /// The line of its text, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What stands there.
    pub reason: &'static str,
}

impl PriceBook {
    /// The book's scripts, sorted by name.
    pub fn scripts(&self) -> Vec<ScriptReport> {
        let Some(scripts) = &self.scripts else { return Vec::new() };
        let mut reports: Vec<ScriptReport> =
            (0..).zip(&scripts.programs).map(|(number, program)| report(scripts, number, program)).collect();
        reports.sort_unstable_by(|one, other| one.script.cmp(&other.script));
        reports
    }
}

fn report(scripts: &Scripts, number: u32, program: &Program) -> ScriptReport {
    let is_of = |call: &&Call| call.program == number;
    let interpreted = program.steps.as_ref().err().map(|found| Interpreted {
        line: found.spot.line,
        column: found.spot.column,
        reason: found.reason,
    });
    ScriptReport {
        script: program.id.clone(),
        hash: program.hash,
        uses: scripts.calls.iter().filter(is_of).count(),
        interpreted,
    }
}
