//! Commitments: what is bought in a contract's period at least and at most (R9).

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::Fraction;
use emptor_core::{ShareRest, ViolatedRule, Violation, ViolationCode, ViolationSeverity};

use crate::book::SourceKind;
use crate::items::ChangeBy;
use crate::reading::in_range;
use crate::record::exact;
use crate::runner::Runner;
use crate::search::Found;
use crate::share::share;

/// What a contract version is committed to, at 10 decimals.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CommitmentPlan {
    pub(crate) minimum: Option<i128>,
    pub(crate) maximum: Option<i128>,
}

impl<'o, 'b: 'o> Runner<'o, 'b> {
    /// Keeps the commitments of the contracts that count, in their order.
    pub(crate) fn commit(&mut self, violations: &mut Vec<Violation>) {
        let order = self.scene.order;
        if order.book.commitments.is_empty() {
            return;
        }
        let counting = order.contracts.iter().filter(|asked| asked.period.contains(order.valid_at));
        let sources: Vec<u32> = counting.map(|asked| asked.source).collect();
        for source in sources {
            let Some(plan) = order.book.commitments.get(&source).copied() else { continue };
            if order.book.source(source).is_some_and(|found| found.currency == order.currency) {
                self.keep(source, plan, violations);
            }
        }
    }

    fn keep(&mut self, source: u32, plan: CommitmentPlan, violations: &mut Vec<Violation>) {
        let lines: Vec<usize> = self.scene.goods().filter(|&item| self.is_priced_by(item, source)).collect();
        let sum = self.scene.sum_running(lines.iter().copied());
        let (prior, closes) = self.prior(source);
        let at_most = plan.maximum.map(|maximum| maximum.saturating_sub(prior).max(0));
        let missing = plan.minimum.filter(|_| closes);
        let missing = missing.map(|minimum| minimum.saturating_sub(prior).saturating_sub(sum)).filter(|&left| left > 0);
        let change = match (at_most, missing) {
            (Some(at_most), _) if sum > at_most => at_most.saturating_sub(sum),
            (_, Some(missing)) => missing,
            _ => return,
        };
        let order = self.scene.order;
        let unit = order.minor_unit();
        let change = order.to_minor(Fraction::whole(change));
        if !lines.is_empty() && (in_range(sum).is_none() || change.and_then(in_range).is_none()) {
            self.out_of_range = true;
            return;
        }
        let Some(change) = change.filter(|&change| change != 0) else { return };
        if lines.is_empty() {
            violations.push(self.unmet(source, plan, prior));
            return;
        }
        let caps: Vec<i128> = lines.iter().map(|&item| order.whole_minor(self.scene.running(item))).collect();
        let caps: Vec<i128> = caps.into_iter().map(|cap| cap.checked_div(unit).unwrap_or(0)).collect();
        let most = caps.iter().fold(0_i128, |sum, cap| sum.saturating_add(*cap));
        let total = change.checked_div(unit).unwrap_or(0).max(most.saturating_neg());
        let running = lines.iter().map(|&item| self.scene.running(item));
        let weights: Vec<u128> = running.map(|running| u128::try_from(running).unwrap_or(0)).collect();
        let shares = share(total, &weights, (total < 0).then_some(&caps), ShareRest::LargestRemainder);
        for (item, part) in lines.into_iter().zip(shares).filter(|(_, part)| *part != 0) {
            self.change_by(item, ChangeBy::Commitment { source }, part.saturating_mul(unit));
        }
    }

    fn is_priced_by(&self, item: usize, source: u32) -> bool {
        matches!(self.found.get(item).copied().flatten(), Some(Found::Offered(priced)) if priced.offer.source == source)
    }

    /// What was bought before under a contract, and whether the order closes its period.
    fn prior(&self, source: u32) -> (i128, bool) {
        let Some(SourceKind::Contract { id, .. }) = self.scene.order.book.source(source).map(|source| &source.kind)
        else {
            return (0, false);
        };
        let facts = self.scene.asker.request.map_or(&[][..], |request| &request.facts.commitments);
        let fact = facts.iter().find(|fact| fact.contract == *id);
        fact.map_or((0, false), |fact| (fact.prior.scaled(AMOUNT_DECIMALS).unwrap_or(0), fact.closes))
    }

    fn unmet(&self, source: u32, plan: CommitmentPlan, prior: i128) -> Violation {
        let found = self.scene.order.book.source(source);
        let by = found.and_then(|source| match &source.kind {
            SourceKind::Contract { id, .. } => {
                Some(ViolatedRule::Contract { contract: id.clone(), version: source.version, term: 0 })
            }
            SourceKind::List { .. } => None,
        });
        Violation {
            by,
            limit: plan.minimum.map(exact),
            actual: Some(exact(prior)),
            ..Violation::of(ViolationCode::CommitmentUnmet, ViolationSeverity::Warning)
        }
    }
}
