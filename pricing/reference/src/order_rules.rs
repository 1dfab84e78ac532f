//! Order rules: which there are, and what they find in an order (R12).

use emptor_core::{
    Condition, Currency, CutOff, Exact, Fix, OrderTerms, RoleId, RuleSeverity, Sku, ViolatedRule, ViolationCode,
    ViolationSeverity, When,
};

use crate::calendar::Day;
use crate::conditions::{About, Subject, View};
use crate::items::Item;
use crate::lines::Line;
use crate::moment::Moment;
use crate::order::Outcome;
use crate::procedure::Run;
use crate::rules::bounds_amount;
use crate::totals::Sums;
use crate::versions::agreements;
use crate::violations::Found;
use crate::{order_amounts, order_quantities, order_scripts};

/// A rule for orders, and whose it is.
pub(crate) struct OrderRule<'s> {
    pub(crate) by: ViolatedRule,
    name: String,
    /// How far above the buyer its organization is; `None`: it is for everyone.
    distance: Option<usize>,
    pub(crate) terms: &'s OrderTerms,
    pub(crate) currency: Currency,
    /// Its place among the rules.
    pub(crate) place: usize,
}

/// An order that is judged.
pub(crate) struct Case<'a> {
    pub(crate) moment: &'a Moment<'a>,
    /// The goods lines that have nothing against themselves, also without price.
    pub(crate) view: View<'a>,
    pub(crate) items: &'a [Item<'a>],
    pub(crate) outcomes: &'a [Outcome<'a, 'a>],
    pub(crate) sums: &'a Sums,
    /// Those that hold, the near ones first.
    pub(crate) rules: Vec<OrderRule<'a>>,
}

/// Finds what the order breaks; gives the day on which it is processed.
pub(crate) fn judge(run: &mut Run, lines: &[Line], outcomes: &[Outcome], sums: &Sums) -> Option<When> {
    let moment = run.moment;
    let goods = lines.iter().filter(|line| !line.is_return() && line.reason.is_none());
    let subject = |line| {
        let item = of_line(&run.items, line);
        let amount = outcomes[line.index].as_ref().ok().map(|carried| carried.amount.clone());
        let origin = item.map(|item| (&item.base, &item.list));
        let changed = item.filter(|_| amount.is_some()).map(|item| &item.changed);
        Subject { line, amount, origin, changed, counts: true }
    };
    let view = View::new(moment, goods.map(subject).collect());
    let rules = holding(moment, &view);
    let case = Case { moment, view, items: &run.items, outcomes, sums, rules };
    let mut found = assortment(&case);
    found.extend(order_quantities::judge(&case));
    found.extend(order_amounts::judge(&case));
    found.extend(order_scripts::judge(&case, run.scripts));
    let processing_date =
        case.of_order(|terms| terms.cut_off.as_ref()).and_then(|(_, cut_off)| processed(moment, cut_off));
    run.found.extend(found);
    processing_date
}

/// The item that a line is, where it has a price and is no return.
pub(crate) fn of_line<'a, 's>(items: &'a [Item<'s>], line: &Line) -> Option<&'a Item<'s>> {
    items.iter().find(|item| item.line().is_some_and(|own| own.index == line.index))
}

fn holding<'a>(moment: &'a Moment<'a>, view: &View) -> Vec<OrderRule<'a>> {
    let tenant = &moment.documents.tenant;
    let mut rules = Vec::new();
    for rule in &moment.documents.order_rules {
        let distance = rule.organization.as_ref().map(|organization| moment.distance(organization));
        if moment.knows(rule.recorded_at) && moment.holds(&rule.valid) && distance != Some(None) {
            rules.push(OrderRule {
                by: ViolatedRule::OrderRule(rule.order_rule.clone()),
                name: rule.order_rule.as_str().to_owned(),
                distance: distance.flatten(),
                terms: &rule.terms,
                currency: rule.terms.currency.unwrap_or(tenant.currency),
                place: 0,
            });
        }
    }
    for agreed in agreements(moment) {
        for (term, index) in agreed.version.terms.iter().zip(1_u32..) {
            let Some(terms) = &term.order_rule else { continue };
            let (contract, version) = (agreed.contract.contract.clone(), agreed.version.number);
            rules.push(OrderRule {
                name: format!("{contract}/{version}/{index}"),
                by: ViolatedRule::Contract { contract, version, term: index },
                distance: Some(agreed.distance),
                terms,
                currency: terms.currency.unwrap_or(agreed.currency),
                place: 0,
            });
        }
    }
    rules.retain(|rule| rule.can_read(moment, &rule.terms.when) && view.holds(&rule.terms.when, About::Order(&[])));
    rules.sort_by(|left, right| left.is_far().cmp(&right.is_far()).then_with(|| left.name.cmp(&right.name)));
    rules.iter_mut().enumerate().for_each(|(place, rule)| rule.place = place);
    rules
}

impl OrderRule<'_> {
    /// Whether the amounts that a condition bounds, if any, are in the order's currency.
    fn can_read(&self, moment: &Moment, condition: &Condition) -> bool {
        self.currency == moment.currency || !bounds_amount(condition)
    }

    fn is_far(&self) -> (bool, Option<usize>) {
        (self.distance.is_none(), self.distance)
    }

    /// A violation of this rule, unless it is approved.
    pub(crate) fn broken(&self, case: &Case, code: ViolationCode, line: Option<usize>) -> Option<Found> {
        let severity = match self.terms.severity {
            RuleSeverity::Reject => ViolationSeverity::Reject,
            RuleSeverity::NeedsApproval => ViolationSeverity::NeedsApproval,
            RuleSeverity::Warning => ViolationSeverity::Warning,
        };
        let role = self.terms.role.as_ref();
        let is_approved = severity == ViolationSeverity::NeedsApproval && role.is_some_and(|role| case.may(role));
        (!is_approved).then(|| {
            let mut found = self.found(case, code, line, severity);
            found.violation.role = role.cloned();
            found
        })
    }

    pub(crate) fn found(
        &self,
        case: &Case,
        code: ViolationCode,
        line: Option<usize>,
        severity: ViolationSeverity,
    ) -> Found {
        let line = line.map(|index| case.view.goods[index].line.index);
        let mut found = Found::new(case.moment, line, code, severity);
        found.rule = self.place;
        found.violation.by = Some(self.by.clone());
        found
    }

    /// How near it is to a product; `None`: it is not for it.
    fn nearness(&self, line: &Line) -> Option<usize> {
        match (&self.terms.sku, &self.terms.category) {
            (Some(sku), _) => (*sku == line.asked.sku).then_some(0),
            (None, Some(category)) => {
                let above = line.goods.as_ref()?.categories.iter().position(|above| *above == category);
                above.map(|position| position + 1)
            }
            (None, None) => Some(usize::MAX),
        }
    }
}

impl<'a> Case<'a> {
    /// Whether approvals of a role are given.
    pub(crate) fn may(&self, role: &RoleId) -> bool {
        self.moment.request.facts.authority.roles.contains(role)
    }

    /// The rules that name neither a sku nor a category.
    pub(crate) fn for_order(&self) -> impl Iterator<Item = &OrderRule<'a>> {
        self.rules.iter().filter(|rule| rule.terms.sku.is_none() && rule.terms.category.is_none())
    }

    /// What the nearest rule for the order says, and the rule.
    pub(crate) fn of_order<T>(&self, field: impl Fn(&'a OrderTerms) -> Option<T>) -> Option<(&OrderRule<'a>, T)> {
        self.for_order().find_map(|rule| Some((rule, field(rule.terms)?)))
    }

    /// What the nearest rule for a line's product says, and the rule.
    pub(crate) fn of_sku(
        &self,
        line: &Line,
        field: impl Fn(&OrderTerms) -> Option<Exact>,
    ) -> Option<(&OrderRule<'a>, Exact)> {
        let stating = self.rules.iter().filter_map(|rule| Some((rule.nearness(line)?, rule, field(rule.terms)?)));
        let nearest = stating.min_by_key(|(nearness, rule, _)| (rule.is_far(), *nearness, rule.place));
        nearest.map(|(_, rule, number)| (rule, number))
    }

    /// The first line of each sku, by its place in the view.
    pub(crate) fn skus(&self) -> Vec<(usize, &Sku)> {
        let mut skus: Vec<(usize, &Sku)> = Vec::new();
        for (index, subject) in self.view.goods.iter().enumerate() {
            let sku = &subject.line.asked.sku;
            if !skus.iter().any(|(_, seen)| *seen == sku) {
                skus.push((index, sku));
            }
        }
        skus
    }

    /// The lines for which a condition holds, by their place in the view.
    fn lines(&self, condition: &Condition) -> Vec<usize> {
        let all = 0..self.view.goods.len();
        all.filter(|&index| self.view.holds(condition, About::Line(index))).collect()
    }
}

/// Goods that may not be ordered, or not together.
fn assortment(case: &Case) -> Vec<Found> {
    let mut all = Vec::new();
    let mut find = |found: Option<Found>| {
        let fixed = found.map(|mut found| {
            found.violation.fix = Some(Fix::RemoveLine);
            found
        });
        all.extend(fixed);
    };
    let allowing = case.for_order().find_map(|rule| {
        let allowed = rule.terms.allows.as_ref()?;
        rule.can_read(case.moment, allowed).then_some((rule, allowed))
    });
    if let Some((rule, allowed)) = allowing {
        let lines = case.lines(allowed);
        let others = (0..case.view.goods.len()).filter(|index| !lines.contains(index));
        others.for_each(|line| find(rule.broken(case, ViolationCode::NotAllowed, Some(line))));
    }
    for line in 0..case.view.goods.len() {
        let first = case.rules.iter().find_map(|rule| {
            let excluded = rule.terms.excludes.as_ref().filter(|excluded| rule.can_read(case.moment, excluded))?;
            let holds = case.view.holds(excluded, About::Line(line));
            rule.broken(case, ViolationCode::Excluded, Some(line)).filter(|_| holds)
        });
        find(first);
    }
    let readable =
        |rule: &&OrderRule| rule.terms.incompatible.iter().all(|condition| rule.can_read(case.moment, condition));
    for rule in case.rules.iter().filter(readable) {
        if let Some((line, other)) = together(case, &rule.terms.incompatible) {
            let broken = rule.broken(case, ViolationCode::Incompatible, Some(line));
            find(broken.map(|mut found| {
                found.violation.other_line = Some(case.view.goods[other].line.asked.id.clone());
                found
            }));
        }
    }
    all
}

/// The first two lines that do not go together.
fn together(case: &Case, conditions: &[Condition]) -> Option<(usize, usize)> {
    let lines: Vec<Vec<usize>> = conditions.iter().map(|condition| case.lines(condition)).collect();
    let pairs = (0..lines.len()).flat_map(|left| (left + 1..lines.len()).map(move |right| (left, right)));
    pairs.into_iter().find_map(|(left, right)| {
        let other = |line: usize| lines[right].iter().find(|other| **other != line);
        lines[left].iter().find_map(|&line| Some((line, *other(line)?)))
    })
}

/// The day on which an order is processed.
fn processed(moment: &Moment, cut_off: &CutOff) -> Option<When> {
    let holidays: Vec<Day> = cut_off.holidays.iter().filter_map(|day| Day::holding(moment, *day)).collect();
    let is_open = |day: Day| {
        let of_week = day.weekday().is_some_and(|weekday| cut_off.weekdays.contains(&weekday));
        (cut_off.weekdays.is_empty() || of_week) && !holidays.contains(&day)
    };
    let today = Day::of(moment)?;
    let in_time = moment.zone.clock_time(moment.valid_at).is_some_and(|clock| clock < cut_off.time);
    if in_time && is_open(today) {
        return Some(today.shown());
    }
    let mut days = std::iter::successors(today.next(), |day| day.next()).take(366);
    days.find(|day| is_open(*day)).map(Day::shown)
}
