//! Currencies and their minor units, from ISO 4217.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};

/// The edition of ISO 4217 that [`Currency`] knows: its list one as published on this day. Part of the semantics version.
pub const ISO_4217_EDITION: &str = "2026-01-01";

/// A currency of ISO 4217 that has minor units.
#[derive(Clone, Copy)]
pub struct Currency {
    letters: [u8; 3],
    decimals: Decimals,
}

/// How many decimals a minor unit has. An enum leaves room in the byte, so that `Result<Money, _>` is as large as [`crate::Money`].
#[derive(Clone, Copy)]
#[repr(u8)]
enum Decimals {
    None = 0,
    Two = 2,
    Three = 3,
    Four = 4,
}

/// `currency.unknown`: not the code of a currency in circulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a currency code of ISO 4217; write three capital letters, like EUR")]
pub struct CurrencyError;

impl CurrencyError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        "currency.unknown"
    }
}

/// Codes by their number of decimals. Metals, test codes and units of account without minor units are left out.
const TABLE: [(Decimals, &str); 4] = [
    (Decimals::None, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        Decimals::Two,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW \
         CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF \
         IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK \
         MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
         SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER \
         ZAR ZMW ZWG",
    ),
    (Decimals::Three, "BHD IQD JOD KWD LYD OMR TND"),
    (Decimals::Four, "CLF UYW"),
];

impl Currency {
    /// The three-letter code.
    pub fn code(&self) -> &str {
        // Only codes of the table are ever stored, which are ASCII.
        std::str::from_utf8(&self.letters).unwrap_or("???")
    }

    /// How many decimals a minor unit has: 0 for JPY, 2 for EUR, 3 for KWD.
    #[inline]
    pub fn decimals(self) -> u32 {
        self.decimals as u32
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        let known = |codes: &str| codes.split(' ').any(|known| known == text);
        let row = TABLE.iter().find(|(_, codes)| known(codes)).ok_or(CurrencyError)?;
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| CurrencyError)?;
        Ok(Self { letters, decimals: row.0 })
    }
}

// The letters alone: they say the decimals.
impl PartialEq for Currency {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.letters == other.letters
    }
}

impl Eq for Currency {}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> Ordering {
        self.letters.cmp(&other.letters)
    }
}

impl Hash for Currency {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.letters.hash(state);
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Currency;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a currency code, like EUR")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Currency, E> {
                text.parse().map_err(|error| E::custom(format_args!("`{text}` is {error}")))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, CurrencyError};

    #[test]
    fn minor_units_are_those_of_iso_4217() {
        let decimals = |code: &str| code.parse::<Currency>().map(Currency::decimals);
        assert_eq!(["JPY", "EUR", "KWD", "CLF"].map(decimals), [Ok(0), Ok(2), Ok(3), Ok(4)]);
        assert_eq!(["eur", "EU", "XAU", "DEM", "", "U D"].map(decimals), [Err(CurrencyError); 6]);
        assert_eq!(CurrencyError.code(), "currency.unknown");
    }

    #[test]
    fn a_result_of_money_is_as_large_as_money() {
        assert_eq!(size_of::<Result<crate::Money, crate::NoPrice>>(), size_of::<crate::Money>());
    }
}
