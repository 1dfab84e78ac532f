//! Sharing an amount of the order among its lines, with and without caps (R10).

use std::cmp::Reverse;

use emptor_core::ShareRest;
use num_traits::{One, Signed, Zero};

use crate::numbers::{Number, whole};

/// Shares `total` by weights in whole multiples of `unit`; weights that sum to zero count alike.
pub(crate) fn share(total: &Number, weights: &[Number], rest: ShareRest, unit: &Number) -> Vec<Number> {
    let sign = if total.is_negative() { -unit } else { unit.clone() };
    parts(&(total.abs() / unit), &or_alike(weights), rest).iter().map(|part| part * &sign).collect()
}

/// Shares `total`, zero or above, so that no part is above its cap; what finds no room is left.
pub(crate) fn share_capped(
    total: &Number,
    weights: &[Number],
    caps: &[Number],
    rest: ShareRest,
    unit: &Number,
) -> Vec<Number> {
    let room: Number = caps.iter().sum();
    let mut left = total.clone().min(room);
    let mut shares = vec![Number::zero(); weights.len()];
    let mut open: Vec<usize> = (0..weights.len()).collect();
    while !open.is_empty() {
        let of_open: Vec<Number> = open.iter().map(|&index| weights[index].clone()).collect();
        let parts = share(&left, &of_open, rest, unit);
        let (above, within): (Vec<_>, Vec<_>) = open.iter().zip(parts).partition(|(index, part)| *part > caps[**index]);
        if above.is_empty() {
            for (&index, part) in within {
                shares[index] = part;
            }
            break;
        }
        let (above, mut within): (Vec<usize>, Vec<usize>) =
            (above.iter().map(|(index, _)| **index).collect(), within.iter().map(|(index, _)| **index).collect());
        for index in above {
            left -= &caps[index];
            shares[index].clone_from(&caps[index]);
        }
        if within.iter().all(|&index| weights[index].is_zero()) {
            within.retain(|&index| caps[index].is_positive());
        }
        open = within;
    }
    shares
}

fn or_alike(weights: &[Number]) -> Vec<Number> {
    let sum: Number = weights.iter().sum();
    if sum.is_zero() { vec![Number::one(); weights.len()] } else { weights.to_vec() }
}

/// Whole parts of a whole number of units.
fn parts(units: &Number, weights: &[Number], rest: ShareRest) -> Vec<Number> {
    let sum: Number = weights.iter().sum();
    let of_weight = units / sum;
    let ideal: Vec<Number> = weights.iter().map(|weight| weight * &of_weight).collect();
    let mut parts: Vec<Number> = ideal.iter().map(Number::floor).collect();
    let mut left = units - parts.iter().sum::<Number>();
    let mut turn: Vec<usize> = (0..parts.len()).collect();
    match rest {
        ShareRest::FirstLines => {}
        ShareRest::LargestRemainder => turn.sort_by_cached_key(|&index| Reverse(&ideal[index] - &parts[index])),
        ShareRest::LastLine => {
            if let Some(last) = parts.last_mut() {
                *last += &left;
            }
            return parts;
        }
    }
    for index in turn {
        if left < whole(1) {
            break;
        }
        parts[index] += whole(1);
        left -= whole(1);
    }
    parts
}

#[cfg(test)]
mod tests {
    use emptor_core::ShareRest;

    use super::{share, share_capped};
    use crate::numbers::{Number, exact, number};

    fn numbers(texts: &str) -> Vec<Number> {
        texts.split(' ').map(|text| number(text.parse().unwrap())).collect()
    }

    fn texts(numbers: &[Number]) -> String {
        numbers.iter().map(|number| exact(number).to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_rest_goes_where_the_mode_says() {
        let check = |rest, total: &str, weights: &str, expected: &str| {
            assert_eq!(texts(&share(&numbers(total)[0], &numbers(weights), rest, &numbers("0.01")[0])), expected);
        };
        // 0.10 by 1 1 4: 1.67, 1.67 and 6.67 cents; two cents are left.
        check(ShareRest::LargestRemainder, "0.10", "1 1 4", "0.02 0.02 0.06");
        check(ShareRest::FirstLines, "-0.10", "4 1 1", "-0.07 -0.02 -0.01");
        check(ShareRest::LastLine, "-0.10", "4 1 1", "-0.06 -0.01 -0.03");
        check(ShareRest::LargestRemainder, "0.02", "0 0 0", "0.01 0.01 0");
    }

    #[test]
    fn what_is_above_a_cap_goes_to_the_others() {
        let check = |total: &str, weights: &str, caps: &str, expected: &str| {
            let unit = &numbers("0.01")[0];
            let rest = ShareRest::LargestRemainder;
            let parts = share_capped(&numbers(total)[0], &numbers(weights), &numbers(caps), rest, unit);
            assert_eq!(texts(&parts), expected);
        };
        check("9", "1 1 1", "1 9 9", "1 4 4");
        // 5 and 5, of which the second takes 1; the first, at 9, is above 8; the third has no weight and takes what is left.
        check("10", "1 1 0", "8 1 9", "8 1 1");
        check("10", "0 0 0", "0 4 4", "0 4 4");
    }
}
