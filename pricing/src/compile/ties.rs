//! Ties: two prices of equal rank that can meet for an existing buyer (R3).

use std::collections::BTreeSet;

use emptor_core::{Choose, Period, Ties};

use super::Builder;
use super::draft::Target;
use super::index::Indexed;
use crate::code::Code;
use crate::plan::{Asked, Chain, Plans};
use crate::table::Entry;

impl Builder<'_> {
    /// Reports pairs of lists or contracts of equal rank that price the same goods for the same buyer at the same time.
    ///
    /// Lists are looked at as a request with the buyer's own region, no channel and no attributes meets them; what can
    /// meet only elsewhere is `pricing.ambiguous` on the line.
    pub(super) fn check_ties(&mut self, plans: &Plans) {
        let pairs = self.pairs_of_equal_rank(plans);
        if pairs.is_empty() {
            return;
        }
        let mut by_source: Vec<&[Indexed]> = vec![&[]; self.sources.len()];
        for of_source in self.indexed.chunk_by(|left, right| left.source == right.source) {
            let source = of_source.first().and_then(|first| by_source.get_mut(first.source as usize));
            if let Some(entries) = source {
                *entries = of_source;
            }
        }
        let entries = |source: u32| by_source.get(source as usize).copied().unwrap_or(&[]);
        let meetings: Vec<(Indexed, Indexed)> = pairs
            .into_iter()
            .filter_map(|(left, right)| self.meeting((left, entries(left)), (right, entries(right))))
            .collect();
        self.report_meetings(&meetings);
    }

    /// Pairs of sources that are asked of equal rank, where the tenant has that as an error.
    pub(super) fn pairs_of_equal_rank(&self, plans: &Plans) -> BTreeSet<(u32, u32)> {
        let policy = self.documents.tenant.price_policy;
        if policy.ties != Ties::Error {
            return BTreeSet::new();
        }
        let mut pairs = BTreeSet::new();
        let mut add_pairs = |asked: &[Asked]| {
            for rank in asked.chunk_by(|left, right| left.rank == right.rank) {
                let later = |index: usize| rank.iter().skip(index.saturating_add(1));
                for (index, left) in rank.iter().enumerate() {
                    // A source of several periods stands here several times.
                    let others = later(index).filter(|right| right.source != left.source);
                    pairs.extend(others.map(|right| (left.source.min(right.source), left.source.max(right.source))));
                }
            }
        };
        plans.plans.iter().for_each(|plan| add_pairs(plan.contracts()));
        if !matches!(policy.choose, Choose::Lowest | Choose::MergeLowest) {
            let chains: BTreeSet<&Chain> = plans.plans.iter().map(|plan| &plan.chain).collect();
            for chain in chains {
                add_pairs(&chain.lists);
            }
        }
        pairs
    }

    fn report_meetings(&mut self, meetings: &[(Indexed, Indexed)]) {
        for (left, right) in meetings {
            let place_of = |indexed: &Indexed| {
                let entries = self.entry_places.get(indexed.source as usize);
                entries.map(|entries| entries.index(indexed.origin as usize))
            };
            if let (Some(left), Some(right)) = (place_of(left), place_of(right)) {
                let message = format!("{left} is of equal rank and prices the same goods");
                let help = "give one of the two priority, or set the tenant's `ties` to `lowest`";
                self.report.error(Code::Ambiguous, &right, message, help);
            }
        }
    }

    /// The first pair of entries of two sources that meet.
    fn meeting(
        &self,
        (left, ours): (u32, &[Indexed]),
        (right, theirs): (u32, &[Indexed]),
    ) -> Option<(Indexed, Indexed)> {
        let (one, other) = (self.sources.get(left as usize)?, self.sources.get(right as usize)?);
        let shared = super::versions::intersection(&one.effective, &other.effective);
        if shared.is_empty() || one.currency != other.currency {
            return None;
        }
        // Both are sorted by target.
        let mut start = 0_usize;
        for entry in ours {
            start = start.saturating_add(theirs.get(start..)?.partition_point(|other| other.target < entry.target));
            let same = theirs.get(start..)?.iter().take_while(|other| other.target == entry.target);
            if let Some(other) = same.into_iter().find(|other| self.price_the_same(&shared, entry, other)) {
                return Some((*entry, *other));
            }
        }
        None
    }

    /// Whether some entries of two sources meet that are laid out, by way of the source that has fewer.
    pub(super) fn have_meeting(&self, left: u32, right: u32) -> Option<bool> {
        let entries = |source: u32| self.laid.get(source as usize);
        let (few, many) =
            if entries(left)?.all().len() <= entries(right)?.all().len() { (left, right) } else { (right, left) };
        let (one, other) = (self.sources.get(few as usize)?, self.sources.get(many as usize)?);
        let shared = super::versions::intersection(&one.effective, &other.effective);
        if shared.is_empty() || one.currency != other.currency {
            return Some(false);
        }
        let others = entries(many)?;
        let meets = |(entry, is_of_sku): (&Entry, bool)| {
            let entry = self.indexed_of(few, entry, is_of_sku, 0)?;
            let first =
                if is_of_sku { others.of_sku(entry.entry.goods) } else { others.of_category(entry.entry.goods) };
            let mut same = others.run_from(first?.0).iter();
            let met = same.any(|other| {
                let other = self.indexed_of(many, other, is_of_sku, 0);
                other.is_some_and(|other| self.price_the_same(&shared, &entry, &other))
            });
            Some(met)
        };
        Some(entries(few)?.all().any(|entry| meets(entry) == Some(true)))
    }

    /// An entry that is laid out, as it was before.
    pub(super) fn indexed_of(&self, source: u32, entry: &Entry, is_of_sku: bool, origin: u32) -> Option<Indexed> {
        let target = if is_of_sku { Target::Sku(entry.goods) } else { Target::Category(entry.goods) };
        let unit = self.shapes.get(entry.shape as usize)?.unit;
        Some(Indexed { target, source, unit, valid: entry.valid, entry: *entry, origin })
    }

    /// Whether two entries for the same goods can both price a line in the periods that their sources share.
    fn price_the_same(&self, shared: &[Period], entry: &Indexed, other: &Indexed) -> bool {
        let valid = entry.valid.intersection(other.valid);
        let at_one_time = shared.iter().any(|period| period.overlaps(valid));
        at_one_time && (entry.unit != other.unit || self.meet(entry, other))
    }

    /// Whether the tables of two entries in one unit have a price for a common quantity, as far as their ends tell.
    fn meet(&self, left: &Indexed, right: &Indexed) -> bool {
        let range = |indexed: &Indexed| match self.table(indexed) {
            Some(table) if table.shape.rich => {
                let priced = || table.rich().iter().filter(|tier| !tier.no_price);
                (priced().map(|tier| tier.start).min(), priced().map(|tier| tier.end).max())
            }
            Some(table) => (table.plain().first().map(|tier| tier.start), Some(i64::MAX)),
            None => (None, None),
        };
        match (range(left), range(right)) {
            ((Some(left_start), Some(left_end)), (Some(right_start), Some(right_end))) => {
                left_start < right_end && right_start < left_end
            }
            _ => false,
        }
    }
}
