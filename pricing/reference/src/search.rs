//! Which price a line gets (R3).

use std::cmp::Ordering;

use emptor_core::{AgainstLists, Choose, NoPrice, NoTier, PricePolicy, Ties};

use crate::counts::{Counts, manual_amount};
use crate::lines::Line;
use crate::merge;
use crate::moment::Moment;
use crate::numbers::{Number, is_amount, round10};
use crate::offers::{Offer, unit_order};
use crate::reading::{Reading, read};

/// The search for the price of one line.
pub(crate) struct Search<'s, 'v, 'd> {
    pub(crate) moment: &'s Moment<'d>,
    pub(crate) counts: &'s Counts<'s, 'd>,
    pub(crate) line: &'s Line<'d>,
    pub(crate) offers: &'s [Offer<'v>],
    /// Whether an offer that was asked had no tier for the quantity.
    pub(crate) had_no_tier: bool,
}

/// What a line comes to.
pub(crate) struct Price<'s, 'v> {
    pub(crate) amount: Number,
    /// The offer that it comes from; `None`: it was set by hand.
    pub(crate) won: Option<Won<'s, 'v>>,
}

/// An offer and what it comes to.
#[derive(Clone)]
pub(crate) struct Won<'s, 'v> {
    pub(crate) offer: &'s Offer<'v>,
    pub(crate) reading: Reading,
}

/// How several prices of one rank are decided.
#[derive(Clone, Copy, PartialEq)]
enum Decide {
    ByTies,
    /// The lists of `choose: lowest`.
    Lowest,
}

impl<'s, 'v> Search<'s, 'v, '_> {
    pub(crate) fn run(mut self) -> Result<Price<'s, 'v>, NoPrice> {
        if let Some(amount) = manual_amount(self.moment, self.line) {
            let amount = round10(&amount);
            return if is_amount(&amount) { Ok(Price { amount, won: None }) } else { Err(NoPrice::OutOfRange) };
        }
        let offers = self.offers;
        for is_asked in [Offer::is_first, Offer::is_converted] {
            let asked: Vec<&Offer> = offers.iter().filter(|offer| is_asked(offer)).collect();
            if let Some(won) = self.pass(&asked)? {
                return Ok(Price { amount: won.reading.amount.clone(), won: Some(won) });
            }
        }
        Err(match (self.had_no_tier, offers.is_empty()) {
            (true, _) => NoPrice::NoTier,
            (false, false) => NoPrice::NoRate,
            (false, true) => NoPrice::NoCandidate,
        })
    }

    /// What the price lists alone give, those in the order's currency first; nothing where that is in doubt.
    pub(crate) fn lists_alone(mut self, converts: bool) -> Option<Won<'s, 'v>> {
        let passes: [fn(&Offer<'v>) -> bool; 2] = [Offer::is_first, Offer::is_converted];
        for is_asked in passes.into_iter().take(1 + usize::from(converts)) {
            let is_of_list = |offer: &&'s Offer<'v>| is_asked(offer) && !offer.version.is_contract();
            let lists: Vec<&Offer> = self.offers.iter().filter(is_of_list).collect();
            if let Some(won) = self.ask_lists(&lists).ok()? {
                return Some(won);
            }
        }
        None
    }

    pub(crate) fn policy(&self) -> PricePolicy {
        self.moment.documents.tenant.price_policy
    }

    /// What an offer comes to.
    pub(crate) fn ask(&mut self, offer: &'s Offer<'v>) -> Result<Option<Won<'s, 'v>>, NoPrice> {
        let readings = read(self.counts, self.moment, &[(self.line, offer)])?;
        self.had_no_tier |= readings.is_none();
        let reading = readings.and_then(|readings| readings.into_iter().next()).transpose()?;
        Ok(reading.map(|reading| Won { offer, reading }))
    }

    fn pass(&mut self, offers: &[&'s Offer<'v>]) -> Result<Option<Won<'s, 'v>>, NoPrice> {
        let (contracts, lists): (Vec<&Offer>, Vec<&Offer>) =
            offers.iter().partition(|offer| offer.version.is_contract());
        for rank in ranks(contracts, |offer| offer.rank(Choose::Priority)) {
            if let Some(won) = self.ask_rank(&rank, Decide::ByTies)? {
                return self.against_lists(won, &lists).map(Some);
            }
        }
        self.ask_lists(&lists)
    }

    fn ask_lists(&mut self, lists: &[&'s Offer<'v>]) -> Result<Option<Won<'s, 'v>>, NoPrice> {
        let choose = self.policy().choose;
        match choose {
            Choose::Lowest if lists.is_empty() => Ok(None),
            Choose::Lowest => self.ask_rank(lists, Decide::Lowest),
            Choose::Merge => merge::ask(self, None, lists, merge::Winner::First),
            Choose::MergeLowest => merge::ask(self, None, lists, merge::Winner::Lowest),
            Choose::Priority | Choose::MostSpecific => {
                for rank in ranks(lists.to_vec(), |offer| offer.rank(choose)) {
                    if let Some(won) = self.ask_rank(&rank, Decide::ByTies)? {
                        return Ok(Some(won));
                    }
                }
                Ok(None)
            }
        }
    }

    /// Asks every version of a rank for its first offer that has a price.
    fn ask_rank(&mut self, rank: &[&'s Offer<'v>], decide: Decide) -> Result<Option<Won<'s, 'v>>, NoPrice> {
        let mut offers = rank.to_vec();
        offers.sort_by_key(|offer| (offer.version.name, offer.target, unit_order(self.line, &offer.unit)));
        let mut priced: Vec<Won> = Vec::new();
        for of_version in offers.chunk_by(|left, right| left.version.name == right.version.name) {
            for offer in of_version {
                if let Some(won) = self.ask(offer)? {
                    priced.push(won);
                    break;
                }
            }
        }
        if priced.is_empty() && self.policy().no_tier == NoTier::NoPrice {
            return Err(NoPrice::NoTier);
        }
        if priced.len() > 1 && decide == Decide::ByTies && self.policy().ties == Ties::Error {
            return Err(NoPrice::Ambiguous);
        }
        Ok(priced.into_iter().min_by(|left, right| compare(left, right, decide)))
    }

    /// What a contract's price does to the lists.
    fn against_lists(&mut self, won: Won<'s, 'v>, lists: &[&'s Offer<'v>]) -> Result<Won<'s, 'v>, NoPrice> {
        match won.offer.against {
            AgainstLists::Hide => Ok(won),
            AgainstLists::Lowest => match self.ask_lists(lists) {
                Ok(Some(of_lists)) if of_lists.reading.amount < won.reading.amount => Ok(of_lists),
                Err(NoPrice::OutOfRange) => Err(NoPrice::OutOfRange),
                Ok(_) | Err(_) => Ok(won),
            },
            AgainstLists::Merge if !won.offer.is_mergeable() => Ok(won),
            AgainstLists::Merge => {
                let merged = merge::ask(self, Some(won.offer), lists, merge::Winner::First)?;
                Ok(merged.filter(|merged| merged.offer.unit == won.offer.unit).unwrap_or(won))
            }
        }
    }
}

/// Offers of equal place, the first first.
fn ranks<'o, 'v>(mut offers: Vec<&'o Offer<'v>>, place: impl Fn(&Offer) -> Vec<i64>) -> Vec<Vec<&'o Offer<'v>>> {
    offers.sort_by_key(|offer| place(offer));
    offers.chunk_by(|left, right| place(left) == place(right)).map(<[_]>::to_vec).collect()
}

/// The lower amount first; then, for the lists of `choose: lowest`, the order of `priority`; then the name.
fn compare(left: &Won, right: &Won, decide: Decide) -> Ordering {
    let place = |won: &Won| match decide {
        Decide::ByTies => Vec::new(),
        Decide::Lowest => won.offer.rank(Choose::Priority),
    };
    let names = || left.offer.version.name.cmp(right.offer.version.name);
    left.reading.amount.cmp(&right.reading.amount).then_with(|| place(left).cmp(&place(right))).then_with(names)
}
