//! The rules as the short way reads them: which can act on a line of a product, and what it can tell of them (R7).

use std::collections::BTreeMap;

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::{gcd, power_of_ten};
use emptor_core::{ActsAt, CountsAs, Currency, Instant, Period, TaxSide};

use super::{Asking, Few};
use crate::asker::Asker;
use crate::book::{PriceBook, Product};
use crate::compile::step_bit;
use crate::condition::{Measure, Test};
use crate::line::{Line, Sought};
use crate::plain::PlainPrice;
use crate::plan::{Asked, Kin, Plan};
use crate::procedure::{Anchor, BasisPlan, EffectPlan, Graded, Per, Rule, RuleOf, RuleScripts, Sign, StepPlan};
use crate::table::Scope;

/// The rules of a book.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShortRules {
    /// Whether the short way may be taken.
    pub(crate) is_open: bool,
    /// Whether some product's guards may set a line that nothing changed.
    pub(super) clamps_base: bool,
    /// Whether some rules stand under what a buyer is, or under nothing.
    pub(crate) has_others: bool,
    /// The rules that ask for some goods, by number, ascending; one run for all products that are alike.
    runs: Vec<Vec<u32>>,
    /// By number.
    rules: Vec<ShortRule>,
}

/// A rule. What mostly decides stands first.
#[derive(Debug, Clone)]
struct ShortRule {
    period: Period,
    /// From which quantity of the product's unit, and below which, in millionths.
    from_micros: i64,
    below_micros: i64,
    step: usize,
    /// The contract's version, where it is a discount of one.
    contract: Option<u32>,
    currency: Option<Currency>,
    step_bit: u64,
    /// The other tests that are read here; all must hold. Those that the goods satisfy under which it stands are not among
    /// them.
    tests: Vec<Test>,
    /// What it does; `None`: whether it acts, or what it does, is more than is read here.
    effect: Option<ShortEffect>,
}

/// What a rule does, with its sign; amounts at 10 decimals.
#[derive(Debug, Clone, Copy)]
pub(super) enum ShortEffect {
    /// A fraction of the basis, in its lowest terms.
    Percent {
        numerator: i64,
        denominator: i64,
    },
    Amount(i64),
    /// Per so many units of this kind.
    AmountPer {
        amount: i64,
        unit: u32,
        per: i64,
    },
}

/// Reads the rules of a book for the short way, and tells its products which are for them.
pub(crate) fn read_rules(book: &mut PriceBook) {
    let (short, runs) = ShortRules::of(book);
    book.short = short;
    // Books of one library share their products, as long as these are for the same rules.
    if book.products.iter().zip(&runs).any(|(product, run)| product.rules != *run) {
        let products = book.products.iter().zip(runs);
        book.products = products.map(|(product, rules)| Product { rules, ..*product }).collect();
    }
}

impl ShortRules {
    /// Whether nothing in a book keeps all lines from the short way.
    pub(crate) fn may_be_taken(book: &PriceBook) -> bool {
        let guards = &book.guards;
        let by_tenant = guards.tenant.breach.clamps() && !guards.tenant.states_nothing();
        let has_tax_inside = book.taxes.regime.is_some() && book.taxes.side == TaxSide::Gross;
        !by_tenant && !has_tax_inside && book.commitments.is_empty() && !book.has_sides_or_floors
    }

    /// The rules of a book, and by sku the run that is of it.
    fn of(book: &PriceBook) -> (Self, Vec<u32>) {
        let steps = &book.procedure.steps;
        let mut short = Self {
            is_open: Self::may_be_taken(book),
            has_others: book.procedure.index.has_others(),
            clamps_base: book.facts.iter().any(|facts| facts.guards.sets_base()),
            rules: book.procedure.rules.iter().map(|rule| ShortRule::of(rule, steps.get(rule.step))).collect(),
            ..Self::default()
        };
        let runs = short.index_goods(book);
        (short, runs)
    }

    /// Which rules can act on which products: by sku, their run.
    fn index_goods(&mut self, book: &PriceBook) -> Vec<u32> {
        let index = &book.procedure.index;
        let nothing = index.by_sku.is_empty()
            && index.by_category.is_empty()
            && index.by_vendor.is_empty()
            && index.by_product.is_empty();
        if nothing {
            return Vec::new();
        }
        let mut run_of = Vec::with_capacity(book.products.len());
        let mut numbers: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        for (product, sku) in book.products.iter().zip(0_u32..) {
            let mut rules: Vec<u32> = Vec::new();
            let mut add = |run: Option<&Vec<u32>>| rules.extend(run.into_iter().flatten());
            add(index.by_sku.get(&sku));
            book.categories_up(product.category).for_each(|category| add(index.by_category.get(&category)));
            if let Some(facts) = book.facts(sku) {
                facts.vendor.iter().for_each(|vendor| add(index.by_vendor.get(vendor)));
                facts.attributes.iter().for_each(|pair| add(index.by_product.get(pair)));
            }
            rules.sort_unstable();
            rules.dedup();
            let next = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
            let runs = &mut self.runs;
            let run = *numbers.entry(rules).or_insert_with_key(|rules| {
                runs.push(rules.clone());
                next
            });
            run_of.push(run);
        }
        run_of
    }

    #[inline]
    pub(super) fn run(&self, run: u32) -> &[u32] {
        self.runs.get(run as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn effect(&self, rule: u32) -> Option<ShortEffect> {
        self.rules.get(rule as usize)?.effect
    }

    pub(super) fn step(&self, rule: u32) -> Option<usize> {
        Some(self.rules.get(rule as usize)?.step)
    }
}

/// The rules of the book that stand under no goods and can act for the buyer. `None`: too many.
pub(crate) fn rules_of_buyer(book: &PriceBook, plan: &Plan, kin: &Kin, valid_at: Instant) -> Option<Few> {
    let (index, mut few) = (&book.procedure.index, Few::default());
    let mut add = |run: Option<&Vec<u32>>| run.into_iter().flatten().try_for_each(|rule| few.push(*rule));
    add(Some(&index.rest))?;
    if !index.by_region.is_empty() {
        plan.region.iter().try_for_each(|region| add(index.by_region.get(region)))?;
    }
    if !index.by_organization.is_empty() {
        kin.lineage.iter().try_for_each(|unit| add(index.by_organization.get(unit)))?;
    }
    if !index.by_group.is_empty() {
        kin.groups.iter().try_for_each(|group| add(index.by_group.get(group)))?;
    }
    if !index.by_contract.is_empty() {
        let counting = plan.contracts.iter().filter(|asked| asked.period.contains(valid_at));
        counting.map(|asked| asked.source).try_for_each(|source| add(index.by_contract.get(&source)))?;
    }
    few.sort();
    few.dedup();
    Some(few)
}

impl Asking<'_> {
    /// Adds the rules that act on a line, in order, of those of its goods and others. `None`: of one it is not sure here, or they are too many.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(super) fn acting(
        &self,
        (rules, others): (&[u32], &[u32]),
        sought: Sought,
        plain: &PlainPrice<'_>,
        acting: &mut Option<Few>,
    ) -> Option<()> {
        self.add_acting(rules, (sought, plain), acting)?;
        if !others.is_empty() {
            self.add_acting(others, (sought, plain), acting)?;
            if let Some(acting) = acting {
                acting.sort();
            }
        }
        Some(())
    }

    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn add_acting(
        &self,
        rules: &[u32],
        (sought, plain): (Sought, &PlainPrice<'_>),
        acting: &mut Option<Few>,
    ) -> Option<()> {
        for rule in rules {
            let short = self.book.short.rules.get(*rule as usize)?;
            if self.acts(short, sought, plain)? {
                acting.get_or_insert_default().push(*rule)?;
            }
        }
        Some(())
    }

    /// Whether a rule acts on a line. `None`: that is more than is read here.
    #[inline]
    fn acts(&self, rule: &ShortRule, sought: Sought, plain: &PlainPrice<'_>) -> Option<bool> {
        let holds = plain.shape.excludes & rule.step_bit == 0
            && self.conditions_hold(rule, sought)
            && rule.contract.is_none_or(|source| self.meets(source, plain));
        if holds && rule.effect.is_none() { None } else { Some(holds) }
    }

    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn conditions_hold(&self, rule: &ShortRule, sought: Sought) -> bool {
        rule.from_micros <= sought.quantity_micros
            && sought.quantity_micros < rule.below_micros
            && rule.period.contains(self.valid_at)
            && rule.currency.is_none_or(|currency| currency == self.currency)
            && rule.tests.iter().all(|test| self.holds(test, sought))
    }

    /// How many rules that ask for the goods have conditions which hold: to measure conditions alone.
    pub(crate) fn count_conditions(&self, sought: Sought) -> usize {
        let short = &self.book.short;
        let rules = short.run(sought.rules).iter().filter_map(|rule| short.rules.get(*rule as usize));
        rules.filter(|rule| self.conditions_hold(rule, sought)).count()
    }

    /// Whether a discount of a contract meets the line: the contract counts, and does not price it.
    fn meets(&self, source: u32, plain: &PlainPrice<'_>) -> bool {
        let is_asked = |asked: &Asked| asked.source == source && asked.period.contains(self.valid_at);
        let (own, priced_by) = (self.book.source(source), self.book.source(plain.offer.source));
        self.plan.contracts.iter().any(is_asked)
            && !own.zip(priced_by).is_some_and(|(own, other)| own.is_same_contract(other))
    }

    fn holds(&self, test: &Test, sought: Sought) -> bool {
        match test {
            Test::Region(names) => self.plan.region.is_some_and(|region| names.contains(&region)),
            Test::Fields(tests) | Test::All(tests) => tests.iter().all(|test| self.holds(test, sought)),
            Test::Any(tests) => tests.iter().any(|test| self.holds(test, sought)),
            Test::Not(test) => !self.holds(test, sought),
            _ => self.holds_of_line_or_buyer(test, sought),
        }
    }

    fn holds_of_line_or_buyer(&self, test: &Test, sought: Sought) -> bool {
        let Self { book, currency, valid_at, .. } = *self;
        let Some(line) = Line::of_sought(book, sought) else { return false };
        match test {
            Test::Quantity(measure, bounds) => {
                let count = match measure.unit {
                    Some(unit) => line.quantity_in(unit),
                    None => line.own_quantity(),
                };
                count.is_some_and(|count| bounds.hold(count))
            }
            Test::Sku(_) | Test::Category(_) | Test::Vendor(_) | Test::Product(_) | Test::Unit(_) => {
                line.satisfies(test, book)
            }
            _ => {
                let (kin, region) = (self.kin, self.plan.region);
                Asker::of_buyer(kin, region, (currency, valid_at), book.tenant.zone).satisfies(test)
            }
        }
    }
}

impl ShortRule {
    fn of(rule: &Rule, step: Option<&StepPlan>) -> Self {
        let anchor = rule.anchor();
        let conjuncts = || rule.lines.conjuncts().into_iter().chain(rule.when.conjuncts());
        let all_read = conjuncts().all(|test| !test.mentions(&is_beyond));
        let (mut from_micros, mut below_micros, mut tests) = (0, i64::MAX, Vec::new());
        for test in conjuncts().filter(|test| !test.mentions(&is_beyond) && !is_given(test, &anchor)) {
            match own_bounds(test) {
                Some((from, below)) => {
                    from_micros = from_micros.max(from);
                    below_micros = below_micros.min(below);
                }
                None => tests.push(test.clone()),
            }
        }
        if !rule.charges.is_empty() {
            // It acts on no goods, whatever their quantity.
            below_micros = 0;
        }
        Self {
            period: rule.period,
            from_micros,
            below_micros,
            step: rule.step,
            contract: if let RuleOf::Contract { source, .. } = rule.of { Some(source) } else { None },
            currency: rule.currency,
            step_bit: step_bit(rule.step),
            tests,
            effect: step.filter(|_| all_read).and_then(|step| ShortEffect::of(rule, step)),
        }
    }
}

/// The bounds of a test of the quantity in the product's own unit; quantities are not below zero.
fn own_bounds(test: &Test) -> Option<(i64, i64)> {
    let Test::Quantity(Measure { unit: None, scope: Scope::Line }, bounds) = test else { return None };
    let from = i64::try_from(bounds.at_least.unwrap_or(0)).ok()?;
    Some((from, i64::try_from(bounds.below.unwrap_or(i64::MAX.into())).ok()?))
}

/// Whether a test asks more than is read here.
fn is_beyond(test: &Test) -> bool {
    match test {
        Test::OrderValue(_) | Test::Contains(_) | Test::UnitPrice(_) | Test::LineValue(_) | Test::ChangedBy(_) => true,
        Test::Quantity(measure, _) => measure.scope != Scope::Line,
        _ => false,
    }
}

/// Whether the goods satisfy a test under which the rule stands.
fn is_given(test: &Test, anchor: &Anchor<'_>) -> bool {
    match (test, anchor) {
        (Test::Sku(names), Anchor::Skus(others))
        | (Test::Category(names), Anchor::Categories(others))
        | (Test::Vendor(names), Anchor::Vendors(others)) => names.as_slice() == *others,
        _ => false,
    }
}

impl ShortEffect {
    fn of(rule: &Rule, step: &StepPlan) -> Option<Self> {
        let by_line = step.at == ActsAt::Line && step.counts_as == CountsAs::Price && step.rounding.is_none();
        let on_line = matches!(step.on, BasisPlan::Running | BasisPlan::Base);
        let bounded = rule.at_most.is_some() || rule.budget.is_some() || rule.uses_max == Some(0);
        if !by_line || !on_line || bounded || rule.scripts != RuleScripts::default() {
            return None;
        }
        let signed = |number: i128, sign: Sign| {
            let number = i64::try_from(number).ok()?;
            if sign == Sign::Off { number.checked_neg() } else { Some(number) }
        };
        match &rule.effect {
            EffectPlan::Percent(Graded::Number(number), sign) => {
                let whole = 100_i128.checked_mul(power_of_ten(AMOUNT_DECIMALS))?;
                let common = i128::try_from(gcd(number.scaled.unsigned_abs(), whole.unsigned_abs())).ok()?;
                let numerator = signed(number.scaled.checked_div(common)?, *sign)?;
                Some(Self::Percent { numerator, denominator: i64::try_from(whole.checked_div(common)?).ok()? })
            }
            EffectPlan::Amount(Graded::Number(number), sign, None) => Some(Self::Amount(signed(number.scaled, *sign)?)),
            EffectPlan::Amount(Graded::Number(number), sign, Some(Per { unit, micros })) => {
                let per = micros.checked_div(1_000_000).filter(|_| micros.checked_rem(1_000_000) == Some(0))?;
                Some(Self::AmountPer { amount: signed(number.scaled, *sign)?, unit: *unit, per })
            }
            _ => None,
        }
    }
}
