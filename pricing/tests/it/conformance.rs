//! Every case of `pricing/conformance`, by engine and reference. Other languages run the same files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use emptor_core::{Documents, Instant, NoPrice, PriceRequest, PricedOrder, ViolationCode, canonical_json};
use emptor_pricing::{Code, Detail, PriceBook, compile, price};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::codes::REFUSALS;
use crate::reference;

/// A book and a request, and the whole answer to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Good {
    title: String,
    rule: String,
    book: Documents,
    known_at: Option<Instant>,
    request: PriceRequest,
    expected: Value,
}

/// A book with all that is wrong with it, or a request with the code that refuses it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bad {
    title: String,
    rule: String,
    book: Documents,
    known_at: Option<Instant>,
    diagnostics: Option<Vec<Wrong>>,
    request: Option<PriceRequest>,
    error: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    severity: String,
    code: String,
    place: String,
}

/// The cases of a kind, by the path that names them.
fn cases<C: DeserializeOwned>(kind: &str) -> BTreeMap<String, C> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance").join(kind);
    let mut cases = BTreeMap::new();
    for folder in fs::read_dir(root).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
            let case = serde_json::from_str(&fs::read_to_string(&path).unwrap());
            cases.insert(name.clone(), case.unwrap_or_else(|error| panic!("{name}: {error}")));
        }
    }
    cases
}

fn fail_with_all(failures: &[String]) {
    assert!(failures.is_empty(), "{} cases fail:\n\n{}", failures.len(), failures.join("\n\n"));
}

/// Whether a case is in the folder of its rule: `r03-which-price` is R3's.
fn is_filed(name: &str, rule: &str) -> bool {
    let number = rule.strip_prefix('R').and_then(|number| number.parse::<u32>().ok());
    number.is_some_and(|number| name.contains(&format!("/r{number:02}-")))
}

impl Good {
    fn check(&self, name: &str) -> Result<(), String> {
        if self.title.is_empty() || !is_filed(name, &self.rule) {
            return Err("has no title, or is not in the folder of its rule".to_owned());
        }
        let known_at = self.known_at.unwrap_or(Instant::MAX);
        let book = compile(&self.book, known_at).map_err(|wrong| format!("does not compile: {wrong:?}"))?;
        let order = price(&book, &self.request, Detail::Waterfall).map_err(|error| error.code().to_owned())?;
        let (expected, got) = (canonical_json(&self.expected).unwrap(), order.canonical_json().unwrap());
        if got != expected {
            return Err(format!("expected {expected}\ngot      {got}"));
        }
        let read_back: PricedOrder =
            serde_json::from_value(self.expected.clone()).map_err(|error| error.to_string())?;
        if read_back != order {
            return Err("the answer is another once it was written and read".to_owned());
        }
        self.check_details(&book, &order)?;
        let reference = reference::price(&book, &self.book, known_at, &self.request);
        match reference.map(|order| order.canonical_json().unwrap()) {
            Ok(reference) if reference == got => Ok(()),
            other => Err(format!("the reference gives {other:?}")),
        }
    }

    /// Asking for less or more never changes a price.
    fn check_details(&self, book: &PriceBook, order: &PricedOrder) -> Result<(), String> {
        for detail in [Detail::Price, Detail::Why] {
            let other = price(book, &self.request, detail).map_err(|error| error.code().to_owned())?;
            if prices(&other) != prices(order) {
                return Err(format!("at detail {detail:?} it is {other:?}"));
            }
        }
        Ok(())
    }
}

/// What an order costs, without how it came about.
pub(crate) fn prices(order: &PricedOrder) -> PricedOrder {
    let mut order = order.clone();
    for line in &mut order.lines {
        line.steps.clear();
        line.memo.clear();
        line.shares.clear();
        line.losers.clear();
        line.lists_not_applicable = None;
        line.skipped.clear();
        line.rules_not_applicable = None;
    }
    order.gifts.iter_mut().for_each(|gift| gift.steps.clear());
    for charge in &mut order.charges {
        charge.steps.clear();
        charge.memo.clear();
    }
    order
}

impl Bad {
    fn check(&self, name: &str) -> Result<(), String> {
        if self.title.is_empty() || !is_filed(name, &self.rule) {
            return Err("has no title, or is not in the folder of its rule".to_owned());
        }
        let known_at = self.known_at.unwrap_or(Instant::MAX);
        let compiled = compile(&self.book, known_at);
        match (&self.diagnostics, &self.request, &self.error) {
            (Some(expected), None, None) => {
                let wrong = compiled.map_or_else(|wrong| wrong, |book| book.warnings().to_vec());
                let got: Vec<Wrong> = serde_json::from_value(without_words(&wrong)).unwrap();
                if got == *expected { Ok(()) } else { Err(format!("expected {expected:?}\ngot      {got:?}")) }
            }
            (None, Some(request), Some(expected)) => {
                let book = compiled.map_err(|wrong| format!("does not compile: {wrong:?}"))?;
                let engine = price(&book, request, Detail::Waterfall).map_err(|error| error.code());
                let reference = reference::price(&book, &self.book, known_at, request);
                let refuses = |answer: &Result<PricedOrder, &str>| matches!(answer, Err(code) if code == expected);
                if refuses(&engine) && refuses(&reference) { Ok(()) } else { Err(format!("{engine:?}\n{reference:?}")) }
            }
            _ => Err("has neither `diagnostics`, nor `request` and `error`".to_owned()),
        }
    }
}

/// Diagnostics without their message and help, which may be worded better one day.
fn without_words(diagnostics: &[emptor_core::Diagnostic]) -> Value {
    let mut value = serde_json::to_value(diagnostics).unwrap();
    for diagnostic in value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        diagnostic.remove("message");
        diagnostic.remove("help");
    }
    value
}

#[test]
fn every_good_case_has_its_answer() {
    let cases = cases::<Good>("good");
    assert!(cases.len() > 600, "only {} cases were found", cases.len());
    let wrong = cases.iter().filter_map(|(name, case)| Some(format!("{name}: {}", case.check(name).err()?)));
    fail_with_all(&wrong.collect::<Vec<_>>());
}

#[test]
fn every_bad_case_is_refused() {
    let cases = cases::<Bad>("bad");
    assert!(cases.len() > 200, "only {} cases were found", cases.len());
    let wrong = cases.iter().filter_map(|(name, case)| Some(format!("{name}: {}", case.check(name).err()?)));
    fail_with_all(&wrong.collect::<Vec<_>>());
}

#[test]
fn every_code_has_a_case() {
    let (good, bad) = (cases::<Good>("good"), cases::<Bad>("bad"));
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for case in bad.into_values() {
        seen.extend(case.diagnostics.into_iter().flatten().map(|wrong| wrong.code).chain(case.error));
    }
    for case in good.into_values() {
        let lines = case.expected["lines"].as_array().unwrap();
        seen.extend(lines.iter().filter_map(|line| line["no_price"].as_str()).map(str::to_owned));
        let violations = case.expected["violations"].as_array().into_iter().flatten();
        seen.extend(violations.filter_map(|violation| violation["code"].as_str()).map(str::to_owned));
    }
    // 100,001 lines are no file to read; `codes` has them.
    let refusals = REFUSALS.into_iter().filter(|code| *code != "request.too_many_lines");
    let of_orders =
        NoPrice::ALL.map(NoPrice::code).into_iter().chain(ViolationCode::ALL.iter().map(|code| code.code()));
    let codes = Code::ALL.map(Code::code).into_iter().chain(of_orders).chain(refusals);
    let missing: Vec<&str> = codes.filter(|code| !seen.contains(*code)).collect();
    assert!(missing.is_empty(), "no case has {missing:?}");
}

#[test]
fn every_case_has_a_title_of_its_own() {
    let good = cases::<Good>("good").into_iter().map(|(name, case)| (case.title, name));
    let bad = cases::<Bad>("bad").into_iter().map(|(name, case)| (case.title, name));
    let mut titles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    good.chain(bad).for_each(|(title, name)| titles.entry(title).or_default().push(name));
    let twice: Vec<_> = titles.into_iter().filter(|(_, names)| names.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

/// Cases that are written differently and are one and the same have one fingerprint and one answer.
#[test]
fn books_that_say_the_same_give_the_same_bytes() {
    let good = cases::<Good>("good");
    let check = |one: &str, other: &str| {
        let expected = |name: &str| &good[&format!("conformance/good/r15-result/{name}.json")].expected;
        assert_eq!(expected(one), expected(other), "{one}, {other}");
    };
    check("order-of-documents", "order-of-documents-turned");
    check("decimals-without-trailing-zeros", "decimals-as-short-as-they-go");
    check("known-at-without-what-came-later", "known-at-with-what-came-later");
}
