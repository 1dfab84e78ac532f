//! Nudges in words (R12).

use emptor_core::{Money, Nudge};

use super::Explanation;
use super::layout::Item;

impl Explanation<'_> {
    pub(super) fn nudge_items(&self, nudges: &[Nudge]) -> Vec<Item> {
        let items = nudges.iter().map(|nudge| {
            let Nudge { line, quantity, add, unit, net_before, net_after, payable_before, payable_after } = nudge;
            let words = format!(
                "order {add} {unit} more ({quantity} {unit}): the line comes to {} instead of {}; the order is {}",
                net_after.amount(),
                net_before.amount(),
                compared(*payable_before, *payable_after)
            );
            Item { head: "At the next price break", place: self.place(Some(line)), words: vec![words] }
        });
        items.collect()
    }
}

/// `12.40 less`.
fn compared(before: Money, after: Money) -> String {
    let difference = after.minor().saturating_sub(before.minor());
    let amount = Money::from_minor(difference.saturating_abs(), before.currency()).amount();
    match difference {
        0 => "as it was".to_owned(),
        difference if difference < 0 => format!("{amount} less"),
        _ => format!("{amount} more"),
    }
}
