//! Bad input: one clear message on stderr, with the place and what to do, and never a panic.

use crate::scratch::{BOOK, Scratch};

/// What the tool must say about `file`, put in beside a small book and named by `arguments`.
fn check(file: (&str, &str), arguments: &str, code: i32, expected: &[&str]) {
    let scratch = Scratch::new("refused", &[BOOK.as_slice(), &[file]].concat());
    let said = scratch.run(arguments);
    let all = format!("{}{}", said.err, said.out);
    assert_eq!(said.code, Some(code), "{arguments}: {all}");
    for text in expected {
        assert!(said.err.contains(text), "{arguments}: `{text}` is not in: {}", said.err);
    }
    assert!(!all.contains("panicked") && said.out.is_empty(), "{arguments}: {all}");
}

const QUOTE: &str = "quote --book book --rfq rfq.csv --buyer contoso --valid-at 2026-03-01";
const QUOTE_JSON: &str = "quote --book book --rfq rfq.json";

#[test]
fn a_bad_csv_request_says_where() {
    let of = |text: &str, expected: &[&str]| check(("rfq.csv", text), QUOTE, 1, expected);
    of("sku,unit\nBOLT,pc\n", &["rfq.csv:1", "quantity"]);
    of("sku,quantity\nBOLT,many\n", &["rfq.csv:2", "`many` is not a number"]);
    of("sku,quantity\nBOLT,5\nBOLT,-5\n", &["rfq.csv:3", "`-5` is below zero", "JSON request"]);
    of("sku,quantity\nBOLT,\n", &["rfq.csv:2", "column `quantity` is empty"]);
    of("sku,quantity\nBOLT,1,2\n", &["rfq.csv:2", "3 values", "count the commas"]);
    of("sku,quantity\n\"BOLT,1\n", &["rfq.csv:2", "close its quote"]);
    of("sku;quantity\nBOLT;1\n", &["rfq.csv:1", "separated by ';'"]);
    of("sku,quantity,price\nBOLT,1,1\n", &["rfq.csv:1", "`price`"]);
    of("sku,quantity\n", &["rfq.csv", "no lines"]);
    of("", &["rfq.csv"]);
    of("sku,quantity\nBOLT,1\0\n", &["rfq.csv:2", "NUL byte"]);
    of(&"nonsense ".repeat(1_200_000), &["rfq.csv:1"]);
}

#[test]
fn a_bad_json_request_says_where() {
    let of = |text: &str, expected: &[&str]| check(("rfq.json", text), QUOTE_JSON, 1, expected);
    let request =
        |line: &str| format!("{{ \"buyer\": \"contoso\", \"valid_at\": \"2026-03-01\",\n \"lines\": [{line}] }}");
    of(&request("{ \"id\": \"1\", \"sku\": \"BOLT\", \"quantity\": 5 }"), &["rfq.json:2:", "decimal as a string"]);
    of(&request("{ \"id\": \"1\", \"sku\": \"BOLT\" }"), &["rfq.json:2:", "quantity"]);
    of(&request(""), &["rfq.json", "no lines"]);
    of("{ \"buyer\": \"contoso\", \"lines\": [] }", &["rfq.json", "--valid-at DATE"]);
    of("{ \"valid_at\": \"2026-03-01\", \"lines\": [] }", &["rfq.json", "--buyer ORG"]);
    of("{ \"buyer\": \"contoso\", \"valid_at\": \"01.03.2026\", \"lines\": [] }", &["rfq.json:1:", "01.03.2026"]);
    of("{ \"buyer\": ", &["rfq.json:1:"]);
    of("{}", &["rfq.json"]);
    of("[", &["rfq.json"]);
    of(&"[".repeat(10_000_000), &["rfq.json:1:"]);
    let line = "{ \"id\": \"1\", \"sku\": \"BOLT\", \"quantity\": \"5\" }";
    of(&request(&format!("{line}, {line}")), &["request.duplicate_line", "rfq.json", "`1`"]);
    let stranger = "{ \"buyer\": \"x\", \"valid_at\": \"2026-03-01\", \"lines\": [{ \"id\": \"1\", \"sku\": \"BOLT\", \"quantity\": \"5\" }] }";
    of(stranger, &["request.unknown_buyer", "`x`"]);
}

#[test]
fn a_bad_book_says_where() {
    let rfq = |file, expected: &[&str]| {
        check(file, "quote --book book --rfq book/list.yaml --buyer contoso --valid-at 2026-03-01", 1, expected);
    };
    // The request is read first, and so it is the one that is told.
    rfq(("x", ""), &["book/list.yaml:1"]);
    let history = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n";
    let of = |text: &str, expected: &[&str]| {
        let scratch =
            Scratch::new("bad-book", &[BOOK.as_slice(), &[("book/x.yaml", text), ("h.csv", history)]].concat());
        let said = scratch.run("reprice --book book --history h.csv");
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""), "{}", said.err);
        for text in expected {
            assert!(said.err.contains(text), "`{text}` is not in: {}", said.err);
        }
    };
    of("a: [\n", &["error[document.syntax]: book/x.yaml:"]);
    of(
        "organization: a\nparents: [{ organization: b }]\n---\norganization: b\nparents: [{ organization: a }]\n",
        &["error[tree.cycle]: book/x.yaml:"],
    );
    of("price_list: p\ncurrency: EUR\nentries: nowhere.csv\n", &["book/x.yaml:3:", "nowhere.csv"]);
}

#[test]
fn a_bad_history_says_where() {
    let of = |text: &str, expected: &[&str]| check(("h.csv", text), "import-history h.csv --out out", 1, expected);
    of("", &["h.csv:1: the column `InvoiceNo` is missing", "InvoiceNo,StockCode"]);
    of("InvoiceNo,StockCode\n", &["h.csv:1: the column `Description` is missing"]);
    let head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n";
    of(head, &["h.csv: none of its 0 rows can be used"]);
    of(&format!("{head}C1,1,A,1,2011-01-01,1,\n"), &["none of its 1 rows", "cancelled, first in line 2"]);
    of(&"nonsense\n".repeat(1_200_000), &["h.csv:1: the column"]);
}

#[test]
fn a_bad_path_says_so() {
    let none = ("x", "");
    check(none, QUOTE, 1, &["rfq.csv: there is no such file"]);
    check(
        none,
        "quote --book book --rfq book --buyer contoso --valid-at 2026-03-01",
        1,
        &["book: a folder, not a file"],
    );
    check(
        ("rfq.csv", "sku,quantity\nBOLT,1\n"),
        &QUOTE.replace("book book", "book no"),
        1,
        &["no: there is no such file"],
    );
    check(
        ("rfq.csv", "sku,quantity\nBOLT,1\n"),
        &QUOTE.replace("book book", "book rfq.csv"),
        1,
        &["rfq.csv: not a folder"],
    );
    check(none, "reprice --book book --history no.csv", 1, &["no.csv: there is no such file"]);
    check(none, "import-history no.csv --out out", 1, &["no.csv: there is no such file"]);
    check(none, "import-history x --out book", 1, &["book: the folder is not empty"]);
    check(none, "import-history x --out x", 1, &["x: cannot be written"]);
}

#[test]
fn a_csv_request_needs_its_options() {
    let rfq = ("rfq.csv", "sku,quantity\nBOLT,1\n");
    let quote = "quote --book book --rfq rfq.csv";
    check(
        rfq,
        &format!("{quote} --buyer contoso"),
        1,
        &["rfq.csv: a CSV request does not say when", "--valid-at DATE"],
    );
    check(
        rfq,
        &format!("{quote} --valid-at 2026-03-01"),
        1,
        &["rfq.csv: a CSV request does not say who", "--buyer ORG"],
    );
}

#[test]
fn wrong_usage_is_told_apart() {
    let none = ("x", "");
    check(none, "quote --book book", 2, &["--rfq"]);
    check(none, "nonsense", 2, &["nonsense"]);
    check(none, &QUOTE.replace("2026-03-01", "1.3.2026"), 2, &["--valid-at", "2026-03-01"]);
    check(none, &format!("{QUOTE} --currency EU"), 2, &["--currency"]);
    check(none, &format!("{QUOTE} --detail all"), 2, &["waterfall"]);
}
