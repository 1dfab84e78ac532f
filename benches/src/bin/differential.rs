//! The long run of engine against reference: `differential CASES [FIRST_SEED] [--keep-going]`.
//!
//! Prints how many cases agreed and what they reached. Stops at the first that does not, with what both gave and the
//! documents of the case; with `--keep-going` at none, and prints the first of each kind.

use std::collections::BTreeMap;
use std::process::ExitCode;

use emptor_benches::agreement::coverage::Coverage;
use emptor_benches::agreement::{Agreement, Difference, check};
use emptor_reference::generate::{Case, bytes, case};

/// What was seen so far.
#[derive(Default)]
struct Tally {
    agreed: u64,
    priced: usize,
    unpriced: usize,
    not_compiled: BTreeMap<&'static str, u64>,
    differences: BTreeMap<String, u64>,
    coverage: Coverage,
}

fn main() -> ExitCode {
    let (flags, numbers): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let numbers: Result<Vec<u64>, _> = numbers.iter().map(|number| number.parse()).collect();
    let (cases, first) = match numbers.as_deref() {
        Ok(&[cases]) => (cases, 0),
        Ok(&[cases, first]) => (cases, first),
        _ => return usage(),
    };
    if flags.iter().any(|flag| flag != "--keep-going") {
        return usage();
    }
    let mut tally = Tally::default();
    let mut seed = first;
    while tally.agreed < cases && (!flags.is_empty() || tally.differences.is_empty()) {
        let case = case(&bytes(seed));
        tally.add(seed, &case);
        seed += 1;
        if (seed - first).is_multiple_of(10_000) {
            eprintln!(
                "{} of {} seeds agree, {} kinds of difference",
                tally.agreed,
                seed - first,
                tally.differences.len()
            );
        }
    }
    tally.print(seed - first);
    if tally.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage() -> ExitCode {
    eprintln!("usage: differential CASES [FIRST_SEED] [--keep-going]");
    ExitCode::from(2)
}

impl Tally {
    fn add(&mut self, seed: u64, case: &Case) {
        match check(case) {
            Agreement::Same(answer) => {
                let order = answer.as_deref().map_err(|code| *code);
                let lines = order.map_or(&[][..], |order| &order.lines);
                let priced = lines.iter().filter(|line| line.net.is_some()).count();
                self.agreed += 1;
                self.priced += priced;
                self.unpriced += lines.len() - priced;
                self.coverage.add(case, order);
            }
            Agreement::NotCompiled(diagnostics) => {
                let code = diagnostics.iter().find(|one| one.severity == emptor_core::Severity::Error);
                *self.not_compiled.entry(code.map_or("?", |one| one.code)).or_default() += 1;
            }
            Agreement::Differs(difference) => {
                let choose = case.documents.tenant.price_policy.choose;
                let kind = format!("{choose:?}: {}", difference.kind());
                eprintln!("seed {seed} differs, {kind}");
                if !self.differences.contains_key(&kind) {
                    print_difference(seed, case, &difference);
                }
                *self.differences.entry(kind).or_default() += 1;
            }
        }
    }

    fn print(&self, seeds: u64) {
        println!(
            "{} cases of {seeds} seeds agree: {} lines with a price, {} without",
            self.agreed, self.priced, self.unpriced
        );
        println!("{} did not compile: {:?}", self.not_compiled.values().sum::<u64>(), self.not_compiled);
        print!("{}", self.coverage);
        for (kind, cases) in &self.differences {
            println!("{cases} cases differ: {kind}");
        }
    }
}

fn print_difference(seed: u64, case: &Case, difference: &Difference) {
    println!("seed {seed} differs");
    println!("documents: {}", serde_json::to_string_pretty(&case.documents).unwrap_or_default());
    println!("known_at: {}", case.known_at);
    println!("request: {}", serde_json::to_string_pretty(&case.request).unwrap_or_default());
    println!("engine: {}", difference.engine);
    println!("reference: {}", difference.reference);
}
