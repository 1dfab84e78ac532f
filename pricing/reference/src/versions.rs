//! Which versions of contracts and price lists are for the buyer at the moment (R3).

use std::borrow::Cow;
use std::cmp::Reverse;

use emptor_core::{
    AgainstLists, Assignment, Choose, Contract, ContractId, ContractVersion, Currency, Derived, Entry, Instant,
    ListUse, PriceList, RoundingRule, Source, Validity,
};

use crate::derived;
use crate::moment::Moment;

/// A version of a contract or a price list that is for the buyer.
pub(crate) struct Version<'d> {
    pub(crate) source: Source,
    pub(crate) name: &'d str,
    pub(crate) currency: Currency,
    pub(crate) rounding: Option<RoundingRule>,
    pub(crate) forbids_merging: bool,
    pub(crate) standing: Standing,
    pub(crate) entries: Vec<(Cow<'d, Entry>, AgainstLists)>,
}

/// What its place in the order of R3 follows from; smaller is earlier.
#[derive(Clone, Copy)]
pub(crate) enum Standing {
    Contract { distance: i64, priority: i64 },
    List { priority: i64, nearness: i64, facts: i64 },
}

/// A version of a price list, or the list as its only version.
pub(crate) struct ListVersion<'d> {
    number: u32,
    recorded_at: Option<Instant>,
    valid: &'d Validity,
    priority: i32,
    assigned_to: &'d [Assignment],
    rounding: Option<RoundingRule>,
    pub(crate) entries: &'d [Entry],
    pub(crate) derived: Option<&'d Derived>,
}

const GROUP: i64 = 1000;
const REGION: i64 = 1001;
const CHANNEL: i64 = 1002;
const ATTRIBUTES: i64 = 1003;
const EVERYONE: i64 = 1004;

/// A version of a contract of the order's side that counts, with an organization in the buyer's lineage.
pub(crate) struct Agreement<'d> {
    pub(crate) contract: &'d Contract,
    pub(crate) version: &'d ContractVersion,
    pub(crate) distance: usize,
    pub(crate) currency: Currency,
}

/// All that price goods, of the order's side.
pub(crate) fn for_buyer<'d>(moment: &Moment<'d>) -> Vec<Version<'d>> {
    let agreed = agreements(moment).into_iter();
    agreed.map(|agreed| of_contract(&agreed)).chain(lists(moment, ListUse::Prices)).collect()
}

/// The price lists that are kept as floor, of the order's side.
pub(crate) fn floors<'d>(moment: &Moment<'d>) -> Vec<Version<'d>> {
    lists(moment, ListUse::Floor)
}

/// The contracts that count, in their order.
pub(crate) fn agreements<'d>(moment: &Moment<'d>) -> Vec<Agreement<'d>> {
    let agreed = moment.documents.contracts.iter().filter_map(|contract| agreement(moment, contract));
    let mut agreed: Vec<Agreement> = agreed.collect();
    agreed
        .sort_by_key(|agreed| (agreed.distance, Reverse(agreed.contract.priority), agreed.contract.contract.as_str()));
    agreed
}

fn lists<'d>(moment: &Moment<'d>, kept_as: ListUse) -> Vec<Version<'d>> {
    let lists = moment.documents.price_lists.iter();
    let of_side = lists.filter(|list| list.kept_as == kept_as && moment.is_of_side(list.prices));
    of_side.filter_map(|list| of_list(moment, list)).collect()
}

/// The version of a list that counts.
pub(crate) fn counting<'d>(moment: &Moment, list: &'d PriceList) -> Option<ListVersion<'d>> {
    let counts = |version: &ListVersion| moment.knows(version.recorded_at) && moment.holds(version.valid);
    list_versions(list).into_iter().filter(counts).max_by_key(|version| version.number)
}

impl Version<'_> {
    pub(crate) fn is_contract(&self) -> bool {
        matches!(self.standing, Standing::Contract { .. })
    }

    /// The contract that it is of.
    pub(crate) fn contract(&self) -> Option<&ContractId> {
        match &self.source {
            Source::Contract { contract, .. } => Some(contract),
            _ => None,
        }
    }

    /// The place of an offer that is `target` away from the sku, under a policy that ranks.
    pub(crate) fn rank(&self, target: i64, choose: Choose) -> Vec<i64> {
        match self.standing {
            Standing::Contract { distance, priority } => vec![distance, -priority, target],
            Standing::List { priority, nearness, facts } if choose == Choose::MostSpecific => {
                vec![-facts, -priority, nearness, target]
            }
            Standing::List { priority, nearness, .. } => vec![-priority, nearness, target],
        }
    }
}

fn agreement<'d>(moment: &Moment<'d>, contract: &'d Contract) -> Option<Agreement<'d>> {
    let distance = moment.distance(&contract.organization).filter(|_| moment.is_of_side(contract.prices))?;
    let counts = |version: &&ContractVersion| {
        let approved = version.approved.as_ref().is_some_and(|signature| signature.at <= moment.known_at);
        let end = version.terminated.as_ref().filter(|end| end.recorded_at <= moment.known_at);
        let ended = end.is_some_and(|end| end.from.instant(moment.zone) <= moment.valid_at);
        moment.knows(version.recorded_at) && approved && !ended && moment.holds(&version.valid)
    };
    let version = contract.versions.iter().filter(counts).max_by_key(|version| version.number)?;
    let currency = contract.currency.unwrap_or(moment.documents.tenant.currency);
    Some(Agreement { contract, version, distance, currency })
}

fn of_contract<'d>(agreed: &Agreement<'d>) -> Version<'d> {
    let Agreement { contract, version, distance, currency } = *agreed;
    Version {
        source: Source::Contract {
            contract: contract.contract.clone(),
            version: version.number,
            organization: contract.organization.clone(),
        },
        name: contract.contract.as_str(),
        currency,
        rounding: version.rounding,
        forbids_merging: false,
        standing: Standing::Contract { distance: place(distance), priority: contract.priority.into() },
        entries: version
            .terms
            .iter()
            .filter_map(|term| Some((Cow::Borrowed(term.price.as_ref()?), term.lists)))
            .collect(),
    }
}

fn of_list<'d>(moment: &Moment<'d>, list: &'d PriceList) -> Option<Version<'d>> {
    let version = counting(moment, list)?;
    let assigned = version.assigned_to.iter().filter_map(|assignment| facts_of(moment, assignment));
    let mut assigned: Vec<Vec<i64>> = assigned.collect();
    if version.assigned_to.is_empty() {
        assigned.push(Vec::new());
    }
    let nearness = assigned.iter().map(|facts| facts.iter().copied().min().unwrap_or(EVERYONE)).min()?;
    let facts = assigned.iter().map(Vec::len).max()?;
    let entries = derived::entries(moment, &version);
    Some(Version {
        source: Source::PriceList { price_list: list.price_list.clone(), version: version.number },
        name: list.price_list.as_str(),
        currency: list.currency,
        rounding: version.rounding,
        forbids_merging: list.forbids_merging,
        standing: Standing::List { priority: version.priority.into(), nearness, facts: place(facts) },
        entries: entries.into_iter().map(|entry| (entry, AgainstLists::Hide)).collect(),
    })
}

/// How near each fact is that an assignment names, if all of them hold.
fn facts_of(moment: &Moment, assignment: &Assignment) -> Option<Vec<i64>> {
    let mut facts = Vec::new();
    if let Some(organization) = &assignment.organization {
        facts.push(place(moment.distance(organization)?));
    }
    if let Some(group) = &assignment.group {
        facts.push(moment.groups().contains(group).then_some(GROUP)?);
    }
    if !assignment.region.is_empty() {
        facts.push(moment.region.is_some_and(|region| assignment.region.contains(region)).then_some(REGION)?);
    }
    if let Some(channel) = &assignment.channel {
        facts.push((moment.request.channel.as_ref() == Some(channel)).then_some(CHANNEL)?);
    }
    for (name, value) in &assignment.attributes {
        facts.push((moment.request.attributes.get(name) == Some(value)).then_some(ATTRIBUTES)?);
    }
    Some(facts)
}

fn list_versions(list: &PriceList) -> Vec<ListVersion<'_>> {
    if list.versions.is_empty() {
        return vec![ListVersion {
            number: 1,
            recorded_at: None,
            valid: &list.valid,
            priority: list.priority,
            assigned_to: &list.assigned_to,
            rounding: list.rounding,
            entries: &list.entries,
            derived: list.derived.as_ref(),
        }];
    }
    let versions = list.versions.iter().map(|version| ListVersion {
        number: version.number,
        recorded_at: version.recorded_at,
        valid: &version.valid,
        priority: version.priority,
        assigned_to: &version.assigned_to,
        rounding: version.rounding,
        entries: &version.entries,
        derived: version.derived.as_ref(),
    });
    versions.collect()
}

fn place(index: usize) -> i64 {
    i64::try_from(index).expect("trees and assignments are small")
}
