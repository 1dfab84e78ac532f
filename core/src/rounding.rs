//! Rounding rules as data: how, to what, and around which offset (R0).

use serde::{Deserialize, Serialize};

use crate::exact::Exact;

/// How a number between two steps is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the nearest, ties away from zero: 2.5 -> 3, -2.5 -> -3.
    #[default]
    HalfUp,
    /// To the nearest, ties to the even step: 2.5 -> 2, 3.5 -> 4.
    HalfEven,
    /// To the nearest, ties towards zero: 2.5 -> 2, -2.5 -> -2.
    HalfDown,
    /// Away from zero: 2.1 -> 3, -2.1 -> -3.
    Up,
    /// Towards zero: 2.9 -> 2, -2.9 -> -2.
    Down,
    /// Towards plus infinity: 2.1 -> 3, -2.9 -> -2.
    Ceiling,
    /// Towards minus infinity: 2.9 -> 2, -2.1 -> -3.
    Floor,
}

impl RoundingMode {
    /// Every mode, in the order of their definition.
    pub const ALL: [Self; 7] =
        [Self::HalfUp, Self::HalfEven, Self::HalfDown, Self::Up, Self::Down, Self::Ceiling, Self::Floor];
}

/// What a rounding rule rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoundingStage {
    /// The price per unit of the entry's base quantity.
    Unit,
    /// The amount of the line.
    #[default]
    Line,
}

/// A named rounding: to a multiple of `increment`, moved by `offset`.
///
/// 0.05 with offset 0 gives prices that end in 0.00 or 0.05; increment 1 with offset -0.01 gives prices that end in .99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RoundingRule {
    /// What is rounded.
    #[serde(default)]
    pub at: RoundingStage,
    /// How.
    #[serde(default)]
    pub mode: RoundingMode,
    /// The result less the offset is a multiple of this; above zero.
    pub increment: Exact,
    /// Added after rounding, and taken away before it.
    #[serde(default)]
    pub offset: Exact,
}

/// Where the end of an order rounds to minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FinalStage {
    /// Each line is rounded; the order is their sum.
    #[default]
    Line,
    /// The price per base quantity of each line is rounded, then the line that it makes; the order is their sum.
    Unit,
    /// The sum of the lines is rounded; the lines take shares of it.
    Document,
}

/// The rounding at the end of an order, to the currency's minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FinalRounding {
    /// Where.
    #[serde(default)]
    pub at: FinalStage,
    /// How.
    #[serde(default)]
    pub mode: RoundingMode,
}
