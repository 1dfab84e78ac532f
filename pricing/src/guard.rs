//! Guards: bounds that lines are set to, or that are reported (R9).

use emptor_core::scaled::{Fraction, Wide, gcd};
use emptor_core::{
    Breach, Fix, GuardKind, GuardOf, RoleId, RoundingMode, ShareRest, ViolatedRule, Violation, ViolationCode,
    ViolationSeverity,
};

use crate::items::{ChangeBy, GuardHolder};
use crate::line::Line;
use crate::order::Order;
use crate::record::exact;
use crate::runner::{Runner, line_id};
use crate::search::Found;
use crate::share::share;
use crate::tier::Count;

/// 100 percent, with the percent at 10 decimals.
const WHOLE: i128 = 1_000_000_000_000;

/// The guards of a product, an entry or the tenant; numbers at 10 decimals.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GuardPlan {
    pub(crate) floor: Option<i128>,
    pub(crate) map: Option<i128>,
    pub(crate) ceiling: Option<i128>,
    pub(crate) margin_min: Option<i128>,
    pub(crate) discount_max: Option<i128>,
    /// Whether it clamps; else whether it rejects.
    pub(crate) breach: BreachPlan,
    pub(crate) role: Option<RoleId>,
}

/// [`Breach`] with an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BreachPlan {
    #[default]
    Clamp,
    ClampToBase,
    Reject,
    NeedsApproval,
}

impl GuardPlan {
    /// Whether it may set a line that nothing changed.
    pub(crate) fn sets_base(&self) -> bool {
        self.breach == BreachPlan::Clamp && !self.states_nothing()
    }

    /// Whether it has no bound.
    pub(crate) fn states_nothing(&self) -> bool {
        let Self { floor, map, ceiling, margin_min, discount_max, breach: _, role: _ } = self;
        [floor, map, ceiling, margin_min, discount_max].into_iter().all(Option::is_none)
    }
}

impl BreachPlan {
    /// Whether lines are set to the bound; else it is reported.
    pub(crate) fn clamps(self) -> bool {
        matches!(self, Self::Clamp | Self::ClampToBase)
    }
}

/// A bound of one line, at 10 decimals of the order's currency.
#[derive(Debug, Clone)]
struct Bound<'p> {
    kind: GuardKind,
    of: GuardHolder,
    plan: &'p GuardPlan,
    limit: i128,
}

/// What a line was raised by.
struct Raised {
    item: usize,
    amount: i128,
}

impl<'o, 'b: 'o> Runner<'o, 'b> {
    /// Sets lines to their guards, and reports what is beyond others.
    pub(crate) fn guard(&mut self, violations: &mut Vec<Violation>) {
        let book = self.scene.order.book;
        if !book.guards.are_stated {
            return;
        }
        let floors = self.scene.order.floor_order();
        let goods: Vec<usize> = self.scene.goods().collect();
        let mut raised = Vec::new();
        let mut lower: Vec<(usize, i128)> = Vec::new();
        let mut judged = Vec::new();
        for &item in &goods {
            let bounds = self.bounds(item, floors.as_ref());
            let least = bounds.iter().filter(|bound| bound.kind != GuardKind::Ceiling).map(|bound| bound.limit).max();
            lower.push((item, least.unwrap_or(0).max(0)));
            raised.extend(self.clamp(item, &bounds));
            judged.push((item, bounds));
        }
        if book.guards.redistribute {
            self.redistribute(&raised, &lower);
        }
        // One that its guard put out of range is not judged.
        for (item, bounds) in judged.iter().filter(|(item, _)| self.scene.live_line(*item).is_some()) {
            self.judge(*item, bounds, violations);
        }
    }

    /// The guards of a line, in the order in which ties are decided.
    fn bounds(&self, item: usize, floors: Option<&Order<'b>>) -> Vec<Bound<'b>> {
        let order = self.scene.order;
        let (Some(line), Some(state)) = (self.scene.live_line(item), self.scene.items.get(item)) else {
            return Vec::new();
        };
        let holders = Holders {
            line,
            product: order.book.facts(line.sku).map(|facts| &facts.guards),
            entry: self.entry_guards(item),
            tenant: &order.book.guards.tenant,
            in_tenants: order.currency == order.book.tenant.currency,
        };
        let cost = order.book.facts(line.sku).and_then(|facts| facts.cost).filter(|_| holders.in_tenants);
        let mut bounds = holders.prices(GuardKind::Floor, |plan| plan.floor);
        if let Some((limit, source)) = floors.and_then(|floors| floors.floor(line)) {
            bounds.push(Bound { kind: GuardKind::Floor, of: GuardHolder::List(source), plan: holders.tenant, limit });
        }
        bounds.extend(holders.prices(GuardKind::Map, |plan| plan.map));
        let margin = |margin| cost_with_margin(cost?, margin, line.own_quantity()?);
        bounds.extend(holders.percents(GuardKind::Margin, |plan| plan.margin_min, margin));
        let discount = |discount| less_discount(state.list, discount);
        bounds.extend(holders.percents(GuardKind::Discount, |plan| plan.discount_max, discount));
        bounds.extend(holders.prices(GuardKind::Ceiling, |plan| plan.ceiling));
        for bound in bounds.iter_mut().filter(|bound| bound.plan.breach == BreachPlan::ClampToBase) {
            let is_upper = bound.kind == GuardKind::Ceiling;
            bound.limit = if is_upper { bound.limit.max(state.base) } else { bound.limit.min(state.base) };
        }
        bounds
    }

    fn entry_guards(&self, item: usize) -> Option<EntryGuards<'b>> {
        let order = self.scene.order;
        let Some(Found::Offered(priced)) = self.found.get(item).copied().flatten() else { return None };
        let shape = order.table(priced.offer)?.shape;
        let plan = order.book.guards.of_entries.get(shape.guards as usize)?;
        let in_currency = order.book.source(priced.offer.source)?.currency == order.currency;
        Some(EntryGuards { plan, unit: shape.unit, per_micros: shape.per_micros, in_currency })
    }

    /// Sets a line to its guards; what it was raised by.
    fn clamp(&mut self, item: usize, bounds: &[Bound<'b>]) -> Option<Raised> {
        let clamps = |bound: &&Bound<'b>| bound.plan.breach.clamps();
        let mut least: Option<&Bound<'b>> = None;
        let mut most: Option<&Bound<'b>> = None;
        for bound in bounds.iter().filter(clamps) {
            if bound.kind == GuardKind::Ceiling {
                if most.is_none_or(|most| bound.limit < most.limit) {
                    most = Some(bound);
                }
            } else if least.is_none_or(|least| bound.limit > least.limit) {
                least = Some(bound);
            }
        }
        let mut raised = None;
        if let Some(bound) = least.filter(|bound| self.scene.running(item) < bound.limit) {
            let amount = bound.limit.saturating_sub(self.scene.running(item));
            self.change_by(item, bound.by(), amount);
            raised = Some(Raised { item, amount });
        }
        let floor = least.map_or(i128::MIN, |least| least.limit);
        if let Some(bound) = most.filter(|bound| self.scene.running(item) > bound.limit && bound.limit >= floor) {
            let amount = bound.limit.saturating_sub(self.scene.running(item));
            self.change_by(item, bound.by(), amount);
        }
        // A line that its guard puts beyond the limits has no price, and nothing of it moves to others.
        raised.filter(|_| self.scene.live_line(item).is_some())
    }

    /// The other lines take what raised lines could not take of discounts on the order.
    fn redistribute(&mut self, raised: &[Raised], lower: &[(usize, i128)]) {
        let steps = &self.scene.order.book.procedure.steps;
        let on_order = |step: usize| {
            steps.get(step).is_some_and(|step| {
                step.at == emptor_core::ActsAt::Order && step.counts_as == emptor_core::CountsAs::Price
            })
        };
        let taken = |item: usize| {
            let changes = self.scene.items.get(item).map_or(&[][..], |item| &item.changes);
            let of_order =
                changes.iter().filter(|change| matches!(change.by, ChangeBy::Rule { step, .. } if on_order(step)));
            of_order.fold(0_i128, |sum, change| sum.saturating_add(change.amount)).saturating_neg().max(0)
        };
        let mask = steps.iter().enumerate().filter(|(step, _)| on_order(*step));
        let mask = mask.fold(0, |mask, (step, _)| mask | crate::compile::step_bit(step));
        let is_excluded = |item: usize| self.scene.items.get(item).is_some_and(|item| item.excluded & mask != 0);
        let moved = raised.iter().fold(0_i128, |sum, raised| sum.saturating_add(raised.amount.min(taken(raised.item))));
        let others: Vec<(usize, i128)> = lower
            .iter()
            .filter(|(item, _)| raised.binary_search_by_key(item, |raised| raised.item).is_err() && !is_excluded(*item))
            .map(|(item, floor)| (*item, self.scene.running(*item).saturating_sub(*floor).max(0)))
            .collect();
        let rooms: Vec<i128> = others.iter().map(|(_, room)| *room).collect();
        let most = rooms.iter().fold(0_i128, |sum, room| sum.saturating_add(*room));
        let weights: Vec<u128> =
            others.iter().map(|(item, _)| u128::try_from(self.scene.running(*item)).unwrap_or(0)).collect();
        let total = moved.min(most);
        if total == 0 {
            return;
        }
        let shares = share(total.saturating_neg(), &weights, Some(&rooms), ShareRest::LargestRemainder);
        for ((item, _), part) in others.iter().zip(shares).filter(|(_, part)| *part != 0) {
            self.change_by(*item, ChangeBy::Redistribution, part);
        }
    }

    /// Reports the guards that a line is beyond and that are not set.
    fn judge(&self, item: usize, bounds: &[Bound<'b>], violations: &mut Vec<Violation>) {
        let running = self.scene.running(item);
        let roles = self.scene.asker.request.map_or(&[][..], |request| &request.facts.authority.roles);
        for bound in bounds.iter().filter(|bound| !bound.plan.breach.clamps()) {
            let beyond = if bound.kind == GuardKind::Ceiling { running > bound.limit } else { running < bound.limit };
            let approves = bound.plan.breach == BreachPlan::NeedsApproval;
            let approved = approves && bound.plan.role.as_ref().is_some_and(|role| roles.contains(role));
            if !beyond || approved {
                continue;
            }
            let severity = if approves { ViolationSeverity::NeedsApproval } else { ViolationSeverity::Reject };
            violations.push(Violation {
                line: self.scene.asker.request.and_then(|request| line_id(request, item)),
                by: Some(ViolatedRule::Guard(self.scene.order.guard_of(bound.of))),
                role: bound.plan.role.clone(),
                limit: Some(exact(bound.limit)),
                actual: Some(exact(running)),
                fix: bound.plan.role.clone().filter(|_| approves).map(Fix::Approve),
                ..Violation::of(code_of(bound.kind), severity)
            });
        }
    }
}

/// The guards of the entry that prices a line.
struct EntryGuards<'b> {
    plan: &'b GuardPlan,
    unit: u32,
    per_micros: i64,
    /// Whether its amounts are in the order's currency.
    in_currency: bool,
}

/// Whose guards a line meets.
struct Holders<'h, 'b> {
    line: &'h Line<'b>,
    product: Option<&'b GuardPlan>,
    entry: Option<EntryGuards<'b>>,
    tenant: &'b GuardPlan,
    /// Whether the order is in the tenant's currency.
    in_tenants: bool,
}

impl<'b> Holders<'_, 'b> {
    /// The guards that are prices, of those whose currency is the order's.
    fn prices(&self, kind: GuardKind, read: fn(&GuardPlan) -> Option<i128>) -> Vec<Bound<'b>> {
        let of_product = self.product.filter(|_| self.in_tenants).and_then(|plan| {
            let limit = extended(read(plan)?, self.line.own_quantity()?, 1_000_000)?;
            Some(Bound { kind, of: GuardHolder::Product, plan, limit })
        });
        let of_entry = self.entry.as_ref().filter(|entry| entry.in_currency).and_then(|entry| {
            let limit = extended(read(entry.plan)?, self.line.quantity_in(entry.unit)?, entry.per_micros)?;
            Some(Bound { kind, of: GuardHolder::Entry, plan: entry.plan, limit })
        });
        of_product.into_iter().chain(of_entry).collect()
    }

    /// The guards that are percents; the tenant's only where neither product nor entry states one.
    fn percents(
        &self,
        kind: GuardKind,
        read: fn(&GuardPlan) -> Option<i128>,
        limit: impl Fn(i128) -> Option<i128>,
    ) -> Vec<Bound<'b>> {
        let product = self.product.map(|plan| (GuardHolder::Product, plan));
        let entry = self.entry.as_ref().map(|entry| (GuardHolder::Entry, entry.plan));
        let own: Vec<(GuardHolder, &'b GuardPlan)> = product.into_iter().chain(entry).collect();
        let is_stated = own.iter().any(|(_, plan)| read(plan).is_some());
        let tenants = (!is_stated).then_some((GuardHolder::Tenant, self.tenant));
        let bound =
            |(of, plan): (GuardHolder, &'b GuardPlan)| Some(Bound { kind, of, plan, limit: limit(read(plan)?)? });
        own.into_iter().chain(tenants).filter_map(bound).collect()
    }
}

impl Bound<'_> {
    fn by(&self) -> ChangeBy {
        ChangeBy::Guard { kind: self.kind, of: self.of, limit: self.limit }
    }
}

impl<'b> Order<'b> {
    /// The order as the lists that are kept as floor see it; `None`: there are none for the buyer.
    fn floor_order(&self) -> Option<Order<'b>> {
        let chain = (**self.floors.as_ref()?).clone();
        Some(Order {
            book: self.book,
            plan: self.plan,
            contracts: self.contracts.clone(),
            chain: std::borrow::Cow::Owned(chain),
            currency: self.currency,
            valid_at: self.valid_at,
            conversions: Vec::new(),
            manual_allowed: false,
            counts: self.counts.clone(),
            kin: self.kin,
            region: self.region,
            side: self.side,
            floors: None,
            // No list asks a script.
            asked: None,
            script_failed: std::cell::Cell::new(None),
        })
    }

    /// What the floor lists give for a line, and which of them.
    fn floor(&self, line: &Line<'_>) -> Option<(i128, u32)> {
        let priced = self.lists_price(line)?;
        Some((priced.amount, priced.offer.source))
    }

    /// Whose guard it is, as records have it.
    pub(crate) fn guard_of(&self, of: GuardHolder) -> GuardOf {
        match of {
            GuardHolder::Product => GuardOf::Product,
            GuardHolder::Entry => GuardOf::Entry,
            GuardHolder::Tenant => GuardOf::Tenant,
            GuardHolder::List(source) => match self.book.source(source).map(|source| (&source.kind, source.version)) {
                Some((crate::book::SourceKind::List { id, .. }, version)) => {
                    GuardOf::PriceList { price_list: id.clone(), version }
                }
                _ => GuardOf::Tenant,
            },
        }
    }
}

impl From<Breach> for BreachPlan {
    fn from(breach: Breach) -> Self {
        match breach {
            Breach::Clamp => Self::Clamp,
            Breach::ClampToBase => Self::ClampToBase,
            Breach::Reject => Self::Reject,
            Breach::NeedsApproval => Self::NeedsApproval,
        }
    }
}

fn code_of(kind: GuardKind) -> ViolationCode {
    match kind {
        GuardKind::Floor => ViolationCode::GuardFloor,
        GuardKind::Map => ViolationCode::GuardMap,
        GuardKind::Margin => ViolationCode::GuardMargin,
        GuardKind::Discount => ViolationCode::GuardDiscount,
        GuardKind::Ceiling => ViolationCode::GuardCeiling,
    }
}

/// A price for a quantity.
fn extended(price: i128, quantity: Count, per_micros: i64) -> Option<i128> {
    let divisor = quantity.denominator.checked_mul(per_micros.into())?.unsigned_abs();
    Some(Fraction::new(Wide::product(price, quantity.numerator), divisor, 0)?.round(RoundingMode::HalfEven))
}

/// cost x quantity x 100 / (100 - margin)
fn cost_with_margin(cost: i128, margin: i128, quantity: Count) -> Option<i128> {
    let rest = WHOLE.checked_sub(margin).filter(|&rest| rest > 0)?;
    let divisor = i128::try_from(gcd(WHOLE.unsigned_abs(), rest.unsigned_abs())).ok()?;
    let (whole, rest) = (WHOLE.checked_div(divisor)?, rest.checked_div(divisor)?);
    let denominator = quantity.denominator.checked_mul(1_000_000)?.checked_mul(rest)?.unsigned_abs();
    let numerator = Wide::product(cost.checked_mul(whole)?, quantity.numerator);
    Some(Fraction::new(numerator, denominator, 0)?.round(RoundingMode::HalfEven))
}

/// list x (100 - discount) / 100
fn less_discount(list: i128, discount: i128) -> Option<i128> {
    let exact = Fraction::new(Wide::product(list, WHOLE.checked_sub(discount)?), WHOLE.unsigned_abs(), 0)?;
    Some(exact.round(RoundingMode::HalfEven))
}
