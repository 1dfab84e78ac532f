//! What is generated: documents and requests that survive JSON, plain cases and such with rules, every word of R7 to R12.

use std::collections::BTreeSet;

use emptor_core::{Documents, PriceRequest, Script};
use emptor_reference::generate::{Case, bytes, case};
use serde_json::Value;

fn cases() -> impl Iterator<Item = Case> {
    (0..1500).map(|seed| case(&bytes(seed)))
}

#[test]
fn a_case_is_the_same_after_json() {
    for Case { documents, request, .. } in cases().take(300) {
        let text = serde_json::to_string(&documents).unwrap();
        assert_eq!(serde_json::from_str::<Documents>(&text).unwrap(), documents);
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<PriceRequest>(&text).unwrap(), request);
    }
}

#[test]
fn a_quarter_is_prices_alone() {
    let plain = |case: &Case| {
        let Case { documents, request, .. } = case;
        let tenant = &documents.tenant;
        let asks = !request.charges.is_empty() || !request.coupons.is_empty() || request.cash;
        let written = [documents.adjustments.len(), documents.order_rules.len(), documents.tax_tables.len()];
        tenant.procedure.is_empty() && tenant.tax.is_none() && tenant.guards.is_empty() && written == [0; 3] && !asks
    };
    let count = cases().filter(plain).count();
    assert!((300..600).contains(&count), "{count} of 1500");
}

#[test]
fn a_third_has_scripts_of_every_word_of_the_language() {
    let of_cases = cases().map(|case| case.documents.scripts).filter(|scripts| !scripts.is_empty());
    let of_cases: Vec<Vec<Script>> = of_cases.collect();
    assert!((400..650).contains(&of_cases.len()), "{} of 1500", of_cases.len());
    let texts = of_cases.iter().flatten().filter_map(|script| script.text.as_deref());
    let all: String = texts.collect::<Vec<_>>().join("\n");
    let expected = "
        let const fn if else switch for while loop do break; continue; return throw in !in && || !( == != < <= > >=
        + - * / % += -= *= /= %= _ =>
        min( max( abs( clamp( floor( ceiling( round( round_to( number( text( half_up half_even half_down up down
        starts_with ends_with contains size() push( violation(
        .sku .category .vendor .unit .attributes[ .is_in( .quantity .quantity_in( .converts_to( .cost .has_cost
        .prior_quantity .prior_value .amount .base .list .unit_price
        order.currency order.lines order.line_count order.prior_quantity order.prior_value order.total order.quantity_in(
        buyer.organization buyer.lineage buyer.groups request.region request.channel request.attributes[ request.coupons
        request.year request.month request.day request.weekday params.";
    let missing: Vec<&str> = expected.split_whitespace().filter(|word| !all.contains(word)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Every key of a value, and every text of a key as `key=text`.
fn words(value: &Value, key: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                found.insert(key.clone());
                words(value, key, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| words(value, key, found)),
        Value::String(text) => drop(found.insert(format!("{key}={text}"))),
        Value::Bool(truth) => drop(found.insert(format!("{key}={truth}"))),
        Value::Null | Value::Number(_) => {}
    }
}

#[test]
fn every_word_of_the_rules_is_met() {
    let mut found = BTreeSet::new();
    for Case { documents, request, .. } in cases() {
        words(&serde_json::to_value(&documents).unwrap(), "", &mut found);
        words(&serde_json::to_value(&request).unwrap(), "", &mut found);
    }
    let expected = "
        at=line at=order at=unit at=result on=running on=base on=list subtotal step of=list of=base name=contract
        choose=compound choose=additive choose=best choose=least
        counts_as=price counts_as=informational counts_as=accrual below_zero=true manual=true procedure=guards
        share_by=value share_by=base_value share_by=quantity share_by=equal weight
        share_rest=largest_remainder share_rest=first_lines share_rest=last_line shown=document excludes
        percent_off percent_added amount_off amount_added price raise_to lower_to indexed bundle gift per by at_most
        base=value over=sku over=order category group step percent
        takes gives sets_max choose=cheapest choose=dearest choose=first set_amount_off set_price
        mode=exclusive mode=always set budget uses_max charges currency recorded_at priority when for
        all any not contains organization region channel attributes coupon date weekday order_value sku vendor product
        unit quantity unit_price line_value changed_by at_least below
        discount order_rule commitment minimum maximum kept_as=floor prices=net prices=gross
        floor map ceiling margin_min discount_max breach=clamp breach=reject breach=needs_approval role redistribute=true
        rounding=unit rounding=line rounding=category rounding=document tax_category code=S code=AE reason
        severity=reject severity=needs_approval severity=warning quantity_min quantity_max quantity_increment
        allows incompatible order_value_min order_value_max lines_max weight_max
        approve_value approve_discount approve_margin cut_off holidays weekdays
        cash=true coupons adjustment manual_adjustment=true roles used commitments closes=true credit limit open_orders
        budget_used paid credit_limit cash_roundings
        scripts sees=goods sees=line sees=order returns=number returns=condition returns=violations text versions params
        type=number type=text type=condition type=index default script formula on_failure=skip value holds";
    let missing: Vec<&str> = expected.split_whitespace().filter(|word| !found.contains(*word)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
