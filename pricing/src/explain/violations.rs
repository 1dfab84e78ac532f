//! What an order breaks, in words: the numbers, whose rule it is, and what would mend it (R9, R12).

use emptor_core::{
    Exact, Fix, LineId, PricedLine, Quantity, RoleId, ViolatedRule, Violation, ViolationCode, ViolationSeverity,
};

use super::Explanation;
use super::layout::Item;
use super::rules::{guard_of, shown};

impl Explanation<'_> {
    /// By how bad they are; else in the order of the record.
    pub(super) fn violation_items(&self) -> Vec<Item> {
        let mut sorted: Vec<&Violation> = self.order.violations.iter().collect();
        sorted.sort_by_key(|violation| violation.severity);
        sorted.into_iter().map(|violation| self.violation(violation)).collect()
    }

    fn violation(&self, violation: &Violation) -> Item {
        let Violation { code, severity, line, other_line, coupon, by, role, message, .. } = violation;
        let text = code.to_string();
        let (what, advice) = text.split_once("; ").unwrap_or((&text, ""));
        // A script says what is wrong in the words of its author; one that was not asked says nothing.
        let what = match (code, severity) {
            (ViolationCode::Script, ViolationSeverity::NotJudged) => "a rule of the seller's own",
            _ => message.as_deref().unwrap_or(what),
        };
        let with = other_line.as_ref().map(|other| format!(", with {}", self.place(Some(other)))).unwrap_or_default();
        let with = coupon.as_ref().map_or(with, |coupon| format!(": {coupon}"));
        let numbers = self.numbers(violation).map(|numbers| format!(": {numbers}")).unwrap_or_default();
        let mend = match (severity, &violation.fix) {
            (ViolationSeverity::NotJudged, _) => "a line has no price, so nobody can say".to_owned(),
            (ViolationSeverity::NeedsApproval, _) => approval(role.as_ref()),
            (_, Some(fix)) => self.fix(fix, violation),
            _ => advice.to_owned(),
        };
        let whose = by.as_ref().map(|by| format!("({})", whose_rule(*code, by)));
        let mend: Vec<String> = Some(mend).filter(|mend| !mend.is_empty()).into_iter().chain(whose).collect();
        Item {
            head: match severity {
                ViolationSeverity::Reject => "Must be changed before the order can be placed",
                ViolationSeverity::NeedsApproval => "Needs approval",
                ViolationSeverity::Warning => "Please note",
                ViolationSeverity::NotJudged => "Not judged",
            },
            place: self.place(line.as_ref()),
            words: vec![format!("{what}{with}{numbers}"), mend.join(" ")],
        }
    }

    /// `line 3, BOLT`, or `order`.
    pub(super) fn place(&self, line: Option<&LineId>) -> String {
        match (line, line.and_then(|id| self.line_of(id))) {
            (_, Some(line)) => format!("line {}, {}", line.id, line.sku),
            (Some(id), None) => format!("line {id}"),
            (None, None) => "order".to_owned(),
        }
    }

    fn line_of(&self, id: &LineId) -> Option<&PricedLine> {
        self.order.lines.iter().find(|line| line.id == *id)
    }

    /// What the order has, and the bound.
    fn numbers(&self, violation: &Violation) -> Option<String> {
        let (actual, limit) = (violation.actual?, violation.limit?);
        let number = |exact: Exact| match (measure(violation.code), &violation.unit) {
            (_, Some(unit)) => format!("{exact} {unit}"),
            (Measure::Money, None) => format!("{} {}", shown(exact, self.order.currency), self.order.currency),
            (Measure::Percent, None) => format!("{exact} %"),
            (Measure::Count, None) => exact.to_string(),
        };
        Some(format!("{}, {} {}", number(actual), bound(violation.code), number(limit)))
    }

    fn fix(&self, fix: &Fix, violation: &Violation) -> String {
        match fix {
            Fix::SetQuantity(quantity) => self.order_instead(quantity, violation.line.as_ref()),
            Fix::RemoveLine => "take the line out".to_owned(),
            Fix::AddValue(value) => format!("add goods for {value}"),
            Fix::ReduceValue(value) if violation.code == ViolationCode::CreditLimit => {
                format!("pay {value} on account, or take goods for it out")
            }
            Fix::ReduceValue(value) => format!("take goods for {value} out"),
            Fix::Approve(role) => approval(Some(role)),
        }
    }

    /// `order 24 pc instead of 20`.
    fn order_instead(&self, quantity: &Quantity, line: Option<&LineId>) -> String {
        let line = line.and_then(|id| self.line_of(id));
        let before = line.map(|line| match &line.unit {
            Some(unit) if *unit != quantity.unit => format!(" instead of {} {unit}", line.quantity),
            _ => format!(" instead of {}", line.quantity),
        });
        format!("order {quantity}{}", before.unwrap_or_default())
    }
}

fn approval(role: Option<&RoleId>) -> String {
    match role {
        Some(role) => format!("by {role}"),
        None => "by somebody who may; no role is named".to_owned(),
    }
}

/// Whose rule was broken, or what of an organization's.
fn whose_rule(code: ViolationCode, by: &ViolatedRule) -> String {
    match by {
        ViolatedRule::Organization(organization) if code == ViolationCode::Budget => {
            format!("budget of {organization}")
        }
        by => rule(by),
    }
}

/// Whose rule it is.
pub(super) fn rule(by: &ViolatedRule) -> String {
    match by {
        ViolatedRule::OrderRule(id) => format!("order rule {id}"),
        // No term of its own: the commitment is of the whole version.
        ViolatedRule::Contract { contract, version, term: 0 } => format!("contract {contract}, version {version}"),
        ViolatedRule::Contract { contract, version, term } => {
            format!("contract {contract}, version {version}, term {term}")
        }
        ViolatedRule::Guard(of) => format!("guard of {}", guard_of(of)),
        ViolatedRule::Organization(organization) => format!("credit of {organization}"),
    }
}

/// What numbers without a unit are.
enum Measure {
    Money,
    Percent,
    Count,
}

fn measure(code: ViolationCode) -> Measure {
    match code {
        ViolationCode::ApproveDiscount | ViolationCode::ApproveMargin => Measure::Percent,
        ViolationCode::LinesMax
        | ViolationCode::WeightMax
        | ViolationCode::QuantityMin
        | ViolationCode::QuantityIncrement
        | ViolationCode::QuantityMax
        | ViolationCode::Script => Measure::Count,
        _ => Measure::Money,
    }
}

/// How the bound bounds.
fn bound(code: ViolationCode) -> &'static str {
    match code {
        ViolationCode::QuantityIncrement => "in steps of",
        ViolationCode::ApproveValue | ViolationCode::ApproveDiscount => "from",
        ViolationCode::ApproveMargin => "below",
        // Its author knows which way it bounds, and says so in the message.
        ViolationCode::Script => "the bound is",
        ViolationCode::GuardCeiling
        | ViolationCode::QuantityMax
        | ViolationCode::LinesMax
        | ViolationCode::WeightMax
        | ViolationCode::ValueMax
        | ViolationCode::CreditLimit
        | ViolationCode::Budget => "at most",
        _ => "at least",
    }
}
