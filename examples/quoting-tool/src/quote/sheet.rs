//! The quote as a sheet that can be sent to the buyer, with the steps beneath.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use emptor::core::{
    AdjustmentId, Documents, Money, NoPrice, Nudge, PriceRequest, PricedGift, PricedLine, PricedOrder, Product,
    RequestLine, Sku, When,
};
use emptor::{Detail, Explanation};

use crate::quote::unit_price::{Kind, Shown, asked};
use crate::table::{Side, Table};

const NAME_CHARS_MAX: usize = 48;
/// How many digits of a fingerprint tell two books apart on paper.
const FINGERPRINT_DIGITS: usize = 16;

/// Everything that a quote shows.
pub(crate) struct Sheet<'q> {
    pub(crate) documents: &'q Documents,
    pub(crate) request: &'q PriceRequest,
    pub(crate) order: &'q PricedOrder,
    /// Those that are worth telling.
    pub(crate) nudges: &'q [Nudge],
    pub(crate) detail: Detail,
}

impl fmt::Display for Sheet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Explanation::of(self.order).with_labels(self.labels());
        let sums = words.sums();
        self.head(f)?;
        self.lines(f, sums.is_empty())?;
        self.without_price(f)?;
        let parts = [sums, words.violations(), words.nudges(self.nudges)];
        parts.iter().filter(|part| !part.is_empty()).try_for_each(|part| write!(f, "\n{part}"))?;
        if self.detail >= Detail::Waterfall {
            writeln!(f, "\n\nHow the lines were priced\n\n{}", words.lines().trim_end())?;
        }
        let basis = &self.order.basis;
        let short = |digest: String| digest.chars().take(FINGERPRINT_DIGITS).collect::<String>();
        let (book, request) = (short(basis.book.to_string()), short(basis.request.to_string()));
        writeln!(f, "\nBasis: semantics {}, book {book}, request {request}", basis.semantics)
    }
}

impl Sheet<'_> {
    /// What adjustments are called on paper.
    fn labels(&self) -> BTreeMap<AdjustmentId, String> {
        let adjustments = self.documents.adjustments.iter();
        adjustments.filter_map(|adjustment| Some((adjustment.adjustment.clone(), adjustment.label.clone()?))).collect()
    }

    fn head(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PriceRequest { buyer, region, channel, valid_at, .. } = self.request;
        let named = self.documents.organizations.iter().find(|organization| organization.organization == *buyer);
        let buyer = match named.and_then(|organization| organization.name.as_ref()) {
            Some(name) => format!("{name} ({buyer})"),
            None => buyer.to_string(),
        };
        let date = match valid_at {
            When::Date(_) => valid_at.to_string(),
            When::Instant(instant) => {
                let date = self.documents.tenant.time_zone.date(*instant);
                date.map_or_else(|| valid_at.to_string(), |date| When::Date(date).to_string())
            }
        };
        writeln!(f, "QUOTE\n")?;
        let facts = [
            ("Seller", Some(self.documents.tenant.tenant.to_string())),
            ("Buyer", Some(buyer)),
            ("Date", Some(date)),
            ("Processed", self.order.processing_date.map(|date| date.to_string())),
            ("Currency", Some(self.order.currency.to_string())),
            ("Region", region.as_ref().map(ToString::to_string)),
            ("Channel", channel.as_ref().map(ToString::to_string)),
        ];
        for (label, fact) in facts.into_iter().filter_map(|(label, fact)| Some((label, fact?))) {
            writeln!(f, "{label:<11}{fact}")?;
        }
        writeln!(f)
    }

    /// The lines and gifts; `is_all`: their sum is what is to be paid.
    fn lines(&self, f: &mut fmt::Formatter<'_>, is_all: bool) -> fmt::Result {
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
            ("Change", Side::Right),
            ("Line total", Side::Right),
        ]);
        let currency = self.order.currency;
        let mut has_average = false;
        for (line, requested) in self.order.lines.iter().zip(&self.request.lines) {
            let shown = Shown::of(line, currency);
            let (price, per, change) = shown.as_ref().map_or_else(Default::default, |shown| shown.texts(currency));
            has_average |= shown.as_ref().is_some_and(|shown| shown.kind == Kind::Average);
            table.row([
                line.id.to_string(),
                line.sku.to_string(),
                name(products.get(&line.sku).copied(), requested),
                line.quantity.to_string(),
                line.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
                price,
                per,
                change,
                shown.map_or_else(|| "no price".to_owned(), |shown| shown.total.amount()),
            ]);
        }
        for gift in &self.order.gifts {
            let PricedGift { sku, quantity, unit, net, tax, .. } = gift;
            let named = products.get(sku).and_then(|product| product.name.clone()).unwrap_or_default();
            let (sku, quantity, unit) = (sku.to_string(), quantity.to_string(), unit.to_string());
            let [none, gift] = ["", "gift"].map(str::to_owned);
            table.row([gift, sku, named, quantity, unit, none.clone(), none.clone(), none, asked(*net, *tax).amount()]);
        }
        table.rule();
        let label = if is_all { "Total" } else { "Goods" };
        table.row(["", "", "", "", "", label, currency.code(), "", &self.goods()].map(str::to_owned));
        write!(f, "{table}\nAll amounts are in {currency}{}.", self.side())?;
        writeln!(f, "{}", if has_average { " A price with ~ is the line's average, rounded." } else { "" })
    }

    /// The sum of lines and gifts as they are shown.
    fn goods(&self) -> String {
        let lines = self.order.lines.iter().filter_map(|line| Some(asked(line.net?, line.tax)));
        let gifts = self.order.gifts.iter().map(|gift| asked(gift.net, gift.tax));
        let sum = lines.chain(gifts).fold(0_i64, |sum, money| sum.saturating_add(money.minor()));
        Money::from_minor(sum, self.order.currency).amount()
    }

    /// Whether the lines' amounts are without or with tax.
    fn side(&self) -> &'static str {
        let is_inside = self.order.lines.iter().any(|line| line.tax.is_some());
        match (is_inside, self.order.totals.tax.is_some()) {
            (true, _) => "; those of the lines are with tax",
            (false, true) => "; those of the lines are without tax",
            (false, false) => ", net, without tax",
        }
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
