//! `cargo xtask test`: the inner loop.

use crate::step::{Step, run_all};

pub(crate) fn run() -> Result<(), String> {
    run_all(&[Step { name: "test", command: "cargo test --workspace", variable: None }])
}
