//! The products of a catalog from a CSV file: a row is a product.

use std::collections::BTreeMap;

use emptor_core::{
    Breach, CategoryId, Conversion, Guards, PricingGroupId, Product, RoleId, Sku, TaxCategoryId, VendorId,
};

use crate::csv_table::{Flaws, Read, Row, Table, Units, parsed};
use crate::problem::Flaw;
use crate::tree::RowLines;

const COLUMNS: [&str; 19] = [
    "sku",
    "name",
    "category",
    "unit",
    "conversions",
    "weight",
    "weight_tolerance",
    "cost",
    "pricing_groups",
    "attributes",
    "vendor",
    "tax_category",
    "floor",
    "map",
    "ceiling",
    "margin_min",
    "discount_max",
    "breach",
    "role",
];
const NEEDED: [&[&str]; 2] = [&["sku"], &["unit"]];

/// The products in the order of their rows, and the lines they were made of.
///
/// # Errors
/// The first problem of each row, for all rows.
pub(crate) fn read(text: &str, file: &str) -> Read<Product> {
    let mut table = Table::open(text, &COLUMNS, &NEEDED)?;
    let (mut products, mut lines) = (Vec::new(), RowLines::new(file));
    let (mut flaws, mut units) = (Flaws::default(), Units::default());
    while let Some(row) = table.next_row() {
        let read = row.and_then(|row| Ok((row.line, product(&row, &mut units)?)));
        match read {
            Ok((line, product)) => {
                products.push(product);
                lines.push(std::iter::once(line));
            }
            Err(flaw) => flaws.push(flaw),
        }
    }
    let told = flaws.into_told();
    if told.is_empty() { Ok((products, lines)) } else { Err(told) }
}

fn product(row: &Row<'_>, units: &mut Units) -> Result<Product, Flaw> {
    let empty = |column| row.flaw(format!("column `{column}` is empty")).with_help("every product has one");
    Ok(Product {
        sku: row.read("sku", |text| Sku::new(text).map_err(|error| error.to_string()))?.ok_or_else(|| empty("sku"))?,
        name: row.get("name").map(str::to_owned),
        category: row.read("category", |text| CategoryId::new(text).map_err(|error| error.to_string()))?,
        unit: row.read("unit", |text| units.read(text))?.ok_or_else(|| empty("unit"))?,
        conversions: row.read("conversions", |text| several(text, conversion))?.unwrap_or_default(),
        weight: row.read("weight", parsed)?,
        weight_tolerance: row.exact("weight_tolerance")?,
        cost: row.exact("cost")?,
        pricing_groups: row
            .read("pricing_groups", |text| {
                several(text, |text| PricingGroupId::new(text).map_err(|error| error.to_string()))
            })?
            .unwrap_or_default(),
        attributes: row.read("attributes", attributes)?.unwrap_or_default(),
        vendor: row.read("vendor", |text| VendorId::new(text).map_err(|error| error.to_string()))?,
        tax_category: row.read("tax_category", |text| TaxCategoryId::new(text).map_err(|error| error.to_string()))?,
        guards: guards(row)?,
    })
}

fn guards(row: &Row<'_>) -> Result<Guards, Flaw> {
    Ok(Guards {
        floor: row.exact("floor")?,
        map: row.exact("map")?,
        ceiling: row.exact("ceiling")?,
        margin_min: row.exact("margin_min")?,
        discount_max: row.exact("discount_max")?,
        breach: row.read("breach", breach)?.unwrap_or_default(),
        role: row.read("role", |text| RoleId::new(text).map_err(|error| error.to_string()))?,
    })
}

fn breach(text: &str) -> Result<Breach, String> {
    match text {
        "clamp" => Ok(Breach::Clamp),
        "clamp_to_base" => Ok(Breach::ClampToBase),
        "reject" => Ok(Breach::Reject),
        "needs_approval" => Ok(Breach::NeedsApproval),
        _ => Err(format!("`{text}` is none of `clamp`, `clamp_to_base`, `reject` and `needs_approval`")),
    }
}

/// Pairs like `hazard=3`.
fn attributes(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut attributes = BTreeMap::new();
    for (key, value) in several(text, attribute)? {
        if attributes.contains_key(&key) {
            return Err(format!("the attribute `{key}` is there twice"));
        }
        attributes.insert(key, value);
    }
    Ok(attributes)
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
    let pair = pair.filter(|(key, value)| !key.is_empty() && !value.is_empty());
    let (key, value) = pair.ok_or_else(|| format!("`{text}` is not a pair like `hazard=3`"))?;
    Ok((key.to_owned(), value.to_owned()))
}

/// The parts between `;`, each read by itself.
fn several<T>(text: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(parse).collect()
}

fn conversion(text: &str) -> Result<Conversion, String> {
    text.parse().map_err(|_| format!("`{text}` is not an equation of two quantities, like `1 box = 200 pc`"))
}
