//! The reference evaluator: SEMANTICS.md on big rationals, written for reading and not for speed.
//!
//! It is the independent oracle of the engine: of ours it knows the documents, the request and the record, and has its
//! own rounding, tiers, units and apportioning. [`generate`] makes the books and requests that both are asked about.

mod bundles;
mod by_hand;
mod calendar;
mod changes;
mod commitments;
mod conditions;
mod counts;
mod coupons;
mod derived;
mod ending;
mod fx;
pub mod generate;
mod guards;
mod items;
mod line_steps;
mod lines;
mod merge;
mod moment;
mod numbers;
mod offers;
mod order;
mod order_amounts;
mod order_quantities;
mod order_rules;
mod order_scripts;
mod order_steps;
mod procedure;
mod reading;
mod record;
mod refusal;
mod rule_scripts;
mod rules;
mod script;
mod script_functions;
mod script_view;
mod search;
mod settle;
mod share;
mod tax;
mod tiers;
mod totals;
mod units;
mod versions;
mod violations;

pub use order::price;
