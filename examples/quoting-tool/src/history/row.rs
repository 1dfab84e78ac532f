//! One row of what was charged, and why a row cannot be used.

use emptor::core::scaled::{divide, power_of_ten};
use emptor::core::{Currency, Exact, Money, OrganizationId, RoundingMode, Sku, When};

use crate::history::fields::fields;

/// The columns, in the order of [`Columns`].
pub(crate) const COLUMNS: [&str; 7] =
    ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"];

/// The decimals that a quantity or price may have here; far more than money has.
const DECIMALS_MAX: u32 = 6;

/// What was sold, to whom, when, and at what price.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) sku: Sku,
    pub(crate) name: String,
    pub(crate) quantity: Exact,
    pub(crate) price: Exact,
    pub(crate) valid_at: When,
    /// Absent: a walk-in.
    pub(crate) customer: Option<OrganizationId>,
}

/// Where each column stands in the file.
pub(crate) struct Columns {
    places: [usize; COLUMNS.len()],
    count: usize,
}

impl Columns {
    /// Reads the header.
    pub(crate) fn of(head: &[u8]) -> Result<Self, String> {
        let head = std::str::from_utf8(head).map_err(|_| "not text in UTF-8".to_owned())?;
        let names = fields(head).ok_or("a quote is not closed")?;
        let mut places = [0; COLUMNS.len()];
        for (place, column) in places.iter_mut().zip(COLUMNS) {
            let found = names.iter().position(|name| name.trim() == column);
            *place = found.ok_or_else(|| format!("the column `{column}` is missing"))?;
        }
        Ok(Self { places, count: names.len() })
    }

    /// Reads a line, or says why it cannot be used: the first reason that holds.
    pub(crate) fn row(&self, line: &[u8], number: u64) -> Result<Row, &'static str> {
        let text = std::str::from_utf8(line).map_err(|_| "not_utf8")?;
        let fields = fields(text).ok_or("quote_not_closed")?;
        if fields.len() != self.count {
            return Err("wrong_number_of_fields");
        }
        let [invoice, sku, name, quantity, date, price, customer] =
            self.places.map(|place| fields.get(place).map_or("", |field| field.trim()));
        if invoice.starts_with(['C', 'c']) {
            return Err("cancelled");
        }
        let quantity = number_of(quantity).ok_or("bad_number")?;
        let price = number_of(price).ok_or("bad_number")?;
        let valid_at = date_of(date).ok_or("bad_date")?;
        if !sku.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err("not_goods");
        }
        if quantity <= Exact::ZERO {
            return Err("quantity_not_positive");
        }
        if price <= Exact::ZERO {
            return Err("price_not_positive");
        }
        let sku = Sku::new(sku).map_err(|_| "bad_name")?;
        let name = name.chars().filter(|character| !character.is_control()).collect();
        let customer = Some(customer_of(customer)).filter(|customer| !customer.is_empty());
        let customer = customer.map(OrganizationId::new).transpose().map_err(|_| "bad_name")?;
        Ok(Row { line: number, sku, name, quantity, price, valid_at, customer })
    }
}

impl Row {
    /// What was charged: price times quantity, half-up to the currency's minor unit.
    pub(crate) fn charged(&self, currency: Currency) -> Money {
        let decimals = 2 * DECIMALS_MAX - currency.decimals();
        let scaled = |exact: Exact| exact.scaled(DECIMALS_MAX).unwrap_or_default();
        // Each is below 10^18 (`number_of`), so the product fits.
        let product = scaled(self.price).saturating_mul(scaled(self.quantity));
        let minor = divide(product, power_of_ten(decimals), RoundingMode::HalfUp);
        Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX), currency)
    }
}

/// A number that a row may have: at most six decimals, and so small that no product of two is beyond 64 bits.
fn number_of(text: &str) -> Option<Exact> {
    let limit = power_of_ten(9 + DECIMALS_MAX);
    text.parse::<Exact>().ok().filter(|exact| exact.scaled(DECIMALS_MAX).is_some_and(|scaled| scaled.abs() < limit))
}

/// A date, with or without a time of day: `2011-10-06 16:20:00`.
fn date_of(text: &str) -> Option<When> {
    let (date, time) = text.split_at_checked(10)?;
    let in_range = |part: &str, end: u8| part.len() == 2 && part.parse::<u8>().is_ok_and(|value| value < end);
    if let Some(time) = time.strip_prefix([' ', 'T']) {
        let mut parts = time.split(':');
        let is_time =
            in_range(parts.next()?, 24) && in_range(parts.next()?, 60) && parts.all(|part| in_range(part, 60));
        return is_time.then(|| date.parse().ok()).flatten();
    }
    if time.is_empty() { date.parse().ok() } else { None }
}

/// A customer's number as it is meant: tables that passed through a float write `12923.0`.
fn customer_of(text: &str) -> &str {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if whole.bytes().all(|byte| byte.is_ascii_digit()) { whole } else { text }
}

#[cfg(test)]
mod tests {
    use super::Columns;

    #[test]
    fn a_row_is_usable_or_has_a_reason() {
        let columns =
            Columns::of(b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country").unwrap();
        let check = |line: &str, expected: &str| {
            let read = columns.row(line.as_bytes(), 2).map(|row| {
                let customer = row.customer.map_or_else(|| "-".to_owned(), |customer| customer.to_string());
                format!("{} {} x {} at {} to {customer}", row.sku, row.quantity, row.price, row.valid_at)
            });
            assert_eq!(read.as_deref().unwrap_or_else(|reason| *reason), expected, "{line}");
        };
        check("1,85123A,\"A, B\",6,2011-10-06 16:20:00,2.55,12923.0,UK", "85123A 6 x 2.55 at 2011-10-06 to 12923");
        check("1,85123A,A,6,2011-10-06,2.55,,UK", "85123A 6 x 2.55 at 2011-10-06 to -");
        check("1,85123A,A,6,2011-10-06 16:20:00,2.55,12923.0", "wrong_number_of_fields");
        check("1,85123A,\"A,6,2011-10-06 16:20:00,2.55,12923.0,UK", "quote_not_closed");
        check("C1,85123A,A,-6,2011-10-06 16:20:00,2.55,12923.0,UK", "cancelled");
        check("1,85123A,A,six,2011-10-06 16:20:00,2.55,,UK", "bad_number");
        check("1,85123A,A,6,2011-10-06 16:20:00,1e3,,UK", "bad_number");
        check("1,85123A,A,6,2011-10-06 16:20:00,1234567890.00,,UK", "bad_number");
        check("1,85123A,A,6,10/6/2011 16:20,2.55,,UK", "bad_date");
        check("1,85123A,A,6,2011-10-06 25:20:00,2.55,,UK", "bad_date");
        check("1,85123A,A,6,2011-02-30 16:20:00,2.55,,UK", "bad_date");
        check("1,POST,A,6,2011-10-06 16:20:00,2.55,,UK", "not_goods");
        check("1,85123A,A,0,2011-10-06 16:20:00,2.55,,UK", "quantity_not_positive");
        check("1,85123A,A,6,2011-10-06 16:20:00,0,,UK", "price_not_positive");
        check(&format!("1,{},A,6,2011-10-06 16:20:00,2.55,,UK", "8".repeat(200)), "bad_name");
        assert_eq!(columns.row(b"1,85123A,\xe9,6,2011-10-06 16:20:00,2.55,,UK", 2).err(), Some("not_utf8"));
    }
}
