//! The catalog: categories, units and products.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::guard::Guards;
use crate::id::{CatalogId, CategoryId, PricingGroupId, Sku, TaxCategoryId, Unit, VendorId};
use crate::unit::{Conversion, Quantity};

/// Categories, units and products; a tenant's catalogs are read as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// Its name.
    pub catalog: CatalogId,
    /// The tree of categories.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Units with a stated number of decimals; a unit that is not listed has 6.
    #[serde(default)]
    pub units: Vec<UnitDecimals>,
    /// Equations that hold for every product, like `1 kg = 1000 g`.
    #[serde(default)]
    pub conversions: Vec<Conversion>,
    /// The products.
    #[serde(default)]
    pub products: Vec<Product>,
}

/// A category of products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its name.
    pub category: CategoryId,
    /// The category above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CategoryId>,
}

/// How many decimals a quantity of a unit may have, 0 to 6.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UnitDecimals {
    /// The unit.
    pub unit: Unit,
    /// Its decimals.
    pub decimals: u32,
}

/// What is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its article number.
    pub sku: Sku,
    /// What it is called on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is in the tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// The unit of a line or an entry that names none.
    pub unit: Unit,
    /// Equations that hold for this product, like `1 box = 200 pc`.
    #[serde(default)]
    pub conversions: Vec<Conversion>,
    /// The nominal weight of one unit; also an equation between the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Quantity>,
    /// How far a measured weight may be from the nominal, in percent; present: the product is sold by measured weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_tolerance: Option<Exact>,
    /// What one unit costs the seller, in the tenant's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Exact>,
    /// The named groups it counts with (R4).
    #[serde(default)]
    pub pricing_groups: Vec<PricingGroupId>,
    /// Facts of the seller's own that conditions ask for, such as `hazard: "3"`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Whose it is, where several sell through one tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<VendorId>,
    /// Its category of tax; absent: the regime's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<TaxCategoryId>,
    /// Bounds of its price, per one of its unit and in the tenant's currency (R9).
    #[serde(default, skip_serializing_if = "Guards::is_empty")]
    pub guards: Guards,
}
