//! Lists that name every product with one small odd price: what rules act on, and floors near it.

use emptor_core::{Currency, Entry, ListUse, PriceList, PriceListId, Product, TaxSide, Validity};

use super::Ground;
use super::draws::{Draws, decimal, named};
use super::tables;

/// A list for everyone on each side that is asked for, and sometimes a floor. They come after all others.
pub(super) fn lists(draws: &mut Draws, ground: &Ground) -> Vec<PriceList> {
    let currency = ground.tenant.currency;
    let mut lists = Vec::new();
    if draws.chance(85) {
        lists.push(PriceList { entries: entries(draws, ground), ..list("plain", -10, currency) });
        if draws.chance(40) {
            let other = if ground.tenant.prices == TaxSide::Net { TaxSide::Gross } else { TaxSide::Net };
            let entries = entries(draws, ground);
            lists.push(PriceList { prices: Some(other), entries, ..list("other-side", -11, currency) });
        }
    }
    if draws.chance(18) {
        let entries = entries(draws, ground);
        lists.push(PriceList { kept_as: ListUse::Floor, entries, ..list("floor", -12, currency) });
    }
    lists
}

fn entries(draws: &mut Draws, ground: &Ground) -> Vec<Entry> {
    let prices = ["1", "0.333", "9.99", "3.3333333333", "0.125", "10", "0.05", "7", "25", "0.005", "2.5", "0"];
    let entry = |product: &Product| {
        let price = Some(decimal(draws.pick(&prices)));
        let mut entry = Entry { sku: Some(product.sku.clone()), price, ..Entry::default() };
        tables::bind(draws, ground, &mut entry);
        entry
    };
    ground.goods.catalog.products.iter().map(entry).collect()
}

fn list(name: &str, priority: i32, currency: Currency) -> PriceList {
    PriceList {
        price_list: named(PriceListId::new(name)),
        currency,
        kept_as: ListUse::Prices,
        prices: None,
        forbids_merging: false,
        valid: Validity::default(),
        priority,
        assigned_to: Vec::new(),
        rounding: None,
        entries: Vec::new(),
        derived: None,
        versions: Vec::new(),
    }
}
