//! Contracts: what was agreed with an organization, in immutable numbered versions (R3).

use serde::{Deserialize, Serialize};

use crate::adjustment::Effect;
use crate::condition::Condition;
use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{ContractId, OrganizationId};
use crate::order_rule::OrderTerms;
use crate::rounding::RoundingRule;
use crate::tax::TaxSide;
use crate::tier::Entry;
use crate::time::{Instant, TimeZone, Validity, When};

/// An organization's agreement; it holds for the units below it that have no term of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its name.
    pub contract: ContractId,
    /// With whom.
    pub organization: OrganizationId,
    /// The currency of all its amounts; absent: the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Whether its prices are without or with tax; absent: as the tenant's (R11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<TaxSide>,
    /// Of several contracts with one organization, the higher is asked first.
    #[serde(default)]
    pub priority: i32,
    /// Its states over time.
    pub versions: Vec<ContractVersion>,
}

/// One state of a contract. It prices once it is approved and until it is terminated; of the versions that hold at a
/// date, the highest number known is the one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContractVersion {
    /// Its number, unique in the contract.
    pub number: u32,
    /// When it holds.
    #[serde(default)]
    pub valid: Validity,
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
    /// When it was put forward, and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<Signature>,
    /// When it was approved, and by whom; absent: it does not price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Signature>,
    /// When it ends early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminated: Option<Termination>,
    /// How the price step of its terms is rounded; absent: to 10 decimals, half-even.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<RoundingRule>,
    /// What was agreed.
    #[serde(default)]
    pub terms: Vec<Term>,
    /// How much is bought in the contract's period at least and at most (R9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Commitment>,
    /// A reference to the paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Who did something, and when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Who.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// The early end of a contract version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Termination {
    /// The first moment without it.
    pub from: When,
    /// Since when it is known.
    pub recorded_at: Instant,
}

/// How much is bought in a contract's period, in the contract's currency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// At least: the order that closes the period is raised to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Exact>,
    /// At most: what goes beyond is not charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Exact>,
}

/// One thing that was agreed: a price, a discount or an order rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// A price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Entry>,
    /// What a price does to the price lists for the same goods.
    #[serde(default)]
    pub lists: AgainstLists,
    /// A discount, in the step `contract` of the procedure; not on what the same contract prices (R7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// An order rule (R12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_rule: Option<OrderTerms>,
}

/// A discount that was agreed: an adjustment for the contract's organization and the units below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// Whether it acts.
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    /// On which lines it acts.
    #[serde(default, rename = "for", skip_serializing_if = "Condition::is_empty")]
    pub lines: Condition,
    /// What it does.
    pub effect: Effect,
    /// The higher, the earlier it acts.
    #[serde(default)]
    pub priority: i32,
}

/// What a contract's price does to the price lists for the same goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgainstLists {
    /// It hides them.
    #[default]
    Hide,
    /// Their breaks fill those it does not have.
    Merge,
    /// The lower amount wins.
    Lowest,
}

/// Where a contract version is in its life, as known at one time and for one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContractState {
    /// Written, or not even recorded yet.
    Draft,
    /// Put forward for approval.
    Submitted,
    /// Approved, and not holding yet or no longer.
    Approved,
    /// Approved and holding.
    Active,
    /// A version with a higher number holds instead.
    Superseded,
    /// Ended early.
    Terminated,
}

impl Contract {
    /// The state of the version `number` for the date `valid_at`, by what was recorded at `known_at`; `None`: there is
    /// no such version.
    pub fn state(&self, number: u32, valid_at: Instant, known_at: Instant, zone: TimeZone) -> Option<ContractState> {
        let version = self.versions.iter().find(|version| version.number == number)?;
        let state = version.own_state(valid_at, known_at, zone);
        let holds = |other: &ContractVersion| other.own_state(valid_at, known_at, zone) == ContractState::Active;
        let later = self.versions.iter().any(|other| other.number > number && holds(other));
        Some(if state == ContractState::Active && later { ContractState::Superseded } else { state })
    }
}

impl ContractVersion {
    /// Whether it prices at all by what was recorded at `known_at`.
    pub fn is_approved(&self, known_at: Instant) -> bool {
        let recorded = self.recorded_at.is_none_or(|at| at <= known_at);
        recorded && self.approved.as_ref().is_some_and(|signature| signature.at <= known_at)
    }

    /// The early end, if it was recorded by `known_at`.
    pub fn end(&self, known_at: Instant) -> Option<When> {
        self.terminated.as_ref().filter(|end| end.recorded_at <= known_at).map(|end| end.from)
    }

    fn own_state(&self, valid_at: Instant, known_at: Instant, zone: TimeZone) -> ContractState {
        if !self.is_approved(known_at) {
            let recorded = self.recorded_at.is_none_or(|at| at <= known_at);
            let submitted = self.submitted.as_ref().is_some_and(|signature| signature.at <= known_at);
            return if recorded && submitted { ContractState::Submitted } else { ContractState::Draft };
        }
        if self.end(known_at).is_some_and(|end| end.instant(zone) <= valid_at) {
            return ContractState::Terminated;
        }
        let holds = self.valid.period(zone).contains(valid_at);
        if holds { ContractState::Active } else { ContractState::Approved }
    }
}
