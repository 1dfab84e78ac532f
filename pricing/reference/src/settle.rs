//! Sharing a total so that the parts sum to it: apportioning (R10) and settling (R0).

use std::cmp::Reverse;

use num_traits::{One, Signed, Zero};

use crate::numbers::{Number, whole};

/// Shares `total` by weights in whole multiples of `unit`, the rest by the largest remainders.
///
/// Weights that sum to zero give nothing to anyone.
pub(crate) fn apportion(total: &Number, weights: &[Number], unit: &Number) -> Vec<Number> {
    let sum: Number = weights.iter().sum();
    if sum.is_zero() {
        return vec![Number::zero(); weights.len()];
    }
    let units = total.abs() / unit;
    let ideal: Vec<Number> = weights.iter().map(|weight| &units * weight / &sum).collect();
    let sign = if total.is_negative() { -unit } else { unit.clone() };
    nearest_to(&ideal, &units).iter().map(|part| part * &sign).collect()
}

/// Settles amounts on a total of whole multiples of `unit` (R0).
pub(crate) fn settle(amounts: &[Number], total: &Number, unit: &Number) -> Vec<Number> {
    let sum: Number = amounts.iter().sum();
    let turned = total.is_negative() || (total.is_zero() && sum.is_negative());
    let unit = if turned { -unit } else { unit.clone() };
    let amounts: Vec<Number> = amounts.iter().map(|amount| amount / &unit).collect();
    nearest_to(&amounts, &(total / &unit)).iter().map(|part| part * &unit).collect()
}

/// The floors of the amounts, moved by ones until they sum to the whole number `total`.
fn nearest_to(amounts: &[Number], total: &Number) -> Vec<Number> {
    let mut parts: Vec<Number> = amounts.iter().map(Number::floor).collect();
    if parts.is_empty() {
        return parts;
    }
    let count = whole(i64::try_from(parts.len()).expect("a request has at most 100,000 lines"));
    let missing = total - parts.iter().sum::<Number>();
    let step = if missing.is_negative() { -Number::one() } else { Number::one() };
    let rounds = (missing.abs() / &count).floor();
    let mut left = missing.abs() - &rounds * &count;
    let fractions: Vec<Number> = amounts.iter().map(|amount| amount - amount.floor()).collect();
    let mut turn: Vec<usize> = (0..parts.len()).collect();
    turn.sort_by_key(|&index| Reverse((fractions[index].clone(), Reverse(index))));
    if missing.is_negative() {
        turn.reverse();
    }
    for index in turn {
        parts[index] += &step * &rounds;
        if left.is_positive() {
            parts[index] += &step;
            left -= Number::one();
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{apportion, settle};
    use crate::numbers::{Number, exact, number};

    fn numbers(texts: &str) -> Vec<Number> {
        texts.split(' ').map(|text| number(text.parse().unwrap())).collect()
    }

    fn texts(numbers: &[Number]) -> String {
        numbers.iter().map(|number| exact(number).to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_rest_goes_to_the_largest_remainders() {
        let check = |total: &str, weights: &str, expected: &str| {
            let parts = apportion(&numbers(total)[0], &numbers(weights), &numbers("0.01")[0]);
            assert_eq!(texts(&parts), expected);
        };
        check("1.00", "2 3 1", "0.33 0.5 0.17");
        check("-1.00", "2 3 1", "-0.33 -0.5 -0.17");
        check("0.02", "1 1 1", "0.01 0.01 0");
        check("5", "0 0", "0 0");
    }

    #[test]
    fn lines_settle_on_the_total() {
        let check = |amounts: &str, total: &str, expected: &str| {
            assert_eq!(texts(&settle(&numbers(amounts), &numbers(total)[0], &numbers("0.01")[0])), expected);
        };
        check("0.004 0.004 0.004", "0.01", "0.01 0 0");
        check("-0.004 -0.004 -0.004", "-0.01", "-0.01 0 0");
        check("1.006 -2.003", "-1.00", "1 -2");
        // Below the floors: the smallest fractions give, ties to the higher index.
        check("1.001 1.001 1.005", "2.99", "1 0.99 1");
        // More than one round: 5 units over 2 lines.
        check("0.001 0.002", "0.05", "0.02 0.03");
        check("-0.004 0.001", "0", "0 0");
    }
}
