//! The promotions of the workload, as data for every peer.

/// A part off for a category, from a quantity, in some regions.
#[derive(Debug, Clone, Copy)]
pub struct Promotion {
    /// As in [`CATEGORIES`].
    pub category: &'static str,
    /// In thousandths.
    pub off: u32,
    /// From how many pieces.
    pub quantity_min: u32,
    /// Where the buyer is.
    pub regions: &'static [&'static str],
}

/// The names of the workload's categories, by number.
pub const CATEGORIES: [&str; 8] = ["CAT0", "CAT1", "CAT2", "CAT3", "CAT4", "CAT5", "CAT6", "CAT7"];

/// All there are, at most one for a category.
pub const PROMOTIONS: [Promotion; 4] = [
    Promotion { category: "CAT1", off: 75, quantity_min: 50, regions: &["DE", "FR"] },
    Promotion { category: "CAT3", off: 125, quantity_min: 25, regions: &["US"] },
    Promotion { category: "CAT5", off: 50, quantity_min: 10, regions: &["GB", "JP", "BR"] },
    Promotion { category: "CAT7", off: 200, quantity_min: 100, regions: &["DE", "US", "JP"] },
];

/// No promotion lowers a unit below this many hundredths of its cost.
pub const FLOOR_HUNDREDTHS: u32 = 108;
