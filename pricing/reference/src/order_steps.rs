//! Steps that act on several lines as one (R7, R8, R10).

use std::collections::BTreeMap;

use emptor_core::{
    AdjustmentMode, CountsAs, Gift, ProcedureStep, RoundingMode, ScriptRun, ShareBy, Shown, Stacking, StepRoundingStage,
};
use num_traits::{Signed, Zero};

use crate::bundles::{self, Pool, Roles, Served, serve};
use crate::changes::{Basis, cut_to_minor, exact_change, number_of, rounded, shows_basis};
use crate::conditions::{About, View};
use crate::items::view;
use crate::line_steps::{alternatives, at_minor, is_better};
use crate::numbers::{Number, floor_minor, is_amount, number, round_decimals, whole};
use crate::procedure::{GivenGift, OnDocument, Run, TOTAL_OUT_OF_RANGE, Worked, keep_budget, kind, minor};
use crate::rule_scripts::{Asking, Of, of_effect};
use crate::rules::Rule;
use crate::script::Seen;
use crate::share::{share, share_capped};

/// What a rule does to the order.
#[derive(Default)]
struct Deed<'r> {
    /// What it changes of each item, in whole minor units.
    changes: Vec<(usize, Number)>,
    number: Option<Number>,
    basis: Option<Number>,
    /// The units that serve for it.
    served: Served,
    /// What it gives, and what that costs.
    gift: Option<(&'r Gift, Number)>,
    /// The runs of the script of `for`, by their items.
    scripts_of_lines: BTreeMap<usize, Vec<ScriptRun>>,
    /// The runs of the scripts that see the order.
    scripts: Vec<ScriptRun>,
}

/// What an order comes to while an alternative is worked out.
struct Course {
    /// What each item comes to.
    running: Vec<Number>,
    /// The units that served.
    served: Served,
}

/// Lets the rules of a step act.
pub(crate) fn act<'s>(run: &mut Run<'s>, step: &'s ProcedureStep, rules: &[Rule<'s>]) -> Result<(), &'static str> {
    let of_mode = |mode| (0..rules.len()).filter(move |&rule| rules[rule].mode == mode).collect::<Vec<_>>();
    let mut served = Served::new();
    let start = view(run.moment, &run.items);
    let alone = exclusive(run, step, rules, &of_mode(AdjustmentMode::Exclusive), &start);
    let normal = if alone.is_some() { Vec::new() } else { of_mode(AdjustmentMode::Normal) };
    let plan = match step.choose {
        _ if alone.is_some() => alone.into_iter().collect(),
        Stacking::Compound => Vec::new(),
        Stacking::Additive => additive(run, step, rules, &start, &normal),
        Stacking::Best | Stacking::Least => chosen(run, step, rules, &start, &normal),
    };
    drop(start);
    run.put_out();
    for (rule, deed) in plan {
        carry_out(run, step, &rules[rule], deed, &mut served)?;
    }
    let mut turns = if step.choose == Stacking::Compound { normal } else { Vec::new() };
    turns.extend(of_mode(AdjustmentMode::Always));
    for rule in turns {
        let now = view(run.moment, &run.items);
        let course = Course { served: served.clone(), ..Course::new(run) };
        let deed = deed(run, step, &rules[rule], &now, &course);
        drop(now);
        run.put_out();
        if let Some(deed) = deed {
            carry_out(run, step, &rules[rule], deed, &mut served)?;
        }
    }
    Ok(())
}

impl Course {
    fn new(run: &Run) -> Self {
        Self { running: run.items.iter().map(|item| item.running.clone()).collect(), served: Served::new() }
    }

    fn serve(&mut self, units: &Served) {
        for (&item, units) in units {
            *self.served.entry(item).or_default() += units;
        }
    }
}

/// The exclusive rule that acts: the one of the highest priority, then the best, then the first.
fn exclusive<'r>(
    run: &Run,
    step: &ProcedureStep,
    rules: &'r [Rule],
    exclusive: &[usize],
    start: &View,
) -> Option<(usize, Deed<'r>)> {
    let course = Course::new(run);
    let acting = exclusive.iter().filter_map(|&rule| Some((rule, deed(run, step, &rules[rule], start, &course)?)));
    let acting: Vec<(usize, Deed)> = acting.collect();
    let highest = acting.iter().map(|(rule, _)| rules[*rule].priority()).max();
    let of_highest = acting.into_iter().filter(|(rule, _)| Some(rules[*rule].priority()) == highest);
    of_highest.min_by_key(|(_, deed)| at_minor(run, &deed.in_all()))
}

fn additive<'r>(
    run: &Run,
    step: &ProcedureStep,
    rules: &'r [Rule],
    start: &View,
    normal: &[usize],
) -> Vec<(usize, Deed<'r>)> {
    let mut course = Course::new(run);
    let mut plan = Vec::new();
    for &rule in normal {
        let Some(deed) = deed(run, step, &rules[rule], start, &course) else { continue };
        course.serve(&deed.served);
        plan.push((rule, deed));
    }
    plan
}

/// The alternative that `choose` takes.
fn chosen<'r>(
    run: &Run,
    step: &ProcedureStep,
    rules: &'r [Rule],
    start: &View,
    normal: &[usize],
) -> Vec<(usize, Deed<'r>)> {
    let mut best: Option<(Number, Vec<(usize, Deed)>)> = None;
    for alternative in alternatives(rules, normal).into_values() {
        let mut course = Course::new(run);
        let mut sum = Number::zero();
        let mut acting = Vec::new();
        for rule in alternative {
            let Some(deed) = deed(run, step, &rules[rule], start, &course) else { continue };
            sum += deed.in_all();
            for (item, change) in &deed.changes {
                if step.counts_as == CountsAs::Price {
                    course.running[*item] += change;
                }
            }
            course.serve(&deed.served);
            acting.push((rule, deed));
        }
        let sum = at_minor(run, &sum);
        if !acting.is_empty() && best.as_ref().is_none_or(|(other, _)| is_better(step.choose, &sum, other)) {
            best = Some((sum, acting));
        }
    }
    best.map_or_else(Vec::new, |(_, acting)| acting)
}

/// What a rule does; `None`: it does not act.
fn deed<'r>(run: &Run, step: &ProcedureStep, rule: &'r Rule, view: &View, course: &Course) -> Option<Deed<'r>> {
    let is_line = |index: &usize| {
        let of_rule = rule.lines.is_none_or(|lines| view.holds(lines, About::Line(*index)));
        of_rule && rule.is_for(step, &run.items[*index])
    };
    let lines: Vec<usize> = (0..view.goods.len()).filter(is_line).collect();
    if !rule.when.is_none_or(|when| view.holds(when, About::Order(&lines))) {
        return None;
    }
    let asking = Asking { run, step, rule };
    let asked = lines.into_iter().filter_map(|line| Some((line, asking.is_for(view, line)?)));
    let scripts_of_lines: BTreeMap<usize, Vec<ScriptRun>> = asked.collect();
    let lines: Vec<usize> = scripts_of_lines.keys().copied().collect();
    let may_be_alone = rule.effect.gift.is_some() && rule.lines.is_none_or(emptor_core::Condition::is_empty);
    if lines.is_empty() && !may_be_alone {
        return None;
    }
    let of = Of { seen: Seen::Order(view), items: &lines };
    let scripts = asking.holds(of)?;
    let deed = Deed { scripts_of_lines, scripts, ..Deed::default() };
    if let Some(gift) = &rule.effect.gift {
        let cost = at_minor(run, &(number(gift.price) * number(gift.quantity)));
        return Some(Deed { gift: Some((gift, cost)), ..deed });
    }
    if rule.effect.bundle.is_some() {
        return bundle(run, step, rule, view, course, &lines).map(|(changes, served)| Deed { changes, served, ..deed });
    }
    change(asking, view, course, &lines, deed)
}

/// What a rule changes by its number.
fn change<'r>(
    Asking { run, step, rule }: Asking,
    view: &View,
    course: &Course,
    lines: &[usize],
    mut deed: Deed<'r>,
) -> Option<Deed<'r>> {
    let number = if let Some(call) = of_effect(&rule.effect) {
        let (number, ran) = Asking { run, step, rule }.number(call, Of { seen: Seen::Order(view), items: lines })?;
        deed.scripts.push(ran);
        number
    } else {
        number_of(run.moment, &rule.effect, view, About::Order(lines))?
    };
    let running: Number = lines.iter().map(|&line| &course.running[line]).sum();
    let basis: Number = lines.iter().map(|&line| run.items[line].basis(&step.on, &course.running[line])).sum();
    let exact = exact_change(&rule.effect, &number, &Basis { basis: &basis, running: &running, line: None })?;
    let own = step.rounding.is_some_and(|own| own.at != StepRoundingStage::Unit);
    let total = at_minor(run, &if own { rounded(step, &exact, &running, None) } else { exact });
    let basis = shows_basis(&rule.effect).then_some(basis);
    let changes = shared(run, step, course, &total, lines);
    Some(Deed { changes, number: Some(number), basis, ..deed })
}

impl Deed<'_> {
    fn in_all(&self) -> Number {
        let changes: Number = self.changes.iter().map(|(_, change)| change).sum();
        changes + self.gift.as_ref().map(|(_, cost)| cost.clone()).unwrap_or_default()
    }
}

fn bundle(
    run: &Run,
    step: &ProcedureStep,
    rule: &Rule,
    view: &View,
    course: &Course,
    lines: &[usize],
) -> Option<(Vec<(usize, Number)>, Served)> {
    let bundle = rule.effect.bundle.as_ref()?;
    let pools = lines.iter().filter_map(|&line| {
        let quantity = &run.items[line].line()?.quantity;
        Pool::new(line, quantity, &course.running[line], &course.served)
    });
    let pools: Vec<Pool> = pools.collect();
    let may = |condition: &emptor_core::Condition| {
        pools.iter().map(|pool| view.holds(condition, About::Line(pool.item))).collect::<Vec<bool>>()
    };
    let gives = bundle.gives.as_ref().and_then(|given| given.lines.as_ref());
    let roles = Roles { takes: bundle.takes.iter().map(|taken| may(&taken.lines)).collect(), gives: gives.map(may) };
    let serving = serve(bundle, &pools, &roles)?;
    let served = pools.iter().zip(&serving.used).map(|(pool, used)| (pool.item, *used)).collect();
    let changes = bundles::changes(run.moment, step, bundle, &pools, &serving);
    Some((changes, served))
}

/// An amount of the order, shared over the lines that it acts on.
fn shared(run: &Run, step: &ProcedureStep, course: &Course, total: &Number, lines: &[usize]) -> Vec<(usize, Number)> {
    let unit = minor(run.moment);
    let weights: Vec<Number> = lines.iter().map(|&line| weight(run, step, line, &course.running[line])).collect();
    let shares = if total.is_negative() && !step.below_zero {
        let cap = |&line: &usize| floor_minor(run.moment, &course.running[line].clone().max(Number::zero()));
        let caps: Vec<Number> = lines.iter().map(cap).collect();
        let lowered = share_capped(&total.abs(), &weights, &caps, step.share_rest, &unit);
        lowered.into_iter().map(|share| -share).collect()
    } else {
        share(total, &weights, step.share_rest, &unit)
    };
    lines.iter().copied().zip(shares).collect()
}

/// By what a line shares an amount of the order.
fn weight(run: &Run, step: &ProcedureStep, item: usize, running: &Number) -> Number {
    let item = &run.items[item];
    let micros = |count: Option<Number>| {
        count.map_or_else(Number::zero, |count| round_decimals(&count, 6, RoundingMode::HalfEven))
    };
    match &step.share_by {
        ShareBy::Value => running.clone().max(Number::zero()),
        ShareBy::BaseValue => item.base.clone().max(Number::zero()),
        ShareBy::Quantity => micros(item.quantity()),
        ShareBy::Weight(unit) => micros(item.line().and_then(|line| line.weight_in(unit))),
        ShareBy::Equal => whole(1),
    }
}

fn carry_out<'s>(
    run: &mut Run<'s>,
    step: &'s ProcedureStep,
    rule: &Rule<'s>,
    deed: Deed,
    served: &mut Served,
) -> Result<(), &'static str> {
    for (&item, units) in &deed.served {
        *served.entry(item).or_default() += units;
    }
    let Deed { changes, number, basis, gift, scripts_of_lines, scripts, .. } = deed;
    if let Some((gift, cost)) = gift {
        return give(run, step, rule, gift, cost);
    }
    let mut worked = Vec::new();
    for (item, change) in changes.into_iter().filter(|(item, _)| !run.items[*item].is_out) {
        let change = cut_to_minor(run.moment, step, change, &run.items[item].running);
        let asked = scripts_of_lines.get(&item).into_iter().flatten().chain(&scripts).cloned().collect();
        worked.push(Worked { item, change, number: number.clone(), basis: basis.clone(), scripts: asked });
    }
    keep_budget(rule, &mut worked, &minor(run.moment));
    let in_all: Number = worked.iter().map(|worked| &worked.change).sum();
    if !is_amount(&in_all) || basis.as_ref().is_some_and(|basis| !is_amount(basis)) {
        return Err(TOTAL_OUT_OF_RANGE);
    }
    let on_document = step.shown == Shown::Document && step.counts_as == CountsAs::Price;
    if on_document && worked.iter().any(|worked| !worked.change.is_zero()) {
        let (step, by) = (step.name.clone(), rule.source.clone());
        let effect = kind(&rule.effect);
        run.document.push(OnDocument { step, by, effect, number, basis, scripts });
    }
    run.apply(step, rule, worked, Some(&in_all))
}

fn give(run: &mut Run, step: &ProcedureStep, rule: &Rule, gift: &Gift, amount: Number) -> Result<(), &'static str> {
    let Some(product) = run.moment.product(&gift.sku) else { return Ok(()) };
    if !is_amount(&amount) {
        return Err(TOTAL_OUT_OF_RANGE);
    }
    let (step, by) = (step.name.clone(), rule.source.clone());
    let (gift, unit) = (gift.clone(), product.unit.clone());
    run.gifts.push(GivenGift { step, by, gift, unit, amount, tax: None });
    Ok(())
}
