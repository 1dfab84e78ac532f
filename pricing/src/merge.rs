//! Merging lists: each break from the first, or the lowest, that has it (R3).

use emptor_core::{NoPrice, NoTier, Ties};

use crate::book::SourceKind;
use crate::offer::Offer;
use crate::reading::{Answer, Priced};
use crate::search::Search;
use crate::table::{NONE, Shape, by_name};
use crate::tier::Count;

/// An offer that may take part in a merge.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// Offers of equal rank compete by the tenant's `ties`.
    rank: usize,
    offer: Offer,
    unit: u32,
    can_merge: bool,
}

/// A part's tier for a quantity.
#[derive(Debug, Clone, Copy)]
struct Break {
    part: Part,
    tier: usize,
    start: i64,
    has_price: bool,
}

impl Search<'_, '_> {
    /// The price that the merged lists give, a contract's price first of all if there is one.
    pub(crate) fn merge(&mut self, contract: Option<Priced>, lowest: bool) -> Result<Option<Priced>, NoPrice> {
        let mut parts = self.list_parts();
        if let Some(priced) = &contract {
            let Some(part) = self.part(priced.offer, 0).filter(|part| part.can_merge) else { return Ok(contract) };
            parts.insert(0, part);
        }
        for unit in self.units(&parts) {
            let of_unit: Vec<Part> = parts.iter().copied().filter(|part| part.unit == unit).collect();
            match self.merge_unit(&of_unit, lowest) {
                Ok(None) => {}
                // The contract's offer must be in the first unit that has a price.
                Ok(Some(_)) if contract.is_some() && !of_unit.iter().any(|part| part.rank == 0) => return Ok(contract),
                outcome => return outcome,
            }
        }
        Ok(contract)
    }

    /// The lists' offers, in the order in which they are asked; their ranks count from one.
    fn list_parts(&mut self) -> Vec<Part> {
        let order = self.order;
        let mut parts = Vec::new();
        let mut rank = 0_usize;
        for of_rank in order.chain.lists.chunk_by(|left, right| left.rank == right.rank) {
            for level in order.levels(self.line) {
                rank = rank.saturating_add(1);
                for asked in of_rank {
                    let source = order.book.source(asked.source).filter(|_| order.may_ask(asked, self.foreign));
                    let Some(source) = source else { continue };
                    let offers = order.offers(self.line, asked, level);
                    for offer in offers.filter(|offer| order.converts(self.line, *offer)) {
                        // A table that counts value in another currency does not apply (R6).
                        let applies = !order.counts_foreign_value(source, offer);
                        self.seen.other_currency |= !applies;
                        parts.extend(self.part(offer, rank).filter(|_| applies));
                    }
                }
            }
        }
        parts
    }

    fn part(&self, offer: Offer, rank: usize) -> Option<Part> {
        let shape = self.order.table(offer)?.shape;
        let source = self.order.book.source(offer.source)?;
        let forbids = matches!(source.kind, SourceKind::List { forbids_merging: true, .. });
        Some(Part { rank, offer, unit: shape.unit, can_merge: shape.can_merge() && !forbids })
    }

    /// The units of the parts: the line's, then the product's, then by name.
    fn units(&self, parts: &[Part]) -> Vec<u32> {
        let own = self.line.units.units.first().map_or(NONE, |own| own.unit);
        let mut units: Vec<u32> = parts.iter().map(|part| part.unit).collect();
        let names = &self.order.book.names.units;
        let key = |unit: u32| (unit != self.line.unit, unit != own);
        units.sort_by(|left, right| key(*left).cmp(&key(*right)).then_with(|| by_name(names, *left, *right)));
        units.dedup();
        units
    }

    fn merge_unit(&mut self, parts: &[Part], lowest: bool) -> Result<Option<Priced>, NoPrice> {
        if let Some(alone) = parts.first().filter(|part| !part.can_merge) {
            return self.alone(alone.offer);
        }
        let Some(unit) = parts.first().map(|part| part.unit) else { return Ok(None) };
        let Some(quantity) = self.line.quantity_in(unit) else { return Ok(None) };
        if !quantity.is_in_range() {
            return Err(NoPrice::OutOfRange);
        }
        let merging = || parts.iter().filter(|part| part.can_merge);
        let reached: Vec<Break> = merging().filter_map(|part| self.reached(part, quantity)).collect();
        let deepest = reached.iter().map(|at| at.start).max();
        let competing: Vec<Break> = reached.into_iter().filter(|at| Some(at.start) == deepest).collect();
        if let Some(priced) = self.compete(&competing, lowest)? {
            return Ok(Some(priced));
        }
        self.seen.no_tier = true;
        match self.order.book.tenant.policy.no_tier {
            NoTier::Next => Ok(None),
            NoTier::NoPrice => Err(NoPrice::NoTier),
            NoTier::Nearest => self.nearest_break(merging(), quantity, lowest),
        }
    }

    fn alone(&mut self, offer: Offer) -> Result<Option<Priced>, NoPrice> {
        match self.read(offer, None) {
            Answer::Price(priced) => Ok(Some(priced)),
            Answer::OutOfRange => Err(NoPrice::OutOfRange),
            Answer::Failed(..) => Err(NoPrice::ScriptFailed),
            Answer::Nothing => Ok(None),
            Answer::NoTier => {
                self.seen.no_tier = true;
                let ends = self.order.book.tenant.policy.no_tier == NoTier::NoPrice;
                if ends { Err(NoPrice::NoTier) } else { Ok(None) }
            }
        }
    }

    /// The breaks with a price at the largest start at or below the quantity, else at the smallest above.
    fn nearest_break<'p>(
        &mut self,
        parts: impl Iterator<Item = &'p Part>,
        quantity: Count,
        lowest: bool,
    ) -> Result<Option<Priced>, NoPrice> {
        let priced: Vec<Break> = parts.flat_map(|part| self.breaks(part)).filter(|at| at.has_price).collect();
        let below = priced.iter().filter(|at| quantity.reaches(at.start)).map(|at| at.start).max();
        let Some(start) = below.or_else(|| priced.iter().map(|at| at.start).min()) else { return Ok(None) };
        let competing: Vec<Break> = priced.into_iter().filter(|at| at.start == start).collect();
        self.compete(&competing, lowest)
    }

    /// Of breaks at one start, which are in order, the one that wins. `None`: the one in question has no price.
    fn compete(&mut self, breaks: &[Break], lowest: bool) -> Result<Option<Priced>, NoPrice> {
        let Some(first) = breaks.first() else { return Ok(None) };
        let of_rank = || breaks.iter().filter(|at| at.part.rank == first.part.rank);
        if lowest {
            return self.lowest_break(breaks.iter());
        }
        if of_rank().count() == 1 {
            return self.lowest_break(std::iter::once(first));
        }
        match self.order.book.tenant.policy.ties {
            Ties::Error => Err(NoPrice::Ambiguous),
            Ties::Lowest => self.lowest_break(of_rank()),
        }
    }

    fn lowest_break<'p>(&self, breaks: impl Iterator<Item = &'p Break>) -> Result<Option<Priced>, NoPrice> {
        let mut best: Option<Priced> = None;
        for at in breaks.filter(|at| at.has_price) {
            match self.read(at.part.offer, Some(at.tier)) {
                Answer::Price(priced) if best.as_ref().is_none_or(|lowest| priced.amount < lowest.amount) => {
                    best = Some(priced);
                }
                Answer::OutOfRange => return Err(NoPrice::OutOfRange),
                _ => {}
            }
        }
        Ok(best)
    }

    /// The deepest tier of a part that starts at or below a quantity.
    fn reached(&self, part: &Part, quantity: Count) -> Option<Break> {
        self.breaks(part).into_iter().rfind(|at| quantity.reaches(at.start))
    }

    fn breaks(&self, part: &Part) -> Vec<Break> {
        let Some(table) = self.order.table(part.offer) else { return Vec::new() };
        let at = |(tier, (start, has_price))| Break { part: *part, tier, start, has_price };
        if table.shape.rich {
            let rows = table.rich().iter().map(|tier| (tier.start, !tier.no_price));
            return rows.enumerate().map(at).collect();
        }
        table.plain().iter().map(|tier| (tier.start, true)).enumerate().map(at).collect()
    }
}

impl Shape {
    /// Whether its breaks can be filled by others, and fill theirs.
    fn can_merge(&self) -> bool {
        self.counts_own_quantity() && !self.graduated && !self.up_to && self.formula == NONE
    }
}
