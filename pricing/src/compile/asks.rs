//! What documents ask for beside prices: what products cost, what the lists alone give, what orders keep to.

use emptor_core::{Contract, Documents, Entry, Guards, OrderTerms, PriceList};

use super::Written;

/// What is asked for. What some document asks for, the book has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asks {
    /// What products cost, beside derived lists.
    pub(super) cost: bool,
    /// What the price lists alone give.
    pub(super) list: bool,
    /// Whether some order rule is stated.
    pub(super) has_order_rules: bool,
}

impl Asks {
    /// What all documents ask for.
    pub(super) fn of(written: &Written<'_>) -> Self {
        let lists = written.price_lists.iter().map(|list| Self::of_list(list));
        let contracts = written.contracts.iter().map(|contract| Self::of_contract(contract));
        lists.chain(contracts).fold(Self::of_others(written.documents), Self::and)
    }

    pub(super) fn of_list(list: &PriceList) -> Self {
        let versions = list.versions.iter().flat_map(|version| &version.entries);
        list.entries.iter().chain(versions).map(Self::of_entry).fold(Self::default(), Self::and)
    }

    pub(super) fn of_contract(contract: &Contract) -> Self {
        let terms = contract.versions.iter().flat_map(|version| &version.terms);
        let of_price = terms.clone().filter_map(|term| term.price.as_ref()).map(Self::of_entry);
        let of_rule = terms.filter_map(|term| term.order_rule.as_ref()).map(Self::of_rule);
        of_price.chain(of_rule).fold(Self::default(), Self::and)
    }

    fn of_others(documents: &Documents) -> Self {
        let products = documents.catalogs.iter().flat_map(|catalog| &catalog.products);
        let of_products = products.map(|product| Self::of_guards(&product.guards));
        let of_rules = documents.order_rules.iter().map(|rule| Self::of_rule(&rule.terms));
        let guards = &documents.tenant.guards;
        let of_tenant = Self {
            cost: guards.margin_min.is_some(),
            list: guards.discount_max.is_some(),
            has_order_rules: !documents.order_rules.is_empty(),
        };
        of_products.chain(of_rules).fold(of_tenant, Self::and)
    }

    fn of_entry(entry: &Entry) -> Self {
        Self::of_guards(&entry.guards)
    }

    fn of_guards(guards: &Guards) -> Self {
        Self { cost: guards.margin_min.is_some(), list: guards.discount_max.is_some(), has_order_rules: false }
    }

    fn of_rule(terms: &OrderTerms) -> Self {
        let (cost, list) = (!terms.approve_margin.is_empty(), !terms.approve_discount.is_empty());
        Self { cost, list, has_order_rules: true }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self {
            cost: self.cost || other.cost,
            list: self.list || other.list,
            has_order_rules: self.has_order_rules || other.has_order_rules,
        }
    }
}
