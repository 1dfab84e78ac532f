//! Which rules act on a line (R7).

use super::rule::ShortRule;
use super::rules::RulesOfGoods;
use super::{Asking, Few};
use crate::asker::Asker;
use crate::condition::Test;
use crate::line::{Line, Sought};
use crate::plain::PlainPrice;
use crate::plan::Asked;

/// What rules ask of the price that a line has.
#[derive(Debug, Clone, Copy)]
struct PricedBy {
    source: u32,
    /// The steps that do not act on it: one bit each.
    excludes: u64,
}

impl Asking<'_> {
    /// Notes the rules that act on a line, in order, of those of its goods and the buyer's. `None`: of one it is not sure
    /// here, or they are too many.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(super) fn acting(
        &self,
        sought: Sought,
        plain: &PlainPrice<'_>,
        others: Option<&Few>,
        acting: &mut Option<Few>,
    ) -> Option<()> {
        let priced_by = PricedBy { source: plain.source, excludes: plain.shape.excludes };
        match self.book.short.of_goods(sought.rules) {
            RulesOfGoods::One(rule) => {
                if self.acts(self.book.short.get(rule)?, sought, priced_by)? {
                    acting.get_or_insert_default().push(rule)?;
                }
            }
            RulesOfGoods::Several(rules) => self.add_acting(rules, sought, priced_by, acting)?,
        }
        if self.book.short.has_others {
            self.add_acting(others?.all(), sought, priced_by, acting)?;
            if let Some(acting) = acting {
                acting.sort();
            }
        }
        Some(())
    }

    fn add_acting(&self, rules: &[u32], sought: Sought, priced_by: PricedBy, acting: &mut Option<Few>) -> Option<()> {
        for rule in rules {
            if self.acts(self.book.short.get(*rule)?, sought, priced_by)? {
                acting.get_or_insert_default().push(*rule)?;
            }
        }
        Some(())
    }

    /// Whether a rule acts on a line. `None`: that is more than is read here.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn acts(&self, rule: &ShortRule, sought: Sought, priced_by: PricedBy) -> Option<bool> {
        let holds = priced_by.excludes & rule.step_bit == 0
            && self.conditions_hold(rule, sought)
            && rule.contract.is_none_or(|source| self.meets(source, priced_by.source));
        if holds && rule.effect.is_none() { None } else { Some(holds) }
    }

    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn conditions_hold(&self, rule: &ShortRule, sought: Sought) -> bool {
        // In one branch, for which of them fails cannot be foreseen: below zero is what is missed. Quantities (`Sought::of`)
        // and bounds (those of documents) are not below zero, so no difference wraps; the last is where no bit is shared.
        let quantity = sought.quantity_micros;
        let region = (rule.regions & self.plan.region_bit).cast_signed();
        let missed = quantity.wrapping_sub(rule.from_micros)
            | rule.below_micros.wrapping_sub(1).wrapping_sub(quantity)
            | !(region | region.wrapping_neg());
        missed >= 0
            && rule.period.contains(self.valid_at)
            && rule.currency.is_none_or(|currency| currency == self.currency)
            && rule.tests.iter().all(|test| self.holds(test, sought))
    }

    /// How many rules that ask for the goods have conditions which hold: to measure conditions alone.
    #[inline]
    pub(crate) fn count_conditions(&self, sought: Sought) -> usize {
        let short = &self.book.short;
        let holds = |rule: &u32| short.get(*rule).is_some_and(|rule| self.conditions_hold(rule, sought));
        match short.of_goods(sought.rules) {
            RulesOfGoods::One(rule) => usize::from(holds(&rule)),
            RulesOfGoods::Several(rules) => rules.iter().filter(|rule| holds(rule)).count(),
        }
    }

    /// Whether a discount of a contract meets the line: the contract counts, and does not price it.
    fn meets(&self, source: u32, priced_by: u32) -> bool {
        let is_asked = |asked: &Asked| asked.source == source && asked.period.contains(self.valid_at);
        let (own, priced_by) = (self.book.source(source), self.book.source(priced_by));
        self.plan.contracts().iter().any(is_asked)
            && !own.zip(priced_by).is_some_and(|(own, other)| own.is_same_contract(other))
    }

    fn holds(&self, test: &Test, sought: Sought) -> bool {
        match test {
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
