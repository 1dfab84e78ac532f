//! Runs a script's steps. Nothing is allocated.
//!
//! INVARIANT (same result): they give what Rhai gives for the same text, errors included. A run changes nothing but its
//! registers, so one whose numbers grow too long to be short is run again with decimals.

use std::cmp::Ordering;

use emptor_core::ScriptError;
use rhai::ImmutableString;
use rust_decimal::Decimal;

use super::Returned;
use super::digits::Digits;
use super::functions::{self, Worked};
use super::short::Short;
use super::steps::{Constant, FEW_REGISTERS, Pair, Question, REGISTERS_MAX, Register, Step, Steps, Test};
use super::tree::Part;
use super::value::Plain;

/// What the steps give.
enum Given<N> {
    Number(N),
    Truth(bool),
}

/// Why there is no value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Exit {
    Failed(ScriptError),
    /// A number is not short.
    TooLong,
}

/// The registers of a run: `R` of each kind, a power of two.
struct Frame<'v, N, const R: usize> {
    numbers: [Option<N>; R],
    truths: [Option<bool>; R],
    texts: [Option<&'v str>; R],
    lists: [Option<&'v [ImmutableString]>; R],
}

impl From<ScriptError> for Exit {
    #[inline]
    fn from(error: ScriptError) -> Self {
        Self::Failed(error)
    }
}

impl Steps {
    /// Runs them on what the script reads.
    ///
    /// # Errors
    /// As the script fails; `script.limit` where a text is longer than `longest` bytes.
    pub(crate) fn run<'v>(
        &'v self,
        longest: usize,
        inputs: impl Iterator<Item = Plain<'v>> + Clone,
    ) -> Result<Returned, ScriptError> {
        let shortly = if self.is_small {
            self.run_with::<Short, FEW_REGISTERS>(longest, inputs.clone())
        } else {
            self.run_with::<Short, REGISTERS_MAX>(longest, inputs.clone())
        };
        let exit = match shortly {
            Ok(given) => return Ok(given.returned()),
            Err(exit) => exit,
        };
        let exit = match exit {
            Exit::Failed(error) => return Err(error),
            Exit::TooLong => self.run_with::<Decimal, REGISTERS_MAX>(longest, inputs),
        };
        exit.map(Given::returned).map_err(|exit| if let Exit::Failed(error) = exit { error } else { ScriptError::Type })
    }

    fn run_with<'v, N: Digits, const R: usize>(
        &'v self,
        longest: usize,
        inputs: impl Iterator<Item = Plain<'v>>,
    ) -> Result<Given<N>, Exit> {
        let mut frame = Frame::<'v, N, R> { numbers: [None; R], truths: [None; R], texts: [None; R], lists: [None; R] };
        for (input, register) in inputs.zip(&self.inputs) {
            match input {
                Plain::Number(number) => set(&mut frame.numbers, *register, N::of(&number)?),
                Plain::Truth(truth) => set(&mut frame.truths, *register, truth),
                Plain::Text(text) if text.len() > longest => return Err(ScriptError::Limit.into()),
                Plain::Text(text) => set(&mut frame.texts, *register, text),
                Plain::Texts(texts) => set(&mut frame.lists, *register, texts),
                Plain::Missing => {}
            }
        }
        for (constant, place) in self.held.iter().zip(0_u8..) {
            set(&mut frame.numbers, !place, N::constant(constant)?);
        }
        frame.run(self)
    }
}

impl<N: Digits> Given<N> {
    /// A decimal is put together where it is wanted: to copy one that was just written in its four parts is to wait.
    #[inline]
    fn returned(self) -> Returned {
        match self {
            Self::Number(number) => Returned::Number(number.decimal()),
            Self::Truth(truth) => Returned::Truth(truth),
        }
    }
}

/// Within the registers, whatever its number; those that count from the last are counted down from 255.
#[inline]
fn place_of<const R: usize>(register: Register) -> usize {
    usize::from(register) & R.saturating_sub(1)
}

#[inline]
fn set<T, const R: usize>(registers: &mut [Option<T>; R], register: Register, value: T) {
    if let Some(place) = registers.get_mut(place_of::<R>(register)) {
        *place = Some(value);
    }
}

/// What a register holds: only what is read and is not there leaves it empty.
#[inline]
fn get<T: Copy, const R: usize>(registers: &[Option<T>; R], register: Register) -> Result<T, Exit> {
    registers.get(place_of::<R>(register)).copied().flatten().ok_or(Exit::Failed(ScriptError::NoValue))
}

#[inline]
fn copy<T: Copy, const R: usize>(registers: &mut [Option<T>; R], to: Register, from: Register) -> Result<(), Exit> {
    set(registers, to, get(registers, from)?);
    Ok(())
}

/// One of a script's constants; it has all that its steps name.
#[inline]
fn item<T>(items: &[T], place: u16) -> Result<&T, Exit> {
    items.get(usize::from(place)).ok_or(Exit::Failed(ScriptError::Type))
}

fn is_among<N: Digits>(wanted: N, numbers: &[Constant]) -> Result<bool, Exit> {
    for number in numbers {
        if N::constant(number)?.compare(wanted)?.is_eq() {
            return Ok(true);
        }
    }
    Ok(false)
}

impl<'v, N: Digits, const R: usize> Frame<'v, N, R> {
    fn run(&mut self, of: &'v Steps) -> Result<Given<N>, Exit> {
        let mut next = 0_usize;
        while let Some(step) = of.steps.get(next) {
            next = next.wrapping_add(1);
            match step {
                Step::Add(pair) => self.pair(*pair, N::plus)?,
                Step::Subtract(pair) => self.pair(*pair, N::minus)?,
                Step::Multiply(pair) => self.pair(*pair, N::times)?,
                Step::Divide(pair) => self.pair(*pair, N::over)?,
                Step::Min(pair) => self.pair(*pair, lesser)?,
                Step::Max(pair) => self.pair(*pair, greater)?,
                Step::Negate(to, number) => {
                    let number = get(&self.numbers, *number)?.negated()?;
                    set(&mut self.numbers, *to, number);
                }
                Step::Number(to, constant) => set(&mut self.numbers, *to, N::constant(item(&of.numbers, *constant)?)?),
                Step::CopyNumber(to, number) => copy(&mut self.numbers, *to, *number)?,
                Step::Text(to, constant) => set(&mut self.texts, *to, item(&of.texts, *constant)?),
                Step::CopyText(to, text) => copy(&mut self.texts, *to, *text)?,
                Step::Truth(to, truth) => set(&mut self.truths, *to, *truth),
                Step::CopyTruth(to, truth) => copy(&mut self.truths, *to, *truth)?,
                Step::Jump(to) => next = usize::from(*to),
                Step::IfNumbers(test) => {
                    let (left, right) = (get(&self.numbers, test.left)?, get(&self.numbers, test.right)?);
                    next = compared(*test, left.compare(right)?, next);
                }
                Step::IfTexts(test) => {
                    let (left, right) = (get(&self.texts, test.left)?, get(&self.texts, test.right)?);
                    next = compared(*test, left.cmp(right), next);
                }
                Step::IfTruths(test) => {
                    let (left, right) = (get(&self.truths, test.left)?, get(&self.truths, test.right)?);
                    next = compared(*test, left.cmp(&right), next);
                }
                Step::IfTruth(question) => next = answered(*question, get(&self.truths, question.of)?, next),
                Step::IfTextIn(question, list) => {
                    let (text, list) = (get(&self.texts, question.of)?, item(&of.text_lists, *list)?);
                    next = answered(*question, list.iter().any(|known| **known == *text), next);
                }
                Step::IfNumberIn(question, list) => {
                    let (number, list) = (get(&self.numbers, question.of)?, item(&of.number_lists, *list)?);
                    next = answered(*question, is_among(number, list)?, next);
                }
                Step::IfListHas(question, list) => {
                    let (text, list) = (get(&self.texts, question.of)?, get(&self.lists, *list)?);
                    next = answered(*question, list.iter().any(|known| known.as_str() == text), next);
                }
                Step::IfPart(question, part, wanted) => {
                    let (text, wanted) = (get(&self.texts, question.of)?, get(&self.texts, *wanted)?);
                    next = answered(*question, has_part(text, *part, wanted), next);
                }
                Step::ReturnNumber(number) => return Ok(Given::Number(get(&self.numbers, *number)?)),
                Step::ReturnTruth(truth) => return Ok(Given::Truth(get(&self.truths, *truth)?)),
                rare => self.do_rarely(*rare)?,
            }
        }
        Err(ScriptError::Type.into())
    }

    /// What is worked out by decimals, whatever the numbers are.
    #[inline(never)]
    fn do_rarely(&mut self, step: Step) -> Result<(), Exit> {
        match step {
            Step::Remainder(pair) => self.by_decimals(pair, functions::remainder),
            Step::Round(pair, mode) => self.by_decimals(pair, |number, to| functions::round(number, to, mode)),
            Step::RoundTo(pair, mode) => self.by_decimals(pair, |number, to| functions::round_to(number, to, mode)),
            Step::Abs(to, number) => self.by_decimal(to, number, |number| number.abs()),
            Step::Floor(to, number) => self.by_decimal(to, number, functions::floor),
            Step::Ceiling(to, number) => self.by_decimal(to, number, functions::ceiling),
            Step::OfText(to, text) => {
                let number = functions::number(get(&self.texts, text)?)?;
                set(&mut self.numbers, to, N::of(&number)?);
                Ok(())
            }
            Step::NeedList(list) => get(&self.lists, list).map(|_| ()),
            Step::Throw => Err(ScriptError::Thrown.into()),
            _ => Err(ScriptError::Type.into()),
        }
    }

    #[inline]
    fn pair(&mut self, pair: Pair, work: impl Fn(N, N) -> Result<N, Exit>) -> Result<(), Exit> {
        let result = work(get(&self.numbers, pair.left)?, get(&self.numbers, pair.right)?)?;
        set(&mut self.numbers, pair.to, result);
        Ok(())
    }

    fn by_decimals(&mut self, pair: Pair, work: impl Fn(Decimal, Decimal) -> Worked) -> Result<(), Exit> {
        self.pair(pair, |left, right| N::of(&work(left.decimal(), right.decimal())?))
    }

    fn by_decimal(&mut self, to: Register, number: Register, work: fn(Decimal) -> Decimal) -> Result<(), Exit> {
        let result = work(get(&self.numbers, number)?.decimal());
        set(&mut self.numbers, to, N::of(&result)?);
        Ok(())
    }
}

#[inline]
fn lesser<N: Digits>(left: N, right: N) -> Result<N, Exit> {
    Ok(if left.compare(right)?.is_gt() { right } else { left })
}

#[inline]
fn greater<N: Digits>(left: N, right: N) -> Result<N, Exit> {
    Ok(if left.compare(right)?.is_lt() { right } else { left })
}

fn has_part(text: &str, part: Part, wanted: &str) -> bool {
    match part {
        Part::Start => text.starts_with(wanted),
        Part::End => text.ends_with(wanted),
        Part::Somewhere => text.contains(wanted),
    }
}

/// The step to go on with: a test's own, or the next.
#[inline]
fn compared(test: Test, order: Ordering, next: usize) -> usize {
    if test.comparison.holds(order) { usize::from(test.to) } else { next }
}

#[inline]
fn answered(question: Question, answer: bool, next: usize) -> usize {
    if answer == question.when { usize::from(question.to) } else { next }
}
