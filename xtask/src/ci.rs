//! `cargo xtask ci`: everything that must hold before a change goes in, the quick refusals first.

use crate::step::{Step, run_all};

/// A new check is one row here.
const STEPS: [Step; 6] = [
    Step { name: "format", command: "cargo fmt --all --check", variable: None },
    Step {
        name: "lint",
        command: "cargo clippy --workspace --all-targets --all-features -- -D warnings",
        variable: None,
    },
    Step { name: "test", command: "cargo test --workspace", variable: None },
    Step {
        name: "doc",
        command: "cargo doc --workspace --no-deps --all-features",
        variable: Some(("RUSTDOCFLAGS", "-D warnings")),
    },
    Step { name: "differential", command: "cargo xtask differential 1000", variable: None },
    Step { name: "tidy", command: "cargo xtask tidy", variable: None },
];

pub(crate) fn run() -> Result<(), String> {
    run_all(&STEPS)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_step_is_a_command_of_cargos_that_a_reader_can_type() {
        for step in super::STEPS {
            assert!(step.command.starts_with("cargo "), "{}", step.command);
            assert!(!step.command.contains("  ") && !step.command.contains(['"', '\'']), "{}", step.command);
        }
    }
}
