//! The native tree: what a simple script is lowered to. Nothing is allocated to run it.
//!
//! INVARIANT (same result): it gives what Rhai gives for the same text, errors included. Parts are worked out in Rhai's
//! order, by the same functions on the same numbers.

use emptor_core::{RoundingMode, ScriptError};
use rust_decimal::Decimal;

use super::functions;
use super::syntax::{Comparison, Operator};
use super::value::Plain;

/// The most variables of a lowered script.
pub(crate) const LOCALS_MAX: usize = 16;

/// A lowered script.
#[derive(Debug, Clone)]
pub(crate) enum Native {
    Number(Number),
    Truth(Truth),
}

/// What gives a number.
#[derive(Debug, Clone)]
pub(crate) enum Number {
    Constant(Decimal),
    Input(usize),
    Local(usize),
    Negate(Box<Number>),
    Arithmetic(Operator, Box<(Number, Number)>),
    Min(Box<(Number, Number)>),
    Max(Box<(Number, Number)>),
    Clamp(Box<(Number, Number, Number)>),
    Abs(Box<Number>),
    Floor(Box<Number>),
    Ceiling(Box<Number>),
    Round(Box<(Number, Number)>, RoundingMode),
    RoundTo(Box<(Number, Number)>, RoundingMode),
    OfText(Box<Text>),
    If(Box<Branch<Number>>),
    Switch(Box<Switch<Number>>),
    Block(Box<Block<Number>>),
}

/// What gives a condition.
#[derive(Debug, Clone)]
pub(crate) enum Truth {
    Constant(bool),
    Input(usize),
    Local(usize),
    Not(Box<Truth>),
    And(Vec<Truth>),
    Or(Vec<Truth>),
    Numbers(Comparison, Box<(Number, Number)>),
    Texts(Comparison, Box<(Text, Text)>),
    Truths(Comparison, Box<(Truth, Truth)>),
    /// Whether a text is in a list of texts that is read.
    IsIn(usize, Text),
    /// Whether a text is among some literals.
    IsOneOf(Vec<Box<str>>, Text),
    /// Whether a number is among some literals.
    IsOneOfNumbers(Vec<Decimal>, Box<Number>),
    /// How a text begins, ends, or what it has: the text, then its part.
    Part(Part, Box<(Text, Text)>),
    If(Box<Branch<Truth>>),
    Switch(Box<Switch<Truth>>),
    Block(Box<Block<Truth>>),
}

/// What gives a text.
#[derive(Debug, Clone)]
pub(crate) enum Text {
    Constant(Box<str>),
    Input(usize),
    Local(usize),
    If(Box<Branch<Text>>),
    Switch(Box<Switch<Text>>),
    Block(Box<Block<Text>>),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Start,
    End,
    Somewhere,
}

/// One of two.
#[derive(Debug, Clone)]
pub(crate) struct Branch<E> {
    pub(crate) condition: Truth,
    pub(crate) then: E,
    pub(crate) otherwise: E,
}

/// One of several: the first case that has the value and whose condition holds, else the default.
#[derive(Debug, Clone)]
pub(crate) struct Switch<E> {
    pub(crate) of: Switched,
    pub(crate) cases: Vec<SwitchCase<E>>,
    pub(crate) default: E,
}

#[derive(Debug, Clone)]
pub(crate) struct SwitchCase<E> {
    pub(crate) numbers: Vec<Decimal>,
    pub(crate) texts: Vec<Box<str>>,
    pub(crate) condition: Option<Truth>,
    pub(crate) then: E,
}

#[derive(Debug, Clone)]
pub(crate) enum Switched {
    Number(Number),
    Text(Text),
}

/// Statements, and then a value.
#[derive(Debug, Clone)]
pub(crate) struct Block<E> {
    pub(crate) statements: Vec<Statement>,
    pub(crate) value: E,
}

#[derive(Debug, Clone)]
pub(crate) enum Statement {
    SetNumber(usize, Number),
    SetTruth(usize, Truth),
    SetText(usize, Text),
    If(Truth, Vec<Statement>, Vec<Statement>),
    Return(Box<Native>),
    Throw,
}

/// A run under way.
pub(crate) struct Frame<'v> {
    inputs: &'v [Plain<'v>],
    locals: [Plain<'v>; LOCALS_MAX],
    returned: Plain<'v>,
}

/// Why there is no value: the script returned, or failed.
pub(crate) enum Exit {
    Returned,
    Failed(ScriptError),
}

impl From<ScriptError> for Exit {
    fn from(error: ScriptError) -> Self {
        Self::Failed(error)
    }
}

impl Native {
    /// Runs it on what it reads.
    ///
    /// # Errors
    /// As the script fails.
    pub(crate) fn run<'v>(&'v self, inputs: &'v [Plain<'v>]) -> Result<Plain<'v>, ScriptError> {
        let mut frame = Frame { inputs, locals: [Plain::Missing; LOCALS_MAX], returned: Plain::Missing };
        match self.value(&mut frame) {
            Ok(value) => Ok(value),
            Err(Exit::Failed(error)) => Err(error),
            Err(Exit::Returned) => Ok(frame.returned),
        }
    }

    fn value<'v>(&'v self, frame: &mut Frame<'v>) -> Result<Plain<'v>, Exit> {
        match self {
            Self::Number(number) => number.value(frame).map(Plain::Number),
            Self::Truth(truth) => truth.value(frame).map(Plain::Truth),
        }
    }
}

impl<'v> Frame<'v> {
    #[inline]
    fn input(&self, place: usize) -> Plain<'v> {
        self.inputs.get(place).copied().unwrap_or(Plain::Missing)
    }

    #[inline]
    fn local(&self, place: usize) -> Plain<'v> {
        self.locals.get(place).copied().unwrap_or(Plain::Missing)
    }

    fn set(&mut self, place: usize, value: Plain<'v>) {
        if let Some(local) = self.locals.get_mut(place) {
            *local = value;
        }
    }
}

/// Why a value is not of the kind that is read. The lowering has made sure of kinds, so it is not there.
#[cold]
fn not_there(value: Plain<'_>) -> Exit {
    Exit::Failed(if let Plain::Missing = value { ScriptError::NoValue } else { ScriptError::Type })
}

#[inline]
fn as_truth(value: Plain<'_>) -> Result<bool, Exit> {
    if let Plain::Truth(truth) = value { Ok(truth) } else { Err(not_there(value)) }
}

#[inline]
fn as_text(value: Plain<'_>) -> Result<&str, Exit> {
    if let Plain::Text(text) = value { Ok(text) } else { Err(not_there(value)) }
}

impl Number {
    fn value<'v>(&'v self, frame: &mut Frame<'v>) -> Result<Decimal, Exit> {
        let mut value = Decimal::ZERO;
        self.put(frame, &mut value)?;
        Ok(value)
    }

    /// Works it out where it is needed: a number is written in four parts, and reading it whole right after, to hand it
    /// on, waits until all are written.
    #[expect(clippy::inline_always, reason = "most operands are leaves: a call costs more than reading one")]
    #[inline(always)]
    fn put<'v>(&'v self, frame: &mut Frame<'v>, value: &mut Decimal) -> Result<(), Exit> {
        let read = match self {
            Self::Constant(number) => {
                *value = *number;
                return Ok(());
            }
            Self::Input(place) => frame.inputs.get(*place),
            Self::Local(place) => frame.locals.get(*place),
            _ => return self.work_out(frame, value),
        };
        match read {
            Some(Plain::Number(number)) => {
                *value = *number;
                Ok(())
            }
            other => Err(not_there(other.copied().unwrap_or(Plain::Missing))),
        }
    }

    fn work_out<'v>(&'v self, frame: &mut Frame<'v>, value: &mut Decimal) -> Result<(), Exit> {
        let mut sides = (Decimal::ZERO, Decimal::ZERO);
        match self {
            Self::Arithmetic(operator, of) => {
                put_both(of, frame, &mut sides)?;
                let (left, right) = sides;
                *value = match operator {
                    Operator::Add => functions::add(left, right),
                    Operator::Subtract => functions::subtract(left, right),
                    Operator::Multiply => functions::multiply(left, right),
                    Operator::Divide => functions::divide(left, right),
                    Operator::Remainder => functions::remainder(left, right),
                    Operator::Compare(_) => Err(ScriptError::Type),
                }?;
            }
            Self::Min(of) => {
                put_both(of, frame, &mut sides)?;
                *value = functions::min(sides.0, sides.1);
            }
            Self::Max(of) => {
                put_both(of, frame, &mut sides)?;
                *value = functions::max(sides.0, sides.1);
            }
            Self::If(branch) => {
                let branch = &**branch;
                if branch.condition.value(frame)? { &branch.then } else { &branch.otherwise }.put(frame, value)?;
            }
            Self::Block(block) => {
                run(&block.statements, frame)?;
                block.value.put(frame, value)?;
            }
            Self::Switch(switch) => switch.chosen(frame)?.put(frame, value)?,
            _ => *value = self.rarely(frame)?,
        }
        Ok(())
    }

    /// What stands apart so that the function that is called most needs little room on the stack.
    #[inline(never)]
    fn rarely<'v>(&'v self, frame: &mut Frame<'v>) -> Result<Decimal, Exit> {
        Ok(match self {
            Self::Round(sides, mode) => functions::round(sides.0.value(frame)?, sides.1.value(frame)?, *mode)?,
            Self::RoundTo(sides, mode) => functions::round_to(sides.0.value(frame)?, sides.1.value(frame)?, *mode)?,
            Self::Clamp(parts) => functions::clamp(parts.0.value(frame)?, parts.1.value(frame)?, parts.2.value(frame)?),
            Self::Abs(of) => of.value(frame)?.abs(),
            Self::Floor(of) => functions::floor(of.value(frame)?),
            Self::Ceiling(of) => functions::ceiling(of.value(frame)?),
            Self::Negate(of) => negated(of.value(frame)?),
            Self::OfText(of) => functions::number(of.value(frame)?)?,
            _ => return Err(Exit::Failed(ScriptError::Type)),
        })
    }
}

#[expect(clippy::inline_always, reason = "as of an operand")]
#[inline(always)]
fn put_both<'v>(of: &'v (Number, Number), frame: &mut Frame<'v>, sides: &mut (Decimal, Decimal)) -> Result<(), Exit> {
    of.0.put(frame, &mut sides.0)?;
    of.1.put(frame, &mut sides.1)
}

/// A number with the other sign.
pub(crate) fn negated(mut number: Decimal) -> Decimal {
    number.set_sign_positive(number.is_sign_negative());
    number
}

impl Truth {
    fn value<'v>(&'v self, frame: &mut Frame<'v>) -> Result<bool, Exit> {
        Ok(match self {
            Self::Constant(truth) => *truth,
            Self::Input(place) => as_truth(frame.input(*place))?,
            Self::Local(place) => as_truth(frame.local(*place))?,
            Self::Not(of) => !of.value(frame)?,
            Self::And(parts) => {
                for part in parts {
                    if !part.value(frame)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Or(parts) => {
                for part in parts {
                    if part.value(frame)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::Numbers(comparison, sides) => {
                let mut values = (Decimal::ZERO, Decimal::ZERO);
                put_both(sides, frame, &mut values)?;
                comparison.holds(functions::compare(values.0, values.1))
            }
            Self::Texts(comparison, sides) => {
                let (left, right) = (sides.0.value(frame)?, sides.1.value(frame)?);
                comparison.holds(left.cmp(right))
            }
            Self::Truths(comparison, sides) => {
                let (left, right) = (sides.0.value(frame)?, sides.1.value(frame)?);
                comparison.holds(left.cmp(&right))
            }
            Self::If(branch) => {
                let branch = &**branch;
                if branch.condition.value(frame)? { &branch.then } else { &branch.otherwise }.value(frame)?
            }
            Self::Switch(switch) => switch.chosen(frame)?.value(frame)?,
            Self::Block(block) => {
                run(&block.statements, frame)?;
                block.value.value(frame)?
            }
            _ => self.membership(frame)?,
        })
    }

    /// Whether something is in something.
    fn membership<'v>(&'v self, frame: &mut Frame<'v>) -> Result<bool, Exit> {
        match self {
            Self::IsIn(place, of) => {
                let texts = frame.input(*place);
                let Plain::Texts(texts) = texts else { return Err(not_there(texts)) };
                let wanted = of.value(frame)?;
                Ok(texts.iter().any(|text| text.as_str() == wanted))
            }
            Self::IsOneOf(texts, of) => {
                let wanted = of.value(frame)?;
                Ok(texts.iter().any(|text| **text == *wanted))
            }
            Self::IsOneOfNumbers(numbers, of) => {
                let wanted = of.value(frame)?;
                Ok(numbers.contains(&wanted))
            }
            Self::Part(part, sides) => {
                let (text, wanted) = (sides.0.value(frame)?, sides.1.value(frame)?);
                Ok(match part {
                    Part::Start => text.starts_with(wanted),
                    Part::End => text.ends_with(wanted),
                    Part::Somewhere => text.contains(wanted),
                })
            }
            _ => Err(Exit::Failed(ScriptError::Type)),
        }
    }
}

impl Text {
    #[expect(clippy::inline_always, reason = "most texts are leaves: a call costs more than reading one")]
    #[inline(always)]
    fn value<'v>(&'v self, frame: &mut Frame<'v>) -> Result<&'v str, Exit> {
        match self {
            Self::Constant(text) => Ok(text),
            Self::Input(place) => as_text(frame.input(*place)),
            Self::Local(place) => as_text(frame.local(*place)),
            _ => self.worked_out(frame),
        }
    }

    fn worked_out<'v>(&'v self, frame: &mut Frame<'v>) -> Result<&'v str, Exit> {
        Ok(match self {
            Self::Constant(_) | Self::Input(_) | Self::Local(_) => self.value(frame)?,
            Self::If(branch) => {
                let branch = &**branch;
                if branch.condition.value(frame)? { &branch.then } else { &branch.otherwise }.value(frame)?
            }
            Self::Switch(switch) => switch.chosen(frame)?.value(frame)?,
            Self::Block(block) => {
                run(&block.statements, frame)?;
                block.value.value(frame)?
            }
        })
    }
}

impl<E> Switch<E> {
    fn chosen<'v>(&'v self, frame: &mut Frame<'v>) -> Result<&'v E, Exit> {
        match &self.of {
            Switched::Number(of) => {
                let value = of.value(frame)?;
                self.first(frame, |case| case.numbers.contains(&value))
            }
            Switched::Text(of) => {
                let value = of.value(frame)?;
                self.first(frame, |case| case.texts.iter().any(|text| **text == *value))
            }
        }
    }

    fn first<'v>(&'v self, frame: &mut Frame<'v>, has: impl Fn(&SwitchCase<E>) -> bool) -> Result<&'v E, Exit> {
        for case in self.cases.iter().filter(|case| has(case)) {
            let holds = match &case.condition {
                Some(condition) => condition.value(frame)?,
                None => true,
            };
            if holds {
                return Ok(&case.then);
            }
        }
        Ok(&self.default)
    }
}

fn run<'v>(statements: &'v [Statement], frame: &mut Frame<'v>) -> Result<(), Exit> {
    for statement in statements {
        match statement {
            Statement::SetNumber(place, number) => {
                let number = number.value(frame)?;
                frame.set(*place, Plain::Number(number));
            }
            Statement::SetTruth(place, truth) => {
                let truth = truth.value(frame)?;
                frame.set(*place, Plain::Truth(truth));
            }
            Statement::SetText(place, text) => {
                let text = text.value(frame)?;
                frame.set(*place, Plain::Text(text));
            }
            Statement::If(condition, then, otherwise) => {
                let branch = if condition.value(frame)? { then } else { otherwise };
                run(branch, frame)?;
            }
            Statement::Return(value) => {
                frame.returned = value.value(frame)?;
                return Err(Exit::Returned);
            }
            Statement::Throw => return Err(Exit::Failed(ScriptError::Thrown)),
        }
    }
    Ok(())
}
