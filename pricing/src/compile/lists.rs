//! Price lists: their versions, entries and assignments (R3).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::{
    AgainstLists, Assignment, Currency, Derived, DocumentKind, Entry, Exact, ListUse, Period, Place, PriceList,
    RoundingRule, Validity,
};

use super::draft::{Draft, DraftTier, Spot, is_price};
use super::index::Indexed;
use super::{Builder, number, versions};
use crate::book::{PriceSource, SourceKind, SourceRounding};
use crate::code::Code;
use crate::rows::Rows;
use crate::table::Scope;

/// A version of a list, written in full or beside the list's name.
#[derive(Debug, Clone)]
pub(super) struct ListVersion<'d> {
    pub(super) number: u32,
    pub(super) valid: Validity,
    pub(super) priority: i32,
    pub(super) assigned_to: &'d [Assignment],
    pub(super) rounding: Option<RoundingRule>,
    pub(super) entries: &'d [Entry],
    pub(super) derived: Option<&'d Derived>,
    pub(super) place: Place,
    /// When it counts: filled in for those that were known.
    pub(super) effective: Vec<Period>,
}

impl<'d> Builder<'d> {
    /// Reads all lists: first those with entries of their own, then those that follow from others.
    pub(super) fn read_price_lists(&mut self) {
        let mut seen = BTreeSet::new();
        let mut lists: BTreeMap<&emptor_core::PriceListId, (&PriceList, Vec<ListVersion<'_>>)> = BTreeMap::new();
        for list in self.price_lists {
            if !seen.insert(&list.price_list) {
                let message = format!("two price lists are named `{}`", list.price_list);
                let help = "rename one of them, or make them versions of one";
                self.report.error(Code::Duplicate, &place_of(list), message, help);
                continue;
            }
            let versions = self.known_versions(list);
            lists.insert(&list.price_list, (list, versions));
        }
        for (list, versions) in lists.values() {
            for version in versions.iter().filter(|version| version.derived.is_none()) {
                let source = self.add_list_source(list, version, &version.effective);
                self.read_entries(version, list.currency, source);
            }
        }
        self.own_sources = self.sources.len();
        self.derive_all(&lists);
    }

    /// The versions that were recorded, with the periods in which they count.
    fn known_versions(&mut self, list: &'d PriceList) -> Vec<ListVersion<'d>> {
        let place = place_of(list);
        let mut known: Vec<ListVersion<'_>> = if list.versions.is_empty() {
            vec![ListVersion {
                number: 1,
                valid: list.valid,
                priority: list.priority,
                assigned_to: &list.assigned_to,
                rounding: list.rounding,
                entries: &list.entries,
                derived: list.derived.as_ref(),
                place,
                effective: Vec::new(),
            }]
        } else {
            if !list.entries.is_empty()
                || list.derived.is_some()
                || !list.assigned_to.is_empty()
                || !list.valid.is_always()
                || list.priority != 0
                || list.rounding.is_some()
            {
                let help = "move them into a version";
                self.report.error(Code::ListForm, &place, "a list with `versions` has fields of one beside it", help);
            }
            self.check_numbers(list.versions.iter().map(|version| version.number), &place.key("versions"));
            let recorded = list.versions.iter().enumerate();
            let recorded = recorded.filter(|(_, version)| version.recorded_at.is_none_or(|at| at <= self.known_at));
            let in_full = |(index, version): (usize, &'d emptor_core::PriceListVersion)| ListVersion {
                number: version.number,
                valid: version.valid,
                priority: version.priority,
                assigned_to: &version.assigned_to,
                rounding: version.rounding,
                entries: &version.entries,
                derived: version.derived.as_ref(),
                place: place.key("versions").index(index),
                effective: Vec::new(),
            };
            recorded.map(in_full).collect()
        };
        let mut numbered = Vec::new();
        for version in &known {
            numbered.push((version.number, self.period(version.valid, || version.place.key("valid"))));
            if version.derived.is_some() && !version.entries.is_empty() {
                let help = "keep either `entries` or `derived`";
                self.report.error(Code::ListForm, &version.place, "a derived list has entries of its own", help);
            }
            self.check_assignments(version);
        }
        for (version, periods) in known.iter_mut().zip(versions::effective(&numbered)) {
            version.effective = periods;
        }
        known
    }

    /// Reports versions of one number.
    pub(super) fn check_numbers(&mut self, numbers: impl Iterator<Item = u32>, place: &Place) {
        let mut seen = BTreeSet::new();
        for (index, number) in numbers.enumerate() {
            if !seen.insert(number) {
                let message = format!("two versions have the number {number}");
                self.report.error(Code::Duplicate, &place.index(index).key("number"), message, "renumber one of them");
            }
        }
    }

    fn check_assignments(&mut self, version: &ListVersion<'_>) {
        for (index, assignment) in version.assigned_to.iter().enumerate() {
            let place = version.place.key("assigned_to").index(index);
            if let Some(organization) = &assignment.organization
                && self.names.organizations.find(organization.as_str()).is_none()
            {
                self.unknown(&place.key("organization"), "organization", organization.as_str());
            }
            for region in &assignment.region {
                self.names.regions.add(region.as_str());
            }
            if let Some(channel) = &assignment.channel {
                self.names.channels.add(channel.as_str());
            }
        }
    }

    /// Adds the source of a version that counts in some periods.
    pub(super) fn add_list_source(&mut self, list: &PriceList, version: &ListVersion<'d>, effective: &[Period]) -> u32 {
        let kind = SourceKind::List { id: list.price_list.clone(), forbids_merging: list.forbids_merging };
        let rounding = self.rounding(version.rounding, &version.place);
        let source = PriceSource {
            kind,
            version: version.number,
            currency: list.currency,
            priority: version.priority,
            side: list.prices.unwrap_or(self.documents.tenant.prices),
            is_floor: list.kept_as == ListUse::Floor,
            rounding,
            effective: effective.to_vec(),
        };
        self.add_source(source, version.assigned_to, version.place.key("entries"))
    }

    /// Adds a source, with its assignments and where its entries stand.
    pub(super) fn add_source(&mut self, source: PriceSource, assignments: &'d [Assignment], place: Place) -> u32 {
        let id = number(self.sources.len());
        self.sources.push(source);
        self.rows.push(Rows::default());
        self.assignments.push(assignments);
        self.entry_places.push(place);
        id
    }

    /// A rounding rule at 10 decimals.
    pub(super) fn rounding(&mut self, rule: Option<RoundingRule>, place: &Place) -> Option<SourceRounding> {
        let rule = rule?;
        let place = place.key("rounding");
        let increment = self.increment(rule.increment, &place.key("increment"))?;
        self.check_price(rule.offset, &|| place.key("offset"));
        let offset = rule.offset.scaled(AMOUNT_DECIMALS)?;
        Some(SourceRounding { at: rule.at, mode: rule.mode, increment, offset })
    }

    /// An increment at 10 decimals, which is above zero.
    pub(super) fn increment(&mut self, increment: Exact, place: &Place) -> Option<i128> {
        let scaled = increment.scaled(AMOUNT_DECIMALS).filter(|&scaled| scaled > 0 && is_price(increment));
        if scaled.is_none() {
            self.not_positive(place);
        }
        scaled
    }

    fn read_entries(&mut self, version: &ListVersion<'_>, currency: Currency, source: u32) {
        self.indexed.reserve(version.entries.len());
        if let Some(entries) = self.rows.get_mut(source as usize) {
            entries.reserve(version.entries.iter().map(|entry| entry.tiers.len().max(1)).sum());
        }
        for (index, entry) in version.entries.iter().enumerate() {
            let spot = || version.place.key("entries").index(index);
            if entry.formula.is_some() || matches!(entry.base, emptor_core::TierBase::Script(_)) {
                let help = "let a contract have the formula, or an adjustment change the price";
                self.report.error(Code::ScriptPlace, &spot(), "a price list asks no script", help);
                continue;
            }
            if let Some(draft) = self.draft(entry, currency, AgainstLists::Hide, &spot) {
                self.lint(&draft, &version.effective, &spot);
                self.check_floor(&draft, source, &spot);
                self.add_entry(&draft, source, index, &spot);
            }
        }
    }

    /// The tables of a list that is kept as floor are read for one line at a time.
    pub(super) fn check_floor(&mut self, draft: &Draft, source: u32, spot: &Spot<'_>) {
        let is_floor = self.sources.get(source as usize).is_some_and(|source| source.is_floor);
        if is_floor && draft.scope != Scope::Line {
            let help = "count over the line";
            let message = "a list that is kept as floor counts over several lines";
            self.report.error(Code::TierScope, &spot().key("over"), message, help);
        }
    }

    /// Lays an entry down and notes it for the index.
    pub(super) fn add_entry(&mut self, draft: &Draft, source: u32, origin: usize, spot: &Spot<'_>) {
        let Some(entry) = self.lay_down(draft, source, spot) else { return };
        self.indexed.push(Indexed {
            target: draft.target,
            source,
            unit: draft.unit,
            valid: draft.valid,
            entry,
            origin: number(origin),
        });
    }

    /// Warns of what may not be what was meant.
    pub(super) fn lint(&mut self, draft: &Draft, effective: &[Period], spot: &Spot<'_>) {
        if !effective.is_empty() && !effective.iter().any(|period| period.overlaps(draft.valid)) {
            let help = "correct its dates, or drop it";
            self.report.warning(Code::Unreachable, &spot(), "an entry never holds while its version does", help);
        }
        if draft.tiers.last().is_some_and(|tier| tier.end < i64::MAX) {
            let help = "leave `up_to` out of the last tier, or add one with `no_price: true`";
            self.report.warning(Code::TierHole, &spot().key("tiers"), "there is no price above the last tier", help);
        }
        let mut prices = draft.tiers.iter().zip(draft.tiers.iter().skip(1)).enumerate();
        let plain = !draft.graduated && draft.tiers.iter().all(DraftTier::is_plain);
        if let Some((index, _)) = prices.find(|(_, (lower, upper))| plain && upper.price > lower.price) {
            let place = spot().key("tiers").index(index.saturating_add(1));
            self.report.warning(Code::TierRises, &place, "the price rises with the quantity", "check the two tiers");
        }
    }
}

/// Where a list's document begins.
pub(super) fn place_of(list: &PriceList) -> Place {
    Place::of(DocumentKind::PriceList, &list.price_list)
}
