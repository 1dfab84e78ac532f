//! Canonical JSON (RFC 8785): one text for one value, in every language.
//!
//! Only what Emptor's records are made of is supported: text, whole numbers up to 2^53, booleans, lists and objects.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::ser::{self, Impossible, Serialize};

/// `canonical.unsupported`: a float, bytes, a whole number beyond 2^53, or a key that is no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} has no canonical form; write numbers as text")]
pub struct CanonicalError(String);

impl CanonicalError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "canonical.unsupported"
    }
}

impl ser::Error for CanonicalError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// The canonical JSON of a value.
///
/// # Errors
/// `canonical.unsupported` where the value holds what has no canonical form.
///
/// # Example
/// ```
/// use std::collections::BTreeMap;
/// let map = BTreeMap::from([("b", vec![1]), ("a", vec![])]);
/// assert_eq!(emptor_core::canonical_json(&map).unwrap(), r#"{"a":[],"b":[1]}"#);
/// ```
pub fn canonical_json<T: Serialize + ?Sized>(value: &T) -> Result<String, CanonicalError> {
    let mut writer = Writer::default();
    value.serialize(&mut writer)?;
    Ok(writer.out)
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The fields of all objects under way, those of the innermost last: their keys, and where their values stand.
    fields: Vec<(Key, usize, usize)>,
    /// The values of an object while its fields are put in order.
    values: String,
}

type Key = Cow<'static, str>;

/// An object or list under way. The fields of an object are written where they come and put in order at its end.
struct Open<'w> {
    writer: &'w mut Writer,
    start: usize,
    first_field: usize,
    key: Option<String>,
    items: usize,
    close: &'static str,
}

impl Writer {
    fn text(&mut self, text: &str) {
        write_text(&mut self.out, text);
    }

    fn whole(&mut self, number: i128) -> Result<(), CanonicalError> {
        if number.unsigned_abs() > 1 << 53 {
            return Err(CanonicalError(format!("the whole number {number}")));
        }
        self.out.push_str(&number.to_string());
        Ok(())
    }

    fn open(&mut self, open: &str, close: &'static str) -> Open<'_> {
        self.out.push_str(open);
        let (start, first_field) = (self.out.len(), self.fields.len());
        Open { writer: self, start, first_field, key: None, items: 0, close }
    }

    /// `{"variant":` — closed by the `}` of the caller.
    fn variant(&mut self, variant: &str) {
        self.out.push('{');
        self.text(variant);
        self.out.push(':');
    }
}

impl Open<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        if self.items > 0 {
            self.writer.out.push(',');
        }
        self.items = self.items.saturating_add(1);
        value.serialize(&mut *self.writer)
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: Key, value: &T) -> Result<(), CanonicalError> {
        let from = self.writer.out.len();
        value.serialize(&mut *self.writer)?;
        self.writer.fields.push((key, from, self.writer.out.len()));
        Ok(())
    }

    fn end_list(self) {
        self.writer.out.push_str(self.close);
    }

    fn end_object(self) -> Result<(), CanonicalError> {
        let Writer { out, fields, values } = &mut *self.writer;
        let broken = || CanonicalError("an object".to_owned());
        let of_object = fields.get_mut(self.first_field..).ok_or_else(broken)?;
        of_object.sort_by(|(left, ..), (right, ..)| order_of_keys(left, right));
        values.clear();
        values.push_str(out.get(self.start..).ok_or_else(broken)?);
        out.truncate(self.start);
        for (index, (key, from, to)) in fields.drain(self.first_field..).enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_text(out, &key);
            out.push(':');
            let range = from.saturating_sub(self.start)..to.saturating_sub(self.start);
            out.push_str(values.get(range).ok_or_else(broken)?);
        }
        out.push_str(self.close);
        Ok(())
    }
}

/// RFC 8785 sorts keys by their UTF-16 code units, which is the order of their bytes for ASCII alone.
fn order_of_keys(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() {
        return left.cmp(right);
    }
    left.encode_utf16().cmp(right.encode_utf16())
}

macro_rules! wholes {
    ($($name:ident $type:ty)+) => {$(
        fn $name(self, value: $type) -> Result<(), CanonicalError> {
            self.whole(i128::from(value))
        }
    )+};
}

impl<'w> ser::Serializer for &'w mut Writer {
    type Ok = ();
    type Error = CanonicalError;
    type SerializeSeq = Open<'w>;
    type SerializeTuple = Open<'w>;
    type SerializeTupleStruct = Open<'w>;
    type SerializeTupleVariant = Impossible<(), CanonicalError>;
    type SerializeMap = Open<'w>;
    type SerializeStruct = Open<'w>;
    type SerializeStructVariant = Open<'w>;

    wholes! { serialize_i8 i8 serialize_i16 i16 serialize_i32 i32 serialize_i64 i64
    serialize_u8 u8 serialize_u16 u16 serialize_u32 u32 serialize_u64 u64 }

    fn serialize_bool(self, value: bool) -> Result<(), CanonicalError> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }
    fn serialize_f32(self, _: f32) -> Result<(), CanonicalError> {
        Err(CanonicalError("a float".to_owned()))
    }
    fn serialize_f64(self, _: f64) -> Result<(), CanonicalError> {
        Err(CanonicalError("a float".to_owned()))
    }
    fn serialize_char(self, value: char) -> Result<(), CanonicalError> {
        self.text(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }
    fn serialize_str(self, value: &str) -> Result<(), CanonicalError> {
        self.text(value);
        Ok(())
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), CanonicalError> {
        Err(CanonicalError("a run of bytes".to_owned()))
    }
    fn serialize_none(self) -> Result<(), CanonicalError> {
        self.serialize_unit()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), CanonicalError> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), CanonicalError> {
        self.out.push_str("null");
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), CanonicalError> {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), CanonicalError> {
        self.text(variant);
        Ok(())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), CanonicalError> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), CanonicalError> {
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.out.push('}');
        Ok(())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'w>, CanonicalError> {
        Ok(self.open("[", "]"))
    }
    fn serialize_tuple(self, _: usize) -> Result<Open<'w>, CanonicalError> {
        Ok(self.open("[", "]"))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'w>, CanonicalError> {
        Ok(self.open("[", "]"))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, CanonicalError> {
        Err(CanonicalError("a tuple variant".to_owned()))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Open<'w>, CanonicalError> {
        Ok(self.open("{", "}"))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'w>, CanonicalError> {
        Ok(self.open("{", "}"))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'w>, CanonicalError> {
        self.variant(variant);
        Ok(self.open("{", "}}"))
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident)+) => {$(
        impl ser::$trait for Open<'_> {
            type Ok = ();
            type Error = CanonicalError;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
                self.item(value)
            }
            fn end(self) -> Result<(), CanonicalError> {
                self.end_list();
                Ok(())
            }
        }
    )+};
}

lists! { SerializeSeq serialize_element SerializeTuple serialize_element SerializeTupleStruct serialize_field }

macro_rules! objects {
    ($($trait:ident)+) => {$(
        impl ser::$trait for Open<'_> {
            type Ok = ();
            type Error = CanonicalError;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), CanonicalError> {
                self.field(Cow::Borrowed(key), value)
            }
            fn end(self) -> Result<(), CanonicalError> {
                self.end_object()
            }
        }
    )+};
}

objects! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Open<'_> {
    type Ok = ();
    type Error = CanonicalError;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CanonicalError> {
        let text = canonical_json(key)?;
        let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        // An escaped key is kept as the text it was, for the order; only then is it escaped again.
        let key = key.ok_or_else(|| CanonicalError(format!("the key {text}")))?;
        self.key = Some(if key.contains('\\') { unescaped(key) } else { key.to_owned() });
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        let key = self.key.take().ok_or_else(|| CanonicalError("a value without a key".to_owned()))?;
        self.field(Cow::Owned(key), value)
    }
    fn end(self) -> Result<(), CanonicalError> {
        self.end_object()
    }
}

/// A text in quotes, escaped as little as RFC 8785 allows.
fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    while let Some((plain, escaped)) = rest.bytes().position(is_escaped).and_then(|at| rest.split_at_checked(at)) {
        out.push_str(plain);
        let mut characters = escaped.chars();
        characters.by_ref().take(1).for_each(|character| escape(out, character));
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn escape(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        control => {
            out.push_str("\\u00");
            let digit = |value: u32| char::from_digit(value, 16).unwrap_or('0');
            out.extend([digit(u32::from(control) / 16), digit(u32::from(control) % 16)]);
        }
    }
}

/// Undoes [`write_text`].
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let plain = match (character, if character == '\\' { characters.next() } else { None }) {
            (_, Some('n')) => '\n',
            (_, Some('r')) => '\r',
            (_, Some('t')) => '\t',
            (_, Some('b')) => '\u{8}',
            (_, Some('f')) => '\u{c}',
            (_, Some('u')) => {
                let code = characters.by_ref().take(4).collect::<String>();
                u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
            }
            (_, Some(escaped)) => escaped,
            (plain, None) => plain,
        };
        out.push(plain);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::canonical_json;

    #[test]
    fn keys_are_in_the_order_of_rfc_8785() {
        // U+FB33 sorts after U+1F600 in UTF-16 and before it in bytes.
        let map = BTreeMap::from([("\u{fb33}", 1), ("\u{1f600}", 2), ("a", 3), ("\r", 4), ("\"", 5)]);
        let expected = "{\"\\r\":4,\"\\\"\":5,\"a\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}";
        assert_eq!(canonical_json(&map).unwrap(), expected);
    }

    #[test]
    fn what_has_no_canonical_form_is_refused() {
        assert_eq!(canonical_json(&1.5).unwrap_err().code(), "canonical.unsupported");
        assert!(canonical_json(&(1_u64 << 54)).is_err());
        assert!(canonical_json(&BTreeMap::from([(1, 1)])).is_err());
    }

    #[test]
    fn text_is_escaped_as_little_as_allowed() {
        assert_eq!(canonical_json("a/\u{7f}\u{1}\n\u{20ac}").unwrap(), "\"a/\u{7f}\\u0001\\n\u{20ac}\"");
    }
}
