//! The values that a script is given and returns.

use std::sync::Arc;

use emptor_core::Exact;
use rhai::{Dynamic, ImmutableString};
use rust_decimal::Decimal;

use super::names::Field;

/// A value. Texts are borrowed: what a script does not read is not copied.
#[derive(Debug, Clone)]
pub(crate) enum Value<'v> {
    Plain(Plain<'v>),
    Lines(Lines),
    Line(ScriptLine),
}

/// A value that is copied: what a lowered script works with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Plain<'v> {
    Number(Decimal),
    Truth(bool),
    Text(&'v str),
    Texts(&'v Arc<[ImmutableString]>),
    /// What is asked for is not there: reading it fails.
    Missing,
}

/// The lines of an order.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub(crate) lines: Arc<[ScriptLine]>,
}

/// A list of texts that is given to read.
#[derive(Debug, Clone)]
pub(crate) struct Texts(pub(crate) Arc<[ImmutableString]>);

/// A line of the order.
#[derive(Debug, Clone)]
pub(crate) struct ScriptLine {
    /// Its place in the order.
    pub(crate) place: usize,
    pub(crate) fields: Arc<[Field]>,
    /// By the place of their fields; `()`: it is not there.
    pub(crate) values: Arc<[Dynamic]>,
}

/// What a script says an order breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundViolation {
    pub(crate) line: Option<usize>,
    /// Shared: a list of violations may be copied.
    pub(crate) message: ImmutableString,
    pub(crate) limit: Option<Exact>,
    pub(crate) actual: Option<Exact>,
}

impl Plain<'_> {
    /// The value as Rhai has it; what is not there is `()`.
    pub(crate) fn dynamic(self) -> Dynamic {
        match self {
            Self::Number(number) => number.into(),
            Self::Truth(truth) => truth.into(),
            Self::Text(text) => ImmutableString::from(text).into(),
            Self::Texts(texts) => Dynamic::from(Texts(Arc::clone(texts))),
            Self::Missing => Dynamic::UNIT,
        }
    }
}

/// Goes over a list one by one: a loop that leaves early costs what it looked at, and counts as many operations.
#[derive(Debug)]
pub(crate) struct Each<T> {
    list: Arc<[T]>,
    next: usize,
}

impl<T: Clone> Iterator for Each<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let item = self.list.get(self.next)?;
        self.next = self.next.saturating_add(1);
        Some(item.clone())
    }
}

impl IntoIterator for Texts {
    type Item = ImmutableString;
    type IntoIter = Each<ImmutableString>;

    fn into_iter(self) -> Self::IntoIter {
        Each { list: self.0, next: 0 }
    }
}

impl IntoIterator for Lines {
    type Item = ScriptLine;
    type IntoIter = Each<ScriptLine>;

    fn into_iter(self) -> Self::IntoIter {
        Each { list: self.lines, next: 0 }
    }
}
