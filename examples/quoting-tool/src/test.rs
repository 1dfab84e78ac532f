//! `test`: the tests that the authors of a book keep with it, and where the prices are not what they state.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;

use emptor::core::{BookTest, Instant};
use emptor::{Book, Explanation, Problem, TestDifference, TestRun, TestedPart};

use crate::arguments::Test;
use crate::failure::Failure;
use crate::{book, output};

pub(crate) fn run(arguments: &Test) -> Result<ExitCode, Failure> {
    let dir = &arguments.book;
    let folder = book::read(dir).map_err(Failure::Problems)?;
    // Most tests ask for what is known now: a book is compiled once for each time that some test is about.
    let mut books: BTreeMap<Instant, Result<Book, Vec<Problem>>> = BTreeMap::new();
    let mut failed = 0_usize;
    let tests = &folder.documents.tests;
    for test in tests {
        let known_at = test.known_at.unwrap_or(Instant::MAX);
        let book = books.entry(known_at).or_insert_with(|| book::compile(dir, &folder, known_at));
        let wrong = match book {
            Ok(book) => differences(&book.test(test)),
            // What is wrong with the book as it stands is no matter of a test.
            Err(problems) if test.known_at.is_none() => return Err(Failure::Problems(problems.clone())),
            Err(problems) => uncompiled(test, problems),
        };
        failed = failed.saturating_add(usize::from(!wrong.is_empty()));
        output::text(&said(test, &wrong))?;
    }
    let passed = tests.len().saturating_sub(failed);
    let s = if tests.len() == 1 { "" } else { "s" };
    output::text(&format!("{} test{s}: {passed} ok, {failed} failed\n", tests.len()))?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A line for a test, and below it what is wrong.
fn said(test: &BookTest, wrong: &str) -> String {
    let name = &test.test;
    if wrong.is_empty() {
        return format!("ok {name}\n");
    }
    format!("FAILED {name}\n{}", indented(wrong))
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut indented, line| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(indented, "{}", format!("  {line}").trim_end());
        indented
    })
}

/// What differs, each with how it came about; empty for nothing.
fn differences(run: &TestRun) -> String {
    let shown =
        run.differences.iter().map(|difference| format!("{difference}\n{}", indented(&reason(run, difference))));
    shown.collect::<Vec<_>>().concat()
}

/// How what differs came about: the steps of the line, the sums, or what the order breaks.
fn reason(run: &TestRun, difference: &TestDifference) -> String {
    match &run.answer {
        Ok(order) => {
            let explanation = Explanation::of(order);
            match &difference.of {
                TestedPart::Net(line) => explanation.line(line),
                TestedPart::Payable => explanation.sums(),
                TestedPart::Violations => explanation.violations(),
                TestedPart::Error => String::new(),
            }
        }
        Err(error) => format!("{error}\n"),
    }
}

/// A book that cannot be made of what was known.
fn uncompiled(test: &BookTest, problems: &[Problem]) -> String {
    let known_at = test.known_at.map(|at| format!(" at {at}")).unwrap_or_default();
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    format!("no book can be made of what was known{known_at}\n{}", problems.join("\n"))
}
