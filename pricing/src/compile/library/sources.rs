//! The sources of the next book: those of the one before, and in their places those of what changed.

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{Assignment, Contract, PriceList, PriceListId};

use super::Library;
use super::kept::Kept;
use crate::book::{PriceSource, SourceKind};
use crate::compile::number;

/// Where a source of the next book comes from, by its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Before(u32),
    New(u32),
}

impl Taken {
    /// What is said of the source, by its number there.
    pub(super) fn of<T: Clone>(self, before: &[T], new: &[T]) -> Option<T> {
        match self {
            Self::Before(source) => before.get(source as usize).cloned(),
            Self::New(source) => new.get(source as usize).cloned(),
        }
    }
}

/// The sources of the next book in their order, which is the one of a full compile, and how many of them are versions of
/// lists with entries of their own.
pub(super) fn sources(
    before: &Library,
    new: &[PriceSource],
    after: &Kept,
    gone: (&[&PriceList], &[&Contract]),
) -> (Vec<Taken>, usize) {
    let old = &before.book.sources;
    let gone_lists: BTreeSet<&PriceListId> = gone.0.iter().map(|list| &list.price_list).collect();
    let (own, rest) = old.split_at_checked(before.ground.own_sources).unwrap_or((old, &[]));
    let lists = |sources: &'_ [PriceSource]| sources.iter().take_while(|source| source.is_list()).count();
    let mut named: Vec<(&PriceListId, Taken)> = Vec::new();
    for (source, number) in own.iter().zip(0..) {
        named.extend(list_of(source).filter(|id| !gone_lists.contains(id)).map(|id| (id, Taken::Before(number))));
    }
    named.extend(new.iter().zip(0..).filter_map(|(source, number)| Some((list_of(source)?, Taken::New(number)))));
    named.sort_by_key(|(id, _)| *id); // stable: versions stay in order
    let own_sources = named.len();
    let derived = number(own.len())..number(own.len().saturating_add(lists(rest)));
    let mut from: Vec<Taken> = named.into_iter().map(|(_, from)| from).collect();
    from.extend(derived.map(Taken::Before));
    let (of_old, of_new) = (by_contract(old), by_contract(new));
    for filed in &after.contracts {
        let id = filed.document.contract.as_str();
        let (runs, from_run): (_, fn(u32) -> Taken) =
            if filed.digest.is_some() { (&of_old, Taken::Before) } else { (&of_new, Taken::New) };
        from.extend(runs.get(id).into_iter().flatten().map(|number| from_run(*number)));
    }
    (from, own_sources)
}

/// Whom a version of a list is for.
pub(super) fn assigned<'d>(lists: &BTreeMap<&str, &'d PriceList>, source: &PriceSource) -> &'d [Assignment] {
    let Some(list) = list_of(source).and_then(|id| lists.get(id.as_str())) else { return &[] };
    let version = list.versions.iter().find(|version| version.number == source.version);
    version.map_or(&list.assigned_to, |version| &version.assigned_to)
}

fn list_of(source: &PriceSource) -> Option<&PriceListId> {
    if let SourceKind::List { id, .. } = &source.kind { Some(id) } else { None }
}

/// The sources of each contract.
fn by_contract(sources: &[PriceSource]) -> BTreeMap<&str, Vec<u32>> {
    let mut contracts: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (source, number) in sources.iter().zip(0..) {
        if let SourceKind::Contract { id, .. } = &source.kind {
            contracts.entry(id.as_str()).or_default().push(number);
        }
    }
    contracts
}
