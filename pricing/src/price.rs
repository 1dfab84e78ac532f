//! The road that a price takes: one function that states the order of the passes.

use std::borrow::Cow;
use std::cell::Cell;

use emptor_core::scaled::{Fraction, Wide};
use emptor_core::{
    Amount, Currency, Instant, NoPrice, PriceRequest, PricedOrder, RateId, RequestLine, TaxSide, Totals,
};

use crate::adjust::Adjusted;
use crate::book::PriceBook;
use crate::closing::{ClosedCharge, ClosedGift, ClosedLine, Closing};
use crate::count::Counts;
use crate::currency::Conversion;
use crate::error::PricingError;
use crate::items::ChangeShown;
use crate::line::{Line, quantity_micros};
use crate::order::Order;
use crate::plan::{Asked, Chain, Circumstances, Plan};
use crate::procedure::EffectPlan;
use crate::request::{self, Recorded};
use crate::script;
use crate::script_failure::{FailedUse, Failure, Part};
use crate::search::Found;
use crate::tax::Taxed;
use crate::total::{Ended, Outcome};
use crate::verdict::Verdict;

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
    let processed = order.run(request, detail >= Detail::Why)?;
    Ok(order.record(request, &processed, detail))
}

/// An order that went all the way.
#[derive(Debug)]
pub(crate) struct Processed<'b> {
    /// The goods lines that are known, by their place in the request.
    pub(crate) lines: Vec<Option<Line<'b>>>,
    pub(crate) ended: Vec<Result<Ended, NoPrice>>,
    /// What the procedure did; its lines have moved into `ended`, the charges are left.
    pub(crate) adjusted: Adjusted,
    pub(crate) closing: Closing,
    pub(crate) taxed: Option<Taxed>,
    pub(crate) totals: Totals,
    pub(crate) verdict: Verdict,
}

impl<'b> Order<'b> {
    /// Takes a request all the way: this is the order of the passes.
    pub(crate) fn run(&mut self, request: &PriceRequest, why: bool) -> Result<Processed<'b>, PricingError> {
        let book = self.book;
        let goods: Vec<Result<Line<'b>, NoPrice>> = request.lines.iter().map(|line| goods(book, line)).collect();
        let lines: Vec<Option<Line<'b>>> = goods.iter().map(|line| line.as_ref().ok().copied()).collect();
        self.counts = Counts::of(self, &lines, request::priors(book, &request.facts.prior, self.currency));
        if let Some(asked) = &mut self.asked {
            asked.show(lines.iter().enumerate().filter_map(|(place, line)| Some((place, (*line)?))).collect());
        }
        let mut failures = Vec::new();
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(lines.len());
        for (line, requested) in goods.iter().zip(&request.lines) {
            outcomes.push(match line {
                _ if requested.quantity.is_negative() => returned(self, requested),
                Ok(line) => self.search(line),
                Err(reason) => Err(*reason),
            });
            if let Some((source, call, error)) = self.script_failed.take() {
                let (line, by) = (outcomes.len().saturating_sub(1), FailedUse::Price(source));
                failures.push(Failure { line, by, part: Part::Effect, call, error });
            }
        }
        self.share(&lines, &mut outcomes);
        let mut converted = self.converted(outcomes);
        let mut adjusted = self.adjust(&lines, &mut converted, request, why)?;
        adjusted.failures.splice(0..0, failures);
        let charges = adjusted.items.split_off(lines.len());
        let goods = std::mem::replace(&mut adjusted.items, charges);
        let lists: Vec<i128> = goods.iter().map(|item| item.list).collect();
        let mut ended = self.end(&lines, converted, goods);
        let closing = self.close(&ended, &lists, &adjusted)?;
        let taxed = self.tax(request, &closing)?;
        let totals = self.totals(request, &closing, taxed.as_ref())?;
        take_tax_off(&mut ended, taxed.as_ref());
        let found = std::mem::take(&mut adjusted.violations);
        let mut processed = Processed { lines, ended, adjusted, closing, taxed, totals, verdict: Verdict::default() };
        processed.verdict = self.verdict(request, &processed, found);
        Ok(processed)
    }

    /// What tax and totals are worked out from.
    fn close(
        &self,
        ended: &[Result<Ended, NoPrice>],
        lists: &[i128],
        adjusted: &Adjusted,
    ) -> Result<Closing, PricingError> {
        let unit = self.minor_unit();
        let minor = |amount: i128| amount.checked_div(unit).and_then(|minor| i64::try_from(minor).ok());
        let lines = ended.iter().zip(lists).map(|(line, list)| {
            let line = line.as_ref().ok()?;
            let changes = line.changes();
            let shares = changes.iter().filter_map(|change| match change.shown {
                ChangeShown::Document(step) => Some((step, minor(change.amount)?)),
                ChangeShown::Line | ChangeShown::Memo => None,
            });
            let is_return = matches!(line.found, Found::Returned(_));
            Some(ClosedLine { minor: line.net_minor, shares: shares.collect(), is_return, list: *list })
        });
        let gifts = adjusted.gifts.iter().filter_map(|gift| {
            let EffectPlan::Gift(plan) = &self.book.procedure.rules.get(gift.rule as usize)?.effect else {
                return None;
            };
            let minor = minor(gift.amount)?;
            Some(ClosedGift { sku: plan.sku, quantity_micros: plan.quantity_micros, minor })
        });
        let charges = self.end_charges(&adjusted.items).ok_or(PricingError::TotalOutOfRange)?;
        let documents: Option<Vec<i64>> = adjusted.documents.iter().map(|step| minor(step.amount)).collect();
        Ok(Closing {
            lines: lines.collect(),
            gifts: gifts.collect(),
            charges: charges.into_iter().map(|minor| ClosedCharge { minor }).collect(),
            document_steps: documents.ok_or(PricingError::TotalOutOfRange)?,
        })
    }
}

/// Where prices are with tax, what is inside is no part of the lines' nets.
fn take_tax_off(ended: &mut [Result<Ended, NoPrice>], taxed: Option<&Taxed>) {
    let Some(taxed) = taxed else { return };
    for (line, taxed) in ended.iter_mut().zip(&taxed.lines) {
        if let (Ok(line), Some(taxed)) = (line, taxed) {
            let inside = taxed.of_line.inside.unwrap_or(0);
            if inside != 0 {
                line.more.get_or_insert_default().tax_minor = inside;
                line.net_minor = line.net_minor.saturating_sub(inside);
            }
        }
    }
}

/// What the lines of a request share.
pub(crate) fn order_of<'b>(book: &'b PriceBook, request: &PriceRequest) -> Result<Order<'b>, PricingError> {
    let valid_at = request.valid_at.instant(book.tenant.zone);
    let currency = request.currency.unwrap_or(book.tenant.currency);
    let unknown = || PricingError::UnknownBuyer(request.buyer.to_string());
    let buyer = book.names.organizations.find(request.buyer.as_str()).ok_or_else(unknown)?;
    let (plan, kin) = book.plans.at(buyer, valid_at).ok_or_else(unknown)?;
    let side = request.prices.unwrap_or(book.taxes.side);
    let region = match &request.region {
        Some(region) => book.region(region),
        None => plan.region,
    };
    let channel = request.channel.as_ref().and_then(|channel| book.names.channels.find(channel.as_str()));
    let own_side = side == book.taxes.side;
    let plain = own_side && region == plan.region && request.channel.is_none() && request.attributes.is_empty();
    let chain = if plain {
        Cow::Borrowed(&plan.chain)
    } else {
        let attributes = &request.attributes;
        let circumstances = Circumstances { region, channel, attributes, side, floors: false };
        Cow::Owned(book.resolve_chain(&plan.ways, circumstances))
    };
    let circumstances = Circumstances { region, channel, attributes: &request.attributes, side, floors: true };
    let floors = floors(book, plan, circumstances);
    let conversions = conversions(book, currency, valid_at, &request.facts.pinned_rates);
    let manual_allowed = request.facts.authority.manual_price;
    Ok(Order {
        book,
        plan,
        contracts: of_side(book, plan, side),
        kin,
        region,
        side,
        floors,
        chain,
        currency,
        valid_at,
        conversions,
        manual_allowed,
        counts: Counts::default(),
        asked: book
            .scripts
            .is_some()
            .then(|| Box::new(script::Asked::of(book, (buyer, plan, kin), valid_at, Some(request)))),
        script_failed: Cell::new(None),
    })
}

/// The lists that are kept as floor, where the book has some.
pub(crate) fn floors(book: &PriceBook, plan: &Plan, circumstances: Circumstances<'_>) -> Option<Box<Chain>> {
    if !book.guards.has_lists {
        return None;
    }
    let chain = book.resolve_chain(&plan.ways, circumstances);
    (!chain.lists.is_empty()).then(|| Box::new(chain))
}

/// The contracts of a plan that are of an order's side.
#[inline]
pub(crate) fn of_side<'b>(book: &'b PriceBook, plan: &'b Plan, side: TaxSide) -> Cow<'b, [Asked]> {
    if !book.taxes.mixed_sides && side == book.taxes.side {
        return Cow::Borrowed(plan.contracts());
    }
    let is_of_side = |asked: &&Asked| book.source(asked.source).is_some_and(|source| source.side == side);
    Cow::Owned(plan.contracts().iter().filter(is_of_side).copied().collect())
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
pub(crate) fn goods<'b>(book: &'b PriceBook, line: &RequestLine) -> Result<Line<'b>, NoPrice> {
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
