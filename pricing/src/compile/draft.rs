//! Entries to tables: what an entry says, checked (R0, R4), and laid down in rows.

use emptor_core::limits::{PRICE_DECIMALS_MAX, PRICE_DIGITS_MAX, QUANTITY_DECIMALS, QUANTITY_MICROS_END, TIERS_MAX};
use emptor_core::{
    AgainstLists, CountScope, Currency, Entry, Exact, Period, Place, ScriptReturns, ScriptSees, Sku, Tier, TierBase,
    TierMode,
};

use super::Builder;
use super::scripts::CallStand;
use crate::code::Code;
use crate::table::{Base, NONE, Scope};

/// What an entry prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Sku(u32),
    Category(u32),
}

/// An entry with its names found and its form checked. Prices are still as written.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the document, independent of the others")]
pub(super) struct Draft {
    pub(super) target: Target,
    pub(super) unit: u32,
    pub(super) per_micros: i64,
    pub(super) valid: Period,
    pub(super) graduated: bool,
    pub(super) up_to: bool,
    pub(super) base: Base,
    pub(super) scope: Scope,
    pub(super) counts_prior: bool,
    pub(super) charge_at_zero: bool,
    pub(super) lists: AgainstLists,
    /// The number of its guards.
    pub(super) guards: u32,
    pub(super) excludes: u64,
    /// The call of the script that gives the price; [`NONE`]: the tiers do.
    pub(super) formula: u32,
    pub(super) tiers: Vec<DraftTier>,
}

/// A tier with its bounds in millionths (a value: in minor units).
#[derive(Debug, Clone)]
pub(super) struct DraftTier {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) price: Option<Exact>,
    /// What it says beside its price: apart, for few tiers say more, and a list has a million.
    ///
    /// INVARIANT (beside): `None` where that is nothing.
    pub(super) beside: Option<Box<Beside>>,
}

/// What a tier says beside its price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) flat: Option<Exact>,
    pub(super) above: Option<Exact>,
    pub(super) package: Option<emptor_core::Package>,
    /// A percent of the part, in a graduated table by value only; elsewhere it is the price already.
    pub(super) percent: Option<Exact>,
    pub(super) no_price: bool,
}

/// What a price may call.
const OF_PRICE: CallStand = CallStand { sees: ScriptSees::Goods, returns: ScriptReturns::Number, is_price: true };

/// A place that is only spelled out when something is wrong.
pub(super) type Spot<'s> = dyn Fn() -> Place + 's;

impl Builder<'_> {
    /// Reads an entry; `None` where something is wrong with it.
    pub(super) fn draft(
        &mut self,
        entry: &Entry,
        currency: Currency,
        lists: AgainstLists,
        spot: &Spot<'_>,
    ) -> Option<Draft> {
        let target = self.target(entry, spot)?;
        let (unit, per_micros) = self.per(entry, target, spot)?;
        let valid = self.period(entry.valid, || spot().key("valid"));
        let base = match &entry.base {
            TierBase::Quantity => Base::Quantity,
            TierBase::Value => Base::Value,
            TierBase::Weight(unit) => Base::Weight(self.unit(unit.as_str())),
            TierBase::Script(call) => Base::Script(self.call(call, OF_PRICE, &spot().key("base"))?),
        };
        let formula = match &entry.formula {
            Some(call) => self.call(call, OF_PRICE, &spot().key("formula"))?,
            None => NONE,
        };
        self.check_price_script(entry, spot);
        let scope = self.table_scope(entry, target, spot)?;
        let bound_decimals = if base == Base::Value { currency.decimals() } else { QUANTITY_DECIMALS };
        let graduated = entry.mode == TierMode::Graduated;
        let (up_to, tiers) = self.tiers(entry, bound_decimals, spot)?;
        let guards = self.entry_guards(&entry.guards, spot);
        let excludes = self.excluded_steps_of_entry(entry, spot);
        let draft = Draft {
            target,
            unit,
            per_micros,
            valid,
            graduated,
            up_to,
            base,
            scope,
            counts_prior: entry.counts_prior,
            charge_at_zero: entry.charge_at_zero,
            lists,
            guards,
            excludes,
            formula,
            tiers,
        };
        self.check_form(&draft, spot).then_some(draft).and_then(|draft| self.with_percents(draft, spot))
    }

    /// What a formula or a script as base cannot be combined with.
    fn check_price_script(&mut self, entry: &Entry, spot: &Spot<'_>) {
        let by_script = matches!(entry.base, TierBase::Script(_));
        let is_plain = entry.mode == TierMode::Volume && entry.over == CountScope::Line && !entry.counts_prior;
        let counts_quantity = entry.base == TierBase::Quantity;
        if (by_script && !is_plain) || (entry.formula.is_some() && !(is_plain && counts_quantity)) {
            let help = "leave out `mode`, `over`, `counts_prior`, and with a formula `base`";
            let message = "a script prices or counts a line, and nothing else";
            self.report.error(Code::ScriptPlace, &spot(), message, help);
        }
    }

    fn target(&mut self, entry: &Entry, spot: &Spot<'_>) -> Option<Target> {
        match (&entry.sku, &entry.category) {
            (Some(sku), None) => match self.names.skus.find_after(self.sku_before, sku.as_str()) {
                Some(sku) => {
                    self.sku_before = sku;
                    Some(Target::Sku(sku))
                }
                None => {
                    self.unknown_sku(sku, spot);
                    None
                }
            },
            (None, Some(category)) => match self.names.categories.find(category.as_str()) {
                Some(category) => Some(Target::Category(category)),
                None => {
                    self.unknown(&spot().key("category"), "category", category.as_str());
                    None
                }
            },
            _ => {
                let help = "name either a `sku` or a `category`";
                self.report.error(Code::EntryTarget, &spot(), "an entry names no goods, or both kinds", help);
                None
            }
        }
    }

    fn unknown_sku(&mut self, sku: &Sku, spot: &Spot<'_>) {
        self.unknown(&spot().key("sku"), "product with the sku", sku.as_str());
    }

    /// The unit and base quantity of an entry.
    fn per(&mut self, entry: &Entry, target: Target, spot: &Spot<'_>) -> Option<(u32, i64)> {
        let own = match target {
            Target::Sku(sku) => {
                let product = self.products.get(sku as usize)?;
                self.unit_tables.get(product.unit_table as usize).map(|table| (product.unit_table, table))
            }
            Target::Category(_) => None,
        };
        let Some(per) = &entry.per else {
            let Some(unit) = own.and_then(|(_, table)| table.units.first()) else {
                let help = "state what prices are for, like `per: 1 kg`";
                self.report.error(Code::EntryUnit, &spot(), "an entry of a category has no unit", help);
                return None;
            };
            return Some((unit.unit, 1_000_000));
        };
        let known = own.map(|(table, _)| table);
        let unit = self.unit(per.unit.as_str());
        let table = known.and_then(|table| self.unit_tables.get(table as usize));
        if table.is_some_and(|table| table.get(unit).is_none()) {
            let message = format!("the product has no factor to `{}`", per.unit);
            let help = "use one of the product's units, or add a conversion to it";
            self.report.error(Code::UnitNotConvertible, &spot().key("per"), message, help);
            return None;
        }
        let micros = per.value.scaled(QUANTITY_DECIMALS).and_then(|micros| i64::try_from(micros).ok());
        match micros.filter(|micros| (1..QUANTITY_MICROS_END).contains(micros)) {
            Some(micros) => Some((unit, micros)),
            None => {
                let message = format!("`{}` is no base quantity", per.value);
                let help = "write a number above zero, below 10^12, with at most 6 decimals";
                self.report.error(Code::Limit, &spot().key("per"), message, help);
                None
            }
        }
    }

    fn table_scope(&mut self, entry: &Entry, target: Target, spot: &Spot<'_>) -> Option<Scope> {
        let place = || spot().key("over");
        let scope = match &entry.over {
            CountScope::Line => Scope::Line,
            CountScope::Sku => Scope::Sku,
            CountScope::Order => Scope::Order,
            CountScope::Category(category) => match self.names.categories.find(category.as_str()) {
                Some(category) => Scope::Category(category),
                None => {
                    self.unknown(&place(), "category", category.as_str());
                    return None;
                }
            },
            CountScope::Group(group) => match self.names.pricing_groups.find(group.as_str()) {
                Some(group) => Scope::Group(group),
                None => {
                    self.unknown(&place(), "product in the pricing group", group.as_str());
                    return None;
                }
            },
        };
        if !self.scope_covers(scope, target) {
            let help = "count over a category above what the entry names, or a group that all of it is in";
            self.report.error(Code::TierScope, &place(), "the count leaves out what the entry prices", help);
            return None;
        }
        Some(scope)
    }

    fn scope_covers(&self, scope: Scope, target: Target) -> bool {
        let above = |category: u32, wanted: u32| {
            let up = |&category: &u32| self.category_parents.get(category as usize).copied();
            let way = std::iter::successors(Some(category), up).take(emptor_core::limits::DEPTH_MAX);
            way.into_iter().any(|category| category == wanted)
        };
        let in_group =
            |sets: u32, group: u32| self.group_sets.get(sets as usize).is_some_and(|set| set.contains(&group));
        match (scope, target) {
            (Scope::Category(wanted), Target::Category(category)) => above(category, wanted),
            (Scope::Category(wanted), Target::Sku(sku)) => {
                self.products.get(sku as usize).is_some_and(|product| above(product.category, wanted))
            }
            (Scope::Group(group), Target::Sku(sku)) => {
                self.products.get(sku as usize).is_some_and(|product| in_group(product.groups, group))
            }
            (Scope::Group(group), Target::Category(category)) => {
                let mut products = self.products.iter().filter(|product| above(product.category, category));
                products.all(|product| in_group(product.groups, group))
            }
            _ => true,
        }
    }

    /// The tiers with their bounds, and whether those are `up_to`.
    fn tiers(&mut self, entry: &Entry, decimals: u32, spot: &Spot<'_>) -> Option<(bool, Vec<DraftTier>)> {
        let zero = Tier { from: Some(Exact::ZERO), price: entry.price, ..Tier::default() };
        // What a formula gives is known when it runs.
        let priced = Tier { price: Some(Exact::ZERO), ..zero.clone() };
        let tiers = match (entry.price, entry.tiers.as_slice()) {
            (None, []) if entry.formula.is_some() => std::slice::from_ref(&priced),
            (Some(_), _) | (None, [_, ..]) if entry.formula.is_some() => {
                let help = "write one of `price`, `tiers` and `formula`";
                self.report.error(Code::EntryPrice, &spot(), "an entry has two kinds of price", help);
                return None;
            }
            (Some(_), []) => std::slice::from_ref(&zero),
            (None, tiers) if !tiers.is_empty() => tiers,
            _ => {
                let help = "write either one `price`, or `tiers`";
                self.report.error(Code::EntryPrice, &spot(), "an entry has no price, or two kinds of it", help);
                return None;
            }
        };
        if tiers.len() > TIERS_MAX {
            let message = format!("a table has more than {TIERS_MAX} tiers");
            self.report.error(Code::Limit, &spot().key("tiers"), message, "split the quantities over fewer tiers");
            return None;
        }
        let up_to = tiers.iter().any(|tier| tier.up_to.is_some());
        let mut drafts = Vec::with_capacity(tiers.len());
        let mut end_before = 0;
        for (index, tier) in tiers.iter().enumerate() {
            let place = || spot().key("tiers").index(index);
            let is_last = index.saturating_add(1) == tiers.len();
            let bounds = match (tier.from, tier.up_to) {
                (Some(from), None) if !up_to => {
                    self.bound(from, decimals, &|| place().key("from")).map(|from| (from, i64::MAX))
                }
                (None, Some(end)) => self.bound(end, decimals, &|| place().key("up_to")).map(|end| (end_before, end)),
                (None, None) if up_to && is_last => Some((end_before, i64::MAX)),
                _ => {
                    let help = "give every tier a `from`, or every tier but the last an `up_to`";
                    self.report.error(Code::TierBounds, &place(), "a tier has no bound, or one of another kind", help);
                    None
                }
            };
            let (start, end) = bounds?;
            end_before = end;
            drafts.push(DraftTier { start, end, price: tier.price, beside: Beside::of(tier).map(Box::new) });
        }
        if !up_to {
            let mut next = i64::MAX;
            for tier in drafts.iter_mut().rev() {
                tier.end = next;
                next = tier.start;
            }
        }
        if let Some(index) = drafts.iter().position(|tier| tier.start >= tier.end) {
            let help = "order the tiers by their bounds, each above the one before";
            let place = spot().key("tiers").index(index);
            self.report.error(Code::TierOrder, &place, "a tier does not end above its start", help);
            return None;
        }
        Some((up_to, drafts))
    }

    /// A bound in millionths, or for a value in minor units.
    fn bound(&mut self, bound: Exact, decimals: u32, place: &Spot<'_>) -> Option<i64> {
        let scaled = bound.scaled(decimals).and_then(|scaled| i64::try_from(scaled).ok());
        let scaled = scaled.filter(|scaled| (0..QUANTITY_MICROS_END).contains(scaled));
        if scaled.is_none() {
            let message = format!("`{bound}` is no bound of a tier");
            let help = format!("write a number from zero, below 10^12, with at most {decimals} decimals");
            self.report.error(Code::Limit, &place(), message, help);
        }
        scaled
    }

    /// Whether the kinds of prices go together (R4).
    fn check_form(&mut self, draft: &Draft, spot: &Spot<'_>) -> bool {
        let mut sound = true;
        let by_value = draft.base == Base::Value;
        if draft.graduated && draft.tiers.first().is_some_and(|tier| tier.start != 0) {
            let help = "start the first tier at 0";
            self.report.error(Code::TierStart, &spot().key("tiers"), "a graduated table does not start at 0", help);
            sound = false;
        }
        if draft.graduated && matches!(draft.base, Base::Weight(_)) {
            let help = "count by quantity, with prices per a unit of weight";
            self.report.error(Code::TierKind, &spot().key("base"), "a graduated table counts weight", help);
            sound = false;
        }
        let graduated_value = draft.graduated && by_value;
        // Prices alone go together with everything else.
        if !graduated_value && draft.tiers.iter().all(DraftTier::is_plain) {
            return sound;
        }
        let opening = draft.tiers.first().and_then(|tier| tier.price);
        for (index, tier) in draft.tiers.iter().enumerate() {
            let is_last = index.saturating_add(1) == draft.tiers.len();
            let wrong: Option<(Code, &str, &str)> = match tier.beside() {
                beside if beside.no_price && !tier.is_unpriced() => {
                    Some((Code::TierPrice, "a tier has `no_price` and a price", "drop one of them"))
                }
                beside if !beside.no_price && tier.is_unpriced() => {
                    Some((Code::TierPrice, "a tier has no price", "give it one, or `no_price: true`"))
                }
                beside if draft.graduated && beside.no_price && !is_last => {
                    Some((Code::TierKind, "a graduated table has `no_price` before its last tier", "price the tier"))
                }
                beside if beside.percent.is_some() && (opening.is_none() || tier.price.is_some()) => Some((
                    Code::TierKind,
                    "a percent without a price in the first tier, or beside a price",
                    "a percent is of the first tier's price; write one of them",
                )),
                beside if graduated_value && (beside.above.is_some() || beside.package.is_some()) => Some((
                    Code::TierKind,
                    "a graduated table by value has `above` or `package`",
                    "it takes a price in its first tier, then percents and flat amounts",
                )),
                beside if graduated_value && (index == 0) != tier.price.is_some() && !beside.no_price => Some((
                    Code::TierKind,
                    "a graduated table by value has its price elsewhere than in the first tier",
                    "write the opening price in the first tier, and percents of the value in the others",
                )),
                beside if beside.above.is_some() && !draft.graduated && !draft.counts_own_quantity() => Some((
                    Code::TierKind,
                    "`above` in a volume table that counts more than the line's own quantity",
                    "count by quantity over the line, without prior",
                )),
                _ => None,
            };
            if let Some((code, message, help)) = wrong {
                self.report.error(code, &spot().key("tiers").index(index), message, help);
                sound = false;
            }
        }
        sound
    }

    /// The draft with every percent turned into its price, but in a graduated table by value.
    fn with_percents(&mut self, mut draft: Draft, spot: &Spot<'_>) -> Option<Draft> {
        if draft.graduated && draft.base == Base::Value {
            return Some(draft);
        }
        let opening = draft.tiers.first().and_then(|tier| tier.price);
        for (index, tier) in draft.tiers.iter_mut().enumerate() {
            let (Some(percent), Some(opening)) = (tier.take_percent(), opening) else { continue };
            let place = || spot().key("tiers").index(index).key("percent");
            let mantissa = |exact: Exact| exact.scaled(exact.decimals());
            let product = mantissa(percent).and_then(|percent| mantissa(opening)?.checked_mul(percent));
            let decimals = percent.decimals().saturating_add(opening.decimals()).saturating_add(2);
            match product.and_then(|product| Exact::from_scaled(product, decimals)) {
                Some(price) if is_price(price) => tier.price = Some(price),
                _ => {
                    let help = "round the percent, or write the price";
                    let message = "the percent of the first tier's price has too many digits";
                    self.report.error(Code::Limit, &place(), message, help);
                    return None;
                }
            }
        }
        Some(draft)
    }
}

impl Draft {
    /// Whether the count is the line's own quantity.
    pub(super) fn counts_own_quantity(&self) -> bool {
        self.base == Base::Quantity && self.scope == Scope::Line && !self.counts_prior
    }

    /// The percents that its tiers say.
    pub(super) fn percents(&self) -> impl Iterator<Item = Exact> {
        self.tiers.iter().filter_map(|tier| tier.beside().percent)
    }
}

impl DraftTier {
    /// Whether it has a price and nothing else.
    pub(super) fn is_plain(&self) -> bool {
        self.price.is_some() && self.beside.is_none()
    }

    /// What it says beside its price.
    pub(super) fn beside(&self) -> Beside {
        self.beside.as_deref().copied().unwrap_or_default()
    }

    pub(super) fn amounts(&self) -> impl Iterator<Item = Exact> {
        let Beside { flat, above, package, .. } = self.beside();
        [self.price, flat, above, package.map(|package| package.price)].into_iter().flatten()
    }

    /// Whether it has no amount of any kind; it may say so or not.
    fn is_unpriced(&self) -> bool {
        self.price.is_none() && Beside { no_price: false, ..self.beside() } == Beside::default()
    }

    fn take_percent(&mut self) -> Option<Exact> {
        let percent = self.beside.as_mut()?.percent.take();
        // INVARIANT (beside): what said a percent alone says nothing now.
        self.beside = self.beside.take().filter(|beside| **beside != Beside::default());
        percent
    }
}

impl Beside {
    /// What a tier says beside its price, if anything.
    fn of(tier: &Tier) -> Option<Self> {
        match *tier {
            Tier { flat: None, above: None, package: None, percent: None, no_price: false, .. } => None,
            Tier { from: _, up_to: _, price: _, flat, above, package, percent, no_price } => {
                Some(Self { flat, above, package, percent, no_price })
            }
        }
    }
}

/// Whether a number keeps to the limits of prices.
pub(super) fn is_price(price: Exact) -> bool {
    price.digits() <= PRICE_DIGITS_MAX && price.decimals() <= PRICE_DECIMALS_MAX
}
