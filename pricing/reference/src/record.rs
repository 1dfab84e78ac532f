//! The record of a priced order (R15).

use emptor_core::{
    Basis, ConversionDetail, Exact, Money, PriceDetail, PricedLine, PricedOrder, Quantity, RoundingMode, Source, Step,
    StepKind, TableDetail, Totals,
};
use num_traits::Zero;

use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, exact, round_decimals};
use crate::offers::Asked;
use crate::order::{Carried, Outcome};
use crate::search::Won;

/// The whole record.
pub(crate) fn order(
    moment: &Moment,
    basis: Basis,
    lines: &[Line],
    outcomes: &[Outcome],
    line_extension: &Number,
) -> PricedOrder {
    PricedOrder {
        basis,
        currency: moment.currency,
        valid_at: moment.valid_at,
        complete: outcomes.iter().all(Outcome::is_ok),
        lines: lines.iter().zip(outcomes).map(|(line, outcome)| priced_line(moment, line, outcome)).collect(),
        totals: Totals { line_extension: money(moment, line_extension) },
    }
}

fn priced_line(moment: &Moment, line: &Line, outcome: &Outcome) -> PricedLine {
    let mut record = PricedLine {
        id: line.asked.id.clone(),
        sku: line.asked.sku.clone(),
        quantity: line.asked.quantity,
        unit: line.unit.cloned(),
        net: None,
        no_price: None,
        steps: Vec::new(),
        losers: Vec::new(),
        lists_not_applicable: None,
    };
    match outcome {
        Err(reason) => record.no_price = Some(*reason),
        Ok(carried) => {
            record.net = Some(money(moment, &carried.net));
            record.steps = steps(line, carried);
        }
    }
    record
}

fn steps(line: &Line, carried: &Carried) -> Vec<Step> {
    let price = match &carried.won {
        Some(won) => price_detail(line, won),
        None => PriceDetail { source: source_without_table(line), category: None, table: None },
    };
    let conversion = carried.won.as_ref().and_then(conversion_detail);
    let first = Step { step: StepKind::Price, amount: exact(&carried.price), price: Some(price), conversion };
    let change = |step, amount: Number| {
        let bare = Step { step, amount: exact(&amount), price: None, conversion: None };
        (!amount.is_zero()).then_some(bare)
    };
    let conversion = change(StepKind::Conversion, &carried.converted - &carried.price);
    let rounding = change(StepKind::Rounding, &carried.net - &carried.converted);
    std::iter::once(first).chain(conversion).chain(rounding).collect()
}

fn source_without_table(line: &Line) -> Source {
    if line.is_return() {
        return Source::Recorded;
    }
    let manual = line.asked.manual_price.as_ref();
    Source::Manual { reason: manual.map(|manual| manual.reason.clone()).unwrap_or_default() }
}

fn price_detail(line: &Line, won: &Won) -> PriceDetail {
    let Won { offer, reading } = won;
    // Only the line's own quantity with a prior can have more decimals than a quantity is shown with.
    let counted = |count: &Number| shown_at(count, 6);
    let units = line.goods.as_ref().map(|goods| &goods.units);
    let weight = units.filter(|units| units.is_weight(&offer.unit)).and_then(|units| units.weight_unit.clone());
    let measured = line.asked.measured.zip(weight).map(|(value, unit)| Quantity { value, unit });
    let table = TableDetail {
        per: offer.per.clone(),
        factor: offer.shown_factor(line).filter(|_| measured.is_none()),
        measured,
        mode: offer.table.mode,
        base: offer.table.base.clone(),
        over: offer.table.over.clone(),
        counted: reading.counted.as_ref().map(counted),
        tier: reading.tier.clone(),
        total: reading.total.as_ref().map(exact),
    };
    let category = if offer.target == 0 { None } else { offer.category.cloned() };
    PriceDetail { source: offer.version.source.clone(), category, table: Some(table) }
}

fn conversion_detail(won: &Won) -> Option<ConversionDetail> {
    let Asked::Converted(route) = &won.offer.asked else { return None };
    Some(ConversionDetail {
        rates: route.rates.clone(),
        currency: won.offer.version.currency,
        amount: exact(&won.reading.own_amount),
    })
}

fn shown_at(number: &Number, decimals: u32) -> Exact {
    exact(&round_decimals(number, decimals, RoundingMode::HalfEven))
}

fn money(moment: &Moment, amount: &Number) -> Money {
    Money::from_exact(exact(amount), moment.currency).expect("the end of an order rounds to minor units")
}
