//! Tier tables and what they give for a count (R4).

use emptor_core::{CountScope, Entry, Exact, ScriptCall, Tier, TierBase, TierMode};
use num_traits::{One, Signed, Zero};

use crate::derived::percent_as_price;
use crate::numbers::{Number, exact, number, whole};

/// A table, read into numbers.
pub(crate) struct Table {
    pub(crate) mode: TierMode,
    pub(crate) base: TierBase,
    pub(crate) over: CountScope,
    pub(crate) counts_prior: bool,
    charge_at_zero: bool,
    up_to: bool,
    per: Number,
    pub(crate) rows: Vec<Row>,
    /// The script that gives the price.
    pub(crate) formula: Option<Box<ScriptCall>>,
    /// Graduated: what all rows before each give in full.
    before: Vec<Number>,
}

/// One tier.
pub(crate) struct Row {
    pub(crate) start: Number,
    end: Option<Number>,
    price: Option<Number>,
    /// Graduated by value: in percent of the part.
    percent: Option<Number>,
    flat: Number,
    above: Number,
    package: Option<(Number, Number)>,
    pub(crate) no_price: bool,
    /// As the record shows it.
    pub(crate) shown: Tier,
}

impl Table {
    pub(crate) fn new(entry: &Entry, per: &Number) -> Self {
        let is_plain = entry.price.is_some() || entry.formula.is_some();
        let plain = is_plain.then(|| plain_tier(entry.price));
        let tiers = plain.as_ref().map_or(&entry.tiers[..], std::slice::from_ref);
        let by_value = entry.mode == TierMode::Graduated && entry.base == TierBase::Value;
        let up_to = tiers.first().is_some_and(|tier| tier.from.is_none());
        let first_price = tiers.first().and_then(|tier| tier.price);
        let mut rows: Vec<Row> = Vec::new();
        for (index, tier) in tiers.iter().enumerate() {
            let next = tiers.get(index + 1);
            let start = match rows.last() {
                Some(last) if up_to => last.end.clone().unwrap_or_else(Number::zero),
                _ => tier.from.map_or_else(Number::zero, number),
            };
            let end = if up_to { tier.up_to } else { next.and_then(|next| next.from) };
            let shown = if by_value { tier.clone() } else { percent_as_price(tier, first_price) };
            rows.push(Row::new(shown, start, end.map(number), by_value && index == 0));
        }
        let mut table = Self {
            mode: entry.mode,
            base: entry.base.clone(),
            over: entry.over.clone(),
            counts_prior: entry.counts_prior,
            charge_at_zero: entry.charge_at_zero,
            up_to,
            per: per.clone(),
            rows,
            formula: entry.formula.clone(),
            before: Vec::new(),
        };
        let mut sum = Number::zero();
        for row in &table.rows {
            table.before.push(sum.clone());
            if let Some(end) = row.end.as_ref().filter(|_| table.mode == TierMode::Graduated) {
                sum += table.part(row, &(end - &row.start));
            }
        }
        table
    }

    /// Whether the breaks of this table can be mixed with those of others (R3, merging).
    pub(crate) fn is_mergeable(&self) -> bool {
        let over_line = self.over == CountScope::Line && !self.counts_prior;
        let is_plain = self.base == TierBase::Quantity && self.formula.is_none();
        self.mode == TierMode::Volume && is_plain && over_line && !self.up_to
    }

    /// The value of a quantity at the first tier's price per unit and nothing else.
    pub(crate) fn opening(&self, quantity: &Number) -> Number {
        let price = self.rows.first().and_then(|row| row.price.clone());
        price.unwrap_or_else(Number::zero) * quantity / &self.per
    }

    /// Volume: the tier that prices a count, or with `nearest` the nearest that has a price.
    pub(crate) fn volume_tier(&self, count: &Number, nearest: bool) -> Option<&Row> {
        let below = self.rows_begun(count);
        let past_the_end = self.up_to && self.rows.last().and_then(|row| row.end.as_ref()).is_some_and(|e| count > e);
        let reached = self.rows[..below].last().filter(|row| !row.no_price && !past_the_end);
        if reached.is_some() || !nearest {
            return reached;
        }
        let last_below = self.rows[..below].iter().rfind(|row| !row.no_price);
        last_below.or_else(|| self.rows[below..].iter().find(|row| !row.no_price))
    }

    /// Volume: what a tier gives a line of `quantity`, of `count` in all.
    pub(crate) fn volume_amount(&self, row: &Row, quantity: &Number, count: &Number) -> Number {
        let price = row.price.clone().unwrap_or_else(Number::zero) * quantity;
        let excess = (count - &row.start).max(Number::zero());
        let above = if count.is_zero() { Number::zero() } else { &row.above * excess * quantity / count };
        &row.flat + (price + above) / &self.per + row.packages(quantity)
    }

    /// Graduated: what the table gives for a count, and the tier of the last part.
    pub(crate) fn graduated(&self, count: &Number, nearest: bool) -> Option<(Number, &Row)> {
        if count.is_negative() {
            return None;
        }
        let priced = self.rows.iter().rposition(|row| !row.no_price)?;
        // The last tier that has a part; the first if none has.
        let reached = self.rows.partition_point(|row| row.start < *count).max(1) - 1;
        let past_the_end = self.rows.last().and_then(|row| row.end.as_ref()).is_some_and(|end| count > end);
        if !nearest && (reached > priced || past_the_end) {
            return None;
        }
        let last = reached.min(priced);
        let row = &self.rows[last];
        if count.is_zero() {
            let charge = if self.charge_at_zero { self.part(row, count) } else { Number::zero() };
            return Some((charge, row));
        }
        Some((&self.before[last] + self.part(row, &(count - &row.start)), row))
    }

    fn part(&self, row: &Row, part: &Number) -> Number {
        if let Some(percent) = &row.percent {
            return &row.flat + percent * part / whole(100);
        }
        let price = row.price.clone().unwrap_or_else(Number::zero) + &row.above;
        &row.flat + price * part / &self.per + row.packages(part)
    }

    /// How many rows begin at or below a count.
    fn rows_begun(&self, count: &Number) -> usize {
        if !self.up_to {
            return self.rows.partition_point(|row| row.start <= *count);
        }
        let begun = self.rows.partition_point(|row| row.start < *count);
        // The first tier includes zero.
        if count.is_zero() { begun.max(1).min(self.rows.len()) } else { begun }
    }
}

/// The tier of a price for every quantity.
fn plain_tier(price: Option<Exact>) -> Tier {
    Tier { from: Some(Exact::ZERO), price, ..Tier::default() }
}

impl Row {
    /// The tier of the price that a script gave.
    pub(crate) fn of_formula(price: &Number) -> Self {
        Self::new(plain_tier(Some(exact(price))), Number::zero(), None, false)
    }

    fn new(shown: Tier, start: Number, end: Option<Number>, opens_by_value: bool) -> Self {
        Self {
            start,
            end,
            price: shown.price.map(number),
            percent: if opens_by_value { Some(Number::one() * whole(100)) } else { shown.percent.map(number) },
            flat: shown.flat.map_or_else(Number::zero, number),
            above: shown.above.map_or_else(Number::zero, number),
            package: shown.package.map(|package| (number(package.size), number(package.price))),
            no_price: shown.no_price,
            shown,
        }
    }

    fn packages(&self, quantity: &Number) -> Number {
        let Some((size, price)) = &self.package else { return Number::zero() };
        price * (quantity / size).ceil()
    }
}
