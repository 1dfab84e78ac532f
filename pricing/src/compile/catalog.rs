//! Catalogs: categories, units and products, with the factors between a product's units (R5).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::limits::{DEPTH_MAX, PRICE_DECIMALS_MAX, PRICE_DIGITS_MAX, QUANTITY_DECIMALS};
use emptor_core::{Catalog, Conversion, DocumentKind, Exact, Place, Ratio};

use super::{Builder, number};
use crate::book::Product;
use crate::code::Code;
use crate::table::{KnownUnit, NONE, UnitTable, by_name};

/// An equation between two units: one `left` is `factor` of `right`.
struct Equation {
    left: u32,
    right: u32,
    factor: Ratio,
    is_weight: bool,
}

impl<'d> Builder<'d> {
    /// Reads all catalogs as one.
    pub(super) fn read_catalogs(&mut self) {
        let mut seen = BTreeSet::new();
        for catalog in &self.documents.catalogs {
            if !seen.insert(&catalog.catalog) {
                let message = format!("two catalogs are named `{}`", catalog.catalog);
                self.report.error(Code::Duplicate, &place_of(catalog), message, "rename one, or merge them");
            }
        }
        self.read_categories();
        let general = self.read_units();
        let documents = self.documents;
        let mut taken: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
        for catalog in &documents.catalogs {
            self.names.skus.reserve(catalog.products.len());
            self.products.to_mut().reserve(catalog.products.len());
            // All at once, so that the look-ups, each of which waits for memory, wait together.
            let skus: Vec<u32> =
                catalog.products.iter().map(|product| self.names.skus.add(product.sku.as_str())).collect();
            for (index, (product, &sku)) in catalog.products.iter().zip(&skus).enumerate() {
                let place = || place_of(catalog).key("products").index(index);
                self.read_product(product, sku, &general, &mut taken, &place);
            }
        }
    }

    fn read_categories(&mut self) {
        let documents = self.documents;
        let mut parents: Vec<(u32, Option<&emptor_core::CategoryId>, Place)> = Vec::new();
        for catalog in &documents.catalogs {
            for (index, category) in catalog.categories.iter().enumerate() {
                let place = place_of(catalog).key("categories").index(index);
                if self.names.categories.find(category.category.as_str()).is_some() {
                    let message = format!("two categories are named `{}`", category.category);
                    self.report.error(Code::Duplicate, &place, message, "rename or drop one of them");
                }
                parents.push((self.names.categories.add(category.category.as_str()), category.parent.as_ref(), place));
            }
        }
        self.category_parents = vec![NONE; self.names.categories.len()].into();
        for (category, parent, place) in &parents {
            let Some(parent) = parent else { continue };
            match self.names.categories.find(parent.as_str()) {
                Some(up) => {
                    if let Some(slot) = self.category_parents.to_mut().get_mut(*category as usize) {
                        *slot = up;
                    }
                }
                None => self.unknown(&place.key("parent"), "category", parent.as_str()),
            }
        }
        for (category, _, place) in &parents {
            self.check_category_depth(*category, place);
        }
    }

    fn check_category_depth(&mut self, category: u32, place: &Place) {
        let up = |&category: &u32| self.category_parents.get(category as usize).copied().filter(|&up| up != NONE);
        let way: Vec<u32> = std::iter::successors(Some(category), up).take(DEPTH_MAX.saturating_add(1)).collect();
        if way.iter().skip(1).any(|&other| other == category) {
            let help = "give one of the categories on the way another parent";
            self.report.error(Code::Cycle, &place.key("parent"), "a category is above itself", help);
        } else if way.len() > DEPTH_MAX && !has_cycle(&way) {
            let message = format!("a category is more than {DEPTH_MAX} levels deep");
            self.report.error(Code::TooDeep, &place.key("parent"), message, "flatten the tree");
        }
    }

    /// The decimals of units, and the equations that hold for every product.
    fn read_units(&mut self) -> Vec<(&'d Conversion, Place)> {
        let documents = self.documents;
        let mut general = Vec::new();
        for catalog in &documents.catalogs {
            for (index, unit) in catalog.units.iter().enumerate() {
                let place = place_of(catalog).key("units").index(index);
                if unit.decimals > QUANTITY_DECIMALS {
                    let message = format!("a unit has more than {QUANTITY_DECIMALS} decimals");
                    self.report.error(Code::Limit, &place.key("decimals"), message, "take 0 to 6");
                }
                let known = self.names.units.len();
                let id = self.unit(unit.unit.as_str()) as usize;
                if id < known && self.unit_decimals.get(id) != Some(&QUANTITY_DECIMALS) {
                    let message = format!("the decimals of `{}` are stated twice", unit.unit);
                    self.report.error(Code::Duplicate, &place, message, "drop one of them");
                }
                if let Some(decimals) = self.unit_decimals.get_mut(id) {
                    *decimals = unit.decimals;
                }
            }
            for (index, conversion) in catalog.conversions.iter().enumerate() {
                general.push((conversion, place_of(catalog).key("conversions").index(index)));
            }
        }
        general
    }

    /// The number of a unit, which is new if the unit is.
    pub(super) fn unit(&mut self, unit: &str) -> u32 {
        let id = self.names.units.add(unit);
        if self.unit_decimals.len() < self.names.units.len() {
            self.unit_decimals.push(QUANTITY_DECIMALS);
        }
        id
    }

    fn read_product(
        &mut self,
        product: &'d emptor_core::Product,
        sku: u32,
        general: &[(&'d Conversion, Place)],
        group_sets: &mut BTreeMap<Vec<&'d str>, u32>,
        place: &dyn Fn() -> Place,
    ) {
        // Numbers are given in the order of first mention, and all skus before this one have their product.
        let is_new = sku as usize == self.products.len();
        if !is_new {
            let message = format!("two products have the sku `{}`", product.sku);
            self.report.error(Code::Duplicate, &place().key("sku"), message, "renumber or drop one of them");
        }
        let category = product.category.as_ref().map_or(NONE, |category| {
            self.names.categories.find(category.as_str()).unwrap_or_else(|| {
                self.unknown(&place().key("category"), "category", category.as_str());
                NONE
            })
        });
        let mut groups: Vec<&str> = product.pricing_groups.iter().map(emptor_core::PricingGroupId::as_str).collect();
        groups.sort_unstable();
        groups.dedup();
        let groups = match group_sets.get(&groups) {
            Some(&set) => set,
            None => {
                let mut numbers: Vec<u32> = groups.iter().map(|group| self.names.pricing_groups.add(group)).collect();
                numbers.sort_unstable();
                let set = number(self.group_sets.len());
                self.group_sets.to_mut().push(numbers);
                group_sets.insert(groups, set);
                set
            }
        };
        let unit_table = self.unit_table(product, general, place);
        if let Some(cost) = product.cost {
            self.check_price(cost, &|| place().key("cost"));
        }
        self.product_attributes.extend(product.attributes.keys().map(String::as_str));
        self.note_least(product, sku);
        self.read_facts(product, sku as usize, place);
        if is_new {
            let own = self.unit_tables.get(unit_table as usize).and_then(|table| table.units.first());
            let unit = own.map_or(NONE, |own| own.unit);
            self.products.to_mut().push(Product { unit, unit_table, category, groups, rules: NONE });
        }
    }

    /// The number of the table of a product's units. Most products state a unit and nothing else of it: they share a
    /// table, which is worked out again only where it is to be reported for each of them.
    fn unit_table(
        &mut self,
        product: &emptor_core::Product,
        general: &[(&Conversion, Place)],
        place: &dyn Fn() -> Place,
    ) -> u32 {
        let base = self.unit(product.unit.as_str());
        let is_bare = product.conversions.is_empty() && product.weight.is_none() && product.weight_tolerance.is_none();
        if let Some(&known) = self.bare_unit_tables.get(&base).filter(|_| is_bare) {
            return known;
        }
        let reported = self.report.count();
        let table = self.new_unit_table(product, base, general, place);
        if is_bare && self.report.count() == reported {
            self.bare_unit_tables.insert(base, table);
        }
        table
    }

    /// The number of the table of a product's units, which is new if it is unlike any other.
    fn new_unit_table(
        &mut self,
        product: &emptor_core::Product,
        base: u32,
        general: &[(&Conversion, Place)],
        place: &dyn Fn() -> Place,
    ) -> u32 {
        let mut equations = Vec::new();
        for (index, conversion) in product.conversions.iter().enumerate() {
            equations.extend(self.equation(conversion, &|| place().key("conversions").index(index)));
        }
        for (conversion, place) in general {
            equations.extend(self.equation(conversion, &|| place.clone()));
        }
        let mut measured = None;
        if let Some(weight) = &product.weight {
            let unit = self.unit(weight.unit.as_str());
            if product.weight_tolerance.is_some() && connected(base, &equations).contains(&unit) {
                let message = format!("another equation connects `{}` with `{}`", product.unit, weight.unit);
                let help = "a product sold by measured weight has its weight stated once: drop the other equation";
                self.report.error(Code::WeightStatedTwice, &place().key("weight"), message, help);
            }
            match Ratio::of(weight.value, Exact::from(1)) {
                Some(factor) => equations.push(Equation { left: base, right: unit, factor, is_weight: true }),
                None => self.not_positive(&place().key("weight")),
            }
            measured = product.weight_tolerance.map(|tolerance| (unit, tolerance));
        } else if product.weight_tolerance.is_some() {
            let help = "state the nominal `weight` of one unit, or drop the tolerance";
            let message = "a tolerance without a weight";
            self.report.error(Code::ToleranceWithoutWeight, &place().key("weight_tolerance"), message, help);
        }
        if let Some(tolerance) = product.weight_tolerance {
            self.check_price(tolerance, &|| place().key("weight_tolerance"));
            if tolerance.is_negative() {
                self.not_positive(&place().key("weight_tolerance"));
            }
        }
        let units = self.known_units(base, measured.map(|(unit, _)| unit), &equations, place);
        let table = UnitTable { units, measured };
        let next = number(self.unit_tables.len());
        *self.unit_table_numbers.entry(table).or_insert_with_key(|table| {
            self.unit_tables.to_mut().push(table.clone());
            next
        })
    }

    fn equation(&mut self, conversion: &Conversion, place: &dyn Fn() -> Place) -> Option<Equation> {
        let (left, right) = (self.unit(conversion.left.unit.as_str()), self.unit(conversion.right.unit.as_str()));
        let factor = conversion.factor();
        if factor.is_none() || left == right {
            let message = format!("`{conversion}` gives no factor between two units");
            let help = "write two units and numbers above zero of at most 18 digits, like `1 box = 200 pc`";
            self.report.error(Code::NotPositive, &place(), message, help);
        }
        factor.filter(|_| left != right).map(|factor| Equation { left, right, factor, is_weight: false })
    }

    /// Every unit that is connected with `base`, with its factor; two ways to one unit must agree.
    fn known_units(
        &mut self,
        base: u32,
        weight: Option<u32>,
        equations: &[Equation],
        place: &dyn Fn() -> Place,
    ) -> Vec<KnownUnit> {
        let mut factors: BTreeMap<u32, Ratio> = BTreeMap::from([(base, Ratio::ONE)]);
        let mut open = vec![base];
        while let Some(unit) = open.pop() {
            let of_unit = factors.get(&unit).copied().unwrap_or(Ratio::ONE);
            for equation in equations {
                // One `left` is `factor` right: so one right is 1 / factor left.
                let (other, step) = match (equation.left == unit, equation.right == unit) {
                    (true, _) => (equation.right, equation.factor.inverse()),
                    (_, true) => (equation.left, equation.factor),
                    _ => continue,
                };
                let Some(factor) = of_unit.times(step) else {
                    let message = format!("the factor to `{}` does not fit 64 bits", self.names.units.text(other));
                    self.report.error(Code::Limit, &place(), message, "use smaller numbers in the equations");
                    continue;
                };
                match factors.get(&other) {
                    None => {
                        factors.insert(other, factor);
                        open.push(other);
                    }
                    Some(&known) if known != factor => {
                        let name = self.names.units.text(other);
                        let message = format!("one `{name}` is {known} and also {factor} of the product's unit");
                        let help = "make the equations agree, or drop one of them";
                        self.report.error(Code::UnitsDisagree, &place(), message, help);
                    }
                    Some(_) => {}
                }
            }
        }
        let plain: Vec<Equation> =
            equations.iter().filter(|equation| !equation.is_weight).map(|other| Equation { ..*other }).collect();
        let weights = weight.map(|weight| connected(weight, &plain)).unwrap_or_default();
        let known = |(&unit, &factor): (&u32, &Ratio)| KnownUnit { unit, factor, is_weight: weights.contains(&unit) };
        let mut units: Vec<KnownUnit> = factors.iter().map(known).collect();
        units.sort_by(|left, right| {
            let order = by_name(&self.names.units, left.unit, right.unit);
            (left.unit != base).cmp(&(right.unit != base)).then(order)
        });
        self.check_pairs(&units, place);
        units
    }

    /// Every pair of units must have a factor that fits, so that no line can meet one that does not.
    fn check_pairs(&mut self, units: &[KnownUnit], place: &dyn Fn() -> Place) {
        let fits = |left: &KnownUnit, right: &KnownUnit| left.factor.times(right.factor.inverse()).is_some();
        if units.iter().any(|left| units.iter().any(|right| !fits(left, right))) {
            let message = "the factor between two units does not fit 64 bits";
            self.report.error(
                Code::Limit,
                &place().key("conversions"),
                message,
                "use smaller numbers in the equations",
            );
        }
    }

    /// Reports a number beyond the limits of prices.
    pub(super) fn check_price(&mut self, price: Exact, place: &dyn Fn() -> Place) {
        if price.digits() > PRICE_DIGITS_MAX || price.decimals() > PRICE_DECIMALS_MAX {
            let message = format!("`{price}` has more than {PRICE_DIGITS_MAX} digits or {PRICE_DECIMALS_MAX} decimals");
            self.report.error(Code::Limit, &place(), message, "round it");
        }
    }

    /// Reports a number that must be above zero.
    pub(super) fn not_positive(&mut self, place: &Place) {
        let help = "write a number above zero of at most 18 digits";
        self.report.error(Code::NotPositive, place, "the number is zero, negative, or too large", help);
    }

    /// Reports a name that no document has.
    pub(super) fn unknown(&mut self, place: &Place, kind: &str, name: &str) {
        let message = format!("there is no {kind} `{name}`");
        self.report.error(Code::UnknownName, place, message, format!("add the {kind}, or correct the name"));
    }
}

fn place_of(catalog: &Catalog) -> Place {
    Place::of(DocumentKind::Catalog, &catalog.catalog)
}

fn has_cycle(way: &[u32]) -> bool {
    way.iter().collect::<BTreeSet<_>>().len() < way.len()
}

/// The units that equations connect with `unit`.
fn connected(unit: u32, equations: &[Equation]) -> BTreeSet<u32> {
    let mut reached = BTreeSet::from([unit]);
    let mut open = vec![unit];
    while let Some(unit) = open.pop() {
        for equation in equations {
            for (from, to) in [(equation.left, equation.right), (equation.right, equation.left)] {
                if from == unit && reached.insert(to) {
                    open.push(to);
                }
            }
        }
    }
    reached
}
