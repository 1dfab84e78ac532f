//! One line of CSV as its fields.

/// The fields of a line; `None`: a quote is not closed.
///
/// This is apart from the csv crate because a line is a row here: a quote that somebody forgot costs that row, not
/// all that come after it.
pub(crate) fn fields(line: &str) -> Option<Vec<String>> {
    let (mut fields, mut field, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if is_quoted => is_quoted = false,
            '"' if field.is_empty() => is_quoted = true,
            ',' if !is_quoted => fields.push(std::mem::take(&mut field)),
            character => field.push(character),
        }
    }
    fields.push(field);
    (!is_quoted).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn a_line_is_parted_at_its_commas() {
        let check = |line: &str, expected: Option<&[&str]>| {
            assert_eq!(
                fields(line).as_deref(),
                expected.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).as_deref(),
                "{line}"
            );
        };
        check("a,b", Some(&["a", "b"]));
        check("", Some(&[""]));
        check("a,,", Some(&["a", "", ""]));
        check("\"a, b\",c", Some(&["a, b", "c"]));
        check("\"a \"\"b\"\"\",c", Some(&["a \"b\"", "c"]));
        check("6\" ruler,c", Some(&["6\" ruler", "c"]));
        check("\"a,b", None);
    }
}
