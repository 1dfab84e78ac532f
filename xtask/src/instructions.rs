//! `cargo xtask instructions [record]`: how many instructions the hot paths take, by valgrind, against the recorded.
//!
//! A count is the difference of two runs that do the path a different number of times, so what both set up cancels. A
//! path that takes over 5 % more than recorded fails; after a change on purpose, `record` writes the new counts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use crate::tree;

/// Scenario and how many times more the second run does it.
const PATHS: [(&str, u64); 11] = [
    ("line_by_hand", 20_000),
    ("line_by_fixed_point", 20_000),
    ("line_by_list", 20_000),
    ("line_by_contract_of_5_tiers", 20_000),
    ("line_mixed", 20_000),
    ("line_prepared", 20_000),
    ("line_waterfall", 20_000),
    ("batch_1000", 20),
    ("quote_1000", 10),
    ("quote_1000_waterfall", 10),
    ("compile_1000_rows", 5),
];

/// How much more is too much, in percent.
const GROWTH_MAX: u64 = 5;

type Counts = BTreeMap<String, u64>;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let record = match arguments {
        [] => false,
        [word] if word == "record" => true,
        _ => return Err("`instructions` takes nothing, or `record`".to_owned()),
    };
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!(
            "SKIPPED: valgrind is not on this machine, so no instruction was counted; install it and run this again"
        );
        return Ok(());
    }
    let program = build()?;
    let mut counts = Counts::new();
    for (path, times) in PATHS {
        let once = collected(&program, path, times)?;
        let twice = collected(&program, path, times * 2)?;
        counts.insert(path.to_owned(), twice.saturating_sub(once) / times);
    }
    let file = tree::root().join("benches/instructions.json");
    if record {
        let text = serde_json::to_string_pretty(&counts).map_err(|error| error.to_string())?;
        return std::fs::write(&file, text + "\n")
            .map_err(|error| format!("could not write {}: {error}", file.display()));
    }
    let text = std::fs::read_to_string(&file).map_err(|error| format!("could not read {}: {error}", file.display()))?;
    let recorded: Counts = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    for (path, count) in &counts {
        println!("{path}: {count}, recorded {}", recorded.get(path).copied().unwrap_or(0));
    }
    let grown = grown(&counts, &recorded);
    if grown.is_empty() { Ok(()) } else { Err(format!("over {GROWTH_MAX} % more than recorded: {}", grown.join(", "))) }
}

/// The paths that take too much more than recorded, or are not recorded.
fn grown(counts: &Counts, recorded: &Counts) -> Vec<String> {
    let too_much = |(path, count): &(&String, &u64)| {
        recorded.get(*path).is_none_or(|before| **count * 100 > before * (100 + GROWTH_MAX))
    };
    counts.iter().filter(too_much).map(|(path, _)| path.clone()).collect()
}

fn build() -> Result<PathBuf, String> {
    let mut command = Command::new("cargo");
    command.args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "emptor-benches",
        "--bin",
        "hot",
        "--target-dir",
        "target",
    ]);
    let built = command.current_dir(tree::root()).status().is_ok_and(|status| status.success());
    if built { Ok(tree::root().join("target/release/hot")) } else { Err("`hot` does not build".to_owned()) }
}

/// How many instructions valgrind's callgrind collects over a run.
fn collected(program: &PathBuf, path: &str, times: u64) -> Result<u64, String> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program).args([path, &times.to_string()]);
    let output = command.output().map_err(|error| format!("could not start valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let count = said.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, count)| count.trim());
    count.and_then(|count| count.parse().ok()).ok_or_else(|| format!("valgrind gave no count for `{path}`: {said}"))
}

#[cfg(test)]
mod tests {
    use super::{Counts, grown};

    #[test]
    fn growth_over_the_limit_is_caught() {
        let counts =
            |pairs: [(&str, u64); 2]| pairs.map(|(path, count)| (path.to_owned(), count)).into_iter().collect();
        let recorded: Counts = counts([("a", 1000), ("b", 1000)]);
        assert_eq!(grown(&counts([("a", 1050), ("b", 1051)]), &recorded), ["b"]);
        assert_eq!(grown(&counts([("a", 900), ("c", 1)]), &recorded), ["c"]);
    }
}
