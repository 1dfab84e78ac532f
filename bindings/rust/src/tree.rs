//! A document as it was written: texts, lists and maps, each with its place in the file.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::problem::{Flaw, ReadCode};

/// How deep a document may be nested.
pub(crate) const NESTING_MAX: usize = 64;

/// A line and a column, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A value and where it starts.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) spot: Spot,
    pub(crate) kind: Kind,
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A text, a number or `true`: always kept as the text that was written.
    Scalar { text: Box<str>, written: Written },
    /// A list.
    List(Vec<Node>),
    /// A map, its fields in the order they were written.
    Map(Vec<Field>),
    /// A list whose elements stand in a CSV file; they are read apart.
    Table(Box<RowLines>),
    /// JSON's `null`, or nothing at all.
    Null,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// YAML without quotes: whatever the field says it is.
    Plain,
    /// A text.
    Quoted,
    /// A JSON number.
    Number,
    /// JSON's `true` or `false`.
    Literal,
}

/// A key, where it stands, and its value.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) key: Box<str>,
    pub(crate) spot: Spot,
    pub(crate) value: Node,
}

/// The lines of a CSV file that its elements were made of; an element may take several.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowLines {
    pub(crate) file: Arc<str>,
    /// Where each element's lines end in `lines`.
    ends: Vec<u32>,
    lines: Vec<u32>,
}

impl Spot {
    /// Where a file starts.
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

impl Node {
    /// Whether nothing was written, or that there is nothing.
    pub(crate) fn is_nothing(&self) -> bool {
        match &self.kind {
            Kind::Null => true,
            Kind::Scalar { text, written: Written::Plain } => matches!(&**text, "" | "~" | "null"),
            _ => false,
        }
    }

    /// The value of a key, where this is a map that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Field> {
        let Kind::Map(fields) = &self.kind else { return None };
        fields.iter().find(|field| &*field.key == key)
    }

    /// The value of a key, to change it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let Kind::Map(fields) = &mut self.kind else { return None };
        fields.iter_mut().find(|field| &*field.key == key).map(|field| &mut field.value)
    }

    /// The text, where this is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, written: Written::Plain | Written::Quoted } if !self.is_nothing() => Some(text),
            _ => None,
        }
    }
}

impl RowLines {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// Adds the next element, made of these lines.
    pub(crate) fn push(&mut self, lines: impl Iterator<Item = u32>) {
        self.lines.extend(lines);
        self.ends.push(u32::try_from(self.lines.len()).unwrap_or(u32::MAX));
    }

    /// The line of a part of an element, or of its first part where there is no such part.
    pub(crate) fn line(&self, element: usize, part: usize) -> Option<u32> {
        let end = *self.ends.get(element)? as usize;
        let start = element.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |&end| end as usize);
        let lines = self.lines.get(start..end)?;
        lines.get(part).or_else(|| lines.first()).copied()
    }
}

/// The map of these fields.
///
/// # Errors
/// `document.duplicate_key` where a key is written twice.
pub(crate) fn map(fields: Vec<Field>) -> Result<Kind, Flaw> {
    // Most maps are small, and there no set is worth its while.
    let mut seen = BTreeSet::new();
    let twice = if fields.len() <= 16 {
        let before = |index| fields.iter().take(index);
        fields.iter().enumerate().find(|(index, field)| before(*index).any(|other| other.key == field.key))
    } else {
        fields.iter().enumerate().find(|(_, field)| !seen.insert(&field.key))
    };
    match twice {
        None => Ok(Kind::Map(fields)),
        Some((_, field)) => {
            let message = format!("the key `{}` is written twice in one map", field.key);
            Err(Flaw::new(ReadCode::DocumentDuplicateKey, field.spot, message).with_help("keep one of the two"))
        }
    }
}

/// Refuses what is nested deeper than [`NESTING_MAX`].
pub(crate) fn check_depth(depth: usize, spot: Spot) -> Result<(), Flaw> {
    if depth <= NESTING_MAX { Ok(()) } else { Err(too_deep(spot)) }
}

/// What is said of a document that is nested too deep.
pub(crate) fn too_deep(spot: Spot) -> Flaw {
    let message = format!("nested deeper than {NESTING_MAX} levels");
    Flaw::new(ReadCode::DocumentTooDeep, spot, message).with_help("no document needs that; look for a bracket too many")
}
