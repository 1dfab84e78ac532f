//! Commitments: how much is bought under a contract at least and at most (R9).

use emptor_core::{ContractId, ShareRest, Step, StepKind, ViolatedRule, ViolationCode, ViolationSeverity};
use num_traits::{Signed, Zero};

use crate::numbers::{Number, exact, is_amount, number, round_minor};
use crate::procedure::{Run, TOTAL_OUT_OF_RANGE, bare, minor};
use crate::share::{share, share_capped};
use crate::versions::{Agreement, agreements};
use crate::violations::Found;

/// Keeps what contracts price to their commitments.
pub(crate) fn act(run: &mut Run) -> Result<(), &'static str> {
    for agreed in agreements(run.moment) {
        if agreed.currency == run.moment.currency {
            keep(run, &agreed)?;
        }
    }
    Ok(())
}

fn keep(run: &mut Run, agreed: &Agreement) -> Result<(), &'static str> {
    let Some(commitment) = &agreed.version.commitment else { return Ok(()) };
    let contract = &agreed.contract.contract;
    let priced = |&index: &usize| {
        let item = &run.items[index];
        !item.is_out && item.offer().and_then(|offer| offer.version.contract()) == Some(contract)
    };
    let lines: Vec<usize> = (0..run.items.len()).filter(priced).collect();
    let sum: Number = lines.iter().map(|&line| &run.items[line].running).sum();
    let fact = run.moment.request.facts.commitments.iter().find(|fact| fact.contract == *contract);
    let prior = fact.map_or_else(Number::zero, |fact| number(fact.prior));
    let room = commitment.maximum.map(|most| (number(most) - &prior).max(Number::zero()));
    let minimum = commitment.minimum.filter(|_| fact.is_some_and(|fact| fact.closes)).map(number);
    let change = match (room, minimum) {
        (Some(room), _) if sum > room => room - &sum,
        (_, Some(minimum)) if &prior + &sum < minimum => minimum - &prior - &sum,
        _ => return Ok(()),
    };
    let change = round_minor(&change, run.moment.currency, run.moment.documents.tenant.rounding.mode);
    if lines.is_empty() {
        unmet(run, agreed, &change, &prior);
        return Ok(());
    }
    if !is_amount(&change) || !is_amount(&sum) {
        return Err(TOTAL_OUT_OF_RANGE);
    }
    spread(run, contract, &lines, &change);
    Ok(())
}

/// Shares a change over the lines that a contract prices.
fn spread(run: &mut Run, contract: &ContractId, lines: &[usize], change: &Number) {
    let moment = run.moment;
    let running = || lines.iter().map(|&line| run.items[line].running.clone().max(Number::zero()));
    let weights: Vec<Number> = running().collect();
    let minor = minor(moment);
    let shares = if change.is_negative() {
        let caps: Vec<Number> = running().map(|running| (running / &minor).floor() * &minor).collect();
        let taken = share_capped(&change.abs(), &weights, &caps, ShareRest::LargestRemainder, &minor);
        taken.into_iter().map(|share| -share).collect()
    } else {
        share(change, &weights, ShareRest::LargestRemainder, &minor)
    };
    for (&line, share) in lines.iter().zip(shares).filter(|(_, share)| !share.is_zero()) {
        let item = &mut run.items[line];
        item.running += &share;
        item.is_out = !is_amount(&item.running);
        item.steps.push(Step { commitment: Some(contract.clone()), ..bare(StepKind::Commitment, &share) });
    }
}

/// What is missing to the minimum finds no line.
fn unmet(run: &mut Run, agreed: &Agreement, missing: &Number, prior: &Number) {
    if missing.is_zero() {
        return;
    }
    let mut found = Found::new(run.moment, None, ViolationCode::CommitmentUnmet, ViolationSeverity::Warning);
    let (contract, version) = (agreed.contract.contract.clone(), agreed.version.number);
    found.violation.by = Some(ViolatedRule::Contract { contract, version, term: 0 });
    found.violation.limit = agreed.version.commitment.as_ref().and_then(|commitment| commitment.minimum);
    found.violation.actual = Some(exact(prior));
    run.found.push(found);
}
