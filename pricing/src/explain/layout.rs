//! Text in columns: amounts at their points, words beside them.

use std::fmt::Write as _;

const LABEL_WIDTH_MIN: usize = 10;

/// What is said of one thing: a head, and rows beneath.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) head: String,
    pub(super) rows: Vec<Row>,
}

/// A row of a block: what, how much, and in words; a row that goes on from the one above has words only.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) amount: String,
    pub(super) words: String,
}

/// Entries of a list under their heads: where, what is there, and what can be done.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) head: &'static str,
    pub(super) place: String,
    pub(super) words: Vec<String>,
}

impl Row {
    pub(super) fn of(label: impl Into<String>, amount: String, words: impl Into<String>) -> Self {
        Self { label: label.into(), amount, words: words.into() }
    }

    /// A row of words alone.
    pub(super) fn words(words: impl Into<String>) -> Self {
        Self { words: words.into(), ..Self::default() }
    }
}

/// The blocks with a blank line between them; the columns are of one width up to the points.
pub(super) fn set(blocks: &[Block]) -> String {
    let rows = || blocks.iter().flat_map(|block| &block.rows);
    let label = rows().map(|row| row.label.chars().count()).max().unwrap_or(0).max(LABEL_WIDTH_MIN);
    let whole = rows().map(|row| point(&row.amount).0.len()).max().unwrap_or(0);
    let texts = blocks.iter().map(|block| {
        // Few amounts have more decimals than money; they widen their own block only.
        let decimals = block.rows.iter().map(|row| point(&row.amount).1.len()).max().unwrap_or(0);
        let mut text = format!("{}\n", block.head);
        for Row { label: what, amount, words } in &block.rows {
            let (before, after) = point(amount);
            let line = format!("  {what:<label$} {before:>whole$}{after:<decimals$}  {words}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The items under their heads, which stand together; the columns are of one width.
pub(super) fn list(items: &[Item]) -> String {
    let width = items.iter().map(|item| item.place.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    let mut head = "";
    for item in items {
        if item.head != head {
            head = item.head;
            let gap = if text.is_empty() { "" } else { "\n" };
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{gap}{head}");
        }
        let places = std::iter::once(item.place.as_str()).chain(std::iter::repeat(""));
        for (place, words) in places.zip(&item.words) {
            let _ = writeln!(text, "  {place:<width$}  {words}");
        }
    }
    text
}

/// An amount's part before the point, and the point with what is after it.
fn point(amount: &str) -> (&str, &str) {
    amount.split_at(amount.find('.').unwrap_or(amount.len()))
}
