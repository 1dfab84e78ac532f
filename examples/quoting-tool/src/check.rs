//! `check`: everything that is wrong with a book, as a compiler would say it.

use std::collections::BTreeMap;
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

/// How many warnings of one kind and file are told in full.
const ALIKE_MAX: usize = 3;

fn text(findings: &Findings<'_>) -> String {
    let Findings { errors, warnings, problems } = findings;
    let mut text = String::new();
    let mut told: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for problem in *problems {
        let alike = told.entry((problem.code, problem.file.as_deref())).or_default();
        *alike = alike.saturating_add(1);
        // Every error must be mended; of warnings of one kind, a few show what it is about.
        if problem.severity == Severity::Error || *alike <= ALIKE_MAX {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{problem}\n");
        }
    }
    let is_warning =
        |code: &str| problems.iter().any(|problem| problem.code == code && problem.severity != Severity::Error);
    for ((code, file), count) in told.into_iter().filter(|((code, _), count)| *count > ALIKE_MAX && is_warning(code)) {
        let more = count.saturating_sub(ALIKE_MAX);
        let _ = writeln!(
            text,
            "warning[{code}]: {}: {more} more of these; `--format json` has all\n",
            file.unwrap_or_default()
        );
    }
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let _ = writeln!(text, "{}, {}", counted(*errors, "error"), counted(*warnings, "warning"));
    text
}
