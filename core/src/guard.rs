//! Guards: bounds that no price leaves unseen (R9).

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::id::RoleId;

/// Bounds of what goods cost, and what happens at them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Guards {
    /// The least, per base quantity (of a product: per one of its unit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<Exact>,
    /// The least that may be advertised, per base quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<Exact>,
    /// The most, per base quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Exact>,
    /// The least margin: percent of the price that is not cost; below 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_min: Option<Exact>,
    /// The most discount: percent of the list price, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_max: Option<Exact>,
    /// What happens at them.
    #[serde(default)]
    pub breach: Breach,
    /// Who may approve what is beyond; for `needs_approval`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
}

/// What happens where an amount is beyond a guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// It is set to the guard.
    #[default]
    Clamp,
    /// As `clamp`, but what the price was beyond before any discount stays: the bound is moved to the base price.
    ClampToBase,
    /// It stays, and the order must not be placed.
    Reject,
    /// It stays, and somebody must approve it.
    NeedsApproval,
}

/// The guards of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TenantGuards {
    /// The least margin of goods that state none themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_min: Option<Exact>,
    /// The most discount of goods that state none themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_max: Option<Exact>,
    /// What happens at these, and at price lists kept as `floor`.
    #[serde(default)]
    pub breach: Breach,
    /// Who may approve what is beyond; for `needs_approval`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    /// Whether the other lines take the discount on the order that a line at its floor cannot take.
    #[serde(default)]
    pub redistribute: bool,
}

impl Guards {
    /// Whether it states nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl TenantGuards {
    /// Whether it states nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
