//! A CSV file as rows whose columns have names: separated by commas, quoted by `"`, with a header.

use std::fmt;

use emptor_core::{Exact, Unit};

use crate::nearest;
use crate::problem::{Flaw, ReadCode};
use crate::tree::RowLines;

/// The most problems that are told of one file.
const PROBLEMS_MAX: usize = 100;

/// What a CSV file is read into: its elements and the lines they were made of, or all that is wrong with it.
pub(crate) type Read<T> = Result<(Vec<T>, RowLines), Vec<Flaw>>;

/// The rows below a header.
pub(crate) struct Table<'t> {
    reader: csv::Reader<&'t [u8]>,
    lines: Lines<'t>,
    /// Each column's name, in the order of the file.
    columns: Vec<&'static str>,
    record: csv::StringRecord,
}

/// One row, and the line it starts on.
pub(crate) struct Row<'r> {
    pub(crate) line: u32,
    columns: &'r [&'static str],
    record: &'r csv::StringRecord,
}

/// What is wrong with a file, as far as it is told.
#[derive(Default)]
pub(crate) struct Flaws {
    told: Vec<Flaw>,
    more: usize,
}

impl<'t> Table<'t> {
    /// Reads the header. Of each set of `needed` columns one must be there.
    pub(crate) fn open(text: &'t str, known: &[&'static str], needed: &[&[&str]]) -> Result<Self, Vec<Flaw>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        if let Err(error) = reader.read_record(&mut record) {
            return Err(vec![Flaw::of_row(ReadCode::CsvRow, 1, error.to_string())]);
        }
        let mut lines = Lines { bytes: text.as_bytes(), read: 0, line: 1 };
        let line = lines.at(0);
        let columns = columns(&record, line, known, needed)?;
        Ok(Self { reader, lines, columns, record })
    }

    /// The next row, if it is one.
    pub(crate) fn next_row(&mut self) -> Option<Result<Row<'_>, Flaw>> {
        let read = self.reader.read_record(&mut self.record);
        if matches!(read, Ok(false)) {
            return None;
        }
        let byte = self.record.position().map_or(0, csv::Position::byte);
        let line = self.lines.at(usize::try_from(byte).unwrap_or(usize::MAX));
        let flaw = |message: String| Flaw::of_row(ReadCode::CsvRow, line, message);
        if let Err(error) = read {
            return Some(Err(flaw(error.to_string())));
        }
        // The csv crate reads on past a quote that is never closed: no value here has a line break of its own.
        if self.record.as_slice().contains(['\n', '\r']) {
            return Some(Err(flaw("a value goes on in the next line".to_owned()).with_help("close its quote (`\"`)")));
        }
        let (found, wanted) = (self.record.len(), self.columns.len());
        if found != wanted {
            let flaw = flaw(format!("{found} values, but the header has {wanted}"));
            return Some(Err(flaw.with_help("count the commas; a value that has one is written in quotes")));
        }
        Some(Ok(Row { line, columns: &self.columns, record: &self.record }))
    }
}

impl<'r> Row<'r> {
    /// The text in a column; `None`: the column is not there, or is empty here.
    pub(crate) fn get(&self, column: &str) -> Option<&'r str> {
        let index = self.columns.iter().position(|known| *known == column)?;
        self.record.get(index).filter(|text| !text.is_empty())
    }

    /// The value in a column, as `parse` reads it.
    pub(crate) fn read<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Flaw> {
        let value = self.get(column).map(parse).transpose();
        value.map_err(|error| self.flaw(format!("column `{column}`: {error}")))
    }

    pub(crate) fn exact(&self, column: &str) -> Result<Option<Exact>, Flaw> {
        self.read(column, parsed)
    }

    pub(crate) fn flaw(&self, message: impl Into<String>) -> Flaw {
        Flaw::of_row(ReadCode::CsvRow, self.line, message)
    }
}

impl Flaws {
    pub(crate) fn push(&mut self, flaw: Flaw) {
        if self.told.len() < PROBLEMS_MAX {
            self.told.push(flaw);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// All that is told; none: the file is fine.
    pub(crate) fn into_told(mut self) -> Vec<Flaw> {
        if self.more > 0 {
            let message = format!("{} more problems in this file", self.more);
            let flaw = Flaw::of_file(ReadCode::CsvMore, message);
            self.told.push(flaw.with_help("fix the ones above first; they often have one cause"));
        }
        self.told
    }
}

/// A text as a core type whose error completes "`text` is …".
pub(crate) fn parsed<T: std::str::FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error| format!("`{text}` is {error}"))
}

/// Units repeat from row to row, and each is kept once.
#[derive(Default)]
pub(crate) struct Units(Vec<Unit>);

impl Units {
    pub(crate) fn read(&mut self, text: &str) -> Result<Unit, String> {
        if let Some(known) = self.0.iter().find(|known| known.as_str() == text) {
            return Ok(known.clone());
        }
        let unit = Unit::new(text).map_err(|error| error.to_string())?;
        // A file of nothing but different units must not make this search slow.
        if self.0.len() < 32 {
            self.0.push(unit.clone());
        }
        Ok(unit)
    }
}

/// Counts lines up to where rows start; the csv crate's own count is off after blank lines and CRLF.
struct Lines<'t> {
    bytes: &'t [u8],
    read: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of the row that starts at `byte` or after the line breaks there; bytes must come in order.
    fn at(&mut self, byte: usize) -> u32 {
        let rest = self.bytes.get(self.read..).unwrap_or_default();
        let passed = byte.saturating_sub(self.read).min(rest.len());
        let (before, after) = rest.split_at_checked(passed).unwrap_or((rest, &[]));
        let blank = after.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let breaks = before.iter().chain(blank.clone()).filter(|&&byte| byte == b'\n').count();
        self.read = self.read.saturating_add(passed).saturating_add(blank.count());
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.line
    }
}

fn columns(
    header: &csv::StringRecord,
    line: u32,
    known: &[&'static str],
    needed: &[&[&str]],
) -> Result<Vec<&'static str>, Vec<Flaw>> {
    if let Some(separator) = [';', '\t', '|'].into_iter().find(|&other| header.as_slice().contains(other)) {
        let message = format!("separated by {separator:?}, not by commas");
        let flaw = Flaw::of_row(ReadCode::CsvDelimiter, line, message);
        return Err(vec![flaw.with_help("export it as CSV with `,` between the values and a point in numbers")]);
    }
    let (mut columns, mut flaws) = (Vec::new(), Flaws::default());
    for name in header {
        match known.iter().find(|known| **known == name) {
            None => {
                let flaw = Flaw::of_row(ReadCode::CsvUnknownColumn, line, format!("the column `{name}` is not known"));
                flaws.push(flaw.with_help(nearest::help("columns", name, known)));
            }
            Some(known) if columns.contains(known) => {
                let flaw =
                    Flaw::of_row(ReadCode::CsvDuplicateColumn, line, format!("the column `{name}` is there twice"));
                flaws.push(flaw.with_help("take one of the two out"));
            }
            Some(known) => columns.push(*known),
        }
    }
    for choice in needed {
        if !columns.iter().any(|column| choice.contains(column)) {
            let message = format!("the column `{}` is missing", choice.join("` or `"));
            let flaw = Flaw::of_row(ReadCode::CsvMissingColumn, line, message);
            flaws
                .push(flaw.with_help(format!("the first line names the columns; known columns: {}", known.join(", "))));
        }
    }
    let told = flaws.into_told();
    if told.is_empty() { Ok(columns) } else { Err(told) }
}
