//! A buyer's prices one by one: what a catalog page shows. Each equals an order of that one line.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use emptor_core::limits::QUANTITY_DECIMALS;
use emptor_core::{
    Amount, Currency, Exact, Instant, LineId, Money, NoPrice, PriceRequest, PricedLine, RequestLine, Sku, StepKind,
    When,
};

use crate::book::{OrganizationHandle, PriceBook, SkuHandle};
use crate::count::Counts;
use crate::line::{Line, quantity_micros};
use crate::order::Order;
use crate::plan::{Chain, Circumstances, Kin, Plan};
use crate::price::{conversions, floors, of_side};
use crate::script;
use crate::search::Found;
use crate::total::{Ended, Outcome};

/// A buyer at a date, in its own region, without channel and attributes.
///
/// It borrows the book; where the tenant does not convert currencies, making one allocates nothing, so it may be made
/// for every call.
#[derive(Debug)]
pub struct Buyer<'b> {
    pub(crate) order: Order<'b>,
    organization: OrganizationHandle,
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
        let (plan, kin) = self.plans.at(buyer.0, valid_at)?;
        let side = self.taxes.side;
        let (contracts, floors) = if self.has_sides_or_floors {
            (of_side(self, plan, side), self.own_floors(plan))
        } else {
            (Cow::Borrowed(plan.contracts.as_slice()), None)
        };
        let chain = Cow::Borrowed(self.plans.chain(plan.chain).unwrap_or(&NO_LISTS));
        let order = Order {
            book: self,
            plan,
            contracts,
            kin,
            region: plan.region,
            side,
            floors,
            chain,
            currency,
            valid_at,
            conversions: conversions(self, currency, valid_at, &[]),
            manual_allowed: false,
            counts: Counts::default(),
            asked: self.scripts.as_ref().map(|_| self.asked(buyer.0, plan, kin, valid_at)),
            script_failed: Cell::new(None),
        };
        Some(Buyer { order, organization: buyer })
    }
}

impl PriceBook {
    /// What scripts read of a buyer alone.
    #[cold]
    fn asked<'b>(&'b self, buyer: u32, plan: &Plan, kin: &Kin, valid_at: Instant) -> Box<script::Asked<'b>> {
        Box::new(script::Asked::of(self, (buyer, plan, kin), valid_at, None))
    }

    /// The floor lists of a buyer in its own region, without channel and attributes.
    #[cold]
    fn own_floors(&self, plan: &Plan) -> Option<Box<Chain>> {
        let (nothing, side) = (BTreeMap::new(), self.taxes.side);
        let own = Circumstances { region: plan.region, channel: None, attributes: &nothing, side, floors: true };
        floors(self, plan, own)
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
        if self.order.book.goes_on {
            return self.price_as_order(sku, quantity);
        }
        let found = match self.order.plain_price(&line) {
            Some(priced) => Found::Offered(priced),
            None => self.search(line)?,
        };
        let ended = self.order.end_one(line, found)?;
        Ok(LinePrice { sku, quantity, currency: self.order.currency, ended })
    }

    /// The record of a line in an order of its own.
    fn record_as_order(&mut self, requested: &RequestLine) -> Option<PricedLine> {
        let request = self.request(requested.clone())?;
        let processed = self.order.run(&request, false).ok()?;
        self.order.record(&request, &processed, crate::Detail::Waterfall).lines.pop()
    }

    /// A request for one line.
    fn request(&self, line: RequestLine) -> Option<PriceRequest> {
        let buyer = self.order.book.ids.organizations.get(self.organization.0 as usize)?;
        Some(PriceRequest::of(buyer.clone(), When::Instant(self.order.valid_at), vec![line]))
    }

    /// The price of an order of the one line, where more than its base price counts.
    #[cold]
    fn price_as_order(&mut self, sku: SkuHandle, quantity: Exact) -> Result<LinePrice, NoPrice> {
        let name = Sku::new(self.order.book.names.skus.text(sku.0)).map_err(|_| NoPrice::UnknownSku)?;
        let id = LineId::new("1").map_err(|_| NoPrice::UnknownSku)?;
        let request = self.request(RequestLine::of(id, name, quantity)).ok_or(NoPrice::UnknownSku)?;
        let processed = self.order.run(&request, false).map_err(|_| NoPrice::OutOfRange)?;
        let ended = processed.ended.into_iter().next().unwrap_or(Err(NoPrice::NoCandidate))?;
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
    pub fn record(&mut self, price: &LinePrice, requested: &RequestLine) -> PricedLine {
        let book = self.order.book;
        if (book.goes_on || book.taxes.regime.is_some())
            && let Some(record) = self.record_as_order(requested)
        {
            return record;
        }
        let line = Line::of(self.order.book, price.sku.0, None, price.quantity).ok();
        self.order.record_line(requested, line.as_ref(), Ok(&price.ended), None, crate::Detail::Waterfall)
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
        let unless_zero = |step, amount: i128| (amount != 0).then_some((step, amount));
        let conversion = unless_zero(StepKind::Conversion, self.ended.conversion.into());
        let rounding = unless_zero(StepKind::Rounding, self.ended.rounding);
        let tax = Amount::from_minor(self.ended.tax_minor(), self.currency).0;
        let tax = (tax != 0).then_some((StepKind::Tax, tax.saturating_neg()));
        let changes = self.ended.more.iter().flat_map(|more| more.item.steps());
        let steps = std::iter::once(price).chain(conversion).chain(changes).chain(rounding).chain(tax);
        steps.map(|(step, amount)| (step, Amount(amount)))
    }
}
