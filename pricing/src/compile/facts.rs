//! What is known of products beside their units: what conditions, guards and tax ask for (R7, R9, R11).

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::{Place, Product};

use super::{Builder, number};
use crate::book::ProductFacts;
use crate::guard::GuardPlan;

impl Builder<'_> {
    /// Notes the facts of a product, which is the next sku, or one that was read before.
    pub(super) fn read_facts(&mut self, product: &Product, sku: usize, place: &dyn Fn() -> Place) {
        let facts = ProductFacts {
            vendor: product.vendor.as_ref().map(|vendor| self.names.vendors.add(vendor.as_str())),
            attributes: product.attributes.clone().into_iter().collect(),
            tax_category: product.tax_category.as_ref().map(|name| self.names.tax_categories.add(name.as_str())),
            cost: product
                .cost
                .filter(|_| self.asks.cost || !self.documents.scripts.is_empty())
                .and_then(|cost| cost.scaled(AMOUNT_DECIMALS)),
            guards: if product.guards.is_empty() {
                GuardPlan::default()
            } else {
                self.guards(&product.guards, &place().key("guards"))
            },
        };
        if sku < self.facts_of.len() {
            return;
        }
        let next = number(self.facts.len());
        let known = *self.facts_numbers.entry(facts).or_insert_with_key(|facts| {
            self.facts.push(facts.clone());
            next
        });
        self.facts_of.push(known);
    }
}
