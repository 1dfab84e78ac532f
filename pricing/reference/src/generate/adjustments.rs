//! Adjustments: rules that meet in few steps, with priorities that collide, sets, budgets and uses (R7).

use emptor_core::{
    Adjustment, AdjustmentId, AdjustmentMode, ChargeKind, Condition, Currency, Discount, ProcedureStep, SetId, Validity,
};

use super::Ground;
use super::charges;
use super::conditions::{About, Conditions};
use super::draws::{Draws, decimal, named};
use super::effects::{self, On};
use super::procedure;

/// The adjustments of a case; none where no step takes any.
pub(super) fn adjustments(draws: &mut Draws, ground: &Ground) -> Vec<Adjustment> {
    let steps = procedure::steps(ground.tenant).into_iter();
    let steps: Vec<&ProcedureStep> = steps.filter(|step| !step.manual).collect();
    if steps.is_empty() {
        return Vec::new();
    }
    let count = [4, 6, 3, 8, 5, 10, 2, 1][draws.below(8)];
    let mut step = draws.pick(&steps);
    let mut adjustments = Vec::new();
    for index in 0..count {
        if draws.chance(50) {
            step = draws.pick(&steps);
        }
        // Names do not sort as they are written.
        let name = named(AdjustmentId::new(&format!("a{}", (index * 7) % 11)));
        adjustments.push(adjustment(draws, ground, step, name));
    }
    adjustments
}

/// A discount of a contract, for its step.
pub(super) fn discount(draws: &mut Draws, ground: &Ground, step: &ProcedureStep, currency: Currency) -> Discount {
    let effect = effects::effect(draws, ground, step, On::of(step), currency);
    let (when, lines) = conditions(draws, ground, step);
    Discount { when, lines, effect, priority: priority(draws) }
}

fn adjustment(draws: &mut Draws, ground: &Ground, step: &ProcedureStep, name: AdjustmentId) -> Adjustment {
    let charges = charge_kinds(draws, step);
    let on = if charges.is_empty() { On::of(step) } else { On::Charges };
    let currency = draws.other_currency();
    let effect = effects::effect(draws, ground, step, on, currency.unwrap_or(ground.tenant.currency));
    let (when, lines) = conditions(draws, ground, step);
    let is_gift = effect.gift.is_some();
    let modes = [AdjustmentMode::Always, AdjustmentMode::Exclusive];
    let mode = if draws.chance(20) { draws.pick(&modes) } else { AdjustmentMode::Normal };
    let later = procedure::steps_after(ground.tenant, &step.name);
    Adjustment {
        adjustment: name,
        step: step.name.clone(),
        valid: if draws.chance(40) { draws.validity() } else { Validity::default() },
        recorded_at: if draws.chance(40) { draws.recorded_at() } else { None },
        priority: priority(draws),
        set: draws.chance(35).then(|| named(SetId::new(draws.pick(&["b", "a", "a5"])))),
        mode,
        when,
        lines: if on == On::Charges { Condition::default() } else { lines },
        charges,
        effect,
        currency,
        budget: (!is_gift && draws.chance(25))
            .then(|| decimal(draws.pick(&["5", "0.333", "1", "10", "100", "0.01", "25", "2.5", "50", "0"]))),
        uses_max: draws.chance(12).then(|| draws.pick(&[5, 1, 2, 5, 0])),
        excludes: if !later.is_empty() && draws.chance(15) { draws.some(&later, 2) } else { Vec::new() },
        label: None,
    }
}

fn priority(draws: &mut Draws) -> i32 {
    draws.pick(&[0, 0, 0, 1, 1, -1, 5])
}

/// `when` and `for`, which mostly hold.
fn conditions(draws: &mut Draws, ground: &Ground, step: &ProcedureStep) -> (Condition, Condition) {
    let before = procedure::steps_before(ground.tenant, &step.name);
    let about = if On::of(step) == On::Order { About::Lines } else { About::Line };
    let when = Conditions { ground, about, before: before.clone() }.or_always(draws, 60);
    let lines = Conditions { ground, about: About::Line, before }.or_always(draws, 55);
    (when, lines)
}

fn charge_kinds(draws: &mut Draws, step: &ProcedureStep) -> Vec<ChargeKind> {
    if On::of(step) == On::Order || !draws.chance(20) {
        return Vec::new();
    }
    let mut kinds = vec![charges::kind(draws), charges::kind(draws)];
    kinds.sort();
    kinds.dedup();
    kinds
}
