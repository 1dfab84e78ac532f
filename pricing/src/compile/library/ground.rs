//! What a book was made of beside documents: what the next one is made on.

use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::{Digest, Instant};

use super::kept::Kept;
use super::recorded;
use crate::compile::asks::Asks;
use crate::compile::entry_lints::Least;
use crate::compile::fingerprint::Line;
use crate::compile::index::Indexed;
use crate::compile::{Compiled, number};

/// What was learned while a book was compiled.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    /// The kinds, names and digests of all documents but price lists and contracts.
    pub(super) lines: Arc<[(&'static str, String, Digest)]>,
    /// By source: where its entries stand in their document, in the order in which they are laid out.
    pub(super) origins: Vec<Arc<[u32]>>,
    pub(super) asks: Asks,
    pub(super) least: Arc<BTreeMap<u32, Least>>,
    /// How many units are named outside of price lists, contracts and rules.
    pub(super) units: usize,
    /// How many sources are versions with entries of their own; they come first.
    pub(super) own_sources: usize,
    /// How many warnings were found, at most.
    pub(super) reported: usize,
    /// The first moment at which more becomes known than the book knows, if there is one.
    pub(super) next_record: Option<Instant>,
    /// How many shapes, guards of entries, and names of regions and channels the last full compile made.
    pub(super) made: [usize; 3],
}

impl Ground {
    pub(super) fn of(compiled: &Compiled<'_>, kept: &Kept, known_at: Instant) -> Self {
        let of_prices = kept.price_lists.len().saturating_add(kept.contracts.len());
        let lines = compiled.lines.iter().skip(of_prices);
        Self {
            lines: lines.map(|Line { kind, id, digest }| (*kind, (*id).to_owned(), *digest)).collect(),
            origins: origins(&compiled.indexed, compiled.book.sources.len()),
            asks: compiled.asks,
            least: Arc::clone(&compiled.least),
            units: compiled.units,
            own_sources: compiled.own_sources,
            reported: compiled.reported,
            next_record: recorded::next_after(known_at, &kept.written()),
            made: made(&compiled.book),
        }
    }
}

/// How many shapes, guards of entries, and names of regions and channels a book has: what is left over where lists change.
pub(super) fn made(book: &crate::book::PriceBook) -> [usize; 3] {
    let names = book.names.regions.len().saturating_add(book.names.channels.len());
    [book.shapes.len(), book.guards.of_entries.len(), names]
}

/// By source: the places of its entries in their document.
pub(super) fn origins(indexed: &[Indexed], sources: usize) -> Vec<Arc<[u32]>> {
    let of_source = |source: u32| {
        let start = indexed.partition_point(|indexed| indexed.source < source);
        let run = indexed.get(start..).unwrap_or(&[]).iter().take_while(|indexed| indexed.source == source);
        run.map(|indexed| indexed.origin).collect()
    };
    (0..number(sources)).map(of_source).collect()
}
