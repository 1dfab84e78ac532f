//! What the rules that acted do, by the words of their documents (R7, R8).

use std::collections::BTreeSet;

use emptor_core::{Adjustment, Bundle, Condition, Discount, Documents, Effect, PricedOrder, RuleSource};
use emptor_reference::generate::Case;
use serde_json::Value;

use super::word;

/// The rows: what they begin with, and what follows.
pub(super) const ROWS: [(&str, &str); 10] = [
    ("effect: ", "percent_off percent_added amount_off amount_added price raise_to lower_to indexed bundle gift"),
    ("effect with ", "per at_most by"),
    ("indexed by ", "unit step"),
    ("graded by quantity over ", "line sku category group order"),
    ("graded by value over ", "line sku category group order"),
    ("bundle: ", "percent_off amount_off price set_amount_off set_price gives sets_max"),
    ("bundle gives ", "others cheapest dearest first"),
    ("rule with ", "exclusive always set budget uses_max charges excludes valid recorded_at currency"),
    ("condition: ", "all any not contains organization group region channel attributes currency coupon date weekday"),
    ("condition: ", "order_value sku category vendor product unit quantity unit_price line_value changed_by"),
];

/// The rows that a case meets, each once for each rule that acted.
pub(super) fn met(case: &Case, order: &PricedOrder) -> Vec<String> {
    let mut met = Vec::new();
    for source in acted(order) {
        match source {
            RuleSource::Adjustment(name) => {
                let written = case.documents.adjustments.iter().find(|other| other.adjustment == *name);
                met.extend(written.into_iter().flat_map(of_adjustment));
            }
            RuleSource::Contract { .. } => {
                if let Some(written) = discount(&case.documents, source) {
                    met.extend(of_effect(&written.effect));
                    met.extend([&written.when, &written.lines].into_iter().flat_map(of_condition));
                }
            }
            RuleSource::Manual { .. } => {}
        }
    }
    met
}

/// Whose rules changed something or gave a gift.
fn acted(order: &PricedOrder) -> BTreeSet<&RuleSource> {
    let of_lines = order.lines.iter().flat_map(|line| line.steps.iter().chain(&line.memo));
    let of_charges = order.charges.iter().flat_map(|charge| charge.steps.iter().chain(&charge.memo));
    let of_steps = of_lines.chain(of_charges).filter_map(|step| Some(&step.adjustment.as_ref()?.by));
    let of_document = order.document_steps.iter().map(|step| &step.by);
    of_steps.chain(of_document).chain(order.gifts.iter().map(|gift| &gift.by)).collect()
}

fn discount<'d>(documents: &'d Documents, source: &RuleSource) -> Option<&'d Discount> {
    let RuleSource::Contract { contract, version, term } = source else { return None };
    let contract = documents.contracts.iter().find(|other| other.contract == *contract)?;
    let version = contract.versions.iter().find(|other| other.number == *version)?;
    let place = usize::try_from(*term).ok()?.checked_sub(1)?;
    version.terms.get(place)?.discount.as_ref()
}

fn of_adjustment(adjustment: &Adjustment) -> Vec<String> {
    let mut met = of_effect(&adjustment.effect);
    met.extend([&adjustment.when, &adjustment.lines].into_iter().flat_map(of_condition));
    let with = [
        ("set", adjustment.set.is_some()),
        ("budget", adjustment.budget.is_some()),
        ("uses_max", adjustment.uses_max.is_some()),
        ("charges", !adjustment.charges.is_empty()),
        ("excludes", !adjustment.excludes.is_empty()),
        ("valid", !adjustment.valid.is_always()),
        ("recorded_at", adjustment.recorded_at.is_some()),
        ("currency", adjustment.currency.is_some()),
    ];
    let stated = with.into_iter().filter(|(_, stated)| *stated).map(|(name, _)| name.to_owned());
    met.extend(
        stated.chain([word(&adjustment.mode)]).filter(|name| name != "normal").map(|name| format!("rule with {name}")),
    );
    met
}

fn of_effect(effect: &Effect) -> Vec<String> {
    let with = |key: &str| ["per", "at_most", "by"].contains(&key);
    let keys = keys(effect).into_iter().map(|(key, _)| key);
    let mut met: Vec<String> =
        keys.map(|key| if with(&key) { format!("effect with {key}") } else { format!("effect: {key}") }).collect();
    if let Some(by) = &effect.by {
        met.push(format!("graded by {} over {}", word(&by.base), word(&by.over)));
    }
    if let Some(indexed) = &effect.indexed {
        met.push(format!("indexed by {}", if indexed.unit.is_some() { "unit" } else { "step" }));
    }
    met.extend(effect.bundle.iter().flat_map(of_bundle));
    met
}

fn of_bundle(bundle: &Bundle) -> Vec<String> {
    let keys = keys(bundle).into_iter().map(|(key, _)| key);
    let mut met: Vec<String> = keys.filter(|key| key != "takes").map(|key| format!("bundle: {key}")).collect();
    met.extend(bundle.takes.iter().flat_map(|taken| of_condition(&taken.lines)));
    if let Some(given) = &bundle.gives {
        met.push(format!("bundle gives {}", word(&given.choose)));
        met.extend(given.lines.iter().map(|_| "bundle gives others".to_owned()));
        met.extend(given.lines.iter().flat_map(of_condition));
    }
    met
}

/// The fields that a condition states, those of nested ones as well.
fn of_condition(condition: &Condition) -> Vec<String> {
    let nested = condition.all.iter().chain(&condition.any);
    let nested = nested.chain(condition.not.as_deref()).chain(condition.contains.as_deref());
    let stated = keys(condition).into_iter().map(|(key, _)| format!("condition: {key}"));
    stated.chain(nested.flat_map(of_condition)).collect()
}

/// What a document states.
fn keys(document: &impl serde::Serialize) -> serde_json::Map<String, Value> {
    match serde_json::to_value(document) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    }
}
