//! `quoting-tool`: prices requests from a book, checks and tests a book, and makes one from what was charged before.
//!
//! Without arguments it prices the bundled example, `examples/wholesale`.
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unwrap_used
    )
)]

mod arguments;
mod book;
mod check;
mod failure;
mod history;
mod import;
mod input;
mod output;
mod progress;
mod quote;
mod reprice;
mod table;
mod test;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or_else(Command::bundled);
    let done = match &command {
        Command::Quote(arguments) => quote::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Test(arguments) => test::run(arguments),
        Command::ImportHistory(arguments) => import::run(arguments),
        Command::Reprice(arguments) => reprice::run(arguments),
    };
    done.unwrap_or_else(|failure| failure.tell())
}
