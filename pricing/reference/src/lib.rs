//! The reference evaluator: SEMANTICS.md on big rationals, written for reading and not for speed.
//!
//! It is the independent oracle of the engine: of ours it knows the documents, the request and the record, and has its
//! own rounding, tiers, units and apportioning. [`generate`] makes the books and requests that both are asked about.

mod counts;
mod derived;
mod fx;
pub mod generate;
mod lines;
mod merge;
mod moment;
mod numbers;
mod offers;
mod order;
mod reading;
mod record;
mod refusal;
mod search;
mod settle;
mod tiers;
mod units;
mod versions;

pub use order::price;
