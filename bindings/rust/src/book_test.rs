//! Tests of a book: what a request should cost, beside what it does.

use std::fmt;

use emptor_core::{BookTest, Expected, LineId, Money, PricedLine, PricedOrder, ViolationCode};
use emptor_pricing::{Detail, PricingError};

use crate::book::Book;

/// How a test went: the answer, and where it is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRun {
    /// The order, with its steps; or why the whole request is refused.
    pub answer: Result<PricedOrder, PricingError>,
    /// What differs, in the order of the fields of [`Expected`]; empty: the test holds.
    pub differences: Vec<TestDifference>,
}

/// Something that a test states and the answer does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestDifference {
    /// Of what.
    pub of: TestedPart,
    /// As the test states it.
    pub expected: String,
    /// As it is, in the same words.
    pub got: String,
}

/// What a test can state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestedPart {
    /// What a line comes to, or why it has no price.
    Net(LineId),
    /// What is to be paid.
    Payable,
    /// What the order breaks.
    Violations,
    /// Whether the whole request is refused.
    Error,
}

impl Book {
    /// Prices the request of a test and compares what the test states.
    ///
    /// It says nothing of `known_at`: compile the book as of then first.
    ///
    /// # Example
    /// ```
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/wholesale");
    /// # let book = emptor::Book::load(folder.as_ref()).unwrap();
    /// use emptor::core::BookTest;
    /// let test: BookTest = serde_json::from_str(r#"{ "test": "five hundred bolts",
    ///     "request": { "buyer": "contoso-north", "valid_at": "2026-05-04",
    ///         "lines": [{ "id": "1", "sku": "BOLT-M8X40", "quantity": "500" }] },
    ///     "expected": { "nets": { "1": "48.00 EUR" } } }"#).unwrap();
    /// let run = book.test(&test);
    /// assert_eq!(run.differences[0].to_string(), "line 1: expected 48.00 EUR, got 49.00 EUR");
    /// ```
    pub fn test(&self, test: &BookTest) -> TestRun {
        let answer = self.price(&test.request, Detail::Waterfall);
        let differences = match &answer {
            Ok(order) => of_order(&test.expected, order),
            Err(error) => of_refusal(&test.expected, error),
        };
        TestRun { answer, differences }
    }
}

impl fmt::Display for TestDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.of, self.expected, self.got)
    }
}

impl fmt::Display for TestedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(line) => write!(f, "line {line}"),
            Self::Payable => f.write_str("to pay"),
            Self::Violations => f.write_str("violations"),
            Self::Error => f.write_str("the request"),
        }
    }
}

fn of_order(expected: &Expected, order: &PricedOrder) -> Vec<TestDifference> {
    let Expected { nets, payable, violations, error } = expected;
    let mut differences = Vec::new();
    let mut differ = |of, expected, got| differences.push(TestDifference { of, expected, got });
    for (id, expected) in nets {
        let line = order.lines.iter().find(|line| line.id == *id);
        if !line.is_some_and(|line| comes_to(line, expected)) {
            let got = line.map_or_else(|| "no such line".to_owned(), net);
            differ(TestedPart::Net(id.clone()), expected.clone(), got);
        }
    }
    if let Some(expected) = payable.filter(|payable| *payable != order.totals.payable) {
        differ(TestedPart::Payable, expected.to_string(), order.totals.payable.to_string());
    }
    if let Some(expected) = violations {
        let got: Vec<ViolationCode> = order.violations.iter().map(|violation| violation.code).collect();
        if got != *expected {
            differ(TestedPart::Violations, codes(expected), codes(&got));
        }
    }
    if let Some(code) = error {
        differ(TestedPart::Error, code.clone(), "a price".to_owned());
    }
    differences
}

fn of_refusal(expected: &Expected, error: &PricingError) -> Vec<TestDifference> {
    if expected.error.as_deref() == Some(error.code()) {
        return Vec::new();
    }
    let expected = expected.error.clone().unwrap_or_else(|| "a price".to_owned());
    vec![TestDifference { of: TestedPart::Error, expected, got: error.code().to_owned() }]
}

/// Whether a line comes to what a test states: the same money however it is written, or the same code.
fn comes_to(line: &PricedLine, expected: &str) -> bool {
    let stated = |currency| {
        let (amount, code) = expected.split_once(' ')?;
        Some(code).filter(|code| *code == currency).and_then(|_| amount.parse().ok())
    };
    match line.net {
        Some(net) => {
            stated(net.currency().code()).and_then(|amount| Money::from_exact(amount, net.currency())) == line.net
        }
        None => line.no_price.is_some_and(|reason| reason.code() == expected),
    }
}

fn net(line: &PricedLine) -> String {
    let reason = || line.no_price.map(|reason| reason.code().to_owned());
    line.net.map(|net| net.to_string()).or_else(reason).unwrap_or_default()
}

fn codes(codes: &[ViolationCode]) -> String {
    let codes: Vec<&str> = codes.iter().map(|code| code.code()).collect();
    if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
}
