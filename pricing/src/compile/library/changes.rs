//! What changes in a tenant's documents.

use std::sync::Arc;

use emptor_core::{
    Adjustment, Catalog, Contract, DocumentKind, Documents, FxTable, IndexTable, OrderRule, Organization, PriceList,
    Script, TaxTable, Tenant,
};

use super::kept::{Filed, Kept};

/// What changes in a [`super::Library`]: documents that replace those of their kinds and names, or are new, and those that go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// What goes, by kind and name, before the others come. The seller stays, and what is not there is gone already.
    pub removed: Vec<(DocumentKind, String)>,
    /// The seller.
    pub tenant: Option<Tenant>,
    /// The buyers' and seller's units.
    pub organizations: Vec<Organization>,
    /// What is sold.
    pub catalogs: Vec<Catalog>,
    /// What it costs.
    pub price_lists: Vec<PriceList>,
    /// What was agreed.
    pub contracts: Vec<Contract>,
    /// What currencies are worth.
    pub fx_tables: Vec<FxTable>,
    /// What changes it.
    pub adjustments: Vec<Adjustment>,
    /// What orders must keep to.
    pub order_rules: Vec<OrderRule>,
    /// What the state takes.
    pub tax_tables: Vec<TaxTable>,
    /// What metals and fuels are worth.
    pub index_tables: Vec<IndexTable>,
    /// Rules that nobody foresaw.
    pub scripts: Vec<Script>,
}

impl Changes {
    /// Makes them. What is replaced stays in its place, what is new comes last.
    pub(super) fn make(self, kept: &mut Kept) {
        if !self.are_of_prices() {
            self.make_of_others(Arc::make_mut(&mut kept.others));
        }
        let Self { removed, price_lists, contracts, .. } = self;
        let lists = price_lists.into_iter().map(Filed::new);
        change(&mut kept.price_lists, (DocumentKind::PriceList, &removed), lists, |it| it.document.price_list.as_str());
        let contracts = contracts.into_iter().map(Filed::new);
        change(&mut kept.contracts, (DocumentKind::Contract, &removed), contracts, |it| it.document.contract.as_str());
    }

    /// Whether all of them are of price lists and contracts.
    pub(super) fn are_of_prices(&self) -> bool {
        let of_prices =
            |(kind, _): &(DocumentKind, _)| matches!(kind, DocumentKind::PriceList | DocumentKind::Contract);
        self.tenant.is_none()
            && self.organizations.is_empty()
            && self.catalogs.is_empty()
            && self.fx_tables.is_empty()
            && self.adjustments.is_empty()
            && self.order_rules.is_empty()
            && self.tax_tables.is_empty()
            && self.index_tables.is_empty()
            && self.scripts.is_empty()
            && self.removed.iter().all(of_prices)
    }

    fn make_of_others(&self, others: &mut Documents) {
        use DocumentKind as Kind;
        let new = self.clone();
        let gone = |kind| (kind, self.removed.as_slice());
        others.tenant = new.tenant.unwrap_or_else(|| others.tenant.clone());
        change(&mut others.organizations, gone(Kind::Organization), new.organizations, |it| it.organization.as_str());
        change(&mut others.catalogs, gone(Kind::Catalog), new.catalogs, |it| it.catalog.as_str());
        change(&mut others.fx_tables, gone(Kind::FxTable), new.fx_tables, |it| it.fx_table.as_str());
        change(&mut others.adjustments, gone(Kind::Adjustment), new.adjustments, |it| it.adjustment.as_str());
        change(&mut others.order_rules, gone(Kind::OrderRule), new.order_rules, |it| it.order_rule.as_str());
        change(&mut others.tax_tables, gone(Kind::TaxTable), new.tax_tables, |it| it.tax_table.as_str());
        change(&mut others.index_tables, gone(Kind::IndexTable), new.index_tables, |it| it.index_table.as_str());
        change(&mut others.scripts, gone(Kind::Script), new.scripts, |it| it.script.as_str());
    }
}

/// Changes documents of one kind.
fn change<T>(
    documents: &mut Vec<T>,
    (kind, removed): (DocumentKind, &[(DocumentKind, String)]),
    new: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> &str,
) {
    for (_, id) in removed.iter().filter(|(other, _)| *other == kind) {
        documents.retain(|document| name(document) != id);
    }
    for document in new {
        match documents.iter_mut().find(|other| name(other) == name(&document)) {
            Some(place) => *place = document,
            None => documents.push(document),
        }
    }
}
