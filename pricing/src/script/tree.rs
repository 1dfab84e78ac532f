//! The tree that a simple script is lowered to: every part has its kind.

use emptor_core::RoundingMode;
use rust_decimal::Decimal;

use super::syntax::{Comparison, Operator};

/// The most variables of a lowered script.
pub(crate) const LOCALS_MAX: usize = 16;

/// A lowered script.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
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
    Return(Box<Tree>),
    Throw,
}

impl Number {
    /// Whether it is only read.
    pub(crate) const fn is_leaf(&self) -> bool {
        matches!(self, Self::Constant(_) | Self::Input(_) | Self::Local(_))
    }

    /// Whether it is worked out without statements, so that no variable changes meanwhile.
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::Constant(_) | Self::Input(_) | Self::Local(_) => true,
            Self::Negate(of) | Self::Abs(of) | Self::Floor(of) | Self::Ceiling(of) => of.is_plain(),
            Self::Arithmetic(_, sides)
            | Self::Min(sides)
            | Self::Max(sides)
            | Self::Round(sides, _)
            | Self::RoundTo(sides, _) => sides.0.is_plain() && sides.1.is_plain(),
            Self::Clamp(parts) => parts.0.is_plain() && parts.1.is_plain() && parts.2.is_plain(),
            Self::OfText(_) | Self::If(_) | Self::Switch(_) | Self::Block(_) => false,
        }
    }
}

impl Text {
    /// Whether it is only read.
    pub(crate) const fn is_leaf(&self) -> bool {
        matches!(self, Self::Constant(_) | Self::Input(_) | Self::Local(_))
    }
}
