//! Everything a tenant wrote, as one value: what a book is compiled from.

use serde::{Deserialize, Serialize};

use crate::adjustment::Adjustment;
use crate::book_test::BookTest;
use crate::catalog::Catalog;
use crate::contract::Contract;
use crate::fx_table::FxTable;
use crate::index_table::IndexTable;
use crate::order_rule::OrderRule;
use crate::organization::Organization;
use crate::price_list::PriceList;
use crate::script::Script;
use crate::tax::TaxTable;
use crate::tenant::Tenant;

/// A tenant's documents. Their order means nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// The seller.
    pub tenant: Tenant,
    /// The buyers' and seller's units.
    #[serde(default)]
    pub organizations: Vec<Organization>,
    /// What is sold.
    #[serde(default)]
    pub catalogs: Vec<Catalog>,
    /// What it costs.
    #[serde(default)]
    pub price_lists: Vec<PriceList>,
    /// What was agreed.
    #[serde(default)]
    pub contracts: Vec<Contract>,
    /// What currencies are worth.
    #[serde(default)]
    pub fx_tables: Vec<FxTable>,
    /// What changes it.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    /// What orders must keep to.
    #[serde(default)]
    pub order_rules: Vec<OrderRule>,
    /// What the state takes.
    #[serde(default)]
    pub tax_tables: Vec<TaxTable>,
    /// What metals and fuels are worth.
    #[serde(default)]
    pub index_tables: Vec<IndexTable>,
    /// Rules that nobody foresaw.
    #[serde(default)]
    pub scripts: Vec<Script>,
    /// What the authors of the book check it with.
    #[serde(default)]
    pub tests: Vec<BookTest>,
}
