//! Order rules as scripts: what an order breaks in the words of its author (R13).

use emptor_core::{Fix, OnFailure, ScriptError, Violation, ViolationCode, ViolationSeverity};

use crate::order_rule::OrderRule;
use crate::script::{FoundViolation, Returned, Seen};
use crate::script_failure::{FailedUse, Failure, OF_ORDER, Part};
use crate::verdict::{NearRules, Trial};

impl<'t, 'b> Trial<'t, 'b> {
    /// Asks the scripts of order rules, nearest first.
    pub(crate) fn judge_scripts(
        &self,
        rules: &NearRules<'t, 'b>,
        violations: &mut Vec<Violation>,
        failures: &mut Vec<Failure>,
    ) {
        let is_complete = self.processed.ended.iter().all(Result::is_ok);
        for (place, rule) in rules.of_orders.iter().enumerate() {
            let Some(number) = rule.script else { continue };
            let Some(call) = self.order.book.scripts.as_ref().and_then(|scripts| scripts.call(number)) else {
                continue;
            };
            if !is_complete {
                violations.push(rule.not_judged(ViolationCode::Script));
                continue;
            }
            let seen = Seen { order: self.order, line: None, item: 0, scene: Some(&rules.scene) };
            let found = self.order.run_script(call, &seen).and_then(|returned| match returned {
                Returned::Violations(found) => Ok(found),
                _ => Err(ScriptError::Result),
            });
            match found {
                Ok(found) => {
                    for violation in found {
                        self.add(self.scripted(rule, violation), violations);
                    }
                }
                Err(error) => {
                    let by = FailedUse::OrderRule(place, rule.by.clone());
                    failures.push(Failure { line: OF_ORDER, by, part: Part::Effect, call: number, error });
                    if call.0.written.on_failure == OnFailure::Reject {
                        let failed = Violation::of(ViolationCode::ScriptFailed, ViolationSeverity::Reject);
                        violations.push(Violation { by: Some(rule.by.clone()), ..failed });
                    }
                }
            }
        }
    }

    fn scripted(&self, rule: &OrderRule, found: FoundViolation) -> Violation {
        let violation = rule.violation(ViolationCode::Script, None);
        let needs_approval = violation.severity == ViolationSeverity::NeedsApproval;
        let role = violation.role.clone().filter(|_| needs_approval);
        Violation {
            line: found.line.and_then(|line| self.line_id(line)),
            limit: found.limit,
            actual: found.actual,
            message: Some(found.message.into_owned()),
            fix: role.map(Fix::Approve),
            ..violation
        }
    }
}
