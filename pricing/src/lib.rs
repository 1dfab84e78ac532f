//! What a B2B order costs: documents -> book -> price.
//!
//! [`compile`] turns a tenant's documents, as recorded by a moment, into a [`PriceBook`] or all that is wrong with them;
//! [`price`] turns a book and a request into a priced order. Both are pure functions: no clock, no files, no
//! environment, no float. What the numbers mean is in `SEMANTICS.md`, whose rules are cited by number (R4).
//!
//! The passes of [`price`] are files: `request` (R1) -> `line` (R5) -> `count` (R4) -> `plain`, `search`, `merge` (R3) ->
//! `reading`, `tier`, `currency` (R4, R6) -> `total` (R0) -> `record`, `why` (R15).
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

mod book;
mod breaks;
mod buyer;
mod code;
mod compile;
mod count;
mod currency;
mod error;
mod explain;
mod line;
mod merge;
mod names;
mod offer;
mod order;
mod plain;
mod plan;
mod price;
mod reading;
mod record;
mod replay;
mod request;
mod search;
mod table;
mod tier;
mod total;
mod why;

pub use book::{OrganizationHandle, PriceBook, SkuHandle};
pub use breaks::Break;
pub use buyer::{Buyer, LinePrice};
pub use code::Code;
pub use compile::compile;
pub use error::PricingError;
pub use explain::explain;
pub use price::{Detail, price};
pub use replay::{Replay, replay};

/// The version of what a price means. Equal version, book and request: equal price.
pub const SEMANTICS_VERSION: u32 = 1;
