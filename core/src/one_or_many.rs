//! Lists that may be written without brackets where they have one element.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{SeqAccessDeserializer, StrDeserializer};
use serde::{Deserialize, Deserializer, de};

/// Reads a list that, where it is stated, has elements.
pub(crate) fn not_empty<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(deserializer)?;
    if list.is_empty() { Err(de::Error::invalid_length(0, &"at least one element")) } else { Ok(list) }
}

/// Reads `DE` as `[DE]`.
pub(crate) fn one_or_many<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct Form<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Form<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one name or a list of names")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::deserialize(StrDeserializer::new(text)).map(|one| vec![one])
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Vec<T>, A::Error> {
            let names = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
            // An empty list would mean "all" as if it were absent, and surely means "none".
            if names.is_empty() { Err(de::Error::invalid_length(0, &"at least one name")) } else { Ok(names) }
        }
    }
    deserializer.deserialize_any(Form(PhantomData))
}
