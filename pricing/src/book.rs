//! The book: everything that prices are made from, checked, immutable and compact.

use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::{
    CategoryId, ContractId, Currency, Diagnostic, Digest, Exact, FinalRounding, Instant, OrganizationId, Period,
    PriceListId, PricePolicy, PricingGroupId, Quantity, RateId, RoundingMode, RoundingStage, Sku, TaxSide, TenantId,
    TimeZone, Unit,
};

use crate::commitment::CommitmentPlan;
use crate::entries::{Entries, Table};
use crate::guard::GuardPlan;
use crate::names::Names;
use crate::order_rule::OrderRules;
use crate::plan::Plans;
use crate::procedure::Procedure;
use crate::script::Scripts;
use crate::short::ShortRules;
use crate::table::{NONE, Shape, UnitTable};
use crate::taxes::Taxes;

/// A tenant's documents as known at one moment, compiled: what [`crate::price`] reads.
///
/// Made by [`crate::compile`] only, so every book keeps the rules of SEMANTICS.md. Immutable, `Send` and `Sync`; share it by `Arc`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says of all that is in the book whether there is some of it")]
pub struct PriceBook {
    pub(crate) fingerprint: Digest,
    pub(crate) known_at: Instant,
    pub(crate) warnings: Vec<Diagnostic>,
    pub(crate) tenant: TenantFacts,
    pub(crate) names: NameTables,
    pub(crate) ids: Ids,
    /// By sku number.
    pub(crate) products: Arc<[Product]>,
    pub(crate) unit_tables: Arc<[UnitTable]>,
    /// Sorted sets of pricing groups.
    pub(crate) group_sets: Arc<[Vec<u32>]>,
    /// By unit number: how many decimals a quantity may have.
    pub(crate) unit_decimals: Vec<u32>,
    /// By category number: the one above, or [`NONE`].
    pub(crate) category_parents: Arc<[u32]>,
    pub(crate) plans: Plans,
    pub(crate) sources: Vec<PriceSource>,
    /// By source: what it prices.
    pub(crate) entries: Vec<Entries>,
    pub(crate) shapes: Vec<Shape>,
    /// Whether some entry is for a category.
    pub(crate) prices_categories: bool,
    pub(crate) rates: Vec<Rate>,
    pub(crate) rate_chains: Vec<RateChain>,
    /// What is known of products beside their units, by its number.
    pub(crate) facts: Arc<[ProductFacts]>,
    /// By sku number: its facts; empty: no product has any.
    pub(crate) facts_of: Arc<[u32]>,
    pub(crate) procedure: Procedure,
    pub(crate) short: ShortRules,
    pub(crate) guards: GuardTable,
    /// By contract version, as a source.
    pub(crate) commitments: BTreeMap<u32, CommitmentPlan>,
    pub(crate) taxes: Taxes,
    pub(crate) order_rules: OrderRules,
    /// Whether a line's price may not be its last word: the procedure, guards, commitments, or tax inside.
    pub(crate) goes_on: bool,
    /// Whether versions are of both sides of tax, or some lists are kept as floor.
    pub(crate) has_sides_or_floors: bool,
    /// The currency of all versions; `None`: they are in several.
    pub(crate) only_currency: Option<Currency>,
    /// Whether any table counts over more than its own line.
    pub(crate) counts_over_lines: bool,
    /// The scripts, where there are any.
    pub(crate) scripts: Option<Arc<Scripts>>,
}

/// A product, by its number in one book: what looks a price up without text.
///
/// In another book, the next of a library too, the number may be another product's or nobody's: ask each book for its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkuHandle(pub(crate) u32);

/// An organization, by its number in one book; in another it may be another's or nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrganizationHandle(pub(crate) u32);

/// What holds for every order of the tenant.
#[derive(Debug, Clone)]
pub(crate) struct TenantFacts {
    pub(crate) id: TenantId,
    pub(crate) currency: Currency,
    pub(crate) zone: TimeZone,
    pub(crate) rounding: FinalRounding,
    pub(crate) policy: PricePolicy,
    pub(crate) conversion: Option<emptor_core::ConversionStage>,
}

/// The names of each kind of thing.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameTables {
    pub(crate) skus: Names,
    pub(crate) organizations: Names,
    pub(crate) categories: Names,
    pub(crate) units: Names,
    pub(crate) regions: Names,
    pub(crate) channels: Names,
    pub(crate) pricing_groups: Names,
    pub(crate) groups: Names,
    pub(crate) vendors: Names,
    pub(crate) charge_kinds: Names,
    pub(crate) tax_categories: Names,
}

/// What is known of a product beside its units.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProductFacts {
    pub(crate) vendor: Option<u32>,
    /// Sorted.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) tax_category: Option<u32>,
    /// Of one unit, in the tenant's currency, at 10 decimals.
    pub(crate) cost: Option<i128>,
    pub(crate) guards: GuardPlan,
}

/// The guards of a book.
#[derive(Debug, Clone, Default)]
pub(crate) struct GuardTable {
    /// Whether there are any.
    pub(crate) are_stated: bool,
    pub(crate) tenant: GuardPlan,
    /// By the number that the shapes of entries have.
    pub(crate) of_entries: Arc<[GuardPlan]>,
    pub(crate) redistribute: bool,
    /// Whether some lists are kept as floor.
    pub(crate) has_lists: bool,
}

/// Names as records carry them, by number; the base quantities by shape.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ids {
    pub(crate) units: Vec<Unit>,
    pub(crate) categories: Vec<CategoryId>,
    pub(crate) organizations: Vec<OrganizationId>,
    pub(crate) pricing_groups: Vec<PricingGroupId>,
    pub(crate) per: Vec<Quantity>,
}

/// A product: 20 bytes, and its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product {
    /// Its own, the first of its table.
    pub(crate) unit: u32,
    pub(crate) unit_table: u32,
    pub(crate) category: u32,
    pub(crate) groups: u32,
    /// Which rules ask for its goods, as [`ShortRules`] numbers them.
    pub(crate) rules: u32,
}

/// A version of a list or contract that can price.
#[derive(Debug, Clone)]
pub(crate) struct PriceSource {
    pub(crate) kind: SourceKind,
    pub(crate) version: u32,
    pub(crate) currency: Currency,
    pub(crate) priority: i32,
    /// Whether its prices are without or with tax.
    pub(crate) side: TaxSide,
    /// Whether it is kept as floor, and prices nothing.
    pub(crate) is_floor: bool,
    pub(crate) rounding: Option<SourceRounding>,
    /// When it counts: disjoint periods.
    pub(crate) effective: Vec<Period>,
}

/// Whose version it is.
#[derive(Debug, Clone)]
pub(crate) enum SourceKind {
    List { id: PriceListId, forbids_merging: bool },
    Contract { id: ContractId, organization: u32 },
}

/// A version's own rounding of its price step, at 10 decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SourceRounding {
    pub(crate) at: RoundingStage,
    pub(crate) mode: RoundingMode,
    pub(crate) increment: i128,
    pub(crate) offset: i128,
}

/// One unit of `base` is `rate` of `quote`.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    pub(crate) id: RateId,
    pub(crate) base: Currency,
    pub(crate) quote: Currency,
    pub(crate) rate: Exact,
    pub(crate) period: Period,
}

/// A pair that goes through a middle, in either direction.
#[derive(Debug, Clone)]
pub(crate) struct RateChain {
    pub(crate) between: (Currency, Currency),
    pub(crate) through: Currency,
    /// At 10 decimals.
    pub(crate) increment: i128,
    pub(crate) mode: RoundingMode,
}

impl PriceBook {
    /// The book's fingerprint: equal documents, as known, have equal fingerprints (R15).
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// What may not be what was meant, sorted by place.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// By when things were recorded that are in this book.
    pub fn known_at(&self) -> Instant {
        self.known_at
    }

    /// The tenant's time zone, in which dates are midnights.
    pub fn time_zone(&self) -> TimeZone {
        self.tenant.zone
    }

    /// The product of an article number.
    pub fn sku(&self, sku: &Sku) -> Option<SkuHandle> {
        self.names.skus.find(sku.as_str()).map(SkuHandle)
    }

    /// The organization of a name.
    pub fn organization(&self, organization: &OrganizationId) -> Option<OrganizationHandle> {
        self.names.organizations.find(organization.as_str()).map(OrganizationHandle)
    }

    /// Whether this book has an organization of a handle's number.
    pub fn knows(&self, organization: OrganizationHandle) -> bool {
        self.plans.times.len() > organization.0 as usize
    }

    /// The region of a name; one that no document has is in no list's assignment.
    pub(crate) fn region(&self, region: &emptor_core::RegionId) -> Option<u32> {
        self.names.regions.find(region.as_str())
    }

    /// Notes whether a line's price may not be its last word, and what holds for all versions.
    pub(crate) fn note_what_holds_throughout(&mut self) {
        self.goes_on = self.adjusts() || (self.taxes.regime.is_some() && self.taxes.side == TaxSide::Gross);
        self.has_sides_or_floors = self.taxes.mixed_sides || self.guards.has_lists;
        let mut currencies = self.sources.iter().map(|source| source.currency);
        self.only_currency = currencies.next().filter(|first| currencies.all(|other| other == *first));
        self.short.is_open = ShortRules::may_be_taken(self);
    }

    /// Whether something may act on lines after their price.
    pub(crate) fn adjusts(&self) -> bool {
        !self.procedure.steps.is_empty() || self.guards.are_stated || !self.commitments.is_empty()
    }

    /// What is known of a product beside its units.
    pub(crate) fn facts(&self, sku: u32) -> Option<&ProductFacts> {
        self.facts.get(*self.facts_of.get(sku as usize)? as usize)
    }

    pub(crate) fn product(&self, sku: u32) -> Option<Product> {
        self.products.get(sku as usize).copied()
    }

    pub(crate) fn unit_table(&self, product: Product) -> Option<&UnitTable> {
        self.unit_tables.get(product.unit_table as usize)
    }

    pub(crate) fn source(&self, source: u32) -> Option<&PriceSource> {
        self.sources.get(source as usize)
    }

    /// An entry of a source, with what reads it.
    #[inline]
    pub(crate) fn table(&self, source: u32, entry: u32) -> Option<Table<'_>> {
        Table::of(self.entries.get(source as usize)?, entry, &self.shapes)
    }

    /// A category and those above it, nearest first.
    pub(crate) fn categories_up(&self, category: u32) -> impl Iterator<Item = u32> + '_ {
        let next = |&category: &u32| self.category_parents.get(category as usize).copied().filter(|&up| up != NONE);
        std::iter::successors(Some(category).filter(|&category| category != NONE), next)
    }
}

impl PriceSource {
    /// Whether it is a version of a list.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.kind, SourceKind::List { .. })
    }

    /// Whether both are versions of one contract.
    pub(crate) fn is_same_contract(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (SourceKind::Contract { id, .. }, SourceKind::Contract { id: other, .. }) => id == other,
            _ => false,
        }
    }
}
