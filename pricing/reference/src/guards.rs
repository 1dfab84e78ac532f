//! Guards: bounds of what goods lines come to (R9).

use emptor_core::{
    ActsAt, Breach, CountsAs, Currency, Exact, Fix, GuardDetail, GuardKind, GuardOf, Guards, ProcedureEntry, RoleId,
    ShareRest, Source, Step, StepId, StepKind, ViolatedRule, ViolationCode, ViolationSeverity,
};
use num_traits::{Signed, Zero};

use crate::counts::Counts;
use crate::items::Item;
use crate::moment::Moment;
use crate::numbers::{Number, exact, is_amount, number, round10, whole};
use crate::offers::Offer;
use crate::procedure::{Run, bare, finest};
use crate::search::Search;
use crate::share::share_capped;
use crate::violations::Found;

/// A guard of one line.
struct Guard<'s> {
    kind: GuardKind,
    of: GuardOf,
    /// What the line comes to at it.
    limit: Number,
    breach: Breach,
    role: Option<&'s RoleId>,
}

/// Whose guards they are, and what they are per.
struct Holder<'s> {
    of: GuardOf,
    guards: &'s Guards,
    currency: Currency,
    /// The line's quantity, in base quantities.
    times: Number,
}

/// Keeps the lines within their guards, and finds those that are not.
pub(crate) fn act(run: &mut Run, counts: &Counts, floors: &[Vec<Offer>]) {
    let mut raised = vec![Number::zero(); run.items.len()];
    let mut least = vec![Number::zero(); run.items.len()];
    let mut of_lines = Vec::new();
    for index in 0..run.items.len() {
        let Some(line) = run.items[index].line().filter(|_| !run.items[index].is_out) else { continue };
        let search = Search { moment: run.moment, counts, line, offers: &floors[line.index], had_no_tier: false };
        let floor = search.lists_alone(false).map(|won| (won.offer.version.source.clone(), won.reading.amount));
        let guards = of_line(run.moment, &run.items[index], floor);
        let lower = guards.iter().filter(|guard| guard.is_lower()).map(|guard| &guard.limit);
        least[index] = lower.max().cloned().unwrap_or_default().max(Number::zero());
        raised[index] = clamp(&mut run.items[index], &guards);
        of_lines.push((index, guards));
        if !is_amount(&run.items[index].running) {
            run.items[index].is_out = true;
        }
    }
    if run.moment.documents.tenant.guards.redistribute {
        redistribute(run, &raised, &least);
    }
    for (index, guards) in of_lines {
        if !run.items[index].is_out {
            find(run, index, &guards);
        }
    }
}

impl Guard<'_> {
    fn is_lower(&self) -> bool {
        self.kind != GuardKind::Ceiling
    }

    fn is_beyond(&self, running: &Number) -> bool {
        if self.is_lower() { *running < self.limit } else { *running > self.limit }
    }
}

/// The guards of a line, in the order in which they stand on the page.
fn of_line<'s>(moment: &Moment<'s>, item: &Item<'s>, floor: Option<(Source, Number)>) -> Vec<Guard<'s>> {
    let tenant = &moment.documents.tenant;
    let holders = holders(moment, item);
    let mut guards = Vec::new();
    let plain = |guards: &mut Vec<Guard<'s>>, kind: GuardKind, stated: fn(&Guards) -> Option<Exact>| {
        for holder in holders.iter().filter(|holder| holder.currency == moment.currency) {
            let limit = stated(holder.guards).map(|amount| number(amount) * &holder.times);
            guards.extend(limit.map(|limit| holder.guard(kind, &limit)));
        }
    };
    let of_tenant = |kind: GuardKind, of: GuardOf, limit: &Number| {
        let (breach, role) = (tenant.guards.breach, tenant.guards.role.as_ref());
        Guard { kind, of, limit: round10(limit), breach, role }
    };
    plain(&mut guards, GuardKind::Floor, |guards| guards.floor);
    if let Some((Source::PriceList { price_list, version }, limit)) = floor {
        guards.push(of_tenant(GuardKind::Floor, GuardOf::PriceList { price_list, version }, &limit));
    }
    plain(&mut guards, GuardKind::Map, |guards| guards.map);
    let cost = item.cost().filter(|_| tenant.currency == moment.currency);
    let at_margin = |margin: Exact| Some(cost.clone()? * whole(100) / (whole(100) - number(margin)));
    for holder in &holders {
        let limit = holder.guards.margin_min.and_then(at_margin);
        guards.extend(limit.map(|limit| holder.guard(GuardKind::Margin, &limit)));
    }
    if holders.iter().all(|holder| holder.guards.margin_min.is_none()) {
        let limit = tenant.guards.margin_min.and_then(at_margin);
        guards.extend(limit.map(|limit| of_tenant(GuardKind::Margin, GuardOf::Tenant, &limit)));
    }
    let at_discount = |most: Exact| &item.list * (whole(100) - number(most)) / whole(100);
    for holder in &holders {
        let limit = holder.guards.discount_max.map(at_discount);
        guards.extend(limit.map(|limit| holder.guard(GuardKind::Discount, &limit)));
    }
    if holders.iter().all(|holder| holder.guards.discount_max.is_none()) {
        let limit = tenant.guards.discount_max.map(at_discount);
        guards.extend(limit.map(|limit| of_tenant(GuardKind::Discount, GuardOf::Tenant, &limit)));
    }
    plain(&mut guards, GuardKind::Ceiling, |guards| guards.ceiling);
    for guard in guards.iter_mut().filter(|guard| guard.breach == Breach::ClampToBase) {
        if guard.is_beyond(&item.base) {
            guard.limit.clone_from(&item.base);
        }
    }
    guards
}

/// The product and the entry that prices the line.
fn holders<'s>(moment: &Moment<'s>, item: &Item<'s>) -> Vec<Holder<'s>> {
    let product = item.line().and_then(|line| line.goods.as_ref()).map(|goods| goods.product);
    let of_product = product.zip(item.quantity()).map(|(product, times)| Holder {
        of: GuardOf::Product,
        guards: &product.guards,
        currency: moment.documents.tenant.currency,
        times,
    });
    let of_entry = item.offer().map(|offer| Holder {
        of: GuardOf::Entry,
        guards: &offer.entry().guards,
        currency: offer.version.currency,
        times: &offer.quantity / number(offer.per.value),
    });
    of_product.into_iter().chain(of_entry).collect()
}

impl<'s> Holder<'s> {
    fn guard(&self, kind: GuardKind, limit: &Number) -> Guard<'s> {
        let (breach, role) = (self.guards.breach, self.guards.role.as_ref());
        Guard { kind, of: self.of.clone(), limit: round10(limit), breach, role }
    }
}

/// Sets a line to the guards that clamp; gives what it was raised by.
fn clamp(item: &mut Item, guards: &[Guard]) -> Number {
    let clamping = || guards.iter().filter(|guard| matches!(guard.breach, Breach::Clamp | Breach::ClampToBase));
    let lowers = clamping().filter(|guard| guard.is_lower());
    // Of equal ones the first counts: the highest by a strict comparison.
    let lower = lowers.reduce(|best, guard| if guard.place() < best.place() { guard } else { best });
    let mut raised = Number::zero();
    if let Some(lower) = lower.filter(|lower| lower.is_beyond(&item.running)) {
        raised = &lower.limit - &item.running;
        set(item, lower);
    }
    let uppers = clamping().filter(|guard| !guard.is_lower());
    let upper = uppers.reduce(|best, guard| if guard.limit < best.limit { guard } else { best });
    let is_free = |upper: &&Guard| lower.is_none_or(|lower| upper.limit >= lower.limit);
    if let Some(upper) = upper.filter(is_free).filter(|upper| upper.is_beyond(&item.running)) {
        set(item, upper);
    }
    raised
}

impl Guard<'_> {
    /// Smaller comes first: the highest, then by kind, then by whose it is.
    fn place(&self) -> (Number, GuardKind, u8) {
        let whose = match self.of {
            GuardOf::Product => 0,
            GuardOf::Entry => 1,
            GuardOf::PriceList { .. } => 2,
            GuardOf::Tenant => 3,
        };
        (-&self.limit, self.kind, whose)
    }
}

fn set(item: &mut Item, guard: &Guard) {
    let change = &guard.limit - &item.running;
    let detail = GuardDetail { kind: guard.kind, of: guard.of.clone(), limit: exact(&guard.limit) };
    item.steps.push(Step { guard: Some(Box::new(detail)), ..bare(StepKind::Guard, &change) });
    item.running.clone_from(&guard.limit);
}

/// Finds the guards that a line is beyond.
fn find(run: &mut Run, index: usize, guards: &[Guard]) {
    let item = &run.items[index];
    let roles = &run.moment.request.facts.authority.roles;
    for guard in guards.iter().filter(|guard| guard.is_beyond(&item.running)) {
        let severity = match guard.breach {
            Breach::Clamp | Breach::ClampToBase => continue,
            Breach::Reject => ViolationSeverity::Reject,
            Breach::NeedsApproval if guard.role.is_some_and(|role| roles.contains(role)) => continue,
            Breach::NeedsApproval => ViolationSeverity::NeedsApproval,
        };
        let code = match guard.kind {
            GuardKind::Floor => ViolationCode::GuardFloor,
            GuardKind::Map => ViolationCode::GuardMap,
            GuardKind::Margin => ViolationCode::GuardMargin,
            GuardKind::Discount => ViolationCode::GuardDiscount,
            GuardKind::Ceiling => ViolationCode::GuardCeiling,
        };
        let mut found = Found::new(run.moment, item.line().map(|line| line.index), code, severity);
        found.violation.by = Some(ViolatedRule::Guard(guard.of.clone()));
        found.violation.role = guard.role.cloned();
        if severity == ViolationSeverity::NeedsApproval {
            found.violation.fix = guard.role.cloned().map(Fix::Approve);
        }
        found.violation.limit = Some(exact(&guard.limit));
        found.violation.actual = Some(exact(&item.running));
        run.found.push(found);
    }
}

/// Gives to the other lines what of a discount on the order the raised ones could not take.
fn redistribute(run: &mut Run, raised: &[Number], least: &[Number]) {
    let items = || run.items.iter().zip(raised).filter(|(item, _)| !item.is_out);
    let returned = items().map(|(item, raised)| raised.clone().min((-&item.by_order).max(Number::zero())));
    let total: Number = returned.sum();
    let order_steps = order_steps(run.moment);
    let takes_part = |&index: &usize| {
        let item = &run.items[index];
        let is_excluded = order_steps.iter().any(|step| item.excluded.contains(step));
        item.line().is_some() && !item.is_out && raised[index].is_zero() && !is_excluded
    };
    let takers: Vec<usize> = (0..run.items.len()).filter(takes_part).collect();
    let weights = takers.iter().map(|&index| run.items[index].running.clone().max(Number::zero()));
    let rooms = takers.iter().map(|&index| (&run.items[index].running - &least[index]).max(Number::zero()));
    let (weights, rooms): (Vec<Number>, Vec<Number>) = (weights.collect(), rooms.collect());
    let parts = share_capped(&total, &weights, &rooms, ShareRest::LargestRemainder, &finest());
    for (index, part) in takers.into_iter().zip(parts).filter(|(_, part)| part.is_positive()) {
        let item = &mut run.items[index];
        item.running -= &part;
        item.steps.push(bare(StepKind::Redistribution, &-part));
    }
}

/// The steps of the procedure that act on the order and count as price.
fn order_steps<'s>(moment: &Moment<'s>) -> Vec<&'s StepId> {
    let entries = moment.documents.tenant.procedure.iter();
    let steps = entries.filter_map(|entry| match entry {
        ProcedureEntry::Step(step) if step.at == ActsAt::Order && step.counts_as == CountsAs::Price => Some(&step.name),
        _ => None,
    });
    steps.collect()
}
