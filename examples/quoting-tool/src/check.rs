//! `check`: everything that is wrong with a book, as a compiler would say it, and how its scripts run.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::process::ExitCode;

use emptor::core::Severity;
use emptor::{Problem, ScriptReport};
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
    scripts: Vec<Script>,
}

/// How a script runs.
#[derive(Serialize)]
struct Script {
    script: String,
    hash: String,
    uses: usize,
    is_native: bool,
    /// Why it is not native: the place in its text, and what stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

pub(crate) fn run(arguments: &Check) -> Result<ExitCode, Failure> {
    let loaded = book::load(&arguments.book, arguments.known_at);
    let (problems, scripts) = match loaded {
        Ok((_, book)) => (book::warnings(&arguments.book, &book), book.scripts()),
        Err(problems) => (problems, Vec::new()),
    };
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len().saturating_sub(errors);
    let scripts = scripts.into_iter().map(Script::of).collect();
    let findings = Findings { errors, warnings, problems: &problems, scripts };
    match arguments.format {
        Format::Text => output::text(&text(&findings))?,
        Format::Json => output::json(&findings)?,
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How many warnings of one kind and file are told in full.
const ALIKE_MAX: usize = 3;

fn text(findings: &Findings<'_>) -> String {
    let Findings { errors, warnings, problems, scripts } = findings;
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
    for script in scripts {
        let _ = writeln!(text, "{script}");
    }
    if !scripts.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{}, {}", counted(*errors, "error"), counted(*warnings, "warning"));
    text
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

impl Script {
    fn of(report: ScriptReport) -> Self {
        let interpreted = report.interpreted;
        Self {
            script: report.script.to_string(),
            hash: report.hash.to_string(),
            uses: report.uses,
            is_native: interpreted.is_none(),
            line: interpreted.as_ref().map(|found| found.line),
            column: interpreted.as_ref().map(|found| found.column),
            reason: interpreted.map(|found| found.reason),
        }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { script, hash, uses, line, column, reason, .. } = self;
        let hash: String = hash.chars().take(8).collect();
        write!(f, "script {script} {hash}, {}: ", counted(*uses, "use"))?;
        match (line, column, reason) {
            (Some(line), Some(column), Some(reason)) => {
                write!(f, "interpreted, for at line {line}, column {column} of its text: {reason}")
            }
            _ => f.write_str("native"),
        }
    }
}
