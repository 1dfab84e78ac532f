//! The procedure, compiled: its steps, their rules, and how rules are found (R7).

use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::{
    ActsAt, AdjustmentId, AdjustmentMode, ChooseUnits, CountsAs, Currency, EffectKind, Exact, Period, RoundingMode,
    ShareRest, Sku, Stacking, StepId, StepRoundingStage,
};

use crate::condition::{Measure, Test};

/// The steps of a tenant, their rules and the index over them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Procedure {
    pub(crate) entries: Vec<ProcedureEntry>,
    pub(crate) steps: Vec<StepPlan>,
    /// By step, then priority (highest first), then name.
    pub(crate) rules: Vec<Rule>,
    pub(crate) index: RuleIndex,
    /// Whether something asks what the price lists alone give.
    pub(crate) needs_list: bool,
    /// The coupons that some rule knows, sorted.
    pub(crate) coupons: Vec<String>,
}

/// What happens in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProcedureEntry {
    Step(usize),
    Guards,
}

/// A step.
#[derive(Debug, Clone)]
pub(crate) struct StepPlan {
    pub(crate) id: StepId,
    pub(crate) at: ActsAt,
    pub(crate) on: BasisPlan,
    pub(crate) choose: Stacking,
    pub(crate) counts_as: CountsAs,
    pub(crate) rounding: Option<StepRule>,
    pub(crate) below_zero: bool,
    pub(crate) share_by: ShareWeight,
    pub(crate) share_rest: ShareRest,
    pub(crate) on_document: bool,
    pub(crate) manual: bool,
    /// One bit for each later step that does not act on a line which this one changed.
    pub(crate) excludes: u64,
    /// Its rules: a run of [`Procedure::rules`].
    pub(crate) rules: std::ops::Range<usize>,
}

/// What a step is computed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BasisPlan {
    Running,
    Base,
    List,
    Sum(BasisSum),
}

/// A subtotal: how many times each amount is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct BasisSum {
    pub(crate) list: i128,
    pub(crate) base: i128,
    /// By step.
    pub(crate) steps: BTreeMap<usize, i128>,
}

/// A step's rounding, at 10 decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StepRule {
    pub(crate) at: StepRoundingStage,
    pub(crate) mode: RoundingMode,
    pub(crate) increment: i128,
    pub(crate) offset: i128,
}

/// By what an amount on the order is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShareWeight {
    Value,
    BaseValue,
    Quantity,
    Weight(u32),
    Equal,
}

/// A rule of a step.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) step: usize,
    pub(crate) of: RuleOf,
    pub(crate) priority: i32,
    /// Which alternative it belongs to, by the order of their keys.
    pub(crate) set: u32,
    pub(crate) mode: AdjustmentMode,
    pub(crate) period: Period,
    pub(crate) when: Test,
    pub(crate) lines: Test,
    /// The scripts of `for` and `when`, as calls; asked where the tests hold.
    pub(crate) scripts: RuleScripts,
    /// The kinds of charges it acts on, instead of lines.
    pub(crate) charges: Vec<u32>,
    pub(crate) effect: EffectPlan,
    /// Where it states amounts: the currency in which it acts.
    pub(crate) currency: Option<Currency>,
    /// At 10 decimals.
    pub(crate) at_most: Option<i128>,
    /// At 10 decimals.
    pub(crate) budget: Option<i128>,
    pub(crate) uses_max: Option<u32>,
    pub(crate) excludes: u64,
}

/// The scripts that a rule's conditions ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RuleScripts {
    pub(crate) lines: Option<u32>,
    pub(crate) when: Option<u32>,
}

/// Whose rule it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RuleOf {
    Adjustment(AdjustmentId),
    /// A contract version, by its number as a source, and its term from 1.
    Contract {
        source: u32,
        term: u32,
    },
    /// By hand: the request's line, or the order.
    Manual(Option<usize>),
}

/// What a rule does.
#[derive(Debug, Clone)]
pub(crate) enum EffectPlan {
    /// So many percent of the basis, with the sign of what it does.
    Percent(Graded, Sign),
    /// An amount, once or per base quantity.
    Amount(Graded, Sign, Option<Per>),
    /// A price; `None`: per one of the product's unit.
    Price(Graded, Option<Per>),
    RaiseTo(Graded),
    LowerTo(Graded),
    /// By content: the unit, and what is in the price already.
    IndexedContent {
        values: Arc<[IndexedValue]>,
        base: i128,
        unit: u32,
    },
    /// In percent for each full step above the base.
    IndexedPercent {
        values: Arc<[IndexedValue]>,
        base: i128,
        step: i128,
        percent: i128,
    },
    Bundle(Box<BundlePlan>),
    Gift(GiftPlan),
}

impl EffectPlan {
    /// The call of the script that gives its number.
    pub(crate) fn script(&self) -> Option<u32> {
        match self {
            Self::Percent(graded, _)
            | Self::Amount(graded, ..)
            | Self::Price(graded, _)
            | Self::RaiseTo(graded)
            | Self::LowerTo(graded) => match graded {
                Graded::Script(call) => Some(*call),
                _ => None,
            },
            _ => None,
        }
    }

    /// What it is, as records have it; a gift makes no change.
    pub(crate) fn kind(&self) -> EffectKind {
        match self {
            Self::Percent(_, Sign::Off) => EffectKind::PercentOff,
            Self::Percent(_, Sign::Added) => EffectKind::PercentAdded,
            Self::Amount(_, Sign::Off, _) => EffectKind::AmountOff,
            Self::Amount(_, Sign::Added, _) => EffectKind::AmountAdded,
            Self::Price(..) => EffectKind::Price,
            Self::RaiseTo(_) => EffectKind::RaiseTo,
            Self::LowerTo(_) => EffectKind::LowerTo,
            Self::IndexedContent { .. } | Self::IndexedPercent { .. } => EffectKind::Indexed,
            Self::Bundle(_) | Self::Gift(_) => EffectKind::Bundle,
        }
    }
}

/// Whether a rule takes or adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Off,
    Added,
}

/// A base quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Per {
    pub(crate) unit: u32,
    pub(crate) micros: i64,
}

/// A number that may depend on a count.
#[derive(Debug, Clone)]
pub(crate) enum Graded {
    Number(Number),
    Steps {
        steps: Vec<(i128, Number)>,
        by: GradedBy,
    },
    /// What a call of a script returns.
    Script(u32),
}

/// A number as written, and at 10 decimals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number {
    pub(crate) written: Exact,
    pub(crate) scaled: i128,
}

/// What is counted to choose a number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum GradedBy {
    Quantity(Measure),
    Value(crate::table::Scope),
}

/// A value of an index; the first that holds counts.
#[derive(Debug, Clone)]
pub(crate) struct IndexedValue {
    pub(crate) period: Period,
    pub(crate) value: Number,
}

/// Goods that are bought together.
#[derive(Debug, Clone)]
pub(crate) struct BundlePlan {
    pub(crate) takes: Vec<(Test, u32)>,
    pub(crate) gives: Option<GivenPlan>,
    pub(crate) effect: BundleEffect,
    pub(crate) sets_max: Option<u32>,
}

/// The units that an effect is for.
#[derive(Debug, Clone)]
pub(crate) struct GivenPlan {
    /// Absent: of the units that were taken.
    pub(crate) lines: Option<Test>,
    pub(crate) quantity: u32,
    pub(crate) choose: ChooseUnits,
}

/// What a bundle does; numbers at 10 decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BundleEffect {
    PercentOff(i128),
    AmountOff(i128),
    Price(i128),
    SetAmountOff(i128),
    SetPrice(i128),
}

/// Goods that come on top.
#[derive(Debug, Clone)]
pub(crate) struct GiftPlan {
    pub(crate) id: Sku,
    pub(crate) sku: u32,
    pub(crate) quantity_micros: i64,
    /// At 10 decimals.
    pub(crate) price: i128,
}

/// Which rules can be for an order: each rule stands under one of the things that it asks for.
///
/// A rule stands under all names of that thing; one that asks for nothing that is indexed stands in `rest`.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleIndex {
    pub(crate) by_sku: BTreeMap<u32, Vec<u32>>,
    pub(crate) by_category: BTreeMap<u32, Vec<u32>>,
    pub(crate) by_vendor: BTreeMap<u32, Vec<u32>>,
    pub(crate) by_product: BTreeMap<(String, String), Vec<u32>>,
    pub(crate) by_organization: BTreeMap<u32, Vec<u32>>,
    pub(crate) by_group: BTreeMap<u32, Vec<u32>>,
    pub(crate) by_region: BTreeMap<u32, Vec<u32>>,
    pub(crate) by_channel: BTreeMap<u32, Vec<u32>>,
    pub(crate) by_coupon: BTreeMap<String, Vec<u32>>,
    pub(crate) by_contract: BTreeMap<u32, Vec<u32>>,
    pub(crate) rest: Vec<u32>,
}

/// Under which thing a rule stands, which says on which lines it can act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor<'r> {
    Skus(&'r [u32]),
    Categories(&'r [u32]),
    Vendors(&'r [u32]),
    /// A product attribute.
    Product(&'r (String, String)),
    Organizations(&'r [u32]),
    Groups(&'r [u32]),
    Regions(&'r [u32]),
    Channels(&'r [u32]),
    Coupons(&'r [String]),
    Contract(u32),
    Nothing,
}

impl Rule {
    /// The rarest thing that it asks for.
    pub(crate) fn anchor(&self) -> Anchor<'_> {
        let asked = self.lines.conjuncts().into_iter().chain(self.when.conjuncts());
        let found = asked.filter_map(Anchor::of).min_by_key(|(rarity, _)| *rarity);
        match (found, &self.of) {
            // Goods say on which lines a rule can act, which a contract does not.
            (Some((rarity, anchor)), _) if rarity < GOODS => anchor,
            (_, RuleOf::Contract { source, .. }) => Anchor::Contract(*source),
            (Some((_, anchor)), _) => anchor,
            (None, _) => Anchor::Nothing,
        }
    }
}

/// Up to which rarity an anchor is one of goods.
const GOODS: u8 = 4;

impl<'r> Anchor<'r> {
    /// A test as an anchor, and how rare it is: smaller is rarer.
    fn of(test: &'r Test) -> Option<(u8, Self)> {
        Some(match test {
            Test::Sku(names) => (0, Self::Skus(names)),
            Test::Category(names) => (1, Self::Categories(names)),
            Test::Product(pairs) => (2, Self::Product(pairs.first()?)),
            Test::Vendor(names) => (3, Self::Vendors(names)),
            Test::Coupon(names) => (4, Self::Coupons(names)),
            Test::Organization(names) => (5, Self::Organizations(names)),
            Test::Group(names) => (6, Self::Groups(names)),
            Test::Channel(names) => (7, Self::Channels(names)),
            Test::Region(names) => (8, Self::Regions(names)),
            _ => return None,
        })
    }
}

impl RuleIndex {
    /// Whether some rule stands under what a buyer is, or under nothing.
    pub(crate) fn has_others(&self) -> bool {
        let of_buyers = [&self.by_organization, &self.by_group, &self.by_region, &self.by_contract];
        !self.rest.is_empty() || of_buyers.iter().any(|map| !map.is_empty())
    }

    /// The index over rules, in their order.
    pub(crate) fn of(rules: &[Rule]) -> Self {
        let mut index = Self::default();
        for (rule, number) in rules.iter().zip(0_u32..) {
            let add = |map: &mut BTreeMap<u32, Vec<u32>>, names: &[u32]| {
                for name in names {
                    let run = map.entry(*name).or_default();
                    if run.last() != Some(&number) {
                        run.push(number);
                    }
                }
            };
            match rule.anchor() {
                Anchor::Skus(skus) => add(&mut index.by_sku, skus),
                Anchor::Categories(categories) => add(&mut index.by_category, categories),
                Anchor::Vendors(vendors) => add(&mut index.by_vendor, vendors),
                Anchor::Product(pair) => index.by_product.entry(pair.clone()).or_default().push(number),
                Anchor::Regions(regions) => add(&mut index.by_region, regions),
                Anchor::Channels(channels) => add(&mut index.by_channel, channels),
                Anchor::Organizations(organizations) => add(&mut index.by_organization, organizations),
                Anchor::Groups(groups) => add(&mut index.by_group, groups),
                Anchor::Contract(source) => add(&mut index.by_contract, &[source]),
                Anchor::Coupons(coupons) => {
                    for coupon in coupons {
                        index.by_coupon.entry(coupon.clone()).or_default().push(number);
                    }
                }
                Anchor::Nothing => index.rest.push(number),
            }
        }
        index
    }
}
