//! Rows of text in columns.

use std::fmt;

/// Between two columns.
const GAP: &str = "  ";

/// On which side of its column a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// Rows below a head, each column as wide as its widest text.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    head: [(&'static str, Side); N],
    rows: Vec<Option<[String; N]>>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(head: [(&'static str, Side); N]) -> Self {
        Self { head, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, row: [String; N]) {
        self.rows.push(Some(row));
    }

    /// A rule from side to side.
    pub(crate) fn rule(&mut self) {
        self.rows.push(None);
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.head.map(|(text, _)| text.to_owned());
        let mut widths = head.each_ref().map(|text| text.chars().count());
        for row in self.rows.iter().flatten() {
            for (width, text) in widths.iter_mut().zip(row) {
                *width = text.chars().count().max(*width);
            }
        }
        let whole = widths.iter().sum::<usize>() + GAP.len() * N.saturating_sub(1);
        let rule = "-".repeat(whole);
        let line = |row: &[String; N]| {
            let cells = row.iter().zip(widths).zip(self.head).map(|((text, width), (_, side))| match side {
                Side::Left => format!("{text:<width$}"),
                Side::Right => format!("{text:>width$}"),
            });
            cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
        };
        writeln!(f, "{}\n{rule}", line(&head))?;
        self.rows.iter().try_for_each(|row| match row {
            Some(row) => writeln!(f, "{}", line(row)),
            None => writeln!(f, "{rule}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Side, Table};

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        let mut table = Table::new([("Name", Side::Left), ("Total", Side::Right)]);
        table.row(["Süd".to_owned(), "9.80".to_owned()]);
        table.rule();
        table.row([String::new(), "1009.80".to_owned()]);
        assert_eq!(table.to_string(), "Name    Total\n-------------\nSüd      9.80\n-------------\n      1009.80\n");
    }
}
