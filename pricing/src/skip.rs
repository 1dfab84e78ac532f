//! The rules that did not act, and why: what is noted when it is asked for (R7).

use emptor_core::{ActsAt, SkipReason};

use crate::change::{Ground, Outcome};
use crate::condition::Test;
use crate::procedure::Rule;
use crate::reading::in_range;
use crate::runner::{Acting, Runner};
use crate::scene::Subject;

/// What did not act, by line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skips {
    pub(crate) skipped: Vec<Skip>,
}

/// A rule that did not act on a line.
#[derive(Debug, Clone)]
pub(crate) struct Skip {
    /// The line.
    pub(crate) item: usize,
    pub(crate) step: usize,
    pub(crate) rule: Option<u32>,
    pub(crate) reason: SkipReason,
    pub(crate) condition: Option<String>,
    pub(crate) amount: Option<i128>,
}

impl<'o, 'b: 'o> Runner<'o, 'b> {
    /// Notes that a rule did not act on an item.
    pub(crate) fn skip(
        &mut self,
        acting: Acting<'o>,
        item: usize,
        reason: SkipReason,
        condition: Option<String>,
        amount: Option<i128>,
    ) {
        if self.skips.is_none() {
            return;
        }
        let amount = amount.or_else(|| self.would_change(acting.rule, item));
        let (step, rule) = (acting.rule.step, acting.number);
        if let Some(skips) = &mut self.skips {
            skips.skipped.push(Skip { item, step, rule, reason, condition, amount });
        }
    }

    /// What a rule of a step on lines would change as things stand, whatever its conditions.
    fn would_change(&self, rule: &Rule, item: usize) -> Option<i128> {
        let step = self.scene.order.book.procedure.steps.get(rule.step)?;
        if step.at == ActsAt::Order {
            return None;
        }
        let running = self.scene.running(item);
        let line = self.scene.lines.get(item).and_then(Option::as_ref);
        let basis = self.basis(step, item, running);
        match self.scene.change(rule, step, &Ground { subject: Subject::Line(item), line, basis, running }) {
            Outcome::Change(amount, _) => in_range(amount),
            Outcome::NoTier | Outcome::OutOfRange | Outcome::Failed(_) => None,
        }
    }

    /// Notes that a rule did not act on any of its lines.
    pub(crate) fn skip_lines(&mut self, acting: Acting<'o>, reason: SkipReason, amount: Option<i128>) {
        if self.skips.is_some() {
            for item in self.items_of(acting.rule, acting.rule.step) {
                if self.scene.holds(&acting.rule.lines, Subject::Line(item)) {
                    self.skip(acting, item, reason, None, amount);
                }
            }
        }
    }

    /// Notes the lines on which rules of a step do not act, whatever their conditions.
    pub(crate) fn skip_excluded(&mut self, step: usize, rules: &[Acting<'o>]) {
        if self.skips.is_none() {
            return;
        }
        for acting in rules {
            let rule = acting.rule;
            let out = self.items_where(rule, &|item| self.is_excluded(item, step) || self.same_contract(rule, item));
            for item in out {
                if self.scene.holds(&rule.lines, Subject::Line(item)) {
                    let excluded = self.is_excluded(item, step);
                    let reason = if excluded { SkipReason::StepExcluded } else { SkipReason::SameContract };
                    self.skip(*acting, item, reason, None, None);
                }
            }
        }
    }

    /// Notes the condition that failed, unless it is one of the buyer or of the goods: then the rule is not for them.
    pub(crate) fn skip_condition(&mut self, acting: Acting<'o>, item: usize, subject: Subject<'_>) {
        let rule = acting.rule;
        let of_lines = self.scene.failing(&rule.lines, Subject::Line(item), "for");
        let failed = of_lines.or_else(|| self.scene.failing(&rule.when, subject, "when"));
        let is_for_them = |way: &str| !way.rsplit('.').next().is_some_and(|key| NOT_FOR_THEM.contains(&key));
        if let Some(way) = failed.filter(|way| is_for_them(way)) {
            self.skip(acting, item, SkipReason::Condition, Some(way), None);
        }
    }

    /// Notes that a rule does not act on the order at all.
    pub(crate) fn skip_for_order(&mut self, rule: &Rule, reason: SkipReason) {
        if self.skips.is_none() {
            return;
        }
        let book = self.scene.order.book;
        let number = book.procedure.rules.iter().position(|other| std::ptr::eq(other, rule));
        let number = number.and_then(|number| u32::try_from(number).ok());
        for item in self.items_of(rule, rule.step) {
            let is_for = self.scene.holds(&rule.lines, Subject::Line(item));
            let amount = if reason == SkipReason::Currency { None } else { self.would_change(rule, item) };
            if let Some(skips) = self.skips.as_mut().filter(|_| is_for) {
                let skip = Skip { item, step: rule.step, rule: number, reason, condition: None, amount };
                skips.skipped.push(skip);
            }
        }
    }
}

/// The fields of conditions that say whom and what a rule is for.
const NOT_FOR_THEM: [&str; 11] = [
    "organization",
    "group",
    "region",
    "channel",
    "attributes",
    "currency",
    "sku",
    "category",
    "vendor",
    "product",
    "unit",
];

/// Whether what a condition asks of the buyer holds, whatever else it asks.
pub(crate) fn rule_buyer_holds(test: &Test, holds: &dyn Fn(&Test) -> bool) -> bool {
    test.conjuncts().into_iter().all(|test| match test {
        Test::Organization(_)
        | Test::Group(_)
        | Test::Region(_)
        | Test::Channel(_)
        | Test::Attributes(_)
        | Test::Currency(_) => holds(test),
        _ => true,
    })
}
