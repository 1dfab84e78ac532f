//! The nearest known name to a misspelt one.

/// What to say about a name that is not known: the nearest known one, and all of them.
pub(crate) fn help<S: AsRef<str>>(what: &str, written: &str, known: &[S]) -> String {
    let all = known.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match nearest(written, known) {
        Some(near) => format!("did you mean `{near}`? known {what}: {all}"),
        None => format!("known {what}: {all}"),
    }
}

/// The known name that takes the fewest edits, if a slip of the hand could explain it.
fn nearest<'k, S: AsRef<str>>(written: &str, known: &'k [S]) -> Option<&'k str> {
    let written = written.to_lowercase();
    let length = written.chars().count();
    if length > 64 {
        return None;
    }
    let edits = known.iter().map(|name| (distance(&written, name.as_ref()), name.as_ref()));
    let near = edits.filter(|&(edits, _)| edits <= (length / 3).max(1) && edits < length);
    near.min_by_key(|&(edits, _)| edits).map(|(_, name)| name)
}

/// How many characters are put in, taken out or changed to make one text the other (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (index, from) in left.chars().enumerate() {
        let (mut diagonal, mut before) = (index, index + 1);
        row.first_mut().into_iter().for_each(|first| *first = before);
        for (cell, to) in row.iter_mut().skip(1).zip(right.chars()) {
            let edits = if from == to { diagonal } else { 1 + diagonal.min(before).min(*cell) };
            (diagonal, before) = (*cell, edits);
            *cell = edits;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn edits_are_counted() {
        let check = |left, right, edits| assert_eq!((distance(left, right), distance(right, left)), (edits, edits));
        check("", "", 0);
        check("", "abc", 3);
        check("kitten", "sitting", 3);
        check("valdi", "valid", 2);
        check("preis", "price", 3);
        check("ü", "u", 1);
    }

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_none() {
        let known = ["from_quantity", "price", "sku", "unit"];
        assert_eq!(nearest("from_qty", &known), None);
        assert_eq!(nearest("from_quantiy", &known), Some("from_quantity"));
        assert_eq!(nearest("Price", &known), Some("price"));
        assert_eq!(nearest("sk", &known), Some("sku"));
        assert_eq!(nearest("x", &known), None);
        assert_eq!(nearest(&"p".repeat(10_000_000), &known), None);
    }
}
