//! Who is asked for a price: each buyer's contracts and lists, in the order of R3.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::{Choose, Currency, Instant, Period, PriceListId, RoundingStage, TaxSide};

use crate::book::{PriceBook, PriceSource, SourceKind};
use crate::table::NONE;

/// What depends on the buyer and the date, for every organization.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plans {
    /// By organization number.
    pub(crate) times: Vec<Times>,
    /// From when which plan counts, ascending; the first of an organization is since ever.
    pub(crate) segments: Vec<Segment>,
    /// What is known of buyers beside their plans; one for all that are alike.
    pub(crate) kins: Vec<Kin>,
    /// One for all organizations and times that are alike.
    pub(crate) plans: Vec<Plan>,
}

/// Which plans an organization has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    /// One, always.
    Always(Seat),
    /// One after the other: so many segments, from this one on.
    Segments { first: u32, count: u32 },
}

/// From when an organization has a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) from: Instant,
    pub(crate) seat: Seat,
}

/// An organization's plan, and what else is known of it, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) plan: u32,
    pub(crate) kin: u32,
}

/// What conditions and order rules ask of a buyer; kept where some do.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kin {
    /// The buyer and the units above it, nearest first.
    pub(crate) lineage: Vec<u32>,
    /// Sorted.
    pub(crate) groups: Vec<u32>,
    /// How much it may owe, at 10 decimals, and which organization says so.
    pub(crate) credit: Option<(u32, i128)>,
    /// How much it may spend, at 10 decimals, and which organization says so.
    pub(crate) budget: Option<(u32, i128)>,
}

/// A buyer's contracts, and its lists as far as the buyer decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plan {
    /// The ship-to region of a request that names none.
    pub(crate) region: Option<u32>,
    /// The same, as conditions ask for it.
    pub(crate) region_bit: u64,
    /// Versions of contracts, by distance, then priority, then name; after them, where lists are asked in turn, those of
    /// the chain. The ranks of each part are its own.
    pub(crate) asked: Vec<Asked>,
    /// How many are of contracts.
    pub(crate) of_contracts: usize,
    /// The ways in which lists can be for the buyer, sorted by source.
    pub(crate) ways: Vec<Way>,
    /// The lists of a request that names no other region, no channel and no attributes.
    pub(crate) chain: Chain,
}

/// A source in a period in which it counts, and its rank: sources of equal rank compete.
///
/// A source that counts in several periods stands here several times; they are disjoint, so it is asked at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) source: u32,
    pub(crate) rank: u32,
    pub(crate) period: Period,
    pub(crate) currency: Currency,
    /// Whether no other source is of its rank, and it does not round amounts of lines.
    pub(crate) is_plain: bool,
}

/// Whether lists are asked one after the other, up to the first that has a price (R3).
pub(crate) fn are_in_turn(choose: Choose) -> bool {
    matches!(choose, Choose::Priority | Choose::MostSpecific)
}

/// Sources that are asked together: each with its number, and once for each of its periods.
pub(crate) fn ask_as_rank(rank: u32, sources: &[(u32, &PriceSource)]) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (id, source) in sources {
        let by_line = source.rounding.is_some_and(|rule| rule.at == RoundingStage::Line);
        let is_plain = sources.len() == 1 && !by_line;
        let once = |period: &Period| Asked { source: *id, rank, period: *period, currency: source.currency, is_plain };
        asked.extend(source.effective.iter().map(once));
    }
    asked
}

/// Lists in the order in which they are asked; shared by all buyers who have them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Chain {
    pub(crate) lists: Arc<[Asked]>,
}

/// One assignment of a list that holds for the buyer, if the rest of the request agrees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Way {
    pub(crate) source: u32,
    /// Kind and distance of the nearest fact: smaller is nearer.
    pub(crate) nearness: (u8, u32),
    /// How many facts it names.
    pub(crate) facts: u32,
    /// Empty: any.
    pub(crate) regions: Vec<u32>,
    pub(crate) channel: Option<u32>,
    pub(crate) attributes: Vec<(String, String)>,
}

/// What a request says beside the buyer that lists are assigned by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'r> {
    pub(crate) region: Option<u32>,
    pub(crate) channel: Option<u32>,
    pub(crate) attributes: &'r BTreeMap<String, String>,
    /// Whether prices are without or with tax.
    pub(crate) side: TaxSide,
    /// Whether the lists that are kept as floor are wanted, and no others.
    pub(crate) floors: bool,
}

/// The key by which a list is asked: facts, priority, nearness; smaller is earlier.
type RankKey = (Reverse<u32>, Reverse<i32>, (u8, u32));

impl Plans {
    /// The plan of an organization at a date, and what else is known of it.
    #[inline]
    pub(crate) fn at(&self, organization: u32, valid_at: Instant) -> Option<(&Plan, &Kin)> {
        let seat = match *self.times.get(organization as usize)? {
            Times::Always(seat) => seat,
            Times::Segments { first, count } => self.segment(first, count, valid_at)?.seat,
        };
        Some((self.plans.get(seat.plan as usize)?, self.kins.get(seat.kin as usize)?))
    }

    /// Notes what was added from this segment on as the next organization's.
    pub(crate) fn note(&mut self, first: u32) {
        let times = match self.segments.get(first as usize..) {
            Some(&[Segment { seat, .. }]) => {
                self.segments.pop();
                Times::Always(seat)
            }
            several => Times::Segments { first, count: u32::try_from(several.map_or(0, <[_]>::len)).unwrap_or(0) },
        };
        self.times.push(times);
    }

    fn segment(&self, first: u32, count: u32, valid_at: Instant) -> Option<&Segment> {
        let segments = self.segments.get(first as usize..first.saturating_add(count) as usize)?;
        segments.get(segments.partition_point(|segment| segment.from <= valid_at).checked_sub(1)?)
    }
}

impl Plan {
    /// Versions of contracts, by distance, then priority, then name.
    #[inline]
    pub(crate) fn contracts(&self) -> &[Asked] {
        self.asked.get(..self.of_contracts).unwrap_or(&[])
    }
}

impl Way {
    fn holds(&self, circumstances: Circumstances<'_>) -> bool {
        let region =
            self.regions.is_empty() || circumstances.region.is_some_and(|region| self.regions.contains(&region));
        let channel = self.channel.is_none() || self.channel == circumstances.channel;
        let has = |(key, value): &(String, String)| circumstances.attributes.get(key) == Some(value);
        region && channel && self.attributes.iter().all(has)
    }
}

impl PriceBook {
    /// The lists that are for a buyer in these circumstances, in the order in which they are asked.
    pub(crate) fn resolve_chain(&self, ways: &[Way], circumstances: Circumstances<'_>) -> Chain {
        resolve_chain(&self.sources, self.tenant.policy.choose, ways, circumstances)
    }
}

/// [`PriceBook::resolve_chain`] over sources.
pub(crate) fn resolve_chain(
    sources: &[PriceSource],
    choose: Choose,
    ways: &[Way],
    circumstances: Circumstances<'_>,
) -> Chain {
    let mut keyed: Vec<(RankKey, &PriceListId, u32, &PriceSource)> = Vec::new();
    for of_source in ways.chunk_by(|left, right| left.source == right.source) {
        let holding = || of_source.iter().filter(|way| way.holds(circumstances));
        let nearest = holding().map(|way| way.nearness).min();
        let (Some(nearest), Some(most)) = (nearest, holding().map(|way| way.facts).max()) else { continue };
        let id = of_source.first().map_or(NONE, |way| way.source);
        let Some(source) = sources.get(id as usize) else { continue };
        let SourceKind::List { id: name, .. } = &source.kind else { continue };
        if source.side != circumstances.side || source.is_floor != circumstances.floors {
            continue;
        }
        let facts = if choose == Choose::MostSpecific { most } else { 0 };
        keyed.push(((Reverse(facts), Reverse(source.priority), nearest), name, id, source));
    }
    keyed.sort_by(|left, right| (left.0, left.1, left.2).cmp(&(right.0, right.1, right.2)));
    let ranks = keyed.chunk_by(|(left, ..), (right, ..)| left == right).zip(0_u32..);
    let asked = ranks.flat_map(|(rank, number)| {
        let sources: Vec<_> = rank.iter().map(|(.., id, source)| (*id, *source)).collect();
        ask_as_rank(number, &sources)
    });
    Chain { lists: asked.collect() }
}
