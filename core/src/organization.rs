//! Organizations: buyer and seller units in a tree (R2).

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::id::{GroupId, OrganizationId, RegionId};
use crate::time::{Instant, Validity};

/// A unit of a buyer or seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Its name.
    pub organization: OrganizationId,
    /// What it is called on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is.
    #[serde(default)]
    pub kind: OrganizationKind,
    /// The units it belonged to, one at a time.
    #[serde(default)]
    pub parents: Vec<Parent>,
    /// The groups it is in; those of its lineage count as well.
    #[serde(default)]
    pub groups: Vec<GroupId>,
    /// Where it is: the ship-to region of a request that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
    /// How much it may owe, in the tenant's currency; that of the nearest unit that states one counts (R12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_limit: Option<Exact>,
    /// How much it may spend, in the tenant's currency; that of the nearest unit that states one counts (R12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Exact>,
}

/// What an organization is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrganizationKind {
    /// A company.
    #[default]
    LegalEntity,
    /// A part of a company.
    BusinessUnit,
    /// What costs are booked on.
    CostCentre,
}

/// The unit above an organization, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Parent {
    /// Which.
    pub organization: OrganizationId,
    /// When.
    #[serde(default)]
    pub valid: Validity,
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
}
