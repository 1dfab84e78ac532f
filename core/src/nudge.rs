//! Nudges: what the next price break of a line is worth (R12).

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::id::{LineId, Unit};
use crate::money::Money;

/// What an order comes to if one line is ordered up to its next price break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Nudge {
    /// Which line.
    pub line: LineId,
    /// How much of it reaches the break.
    pub quantity: Exact,
    /// How much that is more than is ordered.
    pub add: Exact,
    /// The unit of the two: the line's.
    pub unit: Unit,
    /// What the line comes to as it is ordered.
    pub net_before: Money,
    /// What it comes to at the break.
    pub net_after: Money,
    /// What is to be paid for the order as it is.
    pub payable_before: Money,
    /// What is to be paid with the line at the break.
    pub payable_after: Money,
}

impl Nudge {
    /// Whether the whole order costs less with more of the line.
    pub fn saves(&self) -> bool {
        self.payable_after.minor() < self.payable_before.minor()
    }
}
