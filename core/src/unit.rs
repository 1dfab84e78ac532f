//! Units of measure: quantities as text, and exact rational factors between units (R5).

use std::fmt;
use std::str::FromStr;

use crate::exact::Exact;
use crate::id::Unit;
use crate::scaled::gcd;

/// An exact decimal and its unit: `2.5 kg`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// How much.
    pub value: Exact,
    /// Of what.
    pub unit: Unit,
}

/// A stated equation between two units: `1 box = 200 pc`, `3 pc = 5 kg`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The left side.
    pub left: Quantity,
    /// The right side.
    pub right: Quantity,
}

/// `quantity.syntax`: not a number and a unit, or not an equation of two such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not of the form `2.5 kg`")]
pub struct QuantityError;

impl QuantityError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        "quantity.syntax"
    }
}

/// A ratio of two 64-bit integers above zero, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

impl Ratio {
    /// One.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator` in lowest terms, or `None` where one of them is zero or does not fit 64 bits.
    pub fn new(numerator: u128, denominator: u128) -> Option<Self> {
        let divisor = gcd(numerator, denominator);
        let numerator = u64::try_from(numerator.checked_div(divisor)?).ok().filter(|&part| part > 0)?;
        let denominator = u64::try_from(denominator.checked_div(divisor)?).ok().filter(|&part| part > 0)?;
        Some(Self { numerator, denominator })
    }

    /// The ratio of two decimals above zero, or `None` where it does not fit.
    pub fn of(numerator: Exact, denominator: Exact) -> Option<Self> {
        let decimals = numerator.decimals().max(denominator.decimals());
        let part = |exact: Exact| exact.scaled(decimals).and_then(|scaled| u128::try_from(scaled).ok());
        Self::new(part(numerator)?, part(denominator)?)
    }

    /// The product, or `None` where it does not fit.
    pub fn times(self, other: Self) -> Option<Self> {
        let product = |left: u64, right: u64| u128::from(left).checked_mul(right.into());
        Self::new(product(self.numerator, other.numerator)?, product(self.denominator, other.denominator)?)
    }

    /// One over the ratio.
    #[must_use]
    pub fn inverse(self) -> Self {
        Self { numerator: self.denominator, denominator: self.numerator }
    }

    /// The part above the line.
    pub fn numerator(self) -> u64 {
        self.numerator
    }

    /// The part below the line.
    pub fn denominator(self) -> u64 {
        self.denominator
    }
}

impl Conversion {
    /// How many right units one left unit is, or `None` where it does not fit a [`Ratio`].
    pub fn factor(&self) -> Option<Ratio> {
        Ratio::of(self.right.value, self.left.value)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (value, unit) = text.trim().split_once(' ').ok_or(QuantityError)?;
        let value = value.parse().map_err(|_| QuantityError)?;
        let unit = Unit::new(unit.trim()).map_err(|_| QuantityError)?;
        Ok(Self { value, unit })
    }
}

impl FromStr for Conversion {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (left, right) = text.split_once('=').ok_or(QuantityError)?;
        Ok(Self { left: left.parse()?, right: right.parse()? })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit)
    }
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.left, self.right)
    }
}

crate::text::as_text! {
    Quantity "a quantity with its unit, like `2.5 kg`"
    Conversion "an equation of two quantities, like `1 box = 200 pc`"
}

#[cfg(test)]
mod tests {
    use super::{Conversion, Quantity, QuantityError, Ratio};

    #[test]
    fn an_equation_gives_an_exact_factor() {
        let factor = |text: &str| text.parse::<Conversion>().unwrap().factor().map(|factor| factor.to_string());
        assert_eq!(factor("1 box = 200 pc").as_deref(), Some("200"));
        assert_eq!(factor("3 pc = 5 kg").as_deref(), Some("5/3"));
        assert_eq!(factor("1 m = 0.250 kg").as_deref(), Some("1/4"));
        assert_eq!(factor("0 m = 1 kg"), None);
        assert_eq!(factor("1 m = -1 kg"), None);
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "5", "kg", "5kg", "5,5 kg", " 5"] {
            assert_eq!(text.parse::<Quantity>(), Err(QuantityError), "{text}");
        }
        assert_eq!("1 a 2 b".parse::<Conversion>(), Err(QuantityError));
        assert_eq!(QuantityError.code(), "quantity.syntax");
    }

    #[test]
    fn ratios_stay_in_lowest_terms() {
        let third = Ratio::new(5, 15).unwrap();
        assert_eq!((third.times(third.inverse()), third.to_string()), (Some(Ratio::ONE), "1/3".to_owned()));
        assert_eq!(Ratio::new(u128::from(u64::MAX), 1).unwrap().times(Ratio::new(2, 1).unwrap()), None);
    }
}
