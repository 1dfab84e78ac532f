//! Nudges: what the next price break of a line is worth, by pricing the request again with it (R12).

use emptor_core::limits::{QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::scaled::{Fraction, Wide, power_of_ten};
use emptor_core::{Exact, NoPrice, Nudge, PriceRequest, PricedOrder, RoundingMode};

use crate::book::PriceBook;
use crate::count::Counts;
use crate::entries::Table;
use crate::line::Line;
use crate::order::Order;
use crate::price::{Detail, goods, order_of, price};
use crate::reading::Priced;
use crate::request;
use crate::search::Found;
use crate::table::Shape;

/// The most lines that are nudged: each is a pricing of the whole request.
const NUDGED_MAX: usize = 200;

/// What the next price break of each line is worth, in the order of the lines; `order` is the request as priced.
///
/// A line has one if the entry that prices it by the line's own quantity has a higher tier with a price, and that tier
/// prices all of it: a graduated one prices only what lies above its bound, so that reaching it changes nothing. A line
/// without a price, set by hand, measured or returned has none, and neither has one that cannot be priced at the break.
/// Only the first 200 lines with a next break are looked at, for each is a pricing of the whole request.
///
/// # Example
/// ```
/// use emptor_pricing::{Detail, compile, nudges, price};
/// let book = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
///     "organizations": [{ "organization": "contoso" }],
///     "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
///     "price_lists": [{ "price_list": "list", "currency": "EUR",
///         "entries": [{ "sku": "BOLT", "per": "100 pc", "tiers": [["0", "9.80"], ["1000", "8.40"]] }] }] }"#;
/// let request = r#"{ "buyer": "contoso", "valid_at": "2026-03-01",
///     "lines": [{ "id": "1", "sku": "BOLT", "quantity": "900" }] }"#;
/// let book = compile(&serde_json::from_str(book).unwrap(), emptor_core::Instant::MAX).unwrap();
/// let request = serde_json::from_str(request).unwrap();
/// let order = price(&book, &request, Detail::Price).unwrap();
///
/// let nudge = &nudges(&book, &request, &order)[0];
/// assert_eq!((nudge.add.to_string(), nudge.quantity.to_string()), ("100".to_owned(), "1000".to_owned()));
/// assert_eq!((nudge.net_before.minor(), nudge.net_after.minor()), (8820, 8400));
/// assert!(nudge.saves()); // a hundred more for 4.20 less
/// ```
pub fn nudges(book: &PriceBook, request: &PriceRequest, order: &PricedOrder) -> Vec<Nudge> {
    let Ok(asked) = order_of(book, request) else { return Vec::new() };
    let breaks = next_breaks(asked, request);
    let mut changed = request.clone();
    let nudges = breaks.into_iter().take(NUDGED_MAX).filter_map(|(index, quantity)| {
        let before = std::mem::replace(&mut changed.lines.get_mut(index)?.quantity, quantity);
        let after = price(book, &changed, Detail::Price);
        changed.lines.get_mut(index)?.quantity = before;
        nudge(order, index, before, quantity, &after.ok()?)
    });
    nudges.collect()
}

/// The lines that have a next break, and where it is.
fn next_breaks(mut asked: Order<'_>, request: &PriceRequest) -> Vec<(usize, Exact)> {
    let book = asked.book;
    let found: Vec<Result<Line<'_>, NoPrice>> = request.lines.iter().map(|line| goods(book, line)).collect();
    let lines: Vec<Option<Line<'_>>> = found.iter().map(|line| line.as_ref().ok().copied()).collect();
    asked.counts = Counts::of(&asked, &lines, request::priors(book, &request.facts.prior, asked.currency));
    let breaks = lines.iter().enumerate().filter_map(|(index, line)| {
        let line = line.as_ref().filter(|line| line.measured_micros.is_none())?;
        let Ok(Found::Offered(priced)) = asked.search(line) else { return None };
        Some((index, asked.next_break(line, &priced)?))
    });
    breaks.collect()
}

impl Order<'_> {
    /// The smallest quantity of a line above its own that a higher tier of the entry which prices it prices.
    fn next_break(&self, line: &Line<'_>, priced: &Priced) -> Option<Exact> {
        let table = self.table(priced.offer)?;
        let shape = Some(table.shape).filter(|shape| shape.counts_own_quantity() && !shape.graduated)?;
        let micros = starts_of(table).into_iter().filter_map(|start| self.reaching(line, shape, start));
        Exact::from_scaled(micros.filter(|&micros| micros > line.quantity_micros).min()?.into(), QUANTITY_DECIMALS)
    }

    /// The smallest quantity of the line's unit, in millionths, that lies in a tier which starts there.
    fn reaching(&self, line: &Line<'_>, shape: &Shape, start: i64) -> Option<i64> {
        let decimals = self.book.unit_decimals.get(line.unit as usize).copied().unwrap_or(QUANTITY_DECIMALS);
        let step = power_of_ten(QUANTITY_DECIMALS.checked_sub(decimals)?);
        let factor = line.units.factor(shape.unit, line.unit)?;
        let product = Wide::product(start.into(), factor.numerator().into());
        let exact = Fraction::new(product, factor.denominator().into(), 0)?;
        // A tier of an `up_to` table begins above its bound.
        let mode = if shape.up_to { RoundingMode::Floor } else { RoundingMode::Ceiling };
        let micros = exact.round_to(step, 0, mode)?.checked_add(if shape.up_to { step } else { 0 })?;
        i64::try_from(micros).ok().filter(|&micros| micros < QUANTITY_MICROS_END)
    }
}

/// Where the tiers of a table that have a price begin.
fn starts_of(table: Table<'_>) -> Vec<i64> {
    if table.shape.rich {
        return table.rich().iter().filter(|tier| !tier.no_price).map(|tier| tier.start).collect();
    }
    table.plain().iter().map(|tier| tier.start).collect()
}

/// What an order comes to with a line at its break.
fn nudge(order: &PricedOrder, index: usize, before: Exact, quantity: Exact, after: &PricedOrder) -> Option<Nudge> {
    let (line, changed) = (order.lines.get(index)?, after.lines.get(index)?);
    let add = quantity.scaled(QUANTITY_DECIMALS)?.checked_sub(before.scaled(QUANTITY_DECIMALS)?)?;
    Some(Nudge {
        line: line.id.clone(),
        quantity,
        add: Exact::from_scaled(add, QUANTITY_DECIMALS)?,
        unit: line.unit.clone()?,
        net_before: line.net?,
        net_after: changed.net?,
        payable_before: order.totals.payable,
        payable_after: after.totals.payable,
    })
}
