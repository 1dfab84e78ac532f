//! JSON Schema of every document, of the request and of the answer.

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};

use crate::{
    Adjustment, BookTest, Catalog, Contract, Documents, FxTable, IndexTable, Nudge, OrderRule, Organization, PriceList,
    PriceRequest, PricedOrder, Script, TaxTable, Tenant,
};

/// Every schema with its name, in the order of the names.
pub fn all() -> Vec<(&'static str, Schema)> {
    let generator = || SchemaGenerator::new(SchemaSettings::draft2020_12());
    vec![
        ("adjustment", generator().into_root_schema_for::<Adjustment>()),
        ("catalog", generator().into_root_schema_for::<Catalog>()),
        ("contract", generator().into_root_schema_for::<Contract>()),
        ("documents", generator().into_root_schema_for::<Documents>()),
        ("fx_table", generator().into_root_schema_for::<FxTable>()),
        ("index_table", generator().into_root_schema_for::<IndexTable>()),
        ("nudge", generator().into_root_schema_for::<Nudge>()),
        ("order_rule", generator().into_root_schema_for::<OrderRule>()),
        ("organization", generator().into_root_schema_for::<Organization>()),
        ("price_list", generator().into_root_schema_for::<PriceList>()),
        ("price_request", generator().into_root_schema_for::<PriceRequest>()),
        ("priced_order", generator().into_root_schema_for::<PricedOrder>()),
        ("script", generator().into_root_schema_for::<Script>()),
        ("tax_table", generator().into_root_schema_for::<TaxTable>()),
        ("tenant", generator().into_root_schema_for::<Tenant>()),
        ("test", generator().into_root_schema_for::<BookTest>()),
    ]
}
