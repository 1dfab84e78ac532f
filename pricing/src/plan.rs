//! Who is asked for a price: each buyer's contracts and lists, in the order of R3.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use emptor_core::{Choose, Instant, PriceListId};

use crate::book::{PriceBook, PriceSource, SourceKind};

/// What depends on the buyer and the date, for every organization.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plans {
    /// By organization number: its run of segments.
    pub(crate) runs: Vec<(u32, u32)>,
    /// From when which plan counts, ascending; the first of a run is since ever.
    pub(crate) segments: Vec<(Instant, u32)>,
    /// One for all organizations and times that are alike.
    pub(crate) plans: Vec<Plan>,
    /// Runs of lists in the order in which they are asked, one for all buyers who have it.
    pub(crate) chains: Vec<Chain>,
}

/// A buyer's contracts, and its lists as far as the buyer decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plan {
    /// The ship-to region of a request that names none.
    pub(crate) region: Option<u32>,
    /// Versions of contracts, by distance, then priority, then name.
    pub(crate) contracts: Vec<Asked>,
    /// The ways in which lists can be for the buyer, sorted by source.
    pub(crate) ways: Vec<Way>,
    /// The lists of a request that names no other region, no channel and no attributes.
    pub(crate) chain: u32,
}

/// A source and its rank: sources of equal rank compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) source: u32,
    pub(crate) rank: u32,
}

/// Lists in the order in which they are asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Chain {
    pub(crate) lists: Vec<Asked>,
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
}

/// The key by which a list is asked: facts, priority, nearness; smaller is earlier.
type RankKey = (Reverse<u32>, Reverse<i32>, (u8, u32));

impl Plans {
    /// The plan of an organization at a date.
    #[inline]
    pub(crate) fn at(&self, organization: u32, valid_at: Instant) -> Option<&Plan> {
        let &(first, count) = self.runs.get(organization as usize)?;
        let run = self.segments.get(first as usize..first.saturating_add(count) as usize)?;
        let (_, plan) = if let [only] = run {
            only
        } else {
            run.get(run.partition_point(|(from, _)| *from <= valid_at).checked_sub(1)?)?
        };
        self.plans.get(*plan as usize)
    }

    pub(crate) fn chain(&self, chain: u32) -> Option<&Chain> {
        self.chains.get(chain as usize)
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
        let list = |source: u32| match self.source(source) {
            Some(PriceSource { kind: SourceKind::List { id, .. }, priority, .. }) => Some((id, *priority)),
            _ => None,
        };
        resolve_chain(list, self.tenant.policy.choose, ways, circumstances)
    }
}

/// [`PriceBook::resolve_chain`] over the names and priorities of sources.
pub(crate) fn resolve_chain<'s>(
    list: impl Fn(u32) -> Option<(&'s PriceListId, i32)>,
    choose: Choose,
    ways: &[Way],
    circumstances: Circumstances<'_>,
) -> Chain {
    let mut keyed: Vec<(RankKey, &PriceListId, u32)> = Vec::new();
    for of_source in ways.chunk_by(|left, right| left.source == right.source) {
        let holding = || of_source.iter().filter(|way| way.holds(circumstances));
        let (Some(nearest), Some(most)) =
            (holding().map(|way| way.nearness).min(), holding().map(|way| way.facts).max())
        else {
            continue;
        };
        let source = of_source.first().map_or(0, |way| way.source);
        let Some((id, priority)) = list(source) else { continue };
        let facts = if choose == Choose::MostSpecific { most } else { 0 };
        keyed.push(((Reverse(facts), Reverse(priority), nearest), id, source));
    }
    keyed.sort();
    let ranks = keyed.chunk_by(|(left, ..), (right, ..)| left == right).zip(0_u32..);
    let asked = ranks.flat_map(|(rank, number)| rank.iter().map(move |&(.., source)| Asked { source, rank: number }));
    Chain { lists: asked.collect() }
}
