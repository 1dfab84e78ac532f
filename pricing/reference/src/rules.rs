//! Which rules a step has (R7).

use std::borrow::Cow;

use emptor_core::{
    ActsAt, Adjustment, AdjustmentMode, Bundle, ChargeKind, Condition, ContractId, Currency, Effect, Graded,
    GradedBase, ManualAdjustment, ProcedureStep, RuleSource, SetId, StepId, Used,
};

use crate::changes::index_currency;
use crate::items::{Item, What};
use crate::moment::Moment;
use crate::numbers::{Number, number};
use crate::versions::agreements;

/// A rule of a step.
pub(crate) struct Rule<'s> {
    pub(crate) source: RuleSource,
    pub(crate) name: String,
    /// Its place among the rules of its step.
    pub(crate) place: usize,
    priority: i32,
    /// The adjustment that it is.
    pub(crate) adjustment: Option<&'s Adjustment>,
    /// The contract that it is of.
    contract: Option<&'s ContractId>,
    /// By hand: the only line on which it acts.
    only_line: Option<usize>,
    pub(crate) when: Option<&'s Condition>,
    pub(crate) lines: Option<&'s Condition>,
    charges: &'s [ChargeKind],
    pub(crate) effect: Cow<'s, Effect>,
    pub(crate) mode: AdjustmentMode,
    pub(crate) set: Option<&'s SetId>,
    pub(crate) excludes: &'s [StepId],
    currency: Currency,
    /// What is left of its budget.
    pub(crate) budget_left: Option<Number>,
}

/// The rules that a step has for the order, in their order.
pub(crate) fn of_step<'s>(moment: &'s Moment<'s>, step: &'s ProcedureStep) -> Vec<Rule<'s>> {
    let mut rules: Vec<Rule> = adjustments(moment, step);
    if step.name.as_str() == "contract" {
        rules.extend(discounts(moment));
    }
    if step.manual && moment.request.facts.authority.manual_adjustment {
        rules.extend(by_hand(moment, step.at));
    }
    rules.retain(|rule| !rule.is_in_other_currency(moment) && !rule.is_used_up(moment));
    rules.sort_by(|left, right| right.priority.cmp(&left.priority).then_with(|| left.name.cmp(&right.name)));
    rules.iter_mut().enumerate().for_each(|(place, rule)| rule.place = place);
    rules
}

fn adjustments<'s>(moment: &'s Moment<'s>, step: &ProcedureStep) -> Vec<Rule<'s>> {
    let all = moment.documents.adjustments.iter();
    let of_step =
        all.filter(|rule| rule.step == step.name && moment.knows(rule.recorded_at) && moment.holds(&rule.valid));
    let rules = of_step.map(|adjustment| Rule {
        source: RuleSource::Adjustment(adjustment.adjustment.clone()),
        name: adjustment.adjustment.as_str().to_owned(),
        place: 0,
        priority: adjustment.priority,
        adjustment: Some(adjustment),
        contract: None,
        only_line: None,
        when: Some(&adjustment.when),
        lines: Some(&adjustment.lines),
        charges: &adjustment.charges,
        effect: Cow::Borrowed(&adjustment.effect),
        mode: adjustment.mode,
        set: adjustment.set.as_ref(),
        excludes: &adjustment.excludes,
        currency: adjustment.currency.unwrap_or(moment.documents.tenant.currency),
        budget_left: adjustment.budget.map(|budget| {
            number(budget) - used(moment, adjustment).map_or_else(Number::default, |used| number(used.amount))
        }),
    });
    rules.collect()
}

fn discounts<'s>(moment: &'s Moment<'s>) -> Vec<Rule<'s>> {
    let mut rules = Vec::new();
    for agreed in agreements(moment) {
        for (term, index) in agreed.version.terms.iter().zip(1_u32..) {
            let Some(discount) = &term.discount else { continue };
            let (contract, version) = (&agreed.contract.contract, agreed.version.number);
            rules.push(Rule {
                source: RuleSource::Contract { contract: contract.clone(), version, term: index },
                name: format!("{contract}/{version}/{index}"),
                priority: discount.priority,
                contract: Some(contract),
                when: Some(&discount.when),
                lines: Some(&discount.lines),
                currency: agreed.currency,
                ..Rule::bare(moment, Cow::Borrowed(&discount.effect))
            });
        }
    }
    rules
}

fn by_hand<'s>(moment: &'s Moment<'s>, at: ActsAt) -> Vec<Rule<'s>> {
    let request = moment.request;
    let of_lines = || {
        let lines = request.lines.iter().enumerate();
        lines.filter_map(|(index, line)| Some((Some(index), line.adjustment.as_ref()?))).collect()
    };
    let asked: Vec<(Option<usize>, &ManualAdjustment)> = match at {
        ActsAt::Line => of_lines(),
        ActsAt::Order => request.adjustment.iter().map(|adjustment| (None, adjustment)).collect(),
    };
    let rules = asked.into_iter().map(|(only_line, adjustment)| {
        let effect = Effect {
            percent_off: adjustment.percent_off.map(Graded::Number),
            percent_added: adjustment.percent_added.map(Graded::Number),
            amount_off: adjustment.amount_off.map(Graded::Number),
            amount_added: adjustment.amount_added.map(Graded::Number),
            ..Effect::default()
        };
        let source = RuleSource::Manual { reason: adjustment.reason.clone() };
        Rule { source, only_line, ..Rule::bare(moment, Cow::Owned(effect)) }
    });
    rules.collect()
}

fn used<'s>(moment: &Moment<'s>, adjustment: &Adjustment) -> Option<&'s Used> {
    moment.request.facts.used.iter().find(|used| used.adjustment == adjustment.adjustment)
}

impl<'s> Rule<'s> {
    /// A rule that somebody set by hand, of the whole order.
    fn bare(moment: &Moment, effect: Cow<'s, Effect>) -> Self {
        Self {
            source: RuleSource::Manual { reason: String::new() },
            name: "manual".to_owned(),
            place: 0,
            priority: 0,
            adjustment: None,
            contract: None,
            only_line: None,
            when: None,
            lines: None,
            charges: &[],
            effect,
            mode: AdjustmentMode::Normal,
            set: None,
            excludes: &[],
            currency: moment.currency,
            budget_left: None,
        }
    }

    pub(crate) fn priority(&self) -> i32 {
        self.priority
    }

    /// Whether an item can take part in a step for this rule, whatever the conditions say.
    pub(crate) fn is_for(&self, step: &ProcedureStep, item: &Item) -> bool {
        let takes_part = !item.is_out && !item.excluded.contains(&step.name);
        takes_part
            && match item.what {
                What::Charge(charge) => self.charges.contains(&charge.kind),
                What::Goods { line, offer } => {
                    let priced_by = offer.and_then(|offer| offer.version.contract());
                    let same_contract = self.contract.is_some() && self.contract == priced_by;
                    let by_hand = self.only_line.is_none_or(|only| only == line.index);
                    self.charges.is_empty() && !same_contract && by_hand
                }
            }
    }

    fn is_used_up(&self, moment: &Moment) -> bool {
        let Some(adjustment) = self.adjustment else { return false };
        let uses = used(moment, adjustment).map_or(0, |used| used.uses);
        let spent = self.budget_left.as_ref().is_some_and(|left| *left <= Number::default());
        spent || adjustment.uses_max.is_some_and(|most| uses >= most)
    }

    fn is_in_other_currency(&self, moment: &Moment) -> bool {
        let of_index = self.effect.indexed.as_ref().map(|indexed| index_currency(moment, indexed));
        (self.states_amount() && self.currency != moment.currency)
            || of_index.is_some_and(|currency| currency != moment.currency)
    }

    fn states_amount(&self) -> bool {
        let effect = &self.effect;
        let numbers = [&effect.amount_off, &effect.amount_added, &effect.price, &effect.raise_to, &effect.lower_to];
        let by_value = effect.by.as_ref().is_some_and(|by| by.base == GradedBase::Value);
        let gift = effect.gift.as_ref().is_some_and(|gift| !gift.price.is_zero());
        let budget = self.adjustment.is_some_and(|adjustment| adjustment.budget.is_some());
        numbers.iter().any(|number| number.is_some())
            || effect.at_most.is_some()
            || by_value
            || gift
            || budget
            || effect.bundle.as_ref().is_some_and(bundle_states_amount)
            || self.when.is_some_and(bounds_amount)
            || self.lines.is_some_and(bounds_amount)
    }
}

fn bundle_states_amount(bundle: &Bundle) -> bool {
    let numbers = [bundle.amount_off, bundle.price, bundle.set_amount_off, bundle.set_price];
    let given = bundle.gives.as_ref().and_then(|given| given.lines.as_ref());
    numbers.iter().any(Option::is_some)
        || bundle.takes.iter().any(|taken| bounds_amount(&taken.lines))
        || given.is_some_and(bounds_amount)
}

/// Whether a condition bounds an amount somewhere.
pub(crate) fn bounds_amount(condition: &Condition) -> bool {
    let inner = condition.not.iter().chain(&condition.contains).map(|boxed| &**boxed);
    condition.order_value.is_some()
        || condition.unit_price.is_some()
        || condition.line_value.is_some()
        || condition.all.iter().chain(&condition.any).chain(inner).any(bounds_amount)
}
