//! The end of lines that are a price in whole minor units times a quantity (R0).

use crate::adjust::Converted;
use crate::line::{Line, ONE_MICROS};
use crate::order::Order;
use crate::reading::{exactly_extended, in_price_range, unit_price_of};
use crate::search::Found;
use crate::tier::Count;

impl Order<'_> {
    /// What each line comes to in minor units. `None`: its price per base quantity is beyond the limits, or it has none.
    pub(crate) fn by_unit(
        &self,
        lines: &[Option<Line<'_>>],
        converted: &[Converted],
        amounts: &[i128],
    ) -> Vec<Option<i128>> {
        let of_line = |((line, converted), amount): ((&Option<Line<'_>>, &Converted), &i128)| {
            let (found, _) = converted.as_ref().ok()?;
            match (found, line) {
                (Found::Returned(_), _) | (_, None) => Some(self.minor(*amount)),
                (_, Some(line)) => self.minor_by_unit(line, found, *amount),
            }
        };
        lines.iter().zip(converted).zip(amounts).map(of_line).collect()
    }

    /// What a line of goods comes to in minor units.
    fn minor_by_unit(&self, line: &Line<'_>, found: &Found, amount: i128) -> Option<i128> {
        let (quantity, per_micros) = self.priced_quantity(line, found)?;
        if quantity.numerator <= 0 {
            return Some(self.minor(amount));
        }
        let (unit, mode) = (self.minor_unit(), self.book.tenant.rounding.mode);
        let price = in_price_range(unit_price_of(amount, per_micros, quantity)?.round_to(unit, 0, mode)?)?;
        exactly_extended(price, per_micros, quantity)?.round_to(unit, 0, mode)?.checked_div(unit)
    }

    /// A line's quantity in the unit that its price is in, and how many millionths of it the price is for.
    fn priced_quantity(&self, line: &Line<'_>, found: &Found) -> Option<(Count, i64)> {
        // A price set by hand is per one.
        let Found::Offered(priced) = found else { return Some((Count::whole(line.quantity_micros), ONE_MICROS)) };
        let shape = self.table(priced.offer)?.shape;
        Some((line.quantity_in(shape.unit)?, shape.per_micros))
    }
}
