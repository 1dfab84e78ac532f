//! The whole order: every line's price, and what becomes of it (R1, R6).

use std::collections::BTreeMap;

use emptor_core::{
    Basis, ConversionStage, CountScope, Currency, Documents, Instant, NoPrice, PriceRequest, PricedOrder, Sku, TierMode,
};
use num_traits::{One, Zero};

use crate::counts::Counts;
use crate::items::{Item, What};
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, is_amount, number, power_of_ten, round_minor, round10};
use crate::offers::{Asked, Market, Offer, TableKey};
use crate::procedure::Run;
use crate::reading::{Reading, read};
use crate::record::Whole;
use crate::script::Scripts;
use crate::search::{Price, Search, Won};
use crate::settle::settle;
use crate::{by_hand, commitments, coupons, ending, fx, guards, order_rules, record, refusal, tax, totals, versions};

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
    /// Before the rounding at the end, without shares of document steps.
    pub(crate) before_end: Number,
    /// What it comes to, on the order's side.
    pub(crate) amount: Number,
    /// The tax inside, where prices are with tax.
    pub(crate) tax: Option<Number>,
}

impl Carried<'_, '_> {
    pub(crate) fn net(&self) -> Number {
        self.amount.clone() - self.tax.clone().unwrap_or_default()
    }
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
    let (versions, floors) = (versions::for_buyer(&moment), versions::floors(&moment));
    let (market, floor_market) = (Market::new(&moment, &versions), Market::new(&moment, &floors));
    let lines: Vec<Line> =
        request.lines.iter().enumerate().map(|(index, line)| Line::new(&moment, index, line)).collect();
    let offers: Vec<Vec<Offer>> = lines.iter().map(|line| market.offers(line)).collect();
    let floors: Vec<Vec<Offer>> = lines.iter().map(|line| floor_market.offers(line)).collect();
    let scripts = Scripts::new(&moment, &lines);
    let counts = Counts::new(&moment, &lines, &scripts, &offers);
    let pairs = lines.iter().zip(&offers);
    let mut outcomes: Vec<Outcome> = pairs.map(|(line, offers)| outcome(&moment, &counts, line, offers)).collect();
    share_tables(&moment, &counts, &lines, &mut outcomes);
    convert_document(&moment, &mut outcomes);
    let mut run = Run::new(&moment, &scripts, items(&moment, &counts, &lines, &offers, &outcomes));
    by_hand::judge(&mut run);
    coupons::judge(&mut run);
    run.act(|run| guards::act(run, &counts, &floors))?;
    commitments::act(&mut run)?;
    ending::end(&mut run, &lines, &mut outcomes)?;
    let taxes = tax::work_out(&mut run, &lines, &mut outcomes);
    let sums = totals::sum(&run, &outcomes, taxes.as_deref())?;
    let processing_date = order_rules::judge(&mut run, &lines, &outcomes, &sums);
    let script_failures = scripts.failures();
    Ok(record::order(basis, &lines, &outcomes, run, Whole { taxes, sums, processing_date, script_failures }))
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
    let amount = || price.amount.clone();
    let (converted, before_end) = (amount(), amount());
    Ok(Carried { won: price.won, price: amount(), converted, before_end, amount: price.amount, tax: None })
}

/// What the procedure acts on: the goods lines that have a price, and the charges.
fn items<'s>(
    moment: &'s Moment<'s>,
    counts: &'s Counts<'s, 's>,
    lines: &'s [Line<'s>],
    offers: &'s [Vec<Offer<'s>>],
    outcomes: &[Outcome<'s, 's>],
) -> Vec<Item<'s>> {
    let goods = lines.iter().zip(outcomes).filter(|(line, _)| !line.is_return());
    let goods = goods.filter_map(|(line, outcome)| {
        let carried = outcome.as_ref().ok()?;
        let offer = carried.won.as_ref().map(|won| won.offer);
        let base = carried.converted.clone();
        let is_of_list = offer.is_some_and(|offer| !offer.version.is_contract());
        let search = || Search { moment, counts, line, offers: &offers[line.index], had_no_tier: false };
        let alone = if is_of_list { None } else { search().lists_alone(true).and_then(|won| as_line(&won)) };
        let list = alone.unwrap_or_else(|| base.clone());
        Some(Item::new(What::Goods { line, offer }, base, list))
    });
    let charges = moment.request.charges.iter().map(|charge| {
        let amount = number(charge.amount);
        Item::new(What::Charge(charge), amount.clone(), amount)
    });
    goods.chain(charges).collect()
}

/// What an offer comes to in the order's currency, where lines are converted.
fn as_line(won: &Won) -> Option<Number> {
    let Asked::Converted(route) = &won.offer.asked else { return Some(won.reading.amount.clone()) };
    let amount = round10(&route.convert(&won.reading.own_amount).ok()?);
    is_amount(&amount).then_some(amount)
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
    let Ok(Carried { won: Some(won), price, converted, before_end, amount, .. }) = outcome else { return };
    for amount in [price, converted, before_end, amount] {
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
        carried.converted.clone_from(&carried.amount);
        carried.before_end.clone_from(&carried.amount);
    }
}

/// Settles some lines, of which each has a price, on a total.
pub(crate) fn settle_lines(moment: &Moment, outcomes: &mut [Outcome], members: &[usize], total: &Number) {
    let nets = members.iter().filter_map(|&index| outcomes[index].as_ref().ok());
    let amounts: Vec<Number> = nets.map(|carried| carried.amount.clone()).collect();
    let minor = Number::one() / power_of_ten(moment.currency.decimals());
    for (&index, amount) in members.iter().zip(settle(&amounts, total, &minor)) {
        if let Ok(carried) = &mut outcomes[index] {
            carried.amount = amount;
        }
    }
}

/// A line whose amount left the limits has no price.
pub(crate) fn limit(outcomes: &mut [Outcome]) {
    for outcome in outcomes {
        if outcome.as_ref().is_ok_and(|carried| !is_amount(&carried.amount)) {
            *outcome = Err(NoPrice::OutOfRange);
        }
    }
}
