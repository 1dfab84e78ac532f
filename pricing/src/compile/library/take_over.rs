//! What is taken over from the book before: its sources in their order, and its warnings.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{Contract, Diagnostic, DocumentKind, Instant, OrganizationId, Place};

use super::again::Change;
use super::sources::{Taken, assigned};
use crate::book::{PriceBook, PriceSource, SourceKind};
use crate::code::Code;
use crate::compile::asks::Asks;
use crate::compile::{Builder, Written, number};

impl<'d> Change<'d> {
    /// Puts the sources of the book before in their places among the new ones.
    pub(super) fn take_over(&self, builder: &mut Builder<'d>, from: &[Taken], buyers: &BTreeSet<&OrganizationId>) {
        let old = &self.before.book;
        let sources = std::mem::take(&mut builder.sources);
        builder.sources = from.iter().filter_map(|from| from.of(&old.sources, &sources)).collect();
        let laid = std::mem::take(&mut builder.laid);
        builder.laid = from.iter().filter_map(|from| from.of(&old.entries, &laid)).collect();
        let lists = self.after.price_lists.iter().map(|filed| (filed.document.price_list.as_str(), &*filed.document));
        let lists: BTreeMap<&str, _> = lists.collect();
        builder.assignments = builder.sources.iter().map(|source| assigned(&lists, source)).collect();
        let contracts = self.after.contracts.iter().map(|filed| &*filed.document);
        let contracts = contracts.filter(|contract| buyers.contains(&contract.organization));
        let contracts: BTreeMap<&str, &Contract> = contracts.map(|it| (it.contract.as_str(), it)).collect();
        builder.entry_places = builder.sources.iter().map(|source| place_of(source, &contracts)).collect();
    }

    /// The warnings of the book before that are of the next one, too: those of what did not change.
    pub(super) fn staying_warnings(&self, buyers: &BTreeSet<&OrganizationId>) -> Vec<Diagnostic> {
        let lists = self.gone.0.iter().chain(&self.new.price_lists).map(|list| list.price_list.as_str());
        let lists: BTreeSet<&str> = lists.collect();
        let contracts = self.gone.1.iter().chain(&self.new.contracts).map(|contract| contract.contract.as_str());
        let contracts: BTreeSet<&str> = contracts.collect();
        let of_buyers = self.after.contracts.iter().map(|filed| &*filed.document);
        let of_buyers = of_buyers.filter(|contract| buyers.contains(&contract.organization));
        let of_buyers: BTreeSet<&str> = of_buyers.map(|contract| contract.contract.as_str()).collect();
        let stays = |warning: &&Diagnostic| {
            let id = warning.place.id.as_str();
            match warning.place.kind {
                DocumentKind::PriceList => !lists.contains(id),
                DocumentKind::Contract => {
                    let looked_at_again = warning.code == Code::NeverWins.code() && of_buyers.contains(id);
                    !contracts.contains(id) && !looked_at_again
                }
                _ => true,
            }
        };
        self.before.book.warnings.iter().filter(stays).cloned().collect()
    }
}

/// Warnings of which each run is sorted by place, as one.
pub(super) fn merged(mut staying: Vec<Diagnostic>, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    staying.extend(found);
    staying.sort_by(|left, right| (&left.place, left).cmp(&(&right.place, right)));
    staying.dedup();
    staying
}

/// Where the entries of a version stand: of those contracts alone that are looked at again.
fn place_of(source: &PriceSource, contracts: &BTreeMap<&str, &Contract>) -> Place {
    let SourceKind::Contract { id, .. } = &source.kind else { return Place::of(DocumentKind::PriceList, "") };
    let place = Place::of(DocumentKind::Contract, id);
    let Some(contract) = contracts.get(id.as_str()) else { return place };
    let index = contract.versions.iter().position(|version| version.number == source.version);
    index.map_or(place.clone(), |index| place.key("versions").index(index).key("terms"))
}

impl<'d> Builder<'d> {
    /// A builder that adds to what a book has.
    pub(super) fn on(book: &'d PriceBook, new: &'d Written<'d>, known_at: Instant, asks: Asks) -> Self {
        Self {
            names: book.names.clone(),
            products: Cow::Borrowed(&book.products),
            unit_tables: Cow::Borrowed(&book.unit_tables),
            group_sets: Cow::Borrowed(&book.group_sets),
            category_parents: Cow::Borrowed(&book.category_parents),
            unit_decimals: book.unit_decimals.clone(),
            shapes: book.shapes.clone(),
            shape_numbers: book.shapes.iter().cloned().zip(0..).collect(),
            guards_before: number(book.guards.of_entries.len()),
            steps: book.procedure.steps.clone(),
            asks,
            ..Self::new(new, known_at)
        }
    }
}
