//! Short numbers: 64 bits and a scale, in two registers. Most of what a rule works out is short.
//!
//! INVARIANT (same digits): each operation gives the mantissa and scale that `rust_decimal` gives, or nothing.

use std::cmp::Ordering;
use std::num::NonZero;

use emptor_core::scaled::{compare_narrow, narrow_power_of_ten};
use rust_decimal::Decimal;

/// A decimal of 64 bits, and no negative zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Short {
    mantissa: i64,
    /// One more than its decimals: a result that is none then needs no room of its own.
    scale_and_one: NonZero<u32>,
}

impl Short {
    pub(crate) const ZERO: Self = Self { mantissa: 0, scale_and_one: NonZero::<u32>::MIN };

    /// So many `scale`ths; nothing beyond [`Decimal::MAX_SCALE`].
    #[inline]
    fn new(mantissa: i64, scale: u32) -> Option<Self> {
        let scale_and_one = NonZero::<u32>::MIN.checked_add(scale)?;
        (scale <= Decimal::MAX_SCALE).then_some(Self { mantissa, scale_and_one })
    }

    #[inline]
    pub(crate) fn of(decimal: &Decimal) -> Option<Self> {
        let parts = decimal.unpack();
        let magnitude = (u64::from(parts.mid) << 32) | u64::from(parts.lo);
        if parts.hi != 0 || (parts.negative && magnitude == 0) {
            return None;
        }
        let magnitude = i64::try_from(magnitude).ok()?;
        let mantissa = if parts.negative { magnitude.wrapping_neg() } else { magnitude };
        Some(Self { mantissa, scale_and_one: NonZero::<u32>::MIN.saturating_add(parts.scale) })
    }

    #[inline]
    pub(crate) fn decimal(self) -> Decimal {
        Decimal::try_new(self.mantissa, self.scale()).unwrap_or_default()
    }

    #[inline]
    const fn scale(self) -> u32 {
        self.scale_and_one.get().saturating_sub(1)
    }

    #[inline]
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        if let (Some(left), Some(right)) = (self.lengthened(other), other.lengthened(self)) {
            return Some(left.cmp(&right));
        }
        compare_narrow(self.mantissa.into(), self.scale(), other.mantissa.into(), other.scale())
    }

    /// With the other sign; a zero would be a negative one.
    #[inline]
    pub(crate) fn negated(self) -> Option<Self> {
        let mantissa = self.mantissa.checked_neg().filter(|mantissa| *mantissa != 0)?;
        Some(Self { mantissa, ..self })
    }

    /// Its mantissa at as many decimals as the other has, or its own if these are more.
    #[inline]
    fn lengthened(self, other: Self) -> Option<i64> {
        match other.scale_and_one.get().saturating_sub(self.scale_and_one.get()) {
            0 => Some(self.mantissa),
            more => self.mantissa.checked_mul(narrow_power_of_ten(more)?),
        }
    }

    #[inline]
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        // A zero gives the other number as it is, whatever its own decimals.
        match (self.mantissa, other.mantissa) {
            (0, _) => return Some(other),
            (_, 0) => return Some(self),
            _ => {}
        }
        let mantissa = self.lengthened(other)?.checked_add(other.lengthened(self)?)?;
        Some(Self { mantissa, scale_and_one: self.scale_and_one.max(other.scale_and_one) })
    }

    #[inline]
    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        if other.mantissa == 0 {
            return Some(if self.mantissa == 0 { other } else { self });
        }
        self.plus(other.negated()?)
    }

    #[inline]
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        match self.mantissa.checked_mul(other.mantissa)? {
            0 => Some(Self::ZERO),
            product => Self::new(product, self.scale().checked_add(other.scale())?),
        }
    }

    /// The quotient where it has no rest, or is one by 10, 100 or 1000, which most scripts divide by.
    #[inline]
    pub(crate) fn over(self, other: Self) -> Option<Self> {
        if self.mantissa == 0 && other.mantissa != 0 {
            return Some(Self::ZERO);
        }
        match (other.mantissa, other.scale()) {
            (10, 0) => self.with_point_moved::<10, 1>(),
            (100, 0) => self.with_point_moved::<100, 2>(),
            (1_000, 0) => self.with_point_moved::<1_000, 3>(),
            _ if self.mantissa.checked_rem(other.mantissa)? == 0 => {
                Self::new(self.mantissa.checked_div(other.mantissa)?, self.scale().checked_sub(other.scale())?)
            }
            _ => None,
        }
    }

    /// The quotient by a power of ten.
    ///
    /// Where a division leaves a rest, [`Decimal::checked_div`] adds 9 digits, and then takes 4, 2 and 1 zeros off the
    /// end, each once and where they are. (It takes 8 off first where the last 32 bits are zero: not done here.)
    #[inline]
    fn with_point_moved<const POWER: i64, const PLACES: u32>(self) -> Option<Self> {
        if self.mantissa.checked_rem(POWER)? == 0 {
            return Self::new(self.mantissa.checked_div(POWER)?, self.scale());
        }
        let (mantissa, scale) = (i64::from(i32::try_from(self.mantissa).ok()?), self.scale());
        // 10^9 / POWER has this many bits that are zero already; and 9 digits must fit.
        let zero_bits = 9_u32.saturating_sub(PLACES);
        if mantissa.trailing_zeros().saturating_add(zero_bits) >= 32 || scale > Decimal::MAX_SCALE.saturating_sub(9) {
            return None;
        }
        match PLACES {
            // 8 zeros, of which 7 are taken off.
            1 => Self::new(mantissa.checked_mul(10)?, scale.saturating_add(2)),
            2 => Self::new(mantissa, scale.saturating_add(2)),
            // 6 zeros, or 7 or 8 where the number has some of its own.
            _ if mantissa % 10 == 0 => Self::new(mantissa / 10, scale.saturating_add(2)),
            _ => Self::new(mantissa, scale.saturating_add(3)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::mem::size_of;

    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::Short;

    /// Numbers of all lengths, with and without trailing zeros, and few different ones, that are often equal.
    fn any_decimal() -> impl Strategy<Value = Decimal> {
        let parts = (any::<i128>(), 33_u32..128, 0_u32..10, 0_u32..=28);
        let long = parts.prop_map(|(mantissa, shift, zeros, scale)| {
            let mantissa = (mantissa >> shift).saturating_mul(10_i128.pow(zeros));
            Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or(Decimal::ONE)
        });
        let few = (-20_i64..=20, 0_u32..4, any::<bool>()).prop_map(|(mantissa, scale, is_negated)| {
            let few = Decimal::new(mantissa, scale);
            if is_negated { -few } else { few }
        });
        prop_oneof![long, few]
    }

    #[test]
    fn a_result_fits_two_registers() {
        assert_eq!(size_of::<Option<Short>>(), 16);
    }

    type Shortly = fn(Short, Short) -> Option<Short>;
    type Wholly = fn(Decimal, Decimal) -> Option<Decimal>;

    const OPERATIONS: [(Shortly, Wholly); 4] = [
        (Short::plus, Decimal::checked_add),
        (Short::minus, Decimal::checked_sub),
        (Short::times, Decimal::checked_mul),
        (Short::over, Decimal::checked_div),
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_096))]
        #[test]
        fn what_is_short_has_the_same_digits(left in any_decimal(), right in any_decimal(), power in 0_u32..5) {
            let by = Decimal::from(10_u32.pow(power));
            for (left, right) in [(left, right), (left, by), (left, -left), (left, left)] {
                let (Some(one), Some(other)) = (Short::of(&left), Short::of(&right)) else { continue };
                prop_assert_eq!(one.decimal().unpack(), left.unpack());
                if let Some(order) = one.compare(other) {
                    prop_assert_eq!(order, left.cmp(&right));
                }
                for (shortly, wholly) in OPERATIONS {
                    if let Some(short) = shortly(one, other) {
                        prop_assert_eq!(Some(short.decimal().unpack()), wholly(left, right).map(|whole| whole.unpack()));
                    }
                }
                if let Some(negated) = one.negated() {
                    prop_assert_eq!(negated.decimal().unpack(), (-left).unpack());
                }
            }
        }
    }
}
