//! Who asks, where and when: what conditions read that no line decides (R7).

use std::cell::OnceCell;

use emptor_core::{Currency, Instant, PriceRequest, TimeZone, Weekday};

use crate::book::PriceBook;
use crate::condition::Test;
use crate::line::Line;
use crate::plan::Kin;

/// A buyer in its circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Asker<'o> {
    pub(crate) kin: &'o Kin,
    pub(crate) region: Option<u32>,
    pub(crate) channel: Option<u32>,
    pub(crate) currency: Currency,
    pub(crate) valid_at: Instant,
    pub(crate) zone: TimeZone,
    /// What was asked; absent where a buyer is told single prices.
    pub(crate) request: Option<&'o PriceRequest>,
    /// In the tenant's zone, once some condition wants it.
    pub(crate) weekday: OnceCell<Option<Weekday>>,
}

impl<'o> Asker<'o> {
    /// A buyer in its own region, without channel and request.
    pub(crate) fn of_buyer(
        kin: &'o Kin,
        region: Option<u32>,
        (currency, valid_at): (Currency, Instant),
        zone: TimeZone,
    ) -> Self {
        Self { kin, region, channel: None, currency, valid_at, zone, request: None, weekday: OnceCell::new() }
    }

    /// Whether a condition holds that does not depend on the lines; others do not.
    pub(crate) fn satisfies(&self, test: &Test) -> bool {
        match test {
            Test::Organization(names) => names.iter().any(|name| self.kin.lineage.contains(name)),
            Test::Group(names) => names.iter().any(|name| self.kin.groups.contains(name)),
            Test::Region(names) => self.region.is_some_and(|region| names.contains(&region)),
            Test::Channel(names) => self.channel.is_some_and(|channel| names.contains(&channel)),
            Test::Attributes(wanted) => {
                let has = |(key, value): &(String, String)| {
                    self.request.is_some_and(|request| request.attributes.get(key) == Some(value))
                };
                wanted.iter().all(has)
            }
            Test::Currency(currencies) => currencies.contains(&self.currency),
            Test::Coupon(coupons) => {
                let named = self.request.map_or(&[][..], |request| &request.coupons);
                named.iter().any(|coupon| coupons.iter().any(|wanted| wanted == coupon.as_str()))
            }
            Test::Date(period) => period.contains(self.valid_at),
            Test::Weekday(mask) => {
                let weekday = *self.weekday.get_or_init(|| self.zone.weekday(self.valid_at));
                let bit = weekday.and_then(|day| 1_u8.checked_shl(day as u32)).unwrap_or(0);
                mask & bit != 0
            }
            _ => false,
        }
    }
}

impl Line<'_> {
    /// Whether a condition holds that asks what the line is of; others do not.
    pub(crate) fn satisfies(&self, test: &Test, book: &PriceBook) -> bool {
        match test {
            Test::Sku(skus) => skus.binary_search(&self.sku).is_ok(),
            Test::Category(names) => book.categories_up(self.product.category).any(|up| names.contains(&up)),
            Test::Vendor(names) => {
                book.facts(self.sku).and_then(|facts| facts.vendor).is_some_and(|vendor| names.contains(&vendor))
            }
            Test::Product(wanted) => {
                let facts = book.facts(self.sku);
                wanted.iter().all(|pair| facts.is_some_and(|facts| facts.attributes.contains(pair)))
            }
            Test::Unit(units) => units.contains(&self.unit),
            _ => false,
        }
    }
}
