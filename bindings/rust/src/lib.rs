//! Emptor for Rust programs: a tenant's price book from a folder or JSON, and prices from it.
//!
//! [`Book::load`] reads and compiles a folder, [`Book::price`] prices a request. Beneath,
//! [`read_folder`] reads the YAML, JSON and CSV files that people write; [`read_documents_json`] and
//! [`read_request_json`] read what programs pass. Numbers are read from their text, never through a float, and whatever
//! is wrong comes back as [`Problem`]s with a file, a line and help.
//!
//! The feature `cache` adds the module `cache`: tenants' books in memory, for an async service.
#![cfg_attr(
    not(test),
    deny(clippy::expect_used, clippy::float_arithmetic, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

mod batch;
mod book;
mod book_test;
#[cfg(feature = "cache")]
pub mod cache;
mod csv_lines;
mod csv_prices;
mod csv_products;
mod csv_table;
mod de;
mod files;
mod folder;
mod json;
mod nearest;
mod place;
mod problem;
mod single;
mod tree;
mod yaml;

pub use batch::{BatchError, BatchLine, price_batch};
pub use book::Book;
pub use book_test::{TestDifference, TestRun, TestedPart};
pub use csv_lines::read_request_lines_csv;
pub use emptor_core as core;
pub use emptor_pricing::{
    AmendError, Amendment, Detail, Explanation, Interpreted, LineDifference, PriceBook, PricingError, Replay,
    ScriptReport, amend, explain, replay,
};
pub use folder::{Folder, read_folder};
pub use place::{Location, Places};
pub use problem::{Problem, ReadCode};
pub use single::{read_documents_json, read_request_json};
