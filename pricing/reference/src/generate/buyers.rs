//! Organizations: trees that change over time, sometimes deep.

use emptor_core::{Currency, GroupId, Organization, OrganizationId, OrganizationKind, Parent, RegionId, Validity};

use super::draws::{Draws, named};

/// The trees of a case; a parent has a lower number, so there is no cycle.
pub(super) fn organizations(draws: &mut Draws) -> Vec<Organization> {
    let deep = draws.chance(3);
    let count = if deep { 30 } else { 1 + draws.below(6) };
    let organization = |index: usize| {
        let parents = if deep && index > 0 { vec![always(index - 1)] } else { parents(draws, index) };
        let groups = (0..draws.below(3)).map(|_| group(draws)).collect::<std::collections::BTreeSet<_>>();
        Organization {
            organization: name(index),
            name: None,
            kind: OrganizationKind::LegalEntity,
            parents,
            groups: groups.into_iter().collect(),
            region: draws.chance(40).then(|| region(draws)),
            credit_limit: None,
            budget: None,
        }
    };
    (0..count).map(organization).collect()
}

/// Gives some of them what they may owe and spend, in the tenant's currency.
pub(super) fn limit(draws: &mut Draws, organizations: &mut [Organization], currency: Currency) {
    for organization in organizations {
        organization.credit_limit = draws.chance(12).then(|| draws.order_amount(currency));
        organization.budget = draws.chance(12).then(|| draws.order_amount(currency));
    }
}

pub(super) fn name(index: usize) -> OrganizationId {
    named(OrganizationId::new(&format!("o{index}")))
}

pub(super) fn group(draws: &mut Draws) -> GroupId {
    named(GroupId::new(draws.pick(&["dealers", "gold", "staff"])))
}

pub(super) fn region(draws: &mut Draws) -> RegionId {
    named(RegionId::new(draws.pick(&["DE", "FR", "US"])))
}

fn parents(draws: &mut Draws, index: usize) -> Vec<Parent> {
    if index == 0 || draws.chance(20) {
        return Vec::new();
    }
    let first = if draws.chance(60) { index - 1 } else { draws.below(index) };
    if !draws.chance(25) {
        return vec![Parent { recorded_at: draws.recorded_at(), ..always(first) }];
    }
    let (before, after) = draws.touching();
    let second = draws.below(index);
    let parent = |organization, valid, recorded_at| Parent { organization: name(organization), valid, recorded_at };
    vec![parent(first, before, draws.recorded_at()), parent(second, after, draws.recorded_at())]
}

fn always(index: usize) -> Parent {
    Parent { organization: name(index), valid: Validity::default(), recorded_at: None }
}
