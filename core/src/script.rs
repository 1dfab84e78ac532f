//! Scripts: rules that nobody foresaw, as text in a small language (R13).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::digest::Digest;
use crate::exact::Exact;
use crate::id::ScriptId;
use crate::time::Instant;

/// A script: what it may read, what it returns, its parameters and its text.
///
/// A script that never changed writes its `text` beside its name; one with a history writes `versions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Its name.
    pub script: ScriptId,
    /// What it may read.
    pub sees: ScriptSees,
    /// What it returns.
    pub returns: ScriptReturns,
    /// The numbers and names that whoever uses it states, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, ScriptParam>,
    /// What it is for, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Its text; this or `versions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its texts over time: the one recorded last counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<ScriptVersion>,
}

/// A text of a script, known by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScriptVersion {
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
    /// The text.
    pub text: String,
}

/// What a script may read, beside the buyer, the request and its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScriptSees {
    /// A line before it has a price: for formulas and tier bases, and wherever a line's script may stand.
    Goods,
    /// A line and its running amount: for adjustments of lines.
    Line,
    /// The order with its running amounts: for adjustments of the order, and order rules.
    Order,
}

/// What a script returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScriptReturns {
    /// A decimal.
    Number,
    /// `true` or `false`.
    Condition,
    /// A list of what an order breaks.
    Violations,
}

/// A parameter of a script. `base: number` is short for `base: { type: number }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptParam {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ScriptParamKind,
    /// Of a number: the least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Exact>,
    /// Of a number: the first that is too much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<Exact>,
    /// What it is where it is not stated; absent: it must be stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScriptParamKind {
    /// A decimal.
    Number,
    /// A text.
    Text,
    /// `true` or `false`.
    Condition,
    /// The name of an index table; the script sees its value at the date of the price.
    Index,
}

/// The use of a script: with which parameters, and what becomes of the price where it fails.
///
/// `loyalty` is short for `{ script: loyalty }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptCall {
    /// Which script.
    pub script: ScriptId,
    /// Its parameters, as text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// What happens where it fails.
    #[serde(skip_serializing_if = "OnFailure::is_reject")]
    pub on_failure: OnFailure,
}

/// What happens where a script fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// What it was asked for has no price; an order rule is broken.
    #[default]
    Reject,
    /// The rule does not act; not for prices.
    Skip,
    /// It is as if it had returned this number.
    Value(Exact),
    /// It is as if it had returned this.
    Holds(bool),
}

/// How a script ran: a part of the explanation of a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScriptRun {
    /// Which script.
    pub script: ScriptId,
    /// The hash of its text.
    pub hash: Digest,
    /// Its parameters as it saw them: of an index, the value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// What it returned, or what stands for it where it failed.
    pub result: String,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<ScriptError>,
}

macro_rules! script_errors {
    ($($(#[$doc:meta])+ $name:ident $code:literal $text:literal)+) => {
        /// Why a script failed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ScriptError {
            $($(#[$doc])+ #[serde(rename = $code)] $name,)+
        }

        impl ScriptError {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }

        impl fmt::Display for ScriptError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)+
                })
            }
        }
    };
}

script_errors! {
    /// `script.limit`
    Limit "script.limit" "the script met a bound of its operations, depth or sizes; make it shorter"
    /// `script.arithmetic`
    Arithmetic "script.arithmetic" "the script divided by zero, or a number left 28 digits; check its numbers"
    /// `script.no_value`
    NoValue "script.no_value" "the script asked for what is not there; ask first whether it is"
    /// `script.thrown`
    Thrown "script.thrown" "the script threw; its text says when"
    /// `script.type`
    Type "script.type" "the script mixed values that do not go together; check its text"
    /// `script.result`
    Result "script.result" "the script returned what may not stand here; check its text"
}

impl OnFailure {
    /// Whether it is [`OnFailure::Reject`].
    pub fn is_reject(&self) -> bool {
        *self == Self::Reject
    }
}

impl Script {
    /// The text that counts at `known_at`: the one that was recorded last, or the first where none was.
    pub fn text_at(&self, known_at: Instant) -> &str {
        let recorded = |version: &&ScriptVersion| version.recorded_at.is_none_or(|at| at <= known_at);
        let by_time = |version: &&ScriptVersion| version.recorded_at;
        let known = self.versions.iter().filter(recorded).max_by_key(by_time);
        let first = || self.versions.iter().min_by_key(by_time);
        let of_versions = known.or_else(first).map(|version| version.text.as_str());
        of_versions.or(self.text.as_deref()).unwrap_or("")
    }
}

/// [`ScriptParam`] as it is written in full.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "ScriptParam")]
struct ScriptParamFields {
    #[serde(rename = "type")]
    kind: ScriptParamKind,
    #[serde(default)]
    at_least: Option<Exact>,
    #[serde(default)]
    below: Option<Exact>,
    #[serde(default)]
    default: Option<String>,
}

impl<'de> Deserialize<'de> for ScriptParam {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> de::Visitor<'de> for Form {
            type Value = ScriptParam;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("number, text, condition or index, or { type: number, at_least: 0, default: 5 }")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ScriptParam, E> {
                let kind = ScriptParamKind::deserialize(de::value::StrDeserializer::new(text))?;
                Ok(ScriptParam { kind, at_least: None, below: None, default: None })
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<ScriptParam, A::Error> {
                let fields = ScriptParamFields::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let ScriptParamFields { kind, at_least, below, default } = fields;
                Ok(ScriptParam { kind, at_least, below, default })
            }
        }
        deserializer.deserialize_any(Form)
    }
}

/// [`ScriptCall`] as it is written in full.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "ScriptCall")]
struct ScriptCallFields {
    script: ScriptId,
    #[serde(default)]
    params: BTreeMap<String, String>,
    #[serde(default)]
    on_failure: OnFailure,
}

impl<'de> Deserialize<'de> for ScriptCall {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> de::Visitor<'de> for Form {
            type Value = ScriptCall;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a script, or { script: loyalty, params: { threshold: 100 } }")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<ScriptCall, E> {
                let script = ScriptId::new(text).map_err(E::custom)?;
                Ok(ScriptCall { script, params: BTreeMap::new(), on_failure: OnFailure::default() })
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<ScriptCall, A::Error> {
                let fields = ScriptCallFields::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let ScriptCallFields { script, params, on_failure } = fields;
                Ok(ScriptCall { script, params, on_failure })
            }
        }
        deserializer.deserialize_any(Form)
    }
}

#[cfg(test)]
mod tests {
    use super::{Script, ScriptError};

    #[test]
    fn a_script_error_is_its_code_in_json() {
        for error in ScriptError::ALL {
            assert_eq!(serde_json::to_string(error).unwrap(), format!("\"{}\"", error.code()));
            assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn the_text_recorded_last_counts() {
        let script: Script = serde_json::from_str(
            r#"{ "script": "a", "sees": "goods", "returns": "number", "params": { "base": "number" }, "versions": [
                { "text": "2", "recorded_at": "2026-02-01T00:00:00Z" },
                { "text": "1", "recorded_at": "2026-01-01T00:00:00Z" }] }"#,
        )
        .unwrap();
        let check = |known_at: &str, expected| assert_eq!(script.text_at(known_at.parse().unwrap()), expected);
        check("2025-12-01T00:00:00Z", "1");
        check("2026-01-15T00:00:00Z", "1");
        check("2026-02-01T00:00:00Z", "2");
    }
}
