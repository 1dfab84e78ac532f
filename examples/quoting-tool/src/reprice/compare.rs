//! Prices every usable row of a history again and keeps where the two differ.

use std::collections::BTreeMap;

use emptor::core::{Currency, Facts, LineId, Money, OrganizationId, PriceRequest, RequestLine};
use emptor::{Book, Detail, PricingError};

use crate::failure::Failure;
use crate::history::{History, Row, Unusable};
use crate::progress;
use crate::reprice::WALK_IN;

/// What was charged, and what the book says.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) currency: Currency,
    pub(crate) rows: u64,
    /// The history's reasons, and those that the book has.
    pub(crate) unusable: Unusable,
    /// Of all rows that have a price.
    pub(crate) total: Sums,
    pub(crate) by_customer: BTreeMap<String, Sums>,
    pub(crate) by_sku: BTreeMap<String, Sums>,
}

/// Sums over rows, in minor units.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    pub(crate) priced: u64,
    pub(crate) differing: u64,
    pub(crate) charged: i128,
    pub(crate) expected: i128,
    /// What was charged in rows that do not differ.
    pub(crate) explained: i128,
}

/// Prices every usable row: one line, at the row's date, for the row's customer.
pub(crate) fn compare(book: &Book, currency: Currency, history: &History) -> Result<Comparison, Failure> {
    let walk_in = OrganizationId::new(WALK_IN).map_err(|error| Failure::Message(error.to_string()))?;
    let line = LineId::new("1").map_err(|error| Failure::Message(error.to_string()))?;
    let mut comparison = Comparison {
        currency,
        rows: history.count,
        unusable: history.unusable.clone(),
        total: Sums::default(),
        by_customer: BTreeMap::new(),
        by_sku: BTreeMap::new(),
    };
    let bar = progress::bar("pricing", history.rows.len());
    for row in &history.rows {
        let customer = row.customer.as_ref().unwrap_or(&walk_in);
        match expected(book, &request(row, customer, &line)) {
            Ok(net) => comparison.add(row, customer, net),
            Err(reason) => comparison.unusable.add(reason, row.line),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(comparison)
}

fn request(row: &Row, customer: &OrganizationId, line: &LineId) -> PriceRequest {
    let line = RequestLine {
        id: line.clone(),
        sku: row.sku.clone(),
        quantity: row.quantity,
        unit: None,
        measured: None,
        manual_price: None,
        adjustment: None,
        recorded: None,
    };
    PriceRequest {
        tenant: None,
        buyer: customer.clone(),
        region: None,
        channel: None,
        currency: None,
        valid_at: row.valid_at,
        prices: None,
        lines: vec![line],
        charges: Vec::new(),
        adjustment: None,
        coupons: Vec::new(),
        cash: false,
        attributes: BTreeMap::new(),
        facts: Facts::default(),
    }
}

/// What the book says; or why it says nothing, by the condition of the engine's code: `unknown_sku`.
fn expected(book: &Book, request: &PriceRequest) -> Result<Money, &'static str> {
    let condition = |code: &'static str| code.split_once('.').map_or(code, |(_, condition)| condition);
    let order = book.price(request, Detail::Price).map_err(|error| match error {
        PricingError::UnknownBuyer(_) => "unknown_customer",
        error => condition(error.code()),
    })?;
    let line = order.lines.first().ok_or("no_price")?;
    line.net.ok_or_else(|| line.no_price.map_or("no_price", |reason| condition(reason.code())))
}

impl Comparison {
    fn add(&mut self, row: &Row, customer: &OrganizationId, expected: Money) {
        let charged = row.charged(self.currency);
        for sums in [
            &mut self.total,
            self.by_customer.entry(customer.to_string()).or_default(),
            self.by_sku.entry(row.sku.to_string()).or_default(),
        ] {
            sums.add(charged.minor().into(), expected.minor().into());
        }
    }

    /// A sum with its decimals and without the currency.
    pub(crate) fn amount(&self, minor: i128) -> String {
        Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX), self.currency).amount()
    }
}

impl Sums {
    /// What was charged above what the book says.
    pub(crate) fn difference(&self) -> i128 {
        self.charged.saturating_sub(self.expected)
    }

    fn add(&mut self, charged: i128, expected: i128) {
        self.priced = self.priced.saturating_add(1);
        self.charged = self.charged.saturating_add(charged);
        self.expected = self.expected.saturating_add(expected);
        if charged == expected {
            self.explained = self.explained.saturating_add(charged);
        } else {
            self.differing = self.differing.saturating_add(1);
        }
    }
}
