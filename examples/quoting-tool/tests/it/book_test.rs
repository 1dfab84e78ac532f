//! `test`: what a book's tests state holds, or the difference is told with how it came about.

use crate::scratch::{BOOK, Said, Scratch, WHOLESALE};

/// What `test` says of the small book with these tests.
fn test(name: &str, tests: &str) -> Said {
    let files = [BOOK.as_slice(), &[("book/tests.yaml", tests)]].concat();
    Scratch::new(name, &files).run("test --book book")
}

#[test]
fn a_book_that_keeps_its_tests_says_so() {
    let said = test(
        "tests-that-hold",
        "\
test: five boxes
request: { buyer: contoso, valid_at: 2026-03-01, lines: [{ id: 1, sku: BOLT, quantity: 5, unit: box }] }
expected: { nets: { 1: 84 EUR }, payable: { amount: 84.00, currency: EUR }, violations: [] }
---
test: nobody sells nuts here
request: { buyer: contoso, valid_at: 2026-03-01, lines: [{ id: 1, sku: NUT, quantity: 1 }] }
expected: { nets: { 1: line.unknown_sku } }
---
test: a stranger buys nothing
request: { buyer: nobody, valid_at: 2026-03-01, lines: [] }
expected: { error: request.unknown_buyer }
",
    );
    assert_eq!(
        said.fine(),
        "ok five boxes\nok nobody sells nuts here\nok a stranger buys nothing\n3 tests: 3 ok, 0 failed\n"
    );
}

const FAILED: &str = "\
FAILED five boxes
  line 1: expected 98.00 EUR, got 84.00 EUR
    line 1: BOLT, 5 box
      price      84.00  price list list, version 1
                        8.40 / 100 pc from 1000 pc
                        1 box = 200 pc
      net        84.00  EUR
  line 2: expected 1.00 EUR, got no such line
  violations: expected order.value_min, got none
FAILED a stranger
  the request: expected a price, got request.unknown_buyer
    there is no organization `nobody`; check the buyer's name
ok a price
FAILED refused
  the request: expected request.limit, got a price
4 tests: 1 ok, 3 failed
";

#[test]
fn a_test_that_fails_shows_what_came_out_and_why() {
    let said = test(
        "tests-that-fail",
        "\
test: five boxes
request: { buyer: contoso, valid_at: 2026-03-01, lines: [{ id: 1, sku: BOLT, quantity: 5, unit: box }] }
expected: { nets: { 1: 98.00 EUR, 2: 1.00 EUR }, violations: [order.value_min] }
---
test: a stranger
request: { buyer: nobody, valid_at: 2026-03-01, lines: [] }
expected: { payable: { amount: 0, currency: EUR } }
---
test: a price
request: { buyer: contoso, valid_at: 2026-03-01, lines: [{ id: 1, sku: BOLT, quantity: 1 }] }
expected: { nets: { 1: 0.10 EUR } }
---
test: refused
request: { buyer: contoso, valid_at: 2026-03-01, lines: [] }
expected: { error: request.limit }
",
    );
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""));
    assert_eq!(said.out, FAILED);
}

#[test]
fn a_test_is_about_what_was_known_then() {
    let later = "price_list: later\ncurrency: EUR\nversions:\n  - number: 1\n    priority: 1\n    \
                 recorded_at: 2026-02-01T00:00:00Z\n    entries: [{ sku: CABLE, price: 2 }]\n";
    let cable = |name: &str, known_at: &str, net: &str| {
        format!(
            "test: {name}\nknown_at: {known_at}\n\
             request: {{ buyer: contoso, valid_at: 2026-03-01, lines: [{{ id: 1, sku: CABLE, quantity: 1 }}] }}\n\
             expected: {{ nets: {{ 1: {net} }} }}\n---\n"
        )
    };
    let before = cable("before", "2026-01-31T00:00:00Z", "1.25 EUR");
    let after = cable("after", "2026-02-02T00:00:00Z", "2.00 EUR");
    let tests = format!("{before}{after}");
    let files = [BOOK.as_slice(), &[("book/later.yaml", later), ("book/tests.yaml", &tests)]].concat();
    let said = Scratch::new("tests-of-then", &files).run("test --book book");
    assert_eq!(said.fine(), "ok before\nok after\n2 tests: 2 ok, 0 failed\n");
}

#[test]
fn a_wrong_document_is_told_with_its_place() {
    let said =
        test("tests-wrong", "test: odd\nrequest: { buyer: contoso, valid_at: 2026-03-01, lines: [] }\nexpects: {}\n");
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert!(said.err.starts_with("error[document.unknown_key]: book/tests.yaml:3:"), "{}", said.err);
}

#[test]
fn the_example_keeps_its_tests() {
    let said = Scratch::new("tests-of-the-example", &[]).run(&format!("test --book {WHOLESALE}")).fine();
    assert!(said.ends_with(" ok, 0 failed\n"), "{said}");
}
