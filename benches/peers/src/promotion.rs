//! What peers call the workload's promotions by; the promotions themselves are [`emptor_benches::workload::PROMOTIONS`].

/// The names of the workload's categories, by number.
pub const CATEGORIES: [&str; 8] = ["CAT0", "CAT1", "CAT2", "CAT3", "CAT4", "CAT5", "CAT6", "CAT7"];
