//! The tool as a user runs it: the built program on folders and files.
#![expect(clippy::unwrap_used, reason = "a test fails where it is wrong")]

mod book_test;
mod check;
mod history;
mod quote;
mod refused;
mod rules;
mod same;
mod scratch;
