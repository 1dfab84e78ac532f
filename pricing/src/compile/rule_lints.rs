//! Warnings about rules that may not be what was meant: that never act, always lose, or exclude each other.

use std::collections::BTreeSet;

use emptor_core::{AdjustmentMode, DocumentKind, Place, Stacking};

use super::Builder;
use crate::code::Code;
use crate::condition::{Bounds, Test};
use crate::procedure::{Anchor, EffectPlan, Graded, Rule, RuleOf, Sign, StepPlan};

impl Builder<'_> {
    /// Looks at every adjustment of the book; `rules` are in their order.
    pub(super) fn lint_rules(&mut self, rules: &[Rule], steps: &[StepPlan]) {
        let mut found: Vec<(Code, &Rule, String)> = Vec::new();
        let groups = self.groups_of_organizations();
        for rule in rules {
            if self.never_fires(rule, &groups) {
                found.push((Code::NeverFires, rule, "it can never act in this book".to_owned()));
            }
        }
        for of_step in rules.chunk_by(|left, right| left.step == right.step) {
            let Some(step) = of_step.first().and_then(|rule| steps.get(rule.step)) else { continue };
            if !matches!(step.choose, Stacking::Best | Stacking::Least) {
                continue;
            }
            for rule in of_step {
                if let Some(better) = of_step.iter().find(|other| always_beats(other, rule, step)) {
                    found.push((Code::AlwaysLoses, rule, format!("it always loses against `{}`", name(better))));
                }
            }
        }
        let exclusive: Vec<&Rule> = rules.iter().filter(|rule| rule.mode == AdjustmentMode::Exclusive).collect();
        for (place, rule) in exclusive.iter().enumerate() {
            let meets = |other: &&&Rule| {
                other.step == rule.step
                    && other.priority == rule.priority
                    && other.period.overlaps(rule.period)
                    && self.reached(rule).any(|sku| self.may_reach(other, sku))
            };
            if let Some(other) = exclusive.iter().take(place).find(meets) {
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

    /// The products of which a rule may act on a line.
    fn reached<'r>(&'r self, rule: &'r Rule) -> impl Iterator<Item = u32> + 'r {
        let named = if let Anchor::Skus(skus) = rule.anchor() { Some(skus) } else { None };
        let all = if named.is_some() { 0 } else { super::number(self.products.len()) };
        let skus = named.unwrap_or(&[]).iter().copied().chain(0..all);
        skus.filter(|sku| self.may_reach(rule, *sku))
    }

    fn may_reach(&self, rule: &Rule, sku: u32) -> bool {
        self.may_hold(&rule.lines, sku) != Some(false) && self.may_hold(&rule.when, sku) != Some(false)
    }

    fn never_fires(&self, rule: &Rule, groups: &BTreeSet<u32>) -> bool {
        let needs_goods = rule.charges.is_empty() && !matches!(rule.effect, EffectPlan::Gift(_));
        let conjuncts: Vec<&Test> = rule.lines.conjuncts().into_iter().chain(rule.when.conjuncts()).collect();
        let asks_for_nobody = |test: &&Test| match test {
            Test::Date(period) => !period.overlaps(rule.period),
            Test::Group(wanted) => !wanted.iter().any(|group| groups.contains(group)),
            _ => false,
        };
        contradict(&conjuncts)
            || conjuncts.iter().any(asks_for_nobody)
            || rule.uses_max == Some(0)
            || rule.budget == Some(0)
            || (needs_goods && self.reached(rule).next().is_none())
    }

    /// The groups that some organization is in.
    fn groups_of_organizations(&self) -> BTreeSet<u32> {
        let groups = self.documents.organizations.iter().flat_map(|organization| &organization.groups);
        groups.filter_map(|group| self.names.groups.find(group.as_str())).collect()
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
    if better.set == rule.set {
        return false;
    }
    let (Some(more), Some(less)) = (taken(better), taken(rule)) else { return false };
    let stronger = match step.choose {
        Stacking::Best => more.0 > less.0,
        Stacking::Least => more.0 < less.0,
        Stacking::Compound | Stacking::Additive => false,
    };
    if !stronger || more.1 != less.1 {
        return false;
    }
    let plain = |rule: &Rule| rule.mode == AdjustmentMode::Normal && rule.at_most.is_none();
    let unlimited = better.budget.is_none() && better.uses_max.is_none();
    let covers = better.period.from <= rule.period.from && rule.period.to <= better.period.to;
    let comparable = better.currency.is_none() || better.currency == rule.currency;
    if !(plain(better) && plain(rule) && unlimited && covers && comparable && better.charges == rule.charges) {
        return false;
    }
    let conjuncts = |rule: &'_ Rule| -> Vec<Test> {
        [&rule.lines, &rule.when].iter().flat_map(|test| test.conjuncts()).cloned().collect()
    };
    let of_rule = conjuncts(rule);
    conjuncts(better).iter().all(|test| of_rule.contains(test))
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
