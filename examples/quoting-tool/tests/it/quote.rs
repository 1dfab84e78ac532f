//! Quotes: what is printed, and for whom.

use std::io::Read as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::scratch::{BOOK, Scratch, WHOLESALE};

const RFQ: (&str, &str) = ("rfq.csv", "sku,quantity,unit\nBOLT,10,box\nCABLE,130.5,\nNUT,5,pc\n");

const SHEET: &str = "\
QUOTE

Seller     acme
Buyer      Contoso AG (contoso)
Date       2026-03-01
Currency   EUR

Line  SKU    Name     Quantity  Unit  Unit price  per     Change  Line total
----------------------------------------------------------------------------
   1  BOLT   Bolt M8        10  box         8.40  100 pc              168.00
   2  CABLE  Cable       130.5  m        ~1.2149  m                   158.55
   3  NUT                    5  pc                                  no price
----------------------------------------------------------------------------
                                           Total  EUR                 326.55

All amounts are in EUR, net, without tax. A price with ~ is the line's average, rounded.

The total is without 1 line that has no price:
  line 3, NUT: the catalog has no such sku; check the article number


How the lines were priced

line 1: BOLT, 10 box
  price      168.00  price list list, version 1
                     8.40 / 100 pc from 1000 pc
                     1 box = 200 pc
  net        168.00  EUR

line 2: CABLE, 130.5 m
  price      158.55  price list list, version 1
                     each part at its own price, the last 1.10 / m from 100 m
  net        158.55  EUR

line 3: NUT, 5 pc
  no price: the catalog has no such sku; check the article number (line.unknown_sku)

";

#[test]
fn without_arguments_the_bundled_example_is_priced() {
    let quote = Scratch::new("bundled", &[]).run("").fine();
    for expected in ["Contoso Nord, Werk Bremen (contoso-north)", "4673.88\n", "contract contoso-frame, version 3"] {
        assert!(quote.contains(expected), "{expected}: {quote}");
    }
    assert!(!quote.contains("no price"), "{quote}");
    // It came in the afternoon before a holiday.
    assert!(quote.contains("\nDate       2026-05-13\nProcessed  2026-05-15\n"), "{quote}");
    // What is sold by measured weight shows the price of the weight, and what was weighed.
    let bar = quote.lines().find(|line| line.contains("CU-RND-30-3M")).unwrap();
    assert!(bar.contains(" 12.30  kg "), "{bar}");
    assert!(quote.contains("measured 38.42 kg"), "{quote}");
}

#[test]
fn a_quote_can_be_sent() {
    let scratch = Scratch::new("sheet", &[BOOK.as_slice(), &[RFQ]].concat());
    let said = scratch.run("quote --book book --rfq rfq.csv --buyer contoso --valid-at 2026-03-01");
    let (sheet, basis) = said.out.split_at(said.out.find("Basis").unwrap());
    assert_eq!(sheet, SHEET);
    assert!(basis.starts_with("Basis: semantics 3, book "), "{basis}");
    assert_eq!(said.code, Some(0));
    let warning =
        "warning[line.unknown_sku]: rfq.csv:4: `NUT`: the catalog has no such sku; check the article number\n";
    assert_eq!(said.err, warning);
}

#[test]
fn every_request_of_the_example_is_priced_in_full() {
    let scratch = Scratch::new("requests", &[]);
    for (rfq, lines) in [("rfq-10.csv", 10), ("rfq-100.csv", 100), ("rfq-1000.csv", 1000)] {
        let arguments =
            format!("--rfq {WHOLESALE}/rfq/{rfq} --buyer contoso-north --valid-at 2026-05-04 --format json");
        let order = scratch.run(&format!("quote --book {WHOLESALE} {arguments}")).fine();
        let order: Value = serde_json::from_str(&order).unwrap();
        assert_eq!(order["complete"], true, "{rfq}");
        assert_eq!(order["lines"].as_array().map(Vec::len), Some(lines), "{rfq}");
    }
}

#[test]
fn options_win_over_what_a_request_says() {
    let request = r#"{ "lines": [{ "id": "1", "sku": "BOLT", "quantity": "100" }] }"#;
    let scratch = Scratch::new("options", &[BOOK.as_slice(), &[("a.json", request), RFQ]].concat());
    let arguments = "quote --book book --rfq a.json --format json --buyer fabrikam";
    let said = scratch.run(arguments);
    assert_eq!(said.err, "error: a.json: the request has no `valid_at`; write it there, or add --valid-at DATE\n");
    let order: Value =
        serde_json::from_str(&scratch.run(&format!("{arguments} --valid-at 2026-03-01")).fine()).unwrap();
    assert_eq!(order["valid_at"], "2026-02-28T23:00:00Z");
    assert_eq!(order["totals"]["line_extension"]["amount"], "9.80");

    let rfq = format!("quote --book {WHOLESALE} --rfq {WHOLESALE}/rfq/rfq.json --format json --detail price");
    let order: Value = serde_json::from_str(&scratch.run(&rfq).fine()).unwrap();
    let other = scratch.run(&format!("{rfq} --buyer alpine-tools --currency CHF --valid-at 2026-06-01")).fine();
    let other: Value = serde_json::from_str(&other).unwrap();
    assert_eq!((&order["currency"], &other["currency"]), (&"EUR".into(), &"CHF".into()));
    assert_eq!(other["valid_at"], "2026-05-31T22:00:00Z");
}

#[test]
fn what_was_known_then_prices() {
    let scratch = Scratch::new("known", &[]);
    let quote = format!("quote --book {WHOLESALE} --rfq {WHOLESALE}/rfq/rfq.json --format json");
    let now = scratch.run(&quote).fine();
    let later = scratch.run(&format!("{quote} --known-at 2026-05-01")).fine();
    let then = scratch.run(&format!("{quote} --known-at 2026-02-01T00:00:00Z")).fine();
    let line = |order: &str| -> Value { serde_json::from_str::<Value>(order).unwrap()["lines"][9]["net"].clone() };
    assert_eq!(line(&now), line(&later));
    assert_ne!(line(&now), line(&then));
}

#[test]
fn nobody_listening_is_no_mistake() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quoting-tool"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}
