//! What others compute prices with, on the common workload: the host that looks rows up and rounds, and the peers in Rust.
//!
//! A peer that is an engine of rules is asked for the promotion alone: the net of a unit under it, or nothing. The host
//! does the rest, and [`row::Row::itself`] says so.

pub mod bench;
pub mod by_hand;
pub mod cel_condition;
pub mod cel_rules;
pub mod host;
pub mod promotion;
pub mod rhai_rules;
pub mod row;
