//! `reprice`: what was charged against what the book says, row by row.

mod compare;
mod report;

use std::process::ExitCode;

pub(crate) use compare::{Comparison, Sums, compare};
pub(crate) use report::unusable;
use report::{Report, text};

use crate::arguments::{Format, Reprice};
use crate::failure::Failure;
use crate::{book, history, output};

/// The buyer of rows that name none.
pub(crate) const WALK_IN: &str = "walk-in";

pub(crate) fn run(arguments: &Reprice) -> Result<ExitCode, Failure> {
    let history = history::read(&arguments.history)?;
    let (folder, book) = book::load(&arguments.book, None).map_err(Failure::Problems)?;
    let comparison = compare(&book, folder.documents.tenant.currency, &history)?;
    let report = Report::of(&comparison);
    match arguments.format {
        Format::Text => output::text(&text(&report, &comparison))?,
        Format::Json => output::json(&report)?,
    }
    Ok(ExitCode::SUCCESS)
}
