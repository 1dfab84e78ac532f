//! The numbers that a lowered script works with: short ones first, and decimals where these do not do.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::functions;
use super::run_steps::Exit;
use super::short::Short;
use super::steps::Constant;

/// What a script's numbers are while it runs.
pub(crate) trait Digits: Copy {
    fn of(decimal: &Decimal) -> Result<Self, Exit>;
    fn constant(constant: &Constant) -> Result<Self, Exit>;
    fn decimal(self) -> Decimal;
    fn plus(self, other: Self) -> Result<Self, Exit>;
    fn minus(self, other: Self) -> Result<Self, Exit>;
    fn times(self, other: Self) -> Result<Self, Exit>;
    fn over(self, other: Self) -> Result<Self, Exit>;
    fn negated(self) -> Result<Self, Exit>;
    fn compare(self, other: Self) -> Result<Ordering, Exit>;
}

impl Digits for Short {
    #[inline]
    fn of(decimal: &Decimal) -> Result<Self, Exit> {
        Self::of(decimal).ok_or(Exit::TooLong)
    }

    #[inline]
    fn constant(constant: &Constant) -> Result<Self, Exit> {
        constant.short.ok_or(Exit::TooLong)
    }

    #[inline]
    fn decimal(self) -> Decimal {
        self.decimal()
    }

    #[inline]
    fn plus(self, other: Self) -> Result<Self, Exit> {
        self.plus(other).ok_or(Exit::TooLong)
    }

    #[inline]
    fn minus(self, other: Self) -> Result<Self, Exit> {
        self.minus(other).ok_or(Exit::TooLong)
    }

    #[inline]
    fn times(self, other: Self) -> Result<Self, Exit> {
        self.times(other).ok_or(Exit::TooLong)
    }

    #[inline]
    fn over(self, other: Self) -> Result<Self, Exit> {
        self.over(other).ok_or(Exit::TooLong)
    }

    #[inline]
    fn negated(self) -> Result<Self, Exit> {
        self.negated().ok_or(Exit::TooLong)
    }

    #[inline]
    fn compare(self, other: Self) -> Result<Ordering, Exit> {
        self.compare(other).ok_or(Exit::TooLong)
    }
}

impl Digits for Decimal {
    fn of(decimal: &Decimal) -> Result<Self, Exit> {
        Ok(*decimal)
    }

    fn constant(constant: &Constant) -> Result<Self, Exit> {
        Ok(constant.decimal)
    }

    fn decimal(self) -> Decimal {
        self
    }

    fn plus(self, other: Self) -> Result<Self, Exit> {
        Ok(functions::add(self, other)?)
    }

    fn minus(self, other: Self) -> Result<Self, Exit> {
        Ok(functions::subtract(self, other)?)
    }

    fn times(self, other: Self) -> Result<Self, Exit> {
        Ok(functions::multiply(self, other)?)
    }

    fn over(self, other: Self) -> Result<Self, Exit> {
        Ok(functions::divide(self, other)?)
    }

    fn negated(self) -> Result<Self, Exit> {
        Ok(functions::negated(self))
    }

    fn compare(self, other: Self) -> Result<Ordering, Exit> {
        Ok(self.cmp(&other))
    }
}
