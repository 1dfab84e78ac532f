//! Sums of fractions with different divisors, exact until they are rounded once.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use emptor_core::RoundingMode;
use emptor_core::scaled::{Fraction, Wide};

/// The sum of `numerator / divisor` (divisors above zero), rounded once; `None` beyond 127 bits.
pub(crate) fn rounded_sum(fractions: impl IntoIterator<Item = (Wide, u64)>, mode: RoundingMode) -> Option<i128> {
    let mut whole = 0_i128;
    let mut rests: BTreeMap<u64, u128> = BTreeMap::new();
    for (numerator, divisor) in fractions {
        let floor = Fraction::new(numerator, divisor.into(), 0)?.round(RoundingMode::Floor);
        let (rest, _) = numerator.plus_product(floor.checked_neg()?, divisor.into())?.quotient(1)?;
        whole = whole.checked_add(floor)?;
        let of_divisor = rests.entry(divisor).or_default();
        *of_divisor = of_divisor.checked_add(rest)?;
    }
    // numerator / divisor is the sum of what is left of each.
    let (mut numerator, mut divisor) = (Natural::from(0), Natural::from(1));
    for (other, rest) in rests {
        let other_divisor = u128::from(other);
        whole = whole.checked_add(i128::try_from(rest.checked_div(other_divisor)?).ok()?)?;
        let rest = u64::try_from(rest.checked_rem(other_divisor)?).ok().filter(|&rest| rest > 0);
        let Some(rest) = rest else { continue };
        numerator = numerator.times(other).plus(&divisor.times(rest));
        divisor = divisor.times(other);
    }
    while let Some(less) = numerator.minus(&divisor) {
        (numerator, whole) = (less, whole.checked_add(1)?);
    }
    // Only where a part lies between two whole numbers decides how it is rounded: so quarters stand for it.
    let quarters = match numerator.times(2).compare(&divisor) {
        _ if numerator.is_zero() => 0,
        Ordering::Less => 1,
        Ordering::Equal => 2,
        Ordering::Greater => 3,
    };
    Some(Fraction::new(Wide::product(whole, 4).plus_product(quarters, 1)?, 4, 0)?.round(mode))
}

/// A natural number of any size, in digits of 64 bits, the lowest first and the highest not zero.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Natural(Vec<u64>);

impl Natural {
    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    #[expect(clippy::arithmetic_side_effects, reason = "(2^64 - 1)^2 + 2^64 - 1 fits 128 bits")]
    fn times(&self, factor: u64) -> Self {
        let mut carry = 0_u128;
        let digits = self.0.iter().map(|&digit| {
            carry += u128::from(digit) * u128::from(factor);
            low(&mut carry)
        });
        let mut digits: Vec<u64> = digits.collect();
        digits.push(low(&mut carry));
        Self(digits).trimmed()
    }

    #[expect(clippy::arithmetic_side_effects, reason = "two digits of 64 bits and a carry fit 128 bits")]
    fn plus(&self, other: &Self) -> Self {
        let mut carry = 0_u128;
        let mut digits: Vec<u64> = Vec::new();
        for place in 0..self.0.len().max(other.0.len()) {
            carry += u128::from(self.digit(place)) + u128::from(other.digit(place));
            digits.push(low(&mut carry));
        }
        digits.push(low(&mut carry));
        Self(digits).trimmed()
    }

    /// The difference, unless it is below zero.
    fn minus(&self, other: &Self) -> Option<Self> {
        let mut borrowed = false;
        let mut digits = Vec::with_capacity(self.0.len());
        for place in 0..self.0.len().max(other.0.len()) {
            let (less, first) = self.digit(place).overflowing_sub(other.digit(place));
            let (less, second) = less.overflowing_sub(borrowed.into());
            digits.push(less);
            borrowed = first || second;
        }
        (!borrowed).then(|| Self(digits).trimmed())
    }

    fn compare(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    fn digit(&self, place: usize) -> u64 {
        self.0.get(place).copied().unwrap_or(0)
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }
}

impl From<u64> for Natural {
    fn from(number: u64) -> Self {
        Self(vec![number]).trimmed()
    }
}

/// Takes the lowest digit off a carry.
fn low(carry: &mut u128) -> u64 {
    let digit = *carry & u128::from(u64::MAX);
    *carry >>= 64;
    u64::try_from(digit).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use emptor_core::RoundingMode;
    use emptor_core::scaled::Wide;
    use proptest::prelude::*;

    use super::{Natural, rounded_sum};

    fn sum(fractions: &[(i128, u64)], mode: RoundingMode) -> i128 {
        rounded_sum(fractions.iter().map(|&(numerator, divisor)| (Wide::product(numerator, 1), divisor)), mode).unwrap()
    }

    #[test]
    fn a_sum_is_rounded_once() {
        // 1/3 + 1/6 is exactly a half, 1/3 + 1/7 a little less, 1/2 + 1/119 a little more.
        assert_eq!(sum(&[(1, 3), (1, 6)], RoundingMode::HalfUp), 1);
        assert_eq!(sum(&[(1, 3), (1, 6)], RoundingMode::HalfDown), 0);
        assert_eq!(sum(&[(1, 3), (1, 7)], RoundingMode::HalfUp), 0);
        assert_eq!(sum(&[(1, 2), (1, 119)], RoundingMode::HalfDown), 1);
        // -1/3 - 1/6, and thirds that make a whole.
        assert_eq!(sum(&[(-1, 3), (-1, 6)], RoundingMode::HalfUp), -1);
        assert_eq!(sum(&[(-1, 3), (-1, 6)], RoundingMode::HalfEven), 0);
        assert_eq!(sum(&[(2, 3), (4, 3), (5, 7), (9, 7)], RoundingMode::Up), 4);
        assert_eq!(sum(&[], RoundingMode::Up), 0);
    }

    #[test]
    fn natural_numbers_carry_and_borrow() {
        let large = Natural::from(u64::MAX).times(u64::MAX).times(u64::MAX);
        assert_eq!(large.plus(&Natural::from(1)).minus(&Natural::from(1)), Some(large.clone()));
        assert_eq!(large.times(3).minus(&large.times(2)), Some(large.clone()));
        assert_eq!(large.minus(&large.times(2)), None);
        assert!(large.minus(&large).unwrap().is_zero());
    }

    proptest! {
        /// Over one divisor, the product, it is one division.
        #[test]
        fn a_sum_equals_that_over_one_divisor(
            parts in prop::collection::vec((-1_000_000_i128..1_000_000, 1_u64..60), 0..5),
            mode in 0_usize..7,
        ) {
            let mode = RoundingMode::ALL[mode];
            let product: u64 = parts.iter().map(|(_, divisor)| *divisor).product();
            let over_one: i128 = parts.iter().map(|(part, divisor)| part * i128::from(product / divisor)).sum();
            prop_assert_eq!(sum(&parts, mode), emptor_core::scaled::divide(over_one, product.into(), mode));
        }
    }
}
