//! The end of an order, where its amounts become money (R0, R11).

use emptor_core::{FinalStage, NoPrice};
use num_traits::{One, Signed, Zero};

use crate::items::What;
use crate::lines::Line;
use crate::numbers::{Number, is_amount, number, power_of_ten, round_minor};
use crate::order::{Carried, Outcome, limit, settle_lines};
use crate::procedure::{Run, TOTAL_OUT_OF_RANGE};

/// Rounds the lines, without their shares of document steps, and each charge by itself.
pub(crate) fn end(run: &mut Run, lines: &[Line], outcomes: &mut [Outcome]) -> Result<(), &'static str> {
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
        FinalStage::Unit => {
            for (index, outcome) in outcomes.iter_mut().enumerate() {
                let Ok(carried) = outcome else { continue };
                match by_unit(carried, &lines[index], &round) {
                    Some(amount) => carried.amount = amount,
                    None => *outcome = Err(NoPrice::OutOfRange),
                }
            }
        }
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

/// What a line comes to whose price per base quantity is money; `None`: that price is beyond the limits.
fn by_unit(carried: &Carried, line: &Line, round: &impl Fn(&Number) -> Number) -> Option<Number> {
    let (quantity, per) = match &carried.won {
        Some(won) => (won.offer.quantity.clone(), number(won.offer.per.value)),
        None => (line.quantity.clone(), Number::one()),
    };
    if line.is_return() || quantity.is_zero() {
        return Some(round(&carried.amount));
    }
    let price = round(&(&carried.amount * &per / &quantity));
    (price.abs() < power_of_ten(18)).then(|| round(&(price * quantity / per)))
}
