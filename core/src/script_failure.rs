//! Scripts that failed on an order: what they kept from acting, or from having a price (R13).

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::{LineId, ScriptId, StepId};
use crate::priced_order::Source;
use crate::priced_steps::RuleSource;
use crate::script::{OnFailure, ScriptError};
use crate::violation::ViolatedRule;

/// A script that failed, where no step of the waterfall shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScriptFailure {
    /// On which line; absent: on the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineId>,
    /// What used it.
    pub by: ScriptUse,
    /// Which script.
    pub script: ScriptId,
    /// The hash of its text.
    pub hash: Digest,
    /// Why it failed.
    pub code: ScriptError,
    /// What its use says happens then.
    pub on_failure: OnFailure,
}

/// What uses a script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScriptUse {
    /// A price of a contract.
    Price(Source),
    /// A rule of a step of the procedure.
    Rule {
        /// In which step.
        step: StepId,
        /// Whose.
        by: RuleSource,
    },
    /// An order rule.
    OrderRule(ViolatedRule),
}
