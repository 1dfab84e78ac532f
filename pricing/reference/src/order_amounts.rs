//! Order rules about amounts: values, credit, budget and approvals (R12).

use emptor_core::{
    Exact, Fix, Money, OrderTerms, OrganizationId, RoleId, RoundingMode, TaxSide, ViolatedRule, ViolationCode,
    ViolationSeverity,
};
use num_traits::{Signed, Zero};

use crate::items::{Item, Share};
use crate::numbers::{Number, exact, number, round_decimals, round_minor, round10, whole};
use crate::order::Carried;
use crate::order_rules::{Case, OrderRule};
use crate::violations::Found;

/// Bands of what must be approved: where each begins or ends, and by whom.
type Bands = [(Exact, RoleId)];

/// What the order comes to, against what it may.
pub(crate) fn judge(case: &Case) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    all.extend(value_min(case));
    all.extend(value_max(case));
    all.extend(credit(case));
    all.extend(budget(case));
    let value = of_currency(case, |terms| bands(&terms.approve_value));
    let discount = case.of_order(|terms| bands(&terms.approve_discount));
    let margin = case.of_order(|terms| bands(&terms.approve_margin));
    if let Some((rule, bands)) = value {
        let actual = order_value(case);
        let reached = last(bands, |from| from <= actual);
        all.extend(approval(case, rule, ViolationCode::ApproveValue, Some(actual.clone()), reached));
    }
    if let Some((rule, bands)) = discount {
        let actual = order_discount(case);
        let reached = actual.as_ref().and_then(|actual| last(bands, |from| from <= *actual));
        all.extend(approval(case, rule, ViolationCode::ApproveDiscount, actual, reached));
    }
    if let Some((rule, bands)) = margin {
        let actual = order_margin(case);
        let reached = actual.as_ref().and_then(|actual| last(bands, |below| *actual < below));
        all.extend(approval(case, rule, ViolationCode::ApproveMargin, actual, reached));
    }
    all
}

pub(crate) fn is_complete(case: &Case) -> bool {
    case.outcomes.iter().all(Result::is_ok)
}

fn bands(stated: &[(Exact, RoleId)]) -> Option<&Bands> {
    Some(stated).filter(|bands| !bands.is_empty())
}

fn last(bands: &Bands, is_so: impl Fn(Number) -> bool) -> Option<&(Exact, RoleId)> {
    bands.iter().rfind(|(bound, _)| is_so(number(*bound)))
}

fn approval(
    case: &Case,
    rule: &OrderRule,
    code: ViolationCode,
    actual: Option<Number>,
    reached: Option<&(Exact, RoleId)>,
) -> Option<Found> {
    if !is_complete(case) {
        return Some(rule.found(case, code, None, ViolationSeverity::NotJudged));
    }
    let (bound, role) = reached.filter(|(_, role)| !case.may(role))?;
    let mut found = rule.found(case, code, None, ViolationSeverity::NeedsApproval);
    found.violation.role = Some(role.clone());
    found.violation.limit = Some(*bound);
    found.violation.actual = actual.map(|actual| exact(&round_decimals(&actual, 2, RoundingMode::HalfUp)));
    found.violation.fix = Some(Fix::Approve(role.clone()));
    Some(found)
}

/// What the nearest rule that states an amount of the order says, and the rule.
fn of_currency<'c, 'a, T>(
    case: &'c Case<'a>,
    field: impl Fn(&'a OrderTerms) -> Option<T>,
) -> Option<(&'c OrderRule<'a>, T)> {
    let rules = case.for_order().filter(|rule| rule.currency == case.moment.currency);
    rules.into_iter().find_map(|rule| Some((rule, field(rule.terms)?)))
}

fn value_min(case: &Case) -> Option<Found> {
    if case.view.goods.is_empty() {
        return None;
    }
    let (rule, least) = of_currency(case, |terms| terms.order_value_min)?;
    let missing = number(least) - order_value(case);
    of_value(case, rule, ViolationCode::ValueMin, least, &missing, Fix::AddValue)
}

fn value_max(case: &Case) -> Option<Found> {
    let (rule, most) = of_currency(case, |terms| terms.order_value_max)?;
    let excess = order_value(case) - number(most);
    of_value(case, rule, ViolationCode::ValueMax, most, &excess, Fix::ReduceValue)
}

fn of_value(
    case: &Case,
    rule: &OrderRule,
    code: ViolationCode,
    limit: Exact,
    beyond: &Number,
    fix: fn(Money) -> Fix,
) -> Option<Found> {
    if !is_complete(case) {
        return Some(rule.found(case, code, None, ViolationSeverity::NotJudged));
    }
    if !beyond.is_positive() {
        return None;
    }
    let mut found = rule.broken(case, code, None)?;
    found.violation.limit = Some(limit);
    found.violation.actual = Some(exact(&order_value(case)));
    found.violation.fix = money_above(case, beyond).map(fix);
    Some(found)
}

fn credit(case: &Case) -> Option<Found> {
    let request = case.moment.request;
    let fact = request.facts.credit.as_ref();
    let stated = fact.and_then(|fact| Some((&request.buyer, fact.limit?)));
    let (organization, limit) = stated.or_else(|| {
        let mut units = case.moment.lineage.iter();
        units.find_map(|unit| Some((&unit.organization, unit.credit_limit?)))
    })?;
    let owed = fact.map_or_else(Number::zero, |fact| number(fact.open_orders) + number(fact.receivables));
    of_organization(case, ViolationCode::CreditLimit, ViolationSeverity::Reject, organization, limit, &owed)
}

fn budget(case: &Case) -> Option<Found> {
    let mut units = case.moment.lineage.iter();
    let (organization, limit) = units.find_map(|unit| Some((&unit.organization, unit.budget?)))?;
    let spent = case.moment.request.facts.budget_used.map_or_else(Number::zero, number);
    of_organization(case, ViolationCode::Budget, ViolationSeverity::NeedsApproval, organization, limit, &spent)
}

/// What an organization may owe or spend, with `before` what it does already.
fn of_organization(
    case: &Case,
    code: ViolationCode,
    severity: ViolationSeverity,
    organization: &OrganizationId,
    limit: Exact,
    before: &Number,
) -> Option<Found> {
    if case.moment.currency != case.moment.documents.tenant.currency {
        return None;
    }
    let by = Some(ViolatedRule::Organization(organization.clone()));
    if !is_complete(case) {
        let mut found = Found::new(case.moment, None, code, ViolationSeverity::NotJudged);
        found.violation.by = by;
        return Some(found);
    }
    let sum = &case.sums.payable + before;
    let beyond = &sum - number(limit);
    if !beyond.is_positive() {
        return None;
    }
    let mut found = Found::new(case.moment, None, code, severity);
    found.violation.by = by;
    found.violation.limit = Some(limit);
    found.violation.actual = Some(exact(&sum));
    found.violation.fix = money_above(case, &beyond).map(Fix::ReduceValue);
    Some(found)
}

/// The least money that is at least an amount.
fn money_above(case: &Case, amount: &Number) -> Option<Money> {
    let whole_units = round_minor(amount, case.moment.currency, RoundingMode::Ceiling);
    Money::from_exact(exact(&whole_units), case.moment.currency)
}

/// The goods lines that have a price: as items, and as they ended.
fn priced<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = (&'c Item<'a>, &'c Carried<'a, 'a>)> {
    case.items.iter().filter_map(|item| {
        let carried = case.outcomes[item.line()?.index].as_ref().ok()?;
        Some((item, carried))
    })
}

/// What the goods come to on the order's side, with their shares of document steps.
fn order_value(case: &Case) -> Number {
    priced(case).map(|(item, carried)| &carried.amount + item.shared()).sum()
}

/// The discount on the lists, in percent.
fn order_discount(case: &Case) -> Option<Number> {
    let list: Number = priced(case).map(|(item, _)| &item.list).sum();
    list.is_positive().then(|| (&list - order_value(case)) * whole(100) / &list)
}

/// The margin of the goods whose cost is known, in percent of their value without tax.
fn order_margin(case: &Case) -> Option<Number> {
    if case.moment.currency != case.moment.documents.tenant.currency {
        return None;
    }
    let (mut value, mut cost) = (Number::zero(), Number::zero());
    for (item, carried) in priced(case) {
        let Some(of_item) = item.cost() else { continue };
        cost += round10(&of_item);
        value += match case.moment.side {
            TaxSide::Net => &carried.amount + item.shared(),
            TaxSide::Gross => carried.net() + item.shares.iter().map(Share::net).sum::<Number>(),
        };
    }
    value.is_positive().then(|| (&value - cost) * whole(100) / &value)
}
