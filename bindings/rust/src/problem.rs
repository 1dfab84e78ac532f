//! What is wrong with what was read: a code, a file and line, words and help.

use std::fmt;

use emptor_core::{Place, Severity};
use serde::Serialize;

use crate::tree::Spot;

/// The longest message; what is longer quotes somebody's data.
const MESSAGE_CHARS_MAX: usize = 600;

/// One thing that is wrong with what was read, or with the documents in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether a book can be made all the same.
    pub severity: Severity,
    /// The stable code, `area.condition`: a [`ReadCode`]'s, or a diagnostic's.
    pub code: &'static str,
    /// The file, relative to the folder, with `/` between its parts; absent: it was not read from a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column, from 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The place in the documents, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// The codes of what can be wrong with reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReadCode {
    /// The text is neither YAML nor JSON.
    DocumentSyntax,
    /// A value is not what its field needs, or a field is missing.
    DocumentShape,
    /// A key that the document does not have.
    DocumentUnknownKey,
    /// A key that is written twice in one map.
    DocumentDuplicateKey,
    /// A document of no known kind.
    DocumentUnknownKind,
    /// A YAML anchor or alias.
    DocumentAlias,
    /// A YAML tag.
    DocumentTag,
    /// Nested too deep.
    DocumentTooDeep,
    /// A file that is too large.
    DocumentTooLarge,
    /// Two documents of one kind and name.
    DocumentDuplicate,
    /// No tenant document.
    TenantMissing,
    /// More than one tenant document.
    TenantDuplicate,
    /// A CSV file that is not separated by commas.
    CsvDelimiter,
    /// A column that is needed.
    CsvMissingColumn,
    /// A column that is not known.
    CsvUnknownColumn,
    /// A column that is there twice.
    CsvDuplicateColumn,
    /// A row that cannot be read.
    CsvRow,
    /// Two rows for one price and quantity.
    CsvDuplicateTier,
    /// More problems in a CSV file than are shown.
    CsvMore,
    /// A file or folder that cannot be read.
    FileUnreadable,
    /// A file outside of the folder.
    FileOutside,
}

/// A problem whose file is not said yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) code: ReadCode,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
    message: String,
    help: Option<String>,
}

impl ReadCode {
    /// Every code.
    pub const ALL: [Self; 21] = [
        Self::DocumentSyntax,
        Self::DocumentShape,
        Self::DocumentUnknownKey,
        Self::DocumentDuplicateKey,
        Self::DocumentUnknownKind,
        Self::DocumentAlias,
        Self::DocumentTag,
        Self::DocumentTooDeep,
        Self::DocumentTooLarge,
        Self::DocumentDuplicate,
        Self::TenantMissing,
        Self::TenantDuplicate,
        Self::CsvDelimiter,
        Self::CsvMissingColumn,
        Self::CsvUnknownColumn,
        Self::CsvDuplicateColumn,
        Self::CsvRow,
        Self::CsvDuplicateTier,
        Self::CsvMore,
        Self::FileUnreadable,
        Self::FileOutside,
    ];

    /// The stable code, `area.condition`.
    pub fn code(self) -> &'static str {
        match self {
            Self::DocumentSyntax => "document.syntax",
            Self::DocumentShape => "document.shape",
            Self::DocumentUnknownKey => "document.unknown_key",
            Self::DocumentDuplicateKey => "document.duplicate_key",
            Self::DocumentUnknownKind => "document.unknown_kind",
            Self::DocumentAlias => "document.alias",
            Self::DocumentTag => "document.tag",
            Self::DocumentTooDeep => "document.too_deep",
            Self::DocumentTooLarge => "document.too_large",
            Self::DocumentDuplicate => "document.duplicate",
            Self::TenantMissing => "tenant.missing",
            Self::TenantDuplicate => "tenant.duplicate",
            Self::CsvDelimiter => "csv.delimiter",
            Self::CsvMissingColumn => "csv.missing_column",
            Self::CsvUnknownColumn => "csv.unknown_column",
            Self::CsvDuplicateColumn => "csv.duplicate_column",
            Self::CsvRow => "csv.row",
            Self::CsvDuplicateTier => "csv.duplicate_tier",
            Self::CsvMore => "csv.more",
            Self::FileUnreadable => "file.unreadable",
            Self::FileOutside => "file.outside",
        }
    }
}

impl Flaw {
    pub(crate) fn new(code: ReadCode, spot: Spot, message: impl Into<String>) -> Self {
        Self { line: Some(spot.line), column: Some(spot.column), ..Self::of_file(code, message) }
    }

    /// About a row of a CSV file.
    pub(crate) fn of_row(code: ReadCode, line: u32, message: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::of_file(code, message) }
    }

    /// About a whole file.
    pub(crate) fn of_file(code: ReadCode, message: impl Into<String>) -> Self {
        Self { code, line: None, column: None, message: message.into(), help: None }
    }

    #[must_use]
    pub(crate) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same, standing at `spot` where it has no place of its own.
    #[must_use]
    pub(crate) fn or_at(self, spot: Spot) -> Self {
        if self.line.is_some() { self } else { Self { line: Some(spot.line), column: Some(spot.column), ..self } }
    }

    /// The same, about a file that is named there.
    #[must_use]
    pub(crate) fn naming(self, named: &str) -> Self {
        Self { message: format!("`{named}`: {}", self.message), ..self }
    }

    pub(crate) fn into_problem(self, file: Option<&str>, place: Option<Place>) -> Problem {
        Problem {
            severity: Severity::Error,
            code: self.code.code(),
            file: file.map(str::to_owned),
            line: self.line,
            column: self.column,
            place,
            message: shortened(self.message),
            help: self.help.map(shortened),
        }
    }
}

fn shortened(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MESSAGE_CHARS_MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}[{}]: ", self.code)?;
        match (&self.file, &self.place) {
            (Some(file), _) => write!(f, "{file}:")?,
            (None, Some(place)) if self.line.is_none() => write!(f, "{place}:")?,
            _ => {}
        }
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, "{number}:")?;
        }
        let space = if self.file.is_some() || self.place.is_some() || self.line.is_some() { " " } else { "" };
        write!(f, "{space}{}", self.message)?;
        self.help.iter().try_for_each(|help| write!(f, "\n  = help: {help}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Flaw, ReadCode};
    use crate::tree::Spot;

    #[test]
    fn codes_are_stable() {
        let codes = "document.syntax document.shape document.unknown_key document.duplicate_key document.unknown_kind \
                     document.alias document.tag document.too_deep document.too_large document.duplicate \
                     tenant.missing tenant.duplicate csv.delimiter csv.missing_column csv.unknown_column \
                     csv.duplicate_column csv.row csv.duplicate_tier csv.more file.unreadable file.outside";
        assert_eq!(ReadCode::ALL.map(ReadCode::code).join(" "), codes);
    }

    #[test]
    fn a_problem_reads_like_a_compilers() {
        let flaw = Flaw::new(ReadCode::DocumentShape, Spot { line: 12, column: 7 }, "`price` is missing");
        let problem = flaw.clone().with_help("add it").into_problem(Some("a/dealer.yaml"), None);
        let text = "error[document.shape]: a/dealer.yaml:12:7: `price` is missing\n  = help: add it";
        assert_eq!(problem.to_string(), text);
        let text = "error[document.shape]: 12:7: `price` is missing";
        assert_eq!(flaw.into_problem(None, None).to_string(), text);
        let flaw = Flaw::of_file(ReadCode::TenantMissing, "x".repeat(1_000_000));
        assert!(flaw.into_problem(None, None).to_string().starts_with("error[tenant.missing]: xxx"));
    }

    #[test]
    fn a_long_message_is_cut() {
        let problem = Flaw::of_file(ReadCode::CsvRow, "ä".repeat(1_000_000)).into_problem(None, None);
        assert!(problem.message.len() < 2000 && problem.message.ends_with('…'));
    }
}
