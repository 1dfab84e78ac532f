//! The folder of an imported book: five documents and two tables.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::failure::Failure;
use crate::import::Draft;

const TENANT: &str = "# Made from what was charged before.
tenant: imported
currency: GBP
time_zone: Europe/London
";
const CATALOG: &str = "catalog: main\nproducts: products.csv\n";
const LIST: &str = "# Inferred: for each product at most four tiers, which explain most of its sales.
price_list: list
currency: GBP
entries: prices.csv
";
const UNIT: &str = "pc";

/// Refuses a folder that has something in it.
pub(crate) fn check_empty(dir: &Path) -> Result<(), Failure> {
    match fs::read_dir(dir).map(Iterator::count) {
        Ok(0) => Ok(()),
        Ok(_) => Err(Failure::of(dir, "the folder is not empty; name a new one, nothing is overwritten")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unwritable(dir, &error)),
    }
}

/// Writes the documents of a book into an empty folder.
pub(super) fn book(dir: &Path, draft: &Draft) -> Result<(), Failure> {
    fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))?;
    let files = [
        ("tenant.yaml", TENANT.to_owned()),
        ("catalog.yaml", CATALOG.to_owned()),
        ("list.yaml", LIST.to_owned()),
        ("organizations.yaml", organizations(draft)),
        ("products.csv", products(draft).map_err(|error| Failure::of(dir, error))?),
        ("prices.csv", prices(draft).map_err(|error| Failure::of(dir, error))?),
    ];
    for (name, text) in files {
        let path = dir.join(name);
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
    }
    Ok(())
}

fn organizations(draft: &Draft) -> String {
    let mut text = String::new();
    for customer in &draft.customers {
        // In quotes, so that no name is taken for something else; writing to a `String` cannot fail.
        let _ = write!(text, "---\norganization: '{}'\n", customer.as_str().replace('\'', "''"));
    }
    text
}

fn products(draft: &Draft) -> csv::Result<String> {
    let mut rows = vec![["sku", "name", "unit"]];
    rows.extend(draft.articles.iter().map(|(sku, article)| [sku.as_str(), article.name.as_str(), UNIT]));
    table(&rows)
}

fn prices(draft: &Draft) -> csv::Result<String> {
    let tiers = draft.articles.iter().flat_map(|(sku, article)| article.tiers.iter().map(move |tier| (sku, tier)));
    let texts: Vec<_> =
        tiers.map(|(sku, tier)| (sku.as_str(), tier.from.to_string(), tier.price.to_string())).collect();
    let mut rows = vec![["sku", "from_quantity", "price"]];
    rows.extend(texts.iter().map(|(sku, from, price)| [*sku, from.as_str(), price.as_str()]));
    table(&rows)
}

fn table<const N: usize>(rows: &[[&str; N]]) -> csv::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.iter().try_for_each(|row| writer.write_record(row))?;
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::of(path, format_args!("cannot be written: {}; name another folder", error.kind()))
}
