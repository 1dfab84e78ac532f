//! What a book takes in memory, and what it takes to compile one.

use std::hint::black_box as keep;

use emptor_benches::books::{contract_documents, list_documents, sku_id};
use emptor_benches::ratio::{Row, compare};
use emptor_core::{Documents, Instant};
use emptor_pricing::compile;
use stats_alloc::Region;

use crate::{ALLOCATOR, book, row};

/// A round takes half a second.
const COMPILE_ROUNDS: usize = 9;

/// What a book of 200,000 skus with 5 breaks each keeps, for each break.
pub(crate) fn bytes_per_break(name: &'static str, goal: f64) -> Row {
    let kept = kept(&list_documents(200_000, 5));
    size(name, goal, kept, 1_000_000)
}

/// What 5,000 buyers with contracts of 200 terms over 100,000 skus keep beyond one such buyer, for each term.
pub(crate) fn bytes_per_term(name: &'static str, goal: f64) -> Row {
    let (buyers, terms, skus) = (5_000, 200, 100_000);
    let one = kept(&contract_documents(1, terms, skus));
    let all = kept(&contract_documents(buyers, terms, skus));
    size(name, goal, all - one, (buyers - 1) * terms)
}

fn size(name: &'static str, goal: f64, kept: f64, of: u32) -> Row {
    let of = f64::from(of);
    Row { rounds: 1, ..row(name, goal, 1, (kept, of, kept / of)) }
}

/// The bytes that a book keeps once it is compiled.
fn kept(documents: &Documents) -> f64 {
    let region = Region::new(ALLOCATOR);
    let book = book(documents);
    let change = region.change();
    assert!(book.sku(&sku_id(0)).is_some(), "the book has its products");
    let kept = change.bytes_allocated.checked_sub(change.bytes_deallocated).expect("a book keeps something");
    f64::from(u32::try_from(kept).expect("below 4 GiB"))
}

/// Compiling a million rows, against reading the same rows from CSV and sorting them.
pub(crate) fn compile_a_million_rows(name: &'static str, goal: f64) -> Row {
    let documents = list_documents(200_000, 5);
    let text = rows_of(&documents);
    let times = compare(COMPILE_ROUNDS, 1, &mut |_| _ = keep(compile(&documents, Instant::MAX)), &mut |_| {
        _ = keep(read_and_sorted(&text));
    });
    Row { rounds: COMPILE_ROUNDS, ..row(name, goal, read_and_sorted(&text).len(), times) }
}

type PriceRow<'t> = (&'t str, u64, i64);

/// `sku,from,price` in ten-thousandths, a line for each break.
fn rows_of(documents: &Documents) -> String {
    let entries = documents.price_lists.iter().flat_map(|list| &list.entries);
    let lines = entries.flat_map(|entry| {
        let sku = entry.sku.as_ref().expect("a product");
        entry.tiers.iter().map(move |tier| {
            let (from, price) = (tier.from.expect("a bound"), tier.price.expect("a price"));
            format!("{sku},{from},{}\n", price.scaled(4).expect("four decimals"))
        })
    });
    lines.collect()
}

fn read_and_sorted(text: &str) -> Vec<PriceRow<'_>> {
    let read = |line: &'_ str| -> Option<(usize, u64, i64)> {
        let (sku, rest) = line.split_once(',')?;
        let (from, price) = rest.split_once(',')?;
        Some((sku.len(), from.parse().ok()?, price.parse().ok()?))
    };
    let mut rows: Vec<PriceRow<'_>> =
        text.lines().filter_map(|line| read(line).map(|(end, from, price)| (&line[..end], from, price))).collect();
    rows.sort_unstable();
    rows
}
