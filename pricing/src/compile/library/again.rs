//! The next book from the one before, where lists and contracts changed: what did not change is taken over.
//!
//! INVARIANT (same book): it is the one that a full compile makes, but for the numbers of names, shapes and guards, which
//! decide nothing and only grow. Whatever might have it otherwise, errors included, gives none here, and is compiled in full.

use std::collections::BTreeSet;
use std::sync::Arc;

use emptor_core::{Contract, Derived, DerivedFrom, Instant, OrganizationId, PriceList};

use super::ground::{Ground, made, origins};
use super::kept::{Kept, gone};
use super::sources::{Taken, sources};
use super::stated::stated;
use super::take_over::merged;
use super::{Library, next_book, recorded};
use crate::book::SourceKind;
use crate::compile::draft::Target;
use crate::compile::index::Indexed;
use crate::compile::report::KEPT_MAX;
use crate::compile::{Builder, Written};
use crate::table::Scope;

/// How much may be left over beside as much as there was.
const LEFT_OVER_MAX: usize = 1000;

/// What changes, and from what.
pub(super) struct Change<'d> {
    pub(super) before: &'d Library,
    pub(super) after: &'d Kept,
    /// The lists and contracts that were not there before.
    pub(super) new: &'d Written<'d>,
    /// Those that are there no longer.
    pub(super) gone: (&'d [&'d PriceList], &'d [&'d Contract]),
    pub(super) known_at: Instant,
}

impl Library {
    /// The library of documents of which lists and contracts alone changed, if it can be made so.
    pub(super) fn again(&self, after: &Kept, known_at: Instant) -> Option<Self> {
        let new = after.new_ones();
        let lists_gone = gone(&self.kept.price_lists, &after.price_lists, |list| list.price_list.as_str());
        let contracts_gone = gone(&self.kept.contracts, &after.contracts, |contract| contract.contract.as_str());
        Change { before: self, after, new: &new, gone: (&lists_gone, &contracts_gone), known_at }.make()
    }
}

impl<'d> Change<'d> {
    fn make(&self) -> Option<Library> {
        let ground = &self.before.ground;
        let mut builder = self.read()?;
        let found = std::mem::take(&mut builder.indexed);
        let (from, own_sources) = sources(self.before, &builder.sources, self.after, self.gone);
        let new_origins = origins(&found, builder.sources.len());
        let origins: Vec<Arc<[u32]>> = from.iter().filter_map(|from| from.of(&ground.origins, &new_origins)).collect();
        let buyers = self.buyers();
        self.take_over(&mut builder, &from, &buyers);
        let terms = of_buyers(&builder, &buyers, &origins);
        builder.lint_shadowed(&terms);
        let plans = builder.make_plans();
        let met = builder.pairs_of_equal_rank(&plans).into_iter().any(|(left, right)| {
            let is_new = |source: u32| matches!(from.get(source as usize), Some(Taken::New(_)));
            (is_new(left) || is_new(right)) && builder.have_meeting(left, right) != Some(false)
        });
        let staying = self.staying_warnings(&buyers);
        let gone = self.before.book.warnings.len().saturating_sub(staying.len());
        let reported = ground.reported.saturating_sub(gone).saturating_add(builder.report.count());
        if met || builder.report.has_errors() || reported > KEPT_MAX {
            return None;
        }
        let mut kept = self.after.clone();
        kept.file(self.known_at);
        let warnings = merged(staying, builder.report.finish().ok()?);
        let book =
            next_book::of(&self.before.book, builder, (plans, warnings), kept.fingerprint(&ground.lines), &from)?;
        let left_over = made(&book).into_iter().zip(ground.made);
        if left_over.into_iter().any(|(now, made)| now > made.saturating_mul(2).saturating_add(LEFT_OVER_MAX)) {
            return None;
        }
        let of_new = recorded::next_of_prices(self.known_at, self.new);
        let next_record = [ground.next_record, of_new].into_iter().flatten().min();
        let ground = Ground { origins, own_sources, reported, next_record, ..ground.clone() };
        Some(Library { kept, ground, book: Arc::new(book) })
    }

    /// The new lists and contracts, read and laid out, where nothing else depends on what they and those gone state.
    fn read(&self) -> Option<Builder<'d>> {
        let (ground, book) = (&self.before.ground, &self.before.book);
        let (old_at, next) = (book.known_at, ground.next_record);
        let knows_the_same = old_at <= self.known_at && next.is_none_or(|next| self.known_at < next);
        let units = (&book.names.units, ground.units);
        let was = stated(self.gone.0, self.gone.1, units);
        let is = stated(&self.new.price_lists, &self.new.contracts, units);
        let is_of_prices = !was.has_more_than_prices && !is.has_more_than_prices && was.asks == is.asks;
        if !knows_the_same || !is_of_prices || was.names_own_units || self.others_follow() {
            return None;
        }
        let mut builder = Builder::on(book, self.new, self.known_at, ground.asks);
        builder.read_price_lists();
        builder.read_contracts();
        builder.lay_out();
        let found = std::mem::take(&mut builder.indexed);
        builder.lint_prices(&found, &ground.least);
        let shape = |indexed: &Indexed| builder.shapes.get(indexed.entry.shape as usize);
        let counts_over = |indexed: &Indexed| shape(indexed).is_some_and(|shape| shape.scope != Scope::Line);
        let keeps = (!was.has_guards || !builder.entry_guards.is_empty())
            && (!was.has_categories || found.iter().any(|found| matches!(found.target, Target::Category(_))))
            && (!was.counts_over_lines || found.iter().any(counts_over));
        builder.indexed = found;
        (keeps && !builder.report.has_errors()).then_some(builder)
    }

    /// Whether another list follows from one that changed.
    fn others_follow(&self) -> bool {
        let changed: BTreeSet<&str> =
            self.gone.0.iter().chain(&self.new.price_lists).map(|list| list.price_list.as_str()).collect();
        let follows = |derived: &Derived| match &derived.from {
            DerivedFrom::Cost => false,
            DerivedFrom::PriceList(id) => changed.contains(id.as_str()),
        };
        self.after.price_lists.iter().any(|filed| {
            let list = &filed.document;
            let of_versions = list.versions.iter().filter_map(|version| version.derived.as_ref());
            list.derived.iter().chain(of_versions).any(follows)
        })
    }

    /// The organizations with whom a contract changed.
    fn buyers(&self) -> BTreeSet<&'d OrganizationId> {
        self.gone.1.iter().chain(&self.new.contracts).map(|contract| &contract.organization).collect()
    }
}

/// The terms of contracts with some organizations.
fn of_buyers(builder: &Builder<'_>, buyers: &BTreeSet<&OrganizationId>, origins: &[Arc<[u32]>]) -> Vec<Indexed> {
    let names = &builder.names.organizations;
    let buyers: BTreeSet<u32> = buyers.iter().filter_map(|buyer| names.find(buyer.as_str())).collect();
    let of_buyer = |kind: &SourceKind| match kind {
        SourceKind::Contract { organization, .. } => buyers.contains(organization),
        SourceKind::List { .. } => false,
    };
    let sources = builder.sources.iter().zip(0..).filter(|(source, _)| of_buyer(&source.kind));
    sources.flat_map(|(_, source)| indexed(builder, source, origins)).collect()
}

/// The entries of a source, as they were when it was laid out.
fn indexed(builder: &Builder<'_>, source: u32, origins: &[Arc<[u32]>]) -> Vec<Indexed> {
    let (Some(entries), Some(origins)) = (builder.laid.get(source as usize), origins.get(source as usize)) else {
        return Vec::new();
    };
    let all = entries.all().zip(origins.iter());
    all.filter_map(|((entry, is_of_sku), origin)| builder.indexed_of(source, entry, is_of_sku, *origin)).collect()
}
