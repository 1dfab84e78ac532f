//! Guards and commitments (R9).

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::{Commitment, DocumentKind, Exact, Guards, Place};

use super::{Builder, number};
use crate::book::GuardTable;
use crate::code::Code;
use crate::commitment::CommitmentPlan;
use crate::guard::GuardPlan;
use crate::table::NONE;

impl Builder<'_> {
    /// Compiles guards.
    pub(super) fn guards(&mut self, guards: &Guards, place: &Place) -> GuardPlan {
        let plan = GuardPlan {
            floor: guards.floor.and_then(|floor| self.amount(floor, &place.key("floor"))),
            map: guards.map.and_then(|map| self.amount(map, &place.key("map"))),
            ceiling: guards.ceiling.and_then(|ceiling| self.amount(ceiling, &place.key("ceiling"))),
            margin_min: self.margin(guards.margin_min, place),
            discount_max: self.discount_max(guards.discount_max, place),
            breach: guards.breach.into(),
            role: guards.role.clone(),
        };
        if let (Some(floor), Some(ceiling)) = (plan.floor.max(plan.map), plan.ceiling)
            && floor > ceiling
        {
            let help = "lower the floor or raise the ceiling";
            self.report.error(Code::GuardRange, &place.key("floor"), "a floor is above its ceiling", help);
        }
        plan
    }

    fn margin(&mut self, margin: Option<Exact>, place: &Place) -> Option<i128> {
        let place = place.key("margin_min");
        self.check_price(margin?, &|| place.clone());
        if margin >= Some(Exact::from(100)) {
            let help = "write a percent of the price, below 100";
            self.report.error(Code::GuardRange, &place, "a margin of 100 percent or more has no price", help);
        }
        margin?.scaled(AMOUNT_DECIMALS)
    }

    fn discount_max(&mut self, discount: Option<Exact>, place: &Place) -> Option<i128> {
        let place = place.key("discount_max");
        self.check_price(discount?, &|| place.clone());
        if discount > Some(Exact::from(100)) || discount < Some(Exact::ZERO) {
            let help = "write a percent of the list price, 0 to 100";
            self.report.error(Code::GuardRange, &place, "a discount is below 0 or above 100 percent", help);
        }
        discount?.scaled(AMOUNT_DECIMALS)
    }

    /// The guards of the tenant.
    pub(super) fn tenant_guards(&mut self) -> GuardPlan {
        let documents = self.documents;
        let guards = &documents.tenant.guards;
        let place = Place::of(DocumentKind::Tenant, &documents.tenant.tenant).key("guards");
        GuardPlan {
            margin_min: self.margin(guards.margin_min, &place),
            discount_max: self.discount_max(guards.discount_max, &place),
            breach: guards.breach.into(),
            role: guards.role.clone(),
            ..GuardPlan::default()
        }
    }

    /// The number of an entry's guards.
    pub(super) fn entry_guards(&mut self, guards: &Guards, place: &dyn Fn() -> Place) -> u32 {
        if guards.is_empty() {
            return NONE;
        }
        let plan = self.guards(guards, &place().key("guards"));
        let next = self.guards_before.saturating_add(number(self.entry_guards.len()));
        *self.entry_guard_numbers.entry(plan).or_insert_with_key(|plan| {
            self.entry_guards.push(plan.clone());
            next
        })
    }

    /// The guards of the book, once all entries were read.
    pub(super) fn guard_table(&mut self) -> GuardTable {
        let tenant = self.tenant_guards();
        let of_products = self.facts.iter().any(|facts| facts.guards != GuardPlan::default());
        let of_lists = self.sources.iter().any(|source| source.is_floor);
        let of_tenant = tenant.margin_min.is_some() || tenant.discount_max.is_some();
        GuardTable {
            are_stated: of_products || of_lists || of_tenant || !self.entry_guards.is_empty(),
            tenant,
            of_entries: std::mem::take(&mut self.entry_guards).into(),
            redistribute: self.documents.tenant.guards.redistribute,
            has_lists: of_lists,
        }
    }

    /// What a contract version is committed to.
    pub(super) fn commitment(&mut self, commitment: &Commitment, place: &Place) -> CommitmentPlan {
        let plan = CommitmentPlan {
            minimum: commitment.minimum.and_then(|minimum| self.amount(minimum, &place.key("minimum"))),
            maximum: commitment.maximum.and_then(|maximum| self.amount(maximum, &place.key("maximum"))),
        };
        if plan.minimum.zip(plan.maximum).is_some_and(|(minimum, maximum)| minimum > maximum) {
            let help = "lower the minimum or raise the maximum";
            let message = "the minimum of a commitment is above its maximum";
            self.report.error(Code::GuardRange, &place.key("minimum"), message, help);
        }
        plan
    }
}
