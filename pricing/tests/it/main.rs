//! The rules of `SEMANTICS.md`, held from outside: cases worked by hand, laws, codes and the page's own examples.
#![expect(clippy::unwrap_used, reason = "a test fails where it is wrong")]

mod buyer;
mod codes;
mod conformance;
mod hostile_scripts;
mod laws;
mod laws_of_amending;
mod laws_of_approval;
mod laws_of_fingerprints;
mod laws_of_graduated_tables;
mod laws_of_libraries;
mod laws_of_line_order;
mod laws_of_rules;
mod laws_of_sums;
mod nudges;
mod reference;
mod semantics;
mod small_books;
