//! Exchange rates: dated, overlapping, in both directions, and through a third currency.

use emptor_core::{FxChain, FxRate, FxTable, FxTableId, RateId, RoundingMode, Validity};

use super::draws::{Draws, currency, decimal, named};

/// The one table that tenants use.
pub(super) fn tables(draws: &mut Draws) -> Vec<FxTable> {
    let pairs = [("EUR", "USD"), ("JPY", "EUR"), ("EUR", "KWD"), ("USD", "JPY")];
    let mut rates = Vec::new();
    for (pair, (base, quote)) in pairs.into_iter().enumerate() {
        if draws.chance(15) {
            continue;
        }
        // Periods of one pair differ in their starts, so that one of them comes first.
        let valid: Vec<Validity> = match draws.below(4) {
            0 => vec![Validity::default()],
            1 => {
                let (before, after) = draws.touching();
                vec![before, after]
            }
            2 => vec![Validity::default(), Validity { from: Some(draws.moment()), to: None }],
            _ => vec![draws.validity()],
        };
        for (index, valid) in valid.into_iter().enumerate() {
            let turned = draws.chance(30);
            let (base, quote) = if turned { (quote, base) } else { (base, quote) };
            rates.push(FxRate {
                rate_id: named(RateId::new(&format!("r{pair}{index}"))),
                base: currency(base),
                quote: currency(quote),
                rate: decimal(draws.pick(&["1.0837", "0.5", "162.35", "3", "0.0061728395", "7.77"])),
                valid,
                recorded_at: draws.recorded_at(),
            });
        }
    }
    let chain = |between: (&str, &str), through: &str, draws: &mut Draws| FxChain {
        between: (currency(between.0), currency(between.1)),
        through: currency(through),
        increment: decimal(draws.pick(&["0.01", "0.0001", "1", "0.05"])),
        mode: draws.pick(&RoundingMode::ALL),
    };
    let mut chains = Vec::new();
    for (between, through) in [(("JPY", "KWD"), "EUR"), (("KWD", "USD"), "EUR"), (("JPY", "EUR"), "USD")] {
        if draws.chance(50) {
            chains.push(chain(between, through, draws));
        }
    }
    vec![FxTable { fx_table: named(FxTableId::new("fx")), rates, chains }]
}
