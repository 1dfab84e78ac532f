//! Tests of a book: requests, and what they should cost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{LineId, TestId};
use crate::money::Money;
use crate::request::PriceRequest;
use crate::time::Instant;
use crate::violation::ViolationCode;

/// A test that the authors of a book keep with it. It changes no price and no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BookTest {
    /// Its name: what it shows.
    pub test: TestId,
    /// By what was known at this time; absent: by everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Instant>,
    /// What is asked.
    pub request: PriceRequest,
    /// What should come out. Only what is stated is compared.
    pub expected: Expected,
}

/// What a test expects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// What lines come to, like `49.00 EUR`, or the code of why they have no price.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nets: BTreeMap<LineId, String>,
    /// What is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payable: Option<Money>,
    /// What the order breaks: the codes of all violations, in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub violations: Option<Vec<ViolationCode>>,
    /// The code that refuses the whole request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
