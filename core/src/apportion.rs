//! Apportioning: splitting a total into parts that sum back to it exactly (R10).
#![expect(
    clippy::arithmetic_side_effects,
    reason = "parts are at most the total; the leftover is below the number of parts"
)]

use std::cmp::Reverse;

use crate::scaled::Wide;

/// Why a total cannot be apportioned. Variants are in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApportionError {
    /// `apportion.no_weights`: there is nothing to share the total among.
    #[error("there are no weights to share the total by; give at least one")]
    NoWeights,
    /// `apportion.zero_weight_sum`: the weights give no proportion.
    #[error("the weights sum to zero; give at least one above zero")]
    ZeroWeightSum,
    /// `apportion.out_of_range`: the weights sum to more than 127 bits.
    #[error("the weights sum to more than fits; scale them down")]
    OutOfRange,
}

impl ApportionError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoWeights => "apportion.no_weights",
            Self::ZeroWeightSum => "apportion.zero_weight_sum",
            Self::OutOfRange => "apportion.out_of_range",
        }
    }
}

/// Which parts take the units that are left when every part has been rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApportionMode {
    /// The parts with the largest remainders, ties to the lower index (Hamilton).
    #[default]
    LargestRemainder,
    /// The first parts, one unit each.
    FirstLines,
    /// The last part takes them all.
    LastLine,
}

/// Splits `total` (any sign, any unit) in proportion to `weights`, so that the parts sum to it.
///
/// Negating the total negates every part, so a credit note mirrors its invoice. A weight of zero gets nothing, but
/// where `mode` names it by its place.
///
/// # Errors
/// `apportion.no_weights`, `apportion.zero_weight_sum`, `apportion.out_of_range`, in this order.
///
/// # Example: one dollar by 2, 3 and 1
/// ```
/// use emptor_core::{apportion, ApportionMode};
/// assert_eq!(apportion(100, &[2, 3, 1], ApportionMode::LargestRemainder), Ok(vec![33, 50, 17]));
/// assert_eq!(apportion(100, &[2, 3, 1], ApportionMode::FirstLines), Ok(vec![34, 50, 16]));
/// assert_eq!(apportion(100, &[2, 3, 1], ApportionMode::LastLine), Ok(vec![33, 50, 17]));
/// ```
pub fn apportion(total: i128, weights: &[u128], mode: ApportionMode) -> Result<Vec<i128>, ApportionError> {
    if weights.is_empty() {
        return Err(ApportionError::NoWeights);
    }
    let sum = weights.iter().try_fold(0_u128, |sum, &weight| sum.checked_add(weight));
    let sum = sum.filter(|&sum| sum <= u128::MAX / 2).ok_or(ApportionError::OutOfRange)?;
    if sum == 0 {
        return Err(ApportionError::ZeroWeightSum);
    }
    let magnitude = i128::try_from(total.unsigned_abs()).map_err(|_| ApportionError::OutOfRange)?;
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for &weight in weights {
        let weight = i128::try_from(weight).map_err(|_| ApportionError::OutOfRange)?;
        let share = Wide::product(magnitude, weight).quotient(sum);
        let (part, remainder) = share.ok_or(ApportionError::OutOfRange)?;
        parts.push(i128::try_from(part).map_err(|_| ApportionError::OutOfRange)?);
        remainders.push(remainder);
    }
    let leftover = magnitude - parts.iter().sum::<i128>();
    give(leftover, &mut parts, &remainders, mode);
    // INVARIANT (conservation): the parts sum to the total.
    debug_assert_eq!(parts.iter().sum::<i128>(), magnitude);
    if total < 0 {
        for part in &mut parts {
            *part = -*part;
        }
    }
    Ok(parts)
}

/// Adds `leftover` single units to the parts that `mode` names; there are fewer of them than parts.
fn give(leftover: i128, parts: &mut [i128], remainders: &[u128], mode: ApportionMode) {
    let units = usize::try_from(leftover).unwrap_or(0);
    match mode {
        ApportionMode::LargestRemainder => {
            let mut order: Vec<(&u128, &mut i128)> = remainders.iter().zip(parts).collect();
            order.sort_by_key(|(remainder, _)| Reverse(**remainder)); // stable: ties keep index order
            order.into_iter().take(units).for_each(|(_, part)| *part += 1);
        }
        ApportionMode::FirstLines => parts.iter_mut().take(units).for_each(|part| *part += 1),
        ApportionMode::LastLine => parts.last_mut().into_iter().for_each(|part| *part += leftover),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ApportionError, ApportionMode, apportion};

    #[test]
    fn leftover_units_go_where_the_mode_says() {
        let check = |total, weights: &[u128], mode, expected: &[i128]| {
            assert_eq!(apportion(total, weights, mode).as_deref(), Ok(expected));
        };
        check(100, &[2, 3, 1], ApportionMode::LargestRemainder, &[33, 50, 17]);
        check(-100, &[2, 3, 1], ApportionMode::LargestRemainder, &[-33, -50, -17]);
        check(1, &[1, 1, 1], ApportionMode::LargestRemainder, &[1, 0, 0]);
        check(5, &[1, 1, 1], ApportionMode::FirstLines, &[2, 2, 1]);
        check(5, &[1, 1, 1], ApportionMode::LastLine, &[1, 1, 3]);
        check(0, &[0, 7], ApportionMode::LargestRemainder, &[0, 0]);
    }

    #[test]
    fn what_cannot_be_shared_says_why() {
        let code = |weights: &[u128]| apportion(1, weights, ApportionMode::default()).unwrap_err().code();
        assert_eq!(code(&[]), "apportion.no_weights");
        assert_eq!(code(&[0, 0]), "apportion.zero_weight_sum");
        assert_eq!(ApportionError::OutOfRange.code(), "apportion.out_of_range");
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(total in -(1_i128 << 100)..(1 << 100), weights in prop::collection::vec(0..1_u128 << 90, 1..20)) {
            prop_assume!(weights.iter().any(|&weight| weight > 0));
            for mode in [ApportionMode::LargestRemainder, ApportionMode::FirstLines, ApportionMode::LastLine] {
                let parts = apportion(total, &weights, mode).unwrap();
                prop_assert_eq!(parts.iter().sum::<i128>(), total);
                let mirrored: Vec<i128> = apportion(-total, &weights, mode).unwrap().iter().map(|part| -part).collect();
                prop_assert_eq!(parts, mirrored);
            }
        }
    }
}
