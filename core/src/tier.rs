//! Tier tables: what a quantity costs (R4).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::exact::Exact;
use crate::guard::Guards;
use crate::id::{CategoryId, PricingGroupId, Sku, StepId, Unit};
use crate::script::ScriptCall;
use crate::time::Validity;
use crate::unit::Quantity;

/// A price of a sku or a category: one price, or a table of tiers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it prices; this or `category`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// The category subtree it prices; this or `sku`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// The unit and base quantity that prices are for, like `100 pc`; absent: one of the product's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Quantity>,
    /// When it holds; of several that hold, the one that starts last, then ends first.
    #[serde(default)]
    pub valid: Validity,
    /// One price for every quantity; this, `tiers` or `formula`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Exact>,
    /// The script that gives the price; of a contract only (R13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<Box<ScriptCall>>,
    /// How the tiers are read.
    #[serde(default)]
    pub mode: TierMode,
    /// What is counted.
    #[serde(default)]
    pub base: TierBase,
    /// Over which lines it is counted.
    #[serde(default)]
    pub over: CountScope,
    /// Whether what was bought before in the contract period counts first (a fact of the request).
    #[serde(default)]
    pub counts_prior: bool,
    /// Whether a graduated table's first tier counts at a quantity of zero.
    #[serde(default)]
    pub charge_at_zero: bool,
    /// The tiers, ascending.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Steps of the procedure that do not act on a line which this prices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<StepId>,
    /// Bounds of what lines that this prices come to, in the currency of the list or contract (R9).
    #[serde(default, skip_serializing_if = "Guards::is_empty")]
    pub guards: Guards,
}

/// How the tiers of a table are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TierMode {
    /// The tier reached prices all.
    #[default]
    Volume,
    /// Each tier prices its part.
    Graduated,
}

/// What a table counts to choose its tier.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TierBase {
    /// The quantity, in the entry's unit.
    #[default]
    Quantity,
    /// The value at the price of the first tier, in the list's currency.
    Value,
    /// The nominal (or measured) weight, in this unit.
    Weight(Unit),
    /// What a script returns; of a contract only, volume and over the line (R13).
    Script(Box<ScriptCall>),
}

/// Over which goods lines a table counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CountScope {
    /// The line alone.
    #[default]
    Line,
    /// All lines of the sku.
    Sku,
    /// All lines of a category's subtree.
    Category(CategoryId),
    /// All lines of the products in a pricing group.
    Group(PricingGroupId),
    /// All lines.
    Order,
}

/// One tier: where it starts or ends, and what it costs. All its prices add up.
///
/// `[1000, 8.40]` is short for `{ from: 1000, price: 8.40 }`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tier {
    /// Where it starts: `[from, next from)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Exact>,
    /// Where it ends: `(last up_to, up_to]`; absent in the last tier: it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Exact>,
    /// Price per unit of the base quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Exact>,
    /// Price per unit as a percent of the first tier's; in a graduated table by value, a percent of the part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<Exact>,
    /// Amount once, when the tier is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat: Option<Exact>,
    /// Price per unit of the base quantity above the tier's start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<Exact>,
    /// Price per started package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<Package>,
    /// The table has no price here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_price: bool,
}

/// A price per started package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// How much is in it, in the entry's unit.
    pub size: Exact,
    /// What it costs.
    pub price: Exact,
}

/// [`Tier`] as it is written in full.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Tier")]
struct TierFields {
    #[serde(default)]
    from: Option<Exact>,
    #[serde(default)]
    up_to: Option<Exact>,
    #[serde(default)]
    price: Option<Exact>,
    #[serde(default)]
    percent: Option<Exact>,
    #[serde(default)]
    flat: Option<Exact>,
    #[serde(default)]
    above: Option<Exact>,
    #[serde(default)]
    package: Option<Package>,
    #[serde(default)]
    no_price: bool,
}

impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> de::Visitor<'de> for Form {
            type Value = Tier;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a tier like [1000, 8.40] or { from: 1000, price: 8.40 }")
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut pair: A) -> Result<Tier, A::Error> {
                let from = pair.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
                let price = pair.next_element()?.ok_or_else(|| de::Error::invalid_length(1, &self))?;
                if pair.next_element::<Exact>()?.is_some() {
                    return Err(de::Error::invalid_length(3, &self));
                }
                Ok(Tier { from: Some(from), price: Some(price), ..Tier::default() })
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Tier, A::Error> {
                let TierFields { from, up_to, price, percent, flat, above, package, no_price } =
                    TierFields::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Tier { from, up_to, price, percent, flat, above, package, no_price })
            }
        }
        deserializer.deserialize_any(Form)
    }
}
