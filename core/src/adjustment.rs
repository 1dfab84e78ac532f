//! Adjustments: discounts, surcharges, promotions and rebates (R7, R8).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::condition::Condition;
use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{AdjustmentId, ChargeKind, IndexTableId, SetId, Sku, StepId, Unit};
use crate::one_or_many::one_or_many;
use crate::script::ScriptCall;
use crate::tier::CountScope;
use crate::time::{Instant, Validity};
use crate::unit::Quantity;

/// A rule of one step of the procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Its name.
    pub adjustment: AdjustmentId,
    /// The step in which it acts.
    pub step: StepId,
    /// When it holds.
    #[serde(default)]
    pub valid: Validity,
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
    /// The higher, the earlier it acts.
    #[serde(default)]
    pub priority: i32,
    /// Rules of one set are chosen together; absent: it is chosen by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<SetId>,
    /// Whether it acts alone or in any case.
    #[serde(default)]
    pub mode: AdjustmentMode,
    /// Whether it acts.
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    /// On which lines it acts.
    #[serde(default, rename = "for", skip_serializing_if = "Condition::is_empty")]
    pub lines: Condition,
    /// Instead of lines: the kinds of charges on which it acts.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<ChargeKind>,
    /// What it does.
    pub effect: Effect,
    /// The currency of all its amounts; absent: the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The most it changes over all orders; what is used is a fact of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Exact>,
    /// The most orders it acts on; how many it did is a fact of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_max: Option<u32>,
    /// Later steps that do not act on a line which this changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<StepId>,
    /// What it is called on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// How a rule stands to the others of its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentMode {
    /// As the step says.
    #[default]
    Normal,
    /// Alone: the rules that are `normal` do not act where it does.
    Exclusive,
    /// After the others, whichever they were.
    Always,
}

/// What a rule does: one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Takes so many percent of the basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_off: Option<Graded>,
    /// Adds so many percent of the basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_added: Option<Graded>,
    /// Takes an amount, once or `per`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_off: Option<Graded>,
    /// Adds an amount, once or `per`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_added: Option<Graded>,
    /// Sets the price `per`; not on the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Graded>,
    /// Raises the basis to an amount, where it is below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raise_to: Option<Graded>,
    /// Lowers the basis to an amount, where it is above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower_to: Option<Graded>,
    /// Adds what a metal or fuel costs more than stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed: Option<Indexed>,
    /// Acts on whole units that are bought together; on the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Bundle>,
    /// Adds goods; on the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<Gift>,
    /// The base quantity of an amount or a price; absent: an amount counts once, a price is for one of the product's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Quantity>,
    /// What a graded number is chosen by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<GradedBy>,
    /// The most it changes a line, or on the order the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Exact>,
}

/// One number, numbers that begin at bounds, or a script: `7.5`, `[[50, 5], [100, 7.5]]`, or `{ script: loyalty }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Graded {
    /// The same for all.
    Number(Exact),
    /// `[from, number]`, ascending; below the first, the rule does not act.
    Steps(Vec<(Exact, Exact)>),
    /// What a script returns (R13).
    Script(Box<ScriptCall>),
}

/// What a graded number is chosen by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GradedBy {
    /// What is counted.
    #[serde(default)]
    pub base: GradedBase,
    /// Of a quantity, in this unit; absent: in the unit of each product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Over which lines; `line` on an order step: over the lines that the rule acts on.
    #[serde(default)]
    pub over: CountScope,
}

/// What is counted to choose a graded number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GradedBase {
    /// The quantity.
    #[default]
    Quantity,
    /// What the lines come to so far.
    Value,
}

/// A surcharge that follows an index: by content (`unit`), or in percent for each full `step`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Indexed {
    /// Whose values.
    pub table: IndexTableId,
    /// The value that is in the price already; only what the index is above it counts.
    pub base: Exact,
    /// The unit of content that the index is for; the line's quantity is converted to it. This, or `step` and `percent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// For each full step above the base ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Exact>,
    /// ... so many percent of the basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Exact>,
}

/// Goods that are bought together, and what is given for it. A unit serves once in a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// What a set needs: all of these.
    pub takes: Vec<Taken>,
    /// Which units the effect is for; absent: all that were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives: Option<Given>,
    /// Off each of these units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_off: Option<Exact>,
    /// Off each of these units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_off: Option<Exact>,
    /// What each of these units costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Exact>,
    /// Off each set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_amount_off: Option<Exact>,
    /// What each set costs, where that is less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_price: Option<Exact>,
    /// The most sets of an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets_max: Option<u32>,
}

/// Some of the units that a set needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Of which lines.
    #[serde(default, rename = "for", skip_serializing_if = "Condition::is_empty")]
    pub lines: Condition,
    /// How many, above zero.
    pub quantity: u32,
}

/// The units that the effect of a bundle is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Of which lines, among the units that were not taken; absent: among those that were.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub lines: Option<Condition>,
    /// How many of a set, above zero.
    pub quantity: u32,
    /// Which.
    #[serde(default)]
    pub choose: ChooseUnits,
}

/// Which of several units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChooseUnits {
    /// Those that cost least, ties to the lower line.
    #[default]
    Cheapest,
    /// Those that cost most, ties to the lower line.
    Dearest,
    /// Those of the first lines.
    First,
}

/// Goods that come on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gift {
    /// What.
    pub sku: Sku,
    /// How much, in the product's unit; above zero.
    pub quantity: Exact,
    /// What one of them costs.
    #[serde(default)]
    pub price: Exact,
}

impl<'de> Deserialize<'de> for Graded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> de::Visitor<'de> for Form {
            type Value = Graded;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a decimal as a string, like \"7.5\", pairs of them, like [[\"50\", \"5\"], [\"100\", \"7.5\"]], or a script",
                )
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Graded, E> {
                text.parse().map(Graded::Number).map_err(|error| E::custom(format_args!("`{text}` is {error}")))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Graded, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Graded::Steps)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Graded, A::Error> {
                ScriptCall::deserialize(de::value::MapAccessDeserializer::new(map)).map(Box::new).map(Graded::Script)
            }
        }
        deserializer.deserialize_any(Form)
    }
}
