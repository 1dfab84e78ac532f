//! `cargo xtask bench-peers`: installs what others compute prices with, runs it on the common workload, writes one table;
//! then takes one condition alone against CEL.
//!
//! A peer that cannot be installed, does not run or prices a line otherwise has a row that says so, and fails the task
//! once the others have run. All that is built is below `target/peers`; the table is `target/peers.md`.

mod peer_programs;
mod peer_table;

use std::fs;
use std::process::{Command, Stdio};

use crate::tree;
use peer_programs::{ECOSYSTEMS, Ecosystem, Program};
use peer_table::{Measured, markdown};

const FOLDER: &str = "target/peers";
const TABLE: &str = "target/peers.md";
/// One condition alone against CEL: prints a row as `ratios` does, and ends with 1 where it misses its goal.
const CONDITION: &str = "target/peers/build/release/cel_condition";
/// Cargo's own mark, for those who walk the tree; it is not there by itself where cargo builds elsewhere.
const BUILD_FOLDER_MARK: &str = "Signature: 8a477f597d28d172789f06886806bc55\n";

/// What became of a peer: what it took, or why there is nothing.
type Outcome = (&'static str, Result<Measured, String>);

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("`bench-peers` takes nothing".to_owned());
    }
    let folder = tree::root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("could not create `{FOLDER}`: {error}"))?;
    fs::write(folder.join("CACHEDIR.TAG"), BUILD_FOLDER_MARK)
        .map_err(|error| format!("could not write to `{FOLDER}`: {error}"))?;

    let outcomes: Vec<Outcome> = ECOSYSTEMS.iter().flat_map(measured).collect();
    let table = markdown(&outcomes);
    fs::write(tree::root().join(TABLE), &table).map_err(|error| format!("could not write `{TABLE}`: {error}"))?;
    print!("{table}");
    let condition = Command::new(tree::root().join(CONDITION)).status();
    let misses_goal = !condition.is_ok_and(|status| status.success());
    let missing: Vec<&str> = outcomes.iter().filter(|(_, outcome)| outcome.is_err()).map(|(peer, _)| *peer).collect();
    match (missing.as_slice(), misses_goal) {
        ([], false) => Ok(()),
        ([], true) => Err("one condition is not as much faster than CEL as it must be, or was not measured".to_owned()),
        (missing, _) => Err(format!("not measured: {}; the table says why", missing.join(", "))),
    }
}

/// Installs what an ecosystem's programs need, then runs them one after another.
fn measured(ecosystem: &Ecosystem) -> Vec<Outcome> {
    let installed = ecosystem.install.iter().try_for_each(|line| {
        eprintln!("==> {line}");
        said(line).map(|_| ()).map_err(|why| format!("could not be installed: {why}"))
    });
    let outcomes = ecosystem.programs.iter().flat_map(|program| match &installed {
        Ok(()) => ran(program),
        Err(why) => program.peers.iter().map(|peer| (*peer, Err(why.clone()))).collect(),
    });
    outcomes.collect()
}

fn ran(program: &Program) -> Vec<Outcome> {
    eprintln!("==> {}", program.run);
    let said = said(program.run);
    let outcome = |peer: &'static str| {
        let said = said.as_ref().map_err(|why| format!("did not run: {why}"))?;
        let row = said.lines().filter_map(Measured::parse).find(|row| row.peer == peer);
        row.ok_or_else(|| format!("did not run: `{}` printed no row of it", program.run))?.checked()
    };
    program.peers.iter().map(|peer| (*peer, outcome(peer))).collect()
}

/// What a command says, run from the root; its complaints go where ours go.
fn said(line: &str) -> Result<String, String> {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(tree::root()).stderr(Stdio::inherit());
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(format!("`{line}` ended with {}", output.status)),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::peer_programs::{Ecosystem, Program};
    use super::{measured, run};

    const MISSING: &str = "no-such-program-of-ours";

    #[test]
    fn it_takes_nothing() {
        assert!(run(&["CEL".to_owned()]).is_err_and(|why| why == "`bench-peers` takes nothing"));
    }

    #[test]
    fn a_peer_that_cannot_be_installed_or_run_says_so() {
        let check = |install: &'static [&'static str], run: &'static str, expected: &str| {
            let program = Program { peers: &["one", "other"], run };
            let outcomes = measured(&Ecosystem { install, programs: Box::leak(Box::new([program])) });
            let whys: Vec<String> = outcomes.into_iter().filter_map(|(_, outcome)| outcome.err()).collect();
            assert!(whys.len() == 2 && whys.iter().all(|why| why.starts_with(expected)), "{whys:?}");
        };
        check(&[MISSING], "cargo --version", "could not be installed: `no-such-program-of-ours` could not be started");
        check(&[], MISSING, "did not run: `no-such-program-of-ours` could not be started");
        check(&[], "cargo --version", "did not run: `cargo --version` printed no row of it");
    }
}
