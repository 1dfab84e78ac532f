//! What ends a command early, as it is told on stderr.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use emptor::Problem;

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What is wrong with documents or a request.
    Problems(Vec<Problem>),
    /// Anything else: what, and what to do.
    Message(String),
    /// Nobody reads the output any more; that is no mistake.
    Unread,
}

impl Failure {
    /// About a file.
    pub(crate) fn of(path: &Path, message: impl std::fmt::Display) -> Self {
        Self::Message(format!("{}: {message}", path.display()))
    }

    /// Tells it on stderr; the exit code.
    pub(crate) fn tell(&self) -> ExitCode {
        match self {
            Self::Problems(problems) => problems.iter().for_each(|problem| say(&problem.to_string())),
            Self::Message(message) => say(&format!("error: {message}")),
            Self::Unread => return ExitCode::SUCCESS,
        }
        ExitCode::FAILURE
    }
}

/// Writes a line to stderr. If nobody reads that, there is nobody to tell.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
