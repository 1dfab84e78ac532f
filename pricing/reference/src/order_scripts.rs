//! Order rules that a script judges (R12, R13).

use emptor_core::{Fix, OnFailure, ScriptUse, ViolationCode, ViolationSeverity};

use crate::order_amounts::is_complete;
use crate::order_rules::Case;
use crate::script::{Part, Scripts, Seen, Use};
use crate::script_functions::Broken;
use crate::violations::Found;

/// What the scripts of all rules find.
pub(crate) fn judge(case: &Case, scripts: &Scripts) -> Vec<Found> {
    let mut all = Vec::new();
    for rule in &case.rules {
        let Some(call) = &rule.terms.script else { continue };
        if !is_complete(case) {
            all.push(rule.found(case, ViolationCode::Script, None, ViolationSeverity::NotJudged));
            continue;
        }
        let used = Use { line: None, by: ScriptUse::OrderRule(rule.by.clone()), part: Part::OrderRule(rule.place) };
        match scripts.violations(call, Seen::Order(&case.view), &used) {
            Ok(broken) => all.extend(broken.into_iter().filter_map(|broken| {
                let found = rule.broken(case, ViolationCode::Script, subject(case, &broken))?;
                Some(said(found, broken))
            })),
            Err(_) if call.on_failure == OnFailure::Skip => {}
            Err(_) => all.push(rule.found(case, ViolationCode::ScriptFailed, None, ViolationSeverity::Reject)),
        }
    }
    all
}

/// The line of a violation, by its place in the view.
fn subject(case: &Case, broken: &Broken) -> Option<usize> {
    let line = broken.line?;
    case.view.goods.iter().position(|subject| subject.line.index == line)
}

/// A violation with what the script says of it.
fn said(mut found: Found, broken: Broken) -> Found {
    if found.violation.severity == ViolationSeverity::NeedsApproval {
        found.violation.fix = found.violation.role.clone().map(Fix::Approve);
    }
    (found.violation.limit, found.violation.actual) = broken.numbers.unzip();
    found.violation.message = Some(broken.message);
    found
}
