//! Dated values of an index, such as the price of copper or diesel (R7).

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{IndexTableId, RateId};
use crate::time::{Instant, Validity};

/// A table of values of one index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IndexTable {
    /// Its name.
    pub index_table: IndexTableId,
    /// The currency of its values; absent: the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The values.
    pub values: Vec<IndexValue>,
}

/// What the index was worth for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IndexValue {
    /// Its name, unique in the table.
    pub rate_id: RateId,
    /// How much.
    pub value: Exact,
    /// When it holds; of several that hold, the one that starts last, then ends first.
    #[serde(default)]
    pub valid: Validity,
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
}
