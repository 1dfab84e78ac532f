//! One order under way: who buys, in what circumstances, and what is counted over its lines.

use std::borrow::Cow;

use emptor_core::{Currency, Instant};

use crate::book::PriceBook;
use crate::count::Counts;
use crate::currency::Conversion;
use crate::plan::{Asked, Chain, Plan};

/// What every line of an order shares.
#[derive(Debug)]
pub(crate) struct Order<'b> {
    pub(crate) book: &'b PriceBook,
    pub(crate) plan: &'b Plan,
    pub(crate) chain: Cow<'b, Chain>,
    pub(crate) currency: Currency,
    pub(crate) valid_at: Instant,
    /// The ways from other currencies that have one.
    pub(crate) conversions: Vec<Conversion<'b>>,
    /// Whether prices set by hand count.
    pub(crate) manual_allowed: bool,
    pub(crate) counts: Counts,
}

impl<'b> Order<'b> {
    /// Whether a source may be asked: it counts at the date, and is in the order's currency or, if `foreign`, in one
    /// that converts.
    #[inline]
    pub(crate) fn may_ask(&self, asked: &Asked, foreign: bool) -> bool {
        let currency =
            if foreign { self.conversion(asked.currency).is_some() } else { asked.currency == self.currency };
        currency && asked.period.contains(self.valid_at)
    }

    /// The way from another currency.
    pub(crate) fn conversion(&self, from: Currency) -> Option<&Conversion<'b>> {
        self.conversions.iter().find(|conversion| conversion.from == from)
    }
}
