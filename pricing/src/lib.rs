//! What a B2B order costs: documents -> book -> price.
//!
//! [`compile`] turns a tenant's documents, as recorded by a moment, into a [`PriceBook`] or all that is wrong with them;
//! [`price`] turns a book and a request into a priced order. Both are pure functions: no clock, no files, no
//! environment, no float. What the numbers mean is in `SEMANTICS.md`, whose rules are cited by number (R4).
//!
//! The passes of [`price`] are files: `request` (R1) -> `line` (R5) -> `count` (R4) -> `plain`, `search`, `merge` (R3) ->
//! `reading`, `tier`, `currency` (R4, R6) -> `adjust`: `line_step`, `order_step`, `bundle` (R7, R8), `guard`, `commitment` (R9),
//! `share` (R10) -> `total` (R0) -> `tax`, `totals` (R11) -> `verdict` (R12) -> `record`, `why` (R15).
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::disallowed_methods,
        clippy::disallowed_types,
        clippy::expect_used,
        clippy::float_arithmetic,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod adjust;
mod adjusted_record;
mod amend;
mod amended_tax;
mod asker;
mod book;
mod breaks;
mod bundle;
mod buyer;
mod by_unit;
mod change;
mod closing;
mod code;
mod commitment;
mod compile;
mod condition;
mod count;
mod currency;
mod cut_off;
mod directory;
mod entries;
mod error;
mod exact_sum;
mod explain;
mod goods;
mod guard;
mod items;
mod judge_approval;
mod judge_goods;
mod judge_order;
mod judge_script;
mod line;
mod line_step;
mod merge;
mod names;
mod nudge;
mod offer;
mod order;
mod order_rule;
mod order_step;
mod plain;
mod plan;
mod price;
mod procedure;
mod reading;
mod record;
mod replay;
mod request;
mod rows;
mod rule_scripts;
mod runner;
mod scene;
mod script;
mod script_failure;
mod script_report;
mod search;
mod share;
mod short;
mod skip;
mod table;
mod tax;
mod taxes;
mod tier;
mod total;
mod totals;
mod verdict;
mod why;

pub use amend::{AmendError, Amendment, LineDifference, amend};
pub use book::{OrganizationHandle, PriceBook, SkuHandle};
pub use breaks::Break;
pub use buyer::{Buyer, LinePrice};
pub use code::Code;
pub use compile::{Changes, Library, compile, compile_with_limits};
pub use error::PricingError;
pub use explain::{Explanation, explain};
pub use nudge::nudges;
pub use price::{Detail, price};
pub use replay::{Replay, replay};
#[doc(hidden)]
pub use script::trial::{PreparedTrial, ScriptTrial, TrialValue};
pub use script_report::{Interpreted, ScriptReport};

/// The version of what a price means. Equal version, book and request: equal price.
pub const SEMANTICS_VERSION: u32 = 3;
