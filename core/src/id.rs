//! Names of things: one type per kind of name, so that a sku can never stand where a list is meant.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, de};

/// The longest name, in bytes (R0).
pub const ID_BYTES_MAX: usize = 128;

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// `id.empty`: a name has at least one character.
    #[error("a name is empty; give it at least one character")]
    Empty,
    /// `id.too_long`: over [`ID_BYTES_MAX`] bytes.
    #[error("a name is longer than {ID_BYTES_MAX} bytes; shorten it")]
    TooLong,
    /// `id.character`: a control character, or white space at an end.
    #[error("a name has a control character, or white space at its start or end; take it out")]
    Character,
}

impl IdError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "id.empty",
            Self::TooLong => "id.too_long",
            Self::Character => "id.character",
        }
    }
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > ID_BYTES_MAX {
        return Err(IdError::TooLong);
    }
    if text.chars().any(char::is_control) || text.trim() != text {
        return Err(IdError::Character);
    }
    Ok(())
}

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident)+) => {$(
        $(#[$doc])+
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a text as a name.
            ///
            /// # Errors
            /// `id.empty`, `id.too_long`, `id.character`, in this order.
            pub fn new(text: &str) -> Result<Self, IdError> {
                check(text).map(|()| Self(text.into()))
            }

            /// The name as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a name, as text")
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::new(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": ID_BYTES_MAX })
            }
        }
    )+};
}

ids! {
    /// An isolation boundary: one seller's data.
    TenantId
    /// A buyer or seller unit in a tenant's tree.
    OrganizationId
    /// A group of organizations, such as `dealers`.
    GroupId
    /// A region of the world, such as `DE` (ISO 3166-1) or a sales area.
    RegionId
    /// A channel of sale, such as `webshop` or `edi`.
    ChannelId
    /// A catalog document.
    CatalogId
    /// A category of products.
    CategoryId
    /// A named group of products whose quantities count together (R4).
    PricingGroupId
    /// A product's article number.
    Sku
    /// A unit of measure, such as `pc`, `box` or `kg`.
    Unit
    /// A price list.
    PriceListId
    /// A contract.
    ContractId
    /// A table of exchange rates.
    FxTableId
    /// One stated exchange rate.
    RateId
    /// A line of a request, unique in it.
    LineId
    /// An adjustment.
    AdjustmentId
    /// A set of adjustments that are chosen together.
    SetId
    /// A step or subtotal of a procedure.
    StepId
    /// A coupon's code.
    CouponCode
    /// A vendor of products.
    VendorId
    /// A kind of charge, such as `freight`.
    ChargeKind
    /// A table of index values.
    IndexTableId
    /// A table of tax rates.
    TaxTableId
    /// A category of tax, such as `standard`.
    TaxCategoryId
    /// An order rule.
    OrderRuleId
    /// A role that may approve, such as `head-of-sales`.
    RoleId
    /// A script.
    ScriptId
    /// A test of a book.
    TestId
}

#[cfg(test)]
mod tests {
    use super::{IdError, Sku};

    #[test]
    fn names_are_checked_where_they_enter() {
        let check = |text: &str, expected| assert_eq!(Sku::new(text).map(|sku| sku.to_string()), expected);
        check("007", Ok("007".to_owned()));
        check("Ø 8 mm", Ok("Ø 8 mm".to_owned()));
        check("", Err(IdError::Empty));
        check(&"x".repeat(129), Err(IdError::TooLong));
        check("a\nb", Err(IdError::Character));
        check(" a", Err(IdError::Character));
    }
}
