//! From a node to a document's type: texts are read as what the field needs, and errors know their place.

use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::nearest;
use crate::problem::{Flaw, ReadCode};
use crate::tree::{Field, Kind, Node, Spot, Written};

/// Reads a node as a `T`.
///
/// # Errors
/// `document.shape` or `document.unknown_key`, at the innermost place that is known.
pub(crate) fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, Flaw> {
    T::deserialize(node).map_err(Error::into_flaw)
}

/// Why a node is not what was asked for.
#[derive(Debug)]
pub(crate) struct Error {
    code: ReadCode,
    message: String,
    help: Option<String>,
    spot: Option<Spot>,
    /// The way to the place, innermost first.
    path: Vec<String>,
}

impl Error {
    fn new(message: impl Into<String>) -> Self {
        Self { code: ReadCode::DocumentShape, message: message.into(), help: None, spot: None, path: Vec::new() }
    }

    fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Sets the place, unless one further in is known.
    fn at(self, spot: Spot) -> Self {
        Self { spot: self.spot.or(Some(spot)), ..self }
    }

    fn within(mut self, segment: String) -> Self {
        self.path.push(segment);
        self
    }

    fn into_flaw(mut self) -> Flaw {
        self.path.reverse();
        let path = self.path.concat();
        let message = match path.strip_prefix('.').unwrap_or(&path) {
            "" => self.message,
            path => format!("{path}: {}", self.message),
        };
        let flaw = Flaw::new(self.code, self.spot.unwrap_or(Spot::START), message);
        self.help.into_iter().fold(flaw, Flaw::with_help)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        // In the words that are used where this module finds it by itself.
        Self::new(match found {
            Unexpected::Map => format!("expected {expected}, found a map"),
            Unexpected::Seq => format!("expected {expected}, found a list"),
            found => format!("expected {expected}, found {found}"),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found {found}"))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found {length} elements"))
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        let help = nearest::help("keys", field, known);
        Self { code: ReadCode::DocumentUnknownKey, ..Self::new(format!("the key `{field}` is not known")) }
            .with_help(help)
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self::new(format!("`{variant}` is none of the known words")).with_help(nearest::help("words", variant, known))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("the key `{field}` is missing")).with_help(format!("add `{field}`"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("the key `{field}` is written twice")).with_help("keep one of the two")
    }
}

impl Node {
    /// What was written, for people.
    fn described(&self) -> String {
        match &self.kind {
            _ if self.is_nothing() => "nothing".to_owned(),
            Kind::Scalar { text, written: Written::Number } => format!("the number {text}"),
            Kind::Scalar { text, .. } => format!("`{text}`"),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
            Kind::Table(_) => "a CSV file".to_owned(),
            Kind::Null => "nothing".to_owned(),
        }
    }

    /// Something else was expected here.
    fn found(&self, expected: impl fmt::Display) -> Error {
        Error::new(format!("expected {expected}, found {}", self.described())).at(self.spot)
    }

    /// A text was expected here.
    fn mismatch(&self, expected: &dyn Expected) -> Error {
        let error = self.found(expected);
        match &self.kind {
            Kind::Scalar { text, written: Written::Number | Written::Literal } => {
                error.with_help(format!("write it in quotes: \"{text}\""))
            }
            _ => error,
        }
    }

    fn list<'de, V: Visitor<'de>>(&'de self, nodes: &'de [Node], visitor: V) -> Result<V::Value, Error> {
        let mut items = Items { nodes: nodes.iter(), index: 0 };
        let value = visitor.visit_seq(&mut items).map_err(|error| error.at(self.spot))?;
        let (read, left) = (items.index, items.nodes.len());
        if left == 0 {
            return Ok(value);
        }
        Err(Error::new(format!("expected {read} elements, found {}", read.saturating_add(left))).at(self.spot))
    }

    fn map<'de, V: Visitor<'de>>(&'de self, fields: &'de [Field], visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Fields { fields: fields.iter(), next: None }).map_err(|error| error.at(self.spot))
    }

    /// A whole number of a Rust type, from its text.
    fn whole<N: std::str::FromStr>(&self, expected: &dyn Expected) -> Result<N, Error> {
        let text = match &self.kind {
            Kind::Scalar { text, .. } if !text.starts_with('+') => text,
            _ => return Err(self.found(expected)),
        };
        text.parse().map_err(|_| self.found(expected).with_help("write a whole number, in digits"))
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let number = self.whole(&visitor)?;
            visitor.$visit(number)
        }
    )+};
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Error;

    whole_numbers! {
        deserialize_i8 visit_i8 deserialize_i16 visit_i16 deserialize_i32 visit_i32 deserialize_i64 visit_i64
        deserialize_u8 visit_u8 deserialize_u16 visit_u16 deserialize_u32 visit_u32 deserialize_u64 visit_u64
    }

    forward_to_deserialize_any! { f32 f64 char bytes byte_buf unit unit_struct }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.kind {
            Kind::Scalar { text, written: Written::Plain | Written::Quoted } => {
                visitor.visit_str(text).map_err(|error: Error| error.at(self.spot))
            }
            Kind::List(nodes) => self.list(nodes, visitor),
            Kind::Map(fields) => self.map(fields, visitor),
            Kind::Table(_) => self.list(&[], visitor),
            Kind::Scalar { .. } | Kind::Null => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.kind {
            Kind::Scalar { text, written: Written::Plain | Written::Quoted } => {
                visitor.visit_str(text).map_err(|error: Error| error.at(self.spot))
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.kind {
            Kind::Scalar { text, written: Written::Plain | Written::Literal } if &**text == "true" => {
                visitor.visit_bool(true)
            }
            Kind::Scalar { text, written: Written::Plain | Written::Literal } if &**text == "false" => {
                visitor.visit_bool(false)
            }
            _ => Err(self.found("`true` or `false`").with_help("write true or false, without quotes")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.kind {
            Kind::List(nodes) => self.list(nodes, visitor),
            Kind::Table(_) => self.list(&[], visitor),
            _ => Err(self.found("a list").with_help("write a list: `[…]`, or lines that start with `- `")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Kind::Map(fields) = &self.kind else {
            return Err(self.found("a map").with_help("write keys and their values: `{ key: value }`"));
        };
        self.map(fields, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Kind::Map(fields) = &self.kind else {
            let help = format!("write keys and their values; known keys: {}", known.join(", "));
            return Err(self.found("a map").with_help(help));
        };
        self.map(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (name, spot, content) = match &self.kind {
            Kind::Scalar { text, written: Written::Plain | Written::Quoted } => (&**text, self.spot, None),
            Kind::Map(fields) if let [field] = fields.as_slice() => (&*field.key, field.spot, Some(&field.value)),
            _ => {
                let help = format!("known words: {}", known.join(", "));
                return Err(self.found("one known word").with_help(help));
            }
        };
        visitor.visit_enum(Choice { name, spot, content }).map_err(|error| error.at(self.spot))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

/// The elements of a list.
struct Items<'n> {
    nodes: std::slice::Iter<'n, Node>,
    index: usize,
}

impl<'de> SeqAccess<'de> for &mut Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(node) = self.nodes.next() else { return Ok(None) };
        let index = self.index;
        self.index = index.saturating_add(1);
        let value = seed.deserialize(node);
        value.map(Some).map_err(|error| error.at(node.spot).within(format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.nodes.len())
    }
}

/// The keys and values of a map.
struct Fields<'n> {
    fields: std::slice::Iter<'n, Field>,
    next: Option<&'n Field>,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next = self.fields.next();
        let Some(field) = self.next else { return Ok(None) };
        let key: de::value::StrDeserializer<'_, Error> = (*field.key).into_deserializer();
        seed.deserialize(key).map(Some).map_err(|error| error.at(field.spot))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let field = self.next.take().ok_or_else(|| Error::new("a value was asked for before its key"))?;
        let value = seed.deserialize(&field.value);
        value.map_err(|error| error.at(field.value.spot).within(format!(".{}", field.key)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

/// A variant's name, and what is in it.
struct Choice<'n> {
    name: &'n str,
    spot: Spot,
    content: Option<&'n Node>,
}

impl<'de> Choice<'de> {
    fn content(&self) -> Result<&'de Node, Error> {
        let missing = || {
            let error = Error::new(format!("`{}` needs a value", self.name)).at(self.spot);
            error.with_help(format!("write `{{ {}: … }}`", self.name))
        };
        self.content.ok_or_else(missing)
    }

    fn within(&self, error: Error) -> Error {
        error.within(format!(".{}", self.name))
    }
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: de::value::StrDeserializer<'_, Error> = self.name.into_deserializer();
        let value = seed.deserialize(name).map_err(|error| error.at(self.spot))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            Some(node) if !node.is_nothing() => {
                let error = Error::new(format!("`{}` has no value", self.name)).at(node.spot);
                Err(error.with_help(format!("write `{}` alone", self.name)))
            }
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.content()?).map_err(|error| self.within(error))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.content()?.deserialize_tuple(length, visitor).map_err(|error| self.within(error))
    }

    fn struct_variant<V: Visitor<'de>>(self, known: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.content()?.deserialize_struct("", known, visitor).map_err(|error| self.within(error))
    }
}
