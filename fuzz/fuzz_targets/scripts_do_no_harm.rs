//! Any text is a script that is refused or does no harm: no panic, bounded time and memory, and one answer both ways.
//!
//! What a run was lowered to and what Rhai makes of the same text are compared from outside: a function that nobody
//! calls keeps a script from being lowered, and must change nothing else.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, Instant as Clock};

use emptor::core::{Documents, Instant, PriceRequest, PricedOrder, ScriptError, ScriptReturns, ScriptSees};
use emptor::{Detail, read_documents_json, read_request_json};
use emptor_pricing::{compile, price};
use libfuzzer_sys::{Corpus, fuzz_target};

/// Texts that are sound, apart by a line of dashes: what is spliced.
const SEEDS: &str = include_str!("../scripts/seeds.txt");

/// How long compiling and pricing a small order may take, twice: much more than it does, for a machine may be busy.
const TIME_MAX: Duration = Duration::from_secs(10);

/// Keeps a text from being lowered.
const UNCALLED: &str = "fn uncalled_7() { 0 } ";

/// What scripts see and return, and where the book uses them.
const SIGNATURES: [(ScriptSees, ScriptReturns, &str); 7] = [
    (
        ScriptSees::Goods,
        ScriptReturns::Number,
        r#""contracts": [{ "contract": "c", "organization": "contoso", "versions": [
        { "number": 1, "approved": { "by": "sales", "at": "2026-01-10T09:00:00Z" },
          "terms": [{ "price": { "sku": "ROD", "formula": CALL } }] }] }]"#,
    ),
    (
        ScriptSees::Goods,
        ScriptReturns::Condition,
        r#""adjustments": [{ "adjustment": "a", "step": "line",
        "for": { "script": CALL }, "effect": { "percent_off": "50" } }]"#,
    ),
    (
        ScriptSees::Order,
        ScriptReturns::Number,
        r#""adjustments": [{ "adjustment": "a", "step": "order",
        "effect": { "amount_off": CALL } }]"#,
    ),
    (
        ScriptSees::Line,
        ScriptReturns::Number,
        r#""adjustments": [{ "adjustment": "a", "step": "line",
        "effect": { "percent_off": CALL } }]"#,
    ),
    (
        ScriptSees::Line,
        ScriptReturns::Condition,
        r#""adjustments": [{ "adjustment": "a", "step": "line",
        "when": { "script": CALL }, "effect": { "percent_off": "50" } }]"#,
    ),
    (
        ScriptSees::Order,
        ScriptReturns::Condition,
        r#""adjustments": [{ "adjustment": "a", "step": "order",
        "when": { "script": CALL }, "effect": { "percent_off": "50" } }]"#,
    ),
    (
        ScriptSees::Order,
        ScriptReturns::Violations,
        r#""order_rules": [{ "order_rule": "o", "terms": { "script": CALL } }]"#,
    ),
];

const CALL: &str = r#"{ "script": "s", "params": { "n": "1.50", "t": "2.5", "c": "true", "i": "copper" } }"#;

const BOOK: &str = r#"{
    "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC",
        "procedure": [{ "step": { "name": "line" } }, { "step": { "name": "order", "at": "order" } }] },
    "organizations": [{ "organization": "contoso", "groups": ["dealers"] }],
    "catalogs": [{ "catalog": "main",
        "categories": [{ "category": "goods" }, { "category": "metal", "parent": "goods" }, { "category": "wood" }],
        "products": [
            { "sku": "ROD", "unit": "kg", "category": "metal", "attributes": { "width": "2.50" }, "cost": "3" },
            { "sku": "NUT", "unit": "pc", "attributes": { "colour": "blue", "hazard": "3" } }] }],
    "price_lists": [{ "price_list": "list", "currency": "EUR",
        "entries": [{ "sku": "ROD", "price": "7.25" }, { "sku": "NUT", "price": "0.5" }] }],
    "index_tables": [{ "index_table": "copper", "values": [{ "rate_id": "march", "value": "9.15" }] }],
    "scripts": [{ "script": "s", "sees": "SEES", "returns": "RETURNS", "text": "",
        "params": { "n": "number", "t": "text", "c": "condition", "i": "index" } }],
    USE }"#;

const REQUEST: &str = r#"{ "buyer": "contoso", "valid_at": "2026-03-02", "region": "DE", "channel": "edi",
    "attributes": { "tier": "gold" }, "lines": [
        { "id": "1", "sku": "ROD", "quantity": "161.5" }, { "id": "2", "sku": "NUT", "quantity": "3" }] }"#;

/// A book for each signature, with a script that has no text yet.
static BOOKS: LazyLock<Vec<Documents>> = LazyLock::new(|| SIGNATURES.iter().map(book).collect());

static ORDER: LazyLock<PriceRequest> = LazyLock::new(|| read_request_json(REQUEST).expect("a sound request"));

/// The words and signs of the seeds.
static PIECES: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| SEEDS.split("\n----\n").map(pieces).collect());

fuzz_target!(|bytes: &[u8]| -> Corpus {
    // The last byte chooses, so that a text in a file is a case as it stands.
    let Some((&choice, rest)) = bytes.split_last() else { return Corpus::Reject };
    let text = if choice < 128 { std::str::from_utf8(rest).ok().map(str::to_owned) } else { Some(spliced(rest)) };
    let Some(text) = text else { return Corpus::Reject };
    let started = Clock::now();
    let book = &BOOKS[usize::from(choice) % BOOKS.len()];
    let Some(order) = priced(book, text.clone()) else { return Corpus::Keep };
    if let Some(by_rhai) = priced(book, format!("{UNCALLED}{text}")) {
        assert_eq!(order, by_rhai, "{text}");
    }
    let took = started.elapsed();
    assert!(took < TIME_MAX, "{took:?}: {text}");
    Corpus::Keep
});

/// What a script's text comes to: by line its net or the code of why not, what failed, and what the order breaks.
type Outcome = (Vec<String>, Vec<ScriptError>, Vec<String>);

fn priced(book: &Documents, text: String) -> Option<Outcome> {
    let mut documents = book.clone();
    documents.scripts[0].text = Some(text);
    let book = compile(&documents, Instant::MAX).ok()?;
    Some(
        price(&book, &ORDER, Detail::Waterfall)
            .map_or_else(|refused| (vec![refused.code().to_owned()], Vec::new(), Vec::new()), |order| outcome(&order)),
    )
}

fn outcome(order: &PricedOrder) -> Outcome {
    let nets = order.lines.iter().map(|line| format!("{:?} {:?}", line.net, line.no_price));
    let failed = order.script_failures.iter().map(|failure| failure.code);
    let broken = order.violations.iter().map(|broken| format!("{broken:?}"));
    (nets.collect(), failed.collect(), broken.collect())
}

fn book((sees, returns, used): &(ScriptSees, ScriptReturns, &str)) -> Documents {
    let documents =
        BOOK.replace("USE", &used.replace("CALL", CALL)).replace("SEES", "line").replace("RETURNS", "number");
    let mut documents = read_documents_json(&documents).expect("sound documents");
    documents.scripts[0].sees = *sees;
    documents.scripts[0].returns = *returns;
    let sound = match returns {
        ScriptReturns::Number => "1",
        ScriptReturns::Condition => "true",
        ScriptReturns::Violations => "[]",
    };
    let outcome = priced(&documents, sound.to_owned());
    assert!(outcome.is_some_and(|(_, failed, _)| failed.is_empty()), "the book is sound, and runs a sound script");
    documents
}

/// Words, and signs one by one.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let end = if is_word(first) { rest.find(|letter| !is_word(letter)) } else { Some(first.len_utf8()) };
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// A text put together as the bytes say: parts of seeds, letters of their own, and repetitions of what was last.
fn spliced(bytes: &[u8]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut bytes = bytes.iter().copied();
    let mut length = 0_usize;
    while let (Some(what), true) = (bytes.next(), length < 20_000) {
        let mut next = || usize::from(bytes.next().unwrap_or_default());
        let part = match what % 8 {
            0..=3 => {
                let seed = &PIECES[next() % PIECES.len()];
                let (start, count) = (next() * seed.len() / 256, next());
                seed.iter().skip(start).take(count).copied().collect()
            }
            4 | 5 => {
                let count = next() % 32;
                let letters: Vec<u8> = (0..count).map(|_| next() as u8).collect();
                String::from_utf8_lossy(&letters).into_owned()
            }
            6 => {
                let (back, times) = (next() % 4 + 1, next() * next());
                let last = parts.iter().rev().take(back).rev().map(String::as_str).collect::<String>();
                last.repeat(times.min(20_000 / (last.len() + 1)))
            }
            _ => {
                let dropped = parts.pop().unwrap_or_default();
                length -= dropped.len();
                dropped.chars().take(next() * dropped.len() / 256).collect()
            }
        };
        length += part.len();
        parts.push(part);
    }
    parts.concat()
}
