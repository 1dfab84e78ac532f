//! `check`: everything that is wrong with a book, as a compiler would say it.

use std::fmt::Write as _;
use std::process::ExitCode;

use emptor::Problem;
use emptor::core::Severity;
use serde::Serialize;

use crate::arguments::{Check, Format};
use crate::failure::Failure;
use crate::{book, output};

/// What was found, for programs.
#[derive(Serialize)]
struct Findings<'p> {
    errors: usize,
    warnings: usize,
    problems: &'p [Problem],
}

pub(crate) fn run(arguments: &Check) -> Result<ExitCode, Failure> {
    let loaded = book::load(&arguments.book, arguments.known_at);
    let problems = loaded.map_or_else(|problems| problems, |(_, book)| book::warnings(&arguments.book, &book));
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let findings = Findings { errors, warnings: problems.len().saturating_sub(errors), problems: &problems };
    match arguments.format {
        Format::Text => output::text(&text(&findings))?,
        Format::Json => output::json(&findings)?,
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn text(findings: &Findings<'_>) -> String {
    let Findings { errors, warnings, problems } = findings;
    let mut text = String::new();
    for problem in *problems {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{problem}\n");
    }
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let _ = writeln!(text, "{}, {}", counted(*errors, "error"), counted(*warnings, "warning"));
    text
}
