//! What tables count over the lines of an order (R4).

use emptor_core::{
    Choose, CountScope, Exact, NoPrice, Prior, PriorOf, RoundingMode, ScriptCall, ScriptRun, ScriptUse, TierBase,
};
use num_traits::Zero;

use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, is_amount, is_quantity, number, round_decimals, round_minor};
use crate::offers::{Offer, unit_order};
use crate::script::{Answer, NumberOf, Part, Scripts, Seen, Use};

/// The lines that can be counted, and their opening values.
pub(crate) struct Counts<'s, 'd> {
    moment: &'s Moment<'d>,
    lines: &'s [Line<'d>],
    scripts: &'s Scripts<'s>,
    counted: Vec<bool>,
    opening: Vec<Number>,
}

/// What a table counts.
pub(crate) struct Count {
    /// C: all that is counted, the prior included.
    pub(crate) total: Number,
    /// P.
    pub(crate) prior: Number,
    /// B.
    pub(crate) base: Number,
    /// The parts of the lines that the table prices.
    pub(crate) parts: Vec<Number>,
    /// The script that gave it.
    pub(crate) script: Option<ScriptRun>,
}

impl<'s, 'd> Counts<'s, 'd> {
    pub(crate) fn new(
        moment: &'s Moment<'d>,
        lines: &'s [Line<'d>],
        scripts: &'s Scripts<'s>,
        offers: &[Vec<Offer>],
    ) -> Self {
        let pairs = || lines.iter().zip(offers);
        let counted = |(line, offers): (&Line, &Vec<Offer>)| {
            let asked = offers.iter().any(|offer| offer.is_first() || offer.is_converted());
            !line.is_return() && line.reason.is_none() && (asked || manual_amount(moment, line).is_some())
        };
        Self {
            moment,
            lines,
            scripts,
            counted: pairs().map(counted).collect(),
            opening: pairs().map(|(line, offers)| opening_value(moment, line, offers)).collect(),
        }
    }

    /// The count of a table, read for the lines that it prices: each with its offer of that table.
    pub(crate) fn count(&self, priced: &[(&Line, &Offer)]) -> Result<Count, NoPrice> {
        let (first, offer) = priced[0];
        let table = &offer.table;
        if let TierBase::Script(call) = &table.base {
            let (total, ran) = self.number(call, first, offer, NumberOf::Count)?;
            let (base, parts) = (total.clone(), vec![total.clone()]);
            return Ok(Count { total, prior: Number::zero(), base, parts, script: Some(ran) });
        }
        let scope = self.lines.iter().filter(|line| self.is_in_scope(offer, first, line));
        let base = scope.map(|line| self.part(line, offer)).sum();
        let parts = priced.iter().map(|(line, offer)| match table.base {
            TierBase::Value => table_opening(self.moment, offer),
            _ => self.part(line, offer),
        });
        let parts = parts.collect();
        let prior = if table.counts_prior { self.prior(first, offer) } else { Number::zero() };
        let total = &prior + &base;
        let in_range = if table.base == TierBase::Value { is_amount(&total) } else { is_quantity(&total) };
        if in_range { Ok(Count { total, prior, base, parts, script: None }) } else { Err(NoPrice::OutOfRange) }
    }

    /// The price that a formula gives.
    pub(crate) fn formula(&self, line: &Line, offer: &Offer) -> Result<Option<(Number, ScriptRun)>, NoPrice> {
        let Some(call) = &offer.table.formula else { return Ok(None) };
        self.number(call, line, offer, NumberOf::Formula).map(Some)
    }

    fn number(
        &self,
        call: &ScriptCall,
        line: &Line,
        offer: &Offer,
        of: NumberOf,
    ) -> Result<(Number, ScriptRun), NoPrice> {
        let by = ScriptUse::Price(offer.version.source.clone());
        let used = Use { line: Some(line.index), by, part: Part::Price };
        match self.scripts.number(call, Seen::Line(line, None), of, &used) {
            Answer::Given(number, ran) => Ok((number, ran)),
            Answer::Skipped | Answer::Rejected => Err(NoPrice::ScriptFailed),
        }
    }

    /// Whether a line is counted where `offer` prices `first`.
    fn is_in_scope(&self, offer: &Offer, first: &Line, line: &Line) -> bool {
        let Some(goods) = &line.goods else { return false };
        let over = match &offer.table.over {
            CountScope::Line => line.index == first.index,
            CountScope::Sku => line.asked.sku == first.asked.sku,
            CountScope::Category(id) => goods.categories.contains(&id),
            CountScope::Group(group) => goods.product.pricing_groups.contains(group),
            CountScope::Order => true,
        };
        over && self.counted[line.index]
    }

    /// What one line counts; zero where it does not convert.
    fn part(&self, line: &Line, offer: &Offer) -> Number {
        let micros = |part: Option<Number>| {
            part.map_or_else(Number::zero, |part| round_decimals(&part, 6, RoundingMode::HalfEven))
        };
        match &offer.table.base {
            TierBase::Quantity if offer.table.over == CountScope::Line => offer.quantity.clone(),
            TierBase::Quantity => micros(line.quantity_in(&offer.unit)),
            TierBase::Weight(unit) => micros(line.weight_in(unit)),
            TierBase::Value if offer.table.over == CountScope::Line => table_opening(self.moment, offer),
            TierBase::Value => self.opening[line.index].clone(),
            TierBase::Script(_) => Number::zero(),
        }
    }

    fn prior(&self, line: &Line, offer: &Offer) -> Number {
        let of = match &offer.table.over {
            CountScope::Line | CountScope::Sku => PriorOf::Sku(line.asked.sku.clone()),
            CountScope::Category(id) => PriorOf::Category(id.clone()),
            CountScope::Group(id) => PriorOf::Group(id.clone()),
            CountScope::Order => PriorOf::Order,
        };
        let prior = self.moment.request.facts.prior.iter().find(|prior| prior.of == of);
        let count = |prior: &Prior| match offer.table.base {
            TierBase::Quantity => prior.quantity,
            TierBase::Weight(_) => prior.weight,
            TierBase::Value => prior.value,
            TierBase::Script(_) => Exact::ZERO,
        };
        prior.map_or_else(Number::zero, |prior| number(count(prior)))
    }
}

/// A manual price's exact amount, where it is allowed.
pub(crate) fn manual_amount(moment: &Moment, line: &Line) -> Option<Number> {
    let allowed = moment.request.facts.authority.manual_price;
    let manual = line.asked.manual_price.as_ref().filter(|_| allowed)?;
    Some(number(manual.price) * &line.quantity)
}

/// What a line counts by value before it is known which price wins.
fn opening_value(moment: &Moment, line: &Line, offers: &[Offer]) -> Number {
    if let Some(amount) = manual_amount(moment, line) {
        return round_minor(&amount, moment.currency, RoundingMode::HalfUp).max(Number::zero());
    }
    let choose = match moment.documents.tenant.price_policy.choose {
        Choose::MostSpecific => Choose::MostSpecific,
        _ => Choose::Priority,
    };
    let first = offers.iter().filter(|offer| offer.is_first()).min_by_key(|offer| {
        let version = offer.version;
        (!version.is_contract(), offer.rank(choose), version.name, unit_order(line, &offer.unit))
    });
    first.map_or_else(Number::zero, |offer| table_opening(moment, offer))
}

fn table_opening(moment: &Moment, offer: &Offer) -> Number {
    round_minor(&offer.table.opening(&offer.quantity), moment.currency, RoundingMode::HalfUp).max(Number::zero())
}
