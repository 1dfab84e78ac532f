//! The project's tasks, run as `cargo xtask TASK`, so that nothing needs to be installed but cargo.

mod bench_peers;
mod ci;
mod fuzz_scripts;
mod instructions;
mod release;
mod schema;
mod step;
mod test;
mod tidy;
mod tree;

use std::process::ExitCode;

/// A task: its name, what it does in one line, and the function that does it.
struct Task {
    name: &'static str,
    about: &'static str,
    /// Takes the words after its name.
    run: fn(&[String]) -> Result<(), String>,
}

const TASKS: [Task; 9] = [
    Task { name: "ci", about: "everything that must hold before a change goes in", run: |_| ci::run() },
    Task { name: "test", about: "the inner loop: the tests of every crate", run: |_| test::run() },
    Task { name: "tidy", about: "the house rules that no compiler checks", run: |_| tidy::run() },
    Task { name: "schema", about: "writes core/schema/*.json from the types", run: |_| schema::run() },
    Task {
        name: "differential",
        about: "[CASES [SEED]] engine against reference evaluator",
        run: release::differential,
    },
    Task { name: "ratios", about: "[NAME] speed and size against what they are compared with", run: release::ratios },
    Task { name: "fuzz-scripts", about: "SECONDS tries to break scripts; needs nightly", run: fuzz_scripts::run },
    Task {
        name: "bench-peers",
        about: "what others compute prices with, in one table; installs it",
        run: bench_peers::run,
    },
    Task { name: "instructions", about: "[record] instruction counts of the hot paths", run: instructions::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((task, rest)) = find(&arguments) else {
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    match (task.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn find(arguments: &[String]) -> Option<(&'static Task, &[String])> {
    let (name, rest) = arguments.split_first()?;
    Some((TASKS.iter().find(|task| task.name == name)?, rest))
}

fn usage() -> String {
    let rows: Vec<String> = TASKS.iter().map(|task| format!("  {:<14}{}", task.name, task.about)).collect();
    format!("usage: cargo xtask TASK\n\ntasks:\n{}\n", rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{find, usage};

    #[test]
    fn a_known_name_finds_a_task() {
        let check = |arguments: &[&str], expected: Option<&str>| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            assert_eq!(find(&arguments).map(|(task, _)| task.name), expected, "{arguments:?}");
        };
        check(&["tidy"], Some("tidy"));
        check(&["tidyy"], None);
        check(&["ratios", "line_price"], Some("ratios"));
        check(&[], None);
    }

    #[test]
    fn usage_lists_every_task() {
        for task in super::TASKS {
            assert!(usage().contains(task.name), "{}", task.name);
        }
    }
}
