//! The order of the lines decides nothing but which of tied lines takes an odd unit (R4, R6, R10), what is rounded after it (R0),
//! and where a script breaks off a loop over them (R13).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{
    ActsAt, ConversionStage, CountScope, Documents, FinalStage, LineId, PriceRequest, PricedLine, PricedOrder,
    ProcedureEntry, Shown, Step, StepKind, TaxSide, TierMode, Violation,
};
use emptor_pricing::{Detail, PriceBook, compile};
use emptor_reference::generate::Case;
use proptest::prelude::*;
use serde_json::json;

use crate::laws::{ask, equal, for_compiled_cases, scaled, sum};
use crate::small_books::{self, DrawnLine};

/// The lines of a request in another order.
fn permuted(request: &PriceRequest, choices: &[u8]) -> PriceRequest {
    let mut request = request.clone();
    let turn = choices.iter().map(|&choice| usize::from(choice)).sum::<usize>();
    let count = request.lines.len();
    if count > 0 {
        request.lines.rotate_left(turn % count);
    }
    if turn.is_multiple_of(2) {
        request.lines.reverse();
    }
    request
}

#[test]
fn permuting_lines_permutes_the_answer() {
    for_compiled_cases(300, |case, book, choices| {
        if has_script_that_breaks_off(case) {
            return Ok(());
        }
        let request = permuted(&case.request, choices);
        let compare = |case: &Case, book: &PriceBook| match (ask(book, &case.request), ask(book, &request)) {
            (Ok(one), Ok(other)) => same_but_for_odd_units(case, &one, &other),
            (one, other) => equal(&one.map_err(|error| error.code()), &other.map_err(|error| error.code()), "refusals"),
        };
        compare(case, book)?;
        let alone = Case { documents: with_each_line_by_itself(case), ..case.clone() };
        compile(&alone.documents, alone.known_at).map_or(Ok(()), |book| compare(&alone, &book))
    });
}

/// Whether some script may leave a loop over `order.lines`, which are in the order of the request: what it gives may depend
/// on which lines came before. By its words: some that do not are among them, and the generator leaves such loops by
/// `break` alone.
fn has_script_that_breaks_off(case: &Case) -> bool {
    let scripts = &case.documents.scripts;
    let texts = scripts.iter().flat_map(|script| script.text.iter().chain(script.versions.iter().map(|one| &one.text)));
    texts.into_iter().any(|text| text.contains("order.lines") && text.contains("break"))
}

/// The documents with all steps on lines, and nothing that is shared over them.
fn with_each_line_by_itself(case: &Case) -> Documents {
    let mut documents = case.documents.clone();
    for entry in &mut documents.tenant.procedure {
        if let ProcedureEntry::Step(step) = entry {
            (step.at, step.shown) = (ActsAt::Line, Shown::Lines);
        }
    }
    documents.adjustments.retain(|rule| rule.effect.bundle.is_none() && rule.effect.gift.is_none());
    documents.adjustments.iter_mut().for_each(|rule| rule.budget = None);
    for version in documents.contracts.iter_mut().flat_map(|contract| &mut contract.versions) {
        version.commitment = None;
    }
    documents.tenant.guards.redistribute = false;
    if is_gross(case) {
        documents.tenant.tax = None;
    }
    documents
}

fn is_gross(case: &Case) -> bool {
    case.request.prices.unwrap_or(case.documents.tenant.prices) == TaxSide::Gross
}

/// Whether two answers have the same lines, in whatever order, up to which of equal ones has the odd unit.
fn same_but_for_odd_units(case: &Case, one: &PricedOrder, other: &PricedOrder) -> Result<(), String> {
    let shared = |order: &PricedOrder| order.lines.iter().any(shares_a_table);
    let tenant = &case.documents.tenant;
    if shares_amounts(case) {
        // An odd unit changes what later steps, guards and rules see: here only what comes before them.
        return same_prices(one, other);
    }
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
    // Steps and guards that come after it see the odd unit of a conversion.
    if !shared(one) && [one, other].into_iter().flat_map(|order| &order.lines).all(is_plain) {
        if at_document && tenant.rounding.at == FinalStage::Unit {
            // The odd unit of the conversion changes a price, which is rounded and counts by its quantity (R6).
            let converted = |step: &Step| step.step != StepKind::Rounding;
            equal(&sum_of_lines(one, converted), &sum_of_lines(other, converted), "the sum after conversion")?;
            equal(&odd_units(one, converted), &odd_units(other, converted), "the odd units of conversion")?;
        } else {
            // Which line has the odd unit may change its tax.
            equal(&one.totals.line_extension, &other.totals.line_extension, "the sum of the lines")?;
            equal(&odd_units(one, |_| true), &odd_units(other, |_| true), "the odd units, as a multiset")?;
        }
    }
    if !shared(one) && !at_document {
        equal(&one.totals, &other.totals, "totals")?;
        equal(&(&one.charges, &one.gifts, &one.tax), &(&other.charges, &other.gifts, &other.tax), "the rest")?;
        equal(&broken(one), &broken(other), "what is broken")?;
    }
    Ok(())
}

/// Whether nothing but prices and roundings made the line.
fn is_plain(line: &PricedLine) -> bool {
    let is_price = |step: &Step| matches!(step.step, StepKind::Price | StepKind::Conversion | StepKind::Rounding);
    line.steps.iter().all(is_price)
}

/// Whether two answers have the same lines with the same prices of R3.
fn same_prices(one: &PricedOrder, other: &PricedOrder) -> Result<(), String> {
    let ids = |order: &PricedOrder| order.lines.iter().map(|line| line.id.clone()).collect::<BTreeSet<_>>();
    equal(&ids(one), &ids(other), "the lines")?;
    for line in one.lines.iter().filter(|line| line.net.is_some() && !shares_a_table(line)) {
        let same = line_of(other, &line.id).filter(|same| same.net.is_some());
        same.map_or(Ok(()), |same| equal(&line.steps.first(), &same.steps.first(), "the price of a line"))?;
    }
    Ok(())
}

/// What an order breaks, without the lines on which it is said.
fn broken(order: &PricedOrder) -> Vec<String> {
    let without_lines =
        |violation: &Violation| Violation { line: None, other_line: None, fix: None, ..violation.clone() };
    let mut broken: Vec<String> = order.violations.iter().map(|one| format!("{:?}", without_lines(one))).collect();
    broken.sort_unstable();
    broken
}

/// Whether something may be shared over lines after their prices.
fn shares_amounts(case: &Case) -> bool {
    let documents = &case.documents;
    let on_order = |entry: &ProcedureEntry| matches!(entry, ProcedureEntry::Step(step) if step.at == ActsAt::Order);
    let budgets = documents.adjustments.iter().any(|adjustment| adjustment.budget.is_some());
    let versions = documents.contracts.iter().flat_map(|contract| &contract.versions);
    let commitments = versions.into_iter().any(|version| version.commitment.is_some());
    documents.tenant.procedure.iter().any(on_order)
        || budgets
        || commitments
        || (is_gross(case) && documents.tenant.tax.is_some())
        || documents.tenant.guards.redistribute
}

/// Whether the line's price is a share in the total of a graduated table.
fn shares_a_table(line: &PricedLine) -> bool {
    let table = line.steps.first().and_then(|step| step.price.as_ref()?.table.as_ref());
    table.is_some_and(|table| table.mode == TierMode::Graduated && table.over != CountScope::Line)
}

fn line_of<'o>(order: &'o PricedOrder, id: &LineId) -> Option<&'o PricedLine> {
    order.lines.iter().find(|line| line.id == *id)
}

fn sum_of_lines(order: &PricedOrder, is_counted: impl Fn(&Step) -> bool) -> i128 {
    let steps = order.lines.iter().flat_map(|line| &line.steps);
    steps.filter(|step| is_counted(step)).map(|step| scaled(step.amount)).sum()
}

/// What the steps after the price come to, of those that count, whichever line they are of.
fn odd_units(order: &PricedOrder, is_counted: impl Fn(&Step) -> bool) -> Vec<i128> {
    let is_after_price = |step: &&Step| step.step != StepKind::Price && is_counted(step);
    let steps = order.lines.iter().flat_map(|line| &line.steps).filter(is_after_price);
    let mut amounts: Vec<i128> = steps.map(|step| scaled(step.amount)).collect();
    amounts.sort_unstable();
    amounts
}

/// The book of a step that takes the best of two rules, and then a percent of the order, shared in some way.
fn shared_order(share_by: &str, percent: u32, lines: &[DrawnLine]) -> PriceBook {
    let effect = if share_by == "value" { "percent_off" } else { "percent_added" };
    let procedure = json!([
        { "step": { "name": "promo", "choose": "best" } },
        { "step": { "name": "order", "at": "order", "share_by": share_by } }]);
    let adjustments = [
        json!({ "adjustment": "a", "step": "promo", "effect": { "percent_off": "7" } }),
        json!({ "adjustment": "b", "step": "promo", "effect": { "amount_off": "0.50" } }),
        json!({ "adjustment": "c", "step": "order", "effect": { effect: percent.to_string() } }),
    ];
    small_books::book(lines, &procedure, &adjustments)
}

/// By line its part of the order's change in minor units, and by remainder who has an odd unit.
type Shares = (BTreeMap<LineId, i128>, BTreeMap<i128, Vec<i128>>);

fn shares(order: &PricedOrder, share_by: &str) -> Result<Shares, TestCaseError> {
    let is_of_order = |step: &&Step| step.adjustment.as_ref().is_some_and(|detail| detail.of_order.is_some());
    let mut parts = Vec::new();
    for line in &order.lines {
        let before: Vec<Step> = line.steps.iter().take_while(|step| !is_of_order(step)).cloned().collect();
        let weight = match share_by {
            "value" => sum(&before),
            "base_value" => scaled(before[0].amount),
            "quantity" => scaled(line.quantity),
            _ => 1,
        };
        let part = line.steps.iter().find(is_of_order).map_or(0, |step| scaled(step.amount).abs() / 100_000_000);
        parts.push((line.id.clone(), weight, part));
    }
    let (total, weights) = parts.iter().fold((0, 0), |sums, (_, weight, part)| (sums.0 + part, sums.1 + weight));
    let mut odd: BTreeMap<i128, Vec<i128>> = BTreeMap::new();
    for (id, weight, part) in parts.iter().filter(|_| weights > 0) {
        let more = part - total * weight / weights;
        prop_assert!((0..=1).contains(&more), "line {id} has {part} of {total}");
        odd.entry(total * weight % weights).or_default().push(more);
    }
    for more in odd.values_mut() {
        more.sort_unstable();
    }
    // The line with the larger remainder comes first: among those with an odd unit there is none that is smaller.
    let (least, most) = odd.iter().fold((None, None), |(least, most), (remainder, more)| {
        let least = if more.contains(&1) { least.or(Some(*remainder)) } else { least };
        (least, if more.contains(&0) { Some(*remainder) } else { most })
    });
    prop_assert!(least.zip(most).is_none_or(|(least, most)| most <= least), "{odd:?}");
    Ok((parts.into_iter().map(|(id, _, part)| (id, part)).collect(), odd))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn permuting_lines_moves_odd_units_among_tied_lines_only(
        share_by in prop::sample::select(vec!["value", "base_value", "quantity", "equal"]),
        percent in 1_u32..60,
        drawn in prop::collection::vec((1_u32..5000, prop_oneof![Just(3_u32), 1_u32..20]), 1..8),
        twice in 0_usize..8,
        turn in 0_usize..8,
    ) {
        // One of the lines is there twice, so that some are tied.
        let mut drawn = drawn;
        drawn.push(drawn[twice % drawn.len()]);
        let book = shared_order(share_by, percent, &drawn);
        let mut lines = small_books::lines(&drawn);
        let one = small_books::ask(&book, &lines, Detail::Waterfall);
        let turn = turn % lines.len();
        lines.rotate_left(turn);
        lines.reverse();
        let other = small_books::ask(&book, &lines, Detail::Waterfall);
        prop_assert_eq!(&one.totals, &other.totals);
        let (of_one, of_other) = (shares(&one, share_by)?, shares(&other, share_by)?);
        prop_assert_eq!(&of_one.1, &of_other.1, "by remainder, who has an odd unit");
        for (id, part) in &of_one.0 {
            prop_assert!((part - of_other.0[id]).abs() <= 1, "line {} has {} and {}", id, part, of_other.0[id]);
        }
    }
}
