//! What one rule changes on one basis: exactly, then rounded once (R7).

use emptor_core::limits::{AMOUNT_DECIMALS, AMOUNT_END};
use emptor_core::scaled::{Fraction, Wide, power_of_ten};
use emptor_core::{Exact, OnFailure, RoundingMode, ScriptError, StepRoundingStage};

use crate::items::Reading;
use crate::line::Line;
use crate::order::Order;
use crate::procedure::{EffectPlan, Graded, GradedBy, IndexedValue, Number, Per, Rule, Sign, StepPlan};
use crate::scene::{Scene, Subject};
use crate::script::{Returned, Seen, scaled};
use crate::tier::Count;

/// 100 percent, with the percent at 10 decimals.
const WHOLE: u128 = 1_000_000_000_000;

/// What a rule acts on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'g, 'b> {
    pub(crate) subject: Subject<'g>,
    /// The line, if it is one.
    pub(crate) line: Option<&'g Line<'b>>,
    /// What percents are of.
    pub(crate) basis: i128,
    /// What it comes to so far.
    pub(crate) running: i128,
}

/// What a rule says to it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// A change, which may be zero.
    Change(i128, Reading),
    /// The rule does not act: below its first bound, without index value, or without factor.
    NoTier,
    OutOfRange,
    /// Its script failed, and nothing stands for what it would have returned.
    Failed(ScriptError),
}

/// A change before it is rounded: `numerator / divisor` at 10 decimals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExactChange {
    numerator: Wide,
    divisor: u128,
}

impl ExactChange {
    fn whole(amount: i128) -> Self {
        Self { numerator: Wide::product(amount, 1), divisor: 1 }
    }

    /// A bound where the change is beyond it.
    fn at_most(self, bound: Option<i128>) -> Option<Self> {
        let Some(bound) = bound else { return Some(self) };
        let divisor = i128::try_from(self.divisor).ok()?;
        let above = self.numerator.plus_product(bound.checked_neg()?, divisor)?.sign().is_gt();
        let below = self.numerator.plus_product(bound, divisor)?.sign().is_lt();
        Some(match (above, below) {
            (true, _) => Self::whole(bound),
            (_, true) => Self::whole(bound.checked_neg()?),
            _ => self,
        })
    }

    /// The change with `amount` added.
    fn plus(self, amount: i128) -> Option<Self> {
        let numerator = self.numerator.plus_product(amount, i128::try_from(self.divisor).ok()?)?;
        Some(Self { numerator, ..self })
    }

    fn fraction(self) -> Option<Fraction> {
        Fraction::new(self.numerator, self.divisor, 0)
    }
}

impl Scene<'_, '_> {
    /// What a rule changes, after its bound and its step's rounding. Bundles and gifts are not asked here.
    pub(crate) fn change(&self, rule: &Rule, step: &StepPlan, ground: &Ground<'_, '_>) -> Outcome {
        let (number, failed) = match rule.effect.script().map(|call| self.scripted(call, rule, step, ground)) {
            None => (None, None),
            Some(Ok((number, failed))) => (Some(number), failed),
            Some(Err(error)) => return Outcome::Failed(error),
        };
        let (exact, mut reading) = match self.exact_change(&rule.effect, ground, number) {
            Ok(Some(found)) => found,
            Ok(None) => return Outcome::NoTier,
            Err(OutOfRange) => return Outcome::OutOfRange,
        };
        reading.failed = [None, None, failed];
        let rounded = exact.at_most(rule.at_most).and_then(|exact| self.rounded(exact, step, ground));
        match rounded {
            Some(change) => Outcome::Change(change, reading),
            None => Outcome::OutOfRange,
        }
    }

    /// The number that a script gives, or what stands for it where it fails, and why it does.
    fn scripted(
        &self,
        call: u32,
        rule: &Rule,
        step: &StepPlan,
        ground: &Ground<'_, '_>,
    ) -> Result<(Number, Option<ScriptError>), ScriptError> {
        let of_book = self.order.book.scripts.as_ref().and_then(|scripts| scripts.call(call));
        let (call, program) = of_book.ok_or(ScriptError::Type)?;
        let item = if let Subject::Line(item) = ground.subject { item } else { 0 };
        let line = ground.line.filter(|_| program.sees != emptor_core::ScriptSees::Order);
        let seen = Seen { order: self.order, line: line.map(|line| (line, ground.running)), item, scene: Some(self) };
        let most = match rule.effect {
            EffectPlan::Percent(_, Sign::Off) if !step.below_zero => {
                100_i128.saturating_mul(power_of_ten(AMOUNT_DECIMALS))
            }
            _ => AMOUNT_END.saturating_sub(1),
        };
        let number = self.order.run_script((call, program), &seen).and_then(|returned| match returned {
            Returned::Number(number) => scaled(number, AMOUNT_DECIMALS, AMOUNT_END),
            _ => Err(ScriptError::Result),
        });
        let number =
            number.and_then(|number| if (0..=most).contains(&number) { Ok(number) } else { Err(ScriptError::Result) });
        let with =
            |scaled: i128| Number { written: Exact::from_scaled(scaled, AMOUNT_DECIMALS).unwrap_or_default(), scaled };
        match (number, call.written.on_failure) {
            (Ok(number), _) => Ok((with(number), None)),
            (Err(error), OnFailure::Value(value)) => {
                Ok((with(value.scaled(AMOUNT_DECIMALS).unwrap_or(0)), Some(error)))
            }
            (Err(error), _) => Err(error),
        }
    }

    /// The change rounded by the step, and cut where it would leave less than zero.
    fn rounded(&self, exact: ExactChange, step: &StepPlan, ground: &Ground<'_, '_>) -> Option<i128> {
        let running = ground.running;
        let on_order = !matches!(ground.subject, Subject::Line(_));
        let round10 = |exact: ExactChange| Some(exact.fraction()?.round(RoundingMode::HalfEven));
        let quantity = ground.line.and_then(Line::own_quantity).filter(|count| count.numerator > 0);
        let by_rule = match step.rounding {
            None => None,
            Some(rule) => match (rule.at, quantity) {
                (StepRoundingStage::Line, _) => {
                    Some(exact.fraction()?.round_to(rule.increment, rule.offset, rule.mode)?)
                }
                (StepRoundingStage::Result, _) => {
                    let result = exact.plus(running)?.fraction()?.round_to(rule.increment, rule.offset, rule.mode)?;
                    Some(result.checked_sub(running)?)
                }
                (StepRoundingStage::Unit, Some(quantity)) => {
                    let after = round10(exact.plus(running)?)?;
                    let unit = per_unit(after, quantity)?.round_to(rule.increment, rule.offset, rule.mode)?;
                    Some(extended(unit, quantity)?.checked_sub(running)?)
                }
                (StepRoundingStage::Unit, None) => None,
            },
        };
        let change = match (by_rule, on_order) {
            (Some(change), false) => change,
            (Some(change), true) => self.order.to_minor(Fraction::whole(change))?,
            (None, false) => round10(exact)?,
            (None, true) => self.order.to_minor(exact.fraction()?)?,
        };
        Some(if step.below_zero || on_order { change } else { cut(change, running) })
    }

    /// The exact change of an effect, with what it was read from. `None`: the rule does not act.
    fn exact_change(
        &self,
        effect: &EffectPlan,
        ground: &Ground<'_, '_>,
        scripted: Option<Number>,
    ) -> Result<Option<(ExactChange, Reading)>, OutOfRange> {
        let with = |exact: Option<ExactChange>, number: Number, basis: Option<i128>| {
            let reading = Reading { number: Some(number.written), basis, ..Reading::default() };
            exact.map(|exact| Some((exact, reading))).ok_or(OutOfRange)
        };
        let basis = ground.basis;
        match effect {
            EffectPlan::Percent(graded, sign) => {
                let Some(number) = scripted.or_else(|| self.graded(graded, ground)) else { return Ok(None) };
                with(Some(percent(basis, signed(number.scaled, *sign))), number, Some(basis))
            }
            EffectPlan::Amount(graded, sign, per) => {
                let Some(number) = scripted.or_else(|| self.graded(graded, ground)) else { return Ok(None) };
                let amount = signed(number.scaled, *sign);
                let exact = match per {
                    None => Some(ExactChange::whole(amount)),
                    Some(per) => match ground.line.and_then(|line| line.quantity_in(per.unit)) {
                        Some(quantity) => extend(amount, quantity, *per),
                        None => return Ok(None),
                    },
                };
                with(exact, number, None)
            }
            EffectPlan::Price(graded, per) => {
                let Some(number) = scripted.or_else(|| self.graded(graded, ground)) else { return Ok(None) };
                let quantity = match per {
                    Some(per) => ground.line.and_then(|line| line.quantity_in(per.unit)),
                    None => ground.line.and_then(Line::own_quantity),
                };
                let Some(quantity) = quantity else { return Ok(None) };
                let per = per.unwrap_or(Per { unit: 0, micros: 1_000_000 });
                let exact = extend(number.scaled, quantity, per);
                with(exact.and_then(|exact| exact.plus(ground.running.checked_neg()?)), number, None)
            }
            EffectPlan::RaiseTo(graded) => {
                let Some(number) = scripted.or_else(|| self.graded(graded, ground)) else { return Ok(None) };
                let change = number.scaled.checked_sub(basis).map(|missing| missing.max(0));
                with(change.map(ExactChange::whole), number, Some(basis))
            }
            EffectPlan::LowerTo(graded) => {
                let Some(number) = scripted.or_else(|| self.graded(graded, ground)) else { return Ok(None) };
                let change = number.scaled.checked_sub(basis).map(|missing| missing.min(0));
                with(change.map(ExactChange::whole), number, Some(basis))
            }
            EffectPlan::IndexedContent { values, base, unit } => {
                let value = index_value(values, self.order);
                let quantity = ground.line.and_then(|line| line.quantity_in(*unit));
                let (Some(value), Some(quantity)) = (value, quantity) else { return Ok(None) };
                let above = value.scaled.saturating_sub(*base).max(0);
                with(extend(above, quantity, Per { unit: *unit, micros: 1_000_000 }), value, None)
            }
            EffectPlan::IndexedPercent { values, base, step, percent: each } => {
                let Some(value) = index_value(values, self.order) else { return Ok(None) };
                let steps = value.scaled.saturating_sub(*base).max(0).checked_div(*step).unwrap_or(0);
                with(each.checked_mul(steps).map(|rate| percent(basis, rate)), value, Some(basis))
            }
            EffectPlan::Bundle(_) | EffectPlan::Gift(_) => Ok(None),
        }
    }

    /// The number that counts.
    fn graded(&self, graded: &Graded, ground: &Ground<'_, '_>) -> Option<Number> {
        let (steps, by) = match graded {
            Graded::Number(number) => return Some(*number),
            Graded::Script(_) => return None,
            Graded::Steps { steps, by } => (steps, by),
        };
        let begun = match by {
            GradedBy::Quantity(measure) => {
                let count = self.quantity(*measure, ground.subject)?;
                steps.partition_point(|(from, _)| i64::try_from(*from).is_ok_and(|from| count.reaches(from)))
            }
            GradedBy::Value(scope) => {
                let value = match (scope, ground.subject) {
                    (crate::table::Scope::Line, Subject::Line(item)) => self.running(item),
                    _ => self.value(*scope, ground.subject),
                };
                steps.partition_point(|(from, _)| *from <= value)
            }
        };
        steps.get(begun.checked_sub(1)?).map(|(_, number)| *number)
    }
}

/// Beyond what the engine carries.
pub(crate) struct OutOfRange;

impl Order<'_> {
    /// An amount rounded to the minor unit by the tenant's mode, at 10 decimals.
    pub(crate) fn to_minor(&self, exact: Fraction) -> Option<i128> {
        exact.round_to(self.minor_unit(), 0, self.book.tenant.rounding.mode)
    }

    /// One minor unit of the order's currency, at 10 decimals.
    pub(crate) fn minor_unit(&self) -> i128 {
        power_of_ten(AMOUNT_DECIMALS.saturating_sub(self.currency.decimals()))
    }

    /// What is whole in minor units of an amount, at 10 decimals; nothing of one below zero.
    pub(crate) fn whole_minor(&self, amount: i128) -> i128 {
        let amount = amount.max(0);
        amount.saturating_sub(amount.checked_rem(self.minor_unit()).unwrap_or(0))
    }
}

/// A change that leaves no less than zero.
pub(crate) fn cut(change: i128, running: i128) -> i128 {
    if running.saturating_add(change) >= 0 {
        change
    } else if running >= 0 {
        running.saturating_neg()
    } else {
        change.max(0)
    }
}

fn signed(number: i128, sign: Sign) -> i128 {
    match sign {
        Sign::Off => number.saturating_neg(),
        Sign::Added => number,
    }
}

fn percent(basis: i128, rate: i128) -> ExactChange {
    ExactChange { numerator: Wide::product(basis, rate), divisor: WHOLE }
}

/// An amount per base quantity, for a quantity.
fn extend(amount: i128, quantity: Count, per: Per) -> Option<ExactChange> {
    let divisor = quantity.denominator.checked_mul(per.micros.into())?.unsigned_abs();
    Some(ExactChange { numerator: Wide::product(amount, quantity.numerator), divisor })
}

/// An amount per one unit of a quantity above zero.
fn per_unit(amount: i128, quantity: Count) -> Option<Fraction> {
    let denominator = quantity.denominator.checked_mul(1_000_000)?;
    Fraction::new(Wide::product(amount, denominator), quantity.numerator.unsigned_abs(), 0)
}

/// A price per one unit, for a quantity.
fn extended(price: i128, quantity: Count) -> Option<i128> {
    let divisor = quantity.denominator.checked_mul(1_000_000)?.unsigned_abs();
    Some(Fraction::new(Wide::product(price, quantity.numerator), divisor, 0)?.round(RoundingMode::HalfEven))
}

fn index_value(values: &[IndexedValue], order: &Order<'_>) -> Option<Number> {
    values.iter().find(|value| value.period.contains(order.valid_at)).map(|value| value.value)
}
