//! Entries: one price, or a tier table of any kind.

use emptor_core::{
    CountScope, Currency, Entry, Exact, Package, PriorOf, Product, Quantity, Sku, Tier, TierBase, TierMode, Unit,
};

use super::Ground;
use super::draws::{Draws, decimal, named, scaled, whole};
use super::goods::{Goods, unit};
use super::{guards, procedure};

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

/// What requests are to meet of the tables.
#[derive(Default)]
pub(super) struct Met {
    pub(super) bounds: Vec<Bound>,
    /// What tables count as bought before.
    pub(super) priors: Vec<PriorOf>,
}

/// The bound of a tier.
#[derive(Clone)]
pub(super) struct Bound {
    pub(super) at: Exact,
    pub(super) sku: Option<Sku>,
    pub(super) unit: Option<Unit>,
}

impl Met {
    /// Notes fifty bounds of an entry, and what it counts.
    fn add(&mut self, entry: &Entry) {
        let bound = |tier: &Tier| {
            let at = tier.from.or(tier.up_to).filter(|at| !at.is_zero())?;
            Some(Bound { at, sku: entry.sku.clone(), unit: entry.per.as_ref().map(|per| per.unit.clone()) })
        };
        self.bounds.extend(entry.tiers.iter().step_by(1 + entry.tiers.len() / 50).filter_map(bound));
        let of = match (&entry.over, &entry.sku) {
            (CountScope::Line | CountScope::Sku, sku) => sku.clone().map(PriorOf::Sku),
            (CountScope::Category(category), _) => Some(PriorOf::Category(category.clone())),
            (CountScope::Group(group), _) => Some(PriorOf::Group(group.clone())),
            (CountScope::Order, _) => Some(PriorOf::Order),
        };
        self.priors.extend(of.filter(|_| entry.counts_prior));
    }
}

/// Draws an entry of a target with prices in `currency`.
pub(super) fn entry(draws: &mut Draws, ground: &Ground, target: &Target, currency: Currency, met: &mut Met) -> Entry {
    let mut entry = Entry {
        sku: target.product.map(|product| product.sku.clone()),
        category: target.category.clone(),
        per: per(draws, target),
        valid: draws.validity(),
        ..Entry::default()
    };
    let mut style = style(draws);
    // Beyond the limits rules have nothing to act on.
    if ground.has_rules && style == Style::Huge && !draws.chance(10) {
        style = Style::Cents;
    }
    if draws.chance(1) && draws.chance(25) {
        long_table(draws, &mut entry);
    } else if draws.chance(60) {
        table(draws, ground.goods, target, &mut entry, style, currency);
    } else {
        entry.price = Some(amount(draws, style));
    }
    if ground.has_rules {
        bind(draws, ground, &mut entry);
    }
    met.add(&entry);
    entry
}

/// Gives an entry guards, and steps that do not act where it prices.
pub(super) fn bind(draws: &mut Draws, ground: &Ground, entry: &mut Entry) {
    if draws.chance(15) {
        entry.guards = guards::guards(draws);
    }
    let steps = procedure::steps(ground.tenant);
    if !steps.is_empty() && draws.chance(12) {
        entry.excludes = draws.some(&steps, 2).into_iter().map(|step| step.name.clone()).collect();
    }
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
    if draws.chance(10) { draws.pick(&[Style::Huge, Style::Huge, Style::Negative]) } else { draws.pick(&styles) }
}

fn amount(draws: &mut Draws, style: Style) -> Exact {
    let number = i64::try_from(draws.below(2000)).expect("below 2000");
    match style {
        Style::Cents if draws.chance(10) => Exact::ZERO,
        Style::Cents => scaled(number, 2),
        Style::Fine => scaled(number * 977 + 3, 4),
        Style::Tiny if draws.chance(30) => scaled(number % 20 + 1, 10),
        Style::Tiny => scaled(number * 49_999_999_999 + 1, 10),
        // Rounds up to the end of the amounts.
        Style::Huge if draws.chance(15) => scaled(89_999_999_999_999_999, 2),
        Style::Huge if draws.chance(30) => scaled(999_999_999_999_999_999, 2),
        // Within the limits of amounts, but not of prices when the quantity is small.
        Style::Huge if draws.chance(60) => scaled(number * 399_999_999_999 + 1, 2),
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

/// What the tiers of a table can have.
struct Kind {
    graduated: bool,
    /// A graduated table by value: a price, then percents of the value.
    of_value: bool,
    above: bool,
    /// Of its bounds.
    decimals: u32,
}

impl Kind {
    /// The kind that goes with an entry's count; rarely one that does not, which does not compile.
    fn draw(draws: &mut Draws, entry: &Entry, currency: Currency) -> Self {
        let graduated = entry.mode == TierMode::Graduated;
        let by_quantity = entry.base == TierBase::Quantity;
        let own_quantity = by_quantity && entry.over == CountScope::Line && !entry.counts_prior;
        let by_value = entry.base == TierBase::Value;
        Self {
            graduated,
            of_value: graduated && by_value,
            above: if graduated { by_quantity } else { own_quantity || draws.chance(1) },
            decimals: if by_value && !draws.chance(1) { currency.decimals() } else { 6 },
        }
    }
}

fn table(draws: &mut Draws, goods: &Goods, target: &Target, entry: &mut Entry, style: Style, currency: Currency) {
    let graduated = draws.chance(40);
    entry.mode = if graduated { TierMode::Graduated } else { TierMode::Volume };
    entry.base = base(draws, graduated, target);
    entry.over = scope(draws, goods, target);
    entry.counts_prior = draws.chance(20);
    entry.charge_at_zero = graduated && draws.chance(25);
    let kind = Kind::draw(draws, entry, currency);
    let count = 1 + draws.below(5);
    let mut tiers = bounds(draws, count, &kind);
    let last = tiers.len() - 1;
    for (index, tier) in tiers.iter_mut().enumerate() {
        let may_lack = if graduated { index == last && last > 0 } else { true };
        if may_lack && draws.chance(12) {
            tier.no_price = true;
        } else if kind.of_value {
            value_part(draws, tier, index, style);
        } else {
            charges(draws, tier, index, style, &kind);
        }
    }
    // At one per unit a value is a quantity, so that values meet their bounds as well.
    if entry.base == TierBase::Value && tiers[0].price.is_some() && draws.chance(30) {
        tiers[0].price = Some(whole(1));
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
fn bounds(draws: &mut Draws, count: usize, kind: &Kind) -> Vec<Tier> {
    let steps = match kind.decimals {
        0 => ["10", "1", "5", "2", "100", "1000", "3", "33"],
        2 => ["10", "1", "5", "0.5", "100", "1000", "0.01", "33.33"],
        3 => ["10", "1", "5", "0.5", "100", "1000", "0.001", "33.333"],
        _ => ["10", "1", "5", "0.5", "100", "1000", "0.000001", "33.333333"],
    };
    let up_to = draws.chance(35);
    let mut bound = Exact::ZERO;
    let mut tiers = Vec::new();
    if up_to || (!kind.graduated && draws.chance(25)) {
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
        let at = scaled(10_i64.pow(12 + kind.decimals) - 1, kind.decimals);
        *if up_to { &mut last.up_to } else { &mut last.from } = Some(at);
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

fn charges(draws: &mut Draws, tier: &mut Tier, index: usize, style: Style, kind: &Kind) {
    let percent = index > 0 && !matches!(style, Style::Tiny | Style::Huge) && draws.chance(20);
    if percent {
        tier.percent = Some(decimal(draws.pick(&["95", "90.5", "80", "33.33", "0", "101"])));
    } else if index == 0 || draws.chance(85) {
        tier.price = Some(amount(draws, style));
    }
    if draws.chance(20) {
        tier.flat = Some(amount(draws, style));
    }
    if kind.above && draws.chance(15) {
        tier.above = Some(amount(draws, style));
    }
    if draws.chance(15) {
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
