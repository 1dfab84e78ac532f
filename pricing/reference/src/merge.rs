//! Mixing the breaks of several lists (R3, merging).

use std::collections::BTreeSet;

use emptor_core::{Choose, NoPrice, NoTier, Ties};

use crate::numbers::is_quantity;
use crate::offers::{Offer, unit_order};
use crate::reading::read_volume;
use crate::search::{Search, Won};
use crate::tiers::Row;

/// Which of the breaks at one bound wins.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Winner {
    First,
    Lowest,
}

/// A tier that takes part, of an offer.
#[derive(Clone, Copy)]
struct Break<'s, 'v> {
    offer: &'s Offer<'v>,
    row: &'s Row,
}

/// The price of the merged lists, a contract's offer first of all.
pub(crate) fn ask<'s, 'v>(
    search: &mut Search<'s, 'v, '_>,
    contract: Option<&'s Offer<'v>>,
    lists: &[&'s Offer<'v>],
    winner: Winner,
) -> Result<Option<Won<'s, 'v>>, NoPrice> {
    let mut in_order = lists.to_vec();
    let order = order(search);
    in_order.sort_by_key(|offer| (offer.rank(order), offer.version.name));
    in_order.splice(0..0, contract);
    let line = search.line;
    let units: BTreeSet<_> = in_order.iter().map(|offer| (unit_order(line, &offer.unit), &offer.unit)).collect();
    for (_, unit) in units {
        let of_unit: Vec<&Offer> = in_order.iter().copied().filter(|offer| offer.unit == *unit).collect();
        let won = if of_unit[0].is_mergeable() {
            let breaks: Vec<&Offer> = of_unit.into_iter().filter(|offer| offer.is_mergeable()).collect();
            ask_unit(search, &breaks, winner)?
        } else {
            search.ask(of_unit[0])?
        };
        if won.is_some() {
            return Ok(won);
        }
        if search.policy().no_tier == NoTier::NoPrice {
            return Err(NoPrice::NoTier);
        }
    }
    Ok(None)
}

/// The order in which lists are asked.
fn order(search: &Search) -> Choose {
    match search.policy().choose {
        Choose::MostSpecific => Choose::MostSpecific,
        _ => Choose::Priority,
    }
}

fn ask_unit<'s, 'v>(
    search: &mut Search<'s, 'v, '_>,
    offers: &[&'s Offer<'v>],
    winner: Winner,
) -> Result<Option<Won<'s, 'v>>, NoPrice> {
    let quantity = &offers[0].quantity;
    if !is_quantity(quantity) {
        return Err(NoPrice::OutOfRange);
    }
    let of_offer = |offer: &&'s Offer<'v>| {
        let offer = *offer;
        offer.table.rows.iter().map(move |row| Break { offer, row })
    };
    let breaks: Vec<Break> = offers.iter().flat_map(of_offer).collect();
    let reached: Vec<Break> = breaks.iter().copied().filter(|other| other.row.start <= *quantity).collect();
    if let Some(won) = compete(search, &at_largest(&reached), winner)? {
        return Ok(Some(won));
    }
    search.had_no_tier = true;
    if search.policy().no_tier != NoTier::Nearest {
        return Ok(None);
    }
    let (below, above): (Vec<Break>, Vec<Break>) =
        breaks.into_iter().filter(|other| !other.row.no_price).partition(|other| other.row.start <= *quantity);
    let nearest = if below.is_empty() { at_smallest(&above) } else { at_largest(&below) };
    compete(search, &nearest, winner)
}

fn at_largest<'s, 'v>(breaks: &[Break<'s, 'v>]) -> Vec<Break<'s, 'v>> {
    let bound = breaks.iter().map(|other| &other.row.start).max();
    breaks.iter().copied().filter(|other| Some(&other.row.start) == bound).collect()
}

fn at_smallest<'s, 'v>(breaks: &[Break<'s, 'v>]) -> Vec<Break<'s, 'v>> {
    let bound = breaks.iter().map(|other| &other.row.start).min();
    breaks.iter().copied().filter(|other| Some(&other.row.start) == bound).collect()
}

/// Which of the breaks at one bound, given in order, prices the line.
fn compete<'s, 'v>(
    search: &Search<'s, 'v, '_>,
    breaks: &[Break<'s, 'v>],
    winner: Winner,
) -> Result<Option<Won<'s, 'v>>, NoPrice> {
    let Some(first) = breaks.first() else { return Ok(None) };
    let rank = |other: &Break| (!other.offer.version.is_contract(), other.offer.rank(order(search)));
    let equals: Vec<Break> = match winner {
        Winner::First => breaks.iter().copied().filter(|other| rank(other) == rank(first)).collect(),
        Winner::Lowest => breaks.to_vec(),
    };
    if winner == Winner::First && equals.len() > 1 && search.policy().ties == Ties::Error {
        return Err(NoPrice::Ambiguous);
    }
    let mut priced = Vec::new();
    for Break { offer, row } in equals.into_iter().filter(|other| !other.row.no_price) {
        let reading = read_volume(search.moment, offer, row, &offer.quantity)?;
        priced.push(Won { offer, reading });
    }
    // The order of the breaks is that of their names where they are of one rank.
    Ok(priced.into_iter().min_by(|left, right| left.reading.amount.cmp(&right.reading.amount)))
}
