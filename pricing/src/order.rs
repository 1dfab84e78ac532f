//! One order under way: who buys, in what circumstances, and what is counted over its lines.

use std::borrow::Cow;
use std::cell::Cell;

use emptor_core::{Currency, Instant, ScriptError, TaxSide};

use crate::book::PriceBook;
use crate::count::Counts;
use crate::currency::Conversion;
use crate::plan::{self, Chain, Kin, Plan};
use crate::script::Asked;

/// What every line of an order shares.
#[derive(Debug)]
pub(crate) struct Order<'b> {
    pub(crate) book: &'b PriceBook,
    pub(crate) plan: &'b Plan,
    /// Versions of contracts on the order's side, in the order in which they are asked.
    pub(crate) contracts: Cow<'b, [plan::Asked]>,
    pub(crate) kin: &'b Kin,
    /// Where the goods go.
    pub(crate) region: Option<u32>,
    /// Whether prices are without or with tax.
    pub(crate) side: TaxSide,
    /// The lists that are kept as floor, where the book has some.
    pub(crate) floors: Option<Box<Chain>>,
    pub(crate) chain: Cow<'b, Chain>,
    pub(crate) currency: Currency,
    pub(crate) valid_at: Instant,
    /// The ways from other currencies that have one.
    pub(crate) conversions: Vec<Conversion<'b>>,
    /// Whether prices set by hand count.
    pub(crate) manual_allowed: bool,
    pub(crate) counts: Counts,
    /// What scripts read of the request, where the book has scripts.
    pub(crate) asked: Option<Box<Asked<'b>>>,
    /// The source, call and error of the price's script that ended the last search.
    pub(crate) script_failed: Cell<Option<(u32, u32, ScriptError)>>,
}

impl<'b> Order<'b> {
    /// Whether a source may be asked: it counts at the date, and is in the order's currency or, if `foreign`, in one
    /// that converts.
    #[inline]
    pub(crate) fn may_ask(&self, asked: &plan::Asked, foreign: bool) -> bool {
        let currency =
            if foreign { self.conversion(asked.currency).is_some() } else { asked.currency == self.currency };
        currency && asked.period.contains(self.valid_at)
    }

    /// The way from another currency.
    pub(crate) fn conversion(&self, from: Currency) -> Option<&Conversion<'b>> {
        self.conversions.iter().find(|conversion| conversion.from == from)
    }
}
