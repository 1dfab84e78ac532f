//! Pass 1: which price wins (R3).

use emptor_core::{Choose, NoPrice, NoTier, ScriptError, Ties};

use crate::book::PriceSource;
use crate::line::Line;
use crate::offer::{Level, Offer};
use crate::order::Order;
use crate::plain::PlainWay;
use crate::plan::{Asked, are_in_turn};
use crate::reading::{Answer, Priced, in_range};
use crate::table::ListsUse;

/// What a line costs before the end of the order.
#[derive(Debug, Clone)]
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
        // A measured weight stands for quantities in units of weight, and the line is in none.
        if let Some(price) = self.plain_way().price(line.sought()) {
            return Ok(Found::Offered(price.priced()));
        }
        self.search_all(line)
    }

    #[inline]
    fn plain_way(&self) -> PlainWay<'_> {
        let lists = are_in_turn(self.book.tenant.policy.choose).then_some(&*self.chain.lists);
        let versions = (&*self.contracts, lists.unwrap_or(&[]));
        PlainWay::new(self.book, versions, self.currency, self.valid_at)
    }

    /// The price of a line that has none by hand and is not plain.
    ///
    /// # Errors
    /// As [`Order::search`].
    pub(crate) fn search_all(&self, line: &Line<'_>) -> Result<Found, NoPrice> {
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

    /// The price that the lists alone give, in the order's currency or converted.
    pub(crate) fn lists_price(&self, line: &Line<'_>) -> Option<Priced> {
        let nearest = self.book.tenant.policy.no_tier == NoTier::Nearest;
        let mut search = Search { order: self, line, foreign: false, nearest, seen: Seen::default() };
        if let Some(priced) = search.lists().ok()? {
            return Some(priced);
        }
        search.foreign = !self.conversions.is_empty();
        if search.foreign { search.lists().ok().flatten() } else { None }
    }

    /// Whether there are offers in currencies that cannot be asked.
    fn has_offer_without_rate(&self, line: &Line<'_>) -> bool {
        let mut found = false;
        self.each_asked(line, |asked, level| {
            found |= asked.period.contains(self.valid_at)
                && asked.currency != self.currency
                && self.conversion(asked.currency).is_none()
                && self.offers(line, asked, level).any(|offer| self.converts(line, offer));
        });
        found
    }
}

impl Search<'_, '_> {
    fn run(&mut self) -> Result<Option<Priced>, NoPrice> {
        let order = self.order;
        for rank in order.contracts.chunk_by(|left, right| left.rank == right.rank) {
            if let Some(priced) = self.by_level(rank)? {
                return self.against_lists(priced);
            }
        }
        self.lists()
    }

    /// The price that the lists give.
    fn lists(&mut self) -> Result<Option<Priced>, NoPrice> {
        let lists: &[Asked] = &self.order.chain.lists;
        match self.order.book.tenant.policy.choose {
            Choose::Lowest => self.lowest(lists),
            Choose::Merge => self.merge(None, false),
            Choose::MergeLowest => self.merge(None, true),
            Choose::Priority | Choose::MostSpecific => {
                for rank in lists.chunk_by(|left, right| left.rank == right.rank) {
                    if let Some(priced) = self.by_level(rank)? {
                        return Ok(Some(priced));
                    }
                }
                Ok(None)
            }
        }
    }

    /// A contract's price, after what its term does to the lists.
    fn against_lists(&mut self, priced: Priced) -> Result<Option<Priced>, NoPrice> {
        let lists = self.order.table(priced.offer).map_or(ListsUse::Hide, |table| table.shape.lists);
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
    fn by_level(&mut self, sources: &[Asked]) -> Result<Option<Priced>, NoPrice> {
        let order = self.order;
        if let Some(priced) = self.rank(sources, Level::Sku)? {
            return Ok(Some(priced));
        }
        // Most books price no category.
        if !order.book.prices_categories {
            return Ok(None);
        }
        for level in order.levels(self.line).skip(1) {
            if let Some(priced) = self.rank(sources, level)? {
                return Ok(Some(priced));
            }
        }
        Ok(None)
    }

    /// The sources of one rank that have an offer at a level.
    #[inline]
    fn rank(&mut self, sources: &[Asked], level: Level) -> Result<Option<Priced>, NoPrice> {
        if let [only] = sources {
            return self.only(only, level);
        }
        let mut best: Option<Priced> = None;
        let (mut no_tier, mut tied) = (false, false);
        for asked in sources {
            match self.ask(asked, level) {
                Answer::Price(priced) => {
                    tied |= best.is_some();
                    // Sources of one rank are in the order of their names: of equal amounts, the first stays.
                    if best.as_ref().is_none_or(|lowest| priced.amount < lowest.amount) {
                        best = Some(priced);
                    }
                }
                Answer::Nothing => {}
                Answer::NoTier => no_tier = true,
                Answer::OutOfRange => return Err(NoPrice::OutOfRange),
                Answer::Failed(call, error) => return self.failed(asked, call, error),
            }
        }
        if tied && self.order.book.tenant.policy.ties == Ties::Error {
            return Err(NoPrice::Ambiguous);
        }
        self.outcome(best, no_tier)
    }

    /// A rank of one source, as most are.
    #[inline]
    fn only(&mut self, asked: &Asked, level: Level) -> Result<Option<Priced>, NoPrice> {
        match self.ask(asked, level) {
            Answer::Price(priced) => Ok(Some(priced)),
            Answer::Nothing => Ok(None),
            Answer::NoTier => self.outcome(None, true),
            Answer::OutOfRange => Err(NoPrice::OutOfRange),
            Answer::Failed(call, error) => self.failed(asked, call, error),
        }
    }

    /// All lists as one rank: the lowest amount, of equal ones the first in order.
    fn lowest(&mut self, lists: &[Asked]) -> Result<Option<Priced>, NoPrice> {
        let mut best: Option<((i128, u32, usize), Priced)> = None;
        let mut no_tier = false;
        let order = self.order;
        for asked in lists {
            for (depth, level) in order.levels(self.line).enumerate() {
                match self.ask(asked, level) {
                    Answer::Price(priced) => {
                        // Of equal amounts, the one that would be asked first; of equal rank, the name that sorts first.
                        let key = (priced.amount, asked.rank, depth);
                        if best.as_ref().is_none_or(|(lowest, _)| key < *lowest) {
                            best = Some((key, priced));
                        }
                        break;
                    }
                    Answer::Nothing => {}
                    Answer::NoTier => no_tier = true,
                    Answer::OutOfRange => return Err(NoPrice::OutOfRange),
                    Answer::Failed(call, error) => return self.failed(asked, call, error),
                }
            }
        }
        self.outcome(best.map(|(_, priced)| priced), no_tier)
    }

    /// A price whose script failed ends the search.
    #[cold]
    fn failed(&mut self, asked: &Asked, call: u32, error: ScriptError) -> Result<Option<Priced>, NoPrice> {
        self.order.script_failed.set(Some((asked.source, call, error)));
        Err(NoPrice::ScriptFailed)
    }

    #[inline]
    fn outcome(&mut self, best: Option<Priced>, no_tier: bool) -> Result<Option<Priced>, NoPrice> {
        self.seen.no_tier |= no_tier;
        let ends = best.is_none() && no_tier && self.order.book.tenant.policy.no_tier == NoTier::NoPrice;
        if ends { Err(NoPrice::NoTier) } else { Ok(best) }
    }

    /// One source at a level: the first of its offers that has a price.
    #[inline]
    fn ask(&mut self, asked: &Asked, level: Level) -> Answer {
        let order = self.order;
        if !order.may_ask(asked, self.foreign) {
            return Answer::Nothing;
        }
        let Some(first) = order.first_entry(self.line, asked, level) else { return Answer::Nothing };
        let Some(source) = order.book.source(asked.source) else { return Answer::Nothing };
        let offer = Offer { source: asked.source, entry: first, category: level.category() };
        // Most goods have one entry in a version.
        if let Some(entry) = order.table(offer).map(|table| table.entry).filter(|entry| entry.is_last()) {
            return if order.holds(entry) { self.ask_offer(source, offer) } else { Answer::Nothing };
        }
        let mut no_tier = false;
        for offer in order.offers(self.line, asked, level) {
            match self.ask_offer(source, offer) {
                Answer::Nothing => {}
                Answer::NoTier => no_tier = true,
                answer => return answer,
            }
        }
        if no_tier { Answer::NoTier } else { Answer::Nothing }
    }

    #[inline]
    fn ask_offer(&mut self, source: &PriceSource, offer: Offer) -> Answer {
        if !self.order.converts(self.line, offer) {
            return Answer::Nothing;
        }
        if self.order.counts_foreign_value(source, offer) {
            self.seen.other_currency = true;
            return Answer::Nothing;
        }
        self.read(offer, None)
    }

    /// Reads an offer; where `tier` is given, at that tier.
    #[inline]
    pub(crate) fn read(&self, offer: Offer, tier: Option<usize>) -> Answer {
        self.order.read(self.line, offer, tier, self.nearest)
    }
}
