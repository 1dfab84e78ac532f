//! What may be approved changes no price, and what is clamped ends at its bound (R9, R12), on generated cases.

use emptor_core::{
    Breach, Documents, Exact, Money, PricedLine, PricedOrder, ProcedureEntry, Product, RoleId, StepKind, TaxSide,
    Violation, ViolationCode, ViolationSeverity,
};

use crate::laws::{ask, equal, for_compiled_cases, scaled, sum};

/// Everything of an order but what it breaks and the fingerprint of what was asked.
fn prices(order: &PricedOrder) -> PricedOrder {
    let mut order = order.clone();
    order.violations.clear();
    order.basis.request = order.basis.book;
    order
}

/// Without what is said of excluded lines: an approval may let another rule exclude them.
fn broken(order: &PricedOrder, holds: impl Fn(&&Violation) -> bool) -> Vec<&Violation> {
    let is_other = |violation: &&Violation| violation.code != ViolationCode::Excluded;
    order.violations.iter().filter(is_other).filter(holds).collect()
}

#[test]
fn approval_changes_no_price() {
    for_compiled_cases(300, |case, book, _| {
        let Ok(order) = ask(book, &case.request) else { return Ok(()) };
        let roles: Vec<RoleId> = order.violations.iter().filter_map(|violation| violation.role.clone()).collect();
        let mut request = case.request.clone();
        request.facts.authority.roles.extend(roles.clone());
        let approved = ask(book, &request).map_err(|error| error.to_string())?;
        equal(&prices(&approved), &prices(&order), "the order with approvals")?;
        let stays = |violation: &&Violation| {
            let is_approved = violation.role.as_ref().is_some_and(|role| roles.contains(role));
            !is_approved || violation.severity != ViolationSeverity::NeedsApproval
        };
        equal(&broken(&approved, |_| true), &broken(&order, stays), "what is broken still")
    });
}

fn product<'d>(documents: &'d Documents, line: &PricedLine) -> Option<&'d Product> {
    let mut products = documents.catalogs.iter().flat_map(|catalog| &catalog.products);
    products.find(|product| product.sku == line.sku).filter(|product| Some(&product.unit) == line.unit.as_ref())
}

/// What a line comes to before commitments, the end and tax, with its shares of the document.
fn running(line: &PricedLine) -> i128 {
    let is_after = |kind| matches!(kind, StepKind::Commitment | StepKind::Rounding | StepKind::Tax);
    let steps: Vec<_> = line.steps.iter().filter(|step| !is_after(step.step)).cloned().collect();
    let exact = |money: Money| -> Exact { money.amount().parse().unwrap() };
    sum(&steps) + line.shares.iter().map(|share| scaled(exact(share.amount))).sum::<i128>()
}

/// Where nothing comes after the guards, and tax is not taken out of shares, no line is below a floor that clamps.
#[test]
fn no_line_ends_below_its_floor() {
    for_compiled_cases(300, |case, book, _| {
        let tenant = &case.documents.tenant;
        let after = tenant.procedure.iter().skip_while(|entry| !matches!(entry, ProcedureEntry::Guards));
        let is_last = !after.into_iter().any(|entry| matches!(entry, ProcedureEntry::Step(_)));
        let is_net = tenant.tax.is_none() || case.request.prices.unwrap_or(tenant.prices) == TaxSide::Net;
        let Some(order) = ask(book, &case.request).ok().filter(|order| order.currency == tenant.currency) else {
            return Ok(());
        };
        let goods = order.lines.iter().filter(|line| line.net.is_some() && !line.quantity.is_negative());
        for line in goods.filter(|_| is_last && is_net) {
            let guards = product(&case.documents, line).map(|product| &product.guards);
            let Some(guards) = guards.filter(|guards| guards.breach == Breach::Clamp) else { continue };
            for bound in [guards.floor, guards.map].into_iter().flatten() {
                // Both are below 10^18 at six and ten decimals; the bound is rounded to ten.
                let bound = scaled(bound).checked_mul(line.quantity.scaled(6).unwrap());
                let (is, least) = (running(line), bound.unwrap_or(i128::MIN) / 1_000_000);
                equal(&(is >= least), &true, &format!("line {} runs at {is}, its floor is {least}", line.id))?;
            }
        }
        Ok(())
    });
}
