//! The worked examples of `SEMANTICS.md`: every rule has one, and every one is run.

use std::collections::BTreeMap;

use emptor_core::{Documents, Instant, NoPrice, PriceRequest, PricedOrder};
use emptor_pricing::{Detail, compile, price};
use serde::Deserialize;

use crate::reference;

const PAGE: &str = include_str!("../../SEMANTICS.md");

/// The longest block, so that a reader takes it in at a glance.
const BLOCK_LINES_MAX: usize = 15;

/// A book, a request, and by line what it comes to, or the code of why not; what is to be paid, where that is the
/// point, and the codes of what the order breaks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    book: Documents,
    known_at: Option<Instant>,
    request: PriceRequest,
    nets: BTreeMap<String, String>,
    payable: Option<String>,
    #[serde(default)]
    violations: Vec<String>,
}

/// A rule of the page, as `## R4 Tiers` opens it, and the blocks after `Example:` in it.
struct Rule<'p> {
    name: &'p str,
    blocks: Vec<Vec<&'p str>>,
}

fn rules() -> Vec<Rule<'static>> {
    let mut rules: Vec<Rule<'_>> = Vec::new();
    let mut lines = PAGE.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("## ").filter(|name| name.starts_with('R')) {
            rules.push(Rule { name, blocks: Vec::new() });
        } else if line == "Example:" {
            let fence = lines.find(|line| !line.is_empty());
            assert_eq!(fence, Some("```json"), "after `Example:` comes a block of json");
            let block = lines.by_ref().take_while(|line| *line != "```").collect();
            rules.last_mut().unwrap().blocks.push(block);
        }
    }
    rules
}

fn nets(order: &PricedOrder) -> BTreeMap<String, String> {
    let text = |net: Option<emptor_core::Money>, reason: Option<NoPrice>| match (net, reason) {
        (Some(net), None) => net.to_string(),
        (None, Some(reason)) => reason.code().to_owned(),
        both => panic!("{both:?}"),
    };
    order.lines.iter().map(|line| (line.id.to_string(), text(line.net, line.no_price))).collect()
}

#[test]
fn every_rule_has_an_example() {
    let rules = rules();
    assert_eq!(rules.len(), 16, "the headings of the rules were found");
    for rule in rules {
        assert!(!rule.blocks.is_empty(), "{} has no example", rule.name);
    }
}

#[test]
fn every_example_comes_out_as_the_page_says() {
    for Rule { name, blocks } in rules() {
        for block in blocks {
            assert!(block.len() <= BLOCK_LINES_MAX, "{name}: an example of {} lines", block.len());
            let example: Example =
                serde_json::from_str(&block.join("\n")).unwrap_or_else(|error| panic!("{name}: {error}"));
            let known_at = example.known_at.unwrap_or(Instant::MAX);
            let book = compile(&example.book, known_at).unwrap_or_else(|wrong| panic!("{name}: {wrong:?}"));
            assert!(book.warnings().is_empty(), "{name}: {:?}", book.warnings());
            let order = price(&book, &example.request, Detail::Waterfall).unwrap();
            assert_eq!(nets(&order), example.nets, "{name}");
            if let Some(payable) = example.payable {
                assert_eq!(order.totals.payable.to_string(), payable, "{name}");
            }
            let broken: Vec<&str> = order.violations.iter().map(|violation| violation.code.code()).collect();
            assert_eq!(broken, example.violations, "{name}");
            assert_eq!(reference::price(&book, &example.book, known_at, &example.request), Ok(order), "{name}");
        }
    }
}
