//! The lines of a request: their goods, and what is against them before any price is looked up (R5).

use emptor_core::{CategoryId, NoPrice, Product, RequestLine, Unit};
use num_traits::{Signed, Zero};

use crate::moment::Moment;
use crate::numbers::{Number, has_decimals, is_quantity, number, whole};
use crate::units::ProductUnits;

/// A line and the product it names.
pub(crate) struct Line<'d> {
    pub(crate) index: usize,
    pub(crate) asked: &'d RequestLine,
    pub(crate) quantity: Number,
    /// The line's unit, else the product's.
    pub(crate) unit: Option<&'d Unit>,
    pub(crate) goods: Option<Goods<'d>>,
    /// What is against it.
    pub(crate) reason: Option<NoPrice>,
}

/// A product that a line is of.
pub(crate) struct Goods<'d> {
    pub(crate) product: &'d Product,
    /// Its category and those above, nearest first.
    pub(crate) categories: Vec<&'d CategoryId>,
    pub(crate) units: ProductUnits,
}

impl<'d> Line<'d> {
    pub(crate) fn new(moment: &Moment<'d>, index: usize, asked: &'d RequestLine) -> Self {
        let product = moment.product(&asked.sku);
        let goods = product.map(|product| Goods {
            product,
            categories: moment.categories(product),
            units: ProductUnits::new(moment.documents, product),
        });
        let unit = asked.unit.as_ref().or(product.map(|product| &product.unit));
        let mut line = Self { index, asked, quantity: number(asked.quantity), unit, goods, reason: None };
        line.reason = line.check(moment);
        line
    }

    pub(crate) fn is_return(&self) -> bool {
        self.quantity.is_negative()
    }

    /// Its quantity in a unit, the measured weight where that is a weight.
    pub(crate) fn quantity_in(&self, unit: &Unit) -> Option<Number> {
        let units = &self.goods.as_ref()?.units;
        if self.asked.measured.is_some() && units.is_weight(unit) {
            return self.weight_in(unit);
        }
        Some(&self.quantity * units.factor(self.unit?, unit)?)
    }

    /// Its weight in a unit: the measured one, else its quantity converted.
    pub(crate) fn weight_in(&self, unit: &Unit) -> Option<Number> {
        let units = &self.goods.as_ref()?.units;
        match (self.asked.measured, &units.weight_unit) {
            (Some(measured), Some(weight)) => Some(number(measured) * units.factor(weight, unit)?),
            _ => Some(&self.quantity * units.factor(self.unit?, unit)?),
        }
    }

    fn check(&self, moment: &Moment) -> Option<NoPrice> {
        let in_range = is_quantity(&self.quantity);
        if self.is_return() {
            let whole_micros = has_decimals(&self.quantity, 6);
            return match (in_range, whole_micros) {
                (false, _) => Some(NoPrice::QuantityOutOfRange),
                (true, false) => Some(NoPrice::QuantityDecimals),
                (true, true) => self.check_record(),
            };
        }
        let (Some(goods), Some(unit)) = (&self.goods, self.unit) else { return Some(NoPrice::UnknownSku) };
        if goods.units.factor(unit, &goods.product.unit).is_none() {
            return Some(NoPrice::UnitNotConvertible);
        }
        if !in_range {
            return Some(NoPrice::QuantityOutOfRange);
        }
        if !has_decimals(&self.quantity, moment.decimals(unit)) {
            return Some(NoPrice::QuantityDecimals);
        }
        self.check_measured(goods, unit)
    }

    fn check_record(&self) -> Option<NoPrice> {
        let Some(recorded) = &self.asked.recorded else { return Some(NoPrice::ReturnWithoutRecord) };
        let before = number(recorded.returned);
        let exceeds = before.is_negative() || before - &self.quantity > number(recorded.quantity);
        exceeds.then_some(NoPrice::ReturnExceedsRecord)
    }

    fn check_measured(&self, goods: &Goods, unit: &Unit) -> Option<NoPrice> {
        let measured = number(self.asked.measured?);
        let (Some(tolerance), Some(weight)) = (goods.product.weight_tolerance, &goods.units.weight_unit) else {
            return Some(NoPrice::MeasuredNotExpected);
        };
        if goods.units.is_weight(unit) {
            return Some(NoPrice::MeasuredNotExpected);
        }
        if measured.is_negative() || !is_quantity(&measured) || !has_decimals(&measured, 6) {
            return Some(NoPrice::MeasuredOutOfTolerance);
        }
        let factor = goods.units.factor(unit, weight);
        let nominal = factor.map_or_else(Number::zero, |factor| factor * &self.quantity);
        let off = (measured - &nominal).abs() * whole(100);
        (off > number(tolerance) * nominal).then_some(NoPrice::MeasuredOutOfTolerance)
    }
}
