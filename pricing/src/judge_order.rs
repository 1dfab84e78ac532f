//! Rules for orders: how many lines, how heavy, how much, and what may be owed and spent (R12).

use emptor_core::{Exact, Fix, OrganizationId, ViolatedRule, Violation, ViolationCode, ViolationSeverity};

use crate::judge_goods::{part, quantity};
use crate::order_rule::OrderRule;
use crate::record::exact;
use crate::verdict::{NearRules, Trial};

/// A number that must not be above another; amounts at 10 decimals.
struct Owed {
    code: ViolationCode,
    severity: ViolationSeverity,
    by: Option<OrganizationId>,
    limit: i128,
    /// What is owed or spent beside this order.
    before: i128,
}

impl<'t, 'b> Trial<'t, 'b> {
    /// The lines, weight and value of an order.
    pub(crate) fn judge_order(&self, rules: &NearRules<'t, 'b>, violations: &mut Vec<Violation>) {
        if let Some((rule, most)) = rules.nearest(|rule| rule.lines_max) {
            let count = u32::try_from(self.goods().count()).unwrap_or(u32::MAX);
            if count > most {
                let (limit, actual) = (Some(Exact::from(most)), Some(Exact::from(count)));
                self.add(Violation { limit, actual, ..rule.violation(ViolationCode::LinesMax, None) }, violations);
            }
        }
        if let Some((rule, most)) = rules.nearest(|rule| rule.weight_max) {
            let weights = self.goods().filter_map(|(_, line)| part(line, most.unit));
            let weight = weights.fold(0, i128::saturating_add);
            if weight > most.micros.into() {
                let (limit, actual) = (quantity(most.micros.into()), quantity(weight));
                let violation = rule.violation(ViolationCode::WeightMax, None);
                self.add(Violation { limit, actual, unit: self.unit(most.unit), ..violation }, violations);
            }
        }
        let of_currency = |rule: &OrderRule| rule.currency == self.order.currency;
        // Without goods there is nothing to order more of: a return alone is no order.
        let has_goods = self.goods().next().is_some();
        let least = rules.nearest(|rule| rule.value_min.filter(|_| of_currency(rule))).filter(|_| has_goods);
        let most = rules.nearest(|rule| rule.value_max.filter(|_| of_currency(rule)));
        let value = self.value();
        if let Some((rule, least)) = least {
            let fix = || self.money_up(least.saturating_sub(value)).map(Fix::AddValue);
            self.judge_value(rule, ViolationCode::ValueMin, (value < least).then_some((least, fix())), violations);
        }
        if let Some((rule, most)) = most {
            let fix = || self.money_up(value.saturating_sub(most)).map(Fix::ReduceValue);
            self.judge_value(rule, ViolationCode::ValueMax, (value > most).then_some((most, fix())), violations);
        }
    }

    fn judge_value(
        &self,
        rule: &OrderRule,
        code: ViolationCode,
        broken: Option<(i128, Option<Fix>)>,
        violations: &mut Vec<Violation>,
    ) {
        if !self.processed.closing.is_complete() {
            self.add(rule.not_judged(code), violations);
        } else if let Some((limit, fix)) = broken {
            let (limit, actual) = (Some(exact(limit)), Some(exact(self.value())));
            self.add(Violation { limit, actual, ..rule.violation(code, fix) }, violations);
        }
    }

    /// What the buyer may owe and spend.
    pub(crate) fn judge_credit(&self, violations: &mut Vec<Violation>) {
        if self.order.currency != self.order.book.tenant.currency {
            return;
        }
        // The request was refused if its facts were beyond R0.
        let amount = |fact: Exact| fact.scaled(emptor_core::limits::AMOUNT_DECIMALS).unwrap_or(0);
        let name = |unit: u32| self.order.book.ids.organizations.get(unit as usize).cloned();
        let facts = &self.request.facts;
        let of_fact = facts.credit.as_ref().and_then(|credit| credit.limit);
        let of_fact = of_fact.map(|limit| (Some(self.request.buyer.clone()), amount(limit)));
        let credit = of_fact.or_else(|| self.order.kin.credit.map(|(unit, limit)| (name(unit), limit)));
        if let Some((by, limit)) = credit {
            let before = facts
                .credit
                .as_ref()
                .map_or(0, |credit| amount(credit.open_orders).saturating_add(amount(credit.receivables)));
            let (code, severity) = (ViolationCode::CreditLimit, ViolationSeverity::Reject);
            self.judge_owed(Owed { code, severity, by, limit, before }, violations);
        }
        if let Some((unit, limit)) = self.order.kin.budget {
            let before = facts.budget_used.map_or(0, amount);
            let (code, severity) = (ViolationCode::Budget, ViolationSeverity::NeedsApproval);
            self.judge_owed(Owed { code, severity, by: name(unit), limit, before }, violations);
        }
    }

    fn judge_owed(&self, owed: Owed, violations: &mut Vec<Violation>) {
        let by = owed.by.map(ViolatedRule::Organization);
        if !self.processed.closing.is_complete() {
            violations.push(Violation { by, ..Violation::of(owed.code, ViolationSeverity::NotJudged) });
            return;
        }
        let payable = emptor_core::Amount::from_minor(self.processed.totals.payable.minor(), self.order.currency).0;
        let sum = payable.saturating_add(owed.before);
        if sum > owed.limit {
            let fix = self.money_up(sum.saturating_sub(owed.limit)).map(Fix::ReduceValue);
            let (limit, actual) = (Some(exact(owed.limit)), Some(exact(sum)));
            violations.push(Violation { by, limit, actual, fix, ..Violation::of(owed.code, owed.severity) });
        }
    }
}
