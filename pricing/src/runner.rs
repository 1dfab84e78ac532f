//! The procedure under way: which rules can act, and what they did (R7).

use std::collections::BTreeMap;

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::{AdjustmentId, Exact, LineId, PriceRequest, ScriptError, Used};

use crate::book::PriceBook;
use crate::condition::Test;
use crate::goods::Goods;
use crate::items::{Change, ChangeBy, ChangeShown, Reading};
use crate::line::Line;
use crate::procedure::{Anchor, EffectPlan, Rule, RuleOf, RuleScripts, StepPlan};
use crate::reading::in_range;
use crate::scene::Scene;
use crate::script_failure::{Failure, OF_ORDER};
use crate::search::Found;
use crate::skip::{Skips, rule_buyer_holds};

/// A rule that can act on an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acting<'o> {
    pub(crate) rule: &'o Rule,
    /// Its number; a rule by hand has none.
    pub(crate) number: Option<u32>,
}

/// A change that a rule makes, before its budget.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    pub(crate) item: usize,
    pub(crate) amount: i128,
    pub(crate) reading: Reading,
}

/// An allowance or charge of the document.
#[derive(Debug, Clone)]
pub(crate) struct DocumentTotal {
    pub(crate) step: usize,
    pub(crate) rule: Option<u32>,
    pub(crate) reading: Reading,
    /// At 10 decimals, whole in minor units.
    pub(crate) amount: i128,
}

/// Goods that come on top.
#[derive(Debug, Clone)]
pub(crate) struct GiftGiven {
    pub(crate) step: usize,
    pub(crate) rule: u32,
    /// At 10 decimals, whole in minor units.
    pub(crate) amount: i128,
}

/// The procedure under way.
#[derive(Debug)]
pub(crate) struct Runner<'o, 'b> {
    pub(crate) scene: Scene<'o, 'b>,
    /// Where the prices of the lines come from.
    pub(crate) found: &'o [Option<&'o Found>],
    /// The rules that can act, in order.
    pub(crate) acting: Vec<Acting<'o>>,
    /// The allowances and charges of the document.
    pub(crate) documents: Vec<DocumentTotal>,
    pub(crate) gifts: Vec<GiftGiven>,
    /// What each rule of the book changed in all.
    pub(crate) applied: BTreeMap<u32, i128>,
    /// A total left the limits of R0.
    pub(crate) out_of_range: bool,
    /// What did not act, if it is asked for.
    pub(crate) skips: Option<Skips>,
    /// Scripts that failed.
    pub(crate) failures: Vec<Failure>,
    /// The items that a script rejected, and that are not out yet.
    pub(crate) rejected: Vec<usize>,
    /// By rule and item (of the order, [`OF_ORDER`]): why scripts of conditions failed that hold all the same.
    pub(crate) fallbacks: BTreeMap<(u32, usize), [Option<ScriptError>; 2]>,
    goods: Goods<'b>,
    /// What is gone of budgets and uses.
    used: BTreeMap<&'o AdjustmentId, &'o Used>,
}

impl<'o, 'b: 'o> Runner<'o, 'b> {
    pub(crate) fn new(
        scene: Scene<'o, 'b>,
        found: &'o [Option<&'o Found>],
        by_hand: &'o [Rule],
        skips: Option<Skips>,
    ) -> Self {
        let goods = Goods::of(&scene);
        let used = scene.asker.request.map_or(&[][..], |request| &request.facts.used);
        let used = used.iter().map(|used| (&used.adjustment, used)).collect();
        let mut runner = Self {
            scene,
            found,
            acting: Vec::new(),
            documents: Vec::new(),
            gifts: Vec::new(),
            applied: BTreeMap::new(),
            out_of_range: false,
            skips,
            failures: Vec::new(),
            rejected: Vec::new(),
            fallbacks: BTreeMap::new(),
            goods,
            used,
        };
        runner.acting = runner.candidates(by_hand);
        runner
    }

    /// The rules of the book that are not for other goods or buyers, and those by hand.
    fn candidates(&mut self, by_hand: &'o [Rule]) -> Vec<Acting<'o>> {
        let order = self.scene.order;
        let book: &'o PriceBook = order.book;
        let index = &book.procedure.index;
        let mut numbers: Vec<u32> = index.rest.clone();
        let mut add = |run: Option<&Vec<u32>>| numbers.extend(run.into_iter().flatten());
        self.goods.by_sku.keys().for_each(|sku| add(index.by_sku.get(sku)));
        self.goods.by_category.keys().for_each(|category| add(index.by_category.get(category)));
        self.goods.by_vendor.keys().for_each(|vendor| add(index.by_vendor.get(vendor)));
        self.goods.by_product.keys().for_each(|pair| add(index.by_product.get(*pair)));
        order.region.iter().for_each(|region| add(index.by_region.get(region)));
        self.scene.asker.channel.iter().for_each(|channel| add(index.by_channel.get(channel)));
        order.kin.lineage.iter().for_each(|unit| add(index.by_organization.get(unit)));
        order.kin.groups.iter().for_each(|group| add(index.by_group.get(group)));
        for coupon in self.scene.asker.request.map_or(&[][..], |request| &request.coupons) {
            add(index.by_coupon.get(coupon.as_str()));
        }
        let contracts = order.contracts.iter().filter(|asked| asked.period.contains(order.valid_at));
        contracts.for_each(|asked| add(index.by_contract.get(&asked.source)));
        numbers.sort_unstable();
        numbers.dedup();
        let of_book = numbers.into_iter().filter_map(|number| {
            let rule = book.procedure.rules.get(number as usize)?;
            Some(Acting { rule, number: Some(number) })
        });
        let of_book: Vec<Acting<'o>> = of_book.filter(|acting| self.may_act(acting.rule)).collect();
        let mut acting = of_book;
        acting.extend(by_hand.iter().map(|rule| Acting { rule, number: None }));
        acting.sort_by_key(|acting| acting.rule.step); // stable: rules of one step stay in order
        acting
    }

    /// Whether nothing about the order itself is against a rule.
    fn may_act(&mut self, rule: &Rule) -> bool {
        let order = self.scene.order;
        if !rule.period.contains(order.valid_at) {
            return false;
        }
        if let RuleOf::Contract { source, .. } = rule.of {
            let counts = |asked: &&crate::plan::Asked| asked.source == source && asked.period.contains(order.valid_at);
            if order.contracts.iter().find(counts).is_none() {
                return false;
            }
        }
        // What is not for the buyer need not be asked line by line.
        if !rule_buyer_holds(&rule.when, &|test| self.scene.asker.satisfies(test)) {
            return false;
        }
        if rule.currency.is_some_and(|currency| currency != order.currency) {
            self.skip_for_order(rule, emptor_core::SkipReason::Currency);
            return false;
        }
        if self.is_used_up(rule) {
            self.skip_for_order(rule, emptor_core::SkipReason::UsedUp);
            return false;
        }
        true
    }

    fn used(&self, rule: &Rule) -> Option<&'o Used> {
        let RuleOf::Adjustment(id) = &rule.of else { return None };
        self.used.get(id).copied()
    }

    fn is_used_up(&self, rule: &Rule) -> bool {
        let Some(used) = self.used(rule) else {
            return rule.uses_max == Some(0) || rule.budget == Some(0);
        };
        rule.uses_max.is_some_and(|most| used.uses >= most) || self.left(rule).is_some_and(|left| left <= 0)
    }

    /// What is left of a rule's budget.
    fn left(&self, rule: &Rule) -> Option<i128> {
        let used = self.used(rule).and_then(|used| used.amount.scaled(AMOUNT_DECIMALS)).unwrap_or(0);
        Some(rule.budget?.saturating_sub(used))
    }

    /// The rules of a step, in order.
    pub(crate) fn rules_of(&self, step: usize) -> Vec<Acting<'o>> {
        let start = self.acting.partition_point(|acting| acting.rule.step < step);
        let end = self.acting.partition_point(|acting| acting.rule.step <= step);
        self.acting.get(start..end).unwrap_or(&[]).to_vec()
    }

    /// The items on which a rule could act in a step, in order: by its goods, not by its other conditions.
    pub(crate) fn items_of(&self, rule: &Rule, step: usize) -> Vec<usize> {
        self.items_where(rule, &|item| !self.is_excluded(item, step) && !self.same_contract(rule, item))
    }

    /// Whether a step is excluded for an item.
    pub(crate) fn is_excluded(&self, item: usize, step: usize) -> bool {
        let bit = crate::compile::step_bit(step);
        self.scene.items.get(item).is_some_and(|item| item.excluded & bit != 0)
    }

    /// The items of a rule's goods that take part and of which something else holds, in order.
    pub(crate) fn items_where(&self, rule: &Rule, holds: &dyn Fn(usize) -> bool) -> Vec<usize> {
        let scene = &self.scene;
        let takes_part = |item: &usize| scene.items.get(*item).is_some_and(|item| item.live) && holds(*item);
        if let RuleOf::Manual(Some(item)) = rule.of {
            return Some(item).filter(takes_part).into_iter().collect();
        }
        if !rule.charges.is_empty() {
            let charges = scene.charge_kinds.iter().zip(scene.lines.len()..);
            let of_kind = charges.filter(|(kind, _)| kind.is_some_and(|kind| rule.charges.contains(&kind)));
            return of_kind.map(|(_, item)| item).filter(takes_part).collect();
        }
        let gathered = |map: &BTreeMap<u32, Vec<usize>>, names: &[u32]| {
            let mut items: Vec<usize> = names.iter().filter_map(|name| map.get(name)).flatten().copied().collect();
            if names.len() > 1 {
                items.sort_unstable();
                items.dedup();
            }
            items.retain(takes_part);
            items
        };
        match rule.anchor() {
            Anchor::Skus(skus) => gathered(&self.goods.by_sku, skus),
            Anchor::Categories(categories) => gathered(&self.goods.by_category, categories),
            Anchor::Vendors(vendors) => gathered(&self.goods.by_vendor, vendors),
            Anchor::Product(pair) => {
                let items = self.goods.by_product.get(pair).into_iter().flatten();
                items.copied().filter(takes_part).collect()
            }
            _ => scene.goods().filter(takes_part).collect(),
        }
    }

    /// Whether a contract's discount meets a line that the contract prices.
    pub(crate) fn same_contract(&self, rule: &Rule, item: usize) -> bool {
        let RuleOf::Contract { source, .. } = rule.of else { return false };
        let book = self.scene.order.book;
        let priced_by = self.found.get(item).copied().flatten().and_then(|found| match found {
            Found::Offered(priced) => book.source(priced.offer.source),
            _ => None,
        });
        book.source(source).zip(priced_by).is_some_and(|(own, other)| own.is_same_contract(other))
    }

    /// Cuts the changes of one rule to what is left of its budget.
    fn within_budget(&self, rule: &Rule, on_order: bool, made: &mut [Made]) {
        let Some(left) = self.left(rule) else { return };
        let whole = made.iter().fold(0_u128, |sum, made| sum.saturating_add(made.amount.unsigned_abs()));
        let unit = if on_order { self.scene.order.minor_unit() } else { 1 };
        if i128::try_from(whole).is_ok_and(|whole| whole <= left) {
            return;
        }
        let weights: Vec<u128> = made.iter().map(|made| made.amount.unsigned_abs()).collect();
        let total = left.max(0).checked_div(unit).unwrap_or(0);
        let mode = emptor_core::ApportionMode::LargestRemainder;
        let parts = emptor_core::apportion(total, &weights, mode).unwrap_or_default();
        for (made, part) in made.iter_mut().zip(parts.into_iter().chain(std::iter::repeat(0))) {
            made.amount = part.saturating_mul(unit).saturating_mul(made.amount.signum());
        }
    }

    /// Makes the changes of one rule.
    pub(crate) fn apply(&mut self, acting: Acting<'o>, step: (usize, &'o StepPlan), mut made: Vec<Made>) {
        let (number, plan) = step;
        made.retain(|made| self.scene.items.get(made.item).is_some_and(|item| item.live));
        let on_order = plan.at == emptor_core::ActsAt::Order;
        if !plan.below_zero {
            for made in &mut made {
                let running = self.scene.running(made.item);
                made.amount = if on_order {
                    made.amount.max(self.scene.order.whole_minor(running).saturating_neg())
                } else {
                    crate::change::cut(made.amount, running)
                };
            }
        }
        self.within_budget(acting.rule, on_order, &mut made);
        made.retain(|made| made.amount != 0);
        let total = made.iter().fold(0_i128, |sum, made| sum.saturating_add(made.amount));
        let Some(mut reading) = made.first().map(|first| first.reading) else { return };
        self.add_fallbacks(acting, OF_ORDER, &mut reading);
        let shown = if plan.counts_as != emptor_core::CountsAs::Price {
            ChangeShown::Memo
        } else if plan.on_document {
            let index = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
            self.documents.push(DocumentTotal { step: number, rule: acting.number, reading, amount: total });
            ChangeShown::Document(index)
        } else {
            ChangeShown::Line
        };
        for mut made in made {
            let of_order = on_order.then_some(total);
            self.add_fallbacks(acting, made.item, &mut made.reading);
            let by = ChangeBy::Rule { step: number, rule: acting.number, reading: made.reading, of_order };
            self.change(made.item, Change { by, amount: made.amount, shown }, plan, acting.rule);
        }
        if let Some(rule) = acting.number {
            let applied = self.applied.entry(rule).or_default();
            *applied = applied.saturating_add(total);
        }
    }

    fn change(&mut self, item: usize, change: Change, plan: &StepPlan, rule: &Rule) {
        let is_line = item < self.scene.lines.len();
        let Some(changed) = self.scene.items.get_mut(item) else { return };
        let amount = if plan.counts_as == emptor_core::CountsAs::Price { change.amount } else { 0 };
        let running = changed.running.checked_add(amount).and_then(in_range);
        let basis = match &change.by {
            ChangeBy::Rule { reading, .. } => reading.basis,
            _ => None,
        };
        let sound = in_range(change.amount).is_some() && basis.is_none_or(|basis| in_range(basis).is_some());
        let Some(running) = running.filter(|_| sound) else {
            self.scene.drop_item(item);
            return;
        };
        changed.running = running;
        changed.excluded |= plan.excludes | rule.excludes;
        // INVARIANT (no empty change): a change that is zero is none; conditions on changed lines rely on it.
        changed.changes.push(change);
        self.scene.touch();
        if is_line {
            self.scene.order_value = self.scene.order_value.saturating_add(amount);
        }
    }

    /// Adds a change that no rule made.
    pub(crate) fn change_by(&mut self, item: usize, by: ChangeBy, amount: i128) {
        let Some(changed) = self.scene.items.get_mut(item) else { return };
        let Some(running) = changed.running.checked_add(amount).and_then(in_range) else {
            self.scene.drop_item(item);
            return;
        };
        changed.running = running;
        changed.changes.push(Change { by, amount, shown: ChangeShown::Line });
        self.scene.touch();
        self.scene.order_value = self.scene.order_value.saturating_add(amount);
    }
}

/// The rules that a request's adjustments by hand make, where they are allowed and the procedure has their step.
pub(crate) fn rules_by_hand(book: &PriceBook, request: &PriceRequest, lines: &[Option<Line<'_>>]) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (number, step) in book.procedure.steps.iter().enumerate().filter(|(_, step)| step.manual) {
        match step.at {
            emptor_core::ActsAt::Order => {
                let effect = request.adjustment.as_ref().and_then(effect_by_hand);
                rules.extend(effect.map(|effect| rule_by_hand(number, None, effect)));
            }
            emptor_core::ActsAt::Line => {
                for (index, (requested, line)) in request.lines.iter().zip(lines).enumerate() {
                    let effect = requested.adjustment.as_ref().filter(|_| line.is_some()).and_then(effect_by_hand);
                    rules.extend(effect.map(|effect| rule_by_hand(number, Some(index), effect)));
                }
            }
        }
    }
    if request.facts.authority.manual_adjustment { rules } else { Vec::new() }
}

fn effect_by_hand(adjustment: &emptor_core::ManualAdjustment) -> Option<EffectPlan> {
    use crate::procedure::{Graded, Number, Sign};
    let number = |written: Exact| Some(Graded::Number(Number { written, scaled: written.scaled(AMOUNT_DECIMALS)? }));
    let adjustment = adjustment.clone();
    if let Some(percent) = adjustment.percent_off {
        return Some(EffectPlan::Percent(number(percent)?, Sign::Off));
    }
    if let Some(percent) = adjustment.percent_added {
        return Some(EffectPlan::Percent(number(percent)?, Sign::Added));
    }
    if let Some(amount) = adjustment.amount_off {
        return Some(EffectPlan::Amount(number(amount)?, Sign::Off, None));
    }
    Some(EffectPlan::Amount(number(adjustment.amount_added?)?, Sign::Added, None))
}

fn rule_by_hand(step: usize, line: Option<usize>, effect: EffectPlan) -> Rule {
    Rule {
        step,
        of: RuleOf::Manual(line),
        priority: 0,
        set: 0,
        mode: emptor_core::AdjustmentMode::Normal,
        period: emptor_core::Period::ALWAYS,
        when: Test::Fields(Vec::new()),
        lines: Test::Fields(Vec::new()),
        scripts: RuleScripts::default(),
        charges: Vec::new(),
        effect,
        currency: None,
        at_most: None,
        budget: None,
        uses_max: None,
        excludes: 0,
    }
}

/// The name of a line, for a violation.
pub(crate) fn line_id(request: &PriceRequest, line: usize) -> Option<LineId> {
    request.lines.get(line).map(|line| line.id.clone())
}
