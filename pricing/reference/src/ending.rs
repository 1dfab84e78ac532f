//! The end of an order, where its amounts become money (R0, R11).

use emptor_core::{FinalStage, NoPrice};

use crate::items::What;
use crate::numbers::{Number, is_amount, round_minor};
use crate::order::{Outcome, limit, settle_lines};
use crate::procedure::{Run, TOTAL_OUT_OF_RANGE};

/// Rounds the lines, without their shares of document steps, and each charge by itself.
pub(crate) fn end(run: &mut Run, outcomes: &mut [Outcome]) -> Result<(), &'static str> {
    let moment = run.moment;
    let rounding = moment.documents.tenant.rounding;
    let round = |amount: &Number| round_minor(amount, moment.currency, rounding.mode);
    for item in &mut run.items {
        match item.what {
            What::Charge(_) => item.ended = round(&item.running),
            What::Goods { line, .. } if item.has_failed => outcomes[line.index] = Err(NoPrice::ScriptFailed),
            What::Goods { line, .. } if item.is_out => outcomes[line.index] = Err(NoPrice::OutOfRange),
            What::Goods { line, .. } => {
                if let Ok(carried) = &mut outcomes[line.index] {
                    carried.before_end = &item.running - item.shared();
                    carried.amount.clone_from(&carried.before_end);
                }
            }
        }
    }
    match rounding.at {
        FinalStage::Line => outcomes.iter_mut().flatten().for_each(|carried| carried.amount = round(&carried.amount)),
        FinalStage::Document => {
            let priced: Vec<usize> = (0..outcomes.len()).filter(|&index| outcomes[index].is_ok()).collect();
            let sum: Number = outcomes.iter().flatten().map(|carried| &carried.amount).sum();
            settle_lines(moment, outcomes, &priced, &round(&sum));
        }
    }
    limit(outcomes);
    // A line that left the limits takes no part in what follows.
    for item in &mut run.items {
        item.is_out |= item.line().is_some_and(|line| outcomes[line.index].is_err());
    }
    let in_range = run.items.iter().all(|item| is_amount(&item.ended));
    if in_range { Ok(()) } else { Err(TOTAL_OUT_OF_RANGE) }
}
