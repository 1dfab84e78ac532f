//! The entries of a price list from a CSV file: a row is a price, the rows of one table make one entry.

use std::collections::HashMap;
use std::fmt::Write as _;

use emptor_core::{CategoryId, Entry, Exact, Quantity, Sku, Tier, Validity};

use crate::csv_table::{Flaws, Read, Row, Table, Units, parsed};
use crate::problem::{Flaw, ReadCode};
use crate::tree::RowLines;

const COLUMNS: [&str; 8] = ["sku", "category", "unit", "per", "from_quantity", "price", "valid_from", "valid_to"];
const NEEDED: [&[&str]; 2] = [&["sku", "category"], &["price"]];

/// The entries, in the order of their first rows, and the lines they were made of.
///
/// # Errors
/// The first problem of each row, for all rows; two rows for one price and quantity.
pub(crate) fn read(text: &str, file: &str) -> Read<Entry> {
    let mut table = Table::open(text, &COLUMNS, &NEEDED)?;
    let mut prices = Prices::default();
    let mut flaws = Flaws::default();
    while let Some(row) = table.next_row() {
        if let Err(flaw) = row.and_then(|row| prices.add(&row)) {
            flaws.push(flaw);
        }
    }
    let read = prices.finish(file, &mut flaws);
    let told = flaws.into_told();
    if told.is_empty() { Ok(read) } else { Err(told) }
}

/// What was read so far.
#[derive(Default)]
struct Prices {
    /// The entries, without their prices.
    entries: Vec<Entry>,
    /// Which entry a key makes; only ever asked, never listed, so its order cannot show.
    by_key: HashMap<Box<str>, u32>,
    key: String,
    rows: Vec<Priced>,
    units: Units,
}

/// A row: the price of an entry from a quantity on.
struct Priced {
    entry: u32,
    from: Exact,
    line: u32,
    price: Exact,
}

impl Prices {
    fn add(&mut self, row: &Row<'_>) -> Result<(), Flaw> {
        let entry = self.entry(row)?;
        let from = row.exact("from_quantity")?.unwrap_or_default();
        let Some(price) = row.exact("price")? else {
            return Err(row.flaw("column `price` is empty").with_help("write the price, or take the row out"));
        };
        self.key.clear();
        write_key(&mut self.key, &entry);
        let next = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let known = self.by_key.get(self.key.as_str()).copied();
        if known.is_none() {
            self.by_key.insert(self.key.as_str().into(), next);
            self.entries.push(entry);
        }
        self.rows.push(Priced { entry: known.unwrap_or(next), from, line: row.line, price });
        Ok(())
    }

    /// All of an entry but its prices.
    fn entry(&mut self, row: &Row<'_>) -> Result<Entry, Flaw> {
        let sku = row.read("sku", |text| Sku::new(text).map_err(|error| error.to_string()))?;
        let category = row.read("category", |text| CategoryId::new(text).map_err(|error| error.to_string()))?;
        if sku.is_some() == category.is_some() {
            let which = if sku.is_some() { "a sku and a category" } else { "neither a sku nor a category" };
            return Err(row.flaw(format!("the row has {which}")).with_help("fill in one of the two"));
        }
        let unit = row.read("unit", |text| self.units.read(text))?;
        let per = match (row.exact("per")?, unit) {
            (value, Some(unit)) => Some(Quantity { value: value.unwrap_or(Exact::from(1)), unit }),
            (None, None) => None,
            (Some(_), None) => return Err(row.flaw("a `per` without a `unit`").with_help("fill in the unit, like pc")),
        };
        let valid = Validity { from: row.read("valid_from", parsed)?, to: row.read("valid_to", parsed)? };
        Ok(Entry { sku, category, per, valid, ..Entry::default() })
    }

    fn finish(mut self, file: &str, flaws: &mut Flaws) -> (Vec<Entry>, RowLines) {
        self.rows.sort_by_key(|row| (row.entry, row.from, row.line));
        let mut lines = RowLines::new(file);
        let tables = self.rows.chunk_by(|left, right| left.entry == right.entry);
        for (entry, table) in self.entries.iter_mut().zip(tables) {
            for (first, second) in table.iter().zip(table.iter().skip(1)) {
                if first.from == second.from {
                    flaws.push(twice(first, second));
                }
            }
            lines.push(table.iter().map(|row| row.line));
            match table {
                [only] if only.from.is_zero() => entry.price = Some(only.price),
                _ => entry.tiers = table.iter().map(tier).collect(),
            }
        }
        (self.entries, lines)
    }
}

fn tier(row: &Priced) -> Tier {
    Tier { from: Some(row.from), price: Some(row.price), ..Tier::default() }
}

fn twice(first: &Priced, second: &Priced) -> Flaw {
    let message = format!("from_quantity {} has its price in line {} already", second.from, first.line);
    let flaw = Flaw::of_row(ReadCode::CsvDuplicateTier, second.line, message);
    flaw.with_help("keep one of the two rows, or tell them apart by unit, per or validity")
}

/// What tells one entry's rows from another's. Values are written as they print, in which 1 and 1.0 are one; names
/// have no control characters, so nothing runs together.
fn write_key(key: &mut String, entry: &Entry) {
    let (mark, name) = match (&entry.sku, &entry.category) {
        (Some(sku), _) => ('s', sku.as_str()),
        (None, Some(category)) => ('c', category.as_str()),
        (None, None) => ('-', ""),
    };
    key.push(mark);
    key.push_str(name);
    let mut part = |part: Option<&dyn std::fmt::Display>| {
        key.push('\u{1f}');
        // Writing to a `String` cannot fail.
        part.map(|part| write!(key, "{part}").is_ok())
    };
    part(entry.per.as_ref().map(|per| per as _));
    part(entry.valid.from.as_ref().map(|from| from as _));
    part(entry.valid.to.as_ref().map(|to| to as _));
}
