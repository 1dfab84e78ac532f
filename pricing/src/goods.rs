//! The goods lines of an order by what rules ask for, so that a rule meets only lines it can act on (R7).

use std::collections::BTreeMap;

use crate::procedure::RuleIndex;
use crate::scene::Scene;

/// Goods lines by the things under which some rule stands.
#[derive(Debug, Default)]
pub(crate) struct Goods<'b> {
    pub(crate) by_sku: BTreeMap<u32, Vec<usize>>,
    pub(crate) by_category: BTreeMap<u32, Vec<usize>>,
    pub(crate) by_vendor: BTreeMap<u32, Vec<usize>>,
    pub(crate) by_product: BTreeMap<&'b (String, String), Vec<usize>>,
}

impl<'b> Goods<'b> {
    /// The lines that take part as an order begins.
    pub(crate) fn of(scene: &Scene<'_, 'b>) -> Self {
        let mut goods = Self::default();
        let book = scene.order.book;
        let RuleIndex { by_sku, by_category, by_vendor, by_product, .. } = &book.procedure.index;
        for item in scene.goods() {
            let Some(line) = scene.live_line(item) else { continue };
            if by_sku.contains_key(&line.sku) {
                goods.by_sku.entry(line.sku).or_default().push(item);
            }
            if !by_category.is_empty() {
                for category in book.categories_up(line.product.category) {
                    if by_category.contains_key(&category) {
                        goods.by_category.entry(category).or_default().push(item);
                    }
                }
            }
            let Some(facts) = book.facts(line.sku) else { continue };
            if let Some(vendor) = facts.vendor.filter(|vendor| by_vendor.contains_key(vendor)) {
                goods.by_vendor.entry(vendor).or_default().push(item);
            }
            for pair in facts.attributes.iter().filter(|pair| by_product.contains_key(*pair)) {
                goods.by_product.entry(pair).or_default().push(item);
            }
        }
        goods
    }
}
