//! Generated cases: none panics, the parts always sum to the whole, and the cases reach every kind of answer.

use std::collections::BTreeSet;

use emptor_core::{
    Basis, Digest, Exact, Money, NoPrice, PricedLine, PricedOrder, ScriptError, Source, Step, ViolationCode,
};
use emptor_reference::generate::{bytes, case};
use emptor_reference::price;
use proptest::prelude::{ProptestConfig, any, proptest};

fn priced(choices: &[u8]) -> Result<PricedOrder, &'static str> {
    let case = case(choices);
    let digest = Digest::of(choices);
    let basis = Basis { semantics: 2, book: digest, request: digest };
    price(&case.documents, case.known_at, &case.request, basis)
}

fn sum(amounts: impl Iterator<Item = Exact>) -> i128 {
    amounts.map(|amount| amount.scaled(10).unwrap()).sum()
}

fn check_line(line: &PricedLine) {
    assert_eq!(line.net.is_none(), line.no_price.is_some());
    assert_eq!(line.net.is_none(), line.steps.is_empty());
    if let Some(net) = line.net {
        check_steps(&line.steps, net);
    }
}

fn check_steps(steps: &[Step], net: Money) {
    let net = net.amount().parse::<Exact>().unwrap();
    assert_eq!(sum(steps.iter().map(|step| step.amount)), net.scaled(10).unwrap());
}

/// The lines' shares of each step of the document sum to it, with tax or without.
fn check_shares(order: &PricedOrder) {
    for (index, step) in order.document_steps.iter().enumerate() {
        let shares = order.lines.iter().flat_map(|line| &line.shares);
        let of_step = shares.filter(|share| usize::try_from(share.document_step) == Ok(index));
        assert_eq!(of_step.map(|share| share.amount.minor()).sum::<i64>(), step.amount.minor());
    }
}

fn check(order: &PricedOrder) {
    order.lines.iter().for_each(check_line);
    order.gifts.iter().for_each(|gift| check_steps(&gift.steps, gift.net));
    order.charges.iter().for_each(|charge| check_steps(&charge.steps, charge.net));
    check_shares(order);
    let nets = order.lines.iter().filter_map(|line| line.net).chain(order.gifts.iter().map(|gift| gift.net));
    assert_eq!(nets.map(|net| i128::from(net.minor())).sum::<i128>(), order.totals.line_extension.minor().into());
    assert_eq!(order.complete, order.lines.iter().all(|line| line.net.is_some()));
    assert!(order.canonical_json().is_ok());
}

#[test]
fn seeds_are_priced_and_reach_every_kind_of_answer() {
    let mut refusals = BTreeSet::new();
    let mut reasons = BTreeSet::new();
    let mut sources = BTreeSet::new();
    let mut steps = BTreeSet::new();
    let mut violations = BTreeSet::new();
    let mut failures = BTreeSet::new();
    for seed in 0..1500 {
        match priced(&bytes(seed)) {
            Err(code) => drop(refusals.insert(code)),
            Ok(order) => {
                check(&order);
                reasons.extend(order.lines.iter().filter_map(|line| line.no_price));
                let of_lines = order.lines.iter().flat_map(|line| &line.steps);
                steps.extend(of_lines.map(|step| serde_json::to_string(&step.step).unwrap()));
                failures.extend(order.script_failures.iter().map(|failure| failure.code));
                violations.extend(order.violations.iter().map(|violation| violation.code));
                let details = order.lines.iter().filter_map(|line| line.steps.first()?.price.as_ref());
                sources.extend(details.map(|detail| match detail.source {
                    Source::Manual { .. } => "manual",
                    Source::Recorded => "recorded",
                    Source::Contract { .. } => "contract",
                    Source::PriceList { .. } => "price list",
                    Source::Charge | Source::Gift => "no line",
                }));
            }
        }
    }
    assert_eq!(reasons, NoPrice::ALL.into_iter().collect());
    assert_eq!(sources.len(), 4);
    assert_eq!(steps.len(), 8, "{steps:?}");
    let unseen: Vec<_> = ViolationCode::ALL.iter().filter(|code| !violations.contains(code)).collect();
    assert!(unseen.iter().all(|code| **code == ViolationCode::CouponUnknown), "{unseen:?}");
    let mistyped = |error: &&ScriptError| **error != ScriptError::Type;
    assert_eq!(failures, ScriptError::ALL.iter().filter(mistyped).copied().collect());
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
