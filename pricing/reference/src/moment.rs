//! What holds for the whole request: the moment, the buyer (R2) and the catalog.

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{
    Category, CategoryId, Currency, Documents, GroupId, Instant, Organization, OrganizationId, PriceRequest, Product,
    RegionId, Sku, TaxSide, TimeZone, Unit, Validity,
};

/// The documents and the request, as seen from one moment.
pub(crate) struct Moment<'d> {
    pub(crate) documents: &'d Documents,
    pub(crate) request: &'d PriceRequest,
    pub(crate) known_at: Instant,
    pub(crate) valid_at: Instant,
    pub(crate) zone: TimeZone,
    /// The currency of the order.
    pub(crate) currency: Currency,
    /// Whether its prices are without or with tax.
    pub(crate) side: TaxSide,
    /// The buyer and the units above it, nearest first.
    pub(crate) lineage: Vec<&'d Organization>,
    pub(crate) region: Option<&'d RegionId>,
    products: BTreeMap<&'d Sku, &'d Product>,
    categories: BTreeMap<&'d CategoryId, &'d Category>,
}

impl<'d> Moment<'d> {
    pub(crate) fn new(documents: &'d Documents, known_at: Instant, request: &'d PriceRequest) -> Self {
        let zone = documents.tenant.time_zone;
        let catalogs = &documents.catalogs;
        let products = catalogs.iter().flat_map(|catalog| &catalog.products).map(|product| (&product.sku, product));
        let categories = catalogs.iter().flat_map(|catalog| &catalog.categories);
        let mut moment = Self {
            documents,
            request,
            known_at,
            valid_at: request.valid_at.instant(zone),
            zone,
            currency: request.currency.unwrap_or(documents.tenant.currency),
            side: request.prices.unwrap_or(documents.tenant.prices),
            lineage: Vec::new(),
            region: None,
            products: products.collect(),
            categories: categories.map(|category| (&category.category, category)).collect(),
        };
        moment.lineage = moment.lineage_of(&request.buyer);
        let stated = moment.lineage.iter().find_map(|unit| unit.region.as_ref());
        moment.region = request.region.as_ref().or(stated);
        moment
    }

    /// Whether something was recorded by `known_at`.
    pub(crate) fn knows(&self, recorded_at: Option<Instant>) -> bool {
        recorded_at.is_none_or(|at| at <= self.known_at)
    }

    /// Whether a period holds at `valid_at`.
    pub(crate) fn holds(&self, valid: &Validity) -> bool {
        let (from, to) = self.ends(valid);
        from <= self.valid_at && self.valid_at < to
    }

    /// Start and end of a period.
    pub(crate) fn ends(&self, valid: &Validity) -> (Instant, Instant) {
        let from = valid.from.map_or(Instant::MIN, |when| when.instant(self.zone));
        let to = valid.to.map_or(Instant::MAX, |when| when.instant(self.zone));
        (from, to)
    }

    /// Whether prices of a side, or of the tenant's, are asked.
    pub(crate) fn is_of_side(&self, prices: Option<TaxSide>) -> bool {
        prices.unwrap_or(self.documents.tenant.prices) == self.side
    }

    /// How far above the buyer an organization is.
    pub(crate) fn distance(&self, organization: &OrganizationId) -> Option<usize> {
        self.lineage.iter().position(|unit| unit.organization == *organization)
    }

    /// The groups of the buyer.
    pub(crate) fn groups(&self) -> BTreeSet<&'d GroupId> {
        self.lineage.iter().flat_map(|unit| &unit.groups).collect()
    }

    pub(crate) fn product(&self, sku: &Sku) -> Option<&'d Product> {
        self.products.get(sku).copied()
    }

    /// The category of a product and those above it, nearest first.
    pub(crate) fn categories(&self, product: &'d Product) -> Vec<&'d CategoryId> {
        let above = |id: &&'d CategoryId| self.categories.get(id).and_then(|category| category.parent.as_ref());
        // No tree is deeper than 32 (R0), so a cycle in documents that do not compile ends as well.
        std::iter::successors(product.category.as_ref(), above).take(64).collect()
    }

    /// How many decimals a quantity of a unit may have.
    pub(crate) fn decimals(&self, unit: &Unit) -> u32 {
        let units = self.documents.catalogs.iter().flat_map(|catalog| &catalog.units);
        units.into_iter().find(|stated| stated.unit == *unit).map_or(6, |stated| stated.decimals)
    }

    fn lineage_of(&self, buyer: &OrganizationId) -> Vec<&'d Organization> {
        let find = |id: &OrganizationId| self.documents.organizations.iter().find(|unit| unit.organization == *id);
        let parent = |unit: &&'d Organization| {
            let mut parents = unit.parents.iter();
            let holds = parents.find(|parent| self.knows(parent.recorded_at) && self.holds(&parent.valid));
            holds.and_then(|parent| find(&parent.organization))
        };
        std::iter::successors(find(buyer), parent).take(64).collect()
    }
}
