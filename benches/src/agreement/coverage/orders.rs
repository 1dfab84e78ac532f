//! What an order as a whole shows: guards, tax, totals and what it breaks (R9, R11, R12).

use emptor_core::{PricedOrder, Source, TaxSide, ViolatedRule};
use emptor_reference::generate::Case;

use super::word;

/// The rows: what they begin with, and what follows; codes of violations come besides.
pub(super) const ROWS: [(&str, &str); 15] = [
    ("set to the floor of the ", "product entry price_list"),
    ("set to the map of the ", "product entry"),
    ("set to the margin of the ", "product entry tenant"),
    ("set to the discount of the ", "product entry tenant"),
    ("set to the ceiling of the ", "product entry"),
    ("commitment ", "lowers raises"),
    ("tax, net, by ", "unit line category document"),
    ("tax, gross, by ", "unit line category document"),
    ("tax of ", "nothing zero several return charge gift share"),
    ("total: ", "allowances charges prepaid rounding"),
    ("order with ", "processing_date applied"),
    ("severity: ", "reject needs_approval warning not_judged"),
    ("broken of ", "order_rule contract guard organization nobody"),
    ("broken guard of ", "product entry price_list tenant"),
    ("fix: ", "set_quantity remove_line add_value reduce_value approve"),
];

/// The rows that a case meets, each as often as it does.
pub(super) fn met(case: &Case, order: &PricedOrder) -> Vec<String> {
    let mut met = of_guards(order);
    met.extend(of_tax(case, order));
    let totals = &order.totals;
    let stated = [
        ("total: allowances", totals.allowances.is_some()),
        ("total: charges", totals.charges.is_some()),
        ("total: prepaid", totals.prepaid.is_some()),
        ("total: rounding", totals.rounding.is_some()),
        ("order with processing_date", order.processing_date.is_some()),
        ("order with applied", !order.applied.is_empty()),
    ];
    met.extend(stated.into_iter().filter(|(_, stated)| *stated).map(|(name, _)| name.to_owned()));
    for violation in &order.violations {
        met.push(violation.code.code().to_owned());
        met.push(format!("severity: {}", word(&violation.severity)));
        met.push(format!("broken of {}", violation.by.as_ref().map_or_else(|| "nobody".to_owned(), word)));
        if let Some(ViolatedRule::Guard(of)) = &violation.by {
            met.push(format!("broken guard of {}", word(of)));
        }
        met.extend(violation.fix.iter().map(|fix| format!("fix: {}", word(fix))));
    }
    met
}

fn of_guards(order: &PricedOrder) -> Vec<String> {
    let mut met = Vec::new();
    for step in order.lines.iter().flat_map(|line| &line.steps) {
        if let Some(guard) = &step.guard {
            met.push(format!("set to the {} of the {}", word(&guard.kind), word(&guard.of)));
        }
        if step.commitment.is_some() {
            let how = if step.amount.is_negative() { "lowers" } else { "raises" };
            met.push(format!("commitment {how}"));
        }
    }
    met
}

fn of_tax(case: &Case, order: &PricedOrder) -> Vec<String> {
    let tenant = &case.documents.tenant;
    let Some(regime) = tenant.tax.as_ref().filter(|_| !order.tax.is_empty()) else { return Vec::new() };
    let side = case.request.prices.unwrap_or(tenant.prices);
    let side = if side == TaxSide::Net { "net" } else { "gross" };
    let mut met = vec![format!("tax, {side}, by {}", word(&regime.rounding))];
    let of_group = |group: &emptor_core::TaxSubtotal| if group.rate_id.is_none() { "nothing" } else { "zero" };
    let without = order.tax.iter().filter(|group| group.percent.is_zero());
    met.extend(without.map(|group| format!("tax of {}", of_group(group))));
    let returns = order.lines.iter().filter(|line| {
        let price = line.steps.first().and_then(|step| step.price.as_ref());
        price.is_some_and(|price| price.source == Source::Recorded)
    });
    let others = [
        ("several", order.tax.len() > 1),
        ("return", returns.count() > 0),
        ("charge", !order.charges.is_empty()),
        ("gift", !order.gifts.is_empty()),
        ("share", !order.document_steps.is_empty()),
    ];
    met.extend(others.into_iter().filter(|(_, is_met)| *is_met).map(|(name, _)| format!("tax of {name}")));
    met
}
