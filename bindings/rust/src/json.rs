//! JSON text into nodes. Numbers are kept as their text, and marked, so that no decimal passes through a float.

use serde::de::IgnoredAny;

use crate::problem::{Flaw, ReadCode};
use crate::tree::{Field, Kind, Node, Spot, Written, check_depth, map};

/// The one value of a text.
///
/// # Errors
/// `document.syntax`, `document.too_deep`, `document.duplicate_key`.
pub(crate) fn read(text: &str) -> Result<Node, Flaw> {
    // serde_json holds the text to the grammar, so that the walk below only has to find where things are.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| broken(text, &error))?;
    Walk { rest: text, spot: Spot::START }.value(1)
}

/// A way through text that is known to be JSON.
struct Walk<'t> {
    rest: &'t str,
    spot: Spot,
}

impl<'t> Walk<'t> {
    fn value(&mut self, depth: usize) -> Result<Node, Flaw> {
        self.pass();
        let spot = self.spot;
        check_depth(depth, spot)?;
        let kind = match self.peek() {
            Some(b'{') => self.fields(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Kind::Scalar { text: self.string()?, written: Written::Quoted },
            _ => {
                let end = self.rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(self.rest.len());
                match self.take(end) {
                    "null" => Kind::Null,
                    text @ ("true" | "false") => Kind::Scalar { text: text.into(), written: Written::Literal },
                    number => Kind::Scalar { text: number.into(), written: Written::Number },
                }
            }
        };
        Ok(Node { spot, kind })
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Flaw> {
        let mut nodes = Vec::new();
        self.take(1);
        loop {
            self.pass();
            match self.peek() {
                Some(b']') => break,
                None => return Err(self.lost()),
                Some(_) => nodes.push(self.value(depth + 1)?),
            }
        }
        self.take(1);
        Ok(Kind::List(nodes))
    }

    fn fields(&mut self, depth: usize) -> Result<Kind, Flaw> {
        let mut fields = Vec::new();
        self.take(1);
        loop {
            self.pass();
            match self.peek() {
                Some(b'}') => break,
                Some(b'"') => {
                    let spot = self.spot;
                    let key = self.string()?;
                    fields.push(Field { key, spot, value: self.value(depth + 1)? });
                }
                _ => return Err(self.lost()),
            }
        }
        self.take(1);
        map(fields)
    }

    fn string(&mut self) -> Result<Box<str>, Flaw> {
        let spot = self.spot;
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        let quoted = self.take(end.ok_or_else(|| self.lost())? + 2);
        let inner = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(quoted);
        if !inner.contains('\\') {
            return Ok(inner.into());
        }
        let text = serde_json::from_str::<String>(quoted);
        text.map(Into::into).map_err(|error| syntax(spot, &error))
    }

    /// Passes over white space and over the commas and colons that the grammar wants.
    fn pass(&mut self) {
        let end = self.rest.find(|next| !matches!(next, ' ' | '\t' | '\r' | '\n' | ',' | ':'));
        self.take(end.unwrap_or(self.rest.len()));
    }

    fn peek(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        for character in taken.chars() {
            if character == '\n' {
                self.spot = Spot { line: self.spot.line.saturating_add(1), column: 1 };
            } else {
                self.spot.column = self.spot.column.saturating_add(1);
            }
        }
        self.rest = rest;
        taken
    }

    /// For what the grammar has ruled out.
    fn lost(&self) -> Flaw {
        Flaw::new(ReadCode::DocumentSyntax, self.spot, "not readable as JSON")
    }
}

fn broken(text: &str, error: &serde_json::Error) -> Flaw {
    // serde_json counts a column in bytes, and a line break as the last one of its line.
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or("");
    let column = line.char_indices().take_while(|(byte, _)| byte + 1 < error.column()).count() + 1;
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    syntax(Spot { line: number(error.line()), column: number(column) }, error)
}

fn syntax(spot: Spot, error: &serde_json::Error) -> Flaw {
    let said = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    let said = said.strip_suffix(&suffix).unwrap_or(&said);
    Flaw::new(ReadCode::DocumentSyntax, spot, format!("not readable as JSON: {said}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::tree::{Kind, NESTING_MAX, Spot, Written};

    fn code(text: &str) -> &'static str {
        read(text).map_or_else(|flaw| flaw.code.code(), |_| "fine")
    }

    #[test]
    fn values_keep_their_text_and_place() {
        let node = read("{\n \"ä\": \"ö\\u00fc\\\"\",\"n\": [1.50, true, null]\n}").unwrap();
        let field = node.get("n").unwrap();
        assert_eq!(node.get("ä").unwrap().value.text(), Some("öü\""));
        assert_eq!(field.spot, Spot { line: 2, column: 19 });
        let Kind::List(nodes) = &field.value.kind else { panic!() };
        assert!(matches!(&nodes[0].kind, Kind::Scalar { text, written: Written::Number } if &**text == "1.50"));
        assert!(matches!(&nodes[1].kind, Kind::Scalar { text, written: Written::Literal } if &**text == "true"));
        assert!(matches!(&nodes[2].kind, Kind::Null));
        assert_eq!(nodes[2].spot, Spot { line: 2, column: 37 });
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in
            ["", "{", "[1,]", "{\"a\" 1}", "01", "'a'", "NaN", "\"\\ud800\"", "\"a\nb\"", "1 2", "tru", "{1: 2}"]
        {
            assert_eq!(code(text), "document.syntax", "{text}");
        }
        assert_eq!(code("{\"a\": 1, \"a\": 2}"), "document.duplicate_key");
        assert_eq!(code(&format!("{}{}", "[".repeat(NESTING_MAX), "]".repeat(NESTING_MAX))), "fine");
        assert_eq!(code(&format!("{}{}", "[".repeat(65), "]".repeat(65))), "document.too_deep");
        assert_eq!(code(&format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000))), "document.too_deep");
        assert_eq!(code(&"[".repeat(10_000_000)), "document.syntax");
        assert_eq!(code(&"{\"a\":".repeat(1_000_000)), "document.syntax");
        assert_eq!(code(&"a".repeat(10_000_000)), "document.syntax");
        let flaw = read("{\"ää\": x}").unwrap_err();
        assert_eq!((flaw.line, flaw.column), (Some(1), Some(8)));
    }

    proptest! {
        #[test]
        fn whatever_the_text_nothing_panics_and_the_grammar_is_serdes(text in "[-\\[\\]{}:,\"\\\\u0d8ea1.+ntrlsf \n]{0,24}") {
            let expected = serde_json::from_str::<serde_json::Value>(&text);
            let ours = read(&text);
            // Only a number that no float can hold is ours and not a `Value`; only a key written twice the reverse.
            if expected.is_ok() {
                prop_assert!(ours.is_ok() || code(&text) == "document.duplicate_key");
            } else if ours.is_ok() {
                prop_assert!(expected.unwrap_err().to_string().contains("number out of range"));
            }
        }
    }
}
