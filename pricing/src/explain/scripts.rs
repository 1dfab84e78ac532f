//! Scripts in words: what they were given, what they gave, and what became of those that failed (R13).

use emptor_core::{Digest, LineId, OnFailure, ScriptFailure, ScriptRun, ScriptUse};

use super::Explanation;
use super::layout::{Block, Row};
use super::price::of_source;
use super::violations::rule;

/// How much of a hash tells texts apart for the eye; the record has all of it.
const HASH_SHOWN: usize = 8;

impl Explanation<'_> {
    /// The scripts that failed on a line, where no step shows it.
    pub(super) fn failure_rows(&self, line: &LineId) -> Vec<Row> {
        let of_line = |failure: &&ScriptFailure| failure.line.as_ref() == Some(line);
        self.order.script_failures.iter().filter(of_line).flat_map(|failure| self.failure(failure)).collect()
    }

    /// The scripts that failed on the order.
    pub(super) fn failure_block(&self) -> Option<Block> {
        let of_order = self.order.script_failures.iter().filter(|failure| failure.line.is_none());
        let rows: Vec<Row> = of_order.flat_map(|failure| self.failure(failure)).collect();
        (!rows.is_empty()).then(|| Block { head: "the order".to_owned(), rows })
    }

    /// Whose script it was, and why it failed with what happened then.
    fn failure(&self, failure: &ScriptFailure) -> [Row; 2] {
        let ScriptFailure { line, by, script, hash, code, on_failure } = failure;
        let whose = match by {
            ScriptUse::Price(source) => of_source(source),
            ScriptUse::Rule { step, by } => format!("{} in {step}", self.rule(by)),
            ScriptUse::OrderRule(by) => rule(by),
        };
        let then = match (on_failure, by) {
            (OnFailure::Reject, ScriptUse::OrderRule(_)) => "rejects the order",
            (OnFailure::Reject, _) if line.is_none() => "rejects the price of every line that the rule acts on",
            (OnFailure::Reject, _) => "rejects the price",
            (OnFailure::Value(_) | OnFailure::Holds(true), _) => "what its use states stands for it",
            (OnFailure::Skip | OnFailure::Holds(false), _) => "the rule does not act",
        };
        let text = code.to_string();
        let why = text.split_once("; ").map_or(text.as_str(), |(why, _)| why);
        let (code, script) = (code.code(), named(script.as_str(), *hash));
        let first = Row::of("failed", String::new(), format!("{script} of {whose}"));
        [first, Row::words(format!("{why} ({code}); {then}"))]
    }
}

/// `script metal-index 3f2a91c0 (copper 9.15, margin 4) gave 9.516`.
pub(super) fn ran(run: &ScriptRun) -> String {
    let ScriptRun { script, hash, params, result, failed } = run;
    let params: Vec<String> = params.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let params = if params.is_empty() { String::new() } else { format!(" ({})", params.join(", ")) };
    let gave = match (failed, result.as_str()) {
        (Some(error), result) => format!("failed ({}), {result} stands for it", error.code()),
        (None, "true") => "holds".to_owned(),
        (None, "false") => "does not hold".to_owned(),
        (None, result) => format!("gave {result}"),
    };
    format!("{}{params} {gave}", named(script.as_str(), *hash))
}

/// `script metal-index 3f2a91c0`.
fn named(script: &str, hash: Digest) -> String {
    let hash: String = hash.to_string().chars().take(HASH_SHOWN).collect();
    format!("script {script} {hash}")
}
