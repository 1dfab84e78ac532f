//! The order of the lines decides nothing but which of tied lines takes an odd unit (R4, R10).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{
    ActsAt, ConversionStage, CountScope, Exact, FinalStage, LineId, PricedLine, PricedOrder, ProcedureEntry, Step,
    StepKind, TaxSide, TierMode, Violation,
};
use emptor_pricing::{Detail, compile, price};
use emptor_reference::generate::Case;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::laws::{ask, equal, for_compiled_cases, scaled, sum};

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
    if shares_amounts(case) {
        // An odd unit changes what later steps, guards and rules see: here only that nothing is lost.
        let ids = |order: &PricedOrder| order.lines.iter().map(|line| line.id.clone()).collect::<BTreeSet<_>>();
        return equal(&ids(one), &ids(other), "the lines");
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
    if !shared(one) {
        equal(&one.totals, &other.totals, "totals")?;
        equal(&odd_units(one), &odd_units(other), "the odd units, as a multiset")?;
    }
    Ok(())
}

/// Whether something may be shared over lines after their prices.
fn shares_amounts(case: &Case) -> bool {
    let Case { documents, request, .. } = case;
    let on_order = |entry: &ProcedureEntry| matches!(entry, ProcedureEntry::Step(step) if step.at == ActsAt::Order);
    let budgets = documents.adjustments.iter().any(|adjustment| adjustment.budget.is_some());
    let versions = documents.contracts.iter().flat_map(|contract| &contract.versions);
    let commitments = versions.into_iter().any(|version| version.commitment.is_some());
    let gross = request.prices.unwrap_or(documents.tenant.prices) == TaxSide::Gross;
    documents.tenant.procedure.iter().any(on_order)
        || budgets
        || commitments
        || (gross && documents.tenant.tax.is_some())
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

fn odd_units(order: &PricedOrder) -> Vec<i128> {
    let end = |step: &&Step| step.step != StepKind::Price;
    let steps = order.lines.iter().flat_map(|line| &line.steps).filter(end);
    let mut amounts: Vec<i128> = steps.map(|step| scaled(step.amount)).collect();
    amounts.sort_unstable();
    amounts
}
