//! Price lists: what things cost, for whom, and when (R3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{ChannelId, GroupId, OrganizationId, PriceListId, RegionId};
use crate::one_or_many::one_or_many;
use crate::rounding::{RoundingMode, RoundingRule};
use crate::tax::TaxSide;
use crate::tier::Entry;
use crate::time::{Instant, Validity};

/// A list of prices in one currency.
///
/// A list that never changes writes its one version's fields beside its name; a list with a history writes `versions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// Its name.
    pub price_list: PriceListId,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// What its prices are for.
    #[serde(default, skip_serializing_if = "ListUse::is_prices")]
    pub kept_as: ListUse,
    /// Whether its prices are without or with tax; absent: as the tenant's (R11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<TaxSide>,
    /// Whether it prices a sku alone or not at all where lists are merged.
    #[serde(default)]
    pub forbids_merging: bool,
    /// When it holds.
    #[serde(default)]
    pub valid: Validity,
    /// The higher, the earlier it is asked.
    #[serde(default)]
    pub priority: i32,
    /// Whom it is for: any of these; empty: everyone.
    #[serde(default)]
    pub assigned_to: Vec<Assignment>,
    /// How the price step of its entries is rounded; absent: to 10 decimals, half-even.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingRule>,
    /// Its prices.
    #[serde(default)]
    pub entries: Vec<Entry>,
    /// Instead of entries: how its prices follow from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<Derived>,
    /// Instead of the fields above: its states over time.
    #[serde(default)]
    pub versions: Vec<PriceListVersion>,
}

/// What the prices of a list are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ListUse {
    /// To sell at.
    #[default]
    Prices,
    /// Below which nothing is sold (R9).
    Floor,
}

/// One state of a price list. Of the versions that hold at a date, the highest number known is the one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceListVersion {
    /// Its number, unique in the list.
    pub number: u32,
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
    /// When it holds.
    #[serde(default)]
    pub valid: Validity,
    /// The higher, the earlier it is asked.
    #[serde(default)]
    pub priority: i32,
    /// Whom it is for: any of these; empty: everyone.
    #[serde(default)]
    pub assigned_to: Vec<Assignment>,
    /// How the price step of its entries is rounded; absent: to 10 decimals, half-even.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingRule>,
    /// Its prices.
    #[serde(default)]
    pub entries: Vec<Entry>,
    /// Instead of entries: how its prices follow from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<Derived>,
}

/// Facts that must all hold for a list to be for a buyer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The buyer is this organization or below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The buyer is in this group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// The goods go to one of these regions; one may be written without a list.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<RegionId>,
    /// The order comes through this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// The request has these attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// How the prices of a list follow from others: percent, then rounding, then amount, then margins.
///
/// The percent scales every amount of a tier; rounding, amount and margins act on the price per unit. Each step is
/// exact and rounded once, half-even to 10 decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Derived {
    /// Of what.
    pub from: DerivedFrom,
    /// How much of it, in percent.
    #[serde(default = "whole")]
    pub percent: Exact,
    /// To which multiple the price per unit is rounded; above zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub increment: Option<Exact>,
    /// How it is rounded to the increment.
    #[serde(default)]
    pub mode: RoundingMode,
    /// What is added then.
    #[serde(default)]
    pub amount: Exact,
    /// The least the price per unit is above what it follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_min: Option<Exact>,
    /// The most the price per unit is above what it follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin_max: Option<Exact>,
}

/// What the prices of a derived list follow from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DerivedFrom {
    /// The cost of each product that has one.
    Cost,
    /// The entries of another list in the same currency: of its version that holds when this one's does.
    PriceList(PriceListId),
}

impl ListUse {
    /// Whether it is the use of lists that say nothing.
    pub fn is_prices(&self) -> bool {
        *self == Self::Prices
    }
}

fn whole() -> Exact {
    Exact::from(100)
}
