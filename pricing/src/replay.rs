//! Replay: pricing a recorded request again, and showing where the answer differs (R15).

use emptor_core::{LineId, PriceRequest, PricedOrder, Step};

use crate::book::PriceBook;
use crate::error::PricingError;
use crate::price::{Detail, price};

/// How a recorded order compares with pricing it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// Every line and step is the same.
    Equal,
    /// It was priced under another version of the semantics, from another book or from another request.
    OtherBasis,
    /// The basis is the same, and a line is not: the first that differs, with its first step that does.
    Differs {
        /// Which line; `None`: all lines are the same, and the rest of the order is not.
        line: Option<LineId>,
        /// The step as recorded; `None`: the record has fewer.
        recorded: Option<Box<Step>>,
        /// The step as it is now; `None`: there are fewer now.
        now: Option<Box<Step>>,
    },
}

/// Prices a recorded request again under its book and compares with the record, which is at detail `Waterfall`.
///
/// # Errors
/// As [`price`].
pub fn replay(book: &PriceBook, request: &PriceRequest, recorded: &PricedOrder) -> Result<Replay, PricingError> {
    let now = price(book, request, Detail::Waterfall)?;
    if now == *recorded {
        return Ok(Replay::Equal);
    }
    if now.basis != recorded.basis {
        return Ok(Replay::OtherBasis);
    }
    let pairs = recorded.lines.iter().zip(&now.lines);
    let Some((was, is)) = pairs.into_iter().find(|(was, is)| was != is) else {
        return Ok(Replay::Differs { line: None, recorded: None, now: None });
    };
    let longest = was.steps.len().max(is.steps.len());
    let differs = (0..longest).find(|&step| was.steps.get(step) != is.steps.get(step));
    let step = |steps: &[Step]| differs.and_then(|index| steps.get(index)).cloned().map(Box::new);
    Ok(Replay::Differs { line: Some(is.id.clone()), recorded: step(&was.steps), now: step(&is.steps) })
}
