//! Warnings about prices that may not be what was meant: below cost or floor, never asked, or cheaper for more.

use std::collections::BTreeMap;

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::Wide;
use emptor_core::{Exact, Period, Product, Ratio};

use super::draft::Target;
use super::index::Indexed;
use super::{Builder, versions};
use crate::book::SourceKind;
use crate::code::Code;
use crate::table::{PlainTier, Shape};

/// What a product must bring, per one of its unit and at 10 decimals.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Least {
    cost: Option<i128>,
    floor: Option<i128>,
}

impl Builder<'_> {
    /// Looks at every entry of the book.
    pub(super) fn lint_entries(&mut self, least: &BTreeMap<u32, Least>) {
        let indexed = std::mem::take(&mut self.indexed);
        self.lint_prices(&indexed, least);
        self.lint_shadowed(&indexed);
        self.indexed = indexed;
    }

    /// Looks at entries one by one.
    pub(super) fn lint_prices(&mut self, indexed: &[Indexed], least: &BTreeMap<u32, Least>) {
        for entry in indexed {
            self.lint_least(entry, least);
            self.lint_useless_tier(entry);
        }
    }

    /// Notes what a product must bring, where something says so.
    pub(super) fn note_least(&mut self, product: &Product, sku: u32) {
        let scaled = |price: Option<Exact>| price.and_then(|price| price.scaled(AMOUNT_DECIMALS));
        let least = Least { cost: scaled(product.cost), floor: scaled(product.guards.floor) };
        if least.cost.is_some() || least.floor.is_some() {
            self.least.insert(sku, least);
        }
    }

    /// Warns of a tier that is below what the product costs, or below its floor.
    fn lint_least(&mut self, indexed: &Indexed, least: &BTreeMap<u32, Least>) {
        let Target::Sku(sku) = indexed.target else { return };
        let Some(least) = least.get(&sku) else { return };
        let Some((shape, tiers)) = self.plain_table(indexed) else { return };
        let in_tenants = self.sources.get(indexed.source as usize).is_some_and(|source| {
            source.currency == self.documents.tenant.currency
                && source.side == self.documents.tenant.prices
                && !source.is_floor
        });
        let Some(factor) = self.factor(sku, shape.unit).filter(|_| in_tenants) else { return };
        let below = |bound: Option<i128>| {
            let bound = bound?;
            tiers.iter().position(|tier| is_below(tier, shape, factor, bound) == Some(true))
        };
        let found = [
            (below(least.cost), Code::MarginNegative, "the price is below what the product costs"),
            (below(least.floor), Code::FloorAbovePrice, "the price is below the product's floor"),
        ];
        let place = self.entry_places.get(indexed.source as usize).cloned();
        for (tier, code, message) in found {
            let (Some(tier), Some(place)) = (tier, &place) else { continue };
            let place = place.index(indexed.origin as usize);
            let message = format!("{message}, in tier {tier}");
            self.report.warning(code, &place, message, "raise it, or correct the cost or floor");
        }
    }

    /// The rows of an entry with nothing but prices.
    fn plain_table<'t>(&'t self, indexed: &'t Indexed) -> Option<(&'t Shape, &'t [PlainTier])> {
        let table = self.table(indexed).filter(|table| !table.shape.rich)?;
        Some((table.shape, table.plain()))
    }

    /// How many of `unit` one of a product's own unit is.
    fn factor(&self, sku: u32, unit: u32) -> Option<Ratio> {
        let product = self.products.get(sku as usize)?;
        let table = self.unit_tables.get(product.unit_table as usize)?;
        table.factor(table.units.first()?.unit, unit)
    }

    /// Warns of a tier in which every quantity costs more than the next tier's first. (Just below a bound, more costs
    /// less in every volume table that falls; that is what nudges are for.)
    fn lint_useless_tier(&mut self, indexed: &Indexed) {
        let Some((shape, tiers)) = self.plain_table(indexed) else { return };
        let product = |price: i64, quantity: i64| i128::from(price).saturating_mul(quantity.into());
        let is_useless = |(lower, upper): (&PlainTier, &PlainTier)| {
            lower.start > 0 && product(upper.price, upper.start) < product(lower.price, lower.start)
        };
        let mut pairs = tiers.iter().zip(tiers.iter().skip(1));
        let Some(tier) = pairs.position(is_useless).filter(|_| shape.is_plain) else { return };
        let Some(place) = self.entry_places.get(indexed.source as usize) else { return };
        let place = place.index(indexed.origin as usize);
        let message =
            format!("more costs less in total: no quantity in tier {tier} is cheaper than the next tier's first");
        self.report.warning(Code::MoreCostsLess, &place, message, "correct the prices, or drop the tier");
    }

    /// Warns of contract terms that another contract of the same organization always outranks.
    pub(super) fn lint_shadowed(&mut self, indexed: &[Indexed]) {
        let of_contract = |indexed: &&Indexed| {
            let source = self.sources.get(indexed.source as usize);
            source.is_some_and(|source| matches!(source.kind, SourceKind::Contract { .. }))
        };
        let mut terms: Vec<&Indexed> = indexed.iter().filter(of_contract).collect();
        terms.sort_by_key(|indexed| indexed.target); // stable: versions stay in order
        for of_goods in terms.chunk_by(|left, right| left.target == right.target) {
            for entry in of_goods {
                let other = of_goods.iter().find(|other| self.always_outranks(other, entry));
                let (Some(other), Some(place)) = (other, self.entry_places.get(entry.source as usize)) else {
                    continue;
                };
                let place = place.index(entry.origin as usize);
                let by = self.sources.get(other.source as usize).map(|source| match &source.kind {
                    SourceKind::Contract { id, .. } => id.to_string(),
                    SourceKind::List { id, .. } => id.to_string(),
                });
                let message = format!("a term never wins: the contract `{}` always does", by.unwrap_or_default());
                self.report.warning(Code::NeverWins, &place, message, "drop it, or correct the priorities");
            }
        }
    }

    /// Whether one contract's entry has a price wherever another contract's has, and is asked first.
    fn always_outranks(&self, first: &Indexed, other: &Indexed) -> bool {
        let sources = (self.sources.get(first.source as usize), self.sources.get(other.source as usize));
        let (Some(first_source), Some(other_source)) = sources else { return false };
        let (SourceKind::Contract { organization: one, .. }, SourceKind::Contract { organization: two, .. }) =
            (&first_source.kind, &other_source.kind)
        else {
            return false;
        };
        let nearer = one == two && first_source.priority > other_source.priority;
        let alike = first_source.currency == other_source.currency && first_source.side == other_source.side;
        if !nearer || !alike || first.unit != other.unit {
            return false;
        }
        let Some((_, tiers)) = self.plain_table(first) else { return false };
        let has_all = tiers.first().is_some_and(|tier| tier.start == 0);
        let holds: Vec<Period> = versions::intersection(&other_source.effective, &[other.valid]);
        let covered = |period: &Period| {
            first_source.effective.iter().any(|wide| {
                let wide = wide.intersection(first.valid);
                wide.from <= period.from && period.to <= wide.to
            })
        };
        has_all && !holds.is_empty() && holds.iter().all(covered)
    }
}

/// Whether a tier's price is below a bound per one of the product's unit. `None`: beyond 256 bits.
fn is_below(tier: &PlainTier, shape: &Shape, factor: Ratio, bound: i128) -> Option<bool> {
    // price x to_amount / per x factor < bound
    let price = i128::from(tier.price).checked_mul(shape.to_amount.into())?.checked_mul(1_000_000)?;
    let per = i128::from(shape.per_micros).checked_mul(factor.denominator().into())?;
    let difference = Wide::product(price, factor.numerator().into()).plus_product(bound.checked_neg()?, per)?;
    Some(difference.sign().is_lt())
}
