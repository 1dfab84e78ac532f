//! A step on each line by itself: which of its rules act, and how they stack (R7).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use emptor_core::scaled::Fraction;
use emptor_core::{AdjustmentMode, SkipReason, Stacking};

use crate::change::{Ground, Outcome};
use crate::items::Reading;
use crate::procedure::{BasisPlan, StepPlan};
use crate::runner::{Acting, Made, Runner};
use crate::scene::Subject;
use crate::script_failure::Part;

/// A step by its number.
type Step<'o> = (usize, &'o StepPlan);

impl<'o, 'b: 'o> Runner<'o, 'b> {
    /// Acts on each item by itself.
    pub(crate) fn line_step(&mut self, step: Step<'o>) {
        let rules = self.rules_of(step.0);
        if rules.is_empty() {
            return;
        }
        self.skip_excluded(step.0, &rules);
        let of_mode = |mode| rules.iter().copied().filter(move |acting| acting.rule.mode == mode);
        let exclusive: Vec<Acting<'o>> = of_mode(AdjustmentMode::Exclusive).collect();
        let normal: Vec<Acting<'o>> = of_mode(AdjustmentMode::Normal).collect();
        // Conditions of these are read before anything acts.
        let winners = self.exclusive_winners(&exclusive, step);
        let taken: Vec<usize> = winners.keys().copied().collect();
        let chosen = match step.1.choose {
            Stacking::Compound => None,
            Stacking::Additive => Some(self.additive(&normal, step, &taken)),
            Stacking::Best => Some(self.alternatives(&normal, step, &taken, false)),
            Stacking::Least => Some(self.alternatives(&normal, step, &taken, true)),
        };
        self.put_out_rejected();
        let mut by_rule: BTreeMap<usize, Vec<Made>> = BTreeMap::new();
        for (rule, made) in winners.into_values() {
            by_rule.entry(rule).or_default().push(made);
        }
        for (rule, made) in by_rule {
            if let Some(acting) = exclusive.get(rule) {
                self.apply(*acting, step, made);
            }
        }
        match chosen {
            Some(chosen) => {
                for (acting, made) in normal.iter().zip(chosen) {
                    self.apply(*acting, step, made);
                }
            }
            None => {
                for acting in normal {
                    let made = self.turn(acting, step, &taken);
                    self.put_out_rejected();
                    self.apply(acting, step, made);
                }
            }
        }
        for acting in of_mode(AdjustmentMode::Always) {
            let made = self.turn(acting, step, &[]);
            self.put_out_rejected();
            self.apply(acting, step, made);
        }
    }

    /// What a rule changes as things stand, on all items but those that are taken.
    fn turn(&mut self, acting: Acting<'o>, step: Step<'o>, taken: &[usize]) -> Vec<Made> {
        let mut made = Vec::new();
        for item in self.items_of(acting.rule, step.0) {
            if taken.binary_search(&item).is_ok() {
                self.skip(acting, item, SkipReason::NotExclusive, None, None);
                continue;
            }
            if !self.conditions_hold(acting, item) {
                continue;
            }
            let running = self.scene.running(item);
            made.extend(self.made(acting, step, item, running));
        }
        made
    }

    /// Whether the conditions of a rule hold for an item; where they do not, that is noted.
    fn conditions_hold(&mut self, acting: Acting<'o>, item: usize) -> bool {
        let (scene, rule) = (&self.scene, acting.rule);
        let holds = scene.holds(&rule.lines, Subject::Line(item)) && scene.holds(&rule.when, Subject::Line(item));
        if !holds && self.skips.is_some() {
            self.skip_condition(acting, item, Subject::Line(item));
        }
        holds && self.script_holds(acting, Part::For, Some(item)) && self.script_holds(acting, Part::When, Some(item))
    }

    /// What a rule changes on an item that comes to `running`; an item that leaves the limits takes no part any more.
    fn made(&mut self, acting: Acting<'o>, step: Step<'o>, item: usize, running: i128) -> Option<Made> {
        match self.outcome(acting, step, item, running) {
            // Whether it keeps to the limits is asked when it is applied.
            Outcome::Change(amount, reading) => Some(Made { item, amount, reading }),
            Outcome::NoTier => {
                self.skip(acting, item, SkipReason::NoTier, None, None);
                None
            }
            Outcome::Failed(error) => {
                self.effect_failed(acting, Some(item), &[item], error);
                None
            }
            // Beyond what is carried, and so beyond the limits: it puts the item out where it is applied.
            Outcome::OutOfRange => Some(Made { item, amount: i128::MAX, reading: Reading::default() }),
        }
    }

    fn outcome(&self, acting: Acting<'o>, step: Step<'o>, item: usize, running: i128) -> Outcome {
        let line = self.scene.lines.get(item).and_then(Option::as_ref);
        let ground = Ground { subject: Subject::Line(item), line, basis: self.basis(step.1, item, running), running };
        self.scene.change(acting.rule, step.1, &ground)
    }

    /// What percents are of, on an item that comes to `running`.
    pub(crate) fn basis(&self, step: &StepPlan, item: usize, running: i128) -> i128 {
        let Some(item) = self.scene.items.get(item) else { return 0 };
        match &step.on {
            BasisPlan::Running => running,
            BasisPlan::Base => item.base,
            BasisPlan::List => item.list,
            BasisPlan::Sum(sum) => item.sum(sum),
        }
    }

    /// Of each item, the exclusive rule that acts, and what it changes.
    fn exclusive_winners(&mut self, rules: &[Acting<'o>], step: Step<'o>) -> BTreeMap<usize, (usize, Made)> {
        let mut candidates = Vec::new();
        for (place, acting) in rules.iter().enumerate() {
            for made in self.turn(*acting, step, &[]) {
                let key = (Reverse(acting.rule.priority), self.minor_change(made.amount), place);
                candidates.push((made.item, key, made));
            }
        }
        candidates.sort_by_key(|(item, key, _)| (*item, *key));
        let mut winners: BTreeMap<usize, (usize, Made)> = BTreeMap::new();
        for (item, (.., place), made) in candidates {
            match winners.entry(item) {
                Entry::Vacant(first) => _ = first.insert((place, made)),
                Entry::Occupied(_) => self.skip_at(rules, place, made, SkipReason::NotChosen),
            }
        }
        winners
    }

    fn skip_at(&mut self, rules: &[Acting<'o>], place: usize, made: Made, reason: SkipReason) {
        if let Some(acting) = rules.get(place) {
            self.skip(*acting, made.item, reason, None, Some(made.amount));
        }
    }

    /// A change at the minor unit, to compare by.
    pub(crate) fn minor_change(&self, change: i128) -> i128 {
        self.scene.order.to_minor(Fraction::whole(change)).unwrap_or(change)
    }

    /// What each rule changes as things stand at the start.
    fn additive(&mut self, rules: &[Acting<'o>], step: Step<'o>, taken: &[usize]) -> Vec<Vec<Made>> {
        rules.iter().map(|acting| self.turn(*acting, step, taken)).collect()
    }

    /// Of each item the best (or least) set, and what its rules change; by rule.
    fn alternatives(&mut self, rules: &[Acting<'o>], step: Step<'o>, taken: &[usize], least: bool) -> Vec<Vec<Made>> {
        let mut pairs: Vec<(usize, u32, usize)> = Vec::new();
        for (place, acting) in rules.iter().enumerate() {
            for item in self.items_of(acting.rule, step.0) {
                if taken.binary_search(&item).is_ok() {
                    self.skip(*acting, item, SkipReason::NotExclusive, None, None);
                } else if self.conditions_hold(*acting, item) {
                    pairs.push((item, acting.rule.set, place));
                }
            }
        }
        pairs.sort_unstable();
        let mut chosen: Vec<Vec<Made>> = vec![Vec::new(); rules.len()];
        for of_item in pairs.chunk_by(|left, right| left.0 == right.0) {
            let mut best: Option<(i128, Vec<(usize, Made)>)> = None;
            for set in of_item.chunk_by(|left, right| left.1 == right.1) {
                let made = self.alternative(rules, step, set);
                if made.is_empty() {
                    continue;
                }
                let sum = made.iter().fold(0_i128, |sum, (_, made)| sum.saturating_add(made.amount));
                let key = self.minor_change(sum);
                // Sets come in the order of their keys: of equal changes, the first stays.
                let wins = best.as_ref().is_none_or(|(other, _)| if least { key > *other } else { key < *other });
                let lost = if wins { best.replace((key, made)) } else { Some((key, made)) };
                for (place, made) in lost.into_iter().flat_map(|(_, made)| made) {
                    self.skip_at(rules, place, made, SkipReason::NotChosen);
                }
            }
            for (place, made) in best.into_iter().flat_map(|(_, made)| made) {
                if let Some(of_rule) = chosen.get_mut(place) {
                    of_rule.push(made);
                }
            }
        }
        chosen
    }

    /// What the rules of a set change on an item, one after the other.
    fn alternative(&mut self, rules: &[Acting<'o>], step: Step<'o>, set: &[(usize, u32, usize)]) -> Vec<(usize, Made)> {
        let mut made = Vec::new();
        let mut left: Option<i128> = None;
        for (item, _, place) in set {
            let Some(acting) = rules.get(*place) else { continue };
            let running = left.unwrap_or_else(|| self.scene.running(*item));
            if let Some(one) = self.made(*acting, step, *item, running) {
                let counts = step.1.counts_as == emptor_core::CountsAs::Price;
                left = Some(if counts { running.saturating_add(one.amount) } else { running });
                made.push((*place, one));
            }
        }
        made
    }
}

/// A change that was not read from a number.
pub(crate) fn made_of(item: usize, amount: i128, reading: Reading) -> Made {
    Made { item, amount, reading }
}
