//! What a request charges besides goods, and what somebody adjusts by hand (R1, R7).

use emptor_core::{Charge, ChargeKind, Currency, Exact, LineId, ManualAdjustment};

use super::draws::{Draws, decimal, named, scaled};
use super::taxes;

pub(super) fn kind(draws: &mut Draws) -> ChargeKind {
    named(ChargeKind::new(draws.pick(&["freight", "handling", "customs"])))
}

/// The charges of a request, in the order's currency.
pub(super) fn charges(draws: &mut Draws, currency: Currency) -> Vec<Charge> {
    let count = [0, 0, 1, 2, 3][draws.below(5)];
    (0..count).map(|index| charge(draws, currency, index)).collect()
}

fn charge(draws: &mut Draws, currency: Currency, index: usize) -> Charge {
    let twice = draws.chance(1) && draws.chance(50);
    let mut amount = draws.order_amount(currency);
    if draws.chance(1) {
        amount = draws.pick(&[scaled(1, currency.decimals() + 1), decimal("-1"), decimal("900000000000000")]);
    }
    Charge {
        id: named(LineId::new(&format!("{}", if twice { 1 } else { index + 1 }))),
        kind: kind(draws),
        amount,
        tax_category: draws.chance(30).then(|| taxes::category(draws)),
    }
}

/// One thing by hand; rarely none, two or one that nobody may.
pub(super) fn by_hand(draws: &mut Draws) -> ManualAdjustment {
    let mut adjustment = ManualAdjustment {
        percent_off: None,
        percent_added: None,
        amount_off: None,
        amount_added: None,
        reason: draws.pick(&["late", "friend of the house", ""]).to_owned(),
    };
    match draws.below(4) {
        0 => adjustment.percent_off = Some(draws.percent()),
        1 => adjustment.amount_off = Some(draws.small_amount()),
        2 => adjustment.percent_added = Some(draws.percent()),
        _ => adjustment.amount_added = Some(draws.small_amount()),
    }
    if draws.chance(1) {
        let wrong: [fn(&mut ManualAdjustment); 4] = [
            |adjustment| adjustment.percent_off = Some(decimal("100.01")),
            |adjustment| adjustment.percent_added = Some(decimal("-1")),
            |adjustment| (adjustment.amount_off, adjustment.amount_added) = (Some(Exact::ZERO), Some(Exact::ZERO)),
            |adjustment| adjustment.amount_off = Some(decimal("0.00000000001")),
        ];
        draws.pick(&wrong)(&mut adjustment);
    }
    adjustment
}
