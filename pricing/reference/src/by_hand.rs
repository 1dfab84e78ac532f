//! Adjustments by hand that do not act (R7).

use emptor_core::{ActsAt, ProcedureEntry, ViolationCode, ViolationSeverity};

use crate::procedure::Run;
use crate::violations::Found;

/// Finds those that are not authorized, and those that no step is for.
pub(crate) fn judge(run: &mut Run) {
    let (request, tenant) = (run.moment.request, &run.moment.documents.tenant);
    let has_step = |at: ActsAt| {
        let is_for =
            |entry: &ProcedureEntry| matches!(entry, ProcedureEntry::Step(step) if step.manual && step.at == at);
        tenant.procedure.iter().any(is_for)
    };
    let of_lines = request.lines.iter().enumerate().filter(|(_, line)| line.adjustment.is_some());
    let of_lines = of_lines.map(|(index, _)| (Some(index), ActsAt::Line));
    for (line, at) in of_lines.chain(request.adjustment.iter().map(|_| (None, ActsAt::Order))) {
        let code = match (request.facts.authority.manual_adjustment, has_step(at)) {
            (false, _) => ViolationCode::ManualNotAuthorized,
            (true, false) => ViolationCode::ManualNoStep,
            (true, true) => continue,
        };
        run.found.push(Found::new(run.moment, line, code, ViolationSeverity::Reject));
    }
}
