//! What an order breaks: the rule, the numbers, and what would mend it (R9, R12).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::id::{ContractId, CouponCode, LineId, OrderRuleId, OrganizationId, RoleId, Unit};
use crate::money::Money;
use crate::priced_steps::GuardOf;
use crate::unit::Quantity;

/// One thing that an order breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Violation {
    /// What.
    pub code: ViolationCode,
    /// How bad it is.
    pub severity: ViolationSeverity,
    /// On which line; absent: on the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineId>,
    /// Of two lines that do not go together, the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_line: Option<LineId>,
    /// The coupon that no promotion knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponCode>,
    /// Whose rule; absent: nobody's in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ViolatedRule>,
    /// Who may approve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    /// The bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Exact>,
    /// What the order has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<Exact>,
    /// The unit of the two, where they are quantities; absent: the order's currency, a percent or a count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What the script of an order rule says, in the words of its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What would mend it. It is suggested, never made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// How bad a violation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ViolationSeverity {
    /// The order must not be placed.
    Reject,
    /// Somebody must approve it.
    NeedsApproval,
    /// It may be placed.
    Warning,
    /// Nobody can say: a line has no price (R14).
    NotJudged,
}

/// Whose rule was broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ViolatedRule {
    /// An order rule's.
    OrderRule(OrderRuleId),
    /// A contract's.
    Contract {
        /// Which.
        contract: ContractId,
        /// In which state.
        version: u32,
        /// Which of its terms, from 1.
        term: u32,
    },
    /// A guard's.
    Guard(GuardOf),
    /// What an organization may owe or spend.
    Organization(OrganizationId),
}

/// What would mend a violation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// Order this quantity on the line.
    SetQuantity(Quantity),
    /// Take the line out.
    RemoveLine,
    /// Add goods of this value.
    AddValue(Money),
    /// Take goods of this value out, or pay this on account.
    ReduceValue(Money),
    /// Have it approved by this role.
    Approve(RoleId),
}

impl Violation {
    /// A violation of the order with no numbers and no fix.
    pub fn of(code: ViolationCode, severity: ViolationSeverity) -> Self {
        Self {
            code,
            severity,
            line: None,
            other_line: None,
            coupon: None,
            by: None,
            role: None,
            limit: None,
            actual: None,
            unit: None,
            message: None,
            fix: None,
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident $code:literal $text:literal)+) => {
        /// What can be broken. Variants are in the order in which violations stand in an order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum ViolationCode {
            $($(#[$doc])+ #[serde(rename = $code)] $name,)+
        }

        impl ViolationCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }

        impl fmt::Display for ViolationCode {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)+
                })
            }
        }
    };
}

codes! {
    /// `manual.not_authorized`
    ManualNotAuthorized "manual.not_authorized" "what was adjusted by hand does not count; ask somebody who may"
    /// `manual.no_step`
    ManualNoStep "manual.no_step" "the procedure has no step for adjustments by hand; leave it out"
    /// `coupon.unknown`
    CouponUnknown "coupon.unknown" "no promotion knows this coupon; check the code"
    /// `guard.floor`
    GuardFloor "guard.floor" "the price is below its floor; raise it"
    /// `guard.map`
    GuardMap "guard.map" "the price is below the least that may be advertised; raise it"
    /// `guard.margin`
    GuardMargin "guard.margin" "the margin is below the least; raise the price"
    /// `guard.discount`
    GuardDiscount "guard.discount" "the discount is beyond the most; lower it"
    /// `guard.ceiling`
    GuardCeiling "guard.ceiling" "the price is above its ceiling; lower it"
    /// `commitment.unmet`
    CommitmentUnmet "commitment.unmet" "the commitment is not met, and no line can take what is missing; invoice it apart"
    /// `order.not_allowed`
    NotAllowed "order.not_allowed" "these goods are not in the buyer's assortment; take them out"
    /// `order.excluded`
    Excluded "order.excluded" "these goods must not be ordered here; take them out"
    /// `order.incompatible`
    Incompatible "order.incompatible" "these goods must not be ordered together; order one of them apart"
    /// `order.quantity_min`
    QuantityMin "order.quantity_min" "less than the minimum order quantity; order more"
    /// `order.quantity_increment`
    QuantityIncrement "order.quantity_increment" "not a multiple of the order increment; round it"
    /// `order.quantity_max`
    QuantityMax "order.quantity_max" "more than the maximum order quantity; order less"
    /// `order.lines_max`
    LinesMax "order.lines_max" "more lines than an order may have; split it"
    /// `order.weight_max`
    WeightMax "order.weight_max" "heavier than an order may be; split it"
    /// `order.value_min`
    ValueMin "order.value_min" "less than the minimum order value; add goods"
    /// `order.value_max`
    ValueMax "order.value_max" "more than the maximum order value; split the order"
    /// `order.credit_limit`
    CreditLimit "order.credit_limit" "beyond the credit limit; pay on account or order less"
    /// `order.budget`
    Budget "order.budget" "beyond the budget; order less or ask for more"
    /// `order.approve_value`
    ApproveValue "order.approve_value" "the value of the order must be approved"
    /// `order.approve_discount`
    ApproveDiscount "order.approve_discount" "the discount of the order must be approved"
    /// `order.approve_margin`
    ApproveMargin "order.approve_margin" "the margin of the order must be approved"
    /// `order.script`
    Script "order.script" "a rule of the seller's own is broken"
    /// `order.script_failed`
    ScriptFailed "order.script_failed" "the script of an order rule failed; whether the order keeps to it is not known"
    /// `tax.no_rate`
    TaxNoRate "tax.no_rate" "there is no tax rate for this category, region and date; state one"
}

#[cfg(test)]
mod tests {
    use super::ViolationCode;

    #[test]
    fn a_violation_is_its_code_in_json() {
        for code in ViolationCode::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{}\"", code.code()));
            assert!(!code.to_string().is_empty());
        }
    }
}
