//! A step on the order: each rule acts on its lines as one, and they share what it changes (R7, R10).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use emptor_core::{AdjustmentMode, SkipReason, Stacking};

use crate::change::{Ground, Outcome};
use crate::items::Reading;
use crate::line::Line;
use crate::line_step::made_of;
use crate::procedure::{EffectPlan, GiftPlan, ShareWeight, StepPlan};
use crate::reading::in_range;
use crate::runner::{Acting, GiftGiven, Made, Runner};
use crate::scene::Subject;
use crate::script_failure::Part;
use crate::share::share;

type Step<'o> = (usize, &'o StepPlan);

/// What a rule changes on the order.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderChange {
    pub(crate) made: Vec<Made>,
    /// What it compares by: the sum of the changes, or what a gift costs.
    pub(crate) amount: i128,
    /// What a gift costs.
    pub(crate) gift: Option<i128>,
    /// The units that serve, by item.
    pub(crate) served: Vec<(usize, i64)>,
}

/// What an alternative, or the order so far, has come to: what is read instead of the items' own amounts.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// The running amounts, by item.
    pub(crate) running: Vec<i128>,
    /// The units that have served, by item.
    pub(crate) served: BTreeMap<usize, i64>,
}

/// A rule whose conditions hold, with its lines.
#[derive(Debug, Clone)]
struct Ready<'o> {
    acting: Acting<'o>,
    lines: Vec<usize>,
}

impl<'o, 'b: 'o> Runner<'o, 'b> {
    /// Acts on the order.
    pub(crate) fn order_step(&mut self, step: Step<'o>) {
        let rules = self.rules_of(step.0);
        if rules.is_empty() {
            return;
        }
        self.skip_excluded(step.0, &rules);
        let of_mode = |mode| rules.iter().copied().filter(move |acting| acting.rule.mode == mode);
        let exclusive: Vec<Acting<'o>> = of_mode(AdjustmentMode::Exclusive).collect();
        let normal: Vec<Acting<'o>> = of_mode(AdjustmentMode::Normal).collect();
        let mut standing = self.standing();
        let mut served = BTreeMap::new();
        let alone = self.exclusive_on_order(&exclusive, step, &standing);
        let reads_on = alone.is_none() && step.1.choose != Stacking::Compound;
        if !reads_on {
            self.put_out_rejected();
        }
        if let Some((acting, change)) = alone {
            for acting in normal {
                self.skip_lines(acting, SkipReason::NotExclusive, None);
            }
            self.apply_on_order(acting, step, change, &mut served);
        } else {
            match step.1.choose {
                Stacking::Compound => {
                    for acting in normal {
                        self.turn_on_order(acting, step, &mut served);
                    }
                }
                Stacking::Additive => {
                    let ready: Vec<Ready<'o>> = normal.iter().filter_map(|acting| self.ready(*acting, step)).collect();
                    let mut changes = Vec::new();
                    for ready in ready {
                        let change = self.order_change(&ready, step, &standing);
                        serve(&mut standing.served, change.as_ref());
                        changes.extend(change.map(|change| (ready.acting, change)));
                    }
                    self.put_out_rejected();
                    for (acting, change) in changes {
                        self.apply_on_order(acting, step, change, &mut served);
                    }
                }
                Stacking::Best | Stacking::Least => {
                    let best = self.best_on_order(&normal, step, &standing);
                    self.put_out_rejected();
                    for (acting, change) in best {
                        self.apply_on_order(acting, step, change, &mut served);
                    }
                }
            }
        }
        for acting in of_mode(AdjustmentMode::Always) {
            self.turn_on_order(acting, step, &mut served);
        }
    }

    fn standing(&self) -> Standing {
        Standing { running: self.scene.items.iter().map(|item| item.running).collect(), served: BTreeMap::new() }
    }

    /// A rule's turn, as things stand.
    fn turn_on_order(&mut self, acting: Acting<'o>, step: Step<'o>, served: &mut BTreeMap<usize, i64>) {
        let ready = self.ready(acting, step);
        let mut standing = self.standing();
        standing.served.clone_from(served);
        let change = ready.and_then(|ready| self.order_change(&ready, step, &standing));
        self.put_out_rejected();
        if let Some(change) = change {
            self.apply_on_order(acting, step, change, served);
        }
    }

    fn apply_on_order(
        &mut self,
        acting: Acting<'o>,
        step: Step<'o>,
        change: OrderChange,
        served: &mut BTreeMap<usize, i64>,
    ) {
        for (item, units) in change.served {
            let sum = served.entry(item).or_default();
            *sum = sum.saturating_add(units);
        }
        if let (Some(amount), Some(rule)) = (change.gift, acting.number) {
            self.gifts.push(GiftGiven { step: step.0, rule, amount });
            self.applied.entry(rule).or_default();
        }
        self.apply(acting, step, change.made);
    }

    /// The lines of a rule, if it has some and its conditions hold.
    fn ready(&mut self, acting: Acting<'o>, step: Step<'o>) -> Option<Ready<'o>> {
        let rule = acting.rule;
        let mut lines = self.items_of(rule, step.0);
        if !rule.lines.always_holds() {
            let scene = &self.scene;
            lines.retain(|&item| scene.holds(&rule.lines, Subject::Line(item)));
        }
        let is_gift = matches!(rule.effect, EffectPlan::Gift(_));
        let is_for_all = rule.lines.always_holds() && rule.scripts.lines.is_none();
        if lines.is_empty() && !(is_gift && is_for_all) {
            return None;
        }
        if !self.scene.holds(&rule.when, Subject::Lines(&lines)) {
            if self.skips.is_some() {
                for &item in &lines {
                    self.skip_condition(acting, item, Subject::Lines(&lines));
                }
            }
            return None;
        }
        let had_lines = !lines.is_empty();
        lines.retain(|&item| self.script_holds(acting, Part::For, Some(item)));
        if had_lines && lines.is_empty() {
            return None;
        }
        self.order_script_holds(acting, &lines).then_some(Ready { acting, lines })
    }

    /// What a rule changes, on amounts as they stand. `None`: it does not act.
    fn order_change(&mut self, ready: &Ready<'o>, step: Step<'o>, standing: &Standing) -> Option<OrderChange> {
        let rule = ready.acting.rule;
        match &rule.effect {
            EffectPlan::Bundle(bundle) => {
                let change = self.bundle_change(bundle, &ready.lines, step, standing);
                if change.is_none() {
                    self.skip_lines(ready.acting, SkipReason::NoTier, None);
                }
                change
            }
            EffectPlan::Gift(gift) => {
                let amount = self.gift_amount(gift)?;
                Some(OrderChange { amount, gift: Some(amount), ..OrderChange::default() })
            }
            _ => self.shared_change(ready, step, standing),
        }
    }

    fn gift_amount(&mut self, gift: &GiftPlan) -> Option<i128> {
        use emptor_core::scaled::{Fraction, Wide};
        let exact = Fraction::new(Wide::product(gift.price, gift.quantity_micros.into()), 1_000_000, 0);
        let amount = exact.and_then(|exact| self.scene.order.to_minor(exact)).and_then(in_range);
        self.total_in_range(amount)
    }

    /// A total that left the limits refuses the request.
    pub(crate) fn total_in_range(&mut self, total: Option<i128>) -> Option<i128> {
        self.out_of_range |= total.is_none();
        total
    }

    /// One amount on all lines of a rule, and their shares.
    fn shared_change(&mut self, ready: &Ready<'o>, step: Step<'o>, standing: &Standing) -> Option<OrderChange> {
        let lines = &ready.lines;
        let running = |item: &usize| standing.running.get(*item).copied().unwrap_or(0);
        let sum = lines.iter().fold(0_i128, |sum, item| sum.saturating_add(running(item)));
        let basis =
            lines.iter().fold(0_i128, |sum, &item| sum.saturating_add(self.basis(step.1, item, running(&item))));
        let ground = Ground { subject: Subject::Lines(lines), line: None, basis, running: sum };
        let (amount, reading) = match self.scene.change(ready.acting.rule, step.1, &ground) {
            Outcome::Change(amount, reading) => {
                let shown = reading.basis.is_none_or(|basis| in_range(basis).is_some());
                (in_range(amount).filter(|_| shown), reading)
            }
            Outcome::OutOfRange => (None, Reading::default()),
            Outcome::NoTier => {
                self.skip_lines(ready.acting, SkipReason::NoTier, None);
                return None;
            }
            Outcome::Failed(error) => {
                self.effect_failed(ready.acting, None, lines, error);
                return None;
            }
        };
        let amount = self.total_in_range(amount)?;
        let running: Vec<i128> = lines.iter().map(running).collect();
        let made = self.shared(amount, lines, &running, step.1, reading);
        let amount = made.iter().fold(0_i128, |sum, made| sum.saturating_add(made.amount));
        Some(OrderChange { made, amount, ..OrderChange::default() })
    }

    /// The shares of lines in an amount that is whole in minor units.
    fn shared(&self, amount: i128, lines: &[usize], running: &[i128], step: &StepPlan, reading: Reading) -> Vec<Made> {
        let order = self.scene.order;
        let unit = order.minor_unit();
        let minor = |amount: i128| amount.checked_div(unit).unwrap_or(0);
        let room: Vec<i128> = running.iter().map(|&running| minor(order.whole_minor(running))).collect();
        let has_caps = amount < 0 && !step.below_zero;
        let most = room.iter().fold(0_i128, |sum, room| sum.saturating_add(*room));
        let total = if has_caps { minor(amount).max(most.saturating_neg()) } else { minor(amount) };
        let weights: Vec<u128> =
            lines.iter().zip(running).map(|(item, running)| self.weight(step.share_by, *item, *running)).collect();
        let shares = share(total, &weights, has_caps.then_some(&room), step.share_rest);
        let made = lines.iter().zip(shares);
        made.map(|(item, share)| made_of(*item, share.saturating_mul(unit), reading)).collect()
    }

    fn weight(&self, by: ShareWeight, item: usize, running: i128) -> u128 {
        let line = self.scene.lines.get(item).and_then(Option::as_ref);
        let weight = match by {
            ShareWeight::Value => running,
            ShareWeight::BaseValue => self.scene.items.get(item).map_or(0, |item| item.base),
            ShareWeight::Quantity => line.and_then(Line::own_counted).unwrap_or(0),
            ShareWeight::Weight(unit) => line.and_then(|line| line.counted_in(unit)).unwrap_or(0),
            ShareWeight::Equal => 1,
        };
        u128::try_from(weight).unwrap_or(0)
    }

    /// The exclusive rule that acts, and what it changes.
    fn exclusive_on_order(
        &mut self,
        rules: &[Acting<'o>],
        step: Step<'o>,
        standing: &Standing,
    ) -> Option<(Acting<'o>, OrderChange)> {
        let mut best: Option<((Reverse<i32>, i128), Acting<'o>, OrderChange)> = None;
        for acting in rules {
            let Some(ready) = self.ready(*acting, step) else { continue };
            let Some(change) = self.order_change(&ready, step, standing) else { continue };
            let key = (Reverse(acting.rule.priority), self.minor_change(change.amount));
            if best.as_ref().is_none_or(|(other, ..)| key < *other) {
                if let Some((_, loser, lost)) = best.replace((key, *acting, change)) {
                    self.skip_lines(loser, SkipReason::NotChosen, Some(lost.amount));
                }
            } else {
                self.skip_lines(*acting, SkipReason::NotChosen, Some(change.amount));
            }
        }
        best.map(|(_, acting, change)| (acting, change))
    }

    /// The rules of the best (or least) set, and what each changes.
    fn best_on_order(
        &mut self,
        rules: &[Acting<'o>],
        step: Step<'o>,
        standing: &Standing,
    ) -> Vec<(Acting<'o>, OrderChange)> {
        let mut sets: BTreeMap<u32, Vec<Ready<'o>>> = BTreeMap::new();
        for acting in rules {
            if let Some(ready) = self.ready(*acting, step) {
                sets.entry(acting.rule.set).or_default().push(ready);
            }
        }
        let mut best: Option<(i128, Vec<(Acting<'o>, OrderChange)>)> = None;
        for set in sets.into_values() {
            let changes = self.set_on_order(&set, step, standing.clone());
            if changes.is_empty() {
                continue;
            }
            let sum = changes.iter().fold(0_i128, |sum, (_, change)| sum.saturating_add(change.amount));
            let key = self.minor_change(sum);
            let least = step.1.choose == Stacking::Least;
            let wins = best.as_ref().is_none_or(|(other, _)| if least { key > *other } else { key < *other });
            let lost = if wins { best.replace((key, changes)) } else { Some((key, changes)) };
            for (acting, change) in lost.into_iter().flat_map(|(_, changes)| changes) {
                self.skip_lines(acting, SkipReason::NotChosen, Some(change.amount));
            }
        }
        best.map(|(_, changes)| changes).unwrap_or_default()
    }

    /// What the rules of a set change, one after the other.
    fn set_on_order(
        &mut self,
        set: &[Ready<'o>],
        step: Step<'o>,
        mut standing: Standing,
    ) -> Vec<(Acting<'o>, OrderChange)> {
        let mut changes = Vec::new();
        for ready in set {
            let change = self.order_change(ready, step, &standing);
            serve(&mut standing.served, change.as_ref());
            let Some(change) = change else { continue };
            if step.1.counts_as == emptor_core::CountsAs::Price {
                for made in &change.made {
                    if let Some(running) = standing.running.get_mut(made.item) {
                        *running = running.saturating_add(made.amount);
                    }
                }
            }
            changes.push((ready.acting, change));
        }
        changes
    }
}

/// The units of a change have served.
fn serve(served: &mut BTreeMap<usize, i64>, change: Option<&OrderChange>) {
    for (item, units) in change.into_iter().flat_map(|change| &change.served) {
        let sum = served.entry(*item).or_default();
        *sum = sum.saturating_add(*units);
    }
}
