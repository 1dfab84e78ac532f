//! The table of `bench-peers`: rows as the programs print them, held against the recorded total, and as Markdown.

use std::fmt::Write;

use serde_json::Value;

use super::Outcome;
use super::peer_programs::BY_HAND;

/// The whole workload: lines, what they come to, how many by contract, group and base, and promotions that act.
const RECORDED: (u64, &str, [u64; 3], u64) = (100_000, "4135244643.98", [5758, 16_103, 78_139], 9803);

const HEAD: &str = "\
| peer | version | ns a line | times by hand | lines | rounds | did itself |
|---|---|--:|--:|--:|--:|---|
";

const NOTES: &str = "
CPU time, the median of the rounds. Each line was checked; what a peer did not do itself, its host did, in its time. Peers in Rust
take their rounds in turn with the program by hand, and their ratio is to those; others' is to its row.
";

/// What a peer took.
#[derive(Debug, PartialEq)]
pub(crate) struct Measured {
    pub(crate) peer: String,
    version: String,
    itself: String,
    /// Nanoseconds a line.
    ns: f64,
    /// What the program by hand took in the same rounds, where it was there.
    by_hand_ns: Option<f64>,
    rounds: u64,
    lines: u64,
    total: String,
    hits: [u64; 3],
    promotions: u64,
}

impl Measured {
    /// A row as a program prints it; other lines are none.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let row: Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| row[key].as_str().map(str::to_owned);
        let number = |key: &str| row[key].as_u64();
        let hits = row["hits"].as_array()?.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>()?;
        Some(Self {
            peer: text("peer")?,
            version: text("version")?,
            itself: text("itself")?,
            ns: row["ns"].as_f64()?,
            by_hand_ns: row["by_hand_ns"].as_f64(),
            rounds: number("rounds")?,
            lines: number("lines")?,
            total: text("total")?,
            hits: hits.try_into().ok()?,
            promotions: number("promotions")?,
        })
    }

    /// Itself, if the whole workload came to what is recorded, or if it was a sample, whose lines the program checked.
    pub(crate) fn checked(self) -> Result<Self, String> {
        let found = (self.lines, self.total.as_str(), self.hits, self.promotions);
        if self.lines < RECORDED.0 || found == RECORDED {
            Ok(self)
        } else {
            Err(format!("computes otherwise: {found:?}, recorded is {RECORDED:?}"))
        }
    }
}

/// A row for each peer, and what the columns mean.
pub(crate) fn markdown(outcomes: &[Outcome]) -> String {
    let measured = outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok());
    let by_hand_ns = measured.clone().find(|row| row.peer == BY_HAND).map(|row| row.ns);
    let mut text = HEAD.to_owned();
    for (peer, outcome) in outcomes {
        // Writing to a `String` does not fail.
        _ = match outcome {
            Ok(row) => {
                let ratio =
                    row.by_hand_ns.or(by_hand_ns).map_or("-".to_owned(), |base| format!("{:.2}", row.ns / base));
                let Measured { version, ns, lines, rounds, itself, .. } = row;
                writeln!(text, "| {peer} | {version} | {ns:.0} | {ratio} | {lines} | {rounds} | {itself} |")
            }
            Err(why) => writeln!(text, "| {peer} | - | - | - | - | - | {why} |"),
        };
    }
    text + NOTES
}

#[cfg(test)]
mod tests {
    use super::{HEAD, Measured, NOTES, markdown};

    const ROW: &str = r#"{"peer":"Rust by hand","version":"1","itself":"all","ns":250.4,"by_hand_ns":250.4,"rounds":9,
        "lines":100000,"total":"4135244643.98","hits":[5758,16103,78139],"promotions":9803}"#;

    fn row(change: (&str, &str)) -> Measured {
        Measured::parse(&ROW.replace(change.0, change.1)).expect("a row")
    }

    #[test]
    fn a_total_other_than_recorded_is_found_unless_it_is_of_a_sample() {
        let check =
            |change: (&str, &str), expected: bool| assert_eq!(row(change).checked().is_ok(), expected, "{change:?}");
        check(("", ""), true);
        check((".98", ".99"), false);
        check(("5758", "5757"), false);
        check(("9803", "9802"), false);
        check(("100000", "2000"), true);
        check(("100000", "100001"), false);
    }

    #[test]
    fn what_is_no_row_is_passed_over() {
        for line in ["", "warm-up done", "{}", r#"{"peer":"CEL"}"#] {
            assert_eq!(Measured::parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_row_has_its_ratio_or_why_there_is_none() {
        let other = row(("\"ns\":250.4,\"by_hand_ns\":250.4", "\"ns\":501"));
        let outcomes =
            [("Rust by hand", Ok(row(("", "")))), ("other", Ok(other)), ("third", Err("could not".to_owned()))];
        let expected = "| Rust by hand | 1 | 250 | 1.00 | 100000 | 9 | all |
| other | 1 | 501 | 2.00 | 100000 | 9 | all |
| third | - | - | - | - | - | could not |
";
        assert_eq!(markdown(&outcomes), format!("{HEAD}{expected}{NOTES}"));
    }
}
