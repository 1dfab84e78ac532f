//! A buyer's effective breaks: from which quantity which price applies, whatever documents it comes from.

use std::collections::BTreeSet;

use emptor_core::limits::{QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::scaled::{Fraction, Wide, power_of_ten};
use emptor_core::{Exact, PriceDetail, RoundingMode};

use crate::book::SkuHandle;
use crate::buyer::Buyer;
use crate::line::Line;
use crate::offer::Offer;
use crate::order::Order;
use crate::search::Found;
use crate::table::Base;

/// From a quantity on, one tier of one contract or list prices the goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The smallest quantity, in the product's own unit.
    pub from: Exact,
    /// Whose price, and which tier.
    pub price: PriceDetail,
}

impl Buyer<'_> {
    /// The breaks of a product for this buyer, ascending; where nothing prices a quantity, there is none.
    ///
    /// Each is what [`Buyer::price`] says of its smallest quantity. Tables that count value or weight are looked at
    /// where the quantities of the others break.
    pub fn breaks(&mut self, sku: SkuHandle) -> Vec<Break> {
        let book = self.order().book;
        let Ok(line) = Line::of(book, sku.0, None, Exact::ZERO) else { return Vec::new() };
        let mut breaks: Vec<Break> = Vec::new();
        for micros in self.order().bounds(&line) {
            let Some(from) = Exact::from_scaled(micros.into(), QUANTITY_DECIMALS) else { continue };
            let Ok(line) = Line::of(book, sku.0, None, from) else { continue };
            let Ok(Found::Offered(priced)) = self.search(line) else { continue };
            let price = self.order().price_detail(&priced, &line);
            let tier =
                |detail: &PriceDetail| detail.table.as_ref().map(|table| (table.tier.clone(), table.per.clone()));
            let same = |last: &Break| last.price.source == price.source && tier(&last.price) == tier(&price);
            if !breaks.last().is_some_and(same) {
                breaks.push(Break { from, price });
            }
        }
        breaks
    }
}

impl Order<'_> {
    /// The smallest quantities of the line's unit at which a tier of an offer begins, in millionths.
    fn bounds(&self, line: &Line<'_>) -> BTreeSet<i64> {
        let decimals = self.book.unit_decimals.get(line.unit as usize).copied().unwrap_or(QUANTITY_DECIMALS);
        let step = power_of_ten(QUANTITY_DECIMALS.saturating_sub(decimals));
        let mut bounds = BTreeSet::from([i64::try_from(step).unwrap_or(1)]);
        self.each_asked(line, |asked, level| {
            for offer in self.offers(line, asked, level) {
                bounds.extend(self.starts(offer).into_iter().filter_map(|(start, up_to)| {
                    let shape = self.table(offer)?.shape;
                    let factor = line.units.factor(shape.unit, line.unit)?;
                    let product = Wide::product(start.into(), factor.numerator().into());
                    let exact = Fraction::new(product, factor.denominator().into(), 0)?;
                    // A tier of an `up_to` table begins above its bound.
                    let mode = if up_to { RoundingMode::Floor } else { RoundingMode::Ceiling };
                    let micros = exact.round_to(step, 0, mode)?.checked_add(if up_to { step } else { 0 })?;
                    i64::try_from(micros)
                        .ok()
                        .filter(|&micros| i128::from(micros) >= step && micros < QUANTITY_MICROS_END)
                }));
            }
        });
        bounds
    }

    /// Where the tiers of an offer that counts quantity begin, and whether above that bound.
    fn starts(&self, offer: Offer) -> Vec<(i64, bool)> {
        let table = self.table(offer).filter(|table| table.shape.base == Base::Quantity);
        let Some(table) = table else { return Vec::new() };
        let shape = table.shape;
        if !shape.rich {
            return table.plain().iter().map(|tier| (tier.start, false)).collect();
        }
        let ends = table.rich().last().map(|tier| tier.end).filter(|&end| end < i64::MAX);
        let starts = table.rich().iter().map(|tier| tier.start);
        // A graduated tier begins to price above its bound, as an `up_to` one does.
        starts.chain(ends).map(|start| (start, shape.up_to || shape.graduated)).collect()
    }
}
