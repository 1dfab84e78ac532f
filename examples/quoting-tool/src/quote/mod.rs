//! `quote`: prices a request and prints what it comes to.

mod rfq;
mod sheet;
mod unit_price;

use std::process::ExitCode;

use emptor::Detail;
use emptor::core::limits::QUANTITY_DECIMALS;
use emptor::core::{Exact, Nudge, PricedOrder};

use crate::arguments::{Format, Quote};
use crate::failure::{Failure, say};
use crate::quote::rfq::Rfq;
use crate::quote::sheet::Sheet;
use crate::{book, output};

pub(crate) fn run(arguments: &Quote) -> Result<ExitCode, Failure> {
    let rfq = rfq::read(arguments)?;
    let (folder, book) = book::load(&arguments.book, arguments.known_at).map_err(Failure::Problems)?;
    let asked = Detail::from(arguments.detail);
    // A sheet shows prices per unit, which stand in the steps; how much is asked for never changes a price.
    let detail = if arguments.format == Format::Text { asked.max(Detail::Waterfall) } else { asked };
    let order = book
        .price(&rfq.request, detail)
        .map_err(|error| Failure::Message(format!("[{}] {}: {error}", error.code(), arguments.rfq.display())))?;
    warn(&rfq, &order, arguments);
    match arguments.format {
        Format::Text => {
            let (documents, request) = (&folder.documents, &rfq.request);
            let mut nudges = book.nudges(request, &order);
            nudges.retain(is_worth_telling);
            let sheet = Sheet { documents, request, order: &order, nudges: &nudges, detail: asked };
            output::text(&sheet.to_string())?;
        }
        Format::Json => {
            let json = order.canonical_json().map_err(|error| Failure::Message(error.to_string()))?;
            output::text(&format!("{json}\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a buyer would want to know: the order costs less, or it is at most a quarter more of the line.
fn is_worth_telling(nudge: &Nudge) -> bool {
    let micros = |exact: Exact| exact.scaled(QUANTITY_DECIMALS).unwrap_or(i128::MAX);
    nudge.saves() || micros(nudge.add).saturating_mul(5) <= micros(nudge.quantity)
}

/// Says on stderr which lines have no price, and where they stand.
fn warn(rfq: &Rfq, order: &PricedOrder, arguments: &Quote) {
    let file = arguments.rfq.display();
    for (index, line) in order.lines.iter().enumerate() {
        let Some(reason) = line.no_price else { continue };
        let place = match rfq.rows.get(index) {
            Some(row) => format!("{file}:{row}:"),
            None => format!("{file}: line `{}`:", line.id),
        };
        say(&format!("warning[{}]: {place} `{}`: {reason}", reason.code(), line.sku));
    }
}
