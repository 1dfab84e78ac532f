//! The quote as a sheet that can be sent to the buyer, with the steps beneath.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use emptor::core::{Currency, Documents, NoPrice, PriceRequest, PricedLine, PricedOrder, Product, RequestLine, Sku};
use emptor::{Detail, explain};

use crate::quote::unit_price::{Kind, unit_price};
use crate::table::{Side, Table};

const NAME_CHARS_MAX: usize = 48;
/// How many digits of a fingerprint tell two books apart on paper.
const FINGERPRINT_DIGITS: usize = 16;

/// Everything that a quote shows.
pub(crate) struct Sheet<'q> {
    pub(crate) documents: &'q Documents,
    pub(crate) request: &'q PriceRequest,
    pub(crate) order: &'q PricedOrder,
    pub(crate) detail: Detail,
}

impl fmt::Display for Sheet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        self.lines(f)?;
        self.without_price(f)?;
        if self.detail >= Detail::Waterfall {
            writeln!(f, "\n\nHow the lines were priced\n\n{}", explain(self.order).trim_end())?;
        }
        let basis = &self.order.basis;
        let short = |digest: String| digest.chars().take(FINGERPRINT_DIGITS).collect::<String>();
        let (book, request) = (short(basis.book.to_string()), short(basis.request.to_string()));
        writeln!(f, "\nBasis: semantics {}, book {book}, request {request}", basis.semantics)
    }
}

impl Sheet<'_> {
    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PriceRequest { buyer, region, channel, valid_at, .. } = self.request;
        let named = self.documents.organizations.iter().find(|organization| organization.organization == *buyer);
        let buyer = match named.and_then(|organization| organization.name.as_ref()) {
            Some(name) => format!("{name} ({buyer})"),
            None => buyer.to_string(),
        };
        writeln!(f, "QUOTE\n")?;
        let facts = [
            ("Seller", Some(self.documents.tenant.tenant.to_string())),
            ("Buyer", Some(buyer)),
            ("Date", Some(valid_at.to_string())),
            ("Currency", Some(self.order.currency.to_string())),
            ("Region", region.as_ref().map(ToString::to_string)),
            ("Channel", channel.as_ref().map(ToString::to_string)),
        ];
        for (label, fact) in facts.into_iter().filter_map(|(label, fact)| Some((label, fact?))) {
            writeln!(f, "{label:<10}{fact}")?;
        }
        writeln!(f)
    }

    fn lines(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let products = self.documents.catalogs.iter().flat_map(|catalog| &catalog.products);
        let products: BTreeMap<&Sku, &Product> = products.map(|product| (&product.sku, product)).collect();
        let mut table = Table::new([
            ("Line", Side::Right),
            ("SKU", Side::Left),
            ("Name", Side::Left),
            ("Quantity", Side::Right),
            ("Unit", Side::Left),
            ("Unit price", Side::Right),
            ("per", Side::Left),
            ("Line total", Side::Right),
        ]);
        let mut has_average = false;
        for (line, requested) in self.order.lines.iter().zip(&self.request.lines) {
            let (price, per, is_average) = shown_price(line, self.order.currency);
            has_average |= is_average;
            table.row([
                line.id.to_string(),
                line.sku.to_string(),
                name(products.get(&line.sku).copied(), requested),
                line.quantity.to_string(),
                line.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
                price,
                per,
                line.net.map_or_else(|| "no price".to_owned(), emptor::core::Money::amount),
            ]);
        }
        table.rule();
        let total = self.order.totals.line_extension.amount();
        table.row(["", "", "", "", "", "Total", self.order.currency.code(), &total].map(str::to_owned));
        write!(f, "{table}\nAll amounts are in {}, net, without tax.", self.order.currency)?;
        writeln!(f, "{}", if has_average { " A price with ~ is the line's average, rounded." } else { "" })
    }

    fn without_price(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<(&PricedLine, NoPrice)> =
            self.order.lines.iter().filter_map(|line| Some((line, line.no_price?))).collect();
        match lines.len() {
            0 => return Ok(()),
            1 => writeln!(f, "\nThe total is without 1 line that has no price:")?,
            count => writeln!(f, "\nThe total is without {count} lines that have no price:")?,
        }
        lines.iter().try_for_each(|(line, reason)| writeln!(f, "  line {}, {}: {reason}", line.id, line.sku))
    }
}

/// A product's name, and what a line of it weighs where that was measured.
fn name(product: Option<&Product>, requested: &RequestLine) -> String {
    let Some(product) = product else { return String::new() };
    let mut name: String = product.name.clone().unwrap_or_default();
    if name.chars().count() > NAME_CHARS_MAX {
        name = name.chars().take(NAME_CHARS_MAX.saturating_sub(1)).chain(['…']).collect();
    }
    if let (Some(measured), Some(weight)) = (requested.measured, &product.weight) {
        // Writing to a `String` cannot fail.
        let _ = write!(name, " ({measured} {})", weight.unit);
    }
    name
}

/// A line's price per unit, what it is for, and whether it is an average.
fn shown_price(line: &PricedLine, currency: Currency) -> (String, String, bool) {
    let Some(shown) = unit_price(line, currency) else { return (String::new(), String::new(), false) };
    let mark = if shown.kind == Kind::Average { "~" } else { "" };
    (format!("{mark}{}", shown.price.padded(currency.decimals())), shown.per, shown.kind == Kind::Average)
}
