//! What holds for every amended order, on generated ones (R10).

use emptor_core::{Amount, Exact, LineId, Money, PricedOrder};
use emptor_pricing::{AmendError, Detail, amend, price};

use crate::laws::for_compiled_cases;

fn minor(money: Money) -> i128 {
    i128::from(money.minor())
}

/// What is asked of the lines with a price: a part of every second one, nothing of any, or no change.
fn changes(order: &PricedOrder) -> [Vec<(LineId, Exact)>; 3] {
    let priced = || order.lines.iter().filter(|line| line.net.is_some());
    let third = |quantity: Exact| Exact::from_scaled(quantity.scaled(6).unwrap() / 3, 6).unwrap();
    [
        priced().step_by(2).map(|line| (line.id.clone(), third(line.quantity))).collect(),
        priced().map(|line| (line.id.clone(), Exact::ZERO)).collect(),
        Vec::new(),
    ]
}

fn check_sums(order: &PricedOrder) -> Result<(), String> {
    for line in &order.lines {
        let Some(net) = line.net else { continue };
        let steps: i128 = line.steps.iter().map(|step| step.amount.scaled(10).unwrap()).sum();
        if steps != Amount::from_minor(net.minor(), order.currency).0 {
            return Err(format!("the steps of line {} do not sum to its net", line.id));
        }
    }
    let nets = order.lines.iter().filter_map(|line| line.net).chain(order.gifts.iter().map(|gift| gift.net));
    let totals = &order.totals;
    let mut sums: Vec<(i128, i128)> = vec![(nets.map(minor).sum(), minor(totals.line_extension))];
    for (step, place) in order.document_steps.iter().zip(0..) {
        let shares = order.lines.iter().flat_map(|line| &line.shares).filter(|share| share.document_step == place);
        sums.push((shares.map(|share| minor(share.amount)).sum(), minor(step.amount)));
    }
    if let (Some(tax), Some(exclusive)) = (totals.tax, totals.tax_exclusive) {
        sums.push((order.tax.iter().map(|group| minor(group.tax)).sum(), minor(tax)));
        sums.push((order.tax.iter().map(|group| minor(group.taxable)).sum(), minor(exclusive)));
    }
    if sums.iter().all(|(sum, total)| sum == total) { Ok(()) } else { Err(format!("sums and totals: {sums:?}")) }
}

/// Steps sum to nets, nets and shares to totals, taxes and what is taxed to the document's; what is not named stays.
#[test]
fn amended_orders_sum_up() {
    for_compiled_cases(150, |case, book, _| {
        let Ok(order) = price(book, &case.request, Detail::Waterfall) else { return Ok(()) };
        for changes in changes(&order) {
            let amended = match amend(&order, &changes) {
                Ok(amendment) => amendment.order,
                // What is left of goods and returns near the limit may be beyond it.
                Err(AmendError::Limit(_)) => continue,
                Err(error) => return Err(error.to_string()),
            };
            check_sums(&amended)?;
            let is_named = |id: &LineId| changes.iter().any(|(named, _)| named == id);
            let mut pairs = order.lines.iter().zip(&amended.lines).filter(|(was, _)| !is_named(&was.id));
            if let Some((was, _)) = pairs.find(|(was, is)| was != is) {
                return Err(format!("line {} is not named and changed", was.id));
            }
            if (&amended.gifts, &amended.charges) != (&order.gifts, &order.charges) {
                return Err("gifts or charges changed".to_owned());
            }
            if changes.is_empty() && amended.tax != order.tax {
                return Err("nothing changed, and the tax did".to_owned());
            }
        }
        Ok(())
    });
}

/// A cancelled line comes to nothing and has taken its shares along; that it was reduced before changes nothing.
#[test]
fn a_line_is_cancelled_at_once_or_in_two_steps() {
    for_compiled_cases(150, |case, book, _| {
        let Ok(order) = price(book, &case.request, Detail::Waterfall) else { return Ok(()) };
        let goods = order.lines.iter().filter(|line| line.net.is_some() && line.quantity > Exact::ZERO);
        for line in goods.take(2) {
            let third = Exact::from_scaled(line.quantity.scaled(6).unwrap() / 3, 6).unwrap();
            let to = |quantity| [(line.id.clone(), quantity)];
            let at_once = amend(&order, &to(Exact::ZERO)).map(|amendment| amendment.order);
            let reduced = amend(&order, &to(third)).map(|amendment| amendment.order);
            let (Ok(at_once), Ok(reduced)) = (at_once, reduced) else { continue };
            let Ok(in_two) = amend(&reduced, &to(Exact::ZERO)).map(|amendment| amendment.order) else { continue };
            for amended in [&at_once, &in_two] {
                check_sums(amended)?;
                let is = amended.lines.iter().find(|other| other.id == line.id).ok_or("the line is gone")?;
                let left = is.net.map(minor).into_iter().chain(is.shares.iter().map(|share| minor(share.amount)));
                if left.chain(is.tax.map(minor)).any(|amount| amount != 0) || is.quantity != Exact::ZERO {
                    return Err(format!("line {} is cancelled and comes to {is:?}", line.id));
                }
            }
            let nets = |order: &PricedOrder| order.lines.iter().map(|line| line.net).collect::<Vec<_>>();
            if (nets(&at_once), &at_once.document_steps) != (nets(&in_two), &in_two.document_steps) {
                return Err(format!("line {} is cancelled in two steps and differs", line.id));
            }
        }
        Ok(())
    });
}
