//! The book after a change, from the one before and what was read anew.

use std::sync::Arc;

use emptor_core::{Diagnostic, Digest};

use super::sources::Taken;
use crate::book::{GuardTable, PriceBook};
use crate::compile::{Builder, ids};
use crate::plan::Plans;
use crate::procedure::{RuleIndex, RuleOf};
use crate::short;
use crate::table::Scope;

/// The book of what a builder has, whose sources come from the book before or are new. None: more than prices changed.
pub(super) fn of(
    old: &PriceBook,
    builder: Builder<'_>,
    (plans, warnings): (Plans, Vec<Diagnostic>),
    fingerprint: Digest,
    from: &[Taken],
) -> Option<PriceBook> {
    let new_prices_categories =
        from.iter().zip(&builder.laid).any(|(from, entries)| matches!(from, Taken::New(_)) && entries.has_categories());
    let mixes_sides = builder.sources.iter().any(|source| source.side != old.taxes.side);
    let has_floors = builder.sources.iter().any(|source| source.is_floor);
    if mixes_sides != old.taxes.mixed_sides || has_floors != old.guards.has_lists {
        return None;
    }
    let numbers = numbers(from, old.sources.len());
    let commitments = old.commitments.iter();
    let commitments = commitments.map(|(source, plan)| Some((*numbers.get(*source as usize)?, *plan)));
    let mut book = PriceBook {
        fingerprint,
        known_at: builder.known_at,
        warnings,
        tenant: old.tenant.clone(),
        ids: ids(&builder.names, &builder.shapes),
        names: builder.names,
        products: Arc::clone(&old.products),
        unit_tables: Arc::clone(&old.unit_tables),
        group_sets: Arc::clone(&old.group_sets),
        unit_decimals: builder.unit_decimals,
        category_parents: Arc::clone(&old.category_parents),
        plans,
        sources: builder.sources,
        entries: builder.laid,
        counts_over_lines: builder.shapes.iter().any(|shape| shape.scope != Scope::Line),
        shapes: builder.shapes,
        prices_categories: old.prices_categories || new_prices_categories,
        rates: old.rates.clone(),
        rate_chains: old.rate_chains.clone(),
        facts: Arc::clone(&old.facts),
        facts_of: Arc::clone(&old.facts_of),
        procedure: old.procedure.clone(),
        short: old.short.clone(),
        guards: guards(&old.guards, builder.entry_guards),
        commitments: commitments.collect::<Option<_>>()?,
        taxes: old.taxes.clone(),
        order_rules: old.order_rules.clone(),
        scripts: old.scripts.clone(),
        goes_on: false,
        has_sides_or_floors: false,
        only_currency: None,
    };
    book.note_what_holds_throughout();
    renumber_discounts(&mut book, &numbers);
    Some(book)
}

/// By source of the book before: its number in the next one, or that of none.
fn numbers(from: &[Taken], before: usize) -> Vec<u32> {
    let mut numbers = vec![crate::table::NONE; before];
    for (from, next) in from.iter().zip(0..) {
        if let Taken::Before(source) = from
            && let Some(number) = numbers.get_mut(*source as usize)
        {
            *number = next;
        }
    }
    numbers
}

/// The guards of a book, with those of new entries.
fn guards(old: &GuardTable, new: Vec<crate::guard::GuardPlan>) -> GuardTable {
    let mut guards = old.clone();
    if !new.is_empty() {
        guards.are_stated = true;
        guards.of_entries = old.of_entries.iter().cloned().chain(new).collect();
    }
    guards
}

/// Lets the discounts of contracts, none of which changed, name their contracts by their new numbers.
fn renumber_discounts(book: &mut PriceBook, numbers: &[u32]) {
    let mut are_renumbered = false;
    for rule in &mut book.procedure.rules {
        if let RuleOf::Contract { source, .. } = &mut rule.of {
            let next = numbers.get(*source as usize).copied().unwrap_or(*source);
            are_renumbered |= next != *source;
            *source = next;
        }
    }
    if are_renumbered {
        book.procedure.index = RuleIndex::of(&book.procedure.rules);
        short::read_rules(book);
    }
}
