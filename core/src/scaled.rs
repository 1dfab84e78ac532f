//! Scaled-integer arithmetic: the one place where numbers are multiplied, divided and rounded.
//!
//! A number is an integer and the power of ten it is scaled by, which the names state (`_micros`: 6 decimals). Every
//! operation is checked or proven to fit by the limits of R0; nothing rounds without a [`RoundingMode`].
#![allow(clippy::arithmetic_side_effects, reason = "this file is the exception; each function states why it fits")]

use std::cmp::Ordering;

use crate::rounding::RoundingMode;

#[expect(clippy::indexing_slicing, reason = "worked out at compile time, where a panic is a build error")]
const POWERS: [i128; 39] = {
    let mut powers = [1_i128; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

#[expect(clippy::indexing_slicing, reason = "worked out at compile time, where a panic is a build error")]
const NARROW_POWERS: [i64; 19] = {
    let mut powers = [1_i64; 19];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

/// 10^`exponent`, for exponents up to 38; the last power beyond, which no R0 scale reaches.
#[inline]
pub fn power_of_ten(exponent: u32) -> i128 {
    POWERS.get(exponent as usize).copied().unwrap_or(POWERS[38])
}

/// 10^`exponent` of 64 bits; `None` beyond 18.
#[inline]
pub fn narrow_power_of_ten(exponent: u32) -> Option<i64> {
    NARROW_POWERS.get(exponent as usize).copied()
}

/// `numerator / divisor`, rounded once by `mode`.
///
/// The divisor is above zero; by zero it gives nothing that means anything, and does not panic.
#[inline]
pub fn divide(numerator: i128, divisor: i128, mode: RoundingMode) -> i128 {
    // Most amounts fit 64 bits, where a division costs a quarter.
    if let (Ok(numerator), Ok(divisor)) = (i64::try_from(numerator), i64::try_from(divisor)) {
        return divide_narrow(numerator, divisor, mode).0.into();
    }
    let negative = numerator < 0;
    let (magnitude, divisor) = (numerator.unsigned_abs(), divisor.unsigned_abs());
    let quotient = magnitude.checked_div(divisor).unwrap_or(0);
    let rest = magnitude.wrapping_sub(quotient.wrapping_mul(divisor));
    signed(rounded(quotient, rest, divisor, negative, mode), negative).unwrap_or(0)
}

/// [`divide`] in 64 bits, and what the rounding added to the numerator.
#[inline]
pub fn divide_narrow(numerator: i64, divisor: i64, mode: RoundingMode) -> (i64, i64) {
    let (magnitude, divisor) = (numerator.unsigned_abs(), divisor.unsigned_abs());
    let quotient = magnitude.checked_div(divisor).unwrap_or(0);
    let rest = magnitude.wrapping_sub(quotient.wrapping_mul(divisor));
    rounded_narrow((quotient, rest), divisor, numerator, mode)
}

/// [`divide_narrow`] by 10^`exponent`, which costs a tenth where that is the exponent of most currencies; `None` beyond 18.
#[inline]
pub fn divide_by_power_narrow(numerator: i64, exponent: u32, mode: RoundingMode) -> Option<(i64, i64)> {
    // From 10 decimals to the 2 of most currencies: by a constant, no division is left.
    if exponent == 8 {
        return Some(divide_narrow(numerator, 100_000_000, mode));
    }
    Some(divide_narrow(numerator, narrow_power_of_ten(exponent)?, mode))
}

/// [`divide_narrow`] by 10^`exponent` x `times`, where `times` is small, at a third of the cost; `None`: `times` is not above
/// zero, or the divisor is beyond 63 bits.
#[inline]
pub fn divide_by_power_times(numerator: i64, exponent: u32, times: i64, mode: RoundingMode) -> Option<(i64, i64)> {
    let (power, times) = (narrow_power_of_ten(exponent)?.unsigned_abs(), u64::try_from(times).ok()?);
    let divisor = power.checked_mul(times).filter(|divisor| (1..1 << 63).contains(divisor))?;
    // The power first: by a constant, as in `divide_by_power_narrow`. What it leaves is short, and cheap to divide.
    let magnitude = numerator.unsigned_abs();
    let whole = if exponent == 8 { magnitude / 100_000_000 } else { magnitude / power };
    let quotient = whole / times;
    // The rest is below the divisor.
    let rest = (whole - quotient * times) * power + (magnitude - whole * power);
    Some(rounded_narrow((quotient, rest), divisor, numerator, mode))
}

/// A divisor above zero that is divided by often: by a multiplication, at a fifth of the cost.
#[derive(Debug, Clone, Copy)]
pub struct Divisor {
    divisor: u64,
    /// How often it goes into 2^64 - 1.
    reciprocal: u64,
}

impl Divisor {
    /// `None`: it is not above zero.
    pub fn new(divisor: i64) -> Option<Self> {
        let divisor = u64::try_from(divisor).ok()?;
        Some(Self { divisor, reciprocal: u64::MAX.checked_div(divisor)? })
    }

    /// The divisor.
    #[inline]
    pub fn get(self) -> i64 {
        self.divisor.cast_signed()
    }

    /// [`divide_narrow`] by it.
    #[inline]
    pub fn divide(self, numerator: i64, mode: RoundingMode) -> (i64, i64) {
        let Self { divisor, reciprocal } = self;
        let magnitude = numerator.unsigned_abs();
        let [.., high] = halves(u128::from(magnitude) * u128::from(reciprocal));
        // divisor x reciprocal is 2^64 less at least 1 and at most the divisor, so the estimate is short by at most
        // magnitude / 2^64, which is below one, before both are cut, and by one at most after.
        let rest = magnitude - high * divisor;
        let quotient_and_rest = if rest < divisor { (high, rest) } else { (high + 1, rest - divisor) };
        rounded_narrow(quotient_and_rest, divisor, numerator, mode)
    }
}

/// How `left / 10^left_scale` compares to `right / 10^right_scale`; `None` beyond 64 bits or 18 decimals apart.
#[inline]
pub fn compare_narrow(left: i128, left_scale: u32, right: i128, right_scale: u32) -> Option<Ordering> {
    let (left, right) = (i64::try_from(left).ok()?, i64::try_from(right).ok()?);
    if left_scale == right_scale {
        return Some(left.cmp(&right));
    }
    let apart = left_scale.abs_diff(right_scale);
    let power = power_of_ten(apart);
    // 63 bits by 10^18, which has 60, fit.
    let scaled = |number: i64| i128::from(number) * power;
    match apart {
        19.. => None,
        _ if left_scale < right_scale => Some(scaled(left).cmp(&right.into())),
        _ => Some(i128::from(left).cmp(&scaled(right))),
    }
}

/// The greatest common divisor; of zero and a number, that number.
pub fn gcd(left: u128, right: u128) -> u128 {
    let (mut left, mut right) = (left, right);
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

/// A quotient of magnitudes moved away from zero, or not, as `mode` says of its remainder.
// quotient + 1 cannot overflow: quotient = MAX needs a divisor of 1, whose remainder is 0.
#[inline]
fn rounded(quotient: u128, remainder: u128, divisor: u128, negative: bool, mode: RoundingMode) -> u128 {
    if remainder == 0 {
        return quotient;
    }
    let half = remainder.cmp(&(divisor - remainder));
    quotient + u128::from(moves_away(half, quotient % 2 == 1, negative, mode))
}

/// Whether a magnitude that is not whole is rounded away from zero: `half` compares the rest with a half.
#[inline]
fn moves_away(half: Ordering, is_odd: bool, negative: bool, mode: RoundingMode) -> bool {
    match mode {
        RoundingMode::HalfUp => half != Ordering::Less,
        RoundingMode::HalfDown => half == Ordering::Greater,
        RoundingMode::HalfEven => half == Ordering::Greater || (half == Ordering::Equal && is_odd),
        RoundingMode::Up => true,
        RoundingMode::Down => false,
        RoundingMode::Ceiling => !negative,
        RoundingMode::Floor => negative,
    }
}

/// A numerator's quotient and rest, both of magnitudes, as a number, rounded, and what the rounding added to the numerator.
#[inline]
fn rounded_narrow((quotient, rest): (u64, u64), divisor: u64, numerator: i64, mode: RoundingMode) -> (i64, i64) {
    let (negative, up) = (numerator < 0, divisor.wrapping_sub(rest));
    // As `moves_away`, of which the compiler makes twice the instructions: `rest` and `up` are what is below and above.
    let away = match mode {
        RoundingMode::HalfUp => u64::from(rest >= up),
        RoundingMode::HalfDown => u64::from(rest > up),
        RoundingMode::HalfEven => u64::from(rest.wrapping_add(quotient & 1) > up),
        _ => u64::from(rest != 0 && moves_away(rest.cmp(&up), false, negative, mode)),
    };
    let rounded = quotient.wrapping_add(away);
    // Worked out from what is rounded, for to ask whether it moved is a branch that cannot be foreseen. The product is the
    // magnitude and less than the divisor more, so below 2^64, and what was added is below the divisor.
    let added = rounded.wrapping_mul(divisor).wrapping_sub(numerator.unsigned_abs()).cast_signed();
    // Only i64::MIN by one is beyond 63 bits, and turns into itself.
    let rounded = rounded.cast_signed();
    if negative { (rounded.wrapping_neg(), added.wrapping_neg()) } else { (rounded, added) }
}

/// The lower and the upper 64 bits.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "each half is what is wanted")]
fn halves(wide: u128) -> [u64; 2] {
    [wide as u64, (wide >> 64) as u64]
}

#[inline]
fn signed(magnitude: u128, negative: bool) -> Option<i128> {
    let value = i128::try_from(magnitude).ok()?;
    Some(if negative { -value } else { value })
}

/// A 256-bit number: what a line's unit ratio and apportioning need before they divide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wide {
    negative: bool,
    high: u128,
    low: u128,
}

impl Wide {
    /// `left * right`; always fits.
    pub fn product(left: i128, right: i128) -> Self {
        const LOW: u128 = u64::MAX as u128;
        let negative = (left < 0) != (right < 0);
        let (left, right) = (left.unsigned_abs(), right.unsigned_abs());
        let (left_high, left_low, right_high, right_low) = (left >> 64, left & LOW, right >> 64, right & LOW);
        // Each partial product is at most (2^64 - 1)^2, which leaves room for two carries of 64 bits.
        let lowest = left_low * right_low;
        let first = left_high * right_low + (lowest >> 64);
        let second = left_low * right_high + (first & LOW);
        let high = left_high * right_high + (first >> 64) + (second >> 64);
        Self { negative, high, low: (second << 64) | (lowest & LOW) }
    }

    /// The sum, or `None` beyond 256 bits.
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.negative == other.negative {
            let (low, carry) = self.low.overflowing_add(other.low);
            let high = self.high.checked_add(other.high)?.checked_add(u128::from(carry))?;
            return Some(Self { high, low, ..self });
        }
        let (large, small) =
            if (self.high, self.low) >= (other.high, other.low) { (self, other) } else { (other, self) };
        let (low, borrow) = large.low.overflowing_sub(small.low);
        Some(Self { negative: large.negative, high: large.high - small.high - u128::from(borrow), low })
    }

    /// The sum with `right` as a 128-bit number, or `None` beyond 256 bits.
    pub fn plus_product(self, left: i128, right: i128) -> Option<Self> {
        self.plus(Self::product(left, right))
    }

    /// The number divided by `divisor` (above zero) and rounded once, or `None` beyond 127 bits.
    pub fn divide(self, divisor: u128, mode: RoundingMode) -> Option<i128> {
        let (quotient, remainder) = self.quotient(divisor)?;
        signed(rounded(quotient, remainder, divisor, self.negative, mode), self.negative)
    }

    /// Quotient and remainder of the magnitude, or `None` where the quotient is beyond 128 bits.
    pub fn quotient(self, divisor: u128) -> Option<(u128, u128)> {
        if self.high >= divisor {
            return None;
        }
        if self.high == 0 {
            return Some((self.low / divisor, self.low % divisor));
        }
        Some(long_division(self.high, self.low, divisor))
    }

    /// How the number compares with zero.
    pub fn sign(self) -> Ordering {
        match (self.high == 0 && self.low == 0, self.negative) {
            (true, _) => Ordering::Equal,
            (false, true) => Ordering::Less,
            (false, false) => Ordering::Greater,
        }
    }
}

/// An exact value between two integers: `floor + rest / divisor`, with `rest < divisor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    floor: i128,
    rest: u128,
    divisor: u128,
}

impl Fraction {
    /// The integer `value`.
    #[inline]
    pub fn whole(value: i128) -> Self {
        Self { floor: value, rest: 0, divisor: 1 }
    }

    /// `numerator x 10^shift / divisor` (divisor above zero), or `None` beyond 127 bits.
    pub fn new(numerator: Wide, divisor: u128, shift: u32) -> Option<Self> {
        let (whole, remainder) = numerator.quotient(divisor)?;
        let remainder = i128::try_from(remainder).ok()?;
        let (part, rest) = Wide::product(remainder, power_of_ten(shift)).quotient(divisor)?;
        let whole = i128::try_from(whole).ok()?.checked_mul(power_of_ten(shift))?;
        let magnitude = whole.checked_add(i128::try_from(part).ok()?)?;
        Some(match (numerator.negative, rest) {
            (false, _) => Self { floor: magnitude, rest, divisor },
            (true, 0) => Self { floor: -magnitude, rest, divisor },
            (true, _) => Self { floor: (-magnitude).checked_sub(1)?, rest: divisor - rest, divisor },
        })
    }

    /// The value rounded once to an integer.
    #[inline]
    pub fn round(self, mode: RoundingMode) -> i128 {
        if self.rest == 0 { self.floor } else { self.round_to(1, 0, mode).unwrap_or(self.floor) }
    }

    /// `offset + increment x round((value - offset) / increment)`, or `None` beyond 127 bits; the increment is above zero.
    #[inline]
    pub fn round_to(self, increment: i128, offset: i128, mode: RoundingMode) -> Option<i128> {
        let moved = self.floor.checked_sub(offset)?;
        let (below, over) = div_rem_euclid(moved, increment)?;
        let exact = over == 0 && self.rest == 0;
        // Where `over + rest / divisor` lies in [0, increment): 2 x over is within one increment of it, so this fits.
        let half = match increment.checked_sub(over)?.checked_sub(over)? {
            gap if gap >= 2 => Ordering::Less,
            1 => self.rest.cmp(&(self.divisor - self.rest)),
            0 if self.rest == 0 => Ordering::Equal,
            _ => Ordering::Greater,
        };
        let negative = moved < 0;
        let upward = !exact
            && match mode {
                RoundingMode::HalfUp => half == Ordering::Greater || (half == Ordering::Equal && !negative),
                RoundingMode::HalfDown => half == Ordering::Greater || (half == Ordering::Equal && negative),
                RoundingMode::HalfEven => half == Ordering::Greater || (half == Ordering::Equal && below % 2 != 0),
                RoundingMode::Up => !negative,
                RoundingMode::Down => negative,
                RoundingMode::Ceiling => true,
                RoundingMode::Floor => false,
            };
        below.checked_add(i128::from(upward))?.checked_mul(increment)?.checked_add(offset)
    }
}

/// Quotient and remainder by a divisor above zero, the remainder not negative; in 64 bits where both fit.
#[inline]
fn div_rem_euclid(value: i128, divisor: i128) -> Option<(i128, i128)> {
    match (i64::try_from(value), i64::try_from(divisor)) {
        (Ok(value), Ok(divisor)) => {
            Some((value.checked_div_euclid(divisor)?.into(), value.checked_rem_euclid(divisor)?.into()))
        }
        _ => Some((value.checked_div_euclid(divisor)?, value.checked_rem_euclid(divisor)?)),
    }
}

/// Two digits of base 2^128 by one, `high < divisor`: schoolbook division in base 2^64 (Knuth, volume 2, algorithm D).
// The wrapping steps are exact modulo 2^128, and their true values fit.
fn long_division(high: u128, low: u128, divisor: u128) -> (u128, u128) {
    const LOW: u128 = u64::MAX as u128;
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let high = if shift == 0 { high } else { (high << shift) | (low >> (128 - shift)) };
    let low = low << shift;
    let (divisor_high, divisor_low) = (divisor >> 64, divisor & LOW);
    let digit = |top: u128, next: u128| {
        let (mut digit, mut rest) = (top / divisor_high, top % divisor_high);
        while digit > LOW || digit * divisor_low > (rest << 64) + next {
            digit -= 1;
            rest += divisor_high;
            if rest > LOW {
                break;
            }
        }
        (digit, (top << 64).wrapping_add(next).wrapping_sub(digit.wrapping_mul(divisor)))
    };
    let (first, rest) = digit(high, low >> 64);
    let (second, rest) = digit(rest, low & LOW);
    ((first << 64) | second, rest >> shift)
}

#[cfg(test)]
mod tests {
    use num_bigint::{BigInt, BigUint, Sign};
    use num_integer::Integer;
    use proptest::prelude::*;

    use super::{Divisor, Fraction, Wide, divide, divide_by_power_times, divide_narrow, power_of_ten};
    use crate::rounding::RoundingMode;

    fn big(wide: Wide) -> BigInt {
        let magnitude = (BigUint::from(wide.high) << 128_u32) + BigUint::from(wide.low);
        BigInt::from_biguint(if wide.negative { Sign::Minus } else { Sign::Plus }, magnitude)
    }

    /// The middle of every mode's table: -2.5, -1.1, 1.1, 1.5, 2.5 and 3.9, in tenths.
    #[test]
    fn every_mode_rounds_as_its_name_says() {
        let check = |mode, expected: [i128; 6]| {
            assert_eq!([-25, -11, 11, 15, 25, 39].map(|tenths| divide(tenths, 10, mode)), expected, "{mode:?}");
        };
        check(RoundingMode::HalfUp, [-3, -1, 1, 2, 3, 4]);
        check(RoundingMode::HalfDown, [-2, -1, 1, 1, 2, 4]);
        check(RoundingMode::HalfEven, [-2, -1, 1, 2, 2, 4]);
        check(RoundingMode::Up, [-3, -2, 2, 2, 3, 4]);
        check(RoundingMode::Down, [-2, -1, 1, 1, 2, 3]);
        check(RoundingMode::Ceiling, [-2, -1, 2, 2, 3, 4]);
        check(RoundingMode::Floor, [-3, -2, 1, 1, 2, 3]);
    }

    proptest! {
        #[test]
        fn wide_products_and_sums_are_exact(a: i128, b: i128, c: i128, d: i128) {
            let sum = Wide::product(a, b).plus_product(c, d);
            let expected = BigInt::from(a) * b + BigInt::from(c) * d;
            prop_assert_eq!(sum.map(big), Some(expected));
        }

        #[test]
        fn wide_division_is_exact(a: i128, b: i128, divisor in 1_u128.., shift in 0_u32..128) {
            let divisor = (divisor >> shift).max(1);
            let wide = Wide::product(a, b);
            let (quotient, remainder) = (big(wide).magnitude() / divisor, big(wide).magnitude() % divisor);
            match wide.quotient(divisor) {
                Some((q, r)) => prop_assert_eq!((BigUint::from(q), BigUint::from(r)), (quotient, remainder)),
                None => prop_assert!(quotient.bits() > 128),
            }
        }

        #[test]
        fn fractions_round_as_division_does(a: i64, b: i64, divisor in 1_u64.., shift in 0_u32..5, increment in 1_i64..1000, offset: i32, mode in 0_usize..7) {
            let mode = RoundingMode::ALL[mode];
            let value = i128::from(a) * i128::from(b);
            let Some(fraction) = Fraction::new(Wide::product(a.into(), b.into()), divisor.into(), shift) else {
                return Err(TestCaseError::reject("beyond 127 bits"));
            };
            let numerator = BigInt::from(value) * 10_u32.pow(shift);
            let expected = |n: BigInt, d: BigInt| -> BigInt {
                let (floor, rest) = (n.div_floor(&d), n.mod_floor(&d));
                let (twice, zero) = (&rest * 2, BigInt::from(0));
                if rest == zero {
                    return floor;
                }
                let up = match mode {
                    RoundingMode::HalfUp => twice > d || (twice == d && n > zero),
                    RoundingMode::HalfDown => twice > d || (twice == d && n < zero),
                    RoundingMode::HalfEven => twice > d || (twice == d && floor.is_odd()),
                    RoundingMode::Up => n > zero,
                    RoundingMode::Down => n < zero,
                    RoundingMode::Ceiling => true,
                    RoundingMode::Floor => false,
                };
                floor + i32::from(up)
            };
            prop_assert_eq!(BigInt::from(fraction.round(mode)), expected(numerator.clone(), divisor.into()));
            let moved = numerator - BigInt::from(offset) * divisor;
            let multiple = expected(moved, BigInt::from(divisor) * increment) * increment + offset;
            prop_assert_eq!(fraction.round_to(increment.into(), offset.into(), mode).map(BigInt::from), Some(multiple));
        }

        #[test]
        fn narrow_and_wide_division_agree(a: i64, b: i64, divisor in 1_i128.., mode in 0_usize..7) {
            let mode = RoundingMode::ALL[mode];
            let product = i128::from(a) * i128::from(b);
            let wide = Wide::product(a.into(), b.into()).divide(divisor.unsigned_abs(), mode);
            prop_assert_eq!(Some(divide(product, divisor, mode)), wide);
        }

        #[test]
        fn short_ways_divide_as_the_long_one(
            numerator: i64, divisor in 1_i64.., shift in 0_u32..63, exponent in 0_u32..19, times in 1_i64..1000, mode in 0_usize..7
        ) {
            let (mode, divisor) = (RoundingMode::ALL[mode], (divisor >> shift).max(1));
            let near = (numerator / divisor).wrapping_mul(divisor);
            for numerator in [numerator, near, near.wrapping_add(1), near.wrapping_sub(1), i64::MAX, i64::MIN] {
                let (whole, added) = divide_narrow(numerator, divisor, mode);
                prop_assert_eq!(Divisor::new(divisor).unwrap().divide(numerator, mode), (whole, added));
                if (numerator, divisor) != (i64::MIN, 1) {
                    let fraction = Fraction::new(Wide::product(numerator.into(), 1), divisor.unsigned_abs().into(), 0);
                    prop_assert_eq!(i128::from(whole), fraction.unwrap().round(mode), "{} by {}", numerator, divisor);
                }
                let back = i128::from(whole) * i128::from(divisor);
                prop_assert_eq!(i128::from(added), back - i128::from(numerator), "what was added");
                let by = i64::try_from(power_of_ten(exponent)).unwrap().checked_mul(times);
                let expected = by.map(|by| divide_narrow(numerator, by, mode));
                prop_assert_eq!(divide_by_power_times(numerator, exponent, times, mode), expected);
                prop_assert_eq!(divide_by_power_times(numerator, exponent, -times, mode), None);
            }
        }
    }
}
