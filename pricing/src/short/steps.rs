//! The procedure on the short way: what the rules that act change, and how they stack (R7).

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::{Divisor, divide, divide_narrow, power_of_ten};
use emptor_core::{AdjustmentMode, RoundingMode, Stacking, StepKind};

use super::rule::ShortEffect;
use super::{Asking, State};
use crate::compile::step_bit;
use crate::line::Sought;
use crate::plain::PlainPrice;
use crate::procedure::{BasisPlan, ProcedureEntry, StepPlan};

impl Asking<'_> {
    /// Takes a line on which rules act through the procedure. `None`: that is more than is done here.
    pub(super) fn adjust(
        &self,
        mut acting: &[u32],
        sought: Sought,
        plain: &PlainPrice<'_>,
        state: &mut State,
    ) -> Option<()> {
        let book = self.book;
        for entry in &book.procedure.entries {
            match *entry {
                ProcedureEntry::Step(step) => {
                    let is_of_step = |rule: &&u32| book.short.get(**rule).is_some_and(|rule| rule.step == step);
                    let (of_step, later) = acting.split_at_checked(acting.iter().take_while(is_of_step).count())?;
                    acting = later;
                    if !of_step.is_empty() && state.excluded & step_bit(step) == 0 {
                        self.step(book.procedure.steps.get(step)?, of_step, sought, state)?;
                    }
                }
                ProcedureEntry::Guards if book.guards.are_stated => self.guard(sought, plain, state)?,
                ProcedureEntry::Guards => {}
            }
        }
        // INVARIANT (by step): rules are numbered in the order of their steps.
        acting.is_empty().then_some(())
    }

    /// A step of which these rules act.
    fn step(&self, step: &StepPlan, rules: &[u32], sought: Sought, state: &mut State) -> Option<()> {
        if let [only] = rules {
            let change = self.made(step, *only, sought, state)?;
            return self.apply(step, *only, change, state);
        }
        let mode = |rule: &u32| self.book.procedure.rules.get(*rule as usize).map(|rule| rule.mode);
        if !rules.iter().all(|rule| mode(rule) == Some(AdjustmentMode::Normal)) {
            return None;
        }
        match step.choose {
            Stacking::Compound => rules.iter().try_for_each(|rule| {
                let change = self.made(step, *rule, sought, state)?;
                self.apply(step, *rule, change, state)
            }),
            Stacking::Additive => {
                let mut made = [0_i64; super::CHANGES_MAX];
                for (place, rule) in rules.iter().enumerate() {
                    *made.get_mut(place)? = self.made(step, *rule, sought, state)?;
                }
                rules.iter().zip(made).try_for_each(|(rule, change)| self.apply(step, *rule, change, state))
            }
            Stacking::Best => self.alternative(step, rules, false, sought, state),
            Stacking::Least => self.alternative(step, rules, true, sought, state),
        }
    }

    /// Of rules that are sets of their own, the best or least. `None`: some are of one set.
    fn alternative(
        &self,
        step: &StepPlan,
        rules: &[u32],
        least: bool,
        sought: Sought,
        state: &mut State,
    ) -> Option<()> {
        let set = |rule: &u32| self.book.procedure.rules.get(*rule as usize).map(|rule| rule.set);
        let later = |place: usize| rules.iter().skip(place).skip(1);
        if rules.iter().enumerate().any(|(place, rule)| later(place).any(|other| set(other) == set(rule))) {
            return None;
        }
        let mut best: Option<((i64, u32), u32, i64)> = None;
        for rule in rules {
            let change = self.made(step, *rule, sought, state)?;
            let minor = self.minor_change(change)?;
            // Of equal changes, the set that comes first.
            let key = (if least { minor.checked_neg()? } else { minor }, set(rule)?);
            if best.is_none_or(|(lowest, ..)| key < lowest) {
                best = Some((key, *rule, change));
            }
        }
        let (_, rule, change) = best?;
        self.apply(step, rule, change, state)
    }

    /// What a rule changes as the line stands.
    fn made(&self, step: &StepPlan, rule: u32, sought: Sought, state: &State) -> Option<i64> {
        let change = match self.book.short.get(rule)?.effect? {
            ShortEffect::Percent { numerator, denominator } => {
                let basis = if step.on == BasisPlan::Base { state.base } else { state.running };
                percent(basis, numerator, denominator)?
            }
            ShortEffect::Amount(amount) => amount,
            ShortEffect::AmountPer { amount, unit, per } => {
                if unit != sought.unit {
                    return None;
                }
                let whole = amount.checked_mul(sought.whole?)?;
                divide_narrow(whole, per, RoundingMode::HalfEven).0
            }
        };
        Some(if step.below_zero { change } else { cut(change, state.running)? })
    }

    /// Makes a change; one of zero is none.
    fn apply(&self, step: &StepPlan, rule: u32, change: i64, state: &mut State) -> Option<()> {
        let change = if step.below_zero { change } else { cut(change, state.running)? };
        if change == 0 {
            return Some(());
        }
        state.excluded |= step.excludes | self.book.procedure.rules.get(rule as usize)?.excludes;
        state.change(StepKind::Adjustment, change)
    }

    /// A change at the minor unit, to compare by.
    fn minor_change(&self, change: i64) -> Option<i64> {
        let decimals = AMOUNT_DECIMALS.saturating_sub(self.currency.decimals());
        let unit = i64::try_from(power_of_ten(decimals)).ok()?;
        Some(divide_narrow(change, unit, self.book.tenant.rounding.mode).0)
    }
}

/// `round10(basis x numerator / denominator)`.
#[inline]
fn percent(basis: i64, numerator: i64, denominator: Divisor) -> Option<i64> {
    match basis.checked_mul(numerator) {
        Some(product) => Some(denominator.divide(product, RoundingMode::HalfEven).0),
        None => {
            let product = i128::from(basis).checked_mul(numerator.into())?;
            i64::try_from(divide(product, denominator.get().into(), RoundingMode::HalfEven)).ok()
        }
    }
}

/// A change that leaves no less than zero.
#[inline]
fn cut(change: i64, running: i64) -> Option<i64> {
    i64::try_from(crate::change::cut(change.into(), running.into())).ok()
}
