//! Adjustments and contract discounts: the rules of the steps (R7, R8).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::limits::{AMOUNT_DECIMALS, AMOUNT_END};
use emptor_core::{
    ActsAt, Adjustment, AdjustmentMode, Currency, Discount, DocumentKind, Period, Place, ScriptSees, StepId,
};

use super::Builder;
use super::conditions::Stand;
use super::draft::is_price;
use crate::code::Code;
use crate::condition::Test;
use crate::procedure::{
    BasisPlan, EffectPlan, Procedure, ProcedureEntry, Rule, RuleIndex, RuleOf, RuleScripts, StepPlan,
};

/// The step in which contracts' discounts act.
const CONTRACT_STEP: &str = "contract";

/// A rule with what it is ordered by.
pub(super) struct NamedRule {
    rule: Rule,
    name: String,
    /// The set that it is in.
    set: String,
}

impl<'d> Builder<'d> {
    /// Reads all adjustments.
    pub(super) fn read_adjustments(&mut self) {
        let documents = self.documents;
        let mut seen = BTreeSet::new();
        for adjustment in &documents.adjustments {
            let place = Place::of(DocumentKind::Adjustment, &adjustment.adjustment);
            if !seen.insert(&adjustment.adjustment) {
                let message = format!("two adjustments are named `{}`", adjustment.adjustment);
                self.report.error(Code::Duplicate, &place, message, "rename one of them");
                continue;
            }
            let known = adjustment.recorded_at.is_none_or(|at| at <= self.known_at);
            let coupons = (!known).then(|| self.coupons.clone());
            let rule = self.adjustment(adjustment, &place).filter(|_| known);
            self.coupons = coupons.unwrap_or_else(|| std::mem::take(&mut self.coupons));
            if let Some(rule) = rule {
                let name = adjustment.adjustment.as_str().to_owned();
                let set = adjustment.set.as_ref().map_or_else(|| name.clone(), |set| set.as_str().to_owned());
                self.rules.push(NamedRule { rule, name, set });
            }
        }
    }

    fn adjustment(&mut self, adjustment: &Adjustment, place: &Place) -> Option<Rule> {
        let period = self.period(adjustment.valid, || place.key("valid"));
        let step = self.step_of(&adjustment.step, &place.key("step"))?;
        self.rules_step = Some(step);
        let currency = adjustment.currency.unwrap_or(self.documents.tenant.currency);
        let plan = self.steps.get(step)?;
        let (at, may_go_below, manual) = (plan.at, plan.below_zero, plan.manual);
        if manual {
            let help = "name another step";
            let message = format!("the step `{}` is for adjustments by hand", adjustment.step);
            self.report.error(Code::AdjustmentStep, &place.key("step"), message, help);
        }
        let stand = if at == ActsAt::Order { Stand::OrderStep } else { Stand::Line };
        let for_charges = !adjustment.charges.is_empty();
        let sees = if at == ActsAt::Order { ScriptSees::Order } else { ScriptSees::Line };
        let asked = (sees, for_charges);
        let (when, of_when) = self.scripted_condition(&adjustment.when, stand, asked, &place.key("when"));
        let of_lines = (ScriptSees::Line, for_charges);
        let (lines, of_lines) = self.scripted_condition(&adjustment.lines, Stand::Line, of_lines, &place.key("for"));
        let scripts = RuleScripts { lines: of_lines, when: of_when };
        if for_charges && (at == ActsAt::Order || !lines.always_holds()) {
            let help = "let the step act on lines, and leave `for` out";
            let message = "charges are named on a step of the order, or beside lines";
            self.report.error(Code::EffectScope, &place.key("charges"), message, help);
        }
        let charges = adjustment.charges.iter().map(|kind| self.names.charge_kinds.add(kind.as_str())).collect();
        let effect = self.effect(&adjustment.effect, (at, may_go_below, for_charges), &place.key("effect"))?;
        let budget = adjustment.budget.and_then(|budget| self.amount(budget, &place.key("budget")));
        let excludes = self.excluded_steps(&adjustment.excludes, Some(step), &place.key("excludes"));
        let mut rule = Rule {
            step,
            of: RuleOf::Adjustment(adjustment.adjustment.clone()),
            priority: adjustment.priority,
            set: 0,
            mode: adjustment.mode,
            period,
            when,
            lines,
            scripts,
            charges,
            at_most: effect.at_most,
            effect: effect.plan,
            currency: None,
            budget,
            uses_max: adjustment.uses_max,
            excludes,
        };
        let states_amount = effect.states_amount || budget.is_some();
        rule.currency = self.rule_currency(&rule, states_amount, currency, effect.index_currency, place);
        Some(rule)
    }

    fn step_of(&mut self, step: &StepId, place: &Place) -> Option<usize> {
        let found = self.steps.iter().position(|known| known.id == *step);
        if found.is_none() {
            self.unknown(place, "step of the procedure", step.as_str());
        }
        found
    }

    /// The currency that a rule's amounts are in, if it states any.
    fn rule_currency(
        &mut self,
        rule: &Rule,
        states_amount: bool,
        currency: Currency,
        of_index: Option<Currency>,
        place: &Place,
    ) -> Option<Currency> {
        let stated = states_amount || rule.when.states_amount() || rule.lines.states_amount() || rule.takes_amounts();
        if let Some(of_index) = of_index {
            if stated && of_index != currency {
                let help = "let the index and the rule be of one currency";
                let message = "the index is in another currency than the amounts of its rule";
                self.report.error(Code::EffectScope, &place.key("effect").key("indexed"), message, help);
            }
            return Some(of_index);
        }
        stated.then_some(currency)
    }

    /// A discount term of a contract version that prices.
    pub(super) fn read_discount(
        &mut self,
        discount: &'d Discount,
        (source, version, term): (u32, u32, usize),
        (contract, currency): (&str, Currency),
        place: &Place,
    ) {
        let Some(step) = self.steps.iter().position(|step| step.id.as_str() == CONTRACT_STEP) else {
            let help = "add a step named `contract` to the tenant's procedure";
            let message = "a contract has a discount, and the procedure no step `contract`";
            self.report.error(Code::AdjustmentStep, place, message, help);
            return;
        };
        self.rules_step = Some(step);
        let Some(plan) = self.steps.get(step) else { return };
        let (at, may_go_below, manual) = (plan.at, plan.below_zero, plan.manual);
        if manual {
            let help = "let another step take what is adjusted by hand";
            self.report.error(Code::AdjustmentStep, place, "the step `contract` is for adjustments by hand", help);
        }
        let stand = if at == ActsAt::Order { Stand::OrderStep } else { Stand::Line };
        let sees = if at == ActsAt::Order { ScriptSees::Order } else { ScriptSees::Line };
        let (when, of_when) = self.scripted_condition(&discount.when, stand, (sees, false), &place.key("when"));
        let of_lines = (ScriptSees::Line, false);
        let (lines, of_lines) = self.scripted_condition(&discount.lines, Stand::Line, of_lines, &place.key("for"));
        let Some(effect) = self.effect(&discount.effect, (at, may_go_below, false), &place.key("effect")) else {
            return;
        };
        let term = super::number(term.saturating_add(1));
        let mut rule = Rule {
            step,
            of: RuleOf::Contract { source, term },
            priority: discount.priority,
            set: 0,
            mode: AdjustmentMode::Normal,
            period: Period::ALWAYS,
            when,
            lines,
            scripts: RuleScripts { lines: of_lines, when: of_when },
            charges: Vec::new(),
            at_most: effect.at_most,
            effect: effect.plan,
            currency: None,
            budget: None,
            uses_max: None,
            excludes: 0,
        };
        rule.currency = self.rule_currency(&rule, effect.states_amount, currency, effect.index_currency, place);
        let name = format!("{contract}/{version}/{term}");
        self.rules.push(NamedRule { rule, set: name.clone(), name });
    }

    /// The rules by step, priority and name; every step gets its run of them.
    pub(super) fn sorted_rules(&mut self) -> Vec<Rule> {
        let mut named = std::mem::take(&mut self.rules);
        let sets: BTreeSet<String> = named.iter().map(|named| named.set.clone()).collect();
        let numbers: BTreeMap<&String, u32> = sets.iter().zip(0_u32..).collect();
        for named in &mut named {
            named.rule.set = numbers.get(&named.set).copied().unwrap_or(0);
        }
        named.sort_by(|left, right| {
            let key = |named: &NamedRule| (named.rule.step, std::cmp::Reverse(named.rule.priority));
            key(left).cmp(&key(right)).then_with(|| left.name.cmp(&right.name))
        });
        let rules: Vec<Rule> = named.into_iter().map(|named| named.rule).collect();
        for (number, step) in self.steps.iter_mut().enumerate() {
            let start = rules.partition_point(|rule| rule.step < number);
            step.rules = start..rules.partition_point(|rule| rule.step <= number);
        }
        rules
    }

    /// The procedure with all its rules.
    pub(super) fn finish_procedure(&mut self, entries: Vec<ProcedureEntry>) -> Procedure {
        let rules = self.sorted_rules();
        let steps = std::mem::take(&mut self.steps);
        let on_list = |step: &StepPlan| match &step.on {
            BasisPlan::List => true,
            BasisPlan::Sum(sum) => sum.list != 0,
            BasisPlan::Running | BasisPlan::Base => false,
        };
        Procedure {
            needs_list: steps.iter().any(on_list) || self.asks.list || self.drafts.read_list(),
            index: RuleIndex::of(&rules),
            coupons: std::mem::take(&mut self.coupons).into_iter().collect(),
            entries,
            steps,
            rules,
        }
    }

    /// An amount at 10 decimals, zero or above.
    pub(super) fn amount(&mut self, amount: emptor_core::Exact, place: &Place) -> Option<i128> {
        self.check_price(amount, &|| place.clone());
        let is_beyond = |scaled: i128| scaled.saturating_abs() >= AMOUNT_END;
        if is_price(amount) && amount.scaled(AMOUNT_DECIMALS).is_some_and(is_beyond) {
            let message = format!("`{amount}` is not below 9 x 10^14");
            self.report.error(Code::Limit, place, message, "write a smaller number");
        }
        if amount.is_negative() {
            let message = format!("`{amount}` is below zero");
            self.report.error(Code::Negative, place, message, "write a number that is zero or above");
        }
        amount.scaled(AMOUNT_DECIMALS)
    }
}

impl Rule {
    /// Whether a bundle's lines are chosen by amounts.
    fn takes_amounts(&self) -> bool {
        let EffectPlan::Bundle(bundle) = &self.effect else { return false };
        let given = bundle.gives.as_ref().and_then(|given| given.lines.as_ref());
        bundle.takes.iter().map(|(test, _)| test).chain(given).any(Test::states_amount)
    }
}
