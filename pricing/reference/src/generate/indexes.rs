//! Tables of indexes: dated values, some in another currency, some with gaps (R7).

use emptor_core::{IndexTable, IndexTableId, IndexValue, RateId, Validity};

use super::draws::{Draws, decimal, named};

const TABLES: [&str; 2] = ["copper", "diesel"];

/// A table for each index.
pub(super) fn tables(draws: &mut Draws) -> Vec<IndexTable> {
    TABLES.into_iter().map(|name| table(draws, name)).collect()
}

fn table(draws: &mut Draws, name: &str) -> IndexTable {
    let periods = match draws.below(4) {
        0 => vec![Validity::default()],
        1 => {
            let (before, after) = draws.touching();
            vec![before, after]
        }
        2 => vec![Validity::default(), Validity { from: Some(draws.moment()), to: None }],
        _ => vec![draws.validity()],
    };
    let value = |(index, valid)| IndexValue {
        rate_id: named(RateId::new(&format!("v{index}"))),
        value: decimal(draws.pick(&["10", "8.5", "99.99", "3.3333333334", "0", "12.345", "100"])),
        valid,
        recorded_at: draws.recorded_at(),
    };
    let values = periods.into_iter().enumerate().map(value).collect();
    IndexTable { index_table: named(IndexTableId::new(name)), currency: draws.other_currency(), values }
}
