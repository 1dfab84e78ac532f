//! The offers for a line (R3).

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

use emptor_core::{AgainstLists, CategoryId, Choose, Currency, Entry, Exact, Quantity, TierBase, Unit};
use num_traits::One;

use crate::fx::{self, Route};
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, number};
use crate::tiers::Table;
use crate::versions::Version;

/// An entry that is for a line.
pub(crate) struct Offer<'v> {
    pub(crate) version: &'v Version<'v>,
    /// Which entry of which version: what makes a table one (R4).
    pub(crate) key: TableKey,
    /// How far what it names is from the sku; zero is the sku.
    pub(crate) target: i64,
    pub(crate) category: Option<&'v CategoryId>,
    pub(crate) against: AgainstLists,
    pub(crate) unit: Unit,
    pub(crate) per: Quantity,
    /// How many of its units one of the line's is.
    pub(crate) factor: Number,
    /// The line's quantity in its unit.
    pub(crate) quantity: Number,
    pub(crate) table: Rc<Table>,
    pub(crate) asked: Asked,
}

/// The version and which of its entries.
pub(crate) type TableKey = (usize, usize);

/// Whether an offer is asked.
#[derive(Clone)]
pub(crate) enum Asked {
    /// It is in the order's currency.
    First,
    /// It is converted.
    Converted(Rc<Route>),
    /// Its currency has no rate, or its table counts value in another currency.
    Never,
}

/// Everything that offers are found in.
pub(crate) struct Market<'v, 'd> {
    moment: &'v Moment<'d>,
    versions: &'v [Version<'v>],
    routes: BTreeMap<Currency, Option<Rc<Route>>>,
    tables: RefCell<BTreeMap<(TableKey, Unit), Rc<Table>>>,
}

impl<'v, 'd> Market<'v, 'd> {
    pub(crate) fn new(moment: &'v Moment<'d>, versions: &'v [Version<'v>]) -> Self {
        let currencies = versions.iter().map(|version| version.currency);
        let routes = currencies.map(|currency| (currency, fx::route(moment, currency).map(Rc::new))).collect();
        Self { moment, versions, routes, tables: RefCell::default() }
    }

    /// The offers for a line, in no order that means anything.
    pub(crate) fn offers(&self, line: &Line) -> Vec<Offer<'v>> {
        let mut offers: Vec<Offer> = Vec::new();
        for (index, version) in self.versions.iter().enumerate() {
            let entries = (0..version.entries.len()).filter_map(|entry| self.offer(line, index, entry));
            // Of those with one target and unit, the one that starts last, then ends first, comes first.
            let mut of_version: Vec<(Offer, &Entry)> = entries
                .map(|offer| {
                    let entry = &*version.entries[offer.key.1].0;
                    (offer, entry)
                })
                .collect();
            of_version.sort_by_key(|(offer, entry)| {
                let (from, to) = self.moment.ends(&entry.valid);
                (offer.target, offer.unit.clone(), Reverse(from), to)
            });
            of_version.dedup_by_key(|(offer, _)| (offer.target, offer.unit.clone()));
            offers.extend(of_version.into_iter().map(|(offer, _)| offer));
        }
        offers
    }

    fn offer(&self, line: &Line, version_index: usize, entry_index: usize) -> Option<Offer<'v>> {
        let version = &self.versions[version_index];
        let (entry, against) = &version.entries[entry_index];
        let goods = line.goods.as_ref()?;
        let of_sku = entry.sku.as_ref() == Some(&line.asked.sku);
        let level = goods.categories.iter().position(|category| entry.category.as_ref() == Some(category));
        let target = if of_sku { 0 } else { i64::try_from(level? + 1).ok()? };
        if !self.moment.holds(&entry.valid) {
            return None;
        }
        let own = || Quantity { value: Exact::from(1), unit: goods.product.unit.clone() };
        let per = entry.per.clone().unwrap_or_else(own);
        let factor = goods.units.factor(line.unit?, &per.unit)?;
        let table = self.table(version_index, entry_index, entry, &per);
        Some(Offer {
            version,
            key: (version_index, entry_index),
            target,
            category: entry.category.as_ref(),
            against: *against,
            unit: per.unit.clone(),
            factor,
            quantity: line.quantity_in(&per.unit)?,
            asked: self.asked(version.currency, &table),
            per,
            table,
        })
    }

    fn table(&self, version: usize, entry_index: usize, entry: &Entry, per: &Quantity) -> Rc<Table> {
        let mut tables = self.tables.borrow_mut();
        let key = ((version, entry_index), per.unit.clone());
        let table = tables.entry(key).or_insert_with(|| Rc::new(Table::new(entry, &number(per.value))));
        Rc::clone(table)
    }

    fn asked(&self, currency: Currency, table: &Table) -> Asked {
        if currency == self.moment.currency {
            return Asked::First;
        }
        match self.routes.get(&currency) {
            Some(Some(route)) if table.base != TierBase::Value => Asked::Converted(Rc::clone(route)),
            _ => Asked::Never,
        }
    }
}

impl<'v> Offer<'v> {
    pub(crate) fn entry(&self) -> &'v Entry {
        &self.version.entries[self.key.1].0
    }

    pub(crate) fn is_first(&self) -> bool {
        matches!(self.asked, Asked::First)
    }

    pub(crate) fn is_converted(&self) -> bool {
        matches!(self.asked, Asked::Converted(_))
    }

    pub(crate) fn rank(&self, choose: Choose) -> Vec<i64> {
        self.version.rank(self.target, choose)
    }

    pub(crate) fn is_mergeable(&self) -> bool {
        !self.version.forbids_merging && self.table.is_mergeable()
    }

    /// The ratio as the record shows it, where the units differ.
    pub(crate) fn shown_factor(&self, line: &Line) -> Option<String> {
        (line.unit != Some(&self.unit)).then(|| {
            if self.factor.denom().is_one() { self.factor.numer().to_string() } else { self.factor.to_string() }
        })
    }
}

/// The order of units: the line's, the product's, then by name.
pub(crate) fn unit_order(line: &Line, unit: &Unit) -> (u8, String) {
    let product = line.goods.as_ref().map(|goods| &goods.product.unit);
    let class = if line.unit == Some(unit) { 0 } else { 1 + u8::from(product != Some(unit)) };
    (class, if class == 2 { unit.as_str().to_owned() } else { String::new() })
}
