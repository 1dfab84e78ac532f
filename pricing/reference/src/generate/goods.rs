//! The catalog: categories, products and their units.

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{
    Catalog, CatalogId, Category, CategoryId, Conversion, Exact, Guards, PricingGroupId, Product, Quantity, Sku, Unit,
    UnitDecimals, VendorId,
};

use super::draws::{Draws, decimal, named, whole};
use super::{guards, taxes};

/// The catalog of a case, and which units of a product are connected.
pub(super) struct Goods {
    pub(super) catalog: Catalog,
    units: Vec<Vec<Unit>>,
}

impl Goods {
    /// Where rules are drawn as well, the products have what rules ask for.
    pub(super) fn draw(draws: &mut Draws, for_rules: bool) -> Self {
        let categories = categories(draws);
        let count = 1 + draws.below(5);
        let mut products = Vec::new();
        let mut units = Vec::new();
        for index in 0..count {
            let (mut product, of_product) = product(draws, index, &categories);
            if for_rules {
                describe(draws, &mut product);
            }
            products.push(product);
            units.push(of_product);
        }
        let stated = ["pc", "box", "m", "kg", "g"].map(unit).into_iter().filter_map(|unit| {
            draws.chance(20).then(|| UnitDecimals { unit, decimals: [6, 0, 3, 2, 1, 4, 5][draws.below(7)] })
        });
        let units_stated = stated.collect();
        let conversions = ["1 kg = 1000 g", "1 t = 1000 kg"].map(equation).to_vec();
        let catalog = named(CatalogId::new("catalog"));
        Self { catalog: Catalog { catalog, categories, units: units_stated, conversions, products }, units }
    }

    /// A product, and the units that it is connected to.
    pub(super) fn pick(&self, draws: &mut Draws) -> (&Product, &[Unit]) {
        let index = draws.below(self.catalog.products.len());
        (&self.catalog.products[index], &self.units[index])
    }

    /// The product of a sku, and the units that it is connected to.
    pub(super) fn of_sku(&self, sku: &Sku) -> Option<(&Product, &[Unit])> {
        let index = self.catalog.products.iter().position(|product| product.sku == *sku)?;
        Some((&self.catalog.products[index], &self.units[index]))
    }

    /// The units that the product of a sku is connected to.
    pub(super) fn units_of(&self, sku: &Sku) -> &[Unit] {
        self.of_sku(sku).map_or(&[], |(_, units)| units)
    }

    /// The category and those above it.
    pub(super) fn above(&self, category: &CategoryId) -> Vec<CategoryId> {
        let parent = |id: &CategoryId| {
            let found = self.catalog.categories.iter().find(|category| category.category == *id);
            found.and_then(|category| category.parent.clone())
        };
        std::iter::successors(Some(category.clone()), parent).collect()
    }
}

pub(super) fn unit(name: &str) -> Unit {
    named(Unit::new(name))
}

fn equation(text: &str) -> Conversion {
    text.parse().expect("the generator writes equations")
}

fn categories(draws: &mut Draws) -> Vec<Category> {
    let count = 1 + draws.below(5);
    let name = |index: usize| named(CategoryId::new(&format!("c{index}")));
    let category = |index: usize| {
        let above = if draws.chance(70) { index.checked_sub(1) } else { None };
        let above = above.or_else(|| (index > 0 && draws.chance(50)).then(|| draws.below(index)));
        Category { category: name(index), parent: above.map(name) }
    };
    (0..count).map(category).collect()
}

fn product(draws: &mut Draws, index: usize, categories: &[Category]) -> (Product, Vec<Unit>) {
    let mut conversions = Vec::new();
    let mut connected = vec![unit("pc")];
    let pieces = [12, 6, 200, 7][draws.below(4)];
    let has_box = draws.chance(60);
    if has_box {
        conversions.push(equation(&format!("1 box = {pieces} pc")));
        connected.push(unit("box"));
        if draws.chance(40) {
            conversions.push(equation("1 pallet = 40 box"));
            connected.push(unit("pallet"));
            // The same the direct way.
            if draws.chance(50) {
                conversions.push(equation(&format!("1 pallet = {} pc", 40 * pieces)));
            }
        }
    }
    if draws.chance(40) {
        conversions.push(equation(draws.pick(&["3 m = 5 pc", "1 m = 0.25 pc", "7 m = 3 pc"])));
        connected.push(unit("m"));
    }
    let by_piece = draws.chance(55);
    let weight = by_piece.then(|| Quantity {
        value: decimal(draws.pick(&["2.5", "1", "0.333", "1000", "0.001"])),
        unit: unit(draws.pick(&["kg", "kg", "g"])),
    });
    let by_mass = !by_piece && draws.chance(20);
    if by_mass {
        conversions.push(equation("1 pc = 0.75 kg"));
    }
    if by_piece || by_mass {
        connected.extend(["kg", "g", "t"].map(unit));
    }
    let own = if by_piece { &connected[..=usize::from(has_box)] } else { &connected[..] };
    let category = draws.chance(80).then(|| draws.pick(categories).category);
    let groups: BTreeSet<&str> = (0..draws.below(3)).map(|_| draws.pick(&["hot", "cold"])).collect();
    let product = Product {
        sku: sku(index),
        name: None,
        category,
        unit: draws.pick(own),
        conversions,
        weight_tolerance: weight.as_ref().filter(|_| draws.chance(60)).map(|_| tolerance(draws)),
        weight,
        cost: draws.chance(60).then(|| decimal(draws.pick(&["10", "0.123456789", "99.99", "3"]))),
        pricing_groups: groups.into_iter().map(|name| named(PricingGroupId::new(name))).collect(),
        attributes: BTreeMap::new(),
        vendor: None,
        tax_category: None,
        guards: Guards::default(),
    };
    (product, connected)
}

/// Adds what rules, guards and tax ask for.
fn describe(draws: &mut Draws, product: &mut Product) {
    if draws.chance(50) {
        let (name, value) = draws.pick(&[("hazard", "3"), ("hazard", "8"), ("brand", "own")]);
        product.attributes.insert(name.to_owned(), value.to_owned());
    }
    product.vendor = draws.chance(50).then(|| named(VendorId::new(draws.pick(&["north", "south"]))));
    product.tax_category = draws.chance(45).then(|| taxes::category(draws));
    if draws.chance(30) {
        product.guards = guards::guards(draws);
    }
}

pub(super) fn sku(index: usize) -> Sku {
    named(Sku::new(&format!("s{index}")))
}

fn tolerance(draws: &mut Draws) -> Exact {
    if draws.chance(30) { decimal("0.5") } else { whole([10, 20, 0][draws.below(3)]) }
}
