//! Tax: how a tenant works it out, and the rates (R11).

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::id::{RateId, RegionId, TaxCategoryId, TaxTableId};
use crate::one_or_many::one_or_many;
use crate::time::{Instant, Validity};

/// How a tenant works tax out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxRegime {
    /// Whose rates.
    pub table: TaxTableId,
    /// What is rounded to the minor unit, by the tenant's mode.
    #[serde(default)]
    pub rounding: TaxRounding,
    /// The category of products and charges that name none.
    pub category: TaxCategoryId,
}

/// What of a tax is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaxRounding {
    /// The tax on one unit of a line.
    Unit,
    /// The tax on a line.
    Line,
    /// The tax of a category and rate (EN 16931 BT-117).
    #[default]
    Category,
    /// The tax of the document.
    Document,
}

/// Whether prices are without or with tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaxSide {
    /// Without: tax is added.
    #[default]
    Net,
    /// With: tax is what is inside.
    Gross,
}

/// A table of tax rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxTable {
    /// Its name.
    pub tax_table: TaxTableId,
    /// The rates.
    pub rates: Vec<TaxRate>,
}

/// The rate of a category in some regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// Its name, unique in the table.
    pub rate_id: RateId,
    /// Of what.
    pub category: TaxCategoryId,
    /// Where the goods go to; empty: wherever no rate names the region.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<RegionId>,
    /// The rate in percent (EN 16931 BT-119), zero or above.
    pub percent: Exact,
    /// The code of the category on an invoice (EN 16931 BT-118, UNCL 5305): `S`, `Z`, `E`, `AE`, `K`, `G`, `O`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why there is no tax (EN 16931 BT-120).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it holds; of several that hold, the one that starts last, then ends first.
    #[serde(default)]
    pub valid: Validity,
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
}

impl TaxSide {
    /// Whether it is the side of documents that say nothing.
    pub fn is_net(&self) -> bool {
        *self == Self::Net
    }
}
