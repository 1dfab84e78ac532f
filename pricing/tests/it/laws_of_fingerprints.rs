//! The fingerprint of a book changes when and only when what it was compiled from does (R15), on generated ones.

use emptor_core::{
    AdjustmentId, Documents, Exact, IndexValue, Instant, OrderRuleId, Parent, PriceListId, RateId, Signature, Sku,
    TaxRate, TaxSide, TenantId, Term, Termination, Validity, When,
};
use emptor_pricing::compile;
use emptor_reference::generate::Case;

use crate::laws::{ask, equal, for_compiled_cases};

#[test]
fn the_fingerprint_changes_when_and_only_when_the_inputs_do() {
    for_compiled_cases(200, |case, book, choices| {
        let Case { documents, known_at, request } = case;
        let fingerprint = |documents: &Documents| compile(documents, *known_at).map(|book| book.fingerprint());
        equal(&fingerprint(&turned(documents)), &Ok(book.fingerprint()), "the documents in another order")?;
        if *known_at < Instant::MAX {
            let later = Instant::from_micros(known_at.micros().saturating_add(1));
            equal(&fingerprint(&with_later_records(documents, later)), &Ok(book.fingerprint()), "with later records")?;
        }
        let other = with_one_change(documents, choices.first().copied().unwrap_or(0));
        if let Ok(other) = fingerprint(&other) {
            equal(&(other == book.fingerprint()), &false, "one change gives the same fingerprint")?;
        }
        let Ok(order) = ask(book, request) else { return Ok(()) };
        if let Ok(turned) = compile(&turned(documents), *known_at) {
            equal(&ask(&turned, request), &Ok(order.clone()), "the answer from the documents in another order")?;
        }
        let mut request = request.clone();
        for line in &mut request.lines {
            line.sku = Sku::new("another").unwrap();
        }
        match ask(book, &request) {
            Ok(other) if !request.lines.is_empty() => {
                equal(&(other.basis.request == order.basis.request), &false, "another request, one fingerprint")
            }
            _ => Ok(()),
        }
    });
}

/// The documents with everything that has no order turned round.
fn turned(documents: &Documents) -> Documents {
    let mut turned = documents.clone();
    turned.organizations.reverse();
    for organization in &mut turned.organizations {
        organization.groups.reverse();
        organization.parents.reverse();
    }
    turned.catalogs.reverse();
    for catalog in &mut turned.catalogs {
        catalog.categories.reverse();
        catalog.units.reverse();
        catalog.conversions.reverse();
        catalog.products.reverse();
    }
    turned.price_lists.reverse();
    for list in &mut turned.price_lists {
        list.assigned_to.reverse();
        list.entries.reverse();
        list.versions.reverse();
        for version in &mut list.versions {
            version.assigned_to.reverse();
            version.entries.reverse();
        }
    }
    turned.contracts.reverse();
    for contract in &mut turned.contracts {
        contract.versions.reverse();
        // Discounts and order rules are named by their place among the terms.
        let named_by_place = |term: &Term| term.discount.is_some() || term.order_rule.is_some();
        for version in contract.versions.iter_mut().filter(|version| !version.terms.iter().any(named_by_place)) {
            version.terms.reverse();
        }
    }
    turned.fx_tables.reverse();
    for table in &mut turned.fx_tables {
        table.rates.reverse();
        table.chains.reverse();
    }
    turn_rules(&mut turned);
    turned
}

/// What changes prices and what orders keep to, turned round as the rest.
fn turn_rules(documents: &mut Documents) {
    documents.tenant.cash_roundings.reverse();
    documents.adjustments.reverse();
    for adjustment in &mut documents.adjustments {
        adjustment.charges.reverse();
        adjustment.excludes.reverse();
    }
    documents.order_rules.reverse();
    documents.tax_tables.reverse();
    documents.tax_tables.iter_mut().for_each(|table| table.rates.reverse());
    documents.index_tables.reverse();
    documents.index_tables.iter_mut().for_each(|table| table.values.reverse());
}

/// The documents with what was recorded at `later`: versions, parents, rates, an approval and an end.
fn with_later_records(documents: &Documents, later: Instant) -> Documents {
    let mut known = documents.clone();
    let signature = || Signature { by: "sales".to_owned(), at: later };
    for contract in &mut known.contracts {
        for version in &mut contract.versions {
            let early = version.recorded_at.is_none_or(|at| at < later);
            let approved = version.approved.as_ref().map(|signature| signature.at);
            if approved.is_some_and(|at| at < later) && version.terminated.is_none() {
                let from = When::Instant(later);
                version.terminated = Some(Termination { from, recorded_at: later });
            } else if approved.is_none() && early && version.submitted.as_ref().is_none_or(|by| by.at <= later) {
                version.approved = Some(signature());
            }
        }
        if let Some(mut next) = contract.versions.first().cloned() {
            next.number = contract.versions.iter().map(|version| version.number).max().unwrap_or(0) + 1;
            (next.recorded_at, next.submitted) = (Some(later), None);
            (next.approved, next.terminated) = (Some(signature()), None);
            contract.versions.push(next);
        }
    }
    for list in &mut known.price_lists {
        if let Some(mut next) = list.versions.first().cloned() {
            next.number = list.versions.iter().map(|version| version.number).max().unwrap_or(0) + 1;
            next.recorded_at = Some(later);
            list.versions.push(next);
        }
    }
    if let Some(up) = known.organizations.first().map(|unit| unit.organization.clone()) {
        let recorded_at = Some(later);
        let parent = |organization| Parent { organization, valid: Validity::default(), recorded_at };
        known.organizations.iter_mut().for_each(|unit| unit.parents.push(parent(up.clone())));
    }
    for table in &mut known.fx_tables {
        if let Some(mut rate) = table.rates.first().cloned() {
            rate.rate_id = RateId::new("recorded-later").unwrap();
            rate.recorded_at = Some(later);
            table.rates.push(rate);
        }
    }
    add_later_rules(&mut known, later);
    known
}

/// Adds rules, tax rates and index values that were recorded at `later`.
fn add_later_rules(known: &mut Documents, later: Instant) {
    if let Some(mut adjustment) = known.adjustments.first().cloned() {
        adjustment.adjustment = AdjustmentId::new("recorded-later").unwrap();
        adjustment.recorded_at = Some(later);
        known.adjustments.push(adjustment);
    }
    if let Some(mut rule) = known.order_rules.first().cloned() {
        rule.order_rule = OrderRuleId::new("recorded-later").unwrap();
        rule.recorded_at = Some(later);
        known.order_rules.push(rule);
    }
    let rate_id = || RateId::new("recorded-later").unwrap();
    for table in &mut known.tax_tables {
        let next = table.rates.first().cloned();
        table.rates.extend(next.map(|rate| TaxRate { rate_id: rate_id(), recorded_at: Some(later), ..rate }));
    }
    for table in &mut known.index_tables {
        let next = table.values.first().cloned();
        table.values.extend(next.map(|value| IndexValue { rate_id: rate_id(), recorded_at: Some(later), ..value }));
    }
}

/// The documents with one price, name or rule changed.
fn with_one_change(documents: &Documents, choice: u8) -> Documents {
    let mut other = documents.clone();
    let more = |exact: Exact| Exact::from_scaled(exact.scaled(10).unwrap_or(0) + 1, 10).unwrap();
    match choice % 10 {
        0 => {
            let lists = other.price_lists.iter_mut().filter(|list| list.versions.is_empty());
            let price = lists.flat_map(|list| &mut list.entries).find_map(|entry| entry.price.as_mut());
            match price {
                Some(price) => *price = more(*price),
                None => other.tenant.currency = "XPF".parse().unwrap(),
            }
        }
        1 if !other.contracts.is_empty() => other.contracts[0].priority = other.contracts[0].priority.wrapping_add(1),
        2 if !other.price_lists.is_empty() => other.price_lists[0].price_list = PriceListId::new("another").unwrap(),
        3 if other.catalogs.iter().any(|catalog| !catalog.products.is_empty()) => {
            let mut products = other.catalogs.iter_mut().flat_map(|catalog| &mut catalog.products);
            let product = products.next().unwrap();
            product.cost = Some(more(product.cost.unwrap_or_default()));
        }
        4 => other.tenant.tenant = TenantId::new("another").unwrap(),
        5 if !other.price_lists.is_empty() => {
            let list = &mut other.price_lists[0];
            list.prices = if list.prices.is_none() { Some(TaxSide::Net) } else { None };
        }
        6 if !other.contracts.is_empty() => {
            let contract = &mut other.contracts[0];
            contract.prices = if contract.prices.is_none() { Some(TaxSide::Net) } else { None };
        }
        7 if !other.adjustments.is_empty() => {
            let rule = &mut other.adjustments[0];
            (rule.recorded_at, rule.priority) = (None, rule.priority.wrapping_add(1));
        }
        8 if !other.order_rules.is_empty() => {
            let rule = &mut other.order_rules[0];
            (rule.recorded_at, rule.order_rule) = (None, OrderRuleId::new("another").unwrap());
        }
        _ => other.organizations[0].name = Some("another".to_owned()),
    }
    other
}
