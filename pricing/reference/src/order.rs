//! The whole order: every line's price, and the end where money is made of it (R0, R6).

use std::collections::BTreeMap;

use emptor_core::{
    Basis, ConversionStage, CountScope, Currency, Documents, FinalStage, Instant, NoPrice, PriceRequest, PricedOrder,
    Sku, TierMode,
};
use num_traits::{One, Zero};

use crate::counts::Counts;
use crate::fx;
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, is_amount, number, power_of_ten, round_minor};
use crate::offers::{Market, Offer, TableKey};
use crate::reading::{Reading, read};
use crate::record;
use crate::refusal;
use crate::search::{Price, Search, Won};
use crate::settle::settle;
use crate::versions;

/// What became of a line.
pub(crate) type Outcome<'s, 'v> = Result<Carried<'s, 'v>, NoPrice>;

/// A line that has a price, as its amount.
pub(crate) struct Carried<'s, 'v> {
    /// The offer that prices it; `None`: the record of a return, or a price set by hand.
    pub(crate) won: Option<Won<'s, 'v>>,
    /// After the price step.
    pub(crate) price: Number,
    /// After the conversion of the document.
    pub(crate) converted: Number,
    /// After the rounding at the end.
    pub(crate) net: Number,
}

/// The lines of one graduated table: its entry, and the sku where it counts over that.
type Shared<'l> = BTreeMap<(TableKey, Option<&'l Sku>), Vec<usize>>;

/// Prices a request by what was known at `known_at`, at detail `waterfall`.
///
/// The documents are taken to be valid.
///
/// # Errors
/// The code of R1 where the whole request is refused.
pub fn price(
    documents: &Documents,
    known_at: Instant,
    request: &PriceRequest,
    basis: Basis,
) -> Result<PricedOrder, &'static str> {
    let moment = Moment::new(documents, known_at, request);
    refusal::check(&moment)?;
    let versions = versions::for_buyer(&moment);
    let market = Market::new(&moment, &versions);
    let lines: Vec<Line> =
        request.lines.iter().enumerate().map(|(index, line)| Line::new(&moment, index, line)).collect();
    let offers: Vec<Vec<Offer>> = lines.iter().map(|line| market.offers(line)).collect();
    let counts = Counts::new(&moment, &lines, &offers);
    let pairs = lines.iter().zip(&offers);
    let mut outcomes: Vec<Outcome> = pairs.map(|(line, offers)| outcome(&moment, &counts, line, offers)).collect();
    share_tables(&moment, &counts, &lines, &mut outcomes);
    convert_document(&moment, &mut outcomes);
    round_at_end(&moment, &mut outcomes);
    let sum: Number = outcomes.iter().flatten().map(|carried| &carried.net).sum();
    if !is_amount(&sum) {
        return Err("pricing.total_out_of_range");
    }
    Ok(record::order(&moment, basis, &lines, &outcomes, &sum))
}

fn outcome<'s, 'v>(
    moment: &'s Moment<'_>,
    counts: &'s Counts<'s, '_>,
    line: &'s Line<'_>,
    offers: &'s [Offer<'v>],
) -> Outcome<'s, 'v> {
    if let Some(reason) = line.reason {
        return Err(reason);
    }
    let price = if line.is_return() {
        Price { amount: recorded_amount(moment, line), won: None }
    } else {
        Search { moment, counts, line, offers, had_no_tier: false }.run()?
    };
    Ok(Carried { won: price.won, price: price.amount.clone(), converted: price.amount.clone(), net: price.amount })
}

/// What a return gives back of what it was sold at (R1).
fn recorded_amount(moment: &Moment, line: &Line) -> Number {
    let Some(recorded) = &line.asked.recorded else { return Number::zero() };
    let mode = moment.documents.tenant.rounding.mode;
    let (sold, net, before) = (number(recorded.quantity), number(recorded.net), number(recorded.returned));
    let given_back = |returned: &Number| round_minor(&(&net * returned / &sold), moment.currency, mode);
    given_back(&before) - given_back(&(&before - &line.quantity))
}

/// Graduated tables that count over several lines are read again for all the lines that they price.
fn share_tables<'s, 'd>(
    moment: &Moment<'d>,
    counts: &Counts<'s, 'd>,
    lines: &[Line<'d>],
    outcomes: &mut [Outcome<'s, '_>],
) {
    let mut tables = Shared::new();
    for (line, outcome) in lines.iter().zip(&*outcomes) {
        let Some(offer) = offer(outcome) else { continue };
        if offer.table.mode == TierMode::Graduated && offer.table.over != CountScope::Line {
            let sku = (offer.table.over == CountScope::Sku).then_some(&line.asked.sku);
            tables.entry((offer.key, sku)).or_default().push(line.index);
        }
    }
    for members in tables.into_values() {
        let offers = members.iter().filter_map(|&index| offer(&outcomes[index]));
        let priced: Vec<(&Line, &Offer)> = members.iter().map(|&index| &lines[index]).zip(offers).collect();
        match read(counts, moment, &priced).and_then(|readings| readings.ok_or(NoPrice::NoTier)) {
            Err(reason) => members.into_iter().for_each(|index| outcomes[index] = Err(reason)),
            Ok(readings) => {
                for (index, reading) in members.into_iter().zip(readings) {
                    match reading {
                        Ok(reading) => set_reading(&mut outcomes[index], reading),
                        Err(reason) => outcomes[index] = Err(reason),
                    }
                }
            }
        }
    }
}

fn set_reading(outcome: &mut Outcome, reading: Reading) {
    let Ok(Carried { won: Some(won), price, converted, net }) = outcome else { return };
    for amount in [price, converted, net] {
        amount.clone_from(&reading.amount);
    }
    won.reading = reading;
}

fn offer<'s, 'v>(outcome: &Outcome<'s, 'v>) -> Option<&'s Offer<'v>> {
    outcome.as_ref().ok()?.won.as_ref().map(|won| won.offer)
}

/// Conversion at the stage `document` (R6).
fn convert_document(moment: &Moment, outcomes: &mut [Outcome]) {
    let stage = moment.documents.tenant.conversion.as_ref().map(|conversion| conversion.at);
    if stage != Some(ConversionStage::Document) {
        return;
    }
    let mut currencies: BTreeMap<Currency, (Vec<usize>, Number)> = BTreeMap::new();
    for (index, outcome) in outcomes.iter().enumerate() {
        let Ok(Carried { won: Some(won), .. }) = outcome else { continue };
        if won.offer.is_converted() {
            let (members, sum) = currencies.entry(won.offer.version.currency).or_default();
            members.push(index);
            *sum += &won.reading.own_amount;
        }
    }
    for (currency, (members, sum)) in currencies {
        let Some(route) = fx::route(moment, currency) else { continue };
        let Ok(converted) = route.convert(&sum) else {
            for index in members {
                outcomes[index] = Err(NoPrice::OutOfRange);
            }
            continue;
        };
        let total = round_minor(&converted, moment.currency, moment.documents.tenant.rounding.mode);
        settle_lines(moment, outcomes, &members, &total);
    }
    limit(outcomes);
    for carried in outcomes.iter_mut().flatten() {
        carried.converted.clone_from(&carried.net);
    }
}

/// The rounding to minor units at the end (R0).
fn round_at_end(moment: &Moment, outcomes: &mut [Outcome]) {
    let rounding = moment.documents.tenant.rounding;
    let round = |amount: &Number| round_minor(amount, moment.currency, rounding.mode);
    match rounding.at {
        FinalStage::Line => outcomes.iter_mut().flatten().for_each(|carried| carried.net = round(&carried.net)),
        FinalStage::Document => {
            let priced: Vec<usize> = (0..outcomes.len()).filter(|&index| outcomes[index].is_ok()).collect();
            let sum: Number = outcomes.iter().flatten().map(|carried| &carried.net).sum();
            settle_lines(moment, outcomes, &priced, &round(&sum));
        }
    }
    limit(outcomes);
}

/// Settles some lines, of which each has a price, on a total.
fn settle_lines(moment: &Moment, outcomes: &mut [Outcome], members: &[usize], total: &Number) {
    let nets = members.iter().filter_map(|&index| outcomes[index].as_ref().ok());
    let amounts: Vec<Number> = nets.map(|carried| carried.net.clone()).collect();
    let minor = Number::one() / power_of_ten(moment.currency.decimals());
    for (&index, amount) in members.iter().zip(settle(&amounts, total, &minor)) {
        if let Ok(carried) = &mut outcomes[index] {
            carried.net = amount;
        }
    }
}

/// A line whose amount left the limits has no price.
fn limit(outcomes: &mut [Outcome]) {
    for outcome in outcomes {
        if outcome.as_ref().is_ok_and(|carried| !is_amount(&carried.net)) {
            *outcome = Err(NoPrice::OutOfRange);
        }
    }
}
