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
    pub(crate) message: String,
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

impl IntoIterator for Texts {
    type Item = ImmutableString;
    type IntoIter = std::vec::IntoIter<ImmutableString>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(&*self.0).into_iter()
    }
}

impl IntoIterator for Lines {
    type Item = ScriptLine;
    type IntoIter = std::vec::IntoIter<ScriptLine>;

    fn into_iter(self) -> Self::IntoIter {
        Vec::from(&*self.lines).into_iter()
    }
}
