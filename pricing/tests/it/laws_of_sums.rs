//! Parts sum to the whole, on generated orders: steps, shares, rules, tax, and the totals of EN 16931 (R7, R10, R11).

use std::collections::BTreeMap;

use emptor_core::{
    AdjustmentDetail, AppliedAdjustment, Documents, Money, NoPrice, PricedLine, PricedOrder, RuleSource, Step,
    TaxCategoryId, TaxSide, Totals,
};
use emptor_pricing::compile;
use emptor_reference::generate::Case;

use crate::laws::{ask, equal, for_compiled_cases, scaled, sum};

fn minor(money: Money) -> i128 {
    money.minor().into()
}

/// An amount that may be absent where it is zero, and then is.
fn unless_zero(money: Option<Money>, what: &str) -> Result<i128, String> {
    let minor = money.map(minor);
    if minor == Some(0) { Err(format!("{what} of zero is absent")) } else { Ok(minor.unwrap_or(0)) }
}

fn ends_in(steps: &[Step], net: Money, what: &str) -> Result<(), String> {
    equal(&sum(steps), &scaled(net.amount().parse().unwrap()), what)
}

#[test]
fn steps_sum_to_nets_and_nets_to_the_total() {
    for_compiled_cases(300, |case, book, _| {
        let Ok(order) = ask(book, &case.request) else { return Ok(()) };
        for line in &order.lines {
            equal(&line.net.is_some(), &line.no_price.is_none(), "a line has a net or a reason")?;
            line.net.map_or(Ok(()), |net| ends_in(&line.steps, net, "steps and net"))?;
        }
        order.gifts.iter().try_for_each(|gift| ends_in(&gift.steps, gift.net, "steps and net of a gift"))?;
        order.charges.iter().try_for_each(|charge| ends_in(&charge.steps, charge.net, "steps and net of a charge"))?;
        let goods = order.lines.iter().filter_map(|line| line.net).chain(order.gifts.iter().map(|gift| gift.net));
        equal(&goods.map(minor).sum(), &minor(order.totals.line_extension), "nets and total")?;
        equal(&order.complete, &order.lines.iter().all(|line| line.net.is_some()), "complete")
    });
}

/// All steps that rules made, with those that are no part of the price.
fn changes(order: &PricedOrder) -> impl Iterator<Item = (&AdjustmentDetail, i128)> {
    let of_lines = order.lines.iter().flat_map(|line| line.steps.iter().chain(&line.memo));
    let of_charges = order.charges.iter().flat_map(|charge| charge.steps.iter().chain(&charge.memo));
    let steps = of_lines.chain(of_charges);
    steps.filter_map(|step| Some((step.adjustment.as_deref()?, scaled(step.amount))))
}

#[test]
fn shares_sum_to_what_the_order_says() {
    for_compiled_cases(300, |case, book, _| {
        let Ok(order) = ask(book, &case.request) else { return Ok(()) };
        for (step, number) in order.document_steps.iter().zip(0_u32..) {
            let shares = order.lines.iter().flat_map(|line| &line.shares);
            let shares = shares.filter(|share| share.document_step == number).map(|share| minor(share.amount));
            equal(&shares.sum(), &minor(step.amount), "shares and document step")?;
        }
        // A line that lost its price after the rule spoke took its share with it.
        let lost = |line: &PricedLine| matches!(line.no_price, Some(NoPrice::OutOfRange | NoPrice::ScriptFailed));
        if !order.lines.iter().any(lost) {
            let mut sums: BTreeMap<(&str, &RuleSource), (i128, i128)> = BTreeMap::new();
            for (detail, amount) in changes(&order) {
                let Some(of_order) = detail.of_order else { continue };
                let of_rule = sums.entry((detail.step.as_str(), &detail.by)).or_insert((scaled(of_order), 0));
                equal(&of_rule.0, &scaled(of_order), "what two lines say that the rule changed")?;
                of_rule.1 += amount;
            }
            let differ = sums.iter().find(|(_, (whole, parts))| whole != parts);
            equal(&differ, &None, "the shares of a rule, and its change of the order")?;
        }
        let inside = side(case) == TaxSide::Gross && case.documents.tenant.tax.is_some();
        order.applied.iter().try_for_each(|applied| check_applied(&order, applied, inside))
    });
}

/// What an adjustment changed is the sum of its steps; on the document it is recorded without the tax inside.
fn check_applied(order: &PricedOrder, applied: &AppliedAdjustment, inside: bool) -> Result<(), String> {
    let is_its = |by: &RuleSource| matches!(by, RuleSource::Adjustment(id) if *id == applied.adjustment);
    let mut on_document = order.document_steps.iter().filter(|step| is_its(&step.by)).peekable();
    if inside && on_document.peek().is_some() {
        return Ok(());
    }
    let in_steps: i128 = changes(order).filter(|(detail, _)| is_its(&detail.by)).map(|(_, amount)| amount).sum();
    let on_document: i128 = on_document.map(|step| scaled(step.amount.amount().parse().unwrap())).sum();
    equal(&(in_steps + on_document), &scaled(applied.amount), "the changes of an adjustment, and what it applied")
}

fn side(case: &Case) -> TaxSide {
    case.request.prices.unwrap_or(case.documents.tenant.prices)
}

#[test]
fn totals_are_those_of_en_16931() {
    for_compiled_cases(300, |case, book, _| {
        let Ok(order) = ask(book, &case.request) else { return Ok(()) };
        let totals = &order.totals;
        let steps = || order.document_steps.iter().map(|step| minor(step.amount));
        let allowances: i128 = steps().filter(|amount| *amount < 0).map(|amount| -amount).sum();
        let charged: i128 = order.charges.iter().map(|charge| minor(charge.net)).sum();
        let charges: i128 = charged + steps().filter(|amount| *amount > 0).sum::<i128>();
        equal(&unless_zero(totals.allowances, "BT-107")?, &allowances, "BT-107")?;
        equal(&unless_zero(totals.charges, "BT-108")?, &charges, "BT-108")?;
        let exclusive = minor(totals.line_extension) - allowances + charges;
        let tax: i128 = order.tax.iter().map(|group| minor(group.tax)).sum();
        let has_tax = case.documents.tenant.tax.is_some();
        let stated = [totals.tax_exclusive, totals.tax, totals.tax_inclusive].map(|total| total.map(minor));
        let expected = [exclusive, tax, exclusive + tax].map(|total| has_tax.then_some(total));
        equal(&stated, &expected, "BT-109, BT-110, BT-112")?;
        let rounding = unless_zero(totals.rounding, "BT-114")?;
        equal(&(rounding == 0 || case.request.cash), &true, "BT-114 is of cash")?;
        let due = exclusive + tax - unless_zero(totals.prepaid, "BT-113")? + rounding;
        equal(&minor(totals.payable), &due, "BT-115")?;
        if has_tax { check_groups(&order) } else { Ok(()) }
    });
}

/// By category, what is taxed is the sum of what is in it (BT-116, BT-131).
fn check_groups(order: &PricedOrder) -> Result<(), String> {
    let mut taxed: BTreeMap<&TaxCategoryId, i128> = BTreeMap::new();
    let lines = order.lines.iter().filter_map(|line| {
        let shares: i128 = line.shares.iter().map(|share| minor(share.amount)).sum();
        Some((line.tax_category.as_ref(), minor(line.net?) + shares))
    });
    let gifts = order.gifts.iter().map(|gift| (gift.tax_category.as_ref(), minor(gift.net)));
    let charges = order.charges.iter().map(|charge| (charge.tax_category.as_ref(), minor(charge.net)));
    for (category, amount) in lines.chain(gifts).chain(charges) {
        *taxed.entry(category.ok_or("what has a price has a category")?).or_default() += amount;
    }
    let groups = order.tax.iter().map(|group| (&group.category, minor(group.taxable))).collect();
    equal(&taxed, &groups, "what is taxed, by category")
}

/// What is to be paid without cash, prepayment and tax that is added.
fn before_payment(totals: &Totals) -> i128 {
    minor(totals.line_extension) - totals.allowances.map_or(0, minor) + totals.charges.map_or(0, minor)
}

/// With tax inside, net and tax are what was asked; without, the tax is on top of it.
#[test]
fn tax_changes_no_amount_that_was_asked() {
    for_compiled_cases(300, |case, book, _| {
        let mut untaxed: Documents = case.documents.clone();
        untaxed.tenant.tax = None;
        let untaxed = compile(&untaxed, case.known_at).map_err(|wrong| format!("{wrong:?}"))?;
        let (Ok(order), Ok(asked)) = (ask(book, &case.request), ask(&untaxed, &case.request)) else { return Ok(()) };
        let whole = |net: Money, tax: Option<Money>| minor(net) + tax.map_or(0, minor);
        for (line, asked) in order.lines.iter().zip(&asked.lines) {
            equal(&line.net.map(|net| whole(net, line.tax)), &asked.net.map(minor), "a line")?;
        }
        for (gift, asked) in order.gifts.iter().zip(&asked.gifts) {
            equal(&whole(gift.net, gift.tax), &minor(asked.net), "a gift")?;
        }
        for (charge, asked) in order.charges.iter().zip(&asked.charges) {
            equal(&whole(charge.net, charge.tax), &minor(asked.net), "a charge")?;
        }
        let inside = if side(case) == TaxSide::Gross { order.totals.tax.map_or(0, minor) } else { 0 };
        equal(&(before_payment(&order.totals) + inside), &before_payment(&asked.totals), "the order")
    });
}
