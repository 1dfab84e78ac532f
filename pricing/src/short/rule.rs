//! A rule as the short way reads it: what it can tell of its conditions, and what it does (R7).

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::{Divisor, gcd, power_of_ten};
use emptor_core::{ActsAt, CountsAs, Currency, Period};

use crate::book::PriceBook;
use crate::compile::step_bit;
use crate::condition::{Measure, Test};
use crate::procedure::{Anchor, BasisPlan, EffectPlan, Graded, Per, Rule, RuleOf, RuleScripts, Sign, StepPlan};
use crate::table::Scope;

/// A rule. What mostly decides stands first.
#[derive(Debug, Clone)]
pub(super) struct ShortRule {
    pub(super) period: Period,
    /// From which quantity of the product's unit, and below which, in millionths.
    pub(super) from_micros: i64,
    pub(super) below_micros: i64,
    /// Where, as [`region_bit`] has it.
    pub(super) regions: u64,
    pub(super) step_bit: u64,
    pub(super) currency: Option<Currency>,
    /// The contract's version, where it is a discount of one.
    pub(super) contract: Option<u32>,
    pub(super) step: usize,
    /// The other tests that are read here; all must hold. Those that the goods satisfy under which it stands are not among
    /// them.
    pub(super) tests: Vec<Test>,
    /// What it does; `None`: whether it acts, or what it does, is more than is read here.
    pub(super) effect: Option<ShortEffect>,
}

/// What a rule does, with its sign; amounts at 10 decimals.
#[derive(Debug, Clone, Copy)]
pub(super) enum ShortEffect {
    /// A fraction of the basis, in its lowest terms.
    Percent {
        numerator: i64,
        denominator: Divisor,
    },
    Amount(i64),
    /// Per so many units of this kind.
    AmountPer {
        amount: i64,
        unit: u32,
        per: i64,
    },
}

/// How many regions have a bit of their own.
const REGIONS_MAX: usize = 62;

/// The bit of a buyer's region: the lowest for one without, the highest for all that have none of their own.
#[inline]
pub(crate) fn region_bit(region: Option<u32>) -> u64 {
    1_u64.wrapping_shl(region.map_or(0, |region| region.saturating_add(1).min(63)))
}

impl ShortRule {
    /// One that holds never.
    pub(super) const NEVER: Self = Self {
        period: Period::ALWAYS,
        from_micros: 0,
        below_micros: 0,
        regions: 0,
        step_bit: 0,
        currency: None,
        contract: None,
        step: 0,
        tests: Vec::new(),
        effect: None,
    };

    pub(super) fn of(rule: &Rule, book: &PriceBook) -> Self {
        let (step, anchor) = (book.procedure.steps.get(rule.step), rule.anchor());
        let few_regions = book.names.regions.len() <= REGIONS_MAX;
        // In the `when` of an order step, a line's quantity is counted over lines: converted, that is another number.
        let at_order = step.is_some_and(|step| step.at == ActsAt::Order);
        let of_when = rule.when.conjuncts().into_iter().filter(|test| !(at_order && test.mentions(&is_converted)));
        let conjuncts: Vec<&Test> = rule.lines.conjuncts().into_iter().chain(of_when).collect();
        // What an order step does is not read here, whatever its conditions.
        let all_read = conjuncts.iter().all(|test| !test.mentions(&is_beyond));
        let (mut from_micros, mut below_micros, mut regions, mut tests) = (0, i64::MAX, u64::MAX, Vec::new());
        for test in conjuncts.into_iter().filter(|test| !test.mentions(&is_beyond) && !is_given(test, &anchor)) {
            if let Some((from, below)) = own_bounds(test) {
                from_micros = from_micros.max(from);
                below_micros = below_micros.min(below);
            } else if let (Test::Region(named), true) = (test, few_regions) {
                regions &= named.iter().fold(0, |bits, region| bits | region_bit(Some(*region)));
            } else {
                tests.push(test.clone());
            }
        }
        if !rule.charges.is_empty() {
            // It acts on no goods, whatever their quantity.
            below_micros = 0;
        }
        Self {
            period: rule.period,
            from_micros,
            below_micros,
            regions,
            step: rule.step,
            contract: if let RuleOf::Contract { source, .. } = rule.of { Some(source) } else { None },
            currency: rule.currency,
            step_bit: step_bit(rule.step),
            tests,
            effect: step.filter(|_| all_read).and_then(|step| ShortEffect::of(rule, step)),
        }
    }
}

/// The bounds of a test of the quantity in the product's own unit; quantities are not below zero.
fn own_bounds(test: &Test) -> Option<(i64, i64)> {
    let Test::Quantity(Measure { unit: None, scope: Scope::Line }, bounds) = test else { return None };
    let from = i64::try_from(bounds.at_least.unwrap_or(0)).ok()?;
    Some((from, i64::try_from(bounds.below.unwrap_or(i64::MAX.into())).ok()?))
}

/// Whether a test asks more than is read here.
fn is_beyond(test: &Test) -> bool {
    match test {
        Test::OrderValue(_) | Test::Contains(_) | Test::UnitPrice(_) | Test::LineValue(_) | Test::ChangedBy(_) => true,
        Test::Quantity(measure, _) => measure.scope != Scope::Line,
        _ => false,
    }
}

/// Whether a test asks for a quantity in a unit that may not be the product's.
fn is_converted(test: &Test) -> bool {
    matches!(test, Test::Quantity(Measure { unit: Some(_), .. }, _))
}

/// Whether the goods satisfy a test under which the rule stands.
fn is_given(test: &Test, anchor: &Anchor<'_>) -> bool {
    match (test, anchor) {
        (Test::Sku(names), Anchor::Skus(others))
        | (Test::Category(names), Anchor::Categories(others))
        | (Test::Vendor(names), Anchor::Vendors(others)) => names.as_slice() == *others,
        _ => false,
    }
}

impl ShortEffect {
    fn of(rule: &Rule, step: &StepPlan) -> Option<Self> {
        let by_line = step.at == ActsAt::Line && step.counts_as == CountsAs::Price && step.rounding.is_none();
        let on_line = matches!(step.on, BasisPlan::Running | BasisPlan::Base);
        let bounded = rule.at_most.is_some() || rule.budget.is_some() || rule.uses_max == Some(0);
        if !by_line || !on_line || bounded || rule.scripts != RuleScripts::default() {
            return None;
        }
        let signed = |number: i128, sign: Sign| {
            let number = i64::try_from(number).ok()?;
            if sign == Sign::Off { number.checked_neg() } else { Some(number) }
        };
        match &rule.effect {
            EffectPlan::Percent(Graded::Number(number), sign) => {
                let whole = 100_i128.checked_mul(power_of_ten(AMOUNT_DECIMALS))?;
                let common = i128::try_from(gcd(number.scaled.unsigned_abs(), whole.unsigned_abs())).ok()?;
                let numerator = signed(number.scaled.checked_div(common)?, *sign)?;
                let denominator = Divisor::new(i64::try_from(whole.checked_div(common)?).ok()?)?;
                Some(Self::Percent { numerator, denominator })
            }
            EffectPlan::Amount(Graded::Number(number), sign, None) => Some(Self::Amount(signed(number.scaled, *sign)?)),
            EffectPlan::Amount(Graded::Number(number), sign, Some(Per { unit, micros })) => {
                let per = micros.checked_div(1_000_000).filter(|_| micros.checked_rem(1_000_000) == Some(0))?;
                Some(Self::AmountPer { amount: signed(number.scaled, *sign)?, unit: *unit, per })
            }
            _ => None,
        }
    }
}
