//! Bundles with small quantities, so that they often are complete, and gifts (R8).

use emptor_core::{Bundle, ChooseUnits, Condition, Effect, Exact, Gift, Given, ProcedureStep, Taken};

use super::Ground;
use super::conditions::{About, Conditions};
use super::draws::{Draws, decimal, whole};
use super::procedure;

/// A bundle of a step of the order.
pub(super) fn bundle(draws: &mut Draws, ground: &Ground, step: &ProcedureStep) -> Effect {
    let before = procedure::steps_before(ground.tenant, &step.name);
    let conditions = Conditions { ground, about: About::Line, before };
    let takes: Vec<Taken> = (0..=[0, 0, 1, 1, 2][draws.below(5)])
        .map(|_| Taken { lines: goods(draws, &conditions), quantity: small(draws, 3) })
        .collect();
    let taken = takes.iter().map(|taken| taken.quantity).sum();
    let gives = draws.chance(60).then(|| given(draws, &conditions, taken));
    let mut bundle = Bundle {
        takes,
        gives,
        percent_off: None,
        amount_off: None,
        price: None,
        set_amount_off: None,
        set_price: None,
        sets_max: draws.chance(25).then(|| small(draws, 3)),
    };
    match draws.below(5) {
        0 if step.below_zero && draws.chance(30) => bundle.percent_off = Some(decimal("150")),
        0 => bundle.percent_off = Some(draws.percent()),
        1 => bundle.set_price = Some(draws.small_amount()),
        2 => bundle.set_amount_off = Some(draws.small_amount()),
        3 => bundle.amount_off = Some(draws.small_amount()),
        _ => bundle.price = Some(draws.small_amount()),
    }
    Effect { bundle: Some(bundle), ..Effect::default() }
}

/// A gift of a product, mostly for nothing.
pub(super) fn gift(draws: &mut Draws, ground: &Ground) -> Effect {
    let (product, _) = ground.goods.pick(draws);
    let units = ground.goods.catalog.units.iter();
    let decimals = units.filter(|unit| unit.unit == product.unit).map(|unit| unit.decimals).next().unwrap_or(6);
    let parts = decimals > 0 && draws.chance(20);
    let quantity = if parts { decimal(draws.pick(&["0.5", "2.5"])) } else { whole(1 + draws.below(3)) };
    let price = if draws.chance(45) { draws.small_amount() } else { Exact::ZERO };
    Effect { gift: Some(Gift { sku: product.sku.clone(), quantity, price }), ..Effect::default() }
}

fn given(draws: &mut Draws, conditions: &Conditions, taken: u32) -> Given {
    let of_others = draws.chance(50);
    let choose = [ChooseUnits::Cheapest, ChooseUnits::Dearest, ChooseUnits::First];
    Given {
        lines: of_others.then(|| goods(draws, conditions)),
        quantity: small(draws, if of_others { 2 } else { taken }),
        choose: draws.pick(&choose),
    }
}

/// Mostly some products.
fn goods(draws: &mut Draws, conditions: &Conditions) -> Condition {
    if draws.chance(20) {
        return conditions.or_always(draws, 50);
    }
    let products = draws.some(&conditions.ground.goods.catalog.products, 3);
    Condition { sku: products.into_iter().map(|product| product.sku).collect(), ..Condition::default() }
}

fn small(draws: &mut Draws, most: u32) -> u32 {
    let most = usize::try_from(most).expect("a small number");
    u32::try_from(1 + draws.below(most)).expect("a small number")
}
