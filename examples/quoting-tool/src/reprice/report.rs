//! A comparison as it is shown: the rows, the totals, and who and what differs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::history::Unusable;
use crate::reprice::compare::{Comparison, Sums};
use crate::table::{Side, Table};

/// How many differences the text shows of each kind.
const SHOWN_MAX: usize = 15;

/// A comparison in JSON. Amounts are in the tenant's currency.
#[derive(Serialize)]
pub(crate) struct Report<'c> {
    currency: String,
    rows: u64,
    priced: u64,
    unusable: BTreeMap<&'static str, u64>,
    differing: u64,
    charged: String,
    expected: String,
    /// What was charged above what the book says.
    difference: String,
    by_customer: Vec<Customer<'c>>,
    by_sku: Vec<Article<'c>>,
}

#[derive(Serialize)]
struct Customer<'c> {
    customer: &'c str,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Serialize)]
struct Article<'c> {
    sku: &'c str,
    #[serde(flatten)]
    figures: Figures,
}

#[derive(Serialize)]
struct Figures {
    priced: u64,
    differing: u64,
    charged: String,
    expected: String,
    difference: String,
}

impl<'c> Report<'c> {
    pub(crate) fn of(comparison: &'c Comparison) -> Self {
        let Sums { priced, differing, charged, expected, .. } = comparison.total;
        let figures = |sums: &Sums| Figures {
            priced: sums.priced,
            differing: sums.differing,
            charged: comparison.amount(sums.charged),
            expected: comparison.amount(sums.expected),
            difference: comparison.amount(sums.difference()),
        };
        let customers = differing_of(&comparison.by_customer);
        let articles = differing_of(&comparison.by_sku);
        Self {
            currency: comparison.currency.to_string(),
            rows: comparison.rows,
            priced,
            unusable: comparison.unusable.reasons().map(|(reason, unused)| (reason, unused.rows)).collect(),
            differing,
            charged: comparison.amount(charged),
            expected: comparison.amount(expected),
            difference: comparison.amount(comparison.total.difference()),
            by_customer: customers.map(|(customer, sums)| Customer { customer, figures: figures(sums) }).collect(),
            by_sku: articles.map(|(sku, sums)| Article { sku, figures: figures(sums) }).collect(),
        }
    }
}

/// Those with a row that differs: the largest difference first, then by name.
fn differing_of(sums: &BTreeMap<String, Sums>) -> impl Iterator<Item = (&str, &Sums)> {
    let mut differing: Vec<_> = sums.iter().filter(|(_, sums)| sums.differing > 0).collect();
    differing.sort_by_key(|(name, sums)| (std::cmp::Reverse(sums.difference().abs()), *name));
    differing.into_iter().map(|(name, sums)| (name.as_str(), sums))
}

/// The report for people.
pub(crate) fn text(report: &Report<'_>, comparison: &Comparison) -> String {
    let Report { currency, rows, priced, differing, charged, expected, difference, .. } = report;
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{rows} rows: {priced} priced, {} not usable", comparison.unusable.count());
    text.push_str(&unusable(&comparison.unusable));
    let _ = writeln!(text, "\n{differing} of {priced} rows differ from the book\n");
    for (label, amount) in [("charged", charged), ("the book", expected), ("difference", difference)] {
        let _ = writeln!(text, "{label:<10} {amount:>16} {currency}");
    }
    let customers = report.by_customer.iter().map(|customer| (customer.customer, &customer.figures));
    let articles = report.by_sku.iter().map(|article| (article.sku, &article.figures));
    text.push_str(&differences("Customer", report.by_customer.len(), customers));
    text.push_str(&differences("SKU", report.by_sku.len(), articles));
    text
}

/// The reasons, with the line of the first row of each.
pub(crate) fn unusable(unusable: &Unusable) -> String {
    let mut text = String::new();
    for (reason, unused) in unusable.reasons() {
        let _ = writeln!(text, "  {:>8}  {reason}, first in line {}", unused.rows, unused.line);
    }
    text
}

fn differences<'f>(what: &'static str, count: usize, figures: impl Iterator<Item = (&'f str, &'f Figures)>) -> String {
    if count == 0 {
        return String::new();
    }
    let mut table = Table::new([
        (what, Side::Left),
        ("Rows", Side::Right),
        ("Differing", Side::Right),
        ("Charged", Side::Right),
        ("The book", Side::Right),
        ("Difference", Side::Right),
    ]);
    for (name, figures) in figures.take(SHOWN_MAX) {
        let Figures { priced, differing, charged, expected, difference } = figures;
        table.row([
            name.to_owned(),
            priced.to_string(),
            differing.to_string(),
            charged.clone(),
            expected.clone(),
            difference.clone(),
        ]);
    }
    let more = count.saturating_sub(SHOWN_MAX);
    let more = if more > 0 { format!("and {more} more; `--format json` has all\n") } else { String::new() };
    format!("\n{table}{more}")
}
