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
use crate::line::{Line, Sought, quantity_micros};
use crate::order::Order;
use crate::plan::Circumstances;
use crate::price::{conversions, floors, of_side};
use crate::script;
use crate::short::{Asking, Few, FoundBefore, ShortPrice, rules_of_buyer};
use crate::total::{Ended, Outcome};

/// A buyer at a date, in its own region, without channel and attributes.
///
/// It borrows the book, and making one allocates nothing, so it may be made for every call. One that is asked for 32
/// lines keeps 32 KB from then on: where it found up to 1,024 products, so that it does not look for them again.
#[derive(Debug)]
pub struct Buyer<'b> {
    asking: Asking<'b>,
    /// The rules that can act on its lines whatever these are of; `None`: they are more than the short way takes, or the book
    /// has none.
    others: Option<Few>,
    found: FoundBefore<'b>,
    organization: OrganizationHandle,
    /// The order that lines stand in which the short way does not price, once there is one.
    order: Option<Box<Order<'b>>>,
}

/// What one line costs, and the steps that led there; [`Buyer::record`] puts them in words.
#[derive(Debug, Clone)]
pub struct LinePrice {
    sku: SkuHandle,
    quantity: Exact,
    currency: Currency,
    came: Came,
}

/// How a price came about.
#[derive(Debug, Clone)]
enum Came {
    Short(ShortPrice),
    InOrder(Ended),
}

impl PriceBook {
    /// A buyer's prices in the tenant's currency at a date; `None` for a handle beyond those of this book.
    #[inline]
    pub fn buyer(&self, buyer: OrganizationHandle, valid_at: Instant) -> Option<Buyer<'_>> {
        self.buyer_in(buyer, valid_at, self.tenant.currency)
    }

    /// A buyer's prices in a currency at a date; `None` for a handle beyond those of this book.
    #[expect(clippy::inline_always, reason = "the hot path: it may be called for every line")]
    #[inline(always)]
    pub fn buyer_in(&self, buyer: OrganizationHandle, valid_at: Instant, currency: Currency) -> Option<Buyer<'_>> {
        let asking = self.asking(buyer, valid_at, currency)?;
        let others = self.others(&asking);
        Some(Buyer { asking, others, found: FoundBefore::default(), organization: buyer, order: None })
    }

    /// What [`Buyer::net`] gives for one line, in the tenant's currency: where a buyer is asked for no other, this is a
    /// little faster. `None` for a buyer beyond those of this book.
    ///
    /// # Errors
    /// As [`Buyer::price`].
    ///
    /// # Example
    /// ```
    /// # let json = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
    /// #     "organizations": [{ "organization": "contoso" }],
    /// #     "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
    /// #     "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "BOLT", "price": "9.80" }] }] }"#;
    /// # let documents = serde_json::from_str(json).unwrap();
    /// # let book = emptor_pricing::compile(&documents, emptor_core::Instant::MAX).unwrap();
    /// use emptor_core::{OrganizationId, Sku};
    /// let contoso = book.organization(&OrganizationId::new("contoso").unwrap()).unwrap();
    /// let bolt = book.sku(&Sku::new("BOLT").unwrap()).unwrap();
    /// let valid_at = "2026-05-04T00:00:00Z".parse().unwrap();
    /// assert_eq!(book.net(contoso, valid_at, bolt, 3.into()).unwrap().unwrap().to_string(), "29.40 EUR");
    /// ```
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub fn net(
        &self,
        buyer: OrganizationHandle,
        valid_at: Instant,
        sku: SkuHandle,
        quantity: Exact,
    ) -> Option<Result<Money, NoPrice>> {
        let asking = self.asking(buyer, valid_at, self.tenant.currency)?;
        let others = self.others(&asking);
        if let Some(sought) = Sought::of(self, sku.0, quantity)
            && let Some(hit) = asking.find(sku.0)
            && let Some(price) = asking.price(sought, hit, others.as_ref())
        {
            return Some(Ok(Money::from_minor(price.net_minor, asking.currency)));
        }
        let mut alone = Buyer { asking, others, found: FoundBefore::default(), organization: buyer, order: None };
        Some(alone.price_in_order(sku, quantity).map(|price| price.net()))
    }

    #[expect(clippy::inline_always, reason = "the hot path: it may be called for every line")]
    #[inline(always)]
    fn asking(&self, buyer: OrganizationHandle, valid_at: Instant, currency: Currency) -> Option<Asking<'_>> {
        let (plan, kin) = self.plans.at(buyer.0, valid_at)?;
        Some(Asking { book: self, plan, kin, valid_at, currency })
    }

    #[inline]
    fn others(&self, asking: &Asking<'_>) -> Option<Few> {
        let Asking { plan, kin, valid_at, .. } = *asking;
        if self.short.has_others { rules_of_buyer(self, plan, kin, valid_at) } else { None }
    }
}

impl<'b> Buyer<'b> {
    /// The order that a line stands in which the short way does not price.
    #[cold]
    pub(crate) fn order(&mut self) -> &mut Order<'b> {
        let (asking, organization) = (self.asking, self.organization);
        self.order.get_or_insert_with(|| Box::new(order_of_buyer(asking, organization)))
    }
}

/// An order of a buyer in its own region, without channel and attributes.
fn order_of_buyer(asking: Asking<'_>, organization: OrganizationHandle) -> Order<'_> {
    let Asking { book, plan, kin, valid_at, currency, .. } = asking;
    let side = book.taxes.side;
    let (nothing, region) = (BTreeMap::new(), plan.region);
    let own = Circumstances { region, channel: None, attributes: &nothing, side, floors: true };
    Order {
        book,
        plan,
        contracts: of_side(book, plan, side),
        kin,
        region,
        side,
        floors: floors(book, plan, own),
        chain: Cow::Borrowed(&plan.chain),
        currency,
        valid_at,
        conversions: conversions(book, currency, valid_at, &[]),
        manual_allowed: false,
        counts: Counts::default(),
        asked: book
            .scripts
            .is_some()
            .then(|| Box::new(script::Asked::of(book, (organization.0, plan, kin), valid_at, None))),
        script_failed: Cell::new(None),
    }
}

impl<'b> Buyer<'b> {
    /// What a quantity of a product costs, in the product's own unit; with every step that led there.
    ///
    /// # Errors
    /// The codes of R14: `line.unknown_sku` for a handle beyond those of this book, `line.quantity_out_of_range`, `line.quantity_decimals`, then those of the search (R3). A
    /// quantity below zero is `line.return_without_record`.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub fn price(&mut self, sku: SkuHandle, quantity: Exact) -> Result<LinePrice, NoPrice> {
        let book = self.asking.book;
        // Not by `and_then`: a closure of this size is a call. Nor by a function that `net` calls, too: that costs 12
        // instructions a line, also where it is inlined.
        if let Some(sought) = Sought::of(book, sku.0, quantity)
            && let Some(hit) = self.found.find(&self.asking, sku.0)
            && let Some(price) = self.asking.price(sought, hit, self.others.as_ref())
        {
            return Ok(LinePrice { sku, quantity, currency: self.asking.currency, came: Came::Short(price) });
        }
        self.price_in_order(sku, quantity)
    }

    /// How many rules that ask for the goods have conditions which hold: to measure conditions alone.
    ///
    /// Rules that ask for no goods are not among them, nor is it asked whether the rules act. `None`: the line is refused,
    /// or its quantity is not whole.
    #[doc(hidden)]
    #[inline]
    pub fn count_conditions(&self, sku: SkuHandle, quantity: Exact) -> Option<usize> {
        Some(self.asking.count_conditions(Sought::of(self.asking.book, sku.0, quantity)?))
    }

    /// What [`Buyer::price`] comes to, in minor units and rounded as R0 says, without the steps: the fastest way to a price.
    ///
    /// # Errors
    /// As [`Buyer::price`].
    ///
    /// # Example
    /// ```
    /// # let json = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
    /// #     "organizations": [{ "organization": "contoso" }],
    /// #     "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
    /// #     "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "BOLT", "price": "9.80" }] }] }"#;
    /// # let documents = serde_json::from_str(json).unwrap();
    /// # let book = emptor_pricing::compile(&documents, emptor_core::Instant::MAX).unwrap();
    /// use emptor_core::{OrganizationId, Sku};
    /// let contoso = book.organization(&OrganizationId::new("contoso").unwrap()).unwrap();
    /// let bolt = book.sku(&Sku::new("BOLT").unwrap()).unwrap();
    /// let valid_at = "2026-05-04T00:00:00Z".parse().unwrap();
    /// let mut buyer = book.buyer(contoso, valid_at).unwrap();
    /// assert_eq!(buyer.net(bolt, 3.into()).unwrap().to_string(), "29.40 EUR");
    /// ```
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub fn net(&mut self, sku: SkuHandle, quantity: Exact) -> Result<Money, NoPrice> {
        if let Some(sought) = Sought::of(self.asking.book, sku.0, quantity)
            && let Some(hit) = self.found.find(&self.asking, sku.0)
            && let Some(price) = self.asking.price(sought, hit, self.others.as_ref())
        {
            return Ok(Money::from_minor(price.net_minor, self.asking.currency));
        }
        self.price_in_order(sku, quantity).map(|price| price.net())
    }

    /// The price of a line that the short way does not lead to.
    #[cold]
    fn price_in_order(&mut self, sku: SkuHandle, quantity: Exact) -> Result<LinePrice, NoPrice> {
        let book = self.asking.book;
        let line = match Line::of(book, sku.0, None, quantity) {
            Ok(line) if line.quantity_micros >= 0 => line,
            refused => return Err(reason(refused.err(), quantity)),
        };
        let ended = if book.goes_on {
            self.price_as_order(line.sku, quantity)?
        } else {
            let found = self.search(line)?;
            self.order().end_one(line, found)?
        };
        let currency = self.asking.currency;
        Ok(LinePrice { sku, quantity, currency, came: Came::InOrder(ended) })
    }

    /// The record of a line in an order of its own.
    fn record_as_order(&mut self, requested: &RequestLine) -> Option<PricedLine> {
        let request = self.request(requested.clone())?;
        let processed = self.order().run(&request, false).ok()?;
        self.order().record(&request, &processed, crate::Detail::Waterfall).lines.pop()
    }

    /// A request for one line.
    fn request(&self, line: RequestLine) -> Option<PriceRequest> {
        let asking = &self.asking;
        let buyer = asking.book.ids.organizations.get(self.organization.0 as usize)?;
        Some(PriceRequest::of(buyer.clone(), When::Instant(asking.valid_at), vec![line]))
    }

    /// The price of an order of the one line, where more than its base price counts.
    fn price_as_order(&mut self, sku: u32, quantity: Exact) -> Result<Ended, NoPrice> {
        let name = Sku::new(self.asking.book.names.skus.text(sku)).map_err(|_| NoPrice::UnknownSku)?;
        let id = LineId::new("1").map_err(|_| NoPrice::UnknownSku)?;
        let request = self.request(RequestLine::of(id, name, quantity)).ok_or(NoPrice::UnknownSku)?;
        let processed = self.order().run(&request, false).map_err(|_| NoPrice::OutOfRange)?;
        processed.ended.into_iter().next().unwrap_or(Err(NoPrice::NoCandidate))
    }

    /// What the price lists and contracts give for a line.
    #[cold]
    pub(crate) fn search(&mut self, line: Line<'b>) -> Outcome {
        let order = self.order();
        if let Some(asked) = &mut order.asked {
            asked.show(vec![(0, line)]);
        }
        let counts = order.book.counts_over_lines;
        if counts {
            order.counts = Counts::of(order, &[Some(line)], BTreeMap::new());
        }
        let mut outcome = order.search(&line);
        if counts {
            order.share(&[Some(line)], std::slice::from_mut(&mut outcome));
        }
        outcome
    }

    /// The record of a price, as it stands in an order at detail `Waterfall`.
    pub fn record(&mut self, price: &LinePrice, requested: &RequestLine) -> PricedLine {
        let book = self.asking.book;
        if (book.goes_on || book.taxes.regime.is_some())
            && let Some(record) = self.record_as_order(requested)
        {
            return record;
        }
        let line = Line::of(book, price.sku.0, None, price.quantity).ok();
        let ended = price.ended();
        self.order().record_line(requested, line.as_ref(), Ok(&ended), None, crate::Detail::Waterfall)
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
        let minor = match &self.came {
            Came::Short(price) => price.net_minor,
            Came::InOrder(ended) => ended.net_minor,
        };
        Money::from_minor(minor, self.currency)
    }

    /// The steps' amounts, which sum to the net.
    pub fn steps(&self) -> impl Iterator<Item = (StepKind, Amount)> {
        // By place, for steps are few: to make an iterator that is one of two costs more than they do.
        (0..).map_while(|place| {
            let step = match &self.came {
                Came::Short(price) => price.step(place, self.currency),
                Came::InOrder(ended) => steps_in_order(ended, self.currency).nth(place),
            };
            step.map(|(step, amount)| (step, Amount(amount)))
        })
    }

    /// Whether it came on the short way.
    #[cfg(test)]
    pub(crate) fn is_short(&self) -> bool {
        matches!(self.came, Came::Short(_))
    }

    fn ended(&self) -> Ended {
        match &self.came {
            Came::Short(price) => price.ended(self.currency),
            Came::InOrder(ended) => ended.clone(),
        }
    }
}

fn steps_in_order(ended: &Ended, currency: Currency) -> impl Iterator<Item = (StepKind, i128)> + '_ {
    let price = (StepKind::Price, ended.found.amount());
    let unless_zero = |step, amount: i128| (amount != 0).then_some((step, amount));
    let conversion = unless_zero(StepKind::Conversion, ended.conversion.into());
    let rounding = unless_zero(StepKind::Rounding, ended.rounding);
    let tax = Amount::from_minor(ended.tax_minor(), currency).0;
    let tax = (tax != 0).then_some((StepKind::Tax, tax.saturating_neg()));
    let changes = ended.more.iter().flat_map(|more| more.item.steps());
    std::iter::once(price).chain(conversion).chain(changes).chain(rounding).chain(tax)
}

#[cfg(test)]
mod tests {
    use emptor_core::{Instant, OrganizationId, Sku};
    use serde_json::json;

    #[test]
    fn a_buyer_keeps_products_in_mind_only_where_the_short_way_is_open() {
        let documents = json!({ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC" },
            "organizations": [{ "organization": "contoso" }],
            "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
            "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "BOLT", "price": "9.80" }] }] });
        let mut book = crate::compile(&serde_json::from_value(documents).unwrap(), Instant::MAX).unwrap();
        let contoso = book.organization(&OrganizationId::new("contoso").unwrap()).unwrap();
        let bolt = book.sku(&Sku::new("BOLT").unwrap()).unwrap();
        for is_open in [true, false] {
            book.short.is_open = is_open;
            let mut buyer = book.buyer(contoso, Instant::MIN).unwrap();
            for _ in 0..40 {
                assert_eq!(buyer.net(bolt, 3.into()).unwrap().to_string(), "29.40 EUR");
            }
            assert_eq!(buyer.found.has_cells(), is_open);
        }
    }
}
