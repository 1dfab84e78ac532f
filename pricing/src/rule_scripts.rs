//! The scripts of rules: what conditions ask, and what becomes of a rule or a line where one fails (R13).

use emptor_core::{NoPrice, OnFailure, ScriptError, SkipReason};

use crate::items::Reading;
use crate::runner::{Acting, Runner};
use crate::scene::Subject;
use crate::script::{Returned, Seen};
use crate::script_failure::{FailedUse, Failure, OF_ORDER, Part};

impl<'o, 'b: 'o> Runner<'o, 'b> {
    /// Whether the script of a rule's `for` or `when` holds for a line; without one, it does.
    pub(crate) fn script_holds(&mut self, acting: Acting<'o>, part: Part, item: Option<usize>) -> bool {
        let call = if part == Part::For { acting.rule.scripts.lines } else { acting.rule.scripts.when };
        let Some(call) = call else { return true };
        let rejected: Vec<usize> = item.into_iter().collect();
        self.condition_holds(acting, (part, call), item, &rejected)
    }

    /// Whether the script of an order step's `when` holds; the rule acts on these lines.
    pub(crate) fn order_script_holds(&mut self, acting: Acting<'o>, lines: &[usize]) -> bool {
        let Some(call) = acting.rule.scripts.when else { return true };
        self.condition_holds(acting, (Part::When, call), None, lines)
    }

    fn condition_holds(
        &mut self,
        acting: Acting<'o>,
        (part, number): (Part, u32),
        item: Option<usize>,
        lines: &[usize],
    ) -> bool {
        let scene = &self.scene;
        let Some(call) = scene.order.book.scripts.as_ref().and_then(|scripts| scripts.call(number)) else {
            return false;
        };
        let line = item.and_then(|item| Some((scene.lines.get(item)?.as_ref()?, scene.running(item))));
        let seen = Seen { order: scene.order, line, item: item.unwrap_or(0), scene: Some(scene) };
        let error = match scene.order.run_script(call, &seen) {
            Ok(Returned::Truth(holds)) => {
                if !holds {
                    self.skip_script(acting, part, lines, SkipReason::Condition);
                }
                return holds;
            }
            Ok(_) => ScriptError::Result,
            Err(error) => error,
        };
        let on_failure = call.0.written.on_failure;
        if on_failure == OnFailure::Holds(true) {
            if let Some(rule) = acting.number {
                let of_rule = self.fallbacks.entry((rule, item.unwrap_or(OF_ORDER))).or_default();
                if let Some(failed) = of_rule.get_mut(usize::from(part == Part::When)) {
                    *failed = Some(error);
                }
            }
            return true;
        }
        self.note(acting, (part, number), item, error);
        if on_failure == OnFailure::Reject {
            self.rejected.extend(lines);
        }
        let reason =
            if let OnFailure::Holds(_) = on_failure { SkipReason::Condition } else { SkipReason::ScriptFailed };
        self.skip_script(acting, part, lines, reason);
        false
    }

    /// The script of an effect failed, and nothing stands for its number.
    pub(crate) fn effect_failed(
        &mut self,
        acting: Acting<'o>,
        item: Option<usize>,
        lines: &[usize],
        error: ScriptError,
    ) {
        let Some(number) = acting.rule.effect.script() else { return };
        let scripts = self.scene.order.book.scripts.as_ref();
        let on_failure = scripts.and_then(|scripts| scripts.call(number)).map(|(call, _)| call.written.on_failure);
        self.note(acting, (Part::Effect, number), item, error);
        if on_failure == Some(OnFailure::Reject) {
            self.rejected.extend(lines);
        }
        for &line in lines {
            self.skip(acting, line, SkipReason::ScriptFailed, None, None);
        }
    }

    fn note(&mut self, acting: Acting<'o>, (part, call): (Part, u32), item: Option<usize>, error: ScriptError) {
        // A rule by hand has no scripts.
        let Some(rule) = acting.number else { return };
        let by = FailedUse::Rule(acting.rule.step, rule);
        self.failures.push(Failure { line: item.unwrap_or(OF_ORDER), by, part, call, error });
    }

    fn skip_script(&mut self, acting: Acting<'o>, part: Part, lines: &[usize], reason: SkipReason) {
        if self.skips.is_none() {
            return;
        }
        let way = if part == Part::For { "for.script" } else { "when.script" };
        for &line in lines {
            if self.scene.holds(&acting.rule.lines, Subject::Line(line)) {
                self.skip(acting, line, reason, Some(way.to_owned()), None);
            }
        }
    }

    /// The lines that scripts rejected have no price from here on.
    pub(crate) fn put_out_rejected(&mut self) {
        for item in std::mem::take(&mut self.rejected) {
            self.scene.drop_item_for(item, NoPrice::ScriptFailed);
        }
    }

    /// Notes in a reading why scripts of conditions failed that hold all the same.
    pub(crate) fn add_fallbacks(&self, acting: Acting<'o>, item: usize, reading: &mut Reading) {
        if self.fallbacks.is_empty() {
            return;
        }
        let Some(rule) = acting.number else { return };
        for key in [(rule, item), (rule, OF_ORDER)] {
            for (failed, of_condition) in reading.failed.iter_mut().zip(self.fallbacks.get(&key).into_iter().flatten())
            {
                *failed = failed.or(*of_condition);
            }
        }
    }
}
