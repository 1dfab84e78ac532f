//! What holds for every book and every request, on generated ones.

use emptor_core::{Exact, NoPrice, PriceRequest, PricedOrder, Step, canonical_json};
use emptor_pricing::{Detail, PriceBook, PricingError, Replay, compile, price, replay};
use emptor_reference::generate::{Case, case};
use proptest::prelude::{ProptestConfig, any};
use proptest::test_runner::{TestCaseError, TestError, TestRunner};

use crate::conformance::prices;
use crate::reference;

/// Asks `holds` about this many generated cases that compile; the others do not count.
pub(crate) fn for_compiled_cases(count: u32, holds: impl Fn(&Case, &PriceBook, &[u8]) -> Result<(), String>) {
    let config = ProptestConfig {
        cases: count,
        max_global_rejects: count.saturating_mul(10),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let choices = proptest::collection::vec(any::<u8>(), 0..4096);
    let outcome = TestRunner::new(config).run(&choices, |choices| {
        let case = case(&choices);
        let Ok(book) = compile(&case.documents, case.known_at) else {
            return Err(TestCaseError::reject("does not compile"));
        };
        holds(&case, &book, &choices).map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Abort(reason)) => panic!("too few cases compile: {reason}"),
        Err(TestError::Fail(reason, choices)) => {
            let Case { documents, known_at, request } = case(&choices);
            let text = |value: Result<String, serde_json::Error>| value.unwrap();
            panic!(
                "{reason}\nbook: {}\nknown_at: {known_at}\nrequest: {}",
                text(serde_json::to_string_pretty(&documents)),
                text(serde_json::to_string_pretty(&request))
            );
        }
    }
}

pub(crate) fn equal<T: PartialEq + std::fmt::Debug>(one: &T, other: &T, what: &str) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what}: {one:#?}\nand {other:#?}")) }
}

pub(crate) type Answer = Result<PricedOrder, PricingError>;

pub(crate) fn ask(book: &PriceBook, request: &PriceRequest) -> Answer {
    price(book, request, Detail::Waterfall)
}

/// What steps come to, at 10 decimals.
pub(crate) fn sum(steps: &[Step]) -> i128 {
    steps.iter().map(|step| scaled(step.amount)).sum()
}

pub(crate) fn scaled(exact: Exact) -> i128 {
    exact.scaled(10).unwrap()
}

#[test]
fn engine_agrees_with_reference() {
    for_compiled_cases(1000, |case, book, _| {
        let engine = ask(book, &case.request).map_err(|error| error.code());
        let reference = reference::price(book, &case.documents, case.known_at, &case.request);
        if let (Ok(engine), Ok(reference)) = (&engine, &reference) {
            for (line, other) in engine.lines.iter().zip(&reference.lines) {
                equal(
                    &canonical_json(line).unwrap(),
                    &canonical_json(other).unwrap(),
                    "a line by engine and reference",
                )?;
            }
        }
        equal(&engine, &reference, "engine and reference")
    });
}

#[test]
fn pricing_again_is_equal() {
    for_compiled_cases(200, |case, book, _| {
        let text = |answer: Answer| answer.map(|order| order.canonical_json().unwrap()).map_err(|error| error.code());
        let again = compile(&case.documents, case.known_at).map_err(|wrong| format!("{wrong:?}"))?;
        let first = text(ask(book, &case.request));
        equal(&first, &text(ask(book, &case.request)), "from one book")?;
        equal(&first, &text(ask(&again, &case.request)), "from the documents again")?;
        let Ok(recorded) = ask(book, &case.request) else { return Ok(()) };
        let read_back: PricedOrder = serde_json::from_str(&recorded.canonical_json().unwrap()).unwrap();
        equal(&replay(&again, &case.request, &read_back), &Ok(Replay::Equal), "the replay of what was written")
    });
}

#[test]
fn detail_never_changes_a_price() {
    for_compiled_cases(200, |case, book, _| {
        let at = |detail| price(book, &case.request, detail);
        let (least, usual, most) = (at(Detail::Price), at(Detail::Waterfall), at(Detail::Why));
        let stripped = |answer: &Answer| answer.as_ref().map(prices).map_err(PricingError::code);
        equal(&stripped(&least), &stripped(&usual), "price and waterfall")?;
        equal(&stripped(&usual), &stripped(&most), "waterfall and why")?;
        let (Ok(usual), Ok(most)) = (usual, most) else { return Ok(()) };
        for (line, why) in usual.lines.iter().zip(&most.lines) {
            equal(&line.steps, &why.steps, "the steps at why")?;
        }
        Ok(())
    });
}

#[test]
fn reasons_of_a_line_do_not_depend_on_other_lines() {
    for_compiled_cases(200, |case, book, _| {
        let Ok(order) = ask(book, &case.request) else { return Ok(()) };
        let is_of_the_line = |reason: &NoPrice| reason.code().starts_with("line.") || *reason == NoPrice::NoCandidate;
        for (line, requested) in order.lines.iter().zip(&case.request.lines) {
            let alone = PriceRequest { lines: vec![requested.clone()], ..case.request.clone() };
            let Ok(alone) = ask(book, &alone) else { continue };
            let reasons = [line.no_price, alone.lines.first().and_then(|line| line.no_price)];
            if reasons.iter().flatten().any(is_of_the_line) {
                equal(&reasons[0], &reasons[1], "the reason in the order and alone")?;
            }
        }
        Ok(())
    });
}
