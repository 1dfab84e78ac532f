//! The rules of a book for the short way: which can act on a line of a product, and which on a buyer's (R7).

use std::collections::BTreeMap;

use emptor_core::{Instant, TaxSide};

use super::Few;
use super::rule::ShortRule;
use crate::book::{PriceBook, Product};
use crate::plan::{Kin, Plan};
use crate::table::{NONE, number};

/// Marks the number of a rule among the numbers of runs.
const ONLY: u32 = 1 << 31;

/// The rules of a book.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShortRules {
    /// Whether the short way may be taken.
    pub(crate) is_open: bool,
    /// Whether some product's guards may set a line that nothing changed.
    pub(super) clamps_base: bool,
    /// Whether some rules stand under what a buyer is, or under nothing.
    pub(crate) has_others: bool,
    /// The rules that ask for some goods, by number, ascending: where they are several, a run for all products that are
    /// alike.
    runs: Vec<Vec<u32>>,
    /// By number. The last holds never: it stands for the goods that no rule asks for, where others are asked for, so that
    /// their lines take the same branch.
    rules: Vec<ShortRule>,
}

/// The rules that ask for some goods.
#[derive(Debug, Clone, Copy)]
pub(super) enum RulesOfGoods<'r> {
    One(u32),
    /// In order.
    Several(&'r [u32]),
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
        let mut short = Self {
            is_open: Self::may_be_taken(book),
            has_others: book.procedure.index.has_others(),
            clamps_base: book.facts.iter().any(|facts| facts.guards.sets_base()),
            rules: book
                .procedure
                .rules
                .iter()
                .map(|rule| ShortRule::of(rule, book))
                .chain([ShortRule::NEVER])
                .collect(),
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
        let never = number(self.rules.len()).saturating_sub(1);
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
            let (next, runs) = (number(self.runs.len()), &mut self.runs);
            run_of.push(match rules.as_slice() {
                [] => ONLY | never,
                [only] => ONLY | only,
                _ => *numbers.entry(rules).or_insert_with_key(|rules| {
                    runs.push(rules.clone());
                    next
                }),
            });
        }
        run_of
    }

    /// The rules that ask for the goods of a product, by its run of them.
    #[inline]
    pub(super) fn of_goods(&self, run: u32) -> RulesOfGoods<'_> {
        match run {
            NONE => RulesOfGoods::Several(&[]),
            only if only & ONLY != 0 => RulesOfGoods::One(only & !ONLY),
            run => RulesOfGoods::Several(self.runs.get(run as usize).map_or(&[], Vec::as_slice)),
        }
    }

    #[inline]
    pub(super) fn get(&self, rule: u32) -> Option<&ShortRule> {
        self.rules.get(rule as usize)
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
        let counting = plan.contracts().iter().filter(|asked| asked.period.contains(valid_at));
        counting.map(|asked| asked.source).try_for_each(|source| add(index.by_contract.get(&source)))?;
    }
    few.sort();
    few.dedup();
    Some(few)
}
