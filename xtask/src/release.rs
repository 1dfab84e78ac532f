//! Tasks that run one of the programs in `benches`, built for release.

use std::process::Command;

use crate::tree;

/// `cargo xtask differential [CASES [FIRST_SEED]]`: engine against reference; 100,000 cases where no number is given.
pub(crate) fn differential(arguments: &[String]) -> Result<(), String> {
    let all = ["100000".to_owned()];
    run("differential", if arguments.is_empty() { &all } else { arguments })
}

/// `cargo xtask ratios [NAME]`: our speed and size against what they are compared with.
pub(crate) fn ratios(arguments: &[String]) -> Result<(), String> {
    run("ratios", arguments)
}

fn run(program: &str, arguments: &[String]) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--release", "--package", "emptor-benches", "--bin", program, "--"]);
    match command.args(arguments).current_dir(tree::root()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{program}` ended with {status}")),
        Err(error) => Err(format!("could not start cargo: {error}")),
    }
}
