//! YAML text into nodes. Every scalar stays the text that was written; anchors, aliases and tags are refused.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput};

use crate::problem::{Flaw, ReadCode};
use crate::tree::{Field, Kind, Node, Spot, Written, check_depth, map, too_deep};

/// The most marks (`,`, `[`, `:`, quotes, …) a file may have: the parser keeps the marks of one bracket in memory until
/// it is closed, so this bounds what a file may take.
const MARKS_MAX: usize = 6_000_000;

/// Every document of a text: its node, or the first thing that is wrong with it. An empty document is none.
pub(crate) fn read(text: &str) -> Vec<Result<Node, Flaw>> {
    let marks = text.bytes().filter(|byte| b",[{:?&!*\"'".contains(byte)).count();
    if marks > MARKS_MAX {
        let flaw = Flaw::of_file(ReadCode::DocumentTooLarge, format!("more than {MARKS_MAX} marks in one YAML file"));
        return vec![Err(flaw.with_help("move its rows into a CSV file"))];
    }
    let mut reader = Reader { text, parser: Parser::new_from_str(text) };
    let mut documents = Vec::new();
    loop {
        match reader.next() {
            Ok((Event::StreamEnd, _)) => return documents,
            Ok((Event::DocumentStart(_), _)) => match reader.document() {
                Ok(node) if node.is_nothing() => {}
                Ok(node) => documents.push(Ok(node)),
                Err(flaw) => {
                    documents.push(Err(flaw));
                    if !reader.skip_document() {
                        return documents;
                    }
                }
            },
            Ok(_) => {}
            Err(flaw) => {
                documents.push(Err(flaw));
                return documents;
            }
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    parser: Parser<'t, StrInput<'t>>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Spot), Flaw> {
        match self.parser.next_event() {
            None => Ok((Event::StreamEnd, Spot::START)),
            Some(Ok((event, Span { start, .. }))) => Ok((event, spot(&start))),
            Some(Err(error)) => Err(self.broken(&error)),
        }
    }

    fn document(&mut self) -> Result<Node, Flaw> {
        let (event, spot) = self.next()?;
        self.node(event, spot, 1)
    }

    /// Passes over the rest of a document; `false`: there is no way on.
    fn skip_document(&mut self) -> bool {
        loop {
            match self.next() {
                Ok((Event::DocumentEnd, _)) => return true,
                Ok((Event::StreamEnd, _)) | Err(_) => return false,
                Ok(_) => {}
            }
        }
    }

    fn node(&mut self, event: Event<'t>, spot: Spot, depth: usize) -> Result<Node, Flaw> {
        check_depth(depth, spot)?;
        let kind = match event {
            Event::Alias(_) => return Err(alias(spot)),
            Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                if anchor > 0 =>
            {
                return Err(alias(spot));
            }
            Event::Scalar(.., Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                let flaw = Flaw::new(ReadCode::DocumentTag, spot, "a YAML tag (`!`) is not read here");
                return Err(flaw.with_help("take it out, or quote the text if it starts with `!`"));
            }
            Event::Scalar(text, style, ..) => scalar(&text, style),
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.fields(depth)?,
            _ => return Err(Flaw::new(ReadCode::DocumentSyntax, spot, "not readable as YAML: a value is missing")),
        };
        Ok(Node { spot, kind })
    }

    fn list(&mut self, depth: usize) -> Result<Kind, Flaw> {
        let mut nodes = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::List(nodes)),
                (event, spot) => nodes.push(self.node(event, spot, depth + 1)?),
            }
        }
    }

    fn fields(&mut self, depth: usize) -> Result<Kind, Flaw> {
        let mut fields = Vec::new();
        loop {
            let (event, spot) = self.next()?;
            if event == Event::MappingEnd {
                return map(fields);
            }
            let key: Box<str> = match self.node(event, spot, depth + 1)?.kind {
                Kind::Scalar { text, .. } => text,
                Kind::Null => "".into(),
                _ => {
                    let flaw = Flaw::new(ReadCode::DocumentSyntax, spot, "a key is a list or a map");
                    return Err(flaw.with_help("write a word before the `:`"));
                }
            };
            let (event, value_spot) = self.next()?;
            let value = self.node(event, value_spot, depth + 1)?;
            fields.push(Field { key, spot, value });
        }
    }

    /// What the parser says, in our codes.
    fn broken(&self, error: &ScanError) -> Flaw {
        let spot = spot(error.marker());
        // The parser has no kinds of errors: these two are told by where and what they are, and held by tests.
        if error.info() == "recursion limit exceeded" {
            return too_deep(spot);
        }
        if self.text.chars().nth(error.marker().index()) == Some('*') {
            return alias(spot);
        }
        let flaw = Flaw::new(ReadCode::DocumentSyntax, spot, format!("not readable as YAML: {}", error.info()));
        flaw.with_help("look at the indentation, brackets and quotes here and in the lines above")
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Kind {
    match style {
        ScalarStyle::Plain if text.is_empty() => Kind::Null,
        ScalarStyle::Plain => Kind::Scalar { text: text.into(), written: Written::Plain },
        _ => Kind::Scalar { text: text.into(), written: Written::Quoted },
    }
}

fn alias(spot: Spot) -> Flaw {
    let flaw = Flaw::new(ReadCode::DocumentAlias, spot, "YAML anchors (`&`) and aliases (`*`) are not read here");
    flaw.with_help("write the value out where it is meant, or quote the text if it starts with `&` or `*`")
}

fn spot(marker: &Marker) -> Spot {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Spot { line: number(marker.line()).max(1), column: number(marker.col()).saturating_add(1) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::tree::{Kind, NESTING_MAX, Node};

    fn code(text: &str) -> &'static str {
        read(text).into_iter().find_map(Result::err).map_or("fine", |flaw| flaw.code.code())
    }

    #[test]
    fn every_scalar_stays_its_text() {
        let documents = read("a: NO\nb: 007\nc: 9.80\nd: ~\ne: 'x'\nf: 0x1F\ng: 2026-01-01\nh:\n");
        let [Ok(Node { kind: Kind::Map(fields), .. })] = documents.as_slice() else { panic!("{documents:?}") };
        let texts: Vec<_> = fields.iter().map(|field| field.value.text().unwrap_or("-")).collect();
        assert_eq!(texts, ["NO", "007", "9.80", "-", "x", "0x1F", "2026-01-01", "-"]);
        assert_eq!(fields.iter().map(|field| field.value.spot.line).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn what_is_refused_says_so() {
        assert_eq!(code("a: 1\n---\n---\nb: [1, {c: 2}]\n...\n"), "fine");
        assert_eq!(code("# nothing\n"), "fine");
        assert_eq!(code("a: &x 1\nb: 2"), "document.alias");
        assert_eq!(code("a: *x\n"), "document.alias");
        assert_eq!(code("a: !!str 1\n"), "document.tag");
        assert_eq!(code("a: 1\nb: 2\na: 3\n"), "document.duplicate_key");
        assert_eq!(code("? [a]\n: 1\n"), "document.syntax");
        assert_eq!(code("a: [1, 2\n"), "document.syntax");
        assert_eq!(code("a: 1\n\tb: 2\n"), "document.syntax");
        assert_eq!(code(&format!("{}{}", "[".repeat(NESTING_MAX), "]".repeat(NESTING_MAX))), "fine");
        assert_eq!(code(&format!("{}{}", "[".repeat(65), "]".repeat(65))), "document.too_deep");
        assert_eq!(code(&"- ".repeat(65)), "document.too_deep");
        let keys = (0..40).map(|key| format!("k{}: 1", key % 39)).collect::<Vec<_>>().join("\n");
        assert_eq!(code(&keys), "document.duplicate_key");
    }

    #[test]
    fn a_bad_document_does_not_hide_the_next() {
        let documents = read("a: &x 1\n---\nb: 2\n---\nc: 1\nc: 2\n---\nd: [\n");
        let codes: Vec<_> =
            documents.into_iter().map(|document| document.map_or_else(|flaw| flaw.code.code(), |_| "fine")).collect();
        assert_eq!(codes, ["document.alias", "fine", "document.duplicate_key", "document.syntax"]);
    }

    #[test]
    fn large_nonsense_is_refused_or_read_in_good_time() {
        assert_eq!(code(&"[".repeat(10_000_000)), "document.too_large");
        assert_eq!(code(&"[".repeat(1_000_000)), "document.too_deep");
        assert_eq!(code(&"{".repeat(1_000_000)), "document.too_deep");
        assert_eq!(code(&"a".repeat(10_000_000)), "fine");
        assert_eq!(code(&"- ".repeat(1_000_000)), "document.too_deep");
        assert_eq!(code(&"? ".repeat(1_000_000)), "document.too_deep");
        assert_eq!(code(&"a:\n".repeat(100_000)), "document.duplicate_key");
        assert_eq!(code(&"&a ".repeat(100_000)), "document.alias");
        assert_eq!(code(&"'".repeat(1_000_000)), "fine");
        assert_eq!(code(&"\"".repeat(1_000_001)), "document.syntax");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn whatever_the_text_nothing_panics(text in "[-\\[\\]{}:,?&*!|>'\"%@#a0 .~\t\r\n\u{feff}ü\u{0}]{0,60}") {
            read(&text);
        }

        #[test]
        fn whatever_the_bytes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            read(&String::from_utf8_lossy(&bytes));
        }
    }
}
