//! The page about scripts, `docs/scripts.md`: what it shows is compiled and priced.

use emptor::core::{Instant, PricedOrder, ScriptError, Severity, Step};
use emptor::{Book, Folder, Problem, read_folder};

use crate::scratch::{Scratch, shown};

const PAGE: &str = include_str!("../../../../docs/scripts.md");

/// The small book that every example of the page is added to.
const BOOK: &str = "\
tenant: acme
currency: EUR
time_zone: Europe/Berlin
procedure:
  - step: { name: contract }
  - step: { name: promotion }
  - step: { name: freight }
  - step: { name: order, at: order }
---
organization: contoso
groups: [dealers]
region: DE
---
organization: fabrikam
---
catalog: main
categories: [{ category: tools }]
products:
  - { sku: ROD, unit: kg }
  - { sku: BOLT, unit: pc, weight: 0.02 kg, cost: 0.40, conversions: [1 pallet = 1000 pc], attributes: { usual: 50 } }
  - { sku: DRILL, unit: pc, category: tools, vendor: tooly, weight: 3 kg, attributes: { bulk: bulky } }
  - { sku: ACID, unit: pc, weight: 2 kg, attributes: { hazard: 8 } }
  - { sku: GAS, unit: pc, weight: 0.5 kg, attributes: { hazard: 2.1 } }
  - { sku: NUT, unit: pc }
---
price_list: list
currency: EUR
entries:
  - { sku: ROD, price: 10 }
  - { sku: BOLT, price: 1 }
  - { sku: DRILL, price: 100 }
  - { sku: ACID, price: 20 }
  - { sku: GAS, price: 5 }
  - { sku: NUT, price: 2 }
---
index_table: copper
values: [{ rate_id: copper-2026, value: 9.15 }]
";

/// An example: the line that it begins on, what the page says becomes of it, and its documents.
struct Example {
    line: usize,
    told: Vec<&'static str>,
    text: String,
}

#[test]
fn every_example_does_what_the_page_says() {
    let examples = examples();
    assert!(examples.len() > 25, "{}", examples.len());
    for Example { line, told, text } in &examples {
        let scratch = Scratch::new("scripts-page", &[("book.yaml", BOOK), ("example.yaml", text)]);
        let folder = read_folder(scratch.path());
        match (told.as_slice(), folder.and_then(|folder| Ok((Book::compile(&folder, Instant::MAX)?, folder)))) {
            ([], Ok((book, folder))) => {
                assert_eq!(shown(book.warnings()), "", "line {line}");
                assert!(!folder.documents.tests.is_empty(), "line {line} has no test");
                keeps_its_tests(&book, &folder, *line);
            }
            (["fails", code], Ok((book, folder))) => {
                let failures = keeps_its_tests(&book, &folder, *line);
                assert!(failures.iter().any(|failure| failure.code() == *code), "line {line}: {failures:?}");
            }
            (["warned", code], Ok((book, _))) => assert_eq!(codes(book.warnings()), [*code], "line {line}"),
            (["refused", code], Err(problems)) => {
                let errors = problems.into_iter().filter(|problem| problem.severity == Severity::Error);
                let errors: Vec<Problem> = errors.collect();
                assert!(codes(&errors).contains(code), "line {line}: {}", shown(&errors));
            }
            (_, Err(problems)) => panic!("line {line}: {}", shown(&problems)),
            (told, Ok(_)) => panic!("line {line} is {told:?}, and nothing is wrong with it"),
        }
    }
}

#[test]
fn every_code_of_a_failure_is_on_the_page() {
    let examples = examples();
    for error in ScriptError::ALL {
        let is_shown = examples.iter().any(|example| example.told == ["fails", error.code()]);
        assert!(is_shown, "{}", error.code());
    }
}

/// Runs the tests of an example; why scripts failed in them.
fn keeps_its_tests(book: &Book, folder: &Folder, line: usize) -> Vec<ScriptError> {
    let mut failures = Vec::new();
    for test in &folder.documents.tests {
        let run = book.test(test);
        let differences: Vec<String> = run.differences.iter().map(ToString::to_string).collect();
        assert!(differences.is_empty(), "line {line}, test `{}`: {differences:?}", test.test);
        failures.extend(run.answer.iter().flat_map(failed));
    }
    failures
}

/// Why scripts failed, in steps and beside them.
fn failed(order: &PricedOrder) -> Vec<ScriptError> {
    let of_step = |step: &Step| {
        let runs = step.adjustment.iter().flat_map(|adjustment| &adjustment.scripts);
        runs.filter_map(|run| run.failed).collect::<Vec<_>>()
    };
    let steps = order.lines.iter().flat_map(|line| &line.steps).flat_map(of_step);
    order.script_failures.iter().map(|failure| failure.code).chain(steps).collect()
}

fn codes(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.code).collect()
}

/// The YAML of the page. Behind the word `yaml` stands what becomes of it; nothing: it is sound, and keeps its tests.
fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    let mut lines = (1..).zip(PAGE.lines());
    while let Some((line, text)) = lines.next() {
        let Some(told) = text.strip_prefix("```yaml") else { continue };
        let body: Vec<&str> = lines.by_ref().map(|(_, text)| text).take_while(|text| *text != "```").collect();
        examples.push(Example { line, told: told.split_whitespace().collect(), text: body.join("\n") + "\n" });
    }
    examples
}
