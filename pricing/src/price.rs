//! The road that a price takes: one function that states the order of the passes.

use std::borrow::Cow;

use emptor_core::scaled::{Fraction, Wide, power_of_ten};
use emptor_core::{Amount, Currency, Instant, NoPrice, PriceRequest, PricedOrder, RateId, RequestLine};

use crate::book::PriceBook;
use crate::count::Counts;
use crate::currency::Conversion;
use crate::error::PricingError;
use crate::line::{Line, quantity_micros};
use crate::order::Order;
use crate::plan::Circumstances;
use crate::reading::in_range;
use crate::request::{self, Recorded};
use crate::search::Found;
use crate::total::{Ended, Outcome};

/// How much an answer says about how its prices came about. The prices are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Detail {
    /// The prices.
    Price,
    /// And every step that led to them.
    #[default]
    Waterfall,
    /// And the prices that lost, with the reasons.
    Why,
}

/// Prices a request: a pure function of the book and the request.
///
/// Amounts are in the order's currency; lines and sums in its minor units, rounded as R0 says.
///
/// # Errors
/// In order of precedence: `request.tenant`, `request.unknown_buyer`, `request.too_many_lines`,
/// `request.duplicate_line`, `request.limit`, `request.duplicate_prior`, `request.unknown_rate`,
/// `pricing.total_out_of_range`. A line that cannot be priced is no error but an answer (R14).
///
/// # Example
/// ```
/// use emptor_pricing::{Detail, compile, price};
/// let book = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
///     "organizations": [{ "organization": "contoso" }],
///     "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
///     "price_lists": [{ "price_list": "list", "currency": "EUR",
///         "entries": [{ "sku": "BOLT", "per": "100 pc", "tiers": [["0", "9.80"], ["1000", "8.40"]] }] }] }"#;
/// let request = r#"{ "buyer": "contoso", "valid_at": "2026-03-01",
///     "lines": [{ "id": "1", "sku": "BOLT", "quantity": "500" }] }"#;
/// let book = compile(&serde_json::from_str(book).unwrap(), emptor_core::Instant::MAX).unwrap();
/// let order = price(&book, &serde_json::from_str(request).unwrap(), Detail::Price).unwrap();
/// assert_eq!(order.totals.line_extension.to_string(), "49.00 EUR");
/// ```
pub fn price(book: &PriceBook, request: &PriceRequest, detail: Detail) -> Result<PricedOrder, PricingError> {
    let currency = request.currency.unwrap_or(book.tenant.currency);
    request::check(book, request, currency)?;
    let mut order = order_of(book, request)?;
    let lines: Vec<Result<Line<'_>, NoPrice>> = request.lines.iter().map(|line| goods(book, line)).collect();
    let known: Vec<Option<Line<'_>>> = lines.iter().map(|line| line.as_ref().ok().copied()).collect();
    order.counts = Counts::of(&order, &known, request::priors(book, &request.facts.prior, currency));
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(lines.len());
    for (line, requested) in lines.iter().zip(&request.lines) {
        outcomes.push(match line {
            _ if requested.quantity.is_negative() => returned(&order, requested),
            Ok(line) => order.search(line),
            Err(reason) => Err(*reason),
        });
    }
    order.share(&known, &mut outcomes);
    let ended = order.end(outcomes);
    let total = sum(&order, &ended)?;
    Ok(order.record(request, &known, &ended, total, detail))
}

/// What the lines of a request share.
fn order_of<'b>(book: &'b PriceBook, request: &PriceRequest) -> Result<Order<'b>, PricingError> {
    let valid_at = request.valid_at.instant(book.tenant.zone);
    let currency = request.currency.unwrap_or(book.tenant.currency);
    let unknown = || PricingError::UnknownBuyer(request.buyer.to_string());
    let buyer = book.names.organizations.find(request.buyer.as_str()).ok_or_else(unknown)?;
    let plan = book.plans.at(buyer, valid_at).ok_or_else(unknown)?;
    let region = match &request.region {
        Some(region) => book.region(region),
        None => plan.region,
    };
    let plain = region == plan.region && request.channel.is_none() && request.attributes.is_empty();
    let chain = match book.plans.chain(plan.chain).filter(|_| plain) {
        Some(chain) => Cow::Borrowed(chain),
        None => {
            let channel = request.channel.as_ref().and_then(|channel| book.names.channels.find(channel.as_str()));
            let circumstances = Circumstances { region, channel, attributes: &request.attributes };
            Cow::Owned(book.resolve_chain(&plan.ways, circumstances))
        }
    };
    let conversions = conversions(book, currency, valid_at, &request.facts.pinned_rates);
    let manual_allowed = request.facts.authority.manual_price;
    Ok(Order { book, plan, chain, currency, valid_at, conversions, manual_allowed, counts: Counts::default() })
}

/// The ways from every currency that a source is in.
#[inline]
pub(crate) fn conversions<'b>(
    book: &'b PriceBook,
    to: Currency,
    valid_at: Instant,
    pinned: &[RateId],
) -> Vec<Conversion<'b>> {
    if book.tenant.conversion.is_none() {
        return Vec::new();
    }
    let mut currencies: Vec<_> = book.sources.iter().map(|source| source.currency).filter(|from| *from != to).collect();
    currencies.sort_unstable();
    currencies.dedup();
    currencies.into_iter().filter_map(|from| book.conversion(from, to, valid_at, pinned)).collect()
}

/// A line that is looked up; a return is not.
fn goods<'b>(book: &'b PriceBook, line: &RequestLine) -> Result<Line<'b>, NoPrice> {
    if line.quantity.is_negative() { Err(NoPrice::ReturnWithoutRecord) } else { Line::find(book, line) }
}

/// A return, at its recorded price (R1).
fn returned(order: &Order<'_>, line: &RequestLine) -> Outcome {
    let quantity = quantity_micros(line.quantity, emptor_core::limits::QUANTITY_DECIMALS)?.saturating_neg();
    let recorded = line.recorded.as_ref().ok_or(NoPrice::ReturnWithoutRecord)?;
    let recorded = Recorded::of(recorded, order.currency).ok_or(NoPrice::ReturnExceedsRecord)?;
    let after = recorded.returned_micros.checked_add(quantity).filter(|&after| after <= recorded.quantity_micros);
    let after = after.ok_or(NoPrice::ReturnExceedsRecord)?;
    let net_of = |micros: i64| {
        let product = Wide::product(recorded.net_minor.into(), micros.into());
        let exact = Fraction::new(product, recorded.quantity_micros.unsigned_abs().into(), 0)?;
        Some(exact.round(order.book.tenant.rounding.mode))
    };
    let part = net_of(after).and_then(|net| net.checked_sub(net_of(recorded.returned_micros)?));
    let minor = part.and_then(|part| i64::try_from(part).ok()).ok_or(NoPrice::OutOfRange)?;
    Ok(Found::Returned(Amount::from_minor(minor.saturating_neg(), order.currency).0))
}

/// The sum of the lines' nets, in minor units.
fn sum(order: &Order<'_>, ended: &[Result<Ended, NoPrice>]) -> Result<i64, PricingError> {
    let nets = ended.iter().flatten().map(|line| i128::from(line.net_minor));
    let sum = nets.fold(0_i128, i128::saturating_add);
    let unit = power_of_ten(10_u32.saturating_sub(order.currency.decimals()));
    let total = sum.checked_mul(unit).and_then(in_range).and_then(|_| i64::try_from(sum).ok());
    total.ok_or(PricingError::TotalOutOfRange)
}
