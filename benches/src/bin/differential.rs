//! The long run of engine against reference: `differential CASES [FIRST_SEED]`.
//!
//! Prints how many cases agreed; stops at the first that does not, with what both gave and the documents of the case.

use std::collections::BTreeMap;
use std::process::ExitCode;

use emptor_benches::agreement::{Agreement, check};
use emptor_reference::generate::{bytes, case};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (Some(Ok(cases)), first) = (arguments.next(), arguments.next().unwrap_or(Ok(0))) else {
        eprintln!("usage: differential CASES [FIRST_SEED]");
        return ExitCode::from(2);
    };
    let Ok(first) = first else {
        eprintln!("the first seed is no number; write digits");
        return ExitCode::from(2);
    };
    let (mut agreed, mut priced, mut unpriced, mut seed) = (0_u64, 0, 0, first);
    let mut skipped: BTreeMap<&str, u64> = BTreeMap::new();
    while agreed < cases {
        let case = case(&bytes(seed));
        match check(&case) {
            Agreement::Same { priced: with, unpriced: without } => {
                (agreed, priced, unpriced) = (agreed + 1, priced + with, unpriced + without);
            }
            Agreement::NotCompiled(diagnostics) => {
                let code = diagnostics.iter().find(|one| one.severity == emptor_core::Severity::Error);
                *skipped.entry(code.map_or("?", |one| one.code)).or_default() += 1;
            }
            Agreement::Differs { engine, reference } => {
                println!("seed {seed} differs");
                println!("documents: {}", serde_json::to_string_pretty(&case.documents).unwrap_or_default());
                println!("known_at: {}", case.known_at);
                println!("request: {}", serde_json::to_string_pretty(&case.request).unwrap_or_default());
                println!("engine: {engine}");
                println!("reference: {reference}");
                return ExitCode::FAILURE;
            }
        }
        seed += 1;
    }
    let not_compiled: u64 = skipped.values().sum();
    println!("{agreed} cases agree: {priced} lines with a price, {unpriced} without; {not_compiled} did not compile: {skipped:?}");
    ExitCode::SUCCESS
}
