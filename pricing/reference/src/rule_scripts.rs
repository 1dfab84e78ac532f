//! The scripts of a rule: those of `for` and `when`, and the one that gives its number (R13).

use emptor_core::{Condition, Effect, Graded, ProcedureEntry, ProcedureStep, ScriptCall, ScriptRun, ScriptUse};

use crate::conditions::{About, View};
use crate::numbers::Number;
use crate::procedure::Run;
use crate::rules::Rule;
use crate::script::{Answer, NumberOf, Part, RulePart, Seen, Use};

/// A rule of a step that is asked.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a, 's> {
    pub(crate) run: &'a Run<'s>,
    pub(crate) step: &'a ProcedureStep,
    pub(crate) rule: &'a Rule<'s>,
}

/// What a rule is asked about, of which all lines are out where its script fails and says so.
#[derive(Clone, Copy)]
pub(crate) struct Of<'a> {
    pub(crate) seen: Seen<'a>,
    /// The items, by their places.
    pub(crate) items: &'a [usize],
}

impl Asking<'_, '_> {
    /// The run of the script of `for` for a goods line, if there is one; `None`: it does not hold.
    pub(crate) fn is_for(self, view: &View, item: usize) -> Option<Vec<ScriptRun>> {
        let subject = &view.goods[item];
        let of = Of { seen: Seen::Line(subject.line, subject.amounts()), items: &[item] };
        self.condition(self.rule.lines, of, RulePart::For)
    }

    /// As [`Self::is_for`], of the script of `when`.
    pub(crate) fn holds(self, of: Of) -> Option<Vec<ScriptRun>> {
        self.condition(self.rule.when, of, RulePart::When)
    }

    /// Both, of an item of a line step.
    pub(crate) fn acts_on(self, view: &View, about: About, item: usize) -> Option<Vec<ScriptRun>> {
        if !matches!(about, About::Line(_)) {
            return Some(Vec::new());
        }
        let mut scripts = self.is_for(view, item)?;
        let subject = &view.goods[item];
        let of = Of { seen: Seen::Line(subject.line, subject.amounts()), items: &[item] };
        scripts.extend(self.holds(of)?);
        Some(scripts)
    }

    /// The number that a script gives; `None`: the rule does not act.
    pub(crate) fn number(self, call: &ScriptCall, of: Of) -> Option<(Number, ScriptRun)> {
        let is_cut = self.rule.effect.percent_off.is_some() && !self.step.below_zero;
        let number_of = if is_cut { NumberOf::Percent } else { NumberOf::Effect };
        match self.run.scripts.number(call, of.seen, number_of, &self.used(of, RulePart::Effect)) {
            Answer::Given(number, run) => Some((number, run)),
            Answer::Skipped => None,
            Answer::Rejected => self.reject(of),
        }
    }

    fn condition(self, condition: Option<&Condition>, of: Of, part: RulePart) -> Option<Vec<ScriptRun>> {
        let Some(call) = condition.and_then(|condition| condition.script.as_deref()) else { return Some(Vec::new()) };
        match self.run.scripts.condition(call, of.seen, &self.used(of, part)) {
            Answer::Given(true, run) => Some(vec![run]),
            Answer::Given(false, _) | Answer::Skipped => None,
            Answer::Rejected => self.reject(of),
        }
    }

    fn reject<T>(self, of: Of) -> Option<T> {
        self.run.rejected.borrow_mut().extend(of.items);
        None
    }

    fn used(self, of: Of, part: RulePart) -> Use {
        let line = match of.seen {
            Seen::Line(line, _) => Some(line.index),
            Seen::Order(_) => None,
        };
        let is_step =
            |entry: &ProcedureEntry| matches!(entry, ProcedureEntry::Step(step) if step.name == self.step.name);
        let place = self.run.moment.documents.tenant.procedure.iter().position(is_step);
        let by = ScriptUse::Rule { step: self.step.name.clone(), by: self.rule.source.clone() };
        Use { line, by, part: Part::Rule(place.unwrap_or_default(), self.rule.place, part) }
    }
}

/// The script that gives the number of an effect.
pub(crate) fn of_effect(effect: &Effect) -> Option<&ScriptCall> {
    let graded = [
        &effect.percent_off,
        &effect.percent_added,
        &effect.amount_off,
        &effect.amount_added,
        &effect.price,
        &effect.raise_to,
        &effect.lower_to,
    ];
    graded.into_iter().flatten().find_map(|number| match number {
        Graded::Script(call) => Some(&**call),
        Graded::Number(_) | Graded::Steps(_) => None,
    })
}
