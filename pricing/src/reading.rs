//! Reading an offer for a line: table, own rounding, conversion (R0, R4, R6).

use emptor_core::limits::{AMOUNT_DECIMALS, AMOUNT_END, QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::scaled::{Fraction, Wide, power_of_ten};
use emptor_core::{ConversionStage, OnFailure, RoundingMode, RoundingStage, ScriptError};

use crate::book::{PriceSource, SourceRounding};
use crate::entries::Table;
use crate::line::Line;
use crate::offer::Offer;
use crate::order::Order;
use crate::script::{Returned, Seen, scaled};
use crate::table::{Base, NONE, Scope, Shape};
use crate::tier::{self, Count, OutOfRange};

/// What a version, or one of its offers, gives for a line.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Price(Priced),
    /// It has no offer that applies.
    Nothing,
    /// Its tables have no price for the quantity.
    NoTier,
    OutOfRange,
    /// Its script failed.
    Failed(u32, ScriptError),
}

/// A price of a line. Amounts are at 10 decimals.
#[derive(Debug, Clone)]
pub(crate) struct Priced {
    pub(crate) offer: Offer,
    /// The tier that priced.
    pub(crate) tier: u32,
    /// In the order's currency.
    pub(crate) amount: i128,
    /// What most prices do not have, so that a price stays small.
    pub(crate) special: Option<Box<Special>>,
}

/// What a price has that is converted, counts more than the line's own quantity, or is graduated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Special {
    /// The amount in the currency of the price, where that is another.
    pub(crate) original: Option<i128>,
    /// What was counted, where that is not the line's own quantity.
    pub(crate) counted: Option<Count>,
    /// Of a graduated table: its total, and the line's part of the count.
    pub(crate) graduated: Option<Share>,
    /// What the script of the formula or the base gave: at 10 decimals, or in millionths.
    pub(crate) script: Option<Scripted>,
}

/// What a script gave for a price.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scripted {
    pub(crate) call: u32,
    pub(crate) result: i128,
    /// Why it failed, where the result stands for what it would have returned.
    pub(crate) failed: Option<ScriptError>,
}

/// A line's part in the total of a graduated table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub(crate) total: i128,
    /// The line's part of the count, and the whole count without the prior.
    pub(crate) part: i128,
    pub(crate) whole: i128,
    /// Whether other lines may share the table.
    pub(crate) shared: bool,
}

/// What a table counts for a line.
struct Counted {
    /// With the prior.
    count: Count,
    prior: i64,
    part: i128,
    whole: i128,
}

impl Order<'_> {
    /// Reads an offer whose unit converts; where `tier` is given, at that tier of a volume table.
    #[inline]
    pub(crate) fn read(&self, line: &Line<'_>, offer: Offer, tier: Option<usize>, nearest: bool) -> Answer {
        let (Some(table), Some(source)) = (self.table(offer), self.book.source(offer.source)) else {
            return Answer::Nothing;
        };
        let shape = table.shape;
        let Some(quantity) = line.quantity_in(shape.unit) else { return Answer::Nothing };
        if shape.formula != NONE {
            return self.read_formula(line, source, shape, quantity, offer);
        }
        let mut scripted = None;
        let counted = if let Base::Script(call) = shape.base {
            match self.price_script(line, call, QUANTITY_DECIMALS, QUANTITY_MICROS_END.into()) {
                Ok(script) => {
                    scripted = Some(script);
                    let count = Count { numerator: script.result, denominator: 1 };
                    Some(Counted { count, prior: 0, part: 1, whole: 1 })
                }
                Err(error) => return Answer::Failed(call, error),
            }
        } else if shape.counts_own_quantity() {
            if shape.unit != line.unit && !quantity.is_in_range() {
                return Answer::OutOfRange;
            }
            None
        } else {
            match self.counted(line, table, quantity) {
                Ok(counted) => Some(counted),
                Err(OutOfRange) => return Answer::OutOfRange,
            }
        };
        let result = if shape.graduated {
            read_graduated(source, table, quantity, counted.as_ref(), nearest)
        } else {
            read_volume(source, table, quantity, counted.as_ref(), tier, nearest)
        };
        match result {
            Ok(Some(part)) => {
                let part = Part { script: scripted, ..part };
                let counted = counted.map(|counted| counted.count);
                self.priced(source, shape, quantity, offer, part, counted).map_or(Answer::OutOfRange, Answer::Price)
            }
            Ok(None) => Answer::NoTier,
            Err(OutOfRange) => Answer::OutOfRange,
        }
    }

    /// The price in the order's currency, if it keeps to the limits.
    #[inline]
    fn priced(
        &self,
        source: &PriceSource,
        shape: &Shape,
        quantity: Count,
        offer: Offer,
        part: Part,
        counted: Option<Count>,
    ) -> Option<Priced> {
        let own = in_range(part.amount)?;
        let foreign = source.currency != self.currency;
        let amount = if foreign { self.convert(source, shape, quantity, own)? } else { own };
        let script = part.script;
        let special = Special { original: foreign.then_some(own), counted, graduated: part.graduated, script };
        let is_special = foreign || counted.is_some() || part.graduated.is_some() || script.is_some();
        Some(Priced {
            offer,
            tier: u32::try_from(part.index).unwrap_or(u32::MAX),
            amount,
            special: is_special.then(|| Box::new(special)),
        })
    }

    /// The price again, now that the line's share of a graduated table is known.
    pub(crate) fn settle_share(&self, line: &Line<'_>, priced: &Priced, share: i128) -> Option<Priced> {
        let shape = self.table(priced.offer)?.shape;
        let (source, quantity) = (self.book.source(priced.offer.source)?, line.quantity_in(shape.unit)?);
        let amount = by_unit_again(share, source, shape, quantity)?;
        let part = Part { amount, index: priced.tier as usize, graduated: priced.graduated(), script: None };
        self.priced(source, shape, quantity, priced.offer, part, priced.counted())
    }

    fn convert(&self, source: &PriceSource, shape: &Shape, quantity: Count, original: i128) -> Option<i128> {
        let conversion = self.conversion(source.currency)?;
        let by_unit = self.book.tenant.conversion == Some(ConversionStage::Unit) && quantity.numerator != 0;
        let amount = if by_unit {
            let price =
                in_price_range(unit_price_of(original, shape.per_micros, quantity)?.round(RoundingMode::HalfEven))?;
            let price = in_price_range(conversion.convert(price)?.round(RoundingMode::HalfEven))?;
            extended(price, shape, quantity)?
        } else {
            conversion.convert(original)?.round(RoundingMode::HalfEven)
        };
        in_range(amount)
    }

    /// A price by a formula: what its script returns is the price per base quantity.
    #[cold]
    fn read_formula(
        &self,
        line: &Line<'_>,
        source: &PriceSource,
        shape: &Shape,
        quantity: Count,
        offer: Offer,
    ) -> Answer {
        let script = match self.price_script(line, shape.formula, AMOUNT_DECIMALS, AMOUNT_END) {
            Ok(script) => script,
            Err(error) => return Answer::Failed(shape.formula, error),
        };
        if shape.unit != line.unit && !quantity.is_in_range() {
            return Answer::OutOfRange;
        }
        let amount = match source.rounding {
            Some(rule) if rule.at == RoundingStage::Unit && quantity.numerator != 0 => {
                by_unit(Fraction::whole(script.result), rule, shape, quantity)
            }
            rule => exactly_extended(script.result, shape.per_micros, quantity).and_then(|exact| by_line(exact, rule)),
        };
        let Some(amount) = amount else { return Answer::OutOfRange };
        let part = Part { amount, index: 0, graduated: None, script: Some(script) };
        self.priced(source, shape, quantity, offer, part, None).map_or(Answer::OutOfRange, Answer::Price)
    }

    /// What a script gives for a price or a count; of a count nothing below zero.
    fn price_script(&self, line: &Line<'_>, number: u32, decimals: u32, end: i128) -> Result<Scripted, ScriptError> {
        let of_book = self.book.scripts.as_ref().and_then(|scripts| scripts.call(number));
        let (call, program) = of_book.ok_or(ScriptError::Type)?;
        let seen = Seen { order: self, line: Some((line, 0)), item: 0, scene: None };
        let is_count = decimals == QUANTITY_DECIMALS;
        let result = self.run_script((call, program), &seen).and_then(|returned| match returned {
            Returned::Number(number) => scaled(number, decimals, end),
            _ => Err(ScriptError::Result),
        });
        let result =
            result.and_then(|result| if is_count && result < 0 { Err(ScriptError::Result) } else { Ok(result) });
        match (result, call.written.on_failure) {
            (Ok(result), _) => Ok(Scripted { call: number, result, failed: None }),
            (Err(error), OnFailure::Value(value)) => {
                let result = value.scaled(decimals).ok_or(ScriptError::Result)?;
                Ok(Scripted { call: number, result, failed: Some(error) })
            }
            (Err(error), _) => Err(error),
        }
    }

    /// What a table counts for a line; the table is not one that counts the line's own quantity.
    fn counted(&self, line: &Line<'_>, table: Table<'_>, quantity: Count) -> Result<Counted, OutOfRange> {
        let shape = table.shape;
        let prior = if shape.counts_prior { self.counts.prior(line, shape) } else { 0 };
        if shape.scope == Scope::Line && shape.base == Base::Quantity {
            let before = i128::from(prior).checked_mul(quantity.denominator).ok_or(OutOfRange)?;
            let numerator = quantity.numerator.checked_add(before).ok_or(OutOfRange)?;
            let count = Count { numerator, ..quantity };
            return if count.is_in_range() { Ok(Counted { count, prior, part: 1, whole: 1 }) } else { Err(OutOfRange) };
        }
        let own = || match shape.base {
            Base::Value => tier::opening_value(table, self.currency.decimals(), quantity),
            Base::Quantity => line.counted_in(shape.unit),
            Base::Weight(unit) => line.counted_in(unit),
            Base::Script(_) => None,
        };
        // A line without a weight counts as nothing.
        let part = if matches!(shape.base, Base::Weight(_)) { own().unwrap_or(0) } else { own().ok_or(OutOfRange)? };
        let whole = if shape.scope == Scope::Line { part } else { self.counts.whole(line, shape).ok_or(OutOfRange)? };
        let total = whole.checked_add(prior.into()).ok_or(OutOfRange)?;
        let end = match shape.base {
            Base::Value => AMOUNT_END
                .checked_div(power_of_ten(10_u32.saturating_sub(self.currency.decimals())))
                .ok_or(OutOfRange)?,
            _ => QUANTITY_MICROS_END.into(),
        };
        if total >= end || total <= end.checked_neg().ok_or(OutOfRange)? {
            return Err(OutOfRange);
        }
        Ok(Counted { count: Count { numerator: total, denominator: 1 }, prior, part, whole })
    }
}

/// Reads a volume table; where `tier` is given, at that tier.
#[inline]
fn read_volume(
    source: &PriceSource,
    table: Table<'_>,
    quantity: Count,
    counted: Option<&Counted>,
    tier: Option<usize>,
    nearest: bool,
) -> Result<Option<Part>, OutOfRange> {
    let shape = table.shape;
    let count = counted.map_or(quantity, |counted| counted.count);
    let index = match tier {
        Some(index) => index,
        None => match tier::reach(table, count, nearest) {
            Some(index) => index,
            None => return Ok(None),
        },
    };
    let amount = match source.rounding {
        // A plain table was rounded when it was compiled.
        Some(rule) if rule.at == RoundingStage::Unit && shape.rich && quantity.numerator != 0 => {
            let price = tier::volume_unit_price(table, index, quantity).ok_or(OutOfRange)?;
            by_unit(price, rule, shape, quantity)
        }
        rule => {
            let exact = tier::volume(table, index, quantity).ok_or(OutOfRange)?;
            by_line(exact, rule)
        }
    };
    Ok(Some(Part { amount: amount.ok_or(OutOfRange)?, index, graduated: None, script: None }))
}

/// Reads a graduated table.
fn read_graduated(
    source: &PriceSource,
    table: Table<'_>,
    quantity: Count,
    counted: Option<&Counted>,
    nearest: bool,
) -> Result<Option<Part>, OutOfRange> {
    let shape = table.shape;
    let decimals = source.currency.decimals();
    let count = counted.map_or(quantity, |counted| counted.count);
    let prior = counted.map_or(0, |counted| counted.prior);
    let Some(all) = tier::graduated(table, decimals, count, nearest)? else { return Ok(None) };
    let mut total = by_line(all.value, source.rounding).and_then(in_range).ok_or(OutOfRange)?;
    if prior > 0 {
        let before = tier::graduated(table, decimals, Count::whole(prior), nearest)?;
        let Some(before) = before else { return Ok(None) };
        let before = by_line(before.value, source.rounding).and_then(in_range).ok_or(OutOfRange)?;
        total = total.checked_sub(before).and_then(in_range).ok_or(OutOfRange)?;
    }
    let shared = shape.scope != Scope::Line;
    let share = match counted {
        Some(counted) if shared => Share { total, part: counted.part, whole: counted.whole, shared },
        _ => Share { total, part: 1, whole: 1, shared },
    };
    let amount = share.alone().ok_or(OutOfRange)?;
    let amount = by_unit_again(amount, source, shape, quantity).ok_or(OutOfRange)?;
    Ok(Some(Part { amount, index: all.index, graduated: Some(share), script: None }))
}

/// What a table gives, in its own currency, and where it was read.
#[derive(Debug, Clone, Copy)]
struct Part {
    amount: i128,
    index: usize,
    graduated: Option<Share>,
    script: Option<Scripted>,
}

impl Priced {
    /// Of a graduated table: its total, and the line's part of the count.
    pub(crate) fn graduated(&self) -> Option<Share> {
        self.special.as_ref()?.graduated
    }

    /// The amount in the currency of the price, where that is another.
    pub(crate) fn original(&self) -> Option<i128> {
        self.special.as_ref()?.original
    }

    /// What was counted, where that is not the line's own quantity.
    pub(crate) fn counted(&self) -> Option<Count> {
        self.special.as_ref()?.counted
    }
}

impl Share {
    /// `round10(total x part / whole)`: the line's share as if no other took the odd unit. Where nothing was counted, all.
    fn alone(self) -> Option<i128> {
        if self.part == self.whole || self.whole == 0 {
            return Some(self.total);
        }
        match u128::try_from(self.whole) {
            Ok(whole) if whole > 0 => {
                Some(Fraction::new(Wide::product(self.total, self.part), whole, 0)?.round(RoundingMode::HalfEven))
            }
            _ => Some(0),
        }
    }
}

impl Shape {
    /// Whether the count is the line's own quantity.
    #[inline]
    pub(crate) fn counts_own_quantity(&self) -> bool {
        self.base == Base::Quantity && self.scope == Scope::Line && !self.counts_prior
    }
}

/// An amount within the limits of R0.
#[inline]
pub(crate) fn in_range(amount: i128) -> Option<i128> {
    (amount.unsigned_abs() < AMOUNT_END.unsigned_abs()).then_some(amount)
}

/// A price per base quantity below 10^18.
#[inline]
pub(crate) fn in_price_range(price: i128) -> Option<i128> {
    (price.unsigned_abs() < power_of_ten(28).unsigned_abs()).then_some(price)
}

/// An exact amount, rounded by a rule for lines, else by round10.
#[inline]
fn by_line(exact: Fraction, rule: Option<SourceRounding>) -> Option<i128> {
    match rule {
        Some(rule) if rule.at == RoundingStage::Line => exact.round_to(rule.increment, rule.offset, rule.mode),
        _ => Some(exact.round(RoundingMode::HalfEven)),
    }
}

/// The amount of a price per base quantity that a rule for units rounds.
fn by_unit(price: Fraction, rule: SourceRounding, shape: &Shape, quantity: Count) -> Option<i128> {
    extended(in_price_range(price.round_to(rule.increment, rule.offset, rule.mode)?)?, shape, quantity)
}

/// An amount, after a rule for units if the version has one.
fn by_unit_again(amount: i128, source: &PriceSource, shape: &Shape, quantity: Count) -> Option<i128> {
    match source.rounding {
        Some(rule) if rule.at == RoundingStage::Unit && quantity.numerator != 0 => {
            by_unit(unit_price_of(in_range(amount)?, shape.per_micros, quantity)?, rule, shape, quantity)
        }
        _ => Some(amount),
    }
}

/// `amount x per / quantity`, for an amount in range and a quantity that is not zero.
pub(crate) fn unit_price_of(amount: i128, per_micros: i64, quantity: Count) -> Option<Fraction> {
    let factor = i128::from(per_micros).checked_mul(quantity.denominator)?;
    Fraction::new(Wide::product(amount, factor), quantity.numerator.unsigned_abs(), 0)
}

/// `price x quantity / per`, exactly.
pub(crate) fn exactly_extended(price: i128, per_micros: i64, quantity: Count) -> Option<Fraction> {
    let divisor = quantity.denominator.checked_mul(per_micros.into())?;
    Fraction::new(Wide::product(price, quantity.numerator), divisor.unsigned_abs(), 0)
}

/// `round10(price x quantity / per)`.
#[inline]
fn extended(price: i128, shape: &Shape, quantity: Count) -> Option<i128> {
    if let Some(pieces) = quantity.whole_bases(shape.per_micros) {
        return price.checked_mul(pieces.into());
    }
    Some(exactly_extended(price, shape.per_micros, quantity)?.round(RoundingMode::HalfEven))
}
