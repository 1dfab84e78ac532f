//! Organizations: the tree over time, and a plan for every buyer (R2, R3).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::{Assignment, DocumentKind, Exact, Instant, Organization, Organizations, Period, Place, lineage};

use super::{Builder, number};
use crate::book::SourceKind;
use crate::code::Code;
use crate::plan::{
    Asked, Chain, Circumstances, Kin, Plan, Plans, Seat, Segment, Way, are_in_turn, ask_as_rank, resolve_chain,
};
use crate::short::region_bit;

impl Builder<'_> {
    /// Checks the tree.
    pub(super) fn read_organizations(&mut self) {
        let documents = self.documents;
        for organization in &documents.organizations {
            let known = self.names.organizations.len();
            let id = self.names.organizations.add(organization.organization.as_str()) as usize;
            if id < known {
                let message = format!("two organizations are named `{}`", organization.organization);
                self.report.error(Code::Duplicate, &place_of(organization), message, "rename or drop one of them");
            }
        }
        for organization in &documents.organizations {
            self.check_parents(organization);
            for (key, limit) in [("credit_limit", organization.credit_limit), ("budget", organization.budget)] {
                limit.and_then(|limit| self.amount(limit, &place_of(organization).key(key)));
            }
            for group in &organization.groups {
                self.names.groups.add(group.as_str());
            }
            // Scripts read a region that nothing else names; without scripts, organizations of such regions are alike.
            if let Some(region) = organization.region.as_ref().filter(|_| !documents.scripts.is_empty()) {
                self.names.regions.add(region.as_str());
            }
        }
    }

    fn check_parents(&mut self, organization: &Organization) {
        let mut periods: Vec<Period> = Vec::new();
        for (index, parent) in organization.parents.iter().enumerate() {
            let place = place_of(organization).key("parents").index(index);
            if self.names.organizations.find(parent.organization.as_str()).is_none() {
                self.unknown(&place.key("organization"), "organization", parent.organization.as_str());
            }
            let period = self.period(parent.valid, || place.key("valid"));
            if parent.recorded_at.is_some_and(|at| at > self.known_at) {
                continue;
            }
            if periods.iter().any(|other| other.overlaps(period)) {
                let help = "end one before the other begins; `to` is the first moment that is not in a period";
                self.report.error(Code::ParentOverlap, &place.key("valid"), "two parents at one time", help);
            }
            periods.push(period);
        }
    }

    /// The plans of all organizations.
    pub(super) fn make_plans(&mut self) -> Plans {
        let documents = self.documents;
        let organizations: Organizations<'_> =
            documents.organizations.iter().map(|unit| (&unit.organization, unit)).collect();
        let mut plans = Plans::default();
        let mut numbers: BTreeMap<Plan, u32> = BTreeMap::new();
        let mut chains: BTreeSet<Chain> = BTreeSet::new();
        let contracts = self.contract_sources();
        let mut kins: BTreeMap<Kin, u32> = BTreeMap::new();
        let mut first_of_name = BTreeMap::new();
        for unit in &documents.organizations {
            let id = self.names.organizations.find(unit.organization.as_str());
            first_of_name.entry(id).or_insert(unit);
        }
        for unit in first_of_name.into_values() {
            let first = number(plans.segments.len());
            for moment in self.moments(&organizations, unit) {
                let Ok(units) = lineage(&organizations, &unit.organization, moment, self.known_at, self.zone) else {
                    let help = "give a unit on the way up another parent, or flatten the tree to 32 levels";
                    let message = "the way up from this organization does not end";
                    self.report.error(Code::Cycle, &place_of(unit).key("parents"), message, help);
                    break;
                };
                let plan = self.plan(&units, &contracts, &mut chains);
                let next = number(plans.plans.len());
                let plan = *numbers.entry(plan).or_insert_with_key(|plan| {
                    plans.plans.push(plan.clone());
                    next
                });
                let next = number(plans.kins.len());
                let kin = *kins.entry(self.kin(&units)).or_insert_with_key(|kin| {
                    plans.kins.push(kin.clone());
                    next
                });
                let (seat, last) = (Seat { plan, kin }, plans.segments.get(first as usize..).and_then(<[_]>::last));
                if last.is_none_or(|last| last.seat != seat) {
                    plans.segments.push(Segment { from: moment, seat });
                }
            }
            plans.note(first);
        }
        plans
    }

    /// The moments at which a unit's lineage may change, since ever first.
    fn moments(&self, organizations: &Organizations<'_>, unit: &Organization) -> Vec<Instant> {
        let mut seen = vec![unit];
        let mut moments = vec![Instant::MIN];
        let mut next = 0;
        while let Some(unit) = seen.get(next).copied() {
            next = next.saturating_add(1);
            for parent in &unit.parents {
                let period = parent.valid.period(self.zone);
                moments.extend([period.from, period.to]);
                if let Some(&up) = organizations.get(&parent.organization)
                    && !seen.iter().any(|known| known.organization == up.organization)
                {
                    seen.push(up);
                }
            }
        }
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// What conditions and order rules ask of a buyer; nothing where none does.
    fn kin(&self, units: &[&Organization]) -> Kin {
        if !self.asks_of_buyers() {
            return Kin::default();
        }
        let numbered = |unit: &&Organization| self.names.organizations.find(unit.organization.as_str());
        let groups = units.iter().flat_map(|unit| &unit.groups);
        let mut groups: Vec<u32> = groups.filter_map(|group| self.names.groups.find(group.as_str())).collect();
        groups.sort_unstable();
        groups.dedup();
        let nearest = |read: fn(&Organization) -> Option<Exact>| {
            units.iter().find_map(|unit| Some((numbered(unit)?, read(unit)?.scaled(AMOUNT_DECIMALS)?)))
        };
        Kin {
            lineage: units.iter().filter_map(numbered).collect(),
            groups,
            credit: nearest(|unit| unit.credit_limit),
            budget: nearest(|unit| unit.budget),
        }
    }

    /// Whether something in the documents is decided by who buys, beside prices.
    fn asks_of_buyers(&self) -> bool {
        let documents = self.documents;
        let limits = |unit: &Organization| unit.credit_limit.is_some() || unit.budget.is_some();
        let has_scripts = !documents.scripts.is_empty();
        has_scripts || !self.steps.is_empty() || self.asks.has_order_rules || documents.organizations.iter().any(limits)
    }

    /// Contract versions by the organization they are with.
    fn contract_sources(&self) -> BTreeMap<u32, Vec<u32>> {
        let mut contracts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (source, number) in self.sources.iter().zip(0_u32..) {
            if let SourceKind::Contract { organization, .. } = source.kind {
                contracts.entry(organization).or_default().push(number);
            }
        }
        contracts
    }

    fn plan(&self, units: &[&Organization], contracts: &BTreeMap<u32, Vec<u32>>, chains: &mut BTreeSet<Chain>) -> Plan {
        let region = units.iter().find_map(|unit| unit.region.as_ref());
        let region = region.and_then(|region| self.names.regions.find(region.as_str()));
        let ways = self.ways(units);
        let nothing = BTreeMap::new();
        let side = self.documents.tenant.prices;
        let plain = Circumstances { region, channel: None, attributes: &nothing, side, floors: false };
        let policy = self.documents.tenant.price_policy;
        let chain = resolve_chain(&self.sources, policy.choose, &ways, plain);
        let chain = chains.get(&chain).cloned().unwrap_or_else(|| {
            chains.insert(chain.clone());
            chain
        });
        let mut asked = self.contract_order(units, contracts);
        let of_contracts = asked.len();
        if are_in_turn(policy.choose) {
            asked.extend(&*chain.lists);
        }
        Plan { region, region_bit: region_bit(region), asked, of_contracts, ways, chain }
    }

    /// The contracts of a lineage by distance, then priority, then name.
    fn contract_order(&self, units: &[&Organization], contracts: &BTreeMap<u32, Vec<u32>>) -> Vec<Asked> {
        let mut keyed = Vec::new();
        for (unit, distance) in units.iter().zip(0_u32..) {
            let id = self.names.organizations.find(unit.organization.as_str());
            for &id in id.and_then(|id| contracts.get(&id)).into_iter().flatten() {
                let Some(source) = self.sources.get(id as usize) else { continue };
                if let SourceKind::Contract { id: name, .. } = &source.kind {
                    keyed.push(((distance, std::cmp::Reverse(source.priority)), name, id, source));
                }
            }
        }
        keyed.sort_by(|left, right| (left.0, left.1, left.2).cmp(&(right.0, right.1, right.2)));
        let ranks = keyed.chunk_by(|(left, ..), (right, ..)| left == right).zip(0_u32..);
        let asked = ranks.flat_map(|(rank, number)| {
            let sources: Vec<_> = rank.iter().map(|(.., id, source)| (*id, *source)).collect();
            ask_as_rank(number, &sources)
        });
        asked.collect()
    }

    /// The assignments that hold for a lineage, as far as it decides.
    fn ways(&self, units: &[&Organization]) -> Vec<Way> {
        let mut ways = Vec::new();
        for (source, number) in self.sources.iter().zip(0_u32..) {
            // INVARIANT (lists first): lists are read before contracts.
            if !source.is_list() {
                break;
            }
            let assignments = self.assignments.get(number as usize).copied().unwrap_or(&[]);
            let everyone = Way {
                source: number,
                nearness: (5, 0),
                facts: 0,
                regions: Vec::new(),
                channel: None,
                attributes: Vec::new(),
            };
            if assignments.is_empty() {
                ways.push(everyone);
            } else {
                ways.extend(assignments.iter().filter_map(|assignment| self.way(&everyone, assignment, units)));
            }
        }
        ways
    }

    fn way(&self, everyone: &Way, assignment: &Assignment, units: &[&Organization]) -> Option<Way> {
        let mut way = everyone.clone();
        let mut nearness = everyone.nearness;
        let mut nearest = |kind: u8, distance: u32| nearness = nearness.min((kind, distance));
        let mut facts = assignment.attributes.len();
        if let Some(organization) = &assignment.organization {
            let distance = units.iter().position(|unit| unit.organization == *organization)?;
            nearest(0, number(distance));
            facts = facts.saturating_add(1);
        }
        if let Some(group) = &assignment.group {
            units.iter().find(|unit| unit.groups.contains(group))?;
            nearest(1, 0);
            facts = facts.saturating_add(1);
        }
        if !assignment.region.is_empty() {
            nearest(2, 0);
            facts = facts.saturating_add(1);
            let known = assignment.region.iter().filter_map(|region| self.names.regions.find(region.as_str()));
            way.regions = known.collect();
        }
        if let Some(channel) = &assignment.channel {
            nearest(3, 0);
            facts = facts.saturating_add(1);
            way.channel = self.names.channels.find(channel.as_str());
        }
        if !assignment.attributes.is_empty() {
            nearest(4, 0);
            way.attributes = assignment.attributes.clone().into_iter().collect();
        }
        (way.nearness, way.facts) = (nearness, number(facts));
        Some(way)
    }
}

fn place_of(organization: &Organization) -> Place {
    Place::of(DocumentKind::Organization, &organization.organization)
}
