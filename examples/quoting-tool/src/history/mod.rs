//! What was charged before: the rows of a file of transactions, each usable or counted with the reason why not.

mod fields;
mod row;

use std::collections::BTreeMap;
use std::path::Path;

pub(crate) use row::Row;
use row::{COLUMNS, Columns};

use crate::failure::Failure;
use crate::input;

const MEGABYTES_MAX: u64 = 1024;

/// The rows of a file. The usable and the unusable ones are all there are.
#[derive(Debug)]
pub(crate) struct History {
    /// How many rows there are below the header.
    pub(crate) count: u64,
    pub(crate) rows: Vec<Row>,
    pub(crate) unusable: Unusable,
}

/// How many rows cannot be used, by reason.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unusable(BTreeMap<&'static str, Unused>);

/// Rows that cannot be used for one reason.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unused {
    pub(crate) rows: u64,
    /// The line of the first one.
    pub(crate) line: u64,
}

impl Unusable {
    pub(crate) fn add(&mut self, reason: &'static str, line: u64) {
        let unused = self.0.entry(reason).or_insert(Unused { rows: 0, line });
        unused.rows = unused.rows.saturating_add(1);
        unused.line = unused.line.min(line);
    }

    /// The reasons by name.
    pub(crate) fn reasons(&self) -> impl Iterator<Item = (&'static str, Unused)> {
        self.0.iter().map(|(reason, unused)| (*reason, *unused))
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.values().map(|unused| unused.rows).sum()
    }
}

/// Reads a file of transactions. A line is a row, whatever stands in it; empty lines are none.
pub(crate) fn read(path: &Path) -> Result<History, Failure> {
    let bytes = input::bytes(path, MEGABYTES_MAX)?;
    let mut lines = (1..).zip(bytes.split(|&byte| byte == b'\n')).map(|(number, line)| {
        let line: &[u8] = line;
        (number, line.strip_suffix(b"\r").unwrap_or(line))
    });
    let head = lines.next().map_or(&[][..], |(_, head)| head);
    let columns = Columns::of(head).map_err(|message| {
        let known = COLUMNS.join(",");
        Failure::Message(format!("{}:1: {message}; the first line names the columns {known}", path.display()))
    })?;
    let mut history = History { count: 0, rows: Vec::new(), unusable: Unusable::default() };
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        history.count = history.count.saturating_add(1);
        match columns.row(line, number) {
            Ok(row) => history.rows.push(row),
            Err(reason) => history.unusable.add(reason, number),
        }
    }
    Ok(history)
}
