//! Coupons that no rule knows (R7).

use std::collections::BTreeSet;

use emptor_core::{Condition, ContractVersion, CouponCode, Effect, OrderTerms, ViolationCode, ViolationSeverity};

use crate::moment::Moment;
use crate::procedure::Run;
use crate::violations::Found;

/// Finds the coupons of the request that no rule names which is recorded, each once.
pub(crate) fn judge(run: &mut Run) {
    let mut known = named(run.moment);
    for coupon in &run.moment.request.coupons {
        if known.insert(coupon) {
            let mut found = Found::new(run.moment, None, ViolationCode::CouponUnknown, ViolationSeverity::Warning);
            found.violation.coupon = Some(coupon.clone());
            run.found.push(found);
        }
    }
}

/// The coupons that conditions name.
fn named<'d>(moment: &Moment<'d>) -> BTreeSet<&'d CouponCode> {
    let documents = moment.documents;
    let mut conditions: Vec<&Condition> = Vec::new();
    for rule in documents.adjustments.iter().filter(|rule| moment.knows(rule.recorded_at)) {
        conditions.extend([&rule.when, &rule.lines]);
        conditions.extend(of_effect(&rule.effect));
    }
    for rule in documents.order_rules.iter().filter(|rule| moment.knows(rule.recorded_at)) {
        conditions.extend(of_terms(&rule.terms));
    }
    let versions = documents.contracts.iter().flat_map(|contract| &contract.versions);
    let is_approved = |version: &&ContractVersion| {
        let approved = version.approved.as_ref().is_some_and(|signature| signature.at <= moment.known_at);
        approved && moment.knows(version.recorded_at)
    };
    for term in versions.filter(is_approved).flat_map(|version| &version.terms) {
        if let Some(discount) = &term.discount {
            conditions.extend([&discount.when, &discount.lines]);
            conditions.extend(of_effect(&discount.effect));
        }
        conditions.extend(term.order_rule.iter().flat_map(of_terms));
    }
    let mut coupons = BTreeSet::new();
    while let Some(condition) = conditions.pop() {
        coupons.extend(&condition.coupon);
        let inner = condition.not.iter().chain(&condition.contains).map(|boxed| &**boxed);
        conditions.extend(condition.all.iter().chain(&condition.any).chain(inner));
    }
    coupons
}

fn of_effect(effect: &Effect) -> Vec<&Condition> {
    let Some(bundle) = &effect.bundle else { return Vec::new() };
    let given = bundle.gives.iter().filter_map(|given| given.lines.as_ref());
    bundle.takes.iter().map(|taken| &taken.lines).chain(given).collect()
}

fn of_terms(terms: &OrderTerms) -> Vec<&Condition> {
    let lines = terms.allows.iter().chain(&terms.excludes).chain(&terms.incompatible);
    std::iter::once(&terms.when).chain(lines).collect()
}
