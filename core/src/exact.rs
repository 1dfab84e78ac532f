//! Exact decimals as people write them: parsed strictly, printed canonically, never through a float.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::scaled::{narrow_power_of_ten, power_of_ten};

/// An exact decimal of at most 28 digits, without trailing zeros: 9.8 and 9.80 are one value.
///
/// # Example
/// ```
/// use emptor_core::Exact;
/// assert_eq!("9.80".parse::<Exact>().unwrap().to_string(), "9.8");
/// assert!("1e3".parse::<Exact>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Exact(Decimal);

/// Why a text is not an exact decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExactError {
    /// `number.syntax`: not of the form `-12.345`.
    #[error("not a number of the form -12.345; write digits, and a point where there are decimals")]
    Syntax,
    /// `number.too_long`: over 28 digits.
    #[error("a number of more than 28 digits; shorten it")]
    TooLong,
}

impl ExactError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        match self {
            Self::Syntax => "number.syntax",
            Self::TooLong => "number.too_long",
        }
    }
}

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The decimal `mantissa` / 10^`decimals`, or `None` beyond 96 bits or 28 decimals once trailing zeros are cut.
    pub fn from_scaled(mantissa: i128, decimals: u32) -> Option<Self> {
        let (mantissa, decimals) = without_trailing_zeros(mantissa, decimals);
        Decimal::try_from_i128_with_scale(mantissa, decimals).ok().map(Self)
    }

    /// The value times 10^`decimals` (at most 38), or `None` where that is not whole or does not fit.
    #[inline]
    pub fn scaled(self, decimals: u32) -> Option<i128> {
        let missing = decimals.checked_sub(self.decimals())?;
        let mantissa = self.0.mantissa();
        // In 64 bits, where it fits, the product is checked at a tenth of the cost.
        if let (Ok(narrow), Some(power)) = (i64::try_from(mantissa), narrow_power_of_ten(missing))
            && let Some(product) = narrow.checked_mul(power)
        {
            return Some(product.into());
        }
        mantissa.checked_mul(power_of_ten(missing))
    }

    /// The value's digits, as one whole number with its sign.
    #[inline]
    pub fn mantissa(self) -> i128 {
        self.0.mantissa()
    }

    /// The value, where it is a whole number that is not below zero and fits an `i64`.
    #[inline]
    pub fn whole(self) -> Option<i64> {
        let parts = self.0.unpack();
        let whole = i64::try_from((u64::from(parts.mid) << 32) | u64::from(parts.lo)).ok()?;
        // Trailing zeros are cut, so what has decimals is not whole.
        (parts.scale == 0 && parts.hi == 0 && !parts.negative).then_some(whole)
    }

    /// How many decimals the value has.
    #[inline]
    pub fn decimals(self) -> u32 {
        self.0.scale()
    }

    /// How many digits the value has, before and after the point.
    pub fn digits(self) -> u32 {
        self.0.mantissa().checked_abs().and_then(i128::checked_ilog10).map_or(1, |log| log.saturating_add(1))
    }

    /// The value as text with at least so many decimals: 9.8 with 2 is `9.80`.
    pub fn padded(self, decimals: u32) -> String {
        let mut text = self.to_string();
        let missing = decimals.saturating_sub(self.decimals());
        if missing > 0 && self.decimals() == 0 {
            text.push('.');
        }
        text.extend((0..missing).map(|_| '0'));
        text
    }

    /// Whether the value is below zero.
    pub fn is_negative(self) -> bool {
        self.0.mantissa() < 0
    }

    /// Whether the value is zero.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The value as `rust_decimal` has it.
    pub fn to_decimal(self) -> Decimal {
        self.0
    }
}

/// The same value with no more decimals than it needs; in 64 bits where it fits, which costs a fifth.
fn without_trailing_zeros(mantissa: i128, decimals: u32) -> (i128, u32) {
    let (mut wide, mut left) = (mantissa, decimals);
    while left > 0 && i64::try_from(wide).is_err() && wide % 10 == 0 {
        (wide, left) = (wide / 10, left.saturating_sub(1));
    }
    let Ok(mut narrow) = i64::try_from(wide) else { return (wide, left) };
    while left >= 4 && narrow % 10_000 == 0 && narrow != 0 {
        (narrow, left) = (narrow / 10_000, left.saturating_sub(4));
    }
    while left > 0 && narrow % 10 == 0 {
        (narrow, left) = (narrow / 10, left.saturating_sub(1));
    }
    (narrow.into(), left)
}

impl Ord for Exact {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        // Most numbers that are compared have equally many decimals, and are in the order of their digits.
        if self.decimals() == other.decimals() {
            return self.mantissa().cmp(&other.mantissa());
        }
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Exact {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Decimal> for Exact {
    fn from(decimal: Decimal) -> Self {
        Self(decimal.normalize())
    }
}

impl From<u32> for Exact {
    fn from(whole: u32) -> Self {
        Self(Decimal::from(whole))
    }
}

impl FromStr for Exact {
    type Err = ExactError;

    fn from_str(text: &str) -> Result<Self, ExactError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(decimals) {
            return Err(ExactError::Syntax);
        }
        Decimal::from_str_exact(text).map(Self::from).map_err(|_| ExactError::TooLong)
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Exact;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal as a string, like \"9.80\" (a JSON number would pass through a float)")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Exact, E> {
                text.parse().map_err(|error| E::custom(format_args!("`{text}` is {error}")))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Exact {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Decimal".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Exact, ExactError};

    #[test]
    fn a_decimal_is_read_strictly() {
        let check = |text: &str, expected: Result<&str, ExactError>| {
            assert_eq!(text.parse::<Exact>().map(|exact| exact.to_string()), expected.map(str::to_owned), "{text}");
        };
        check("9.80", Ok("9.8"));
        check("-0", Ok("0"));
        check("-0.00", Ok("0"));
        check("007", Ok("7"));
        check("100", Ok("100"));
        for text in ["", "-", ".5", "5.", "+5", "1e3", "1_000", "1,5", " 1", "0x1", "NaN", "١"] {
            check(text, Err(ExactError::Syntax));
        }
        check("1234567890123456789012345678", Ok("1234567890123456789012345678"));
        check("123456789012345678901234567890", Err(ExactError::TooLong));
        check("0.12345678901234567890123456789", Err(ExactError::TooLong));
    }

    #[test]
    fn a_decimal_scales_exactly_or_not_at_all() {
        let exact: Exact = "12.5".parse().unwrap();
        assert_eq!((exact.scaled(6), exact.scaled(1), exact.scaled(0)), (Some(12_500_000), Some(125), None));
        assert_eq!(Exact::from_scaled(1250, 2), Some(exact));
        assert_eq!((exact.digits(), exact.decimals()), (3, 1));
        assert_eq!([0, 1, 3].map(|decimals| exact.padded(decimals)), ["12.5", "12.5", "12.500"]);
        assert_eq!([0, 2].map(|decimals| Exact::from(7).padded(decimals)), ["7", "7.00"]);
    }

    #[test]
    fn numbers_are_in_the_order_of_their_values() {
        let sorted =
            ["-10", "-9.5", "-0.1", "0", "0.0000000001", "0.1", "9.49", "9.5", "10", "79228162514264337593543950335"];
        let numbers = sorted.map(|text| text.parse::<Exact>().unwrap());
        for (place, left) in numbers.iter().enumerate() {
            for (other, right) in numbers.iter().enumerate() {
                assert_eq!(left.cmp(right), place.cmp(&other), "{left} and {right}");
            }
        }
    }

    #[test]
    fn a_whole_number_is_told_from_others() {
        for (text, expected) in [
            ("0", Some(0)),
            ("7.00", Some(7)),
            ("4294967296", Some(1 << 32)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("18446744073709551616", None),
            ("79228162514264337593543950335", None),
            ("-1", None),
            ("12.5", None),
        ] {
            let exact: Exact = text.parse().unwrap();
            assert_eq!(exact.whole(), expected, "{text}");
        }
    }

    #[test]
    fn a_json_number_is_refused() {
        let error = serde_json::from_str::<Exact>("9.8").unwrap_err().to_string();
        assert!(error.contains("a decimal as a string"), "{error}");
    }
}
