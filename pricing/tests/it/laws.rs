//! What holds for every book and every request, on generated ones.

use emptor_core::{
    ConversionStage, CountScope, Documents, Exact, FinalStage, Instant, LineId, Money, NoPrice, Parent, PriceListId,
    PriceRequest, PricedLine, PricedOrder, RateId, Signature, Sku, Step, StepKind, TenantId, Termination, TierMode,
    Validity, When, canonical_json,
};
use emptor_pricing::{Detail, PriceBook, PricingError, compile, price};
use emptor_reference::generate::{Case, case};
use proptest::prelude::{ProptestConfig, any};
use proptest::test_runner::{TestCaseError, TestError, TestRunner};

use crate::conformance::prices;
use crate::reference;

/// Asks `holds` about this many generated cases that compile; the others do not count.
pub(crate) fn for_compiled_cases(count: u32, holds: impl Fn(&Case, &PriceBook, &[u8]) -> Result<(), String>) {
    let config = ProptestConfig {
        cases: count,
        max_global_rejects: count.saturating_mul(10),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let choices = proptest::collection::vec(any::<u8>(), 0..4096);
    let outcome = TestRunner::new(config).run(&choices, |choices| {
        let case = case(&choices);
        let Ok(book) = compile(&case.documents, case.known_at) else {
            return Err(TestCaseError::reject("does not compile"));
        };
        holds(&case, &book, &choices).map_err(TestCaseError::fail)
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Abort(reason)) => panic!("too few cases compile: {reason}"),
        Err(TestError::Fail(reason, choices)) => {
            let Case { documents, known_at, request } = case(&choices);
            let text = |value: Result<String, serde_json::Error>| value.unwrap();
            panic!(
                "{reason}\nbook: {}\nknown_at: {known_at}\nrequest: {}",
                text(serde_json::to_string_pretty(&documents)),
                text(serde_json::to_string_pretty(&request))
            );
        }
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(one: &T, other: &T, what: &str) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what}: {one:#?}\nand {other:#?}")) }
}

type Answer = Result<PricedOrder, PricingError>;

fn ask(book: &PriceBook, request: &PriceRequest) -> Answer {
    price(book, request, Detail::Waterfall)
}

fn scaled(exact: Exact) -> i128 {
    exact.scaled(10).unwrap()
}

#[test]
fn engine_agrees_with_reference() {
    for_compiled_cases(1000, |case, book, _| {
        let engine = ask(book, &case.request).map_err(|error| error.code());
        let reference = reference::price(book, &case.documents, case.known_at, &case.request);
        if let (Ok(engine), Ok(reference)) = (&engine, &reference) {
            for (line, other) in engine.lines.iter().zip(&reference.lines) {
                equal(
                    &canonical_json(line).unwrap(),
                    &canonical_json(other).unwrap(),
                    "a line by engine and reference",
                )?;
            }
        }
        equal(&engine, &reference, "engine and reference")
    });
}

#[test]
fn parts_sum_to_the_whole() {
    for_compiled_cases(200, |case, book, _| {
        let Ok(order) = ask(book, &case.request) else { return Ok(()) };
        for line in &order.lines {
            equal(&line.net.is_some(), &line.no_price.is_none(), "a line has a net or a reason")?;
            let Some(net) = line.net else { continue };
            let steps: i128 = line.steps.iter().map(|step| scaled(step.amount)).sum();
            equal(&steps, &scaled(net.amount().parse().unwrap()), "steps and net")?;
        }
        let nets: i64 = order.lines.iter().filter_map(|line| line.net).map(Money::minor).sum();
        equal(&nets, &order.totals.line_extension.minor(), "nets and total")?;
        equal(&order.complete, &order.lines.iter().all(|line| line.net.is_some()), "complete")
    });
}

#[test]
fn permuting_lines_permutes_the_answer() {
    for_compiled_cases(200, |case, book, choices| {
        let mut request = case.request.clone();
        let turn = choices.iter().map(|&choice| usize::from(choice)).sum::<usize>();
        let count = request.lines.len();
        if count > 0 {
            request.lines.rotate_left(turn % count);
        }
        if turn.is_multiple_of(2) {
            request.lines.reverse();
        }
        match (ask(book, &case.request), ask(book, &request)) {
            (Ok(one), Ok(other)) => same_but_for_odd_units(case, &one, &other),
            (one, other) => equal(&one.map_err(|error| error.code()), &other.map_err(|error| error.code()), "refusals"),
        }
    });
}

/// Whether two answers have the same lines, in whatever order, up to which of equal ones has the odd unit.
fn same_but_for_odd_units(case: &Case, one: &PricedOrder, other: &PricedOrder) -> Result<(), String> {
    let shared = |order: &PricedOrder| order.lines.iter().any(shares_a_table);
    let tenant = &case.documents.tenant;
    let at_document = tenant.rounding.at == FinalStage::Document
        || tenant.conversion.as_ref().is_some_and(|conversion| conversion.at == ConversionStage::Document);
    for line in &one.lines {
        let same = line_of(other, &line.id).ok_or("a line is lost")?;
        if shares_a_table(line) {
            let table = |line: &PricedLine| line.steps.first().and_then(|step| step.price.clone());
            equal(&table(line), &table(same), "the table of a line, with its total")?;
        } else if at_document {
            equal(&line.no_price, &same.no_price, "the reason of a line")?;
            equal(&line.steps.first(), &same.steps.first(), "the price of a line")?;
        } else {
            equal(line, same, "a line")?;
        }
    }
    if !shared(one) {
        equal(&one.totals, &other.totals, "totals")?;
        equal(&odd_units(one), &odd_units(other), "the odd units, as a multiset")?;
    }
    Ok(())
}

/// Whether the line's price is a share in the total of a graduated table.
fn shares_a_table(line: &PricedLine) -> bool {
    let table = line.steps.first().and_then(|step| step.price.as_ref()?.table.as_ref());
    table.is_some_and(|table| table.mode == TierMode::Graduated && table.over != CountScope::Line)
}

fn line_of<'o>(order: &'o PricedOrder, id: &LineId) -> Option<&'o PricedLine> {
    order.lines.iter().find(|line| line.id == *id)
}

fn odd_units(order: &PricedOrder) -> Vec<i128> {
    let end = |step: &&Step| step.step != StepKind::Price;
    let steps = order.lines.iter().flat_map(|line| &line.steps).filter(end);
    let mut amounts: Vec<i128> = steps.map(|step| scaled(step.amount)).collect();
    amounts.sort_unstable();
    amounts
}

#[test]
fn pricing_again_is_equal() {
    for_compiled_cases(200, |case, book, _| {
        let text = |answer: Answer| answer.map(|order| order.canonical_json().unwrap()).map_err(|error| error.code());
        let again = compile(&case.documents, case.known_at).map_err(|wrong| format!("{wrong:?}"))?;
        let first = text(ask(book, &case.request));
        equal(&first, &text(ask(book, &case.request)), "from one book")?;
        equal(&first, &text(ask(&again, &case.request)), "from the documents again")
    });
}

#[test]
fn detail_never_changes_a_price() {
    for_compiled_cases(200, |case, book, _| {
        let at = |detail| price(book, &case.request, detail);
        let (least, usual, most) = (at(Detail::Price), at(Detail::Waterfall), at(Detail::Why));
        let stripped = |answer: &Answer| answer.as_ref().map(prices).map_err(PricingError::code);
        equal(&stripped(&least), &stripped(&usual), "price and waterfall")?;
        equal(&stripped(&usual), &stripped(&most), "waterfall and why")?;
        let (Ok(usual), Ok(most)) = (usual, most) else { return Ok(()) };
        for (line, why) in usual.lines.iter().zip(&most.lines) {
            equal(&line.steps, &why.steps, "the steps at why")?;
        }
        Ok(())
    });
}

#[test]
fn reasons_of_a_line_do_not_depend_on_other_lines() {
    for_compiled_cases(200, |case, book, _| {
        let Ok(order) = ask(book, &case.request) else { return Ok(()) };
        let is_of_the_line = |reason: &NoPrice| reason.code().starts_with("line.") || *reason == NoPrice::NoCandidate;
        for (line, requested) in order.lines.iter().zip(&case.request.lines) {
            let alone = PriceRequest { lines: vec![requested.clone()], ..case.request.clone() };
            let Ok(alone) = ask(book, &alone) else { continue };
            let reasons = [line.no_price, alone.lines.first().and_then(|line| line.no_price)];
            if reasons.iter().flatten().any(is_of_the_line) {
                equal(&reasons[0], &reasons[1], "the reason in the order and alone")?;
            }
        }
        Ok(())
    });
}

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
        contract.versions.iter_mut().for_each(|version| version.terms.reverse());
    }
    turned.fx_tables.reverse();
    for table in &mut turned.fx_tables {
        table.rates.reverse();
        table.chains.reverse();
    }
    turned
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
    known
}

/// The documents with one price, name or rule changed.
fn with_one_change(documents: &Documents, choice: u8) -> Documents {
    let mut other = documents.clone();
    let more = |exact: Exact| Exact::from_scaled(exact.scaled(10).unwrap_or(0) + 1, 10).unwrap();
    match choice % 6 {
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
        _ => other.organizations[0].name = Some("another".to_owned()),
    }
    other
}
