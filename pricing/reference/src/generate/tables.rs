//! Entries: one price, or a tier table of any kind.

use emptor_core::{CountScope, Entry, Exact, Package, Product, Quantity, Tier, TierBase, TierMode, Unit};

use super::draws::{Draws, decimal, named, scaled, whole};
use super::goods::{Goods, unit};

/// How the amounts of one table are written, so that they fit 18 digits at their finest scale.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Cents,
    Fine,
    Tiny,
    Huge,
    Negative,
}

/// What an entry names.
pub(super) struct Target<'g> {
    pub(super) product: Option<&'g Product>,
    pub(super) category: Option<emptor_core::CategoryId>,
    pub(super) units: Vec<Unit>,
}

/// Draws an entry of a target; the bounds of its tiers are added to `bounds`.
pub(super) fn entry(draws: &mut Draws, goods: &Goods, target: &Target, bounds: &mut Vec<Exact>) -> Entry {
    let mut entry = Entry {
        sku: target.product.map(|product| product.sku.clone()),
        category: target.category.clone(),
        per: per(draws, target),
        valid: draws.validity(),
        ..Entry::default()
    };
    let style = style(draws);
    if draws.chance(1) && draws.chance(10) {
        long_table(draws, &mut entry);
    } else if draws.chance(60) {
        table(draws, goods, target, &mut entry, style);
    } else {
        entry.price = Some(amount(draws, style));
    }
    bounds.extend(entry.tiers.iter().take(50).filter_map(|tier| tier.from.or(tier.up_to)));
    entry
}

fn per(draws: &mut Draws, target: &Target) -> Option<Quantity> {
    if target.product.is_some() && draws.chance(50) {
        return None;
    }
    let value = decimal(draws.pick(&["1", "100", "1000", "0.5", "3"]));
    let of_product = target.product.filter(|_| draws.chance(40)).map(|product| product.unit.clone());
    let unit = of_product.unwrap_or_else(|| draws.pick(&target.units));
    Some(Quantity { value, unit })
}

fn style(draws: &mut Draws) -> Style {
    let styles = [Style::Cents, Style::Cents, Style::Cents, Style::Fine, Style::Fine, Style::Tiny];
    if draws.chance(8) { draws.pick(&[Style::Huge, Style::Negative]) } else { draws.pick(&styles) }
}

fn amount(draws: &mut Draws, style: Style) -> Exact {
    let number = i64::try_from(draws.below(2000)).expect("below 2000");
    match style {
        Style::Cents if draws.chance(10) => Exact::ZERO,
        Style::Cents => scaled(number, 2),
        Style::Fine => scaled(number * 977 + 3, 4),
        Style::Tiny if draws.chance(30) => scaled(number % 20 + 1, 10),
        Style::Tiny => scaled(number * 49_999_999_999 + 1, 10),
        Style::Huge if draws.chance(30) => scaled(999_999_999_999_999_999, 2),
        Style::Huge => scaled(number * 499_999_999_999_999 + 1, 2),
        Style::Negative => scaled(500 - number, 2),
    }
}

/// Thousands of tiers, falling by a little each.
fn long_table(draws: &mut Draws, entry: &mut Entry) {
    let count = [2000, 16_000, 5000][draws.below(3)];
    entry.mode = draws.pick(&[TierMode::Volume, TierMode::Graduated]);
    let first = 10_000_000;
    let step = i64::try_from(1 + draws.below(300)).expect("below 301");
    let tier = |index: i64| Tier {
        from: Some(scaled(index * 10, 0)),
        price: Some(scaled(first - index * step, 4)),
        ..Tier::default()
    };
    entry.tiers = (0..count).map(tier).collect();
}

fn table(draws: &mut Draws, goods: &Goods, target: &Target, entry: &mut Entry, style: Style) {
    let graduated = draws.chance(40);
    entry.mode = if graduated { TierMode::Graduated } else { TierMode::Volume };
    entry.base = base(draws, graduated, target);
    entry.over = scope(draws, goods, target);
    entry.counts_prior = draws.chance(20);
    entry.charge_at_zero = graduated && draws.chance(25);
    let count = 1 + draws.below(5);
    let by_value = graduated && entry.base == TierBase::Value;
    let mut tiers = bounds(draws, count, graduated);
    let last = tiers.len() - 1;
    for (index, tier) in tiers.iter_mut().enumerate() {
        let may_lack = if graduated { index == last && last > 0 } else { true };
        if may_lack && draws.chance(12) {
            tier.no_price = true;
        } else if by_value {
            value_part(draws, tier, index, style);
        } else {
            charges(draws, tier, index, &entry.base, style, graduated);
        }
    }
    // What percents are of.
    if tiers[0].price.is_none() {
        for tier in &mut tiers {
            if tier.percent.take().is_some() {
                tier.price = Some(amount(draws, style));
            }
        }
    }
    entry.tiers = tiers;
}

fn base(draws: &mut Draws, graduated: bool, target: &Target) -> TierBase {
    let weighs = target.units.contains(&unit("kg"));
    match draws.below(6) {
        4 => TierBase::Value,
        5 if !graduated && weighs => TierBase::Weight(unit(draws.pick(&["kg", "g", "t"]))),
        _ => TierBase::Quantity,
    }
}

fn scope(draws: &mut Draws, goods: &Goods, target: &Target) -> CountScope {
    let category = target.category.as_ref().or(target.product.and_then(|product| product.category.as_ref()));
    let groups = target.product.map_or(&[][..], |product| &product.pricing_groups);
    match draws.below(8) {
        4 => CountScope::Sku,
        5 => category.map_or(CountScope::Sku, |category| CountScope::Category(draws.pick(&goods.above(category)))),
        6 if !groups.is_empty() => CountScope::Group(draws.pick(groups)),
        6 | 7 => CountScope::Order,
        _ => CountScope::Line,
    }
}

/// Tiers with ascending bounds and nothing else.
fn bounds(draws: &mut Draws, count: usize, graduated: bool) -> Vec<Tier> {
    let steps = ["10", "1", "5", "0.5", "100", "1000", "0.000001", "33.333333"];
    let up_to = draws.chance(35);
    let mut bound = Exact::ZERO;
    let mut tiers = Vec::new();
    if up_to || (!graduated && draws.chance(25)) {
        bound = decimal(draws.pick(&steps));
    }
    for index in 0..count {
        let open = up_to && index > 0 && index + 1 == count && draws.chance(70);
        let at = Some(bound).filter(|_| !open);
        tiers.push(if up_to { Tier { up_to: at, ..Tier::default() } } else { Tier { from: at, ..Tier::default() } });
        bound = Exact::from(bound.to_decimal() + decimal(draws.pick(&steps)).to_decimal());
    }
    if count > 1 && draws.chance(2) {
        // The last bound just below the limit.
        let last = tiers.last_mut().expect("a table has a tier");
        *if up_to { &mut last.up_to } else { &mut last.from } = Some(decimal("999999999999.999999"));
    }
    tiers
}

fn value_part(draws: &mut Draws, tier: &mut Tier, index: usize, style: Style) {
    if index == 0 {
        tier.price = Some(amount(draws, style));
    } else if !draws.chance(10) {
        tier.percent = Some(decimal(draws.pick(&["95", "90.5", "80", "33.33", "0", "101"])));
    }
    if draws.chance(25) || (index > 0 && tier.percent.is_none()) {
        tier.flat = Some(amount(draws, style));
    }
}

fn charges(draws: &mut Draws, tier: &mut Tier, index: usize, base: &TierBase, style: Style, graduated: bool) {
    let by_quantity = *base == TierBase::Quantity;
    let percent = index > 0 && !matches!(style, Style::Tiny | Style::Huge) && draws.chance(20);
    if percent {
        tier.percent = Some(decimal(draws.pick(&["95", "90.5", "80", "33.33", "0", "101"])));
    } else if index == 0 || draws.chance(85) {
        tier.price = Some(amount(draws, style));
    }
    if draws.chance(20) {
        tier.flat = Some(amount(draws, style));
    }
    if by_quantity && draws.chance(15) {
        tier.above = Some(amount(draws, style));
    }
    if (by_quantity || !graduated) && draws.chance(15) {
        let size = decimal(draws.pick(&["10", "1", "0.3", "24", "0.000007"]));
        tier.package = Some(Package { size, price: amount(draws, style) });
    }
    let empty = tier.price.is_none() && tier.percent.is_none() && tier.flat.is_none();
    if empty && tier.above.is_none() && tier.package.is_none() {
        tier.flat = Some(whole(draws.below(100)));
    }
    if index == 0 && !percent && draws.chance(8) {
        tier.price = None;
        tier.flat = Some(amount(draws, style));
    }
}

/// The target of an entry: mostly a sku, else a category.
pub(super) fn target<'g>(draws: &mut Draws, goods: &'g Goods) -> Target<'g> {
    if draws.chance(25) {
        let category = draws.pick(&goods.catalog.categories).category;
        let units = ["pc", "box", "kg", "m"].map(|name| named(Unit::new(name))).to_vec();
        return Target { product: None, category: Some(category), units };
    }
    let (product, units) = goods.pick(draws);
    Target { product: Some(product), category: None, units: units.to_vec() }
}
