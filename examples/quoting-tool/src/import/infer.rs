//! The price table that explains most of what was charged for one article.
//!
//! A sale is explained if the table has its price at its quantity. The table has one price, or at most [`TIERS_MAX`]
//! tiers whose prices fall as the quantity rises; each of these explains at least [`SEEN_MIN`] sales, and each but the
//! first starts at a quantity that was sold at its price. (To let the first stand on a single sale explains more of the
//! sales it is made from, and fewer of others.) Of all such tables the best is taken: the most sales explained; then the
//! fewest tiers; then the most value explained; then the lower bounds; then the lower prices.
//!
//! The programme goes through the quantities upwards. All that matters of what lies below is how many tiers there are,
//! the price of the last one and how many sales that explains, so of the tables that agree in these the best is kept.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use emptor::core::Exact;

/// The most tiers of an article. More would memorise the sales.
const TIERS_MAX: usize = 4;
/// How many sales each of several tiers explains at least: fewer may be chance.
const SEEN_MIN: u32 = 3;

/// How much was sold, and at what price per unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sale {
    pub(crate) quantity: Exact,
    pub(crate) price: Exact,
}

/// From which quantity on which price holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tier {
    pub(crate) from: Exact,
    pub(crate) price: Exact,
}

/// A table as far as it goes, and what it explains.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    sales: u32,
    value: i128,
    tiers: Vec<Tier>,
}

/// What plans must agree in to be compared: how many tiers, the last price, and how many sales that explains, up to
/// [`SEEN_MIN`].
type State = (usize, Exact, u32);

/// The best table; none for no sales.
pub(crate) fn tiers(sales: &[Sale]) -> Vec<Tier> {
    let mut by_quantity: BTreeMap<Exact, BTreeMap<Exact, u32>> = BTreeMap::new();
    for sale in sales {
        *by_quantity.entry(sale.quantity).or_default().entry(sale.price).or_default() += 1;
    }
    let mut prices: Vec<Exact> = sales.iter().map(|sale| sale.price).collect();
    prices.sort_unstable();
    prices.dedup();
    let first = |&price: &Exact| {
        let tiers = vec![Tier { from: Exact::ZERO, price }];
        ((1, price, 0), Plan { sales: 0, value: 0, tiers })
    };
    let mut plans: BTreeMap<State, Plan> = prices.iter().map(first).collect();
    for (&quantity, seen) in &by_quantity {
        plans = step(&plans, quantity, seen);
    }
    let complete = plans.into_iter().filter(|((count, _, seen), _)| *count == 1 || *seen >= SEEN_MIN);
    complete.map(|(_, plan)| plan).max_by(Plan::compare).map(|plan| plan.tiers).unwrap_or_default()
}

/// The plans one quantity further: each goes on, or starts a tier here at a lower price that was charged here.
fn step(plans: &BTreeMap<State, Plan>, quantity: Exact, seen: &BTreeMap<Exact, u32>) -> BTreeMap<State, Plan> {
    let mut next: BTreeMap<State, Plan> = BTreeMap::new();
    let mut keep = |state: State, plan: Plan| match next.get_mut(&state) {
        Some(kept) if kept.compare(&plan).is_ge() => {}
        Some(kept) => *kept = plan,
        None => {
            next.insert(state, plan);
        }
    };
    for (&(count, price, explained), plan) in plans {
        let here = seen.get(&price).copied().unwrap_or(0);
        keep((count, price, explained.saturating_add(here).min(SEEN_MIN)), plan.with(quantity, price, here));
    }
    for count in 1..TIERS_MAX {
        for (&price, &here) in seen {
            let starts = plans
                .iter()
                .filter(|((tiers, last, explained), _)| *tiers == count && *explained >= SEEN_MIN && *last > price);
            if let Some(best) = starts.map(|(_, plan)| plan).max_by(|left, right| left.compare(right)) {
                let mut plan = best.with(quantity, price, here);
                plan.tiers.push(Tier { from: quantity, price });
                keep((count + 1, price, here.min(SEEN_MIN)), plan);
            }
        }
    }
    next
}

impl Plan {
    /// The plan with so many more sales explained.
    fn with(&self, quantity: Exact, price: Exact, sales: u32) -> Self {
        let value = value(quantity, price).saturating_mul(sales.into());
        Self { sales: self.sales.saturating_add(sales), value: self.value.saturating_add(value), ..self.clone() }
    }

    /// Which of two plans is better.
    fn compare(&self, other: &Self) -> Ordering {
        let rank = |plan: &Self| (plan.sales, Reverse(plan.tiers.len()), plan.value);
        rank(self).cmp(&rank(other)).then_with(|| {
            let bounds = |plan: &Self| plan.tiers.iter().map(|tier| tier.from).collect::<Vec<_>>();
            bounds(other).cmp(&bounds(self)).then_with(|| other.tiers.cmp(&self.tiers))
        })
    }
}

/// Price times quantity at twelve decimals; rows have at most six each.
fn value(quantity: Exact, price: Exact) -> i128 {
    let scaled = |exact: Exact| exact.scaled(6).unwrap_or(0);
    scaled(quantity).saturating_mul(scaled(price))
}

#[cfg(test)]
mod tests {
    use super::{Sale, tiers};

    /// `sales` as `3x 12 @ 2.55`, the table as `0: 2.95, 32: 2.55`.
    fn check(sales: &[&str], expected: &str) {
        let sale = |text: &&str| {
            let parts: Vec<&str> = text.split(' ').collect();
            let count: usize = parts[0].trim_end_matches('x').parse().unwrap();
            let sale = Sale { quantity: parts[1].parse().unwrap(), price: parts[3].parse().unwrap() };
            std::iter::repeat_n(sale, count)
        };
        let table = tiers(&sales.iter().flat_map(sale).collect::<Vec<_>>());
        let shown: Vec<_> = table.iter().map(|tier| format!("{}: {}", tier.from, tier.price)).collect();
        assert_eq!(shown.join(", "), expected, "{sales:?}");
    }

    #[test]
    fn the_table_explains_the_most_sales() {
        check(&[], "");
        check(&["1x 6 @ 2.95"], "0: 2.95");
        check(&["5x 6 @ 2.95", "4x 32 @ 2.55"], "0: 2.95, 32: 2.55");
        // The break is where the lower price was charged first; a stray sale does not move it.
        check(&["5x 6 @ 2.95", "1x 12 @ 9.99", "4x 32 @ 2.55", "1x 64 @ 2.95"], "0: 2.95, 32: 2.55");
    }

    #[test]
    fn each_of_several_tiers_is_seen_three_times() {
        check(&["5x 6 @ 2.95", "2x 32 @ 2.55"], "0: 2.95");
        check(&["5x 6 @ 2.95", "2x 32 @ 2.55", "1x 64 @ 2.55"], "0: 2.95, 32: 2.55");
        check(&["2x 1 @ 3.50", "5x 6 @ 2.95"], "0: 2.95");
        check(&["3x 1 @ 3.50", "5x 6 @ 2.95"], "0: 3.5, 6: 2.95");
    }

    #[test]
    fn prices_do_not_rise_and_tiers_are_few() {
        check(&["5x 6 @ 2.55", "4x 32 @ 2.95"], "0: 2.55");
        check(&["9x 1 @ 5", "8x 2 @ 4", "7x 3 @ 3", "6x 4 @ 2", "5x 5 @ 1"], "0: 5, 2: 4, 3: 3, 4: 2");
        check(&["3x 1 @ 5", "3x 1 @ 4"], "0: 5");
        check(&["3x 1 @ 5", "3x 2 @ 5"], "0: 5");
    }
}
