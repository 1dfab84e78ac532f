//! The procedure: its steps and subtotals in their order, and what their rules change (R7).

use std::cell::RefCell;
use std::collections::BTreeSet;

use emptor_core::{
    ActsAt, AdjustmentDetail, CountsAs, Effect, EffectKind, Exact, Gift, ProcedureEntry, ProcedureStep, RuleSource,
    ScriptRun, ShareRest, Shown, Step, StepId, StepKind, Subtotal, Unit,
};
use num_traits::{One, Signed, Zero};

use crate::items::{Item, Share, What};
use crate::moment::Moment;
use crate::numbers::{Number, exact, is_amount, power_of_ten};
use crate::rules::{self, Rule};
use crate::script::Scripts;
use crate::share::share;
use crate::violations::Found;
use crate::{line_steps, order_steps};

/// Why a request is refused whose sums leave the limits.
pub(crate) const TOTAL_OUT_OF_RANGE: &str = "pricing.total_out_of_range";

/// An order on its way through the procedure.
pub(crate) struct Run<'s> {
    pub(crate) moment: &'s Moment<'s>,
    pub(crate) scripts: &'s Scripts<'s>,
    /// Goods before charges.
    pub(crate) items: Vec<Item<'s>>,
    pub(crate) gifts: Vec<GivenGift>,
    pub(crate) document: Vec<OnDocument>,
    pub(crate) found: Vec<Found>,
    /// The items that scripts put out, once what is read together has been read.
    pub(crate) rejected: RefCell<BTreeSet<usize>>,
}

/// A gift that a rule gave.
pub(crate) struct GivenGift {
    pub(crate) step: StepId,
    pub(crate) by: RuleSource,
    pub(crate) gift: Gift,
    pub(crate) unit: Unit,
    /// What it comes to, on the order's side.
    pub(crate) amount: Number,
    /// The tax inside.
    pub(crate) tax: Option<Number>,
}

/// A step of the document.
pub(crate) struct OnDocument {
    pub(crate) step: StepId,
    pub(crate) by: RuleSource,
    pub(crate) effect: EffectKind,
    pub(crate) number: Option<Number>,
    pub(crate) basis: Option<Number>,
    pub(crate) scripts: Vec<ScriptRun>,
}

/// A change of one item.
pub(crate) struct Worked {
    pub(crate) item: usize,
    pub(crate) change: Number,
    pub(crate) number: Option<Number>,
    pub(crate) basis: Option<Number>,
    /// The scripts that the rule asked.
    pub(crate) scripts: Vec<ScriptRun>,
}

impl<'s> Run<'s> {
    pub(crate) fn new(moment: &'s Moment<'s>, scripts: &'s Scripts<'s>, items: Vec<Item<'s>>) -> Self {
        let (gifts, document, found) = (Vec::new(), Vec::new(), Vec::new());
        Self { moment, scripts, items, gifts, document, found, rejected: RefCell::default() }
    }

    /// Puts out the lines for which scripts failed that reject them.
    pub(crate) fn put_out(&mut self) {
        for item in std::mem::take(self.rejected.get_mut()) {
            self.items[item].is_out = true;
            self.items[item].has_failed = true;
        }
    }

    /// Everything that the tenant's procedure does, the guards where it places them or last.
    pub(crate) fn act(&mut self, mut guard: impl FnMut(&mut Self)) -> Result<(), &'static str> {
        let procedure = &self.moment.documents.tenant.procedure;
        for entry in procedure {
            match entry {
                ProcedureEntry::Step(step) => self.step(step)?,
                ProcedureEntry::Subtotal(subtotal) => self.subtotal(subtotal),
                ProcedureEntry::Guards => guard(self),
            }
        }
        if !procedure.contains(&ProcedureEntry::Guards) {
            guard(self);
        }
        Ok(())
    }

    fn step(&mut self, step: &'s ProcedureStep) -> Result<(), &'static str> {
        let rules = rules::of_step(self.moment, step);
        match step.at {
            ActsAt::Line => line_steps::act(self, step, &rules),
            ActsAt::Order => order_steps::act(self, step, &rules),
        }
    }

    fn subtotal(&mut self, subtotal: &'s Subtotal) {
        for item in &mut self.items {
            let sum = subtotal.of.iter().map(|name| item.sum(name)).sum();
            item.sums.insert(&subtotal.name, sum);
        }
    }

    /// Makes the changes of one rule; in an order step, `of_order` is what it changes in all.
    pub(crate) fn apply(
        &mut self,
        step: &'s ProcedureStep,
        rule: &Rule<'s>,
        worked: Vec<Worked>,
        of_order: Option<&Number>,
    ) -> Result<(), &'static str> {
        let counts = step.counts_as == CountsAs::Price;
        let on_document = of_order.is_some() && counts && step.shown == Shown::Document;
        for Worked { item, change, number, basis, scripts } in worked {
            let item = &mut self.items[item];
            if change.is_zero() || item.is_out {
                continue;
            }
            let after = if counts { &item.running + &change } else { item.running.clone() };
            let in_range = [&change, &after].into_iter().chain(&basis).all(is_amount);
            if !in_range {
                item.is_out = true;
                if matches!(item.what, What::Charge(_)) {
                    return Err(TOTAL_OUT_OF_RANGE);
                }
                continue;
            }
            item.running = after;
            *item.sums.entry(&step.name).or_default() += &change;
            item.changed.insert(&step.name);
            item.excluded.extend(step.excludes.iter().chain(rule.excludes));
            if counts && of_order.is_some() {
                item.by_order += &change;
            }
            if on_document {
                let document = self.document.len() - 1;
                item.shares.push(Share { document, amount: change, tax: Number::zero() });
                continue;
            }
            let detail = AdjustmentDetail {
                step: step.name.clone(),
                by: rule.source.clone(),
                effect: kind(&rule.effect),
                number: shown(number.as_ref()),
                basis: shown(basis.as_ref()),
                of_order: shown(of_order),
                scripts,
            };
            let record = Step { adjustment: Some(Box::new(detail)), ..bare(StepKind::Adjustment, &change) };
            if counts { item.steps.push(record) } else { item.memo.push(record) }
        }
        Ok(())
    }
}

/// What an effect is; a gift makes no change.
pub(crate) fn kind(effect: &Effect) -> EffectKind {
    let stated = [
        (effect.percent_off.is_some(), EffectKind::PercentOff),
        (effect.percent_added.is_some(), EffectKind::PercentAdded),
        (effect.amount_off.is_some(), EffectKind::AmountOff),
        (effect.amount_added.is_some(), EffectKind::AmountAdded),
        (effect.price.is_some(), EffectKind::Price),
        (effect.raise_to.is_some(), EffectKind::RaiseTo),
        (effect.lower_to.is_some(), EffectKind::LowerTo),
        (effect.indexed.is_some(), EffectKind::Indexed),
    ];
    stated.into_iter().find(|(is_stated, _)| *is_stated).map_or(EffectKind::Bundle, |(_, kind)| kind)
}

/// Cuts the changes of a rule to what is left of its budget, in whole multiples of `unit`.
pub(crate) fn keep_budget(rule: &Rule, worked: &mut [Worked], unit: &Number) {
    let Some(left) = &rule.budget_left else { return };
    let sizes: Vec<Number> = worked.iter().map(|worked| worked.change.abs()).collect();
    if sizes.iter().sum::<Number>() <= *left {
        return;
    }
    let whole_units = (left / unit).floor() * unit;
    for (worked, size) in worked.iter_mut().zip(share(&whole_units, &sizes, ShareRest::LargestRemainder, unit)) {
        worked.change = if worked.change.is_negative() { -size } else { size };
    }
}

/// The smallest part of an amount that is not money yet.
pub(crate) fn finest() -> Number {
    Number::one() / power_of_ten(10)
}

/// The minor unit of the order's currency.
pub(crate) fn minor(moment: &Moment) -> Number {
    Number::one() / power_of_ten(moment.currency.decimals())
}

/// A step of which no more is known than its amount.
pub(crate) fn bare(step: StepKind, amount: &Number) -> Step {
    let amount = exact(amount);
    Step { step, amount, price: None, conversion: None, adjustment: None, guard: None, commitment: None }
}

fn shown(number: Option<&Number>) -> Option<Exact> {
    number.map(exact)
}
