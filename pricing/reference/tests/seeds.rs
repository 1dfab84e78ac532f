//! Generated cases: none panics, the parts always sum to the whole, and the cases reach every kind of answer.

use std::collections::BTreeSet;

use emptor_core::{Basis, Digest, Exact, NoPrice, PricedLine, PricedOrder, Source};
use emptor_reference::generate::{bytes, case};
use emptor_reference::price;
use proptest::prelude::{ProptestConfig, any, proptest};

fn priced(choices: &[u8]) -> Result<PricedOrder, &'static str> {
    let case = case(choices);
    let digest = Digest::of(choices);
    let basis = Basis { semantics: 1, book: digest, request: digest };
    price(&case.documents, case.known_at, &case.request, basis)
}

fn sum(amounts: impl Iterator<Item = Exact>) -> i128 {
    amounts.map(|amount| amount.scaled(10).unwrap()).sum()
}

fn check_line(line: &PricedLine) {
    assert_eq!(line.net.is_none(), line.no_price.is_some());
    assert_eq!(line.net.is_none(), line.steps.is_empty());
    if let Some(net) = line.net {
        let net = net.amount().parse::<Exact>().unwrap();
        assert_eq!(sum(line.steps.iter().map(|step| step.amount)), net.scaled(10).unwrap());
    }
}

fn check(order: &PricedOrder) {
    order.lines.iter().for_each(check_line);
    let nets = order.lines.iter().filter_map(|line| line.net);
    assert_eq!(nets.map(|net| i128::from(net.minor())).sum::<i128>(), order.totals.line_extension.minor().into());
    assert_eq!(order.complete, order.lines.iter().all(|line| line.net.is_some()));
    assert!(order.canonical_json().is_ok());
}

#[test]
fn seeds_are_priced_and_reach_every_kind_of_answer() {
    let mut refusals = BTreeSet::new();
    let mut reasons = BTreeSet::new();
    let mut sources = BTreeSet::new();
    for seed in 0..1000 {
        match priced(&bytes(seed)) {
            Err(code) => drop(refusals.insert(code)),
            Ok(order) => {
                check(&order);
                reasons.extend(order.lines.iter().filter_map(|line| line.no_price));
                let details = order.lines.iter().filter_map(|line| line.steps.first()?.price.as_ref());
                sources.extend(details.map(|detail| match detail.source {
                    Source::Manual { .. } => "manual",
                    Source::Recorded => "recorded",
                    Source::Contract { .. } => "contract",
                    Source::PriceList { .. } => "price list",
                }));
            }
        }
    }
    assert_eq!(reasons, NoPrice::ALL.into_iter().collect());
    assert_eq!(sources.len(), 4);
    assert!(refusals.len() >= 5, "{refusals:?}");
}

#[test]
fn no_bytes_at_all_are_the_plainest_case() {
    let order = priced(&[]).unwrap();
    assert_eq!((order.lines.len(), order.complete), (1, true), "{order:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn any_bytes_are_a_case(choices in proptest::collection::vec(any::<u8>(), 0..3000)) {
        if let Ok(order) = priced(&choices) {
            check(&order);
        }
    }
}
