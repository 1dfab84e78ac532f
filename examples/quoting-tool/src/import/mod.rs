//! `import-history`: a book that explains what was charged before, as far as a price list can.

mod infer;
mod write;

use std::collections::BTreeMap;
use std::process::ExitCode;

use emptor::core::{OrganizationId, Sku};
use infer::{Sale, Tier, tiers};

use crate::arguments::ImportHistory;
use crate::failure::Failure;
use crate::history::{History, Row};
use crate::reprice::{Comparison, Sums, WALK_IN, compare, unusable};
use crate::{book, history, output, progress};

/// What a book is written from.
#[derive(Debug, Default)]
struct Draft {
    articles: BTreeMap<Sku, Article>,
    customers: Vec<OrganizationId>,
}

/// A product and its prices.
#[derive(Debug)]
struct Article {
    name: String,
    tiers: Vec<Tier>,
}

pub(crate) fn run(arguments: &ImportHistory) -> Result<ExitCode, Failure> {
    let out = &arguments.out;
    write::check_empty(out)?;
    let history = history::read(&arguments.history)?;
    if history.rows.is_empty() {
        return Err(Failure::of(
            &arguments.history,
            format_args!("none of its {} rows can be used:\n{}", history.count, unusable(&history.unusable).trim_end()),
        ));
    }
    let draft = draft(&history)?;
    write::book(out, &draft)?;
    let (folder, book) = book::load(out, None).map_err(Failure::Problems)?;
    let comparison = compare(&book, folder.documents.tenant.currency, &history)?;
    output::text(&report(arguments, &draft, &comparison))?;
    Ok(ExitCode::SUCCESS)
}

/// What was read and written, and what share of the rows and of their value the book explains.
fn report(arguments: &ImportHistory, draft: &Draft, comparison: &Comparison) -> String {
    let Comparison { total, currency, .. } = comparison;
    let Sums { priced, charged, explained, .. } = *total;
    let same = priced.saturating_sub(total.differing);
    let (rows, value) = (share(same.into(), priced.into()), share(explained, charged));
    let (explained, charged) = (comparison.amount(explained), comparison.amount(charged));
    let (products, customers) = (draft.articles.len(), draft.customers.len());
    let prices: usize = draft.articles.values().map(|article| article.tiers.len()).sum();
    format!(
        "{} rows: {priced} usable, {} not\n{}\n\
         wrote {}: {products} products, {prices} prices, {customers} organizations\n\n\
         the book explains {same} of {priced} usable rows ({rows} %)\n\
         and {explained} of {charged} {currency} ({value} %)\n",
        comparison.rows,
        comparison.unusable.count(),
        unusable(&comparison.unusable),
        arguments.out.display(),
    )
}

fn draft(history: &History) -> Result<Draft, Failure> {
    let mut by_sku: BTreeMap<&Sku, Vec<&Row>> = BTreeMap::new();
    for row in &history.rows {
        by_sku.entry(&row.sku).or_default().push(row);
    }
    let mut draft = Draft::default();
    let bar = progress::bar("inferring", by_sku.len());
    for (sku, rows) in by_sku {
        let sales: Vec<Sale> = rows.iter().map(|row| Sale { quantity: row.quantity, price: row.price }).collect();
        draft.articles.insert(sku.clone(), Article { name: name(&rows), tiers: tiers(&sales) });
        bar.inc(1);
    }
    bar.finish_and_clear();
    let walk_in = OrganizationId::new(WALK_IN).map_err(|error| Failure::Message(error.to_string()))?;
    draft.customers = history.rows.iter().filter_map(|row| row.customer.clone()).chain([walk_in]).collect();
    draft.customers.sort();
    draft.customers.dedup();
    Ok(draft)
}

/// The name that most rows have; of several, the one that sorts first.
fn name(rows: &[&Row]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.name.is_empty()) {
        *counts.entry(&row.name).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|&(name, count)| (count, std::cmp::Reverse(name)));
    most.map_or_else(String::new, |(name, _)| name.to_owned())
}

/// A share in percent with one decimal, rounded down.
fn share(part: i128, whole: i128) -> String {
    let tenths = part.saturating_mul(1000).checked_div(whole).unwrap_or(0);
    format!("{}.{}", tenths / 10, tenths % 10)
}
