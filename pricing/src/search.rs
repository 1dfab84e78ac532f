//! Pass 1: which price wins (R3).

use emptor_core::{Choose, NoPrice, NoTier, Ties};

use crate::line::Line;
use crate::offer::{Level, Offer};
use crate::order::Order;
use crate::plan::Asked;
use crate::reading::{Priced, Reading, in_range};
use crate::table::ListsUse;

/// What a line costs before the end of the order.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found {
    /// By a contract or list.
    Offered(Priced),
    /// By hand: the amount at 10 decimals.
    Manual(i128),
    /// A return, at its recorded price: the amount at 10 decimals, whole in minor units.
    Returned(i128),
}

impl Found {
    /// The amount in the order's currency, at 10 decimals.
    pub(crate) fn amount(&self) -> i128 {
        match self {
            Self::Offered(priced) => priced.amount,
            Self::Manual(amount) | Self::Returned(amount) => *amount,
        }
    }
}

/// How far a search has come without a price.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// An offer had no price for the quantity.
    pub(crate) no_tier: bool,
    /// An offer counts value in another currency.
    pub(crate) other_currency: bool,
}

/// What a rank of offers gives.
pub(crate) enum Rank {
    Won(Priced),
    Nothing,
    /// The line has no price, whatever comes after.
    Ends(NoPrice),
}

/// A line that is being looked for, in the order's own currency or in others.
pub(crate) struct Search<'o, 'b> {
    pub(crate) order: &'o Order<'b>,
    pub(crate) line: &'o Line<'b>,
    pub(crate) foreign: bool,
    pub(crate) nearest: bool,
    pub(crate) seen: Seen,
}

impl Order<'_> {
    /// The price of a line.
    ///
    /// # Errors
    /// `pricing.no_price`, `pricing.no_rate`, `pricing.no_tier`, `pricing.ambiguous`, `pricing.out_of_range`, as R3 says.
    pub(crate) fn search(&self, line: &Line<'_>) -> Result<Found, NoPrice> {
        if let Some(price) = line.manual_price.filter(|_| self.manual_allowed) {
            let exact = line.manual_amount(price).ok_or(NoPrice::OutOfRange)?;
            let amount = in_range(exact.round(emptor_core::RoundingMode::HalfEven)).ok_or(NoPrice::OutOfRange)?;
            return Ok(Found::Manual(amount));
        }
        let nearest = self.book.tenant.policy.no_tier == NoTier::Nearest;
        let mut search = Search { order: self, line, foreign: false, nearest, seen: Seen::default() };
        if let Some(priced) = search.run()? {
            return Ok(Found::Offered(priced));
        }
        if !self.conversions.is_empty() {
            search.foreign = true;
            if let Some(priced) = search.run()? {
                return Ok(Found::Offered(priced));
            }
        }
        Err(match search.seen {
            Seen { no_tier: true, .. } => NoPrice::NoTier,
            Seen { other_currency: true, .. } => NoPrice::NoRate,
            _ if self.has_offer_without_rate(line) => NoPrice::NoRate,
            _ => NoPrice::NoCandidate,
        })
    }

    /// Whether there are offers in currencies that cannot be asked.
    fn has_offer_without_rate(&self, line: &Line<'_>) -> bool {
        let mut found = false;
        self.each_asked(line, |asked, level| {
            let source = self.book.source(asked.source).filter(|source| self.book.is_effective(source, self.valid_at));
            found |= source.is_some_and(|source| {
                source.currency != self.currency
                    && self.conversion(source.currency).is_none()
                    && self.offers(line, asked, source, level).any(|offer| self.converts(line, offer))
            });
        });
        found
    }
}

impl Search<'_, '_> {
    fn run(&mut self) -> Result<Option<Priced>, NoPrice> {
        let order = self.order;
        for rank in order.plan.contracts.chunk_by(|left, right| left.rank == right.rank) {
            if let Some(priced) = self.by_level(rank, false)? {
                return self.against_lists(priced);
            }
        }
        self.lists()
    }

    /// The price that the lists give.
    fn lists(&mut self) -> Result<Option<Priced>, NoPrice> {
        let lists: &[Asked] = &self.order.chain.lists;
        match self.order.book.tenant.policy.choose {
            Choose::Lowest => match self.lowest(lists) {
                Rank::Won(priced) => Ok(Some(priced)),
                Rank::Nothing => Ok(None),
                Rank::Ends(reason) => Err(reason),
            },
            Choose::Merge => self.merge(None, false),
            Choose::MergeLowest => self.merge(None, true),
            Choose::Priority | Choose::MostSpecific => {
                for rank in lists.chunk_by(|left, right| left.rank == right.rank) {
                    if let Some(priced) = self.by_level(rank, true)? {
                        return Ok(Some(priced));
                    }
                }
                Ok(None)
            }
        }
    }

    /// A contract's price, after what its term does to the lists.
    fn against_lists(&mut self, priced: Priced) -> Result<Option<Priced>, NoPrice> {
        let entry = self.order.entry(priced.offer.entry);
        let lists =
            entry.and_then(|entry| self.order.book.tables.shape(entry)).map_or(ListsUse::Hide, |shape| shape.lists);
        match lists {
            ListsUse::Hide => Ok(Some(priced)),
            ListsUse::Lowest => match self.lists() {
                Ok(Some(of_lists)) if of_lists.amount < priced.amount => Ok(Some(of_lists)),
                Err(NoPrice::OutOfRange) => Err(NoPrice::OutOfRange),
                _ => Ok(Some(priced)),
            },
            ListsUse::Merge => self.merge(Some(priced), false),
        }
    }

    /// Sources of one rank, level by level: each level is a rank of its own.
    #[inline]
    fn by_level(&mut self, sources: &[Asked], are_lists: bool) -> Result<Option<Priced>, NoPrice> {
        let order = self.order;
        // Most books price no category in their lists; then the sku is the only level.
        let only_skus = are_lists && order.book.lists.category_slots.is_empty();
        let levels = order.levels(self.line).take(if only_skus { 1 } else { usize::MAX });
        for level in levels {
            match self.rank(sources, level) {
                Rank::Won(priced) => return Ok(Some(priced)),
                Rank::Nothing => {}
                Rank::Ends(reason) => return Err(reason),
            }
        }
        Ok(None)
    }

    /// The sources of one rank that have an offer at a level.
    #[inline]
    fn rank(&mut self, sources: &[Asked], level: Level) -> Rank {
        let mut best: Option<Priced> = None;
        let (mut no_tier, mut tied) = (false, false);
        for asked in sources {
            match self.ask(*asked, level) {
                Rank::Won(priced) => {
                    tied |= best.is_some();
                    // Sources of one rank are in the order of their names: of equal amounts, the first stays.
                    if best.as_ref().is_none_or(|lowest| priced.amount < lowest.amount) {
                        best = Some(priced);
                    }
                }
                Rank::Nothing => {}
                Rank::Ends(NoPrice::NoTier) => no_tier = true,
                Rank::Ends(reason) => return Rank::Ends(reason),
            }
        }
        if tied && self.order.book.tenant.policy.ties == Ties::Error {
            return Rank::Ends(NoPrice::Ambiguous);
        }
        self.outcome(best, no_tier)
    }

    /// All lists as one rank: the lowest amount, of equal ones the first in order.
    fn lowest(&mut self, lists: &[Asked]) -> Rank {
        let mut best: Option<Priced> = None;
        let mut no_tier = false;
        let order = self.order;
        for asked in lists {
            for level in order.levels(self.line) {
                match self.ask(*asked, level) {
                    Rank::Won(priced) => {
                        if best.as_ref().is_none_or(|lowest| priced.amount < lowest.amount) {
                            best = Some(priced);
                        }
                        break;
                    }
                    Rank::Nothing => {}
                    Rank::Ends(NoPrice::NoTier) => no_tier = true,
                    Rank::Ends(reason) => return Rank::Ends(reason),
                }
            }
        }
        self.outcome(best, no_tier)
    }

    fn outcome(&mut self, best: Option<Priced>, no_tier: bool) -> Rank {
        self.seen.no_tier |= no_tier;
        match best {
            Some(priced) => Rank::Won(priced),
            None if no_tier && self.order.book.tenant.policy.no_tier == NoTier::NoPrice => Rank::Ends(NoPrice::NoTier),
            None => Rank::Nothing,
        }
    }

    /// One source at a level: the first of its offers that has a price. `Ends(NoTier)`: it has offers and no price.
    #[inline]
    fn ask(&mut self, asked: Asked, level: Level) -> Rank {
        let order = self.order;
        let Some(source) = order.book.source(asked.source).filter(|source| order.may_ask(source, self.foreign)) else {
            return Rank::Nothing;
        };
        let mut no_tier = false;
        for offer in order.offers(self.line, asked, source, level) {
            if !order.converts(self.line, offer) {
                continue;
            }
            match self.read(offer, None) {
                Reading::Priced(priced) => return Rank::Won(priced),
                Reading::NoTier => no_tier = true,
                Reading::ValueInOtherCurrency => self.seen.other_currency = true,
                Reading::OutOfRange => return Rank::Ends(NoPrice::OutOfRange),
            }
        }
        if no_tier { Rank::Ends(NoPrice::NoTier) } else { Rank::Nothing }
    }

    /// Reads an offer; where `tier` is given, at that tier.
    #[inline]
    pub(crate) fn read(&self, offer: Offer, tier: Option<usize>) -> Reading {
        self.order.read(self.line, offer, tier, self.nearest)
    }
}
