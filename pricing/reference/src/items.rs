//! What the procedure acts on: the goods lines that have a price, and the charges (R7).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{Charge, Entry, Step, StepBasis, StepId};
use num_traits::Zero;

use crate::conditions::{Subject, View, quantity_in};
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, number};
use crate::offers::Offer;

/// A goods line or a charge on its way through the procedure.
pub(crate) struct Item<'s> {
    pub(crate) what: What<'s>,
    /// After R6.
    pub(crate) base: Number,
    /// What the price lists alone give.
    pub(crate) list: Number,
    /// What it comes to so far.
    pub(crate) running: Number,
    /// What each step changed, and each subtotal.
    pub(crate) sums: BTreeMap<&'s StepId, Number>,
    /// The steps that changed it.
    pub(crate) changed: BTreeSet<&'s StepId>,
    /// The steps that do not act on it.
    pub(crate) excluded: BTreeSet<&'s StepId>,
    /// What order steps that count as price changed.
    pub(crate) by_order: Number,
    /// The waterfall from here on.
    pub(crate) steps: Vec<Step>,
    pub(crate) memo: Vec<Step>,
    /// Its shares of document steps, by their place.
    pub(crate) shares: Vec<Share>,
    /// Whether it has no price any more: it left the limits of R0, or a script failed.
    pub(crate) is_out: bool,
    /// Whether a script put it out.
    pub(crate) has_failed: bool,
    /// Of a charge: what it comes to at the end, on the order's side.
    pub(crate) ended: Number,
    /// Of a charge: the tax inside.
    pub(crate) tax: Option<Number>,
}

/// A share of a step of the document.
pub(crate) struct Share {
    /// The step, by its place.
    pub(crate) document: usize,
    /// On the order's side.
    pub(crate) amount: Number,
    /// The tax inside.
    pub(crate) tax: Number,
}

/// What an item is.
#[derive(Clone, Copy)]
pub(crate) enum What<'s> {
    Goods {
        line: &'s Line<'s>,
        /// The offer that prices it; `None`: it was set by hand.
        offer: Option<&'s Offer<'s>>,
    },
    Charge(&'s Charge),
}

impl Share {
    /// Without tax.
    pub(crate) fn net(&self) -> Number {
        &self.amount - &self.tax
    }
}

impl<'s> Item<'s> {
    pub(crate) fn new(what: What<'s>, base: Number, list: Number) -> Self {
        let mut item = Self {
            what,
            running: base.clone(),
            base,
            list,
            sums: BTreeMap::new(),
            changed: BTreeSet::new(),
            excluded: BTreeSet::new(),
            by_order: Number::zero(),
            steps: Vec::new(),
            memo: Vec::new(),
            shares: Vec::new(),
            is_out: false,
            has_failed: false,
            ended: Number::zero(),
            tax: None,
        };
        item.excluded = item.entry().into_iter().flat_map(|entry| &entry.excludes).collect();
        item
    }

    pub(crate) fn line(&self) -> Option<&'s Line<'s>> {
        match self.what {
            What::Goods { line, .. } => Some(line),
            What::Charge(_) => None,
        }
    }

    pub(crate) fn offer(&self) -> Option<&'s Offer<'s>> {
        match self.what {
            What::Goods { offer, .. } => offer,
            What::Charge(_) => None,
        }
    }

    /// The entry that prices it.
    pub(crate) fn entry(&self) -> Option<&'s Entry> {
        self.offer().map(Offer::entry)
    }

    /// The quantity in the product's unit.
    pub(crate) fn quantity(&self) -> Option<Number> {
        quantity_in(self.line()?, None)
    }

    /// What the goods cost the seller, in the tenant's currency.
    pub(crate) fn cost(&self) -> Option<Number> {
        let product = self.line()?.goods.as_ref()?.product;
        Some(number(product.cost?) * self.quantity()?)
    }

    /// What a step computes on, where the item comes to `running`.
    pub(crate) fn basis(&self, on: &StepBasis, running: &Number) -> Number {
        match on {
            StepBasis::Running => running.clone(),
            StepBasis::Base => self.base.clone(),
            StepBasis::List => self.list.clone(),
            StepBasis::Subtotal(name) => self.sum(name),
        }
    }

    /// What a name in a subtotal stands for.
    pub(crate) fn sum(&self, name: &StepId) -> Number {
        match (self.sums.get(name), name.as_str()) {
            (Some(sum), _) => sum.clone(),
            (None, "list") => self.list.clone(),
            (None, "base") => self.base.clone(),
            (None, _) => Number::zero(),
        }
    }

    /// What its shares of document steps come to.
    pub(crate) fn shared(&self) -> Number {
        self.shares.iter().map(|share| &share.amount).sum()
    }
}

/// The goods lines as they are now. Goods come before charges, so an item's place is its subject's.
pub(crate) fn view<'a, 's: 'a>(moment: &'a Moment<'a>, items: &'a [Item<'s>]) -> View<'a> {
    let subject = |item: &'a Item<'s>| {
        let (amount, changed) = (Some(item.running.clone()), Some(&item.changed));
        let origin = Some((&item.base, &item.list));
        Some(Subject { line: item.line()?, amount, origin, changed, counts: !item.is_out })
    };
    View::new(moment, items.iter().map_while(subject).collect())
}
