//! A buyer's prices one by one: what a catalog page shows. Each equals an order of that one line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use emptor_core::limits::QUANTITY_DECIMALS;
use emptor_core::{Amount, Currency, Exact, Instant, Money, NoPrice, PricedLine, RequestLine, StepKind};

use crate::book::{OrganizationHandle, PriceBook, SkuHandle};
use crate::count::Counts;
use crate::line::{Line, quantity_micros};
use crate::order::Order;
use crate::plan::Chain;
use crate::price::conversions;
use crate::search::Found;
use crate::total::{Ended, Outcome};

/// A buyer at a date, in its own region, without channel and attributes.
///
/// It borrows the book; where the tenant does not convert currencies, making one allocates nothing, so it may be made
/// for every call.
#[derive(Debug)]
pub struct Buyer<'b> {
    pub(crate) order: Order<'b>,
}

/// What one line costs, and the steps that led there; [`Buyer::record`] puts them in words.
#[derive(Debug, Clone)]
pub struct LinePrice {
    sku: SkuHandle,
    quantity: Exact,
    currency: Currency,
    ended: Ended,
}

impl PriceBook {
    /// A buyer's prices in the tenant's currency at a date; `None` for a handle of another book.
    #[inline]
    pub fn buyer(&self, buyer: OrganizationHandle, valid_at: Instant) -> Option<Buyer<'_>> {
        self.buyer_in(buyer, valid_at, self.tenant.currency)
    }

    /// A buyer's prices in a currency at a date; `None` for a handle of another book.
    #[inline(always)]
    pub fn buyer_in(&self, buyer: OrganizationHandle, valid_at: Instant, currency: Currency) -> Option<Buyer<'_>> {
        static NO_LISTS: Chain = Chain { lists: Vec::new() };
        let plan = self.plans.at(buyer.0, valid_at)?;
        let chain = Cow::Borrowed(self.plans.chain(plan.chain).unwrap_or(&NO_LISTS));
        let order = Order {
            book: self,
            plan,
            chain,
            currency,
            valid_at,
            conversions: conversions(self, currency, valid_at, &[]),
            manual_allowed: false,
            counts: Counts::default(),
        };
        Some(Buyer { order })
    }
}

impl Buyer<'_> {
    /// What a quantity of a product costs, in the product's own unit; with every step that led there.
    ///
    /// # Errors
    /// The codes of R14: `line.unknown_sku` for a handle of another book, `line.quantity_out_of_range`, `line.quantity_decimals`, then those of the search (R3). A
    /// quantity below zero is `line.return_without_record`.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub fn price(&mut self, sku: SkuHandle, quantity: Exact) -> Result<LinePrice, NoPrice> {
        let line = match Line::of(self.order.book, sku.0, None, quantity) {
            Ok(line) if line.quantity_micros >= 0 => line,
            refused => return Err(reason(refused.err(), quantity)),
        };
        let found = match self.order.plain_price(&line) {
            Some(priced) => Found::Offered(priced),
            None => self.search(line)?,
        };
        let ended = self.order.end_one(found)?;
        Ok(LinePrice { sku, quantity, currency: self.order.currency, ended })
    }

    /// What is not plain.
    #[cold]
    pub(crate) fn search(&mut self, line: Line<'_>) -> Outcome {
        let counts = self.order.book.counts_over_lines;
        if counts {
            self.order.counts = Counts::of(&self.order, &[Some(line)], BTreeMap::new());
        }
        let mut outcome = self.order.search_all(&line);
        if counts {
            self.order.share(&[Some(line)], std::slice::from_mut(&mut outcome));
        }
        outcome
    }

    /// The record of a price, as it stands in an order at detail `Waterfall`.
    pub fn record(&self, price: &LinePrice, requested: &RequestLine) -> PricedLine {
        let line = Line::of(self.order.book, price.sku.0, None, price.quantity).ok();
        self.order.record_line(requested, line.as_ref(), Ok(&price.ended), crate::Detail::Waterfall)
    }
}

/// Why a line is refused; a return is, whatever else there is against it, for want of a record.
#[cold]
fn reason(refused: Option<NoPrice>, quantity: Exact) -> NoPrice {
    match refused {
        Some(reason) if !quantity.is_negative() => reason,
        _ => quantity_micros(quantity, QUANTITY_DECIMALS).err().unwrap_or(NoPrice::ReturnWithoutRecord),
    }
}

impl LinePrice {
    /// What the line comes to, in minor units.
    #[inline]
    pub fn net(&self) -> Money {
        Money::from_minor(self.ended.net_minor, self.currency)
    }

    /// The steps' amounts, which sum to the net.
    pub fn steps(&self) -> impl Iterator<Item = (StepKind, Amount)> {
        let price = (StepKind::Price, self.ended.found.amount());
        let changes = [(StepKind::Conversion, self.ended.conversion), (StepKind::Rounding, self.ended.rounding)];
        let changes = changes.into_iter().filter(|(_, amount)| *amount != 0);
        let changes = changes.map(|(step, amount)| (step, i128::from(amount)));
        std::iter::once(price).chain(changes).map(|(step, amount)| (step, Amount(amount)))
    }
}
