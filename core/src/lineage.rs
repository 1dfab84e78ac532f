//! Lineage: an organization and the units above it, nearest first (R2).

use std::collections::BTreeMap;

use crate::id::OrganizationId;
use crate::limits::DEPTH_MAX;
use crate::organization::{Organization, Parent};
use crate::time::{Instant, TimeZone};

/// A tenant's organizations by name.
pub type Organizations<'d> = BTreeMap<&'d OrganizationId, &'d Organization>;

/// `organization.cycle` or `organization.too_deep`: the way up does not end within the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndlessLineage;

/// The buyer and the units above it at `valid_at`, by what was recorded at `known_at`; nearest first.
///
/// A parent that does not exist ends the way.
///
/// # Errors
/// [`EndlessLineage`] where it has more than [`DEPTH_MAX`] units, as every cycle has.
pub fn lineage<'d>(
    organizations: &Organizations<'d>,
    buyer: &OrganizationId,
    valid_at: Instant,
    known_at: Instant,
    zone: TimeZone,
) -> Result<Vec<&'d Organization>, EndlessLineage> {
    let mut units: Vec<&Organization> = Vec::new();
    let mut next = organizations.get(buyer);
    while let Some(unit) = next {
        if units.len() == DEPTH_MAX {
            return Err(EndlessLineage);
        }
        units.push(unit);
        let mut parents = unit.parents.iter().filter(|parent| parent.holds(valid_at, known_at, zone));
        next = parents.next().and_then(|parent| organizations.get(&parent.organization));
    }
    Ok(units)
}

impl Parent {
    /// Whether it was known at `known_at` and holds at `valid_at`.
    pub fn holds(&self, valid_at: Instant, known_at: Instant, zone: TimeZone) -> bool {
        self.recorded_at.is_none_or(|at| at <= known_at) && self.valid.period(zone).contains(valid_at)
    }
}
