//! Money: an amount of a currency, exact, at its minor unit.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::currency::Currency;
use crate::exact::Exact;
use crate::limits::AMOUNT_DECIMALS;
use crate::scaled::{narrow_power_of_ten, power_of_ten};

/// A count of a currency's minor units. Prints with all of them: `52.50 EUR`, `53 JPY`.
///
/// # Example
/// ```
/// use emptor_core::Money;
/// let money = Money::from_minor(5250, "EUR".parse().unwrap());
/// assert_eq!(money.to_string(), "52.50 EUR");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// `minor` minor units of `currency`.
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// `value` of `currency`, or `None` where it has more decimals than the currency, or does not fit 64 bits.
    pub fn from_exact(value: Exact, currency: Currency) -> Option<Self> {
        let minor = i64::try_from(value.scaled(currency.decimals())?).ok()?;
        Some(Self { minor, currency })
    }

    /// The count of minor units.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum, or `None` beyond 64 bits of minor units or between currencies.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self })
    }

    /// The amount as text, with all minor units and without the currency: `52.50`.
    pub fn amount(self) -> String {
        let decimals = self.currency.decimals() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", self.minor.unsigned_abs(), width = decimals.saturating_add(1));
        let (whole, minor) = digits.split_at(digits.len().saturating_sub(decimals));
        if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{minor}") }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct MoneyText {
    amount: String,
    currency: Currency,
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        MoneyText { amount: self.amount(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = MoneyText::deserialize(deserializer)?;
        let value: Exact = text.amount.parse().map_err(de::Error::custom)?;
        Self::from_exact(value, text.currency)
            .ok_or_else(|| de::Error::custom(format_args!("`{}` is no amount of {}", text.amount, text.currency)))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        MoneyText::json_schema(generator)
    }
}

/// A line's running value in the order's currency, at [`AMOUNT_DECIMALS`] decimals: between a price and [`Money`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount(pub i128);

impl Amount {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// `minor` units of a currency as an amount; always fits.
    #[inline]
    #[expect(clippy::arithmetic_side_effects, reason = "2^63 x 10^10 fits 127 bits")]
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        let decimals = AMOUNT_DECIMALS.saturating_sub(currency.decimals());
        Self(match narrow_power_of_ten(decimals) {
            // Of two numbers of 64 bits: one multiplication for three.
            Some(unit) => i128::from(minor) * i128::from(unit),
            None => i128::from(minor) * power_of_ten(decimals),
        })
    }

    /// The amount as a decimal.
    pub fn to_exact(self) -> Option<Exact> {
        Exact::from_scaled(self.0, AMOUNT_DECIMALS)
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn money_prints_all_its_minor_units() {
        let check = |minor, code: &str, expected: &str| {
            let money = Money::from_minor(minor, code.parse().unwrap());
            assert_eq!(money.to_string(), expected);
            let json = serde_json::to_string(&money).unwrap();
            assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        };
        check(5250, "EUR", "52.50 EUR");
        check(-5, "EUR", "-0.05 EUR");
        check(0, "KWD", "0.000 KWD");
        check(53, "JPY", "53 JPY");
        check(i64::MIN, "JPY", "-9223372036854775808 JPY");
    }

    #[test]
    fn sums_of_money_are_checked() {
        let euro = |minor| Money::from_minor(minor, "EUR".parse().unwrap());
        assert_eq!(euro(1).checked_add(euro(2)), Some(euro(3)));
        assert_eq!(euro(i64::MAX).checked_add(euro(1)), None);
        assert_eq!(euro(1).checked_add(Money::from_minor(1, "USD".parse().unwrap())), None);
    }
}
