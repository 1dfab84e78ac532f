//! Contracts: which versions price, and their terms (R3).

use std::collections::BTreeSet;

use emptor_core::{Contract, ContractVersion, DocumentKind, Period, Place, Term};

use super::draft::Spot;
use super::{Builder, versions};
use crate::book::{PriceSource, SourceKind};
use crate::code::Code;
use crate::table::NONE;

impl<'d> Builder<'d> {
    /// Reads all contracts.
    pub(super) fn read_contracts(&mut self) {
        let mut seen = BTreeSet::new();
        for contract in self.contracts {
            let place = Place::of(DocumentKind::Contract, &contract.contract);
            if !seen.insert(&contract.contract) {
                let message = format!("two contracts are named `{}`", contract.contract);
                let help = "rename one of them, or make them versions of one";
                self.report.error(Code::Duplicate, &place, message, help);
                continue;
            }
            let organization = self.names.organizations.find(contract.organization.as_str()).unwrap_or_else(|| {
                self.unknown(&place.key("organization"), "organization", contract.organization.as_str());
                NONE
            });
            let numbers = contract.versions.iter().map(|version| version.number);
            self.check_numbers(numbers, &place.key("versions"));
            self.read_versions(contract, organization, &place.key("versions"));
        }
    }

    fn read_versions(&mut self, contract: &'d Contract, organization: u32, place: &Place) {
        let mut pricing = Vec::new();
        let mut numbered = Vec::new();
        for (index, version) in contract.versions.iter().enumerate() {
            let place = place.index(index);
            let mut period = self.period(version.valid, || place.key("valid"));
            self.check_lifecycle(version, &place);
            if let Some(end) = version.end(self.known_at) {
                period.to = period.to.min(end.instant(self.zone));
            }
            if version.is_approved(self.known_at) {
                pricing.push((version, place));
                numbered.push((version.number, period));
            } else {
                self.check_terms(contract, version, &place);
            }
        }
        for ((version, place), effective) in pricing.into_iter().zip(versions::effective(&numbered)) {
            self.read_version(contract, organization, version, &effective, &place);
        }
    }

    fn read_version(
        &mut self,
        contract: &Contract,
        organization: u32,
        version: &'d ContractVersion,
        effective: &[Period],
        place: &Place,
    ) {
        let currency = contract.currency.unwrap_or(self.documents.tenant.currency);
        let kind = SourceKind::Contract { id: contract.contract.clone(), organization };
        let rounding = self.rounding(version.rounding, place);
        let source = PriceSource {
            kind,
            version: version.number,
            currency,
            priority: contract.priority,
            side: contract.prices.unwrap_or(self.documents.tenant.prices),
            is_floor: false,
            rounding,
            effective: effective.to_vec(),
        };
        let source = self.add_source(source, &[], place.key("terms"));
        if let Some(commitment) = &version.commitment {
            let plan = self.commitment(commitment, &place.key("commitment"));
            self.commitments.insert(source, plan);
        }
        for (index, term) in version.terms.iter().enumerate() {
            let place = || place.key("terms").index(index);
            self.check_term(term, &place);
            if let Some(discount) = &term.discount {
                let whose = (source, version.number, index);
                let name = contract.contract.as_str();
                self.read_discount(discount, whose, (name, currency), &place().key("discount"));
            }
            let Some(price) = &term.price else { continue };
            let spot = || place().key("price");
            if let Some(draft) = self.draft(price, currency, term.lists, &spot) {
                self.lint(&draft, effective, &spot);
                self.add_entry(&draft, source, index, &spot);
            }
        }
    }

    /// A term says one thing.
    fn check_term(&mut self, term: &Term, place: &Spot<'_>) {
        let stated = [term.price.is_some(), term.discount.is_some(), term.order_rule.is_some()];
        if stated.into_iter().filter(|stated| *stated).count() != 1 {
            let help = "state a `price`, a `discount` or an `order_rule`; write several terms for several things";
            self.report.error(Code::TermKind, &place(), "a term says nothing, or several things", help);
        }
    }

    /// A version that does not price yet is checked all the same.
    fn check_terms(&mut self, contract: &Contract, version: &'d ContractVersion, place: &Place) {
        if version.recorded_at.is_some_and(|at| at > self.known_at) {
            return;
        }
        let currency = contract.currency.unwrap_or(self.documents.tenant.currency);
        for (index, term) in version.terms.iter().enumerate() {
            let place = || place.key("terms").index(index);
            self.check_term(term, &place);
            if let Some(discount) = &term.discount {
                let known = self.rules.len();
                let coupons = self.coupons.clone();
                let whose = (NONE, version.number, index);
                self.read_discount(discount, whose, (contract.contract.as_str(), currency), &place().key("discount"));
                self.rules.truncate(known);
                self.coupons = coupons;
            }
            let Some(price) = &term.price else { continue };
            self.draft(price, currency, term.lists, &|| place().key("price"));
        }
    }

    /// A version is written, submitted, approved and ended in this order.
    fn check_lifecycle(&mut self, version: &ContractVersion, place: &Place) {
        let submitted = version.submitted.as_ref().map(|signature| signature.at);
        let approved = version.approved.as_ref().map(|signature| signature.at);
        let ended = version.terminated.as_ref().map(|end| end.recorded_at);
        let moments: Vec<_> = [version.recorded_at, submitted, approved, ended].into_iter().flatten().collect();
        if !moments.is_sorted() {
            let help = "a version is recorded, submitted, approved and terminated in this order";
            self.report.error(Code::Lifecycle, place, "the dates of a version are out of order", help);
        }
        if approved.is_none() && ended.is_some() {
            let help = "drop `terminated`: what was never approved does not price";
            self.report.error(
                Code::Lifecycle,
                &place.key("terminated"),
                "a version ends that was never approved",
                help,
            );
        }
    }
}
