//! Steps that act on each line by itself (R7).

use std::collections::BTreeMap;

use emptor_core::{AdjustmentMode, CountsAs, ProcedureStep, Stacking};
use num_traits::Zero;

use crate::changes::{Basis, cut, exact_change, number_of, rounded, shows_basis};
use crate::conditions::{About, View};
use crate::items::{What, view};
use crate::numbers::{Number, round_minor};
use crate::procedure::{Run, Worked, finest, keep_budget};
use crate::rule_scripts::{Asking, Of, of_effect};
use crate::rules::Rule;
use crate::script::{Amounts, Seen};

/// For each rule what it changes, worked out before anything is changed.
type Plan = Vec<Vec<Worked>>;

/// Lets the rules of a step act.
pub(crate) fn act<'s>(run: &mut Run<'s>, step: &'s ProcedureStep, rules: &[Rule<'s>]) -> Result<(), &'static str> {
    let normal: Vec<usize> = of_mode(rules, AdjustmentMode::Normal);
    let start = view(run.moment, &run.items);
    let alone = exclusive(run, step, rules, &start);
    let mut is_free = vec![true; run.items.len()];
    alone.iter().flatten().for_each(|worked| is_free[worked.item] = false);
    let free: Vec<usize> = (0..is_free.len()).filter(|&item| is_free[item]).collect();
    let plan = match step.choose {
        Stacking::Compound => Plan::new(),
        Stacking::Additive => additive(run, step, rules, &start, &normal, &free),
        Stacking::Best | Stacking::Least => chosen(run, step, rules, &start, &normal, &free),
    };
    drop(start);
    run.put_out();
    carry_out(run, step, rules, alone)?;
    carry_out(run, step, rules, plan)?;
    if step.choose == Stacking::Compound {
        in_turn(run, step, rules, &normal, &free)?;
    }
    let all: Vec<usize> = (0..run.items.len()).collect();
    in_turn(run, step, rules, &of_mode(rules, AdjustmentMode::Always), &all)
}

fn of_mode(rules: &[Rule], mode: AdjustmentMode) -> Vec<usize> {
    (0..rules.len()).filter(|&rule| rules[rule].mode == mode).collect()
}

/// What a rule changes of one item that comes to `running`; `None`: it does not act.
fn work(run: &Run, step: &ProcedureStep, rule: &Rule, view: &View, index: usize, running: &Number) -> Option<Worked> {
    let item = &run.items[index];
    let about = match item.what {
        What::Goods { .. } => About::Line(index),
        What::Charge(_) => About::Charge(&item.running),
    };
    let holds = rule.is_for(step, item)
        && rule.lines.is_none_or(|lines| view.holds(lines, about))
        && rule.when.is_none_or(|when| view.holds(when, about));
    if !holds {
        return None;
    }
    let asking = Asking { run, step, rule };
    let mut scripts = asking.acts_on(view, about, index)?;
    let number = match (of_effect(&rule.effect), item.line()) {
        (Some(call), Some(line)) => {
            let amounts = Amounts { running, base: &item.base, list: &item.list };
            let of = Of { seen: Seen::Line(line, Some(amounts)), items: &[index] };
            let (number, ran) = asking.number(call, of)?;
            scripts.push(ran);
            number
        }
        _ => number_of(run.moment, &rule.effect, view, about)?,
    };
    let basis = item.basis(&step.on, running);
    let exact = exact_change(&rule.effect, &number, &Basis { basis: &basis, running, line: item.line() })?;
    let change = cut(step, rounded(step, &exact, running, item.quantity().as_ref()), running);
    let basis = shows_basis(&rule.effect).then_some(basis);
    Some(Worked { item: index, change, number: Some(number), basis, scripts })
}

/// The exclusive rules that act: of each item the one of the highest priority, then the best, then the first.
fn exclusive(run: &Run, step: &ProcedureStep, rules: &[Rule], start: &View) -> Plan {
    let mut plan = empty(rules);
    let exclusive = of_mode(rules, AdjustmentMode::Exclusive);
    for (index, item) in run.items.iter().enumerate() {
        let acting = exclusive.iter().filter_map(|&rule| {
            let worked = work(run, step, &rules[rule], start, index, &item.running)?;
            Some((rule, worked))
        });
        let acting: Vec<(usize, Worked)> = acting.collect();
        let highest = acting.iter().map(|(rule, _)| rules[*rule].priority()).max();
        let of_highest = acting.into_iter().filter(|(rule, _)| Some(rules[*rule].priority()) == highest);
        // Of equal ones the first is the least, and rules of one priority are in the order of their names.
        if let Some((rule, worked)) = of_highest.min_by_key(|(_, worked)| at_minor(run, &worked.change)) {
            plan[rule].push(worked);
        }
    }
    plan
}

fn additive(run: &Run, step: &ProcedureStep, rules: &[Rule], start: &View, normal: &[usize], free: &[usize]) -> Plan {
    let mut plan = empty(rules);
    for &rule in normal {
        let worked = free.iter().filter_map(|&item| {
            let running = &run.items[item].running;
            work(run, step, &rules[rule], start, item, running)
        });
        plan[rule] = worked.collect();
    }
    plan
}

/// For each item the alternative that `choose` takes.
fn chosen(run: &Run, step: &ProcedureStep, rules: &[Rule], start: &View, normal: &[usize], free: &[usize]) -> Plan {
    let mut plan = empty(rules);
    for &item in free {
        let mut best: Option<(Number, Vec<(usize, Worked)>)> = None;
        for alternative in alternatives(rules, normal).into_values() {
            let mut running = run.items[item].running.clone();
            let mut sum = Number::zero();
            let mut acting = Vec::new();
            for rule in alternative {
                let Some(worked) = work(run, step, &rules[rule], start, item, &running) else { continue };
                sum += &worked.change;
                if step.counts_as == CountsAs::Price {
                    running += &worked.change;
                }
                acting.push((rule, worked));
            }
            let sum = at_minor(run, &sum);
            if !acting.is_empty() && best.as_ref().is_none_or(|(other, _)| is_better(step.choose, &sum, other)) {
                best = Some((sum, acting));
            }
        }
        for (rule, worked) in best.into_iter().flat_map(|(_, acting)| acting) {
            plan[rule].push(worked);
        }
    }
    plan
}

/// The rules that are chosen together, by the name of their set or their own.
pub(crate) fn alternatives<'r>(rules: &'r [Rule], normal: &[usize]) -> BTreeMap<&'r str, Vec<usize>> {
    let mut alternatives = BTreeMap::<&str, Vec<usize>>::new();
    for &rule in normal {
        let key = rules[rule].set.map_or(rules[rule].name.as_str(), |set| set.as_str());
        alternatives.entry(key).or_default().push(rule);
    }
    alternatives
}

/// Whether a change comes before another of a key that sorts before.
pub(crate) fn is_better(choose: Stacking, change: &Number, other: &Number) -> bool {
    if choose == Stacking::Least { change > other } else { change < other }
}

/// Makes the changes that were worked out before, rule by rule.
fn carry_out<'s>(
    run: &mut Run<'s>,
    step: &'s ProcedureStep,
    rules: &[Rule<'s>],
    plan: Plan,
) -> Result<(), &'static str> {
    for (rule, mut worked) in rules.iter().zip(plan) {
        worked.retain(|worked| !run.items[worked.item].is_out);
        for worked in &mut worked {
            worked.change = cut(step, worked.change.clone(), &run.items[worked.item].running);
        }
        keep_budget(rule, &mut worked, &finest());
        run.apply(step, rule, worked, None)?;
    }
    Ok(())
}

/// Rules that act one after the other, each on what the ones before left.
fn in_turn<'s>(
    run: &mut Run<'s>,
    step: &'s ProcedureStep,
    rules: &[Rule<'s>],
    turns: &[usize],
    items: &[usize],
) -> Result<(), &'static str> {
    for rule in turns.iter().map(|&rule| &rules[rule]) {
        let now = view(run.moment, &run.items);
        let worked = items.iter().filter_map(|&item| work(run, step, rule, &now, item, &run.items[item].running));
        let mut worked: Vec<Worked> = worked.collect();
        drop(now);
        run.put_out();
        worked.retain(|worked| !run.items[worked.item].is_out);
        keep_budget(rule, &mut worked, &finest());
        run.apply(step, rule, worked, None)?;
    }
    Ok(())
}

fn empty(rules: &[Rule]) -> Plan {
    rules.iter().map(|_| Vec::new()).collect()
}

pub(crate) fn at_minor(run: &Run, change: &Number) -> Number {
    round_minor(change, run.moment.currency, run.moment.documents.tenant.rounding.mode)
}
