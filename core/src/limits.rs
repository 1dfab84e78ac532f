//! The limits of R0. They are chosen so that every result of the engine fits 128 bits.

/// The most digits a price, percent, factor or rate may have.
pub const PRICE_DIGITS_MAX: u32 = 18;
/// The most decimals a price, percent, factor or rate may have.
pub const PRICE_DECIMALS_MAX: u32 = 10;
/// The decimals a quantity is kept at.
pub const QUANTITY_DECIMALS: u32 = 6;
/// Quantities stay below this, in millionths of their unit (10^12 units).
pub const QUANTITY_MICROS_END: i64 = 1_000_000_000_000_000_000;
/// The decimals an amount is worked out at.
pub const AMOUNT_DECIMALS: u32 = 10;
/// Amounts stay below this, at [`AMOUNT_DECIMALS`] (9 x 10^14 of the currency).
pub const AMOUNT_END: i128 = 9_000_000_000_000_000_000_000_000;
/// How deep a tree (organizations, categories, derived lists) may be.
pub const DEPTH_MAX: usize = 32;
/// The most lines of a request.
pub const LINES_MAX: usize = 100_000;
/// The most tiers of a table.
pub const TIERS_MAX: usize = 1_000_000;
