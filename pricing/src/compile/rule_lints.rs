//! Warnings about rules that may not be what was meant: that never act, always lose, or exclude each other.

use emptor_core::{ActsAt, AdjustmentMode, DocumentKind, Place, Stacking};

use super::Builder;
use crate::code::Code;
use crate::condition::{Bounds, Test};
use crate::procedure::{EffectPlan, Graded, Rule, RuleOf, Sign, StepPlan};

impl Builder<'_> {
    /// Looks at every adjustment of the book; `rules` are in their order.
    pub(super) fn lint_rules(&mut self, rules: &[Rule], steps: &[StepPlan]) {
        let mut found: Vec<(Code, &Rule, String)> = Vec::new();
        let reach: Vec<Vec<bool>> = rules.iter().map(|rule| self.reach(rule)).collect();
        for (rule, reach) in rules.iter().zip(&reach) {
            if self.never_fires(rule, reach, steps) {
                found.push((Code::NeverFires, rule, "it can never act on any product of this book".to_owned()));
            }
        }
        for of_step in rules.chunk_by(|left, right| left.step == right.step) {
            let Some(step) = of_step.first().and_then(|rule| steps.get(rule.step)) else { continue };
            for rule in of_step {
                if let Some(better) = of_step.iter().find(|other| always_beats(other, rule, step)) {
                    found.push((Code::AlwaysLoses, rule, format!("it always loses against `{}`", name(better))));
                }
            }
        }
        let exclusive: Vec<(&Rule, &Vec<bool>)> =
            rules.iter().zip(&reach).filter(|(rule, _)| rule.mode == AdjustmentMode::Exclusive).collect();
        for (place, (rule, reach)) in exclusive.iter().enumerate() {
            let meets = |(other, other_reach): &&(&Rule, &Vec<bool>)| {
                other.step == rule.step
                    && other.priority == rule.priority
                    && other.period.overlaps(rule.period)
                    && other_reach.iter().zip(*reach).any(|(left, right)| *left && *right)
            };
            if let Some((other, _)) = exclusive.iter().take(place).find(meets) {
                let message = format!("it is exclusive and of the same priority as `{}`", name(other));
                found.push((Code::ExclusiveOverlap, rule, message));
            }
        }
        for (code, rule, message) in found {
            if let RuleOf::Adjustment(id) = &rule.of {
                let place = Place::of(DocumentKind::Adjustment, id);
                self.report.warning(code, &place, message, help(code));
            }
        }
    }

    /// Of each product, whether a rule may act on a line of it.
    fn reach(&self, rule: &Rule) -> Vec<bool> {
        let skus = 0..super::number(self.products.len());
        skus.map(|sku| self.may_hold(&rule.lines, sku) != Some(false) && self.may_hold(&rule.when, sku) != Some(false))
            .collect()
    }

    fn never_fires(&self, rule: &Rule, reach: &[bool], steps: &[StepPlan]) -> bool {
        let step = steps.get(rule.step);
        let gift = matches!(rule.effect, EffectPlan::Gift(_)) && rule.lines.always_holds();
        let needs_goods =
            rule.charges.is_empty() && !gift && step.is_some_and(|step| step.at == ActsAt::Line || !reach.is_empty());
        let conjuncts: Vec<&Test> = rule.lines.conjuncts().into_iter().chain(rule.when.conjuncts()).collect();
        (needs_goods && !reach.iter().any(|reached| *reached))
            || contradict(&conjuncts)
            || conjuncts.iter().any(|test| matches!(test, Test::Date(period) if !period.overlaps(rule.period)))
            || conjuncts.iter().any(|test| matches!(test, Test::Group(groups) if !self.has_group(groups)))
            || rule.uses_max == Some(0)
            || rule.budget == Some(0)
    }

    /// Whether some organization is in one of the groups.
    fn has_group(&self, groups: &[u32]) -> bool {
        let of_organizations = self.documents.organizations.iter().flat_map(|organization| &organization.groups);
        let mut numbers = of_organizations.filter_map(|group| self.names.groups.find(group.as_str()));
        numbers.any(|group| groups.contains(&group))
    }

    /// Whether a condition holds of a product, as far as the product decides; `None`: something else does.
    fn may_hold(&self, test: &Test, sku: u32) -> Option<bool> {
        let all = |tests: &[Test]| {
            let held: Vec<Option<bool>> = tests.iter().map(|test| self.may_hold(test, sku)).collect();
            if held.contains(&Some(false)) {
                Some(false)
            } else if held.contains(&None) {
                None
            } else {
                Some(true)
            }
        };
        match test {
            Test::Fields(tests) | Test::All(tests) => all(tests),
            Test::Any(tests) => {
                let held: Vec<Option<bool>> = tests.iter().map(|test| self.may_hold(test, sku)).collect();
                if held.contains(&Some(true)) {
                    Some(true)
                } else if held.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            Test::Not(test) => self.may_hold(test, sku).map(|held| !held),
            Test::Sku(skus) => Some(skus.binary_search(&sku).is_ok()),
            Test::Category(names) => Some(self.categories_of(sku).any(|category| names.contains(&category))),
            Test::Vendor(names) => Some(
                self.facts_of_sku(sku).and_then(|facts| facts.vendor).is_some_and(|vendor| names.contains(&vendor)),
            ),
            Test::Product(wanted) => {
                let facts = self.facts_of_sku(sku);
                Some(wanted.iter().all(|pair| facts.is_some_and(|facts| facts.attributes.contains(pair))))
            }
            _ => None,
        }
    }

    fn facts_of_sku(&self, sku: u32) -> Option<&crate::book::ProductFacts> {
        self.facts.get(*self.facts_of.get(sku as usize)? as usize)
    }

    fn categories_of(&self, sku: u32) -> impl Iterator<Item = u32> + '_ {
        let own = self.products.get(sku as usize).map(|product| product.category);
        let up = |category: &u32| self.category_parents.get(*category as usize).copied();
        std::iter::successors(own, up).take_while(|category| *category != crate::table::NONE).take(32)
    }
}

/// Whether two bounds of one thing leave nothing.
fn contradict(conjuncts: &[&Test]) -> bool {
    let empty = |left: &Bounds, right: &Bounds| {
        let at_least = left.at_least.max(right.at_least);
        let below = [left.below, right.below].into_iter().flatten().min();
        at_least.zip(below).is_some_and(|(at_least, below)| at_least >= below)
    };
    conjuncts.iter().enumerate().any(|(index, test)| {
        conjuncts.iter().take(index).any(|other| match (test, other) {
            (Test::Quantity(left, bounds), Test::Quantity(right, others)) => left == right && empty(bounds, others),
            (Test::OrderValue(bounds), Test::OrderValue(others))
            | (Test::UnitPrice(bounds), Test::UnitPrice(others))
            | (Test::LineValue(bounds), Test::LineValue(others)) => empty(bounds, others),
            _ => false,
        })
    })
}

/// Whether, in a step that takes the best (or least), `better` acts wherever `rule` does and always wins.
fn always_beats(better: &Rule, rule: &Rule, step: &StepPlan) -> bool {
    if std::ptr::eq(better, rule) || better.set == rule.set {
        return false;
    }
    let plain = |rule: &Rule| rule.mode == AdjustmentMode::Normal && rule.at_most.is_none();
    let unlimited = better.budget.is_none() && better.uses_max.is_none();
    let covers = better.period.from <= rule.period.from && rule.period.to <= better.period.to;
    let conjuncts = |rule: &Rule| -> Vec<Test> {
        rule.lines.conjuncts().into_iter().chain(rule.when.conjuncts()).cloned().collect()
    };
    let of_rule = conjuncts(rule);
    let implied = conjuncts(better).iter().all(|test| of_rule.contains(test)) && better.charges == rule.charges;
    let (Some(more), Some(less)) = (taken(better), taken(rule)) else { return false };
    let stronger = match step.choose {
        Stacking::Best => more.0 > less.0,
        Stacking::Least => more.0 < less.0,
        Stacking::Compound | Stacking::Additive => false,
    };
    let comparable = more.1 == less.1 && (better.currency.is_none() || better.currency == rule.currency);
    plain(better) && plain(rule) && unlimited && covers && implied && comparable && stronger
}

/// What a rule takes off: a number, and whether it is a percent.
fn taken(rule: &Rule) -> Option<(i128, bool)> {
    match &rule.effect {
        EffectPlan::Percent(Graded::Number(number), Sign::Off) => Some((number.scaled, true)),
        EffectPlan::Amount(Graded::Number(number), Sign::Off, None) => Some((number.scaled, false)),
        _ => None,
    }
}

fn name(rule: &Rule) -> String {
    match &rule.of {
        RuleOf::Adjustment(id) => id.to_string(),
        RuleOf::Contract { .. } | RuleOf::Manual(_) => "a contract's discount".to_owned(),
    }
}

fn help(code: Code) -> &'static str {
    match code {
        Code::NeverFires => "correct its conditions, dates or limits, or drop it",
        Code::AlwaysLoses => "drop it, or give it another step or set",
        _ => "give one of them another priority, so that it is said which one acts",
    }
}
