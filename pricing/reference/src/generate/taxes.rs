//! Tax: categories, rates by region with gaps, and the smallest coin (R11).

use emptor_core::{
    CashRounding, RateId, RoundingMode, TaxCategoryId, TaxRate, TaxRegime, TaxRounding, TaxTable, TaxTableId, Validity,
};

use super::buyers;
use super::draws::{CURRENCIES, Draws, currency, decimal, named, scaled};

const TABLE: &str = "tax";

pub(super) fn category(draws: &mut Draws) -> TaxCategoryId {
    named(TaxCategoryId::new(draws.pick(&["standard", "reduced", "exempt"])))
}

/// How the tenant works tax out.
pub(super) fn regime(draws: &mut Draws) -> TaxRegime {
    let roundings = [TaxRounding::Category, TaxRounding::Line, TaxRounding::Unit, TaxRounding::Document];
    TaxRegime {
        table: named(TaxTableId::new(TABLE)),
        rounding: draws.pick(&roundings),
        category: named(TaxCategoryId::new(draws.pick(&["standard", "standard", "reduced"]))),
    }
}

/// The table that regimes name.
pub(super) fn table(draws: &mut Draws) -> TaxTable {
    let mut rates: Vec<TaxRate> = Vec::new();
    for category in ["standard", "reduced", "exempt"] {
        let category = named(TaxCategoryId::new(category));
        let count = [2, 1, 3, 2, 0][draws.below(5)];
        for index in 0..count {
            let rate_id = named(RateId::new(&format!("{category}-{}", (index * 2) % 5)));
            let drawn = rate(draws, rate_id, category.clone());
            if !rates.iter().any(|other| collide(other, &drawn)) {
                rates.push(drawn);
            }
        }
        // Mostly one holds everywhere and always; else there may be none.
        if count > 0 && draws.chance(70) {
            let rate_id = named(RateId::new(&format!("{category}-3")));
            let known = rate(draws, rate_id, category);
            let everywhere = TaxRate { region: Vec::new(), valid: Validity::default(), recorded_at: None, ..known };
            if !rates.iter().any(|other| collide(other, &everywhere)) {
                rates.push(everywhere);
            }
        }
    }
    TaxTable { tax_table: named(TaxTableId::new(TABLE)), rates }
}

/// Whether two rates could not be told apart: of one category and period, and of one region or everywhere.
fn collide(one: &TaxRate, other: &TaxRate) -> bool {
    let shares_region = one.region.iter().any(|region| other.region.contains(region))
        || (one.region.is_empty() && other.region.is_empty());
    one.category == other.category && one.valid == other.valid && shares_region
}

/// Coins of some currencies.
pub(super) fn cash_roundings(draws: &mut Draws) -> Vec<CashRounding> {
    let mut roundings = Vec::new();
    for currency in CURRENCIES.map(currency) {
        let increment = scaled(draws.pick(&[5, 10, 3, 1, 100]), currency.decimals());
        let mode = draws.pick(&RoundingMode::ALL);
        if draws.chance(60) {
            roundings.push(CashRounding { currency, increment, mode });
        }
    }
    roundings
}

fn rate(draws: &mut Draws, rate_id: RateId, category: TaxCategoryId) -> TaxRate {
    let percent = decimal(draws.pick(&["19", "7", "20", "8.875", "33.3333333333", "100", "0.1", "0"]));
    let is_zero = percent.is_zero();
    let code = if is_zero { draws.pick(&["E", "Z", "AE", "G"]) } else { "S" };
    let mut region = if draws.chance(40) { vec![buyers::region(draws), buyers::region(draws)] } else { Vec::new() };
    region.sort();
    region.dedup();
    TaxRate {
        rate_id,
        category,
        region,
        percent,
        code: (is_zero || draws.chance(60)).then(|| code.to_owned()),
        reason: (is_zero && draws.chance(50)).then(|| "out of the union".to_owned()),
        valid: if draws.chance(50) { draws.validity() } else { Validity::default() },
        recorded_at: if draws.chance(40) { draws.recorded_at() } else { None },
    }
}
