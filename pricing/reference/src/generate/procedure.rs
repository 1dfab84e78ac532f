//! The procedure of a tenant: steps, subtotals and the place of the guards (R7).

use emptor_core::{
    ActsAt, CountsAs, ProcedureEntry, ProcedureStep, RoundingMode, ShareBy, ShareRest, Shown, Stacking, StepBasis,
    StepId, StepRounding, StepRoundingStage, Subtotal, Tenant,
};

use super::draws::{Draws, decimal, named};
use super::goods::unit;

/// Six steps at most; one of them may be `contract`.
pub(super) fn procedure(draws: &mut Draws) -> Vec<ProcedureEntry> {
    let count = [2, 3, 4, 1, 5, 6, 0][draws.below(7)];
    let contract = draws.chance(65).then(|| draws.below(count));
    let mut entries = Vec::new();
    for index in 0..count {
        if draws.chance(30) {
            let subtotal = subtotal(draws, index, &names(&entries));
            entries.push(ProcedureEntry::Subtotal(subtotal));
        }
        let text = if contract == Some(index) { "contract".to_owned() } else { format!("p{}", (index * 5) % 7) };
        let step = step(draws, named(StepId::new(&text)), &entries);
        entries.push(ProcedureEntry::Step(step));
    }
    exclude(draws, &mut entries);
    if draws.chance(30) {
        let place = draws.below(entries.len() + 1);
        entries.insert(place, ProcedureEntry::Guards);
    }
    entries
}

/// The steps of a tenant, in their order.
pub(super) fn steps(tenant: &Tenant) -> Vec<&ProcedureStep> {
    of_entries(&tenant.procedure)
}

/// The names of the steps before the one of this name.
pub(super) fn steps_before(tenant: &Tenant, name: &StepId) -> Vec<StepId> {
    steps(tenant).into_iter().map(|step| step.name.clone()).take_while(|other| other != name).collect()
}

/// The names of the steps after the one of this name.
pub(super) fn steps_after(tenant: &Tenant, name: &StepId) -> Vec<StepId> {
    steps(tenant).into_iter().map(|step| step.name.clone()).skip_while(|other| other != name).skip(1).collect()
}

fn of_entries(entries: &[ProcedureEntry]) -> Vec<&ProcedureStep> {
    let steps = entries.iter().filter_map(|entry| match entry {
        ProcedureEntry::Step(step) => Some(step),
        ProcedureEntry::Subtotal(_) | ProcedureEntry::Guards => None,
    });
    steps.collect()
}

/// What a subtotal may name.
fn names(entries: &[ProcedureEntry]) -> Vec<StepId> {
    let before = entries.iter().filter_map(|entry| match entry {
        ProcedureEntry::Step(step) => Some(step.name.clone()),
        ProcedureEntry::Subtotal(subtotal) => Some(subtotal.name.clone()),
        ProcedureEntry::Guards => None,
    });
    ["base", "list"].map(|name| named(StepId::new(name))).into_iter().chain(before).collect()
}

fn subtotal(draws: &mut Draws, index: usize, choices: &[StepId]) -> Subtotal {
    Subtotal { name: named(StepId::new(&format!("t{index}"))), of: draws.some(choices, 4) }
}

fn step(draws: &mut Draws, name: StepId, before: &[ProcedureEntry]) -> ProcedureStep {
    let at = draws.pick(&[ActsAt::Line, ActsAt::Order]);
    // What is adjusted by hand finds one step.
    let is_taken = of_entries(before).iter().any(|step| step.manual && step.at == at);
    let manual = name.as_str() != "contract" && !is_taken && draws.chance(25);
    let aside = [CountsAs::Accrual, CountsAs::Informational];
    let counts_as = if draws.chance(22) { draws.pick(&aside) } else { CountsAs::Price };
    let stacking = [Stacking::Compound, Stacking::Additive, Stacking::Best, Stacking::Least];
    let shares = [ShareBy::Value, ShareBy::BaseValue, ShareBy::Quantity, ShareBy::Equal, ShareBy::Value];
    let by_weight = draws.chance(12);
    let may_be_document = at == ActsAt::Order && counts_as == CountsAs::Price;
    ProcedureStep {
        name,
        at,
        on: basis(draws, before),
        choose: draws.pick(&stacking),
        counts_as,
        rounding: draws.chance(45).then(|| rounding(draws, at)),
        below_zero: draws.chance(20),
        share_by: if by_weight { ShareBy::Weight(unit(draws.pick(&["kg", "g"]))) } else { draws.pick(&shares) },
        share_rest: draws.pick(&[ShareRest::LargestRemainder, ShareRest::FirstLines, ShareRest::LastLine]),
        shown: if may_be_document && draws.chance(40) { Shown::Document } else { Shown::Lines },
        manual,
        excludes: Vec::new(),
    }
}

fn basis(draws: &mut Draws, before: &[ProcedureEntry]) -> StepBasis {
    let subtotals = before.iter().filter_map(|entry| match entry {
        ProcedureEntry::Subtotal(subtotal) => Some(StepBasis::Subtotal(subtotal.name.clone())),
        ProcedureEntry::Step(_) | ProcedureEntry::Guards => None,
    });
    let subtotals: Vec<StepBasis> = subtotals.collect();
    if !subtotals.is_empty() && draws.chance(45) {
        return draws.pick(&subtotals);
    }
    draws.pick(&[StepBasis::Running, StepBasis::Running, StepBasis::Base, StepBasis::List])
}

fn rounding(draws: &mut Draws, at: ActsAt) -> StepRounding {
    let stages = [StepRoundingStage::Line, StepRoundingStage::Result, StepRoundingStage::Unit];
    StepRounding {
        at: draws.pick(if at == ActsAt::Line { &stages } else { &stages[..2] }),
        mode: draws.pick(&RoundingMode::ALL),
        increment: draws.increment(),
        offset: decimal(draws.pick(&["0", "0", "0", "-0.01", "0.003", "-1.5"])),
    }
}

/// Lets some steps exclude later ones.
fn exclude(draws: &mut Draws, entries: &mut [ProcedureEntry]) {
    let mut later: Vec<StepId> = of_entries(entries).into_iter().map(|step| step.name.clone()).collect();
    for entry in entries {
        let ProcedureEntry::Step(step) = entry else { continue };
        later.remove(0);
        if !later.is_empty() && draws.chance(20) {
            step.excludes = draws.some(&later, 2);
        }
    }
}
