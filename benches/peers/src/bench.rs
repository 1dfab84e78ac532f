//! How a peer in Rust is checked and timed: each of its answers first, then rounds in turn with the program by hand.

use std::hint::black_box as keep;

use emptor_benches::ratio::compare;
use emptor_benches::workload::{Request, Workload};
use rust_decimal::Decimal;

use crate::by_hand::ByHand;
use crate::host::Answer;
use crate::row::{Peer, Row};

const ROUNDS: usize = 9;

/// The workload, the program by hand, and what every line comes to.
#[derive(Debug)]
pub struct Bench {
    /// The recorded one.
    pub workload: Workload,
    /// What ratios are against.
    pub by_hand: ByHand,
    /// By request.
    pub answers: Vec<Answer>,
}

impl Bench {
    /// Generated, and held against the recorded total and hits.
    ///
    /// # Errors
    /// How the workload differs from the recorded one.
    pub fn new() -> Result<Self, String> {
        let workload = Workload::generate();
        workload.check()?;
        let by_hand = ByHand::new(&workload);
        let answers = workload.requests.iter().map(|request| by_hand.line(*request)).collect();
        Ok(Self { workload, by_hand, answers })
    }

    /// Prices the whole workload with a peer.
    ///
    /// # Errors
    /// The first line that the peer prices otherwise.
    pub fn row(&self, peer: Peer, line: &mut dyn FnMut(Request) -> Answer) -> Result<Row, String> {
        let requests = &self.workload.requests;
        for (index, (request, expected)) in requests.iter().zip(&self.answers).enumerate() {
            let answer = line(*request);
            if answer != *expected {
                return Err(format!("{}: line {index} is {answer:?}, expected is {expected:?}", peer.peer));
            }
        }
        let (ns, by_hand_ns, _) =
            compare(ROUNDS, requests.len(), &mut |index| _ = keep(line(requests[index])), &mut |index| {
                _ = keep(self.by_hand.line(requests[index]));
            });
        let hits = [0, 1, 2].map(|layer| self.answers.iter().filter(|answer| answer.layer == layer).count());
        let total: Decimal = self.answers.iter().map(|answer| answer.net).sum();
        let promotions = self.answers.iter().filter(|answer| answer.promoted).count();
        let lines = requests.len();
        Ok(Row { peer, ns, by_hand_ns, rounds: ROUNDS, lines, total: total.to_string(), hits, promotions })
    }

    /// [`Bench::row`], printed as one JSON object.
    ///
    /// # Errors
    /// The first line that the peer prices otherwise.
    pub fn print_row(&self, peer: Peer, line: &mut dyn FnMut(Request) -> Answer) -> Result<(), String> {
        let row = self.row(peer, line)?;
        println!("{}", serde_json::to_string(&row).map_err(|error| format!("a row cannot be written: {error}"))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::Bench;
    use crate::row::Peer;

    #[test]
    fn the_program_by_hand_comes_to_what_is_recorded() {
        let bench = Bench::new().expect("the workload is the recorded one");
        let total: Decimal = bench.answers.iter().map(|answer| answer.net).sum();
        assert_eq!(total.to_string(), "4135244643.98");
        assert_eq!(bench.answers.iter().filter(|answer| answer.promoted).count(), 9803);
    }

    #[test]
    fn a_line_that_is_priced_otherwise_is_found() {
        let mut bench = Bench::new().expect("the workload is the recorded one");
        bench.answers[7].net += Decimal::new(1, 2);
        let peer = Peer { peer: "one", version: String::new(), itself: "all" };
        let row = bench.row(peer, &mut |request| bench.by_hand.line(request));
        assert!(row.is_err_and(|why| why.starts_with("one: line 7 is ")));
    }
}
