//! The project's tasks, run as `cargo xtask TASK`, so that nothing needs to be installed but cargo.

mod ci;
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
    run: fn() -> Result<(), String>,
}

const TASKS: [Task; 4] = [
    Task { name: "ci", about: "everything that must hold before a change goes in", run: ci::run },
    Task { name: "test", about: "the inner loop: the tests of every crate", run: test::run },
    Task { name: "tidy", about: "the house rules that no compiler checks", run: tidy::run },
    Task { name: "schema", about: "writes core/schema/*.json from the types", run: schema::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(task) = find(&arguments) else {
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    match (task.run)() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn find(arguments: &[String]) -> Option<&'static Task> {
    match arguments {
        [name] => TASKS.iter().find(|task| task.name == name),
        _ => None,
    }
}

fn usage() -> String {
    let rows: Vec<String> = TASKS.iter().map(|task| format!("  {:<8}{}", task.name, task.about)).collect();
    format!("usage: cargo xtask TASK\n\ntasks:\n{}\n", rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{find, usage};

    #[test]
    fn exactly_one_known_name_finds_a_task() {
        let check = |arguments: &[&str], expected: Option<&str>| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            assert_eq!(find(&arguments).map(|task| task.name), expected, "{arguments:?}");
        };
        check(&["tidy"], Some("tidy"));
        check(&["tidyy"], None);
        check(&["tidy", "now"], None);
        check(&[], None);
    }

    #[test]
    fn usage_lists_every_task() {
        for task in super::TASKS {
            assert!(usage().contains(task.name), "{}", task.name);
        }
    }
}
