//! Dated exchange rates (R6).

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{FxTableId, RateId};
use crate::rounding::RoundingMode;
use crate::time::{Instant, Validity};

/// A table of exchange rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FxTable {
    /// Its name.
    pub fx_table: FxTableId,
    /// The rates.
    pub rates: Vec<FxRate>,
    /// Pairs that go through a third currency.
    #[serde(default)]
    pub chains: Vec<FxChain>,
}

/// One unit of `base` is `rate` units of `quote`. From `base` an amount is multiplied, from `quote` it is divided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FxRate {
    /// Its name, unique in the table.
    pub rate_id: RateId,
    /// The currency that is one.
    pub base: Currency,
    /// The currency it is stated in.
    pub quote: Currency,
    /// The rate, above zero.
    pub rate: Exact,
    /// When it holds; of several that hold, the one that starts last, then ends first.
    #[serde(default)]
    pub valid: Validity,
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
}

/// A pair of currencies that is converted through a third, in either direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FxChain {
    /// The two ends.
    pub between: (Currency, Currency),
    /// The middle.
    pub through: Currency,
    /// To which multiple the amount in the middle is rounded; above zero.
    pub increment: Exact,
    /// How it is rounded.
    #[serde(default)]
    pub mode: RoundingMode,
}
