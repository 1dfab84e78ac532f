//! A line that can be looked up: its names found, its numbers checked (R1, R5).

use emptor_core::limits::{
    AMOUNT_DECIMALS, PRICE_DECIMALS_MAX, PRICE_DIGITS_MAX, QUANTITY_DECIMALS, QUANTITY_MICROS_END,
};
use emptor_core::scaled::{Fraction, Wide};
use emptor_core::{Exact, NoPrice, Ratio, RequestLine};

use crate::book::{PriceBook, Product};
use crate::table::UnitTable;
use crate::tier::Count;

/// One of a unit, in millionths.
pub(crate) const ONE_MICROS: i64 = 1_000_000;

/// A line of goods with a product, a unit of it, and a quantity within the limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'b> {
    pub(crate) sku: u32,
    pub(crate) product: Product,
    pub(crate) units: &'b UnitTable,
    pub(crate) unit: u32,
    pub(crate) quantity_micros: i64,
    /// The measured weight, in millionths of the weight's unit.
    pub(crate) measured_micros: Option<i64>,
    /// A price set by hand, per unit of the line, whether allowed or not.
    pub(crate) manual_price: Option<Exact>,
}

/// So much of a product, in the product's own unit or another: what a price is looked for. Below zero only where
/// [`Line::sought`] made it of a return.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sought {
    pub(crate) sku: u32,
    pub(crate) unit: u32,
    pub(crate) quantity_micros: i64,
    /// The quantity, where it is a whole number.
    pub(crate) whole: Option<i64>,
    /// Which rules ask for the goods.
    pub(crate) rules: u32,
}

impl Sought {
    /// A whole quantity of a product in its own unit. `None`: it is not whole, is below zero, or [`Line::of`] refuses it.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn of(book: &PriceBook, sku: u32, quantity: Exact) -> Option<Self> {
        let &Product { unit, rules, .. } = book.products.get(sku as usize)?;
        let whole = quantity.whole()?;
        let quantity_micros = whole.checked_mul(ONE_MICROS).filter(|&micros| micros < QUANTITY_MICROS_END)?;
        Some(Self { sku, unit, quantity_micros, whole: Some(whole), rules })
    }
}

impl<'b> Line<'b> {
    /// What its price is looked for, where no measured weight stands for its quantity.
    #[inline]
    pub(crate) fn sought(&self) -> Sought {
        let Self { sku, unit, quantity_micros, .. } = *self;
        let whole =
            quantity_micros.checked_div(ONE_MICROS).filter(|_| quantity_micros.checked_rem(ONE_MICROS) == Some(0));
        Sought { sku, unit, quantity_micros, whole, rules: self.product.rules }
    }

    /// The line of what was sought in the product's own unit.
    pub(crate) fn of_sought(book: &'b PriceBook, sought: Sought) -> Option<Self> {
        let product = book.product(sought.sku)?;
        let (units, Sought { sku, unit, quantity_micros, .. }) = (book.unit_table(product)?, sought);
        Some(Self { sku, product, units, unit, quantity_micros, measured_micros: None, manual_price: None })
    }

    /// Looks a line up.
    ///
    /// # Errors
    /// The `line.*` codes, in the order of R5; not those of returns.
    pub(crate) fn find(book: &'b PriceBook, line: &RequestLine) -> Result<Self, NoPrice> {
        let sku = book.names.skus.find(line.sku.as_str()).ok_or(NoPrice::UnknownSku)?;
        let unit = match &line.unit {
            Some(unit) => Some(book.names.units.find(unit.as_str()).ok_or(NoPrice::UnitNotConvertible)?),
            None => None,
        };
        let mut found = Self::of(book, sku, unit, line.quantity)?;
        found.manual_price = line.manual_price.as_ref().map(|manual| manual.price);
        found.measured_micros = found.measured(line.measured)?;
        Ok(found)
    }

    /// A line of a known product.
    ///
    /// # Errors
    /// The `line.*` codes, in the order of R5.
    #[inline]
    pub(crate) fn of(book: &'b PriceBook, sku: u32, unit: Option<u32>, quantity: Exact) -> Result<Self, NoPrice> {
        let product = book.product(sku).ok_or(NoPrice::UnknownSku)?;
        let units = book.unit_table(product).ok_or(NoPrice::UnknownSku)?;
        let own = units.units.first().ok_or(NoPrice::UnitNotConvertible)?.unit;
        let unit = unit.unwrap_or(own);
        if unit != own && units.get(unit).is_none() {
            return Err(NoPrice::UnitNotConvertible);
        }
        let decimals = book.unit_decimals.get(unit as usize).copied().unwrap_or(QUANTITY_DECIMALS);
        let quantity_micros = quantity_micros(quantity, decimals)?;
        Ok(Self { sku, product, units, unit, quantity_micros, measured_micros: None, manual_price: None })
    }

    fn measured(&self, measured: Option<Exact>) -> Result<Option<i64>, NoPrice> {
        let Some(measured) = measured else { return Ok(None) };
        let (weight, tolerance) = self.units.measured.ok_or(NoPrice::MeasuredNotExpected)?;
        if self.units.get(self.unit).is_none_or(|unit| unit.is_weight) {
            return Err(NoPrice::MeasuredNotExpected);
        }
        let in_range =
            |measured: Exact| quantity_micros(measured, QUANTITY_DECIMALS).ok().filter(|&micros| micros >= 0);
        let micros = in_range(measured).ok_or(NoPrice::MeasuredOutOfTolerance)?;
        let factor = self.units.factor(self.unit, weight).ok_or(NoPrice::UnitNotConvertible)?;
        let within =
            is_within(micros, self.quantity_micros, factor, tolerance).ok_or(NoPrice::MeasuredOutOfTolerance)?;
        if within { Ok(Some(micros)) } else { Err(NoPrice::MeasuredOutOfTolerance) }
    }

    /// The quantity in another unit of the product, exactly; a measured weight counts in units of weight.
    #[inline]
    pub(crate) fn quantity_in(&self, unit: u32) -> Option<Count> {
        if unit == self.unit && self.measured_micros.is_none() {
            return Some(Count::whole(self.quantity_micros));
        }
        let known = self.units.get(unit)?;
        match (self.measured_micros, self.units.measured) {
            (Some(measured), Some((weight, _))) if known.is_weight => {
                Some(converted(measured, self.units.factor(weight, unit)?))
            }
            _ => Some(converted(self.quantity_micros, self.units.factor(self.unit, unit)?)),
        }
    }

    /// The quantity in the product's unit, exactly.
    pub(crate) fn own_quantity(&self) -> Option<Count> {
        self.quantity_in(self.units.units.first()?.unit)
    }

    /// The quantity in the product's unit, rounded half-even to millionths.
    pub(crate) fn own_counted(&self) -> Option<i128> {
        self.counted_in(self.units.units.first()?.unit)
    }

    /// The quantity in another unit, rounded half-even to millionths: what counts with other lines.
    pub(crate) fn counted_in(&self, unit: u32) -> Option<i128> {
        let count = self.quantity_in(unit)?;
        let exact = Fraction::new(Wide::product(count.numerator, 1), count.denominator.unsigned_abs(), 0)?;
        Some(exact.round(emptor_core::RoundingMode::HalfEven))
    }

    /// What a price set by hand gives, at 10 decimals. `None`: beyond 127 bits.
    pub(crate) fn manual_amount(&self, price: Exact) -> Option<Fraction> {
        let product = Wide::product(price.scaled(AMOUNT_DECIMALS)?, self.quantity_micros.into());
        Fraction::new(product, 1_000_000, 0)
    }
}

/// A quantity in millionths.
///
/// # Errors
/// `line.quantity_out_of_range`, `line.quantity_decimals`, in this order.
#[inline]
pub(crate) fn quantity_micros(quantity: Exact, decimals: u32) -> Result<i64, NoPrice> {
    let Some(micros) = quantity.scaled(QUANTITY_DECIMALS) else {
        let beyond = quantity.digits().saturating_sub(quantity.decimals()) > 12;
        return Err(if beyond { NoPrice::QuantityOutOfRange } else { NoPrice::QuantityDecimals });
    };
    let micros = i64::try_from(micros).map_err(|_| NoPrice::QuantityOutOfRange)?;
    if micros.unsigned_abs() >= QUANTITY_MICROS_END.unsigned_abs() {
        return Err(NoPrice::QuantityOutOfRange);
    }
    if quantity.decimals() > decimals { Err(NoPrice::QuantityDecimals) } else { Ok(micros) }
}

/// Whether a number keeps to the limits of prices.
pub(crate) fn is_price(price: Exact) -> bool {
    price.digits() <= PRICE_DIGITS_MAX && price.decimals() <= PRICE_DECIMALS_MAX
}

#[expect(clippy::arithmetic_side_effects, reason = "below 2^60 x 2^64")]
fn converted(micros: i64, factor: Ratio) -> Count {
    Count { numerator: i128::from(micros) * i128::from(factor.numerator()), denominator: factor.denominator().into() }
}

/// Whether |measured - nominal| x 100 <= tolerance x nominal.
fn is_within(measured: i64, quantity: i64, factor: Ratio, tolerance: Exact) -> Option<bool> {
    let nominal = converted(quantity, factor);
    let difference = i128::from(measured).checked_mul(nominal.denominator)?.checked_sub(nominal.numerator)?;
    let hundred = 100_i128.checked_mul(10_i128.checked_pow(tolerance.decimals())?)?;
    let allowed = Wide::product(tolerance.scaled(tolerance.decimals())?.checked_neg()?, nominal.numerator);
    let sign = allowed.plus(Wide::product(difference.checked_abs()?, hundred))?.sign();
    Some(sign != std::cmp::Ordering::Greater)
}
