//! The prices of derived lists (R3).

use std::borrow::Cow;

use emptor_core::{Derived, DerivedFrom, Entry, Exact, Guards, Package, PriceListId, Tier, TierBase, TierMode};
use num_traits::Zero;

use crate::moment::Moment;
use crate::numbers::{Number, exact, number, round_to, round10, whole};
use crate::versions::{ListVersion, counting};

/// The entries of a version, those that follow from others worked out.
pub(crate) fn entries<'d>(moment: &Moment<'d>, version: &ListVersion<'d>) -> Vec<Cow<'d, Entry>> {
    let Some(derived) = version.derived else {
        return version.entries.iter().map(Cow::Borrowed).collect();
    };
    let from = match &derived.from {
        DerivedFrom::Cost => costs(moment),
        DerivedFrom::PriceList(list) => of_list(moment, list),
    };
    from.iter().map(|entry| Cow::Owned(derive(derived, entry))).collect()
}

/// A percent tier with the price it stands for (R4).
pub(crate) fn percent_as_price(tier: &Tier, first_price: Option<Exact>) -> Tier {
    let Some(percent) = tier.percent else { return tier.clone() };
    let first = first_price.map_or_else(Number::zero, number);
    Tier { price: Some(exact(&(first * number(percent) / whole(100)))), percent: None, ..tier.clone() }
}

fn costs<'d>(moment: &Moment<'d>) -> Vec<Cow<'d, Entry>> {
    let products = moment.documents.catalogs.iter().flat_map(|catalog| &catalog.products);
    let costs = products.filter_map(|product| {
        let cost = product.cost?;
        Some(Cow::Owned(Entry { sku: Some(product.sku.clone()), price: Some(cost), ..Entry::default() }))
    });
    costs.collect()
}

fn of_list<'d>(moment: &Moment<'d>, name: &PriceListId) -> Vec<Cow<'d, Entry>> {
    let list = moment.documents.price_lists.iter().find(|list| list.price_list == *name);
    let version = list.filter(|list| moment.is_of_side(list.prices)).and_then(|list| counting(moment, list));
    version.map_or_else(Vec::new, |version| entries(moment, &version))
}

fn derive(derived: &Derived, entry: &Entry) -> Entry {
    let by_value = entry.mode == TierMode::Graduated && entry.base == TierBase::Value;
    let first_price = entry.tiers.first().and_then(|tier| tier.price);
    // Guards and exclusions are said of an entry, and not derived.
    let mut result = Entry { guards: Guards::default(), excludes: Vec::new(), ..entry.clone() };
    result.price = entry.price.map(|price| price_per_unit(derived, price));
    for tier in &mut result.tiers {
        if !by_value {
            *tier = percent_as_price(tier, first_price);
        }
        tier.price = tier.price.map(|price| price_per_unit(derived, price));
        tier.flat = tier.flat.map(|flat| share(derived, flat));
        tier.above = tier.above.map(|above| share(derived, above));
        tier.package = tier.package.map(|package| Package { size: package.size, price: share(derived, package.price) });
    }
    result
}

fn share(derived: &Derived, amount: Exact) -> Exact {
    exact(&round10(&(number(amount) * number(derived.percent) / whole(100))))
}

fn price_per_unit(derived: &Derived, original: Exact) -> Exact {
    let mut price = number(share(derived, original));
    if let Some(increment) = derived.increment {
        price = round_to(&price, &number(increment), derived.mode);
    }
    price += number(derived.amount);
    let original = number(original);
    if let Some(least) = derived.margin_min {
        price = price.max(&original + number(least));
    }
    if let Some(most) = derived.margin_max {
        price = price.min(&original + number(most));
    }
    exact(&price)
}
