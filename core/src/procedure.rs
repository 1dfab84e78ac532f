//! The procedure: the steps from a line's price to what it comes to, in their order (R7).

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::id::{StepId, Unit};
use crate::rounding::RoundingMode;

/// One entry of a tenant's procedure: a step, a named subtotal, or the place of the guards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProcedureEntry {
    /// Adjustments that name this step act here.
    Step(ProcedureStep),
    /// A name for a sum of what came before.
    Subtotal(Subtotal),
    /// The guards act here (R9); absent: after all steps.
    Guards,
}

/// A step: where it acts, on what, and how its rules stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProcedureStep {
    /// Its name.
    pub name: StepId,
    /// Where it acts.
    #[serde(default)]
    pub at: ActsAt,
    /// What percents are of.
    #[serde(default)]
    pub on: StepBasis,
    /// Which of its rules act.
    #[serde(default)]
    pub choose: Stacking,
    /// What its amounts are.
    #[serde(default)]
    pub counts_as: CountsAs,
    /// How each of its changes is rounded; absent: to 10 decimals on a line, to the minor unit on the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<StepRounding>,
    /// Whether it may leave an amount below zero.
    #[serde(default)]
    pub below_zero: bool,
    /// By what an amount on the order is shared among its lines.
    #[serde(default)]
    pub share_by: ShareBy,
    /// Which lines take the minor units that are left by sharing.
    #[serde(default)]
    pub share_rest: ShareRest,
    /// Whether its amounts stand on the lines or, on the order only, on the document.
    #[serde(default)]
    pub shown: Shown,
    /// Whether it is for what the request adjusts by hand, and nothing else.
    #[serde(default)]
    pub manual: bool,
    /// Later steps that do not act on a line which this one changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<StepId>,
}

/// A named sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Subtotal {
    /// Its name, unique among steps and subtotals.
    pub name: StepId,
    /// What is added: `list`, `base`, earlier steps and subtotals.
    pub of: Vec<StepId>,
}

/// Where a step acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActsAt {
    /// On each line by itself.
    #[default]
    Line,
    /// On the lines that a rule is for, as one.
    Order,
}

/// What a step is computed on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepBasis {
    /// What a line comes to so far.
    #[default]
    Running,
    /// What it came to before the procedure.
    Base,
    /// What the price lists alone give.
    List,
    /// A named subtotal.
    Subtotal(StepId),
}

/// Which rules of a step act, where several could.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// All, one on the other, by priority, then name.
    #[default]
    Compound,
    /// All, each on the same basis.
    Additive,
    /// The set that lowers the amount most.
    Best,
    /// The set that lowers the amount least.
    Least,
}

/// What the amounts of a step are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CountsAs {
    /// Part of the price.
    #[default]
    Price,
    /// To be seen, not paid.
    Informational,
    /// To be paid back later, such as a bonus; not part of this price.
    Accrual,
}

/// How the changes of a step are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepRounding {
    /// What is rounded.
    #[serde(default)]
    pub at: StepRoundingStage,
    /// How.
    #[serde(default)]
    pub mode: RoundingMode,
    /// The result less the offset is a multiple of this; above zero.
    pub increment: Exact,
    /// Added after rounding, and taken away before it.
    #[serde(default)]
    pub offset: Exact,
}

/// What the rounding of a step rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepRoundingStage {
    /// The price per one of the product's unit after the change; not on the order.
    Unit,
    /// The change.
    #[default]
    Line,
    /// What the line, or the order, comes to after the change.
    Result,
}

/// By what an amount on the order is shared.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShareBy {
    /// By what the lines come to so far.
    #[default]
    Value,
    /// By what they came to before the procedure.
    BaseValue,
    /// By their quantities, each in its product's unit.
    Quantity,
    /// By their weights, in this unit.
    Weight(Unit),
    /// Equally.
    Equal,
}

/// Which lines take the minor units that are left by sharing (R10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShareRest {
    /// Those with the largest remainders, ties to the lower index.
    #[default]
    LargestRemainder,
    /// The first, one unit each.
    FirstLines,
    /// The last, all of them.
    LastLine,
}

/// Where the amounts of a step on the order stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// In the net amounts of the lines.
    #[default]
    Lines,
    /// As an allowance or charge of the document (EN 16931 BG-20, BG-21).
    Document,
}
