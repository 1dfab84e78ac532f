//! Order rules, and those that contracts agree (R12).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::limits::{AMOUNT_DECIMALS, QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::{
    Contract, ContractVersion, Currency, CutOff, DocumentKind, Exact, OrderRuleId, OrderTerms, Period, Place, RoleId,
    ScriptReturns, ScriptSees, TaxSide, ViolatedRule, When,
};

use super::conditions::{Stand, weekday_bit};
use super::scripts::CallStand;
use super::{Builder, number};
use crate::book::SourceKind;
use crate::code::Code;
use crate::order_rule::{Band, CutOffPlan, Goods, OrderRule, OrderRules, WeightMax};

/// A rule with what it is found by.
struct Found {
    rule: OrderRule,
    organization: Option<u32>,
    goods: Goods,
    name: String,
}

/// What order terms may call.
const OF_ORDERS: CallStand = CallStand { sees: ScriptSees::Order, returns: ScriptReturns::Violations, is_price: false };

/// Whose terms are read.
struct Whose {
    by: ViolatedRule,
    periods: Vec<Period>,
    currency: Currency,
    side: Option<TaxSide>,
}

impl Builder<'_> {
    /// All order rules; read after the contracts.
    pub(super) fn read_order_rules(&mut self) -> OrderRules {
        // Order rules are judged after all steps, so they may name each.
        self.rules_step = None;
        let mut found = self.read_rules();
        found.extend(self.read_rules_of_contracts());
        found.sort_by(|left, right| left.name.cmp(&right.name));
        let mut rules = OrderRules::default();
        for found in found {
            let number = number(rules.rules.len());
            let holder = rules.holders.entry(found.organization).or_default();
            if found.rule.is_of_goods() {
                holder.of_goods.entry(found.goods).or_default().push(number);
            }
            if found.rule.is_of_orders() {
                holder.of_orders.push(number);
            }
            rules.rules.push(found.rule);
        }
        rules
    }

    fn read_rules(&mut self) -> Vec<Found> {
        let documents = self.documents;
        let mut seen: BTreeSet<&OrderRuleId> = BTreeSet::new();
        let mut found = Vec::new();
        for document in &documents.order_rules {
            let place = Place::of(DocumentKind::OrderRule, &document.order_rule);
            if !seen.insert(&document.order_rule) {
                let message = format!("two order rules are named `{}`", document.order_rule);
                self.report.error(Code::Duplicate, &place, message, "rename one of them");
            }
            let organization = document.organization.as_ref().and_then(|organization| {
                let known = self.names.organizations.find(organization.as_str());
                if known.is_none() {
                    self.unknown(&place.key("organization"), "organization", organization.as_str());
                }
                known
            });
            let whose = Whose {
                by: ViolatedRule::OrderRule(document.order_rule.clone()),
                periods: vec![self.period(document.valid, || place.key("valid"))],
                currency: documents.tenant.currency,
                side: None,
            };
            let known = document.recorded_at.is_none_or(|at| at <= self.known_at);
            let coupons = (!known).then(|| self.coupons.clone());
            let terms = self.read_terms(&document.terms, whose, &place.key("terms"));
            self.coupons = coupons.unwrap_or_else(|| std::mem::take(&mut self.coupons));
            if known {
                found.extend(terms.map(|(rule, goods)| {
                    let name = document.order_rule.as_str().to_owned();
                    Found { rule, organization, goods, name }
                }));
            }
        }
        found
    }

    /// The terms of contract versions that count, and the form of the others.
    fn read_rules_of_contracts(&mut self) -> Vec<Found> {
        let mut sources: BTreeMap<(String, u32), (u32, Vec<Period>)> = BTreeMap::new();
        for source in &self.sources {
            if let SourceKind::Contract { id, organization } = &source.kind {
                let found = || (*organization, source.effective.clone());
                sources.entry((id.to_string(), source.version)).or_insert_with(found);
            }
        }
        let mut found = Vec::new();
        for contract in self.contracts {
            let place = Place::of(DocumentKind::Contract, &contract.contract).key("versions");
            for (index, version) in contract.versions.iter().enumerate() {
                if version.recorded_at.is_some_and(|at| at > self.known_at) {
                    continue;
                }
                let source = sources.get(&(contract.contract.to_string(), version.number));
                let coupons = source.is_none().then(|| self.coupons.clone());
                found.extend(self.read_rules_of_version(contract, version, source, &place.index(index)));
                self.coupons = coupons.unwrap_or_else(|| std::mem::take(&mut self.coupons));
            }
        }
        found
    }

    fn read_rules_of_version(
        &mut self,
        contract: &Contract,
        version: &ContractVersion,
        source: Option<&(u32, Vec<Period>)>,
        place: &Place,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        for ((term, index), place_index) in version.terms.iter().zip(1_u32..).zip(0..) {
            let Some(terms) = &term.order_rule else { continue };
            let whose = Whose {
                by: ViolatedRule::Contract {
                    contract: contract.contract.clone(),
                    version: version.number,
                    term: index,
                },
                periods: source.map(|(_, periods)| periods.clone()).unwrap_or_default(),
                currency: contract.currency.unwrap_or(self.documents.tenant.currency),
                side: Some(contract.prices.unwrap_or(self.documents.tenant.prices)),
            };
            let place = place.key("terms").index(place_index).key("order_rule");
            let Some((rule, goods)) = self.read_terms(terms, whose, &place) else { continue };
            if let Some((organization, _)) = source {
                let name = format!("{}/{}/{index}", contract.contract, version.number);
                found.push(Found { rule, organization: Some(*organization), goods, name });
            }
        }
        found
    }

    /// What a rule states, and for which goods; `None` where these are not known.
    fn read_terms(&mut self, terms: &OrderTerms, whose: Whose, place: &Place) -> Option<(OrderRule, Goods)> {
        let goods = self.goods(terms, place);
        self.check_target(terms, place);
        let rule = OrderRule {
            by: whose.by,
            periods: whose.periods,
            side: whose.side,
            when: self.condition(&terms.when, Stand::OrderRule, &place.key("when")),
            severity: terms.severity,
            role: terms.role.clone(),
            currency: terms.currency.unwrap_or(whose.currency),
            unit: terms.unit.as_ref().and_then(|unit| self.known_unit(unit, &place.key("unit"))),
            quantity_min: self.quantity(terms.quantity_min, &place.key("quantity_min")),
            quantity_max: self.quantity(terms.quantity_max, &place.key("quantity_max")),
            quantity_increment: self.quantity_increment(terms.quantity_increment, &place.key("quantity_increment")),
            allows: terms.allows.as_ref().map(|allows| self.condition(allows, Stand::Line, &place.key("allows"))),
            excludes: terms.excludes.as_ref().map(|goods| self.condition(goods, Stand::Line, &place.key("excludes"))),
            incompatible: self.incompatible(terms, &place.key("incompatible")),
            value_min: self.value(terms.order_value_min, &place.key("order_value_min")),
            value_max: self.value(terms.order_value_max, &place.key("order_value_max")),
            lines_max: terms.lines_max,
            weight_max: self.weight_max(terms, &place.key("weight_max")),
            approve_value: self.bands(&terms.approve_value, true, &place.key("approve_value")),
            approve_discount: self.bands(&terms.approve_discount, true, &place.key("approve_discount")),
            approve_margin: self.bands(&terms.approve_margin, false, &place.key("approve_margin")),
            cut_off: terms.cut_off.as_ref().map(|cut_off| self.cut_off(cut_off)),
            script: terms.script.as_ref().and_then(|call| self.call(call, OF_ORDERS, &place.key("script"))),
        };
        self.check_quantities(&rule, place);
        self.check_values(&rule, place);
        goods.map(|goods| (rule, goods))
    }

    fn goods(&mut self, terms: &OrderTerms, place: &Place) -> Option<Goods> {
        if let Some(category) = &terms.category {
            let found = self.names.categories.find(category.as_str());
            if found.is_none() {
                self.unknown(&place.key("category"), "category", category.as_str());
            }
            if terms.sku.is_none() {
                return found.map(Goods::Category);
            }
            let help = "name a `sku`, a `category`, or neither";
            self.report.error(Code::OrderRuleTarget, &place.key("category"), "a rule names two kinds of goods", help);
        }
        let Some(sku) = &terms.sku else { return Some(Goods::All) };
        let found = self.names.skus.find(sku.as_str());
        if found.is_none() {
            self.unknown(&place.key("sku"), "product with the sku", sku.as_str());
        }
        found.map(Goods::Sku)
    }

    /// What is of the order is not for some goods.
    fn check_target(&mut self, terms: &OrderTerms, place: &Place) {
        if terms.sku.is_none() && terms.category.is_none() {
            return;
        }
        let of_orders = [
            ("allows", terms.allows.is_some()),
            ("order_value_min", terms.order_value_min.is_some()),
            ("order_value_max", terms.order_value_max.is_some()),
            ("lines_max", terms.lines_max.is_some()),
            ("weight_max", terms.weight_max.is_some()),
            ("approve_value", !terms.approve_value.is_empty()),
            ("approve_discount", !terms.approve_discount.is_empty()),
            ("approve_margin", !terms.approve_margin.is_empty()),
            ("cut_off", terms.cut_off.is_some()),
            ("script", terms.script.is_some()),
        ];
        for (key, _) in of_orders.into_iter().filter(|(_, stated)| *stated) {
            let help = "move it into a rule that names neither `sku` nor `category`";
            let message = "a rule for some goods states what is of the order";
            self.report.error(Code::OrderRuleTarget, &place.key(key), message, help);
        }
    }

    /// A quantity of zero or above, in millionths.
    fn quantity(&mut self, quantity: Option<Exact>, place: &Place) -> Option<i64> {
        let quantity = quantity?;
        let micros = quantity.scaled(QUANTITY_DECIMALS).and_then(|micros| i64::try_from(micros).ok());
        let micros = micros.filter(|micros| (0..QUANTITY_MICROS_END).contains(micros));
        if micros.is_none() {
            let code = if quantity.is_negative() { Code::Negative } else { Code::Limit };
            let message = format!("`{quantity}` is no quantity");
            let help = "write zero or a number above it, below 10^12, with at most 6 decimals";
            self.report.error(code, place, message, help);
        }
        micros
    }

    fn quantity_increment(&mut self, increment: Option<Exact>, place: &Place) -> Option<i64> {
        let micros = self.quantity(increment, place)?;
        if micros == 0 {
            self.not_positive(place);
        }
        Some(micros).filter(|&micros| micros > 0)
    }

    fn value(&mut self, value: Option<Exact>, place: &Place) -> Option<i128> {
        value.and_then(|value| self.amount(value, place))
    }

    fn weight_max(&mut self, terms: &OrderTerms, place: &Place) -> Option<WeightMax> {
        let weight = terms.weight_max.as_ref()?;
        let micros = self.quantity(Some(weight.value), place);
        let unit = self.known_unit(&weight.unit, place)?;
        micros.map(|micros| WeightMax { unit, micros })
    }

    fn incompatible(&mut self, terms: &OrderTerms, place: &Place) -> Vec<crate::condition::Test> {
        if terms.incompatible.len() == 1 {
            let help = "state two conditions or more, of which an order has goods of one only; or use `excludes`";
            self.report.error(Code::OrderRuleIncompatible, place, "only one kind of goods is named", help);
        }
        let conditions = terms.incompatible.iter().enumerate();
        conditions.map(|(index, goods)| self.condition(goods, Stand::Line, &place.index(index))).collect()
    }

    fn bands(&mut self, bands: &[(Exact, RoleId)], ascends: bool, place: &Place) -> Vec<Band> {
        let mut read: Vec<Band> = Vec::new();
        for (index, (bound, role)) in bands.iter().enumerate() {
            self.check_price(*bound, &|| place.index(index));
            let Some(bound) = bound.scaled(AMOUNT_DECIMALS) else { continue };
            let in_order = |last: &Band| if ascends { last.bound < bound } else { last.bound > bound };
            if !read.last().is_none_or(in_order) {
                let message = if ascends { "bounds that do not ascend" } else { "bounds that do not descend" };
                let help = if ascends { "begin with the lowest bound" } else { "begin with the highest bound" };
                self.report.error(Code::OrderRuleBands, &place.index(index), message, help);
            }
            read.push(Band { bound, role: role.clone() });
        }
        read
    }

    fn cut_off(&mut self, cut_off: &CutOff) -> CutOffPlan {
        let all = if cut_off.weekdays.is_empty() { u8::MAX } else { 0 };
        let date = |holiday: &When| match holiday {
            When::Date(_) => Some(*holiday),
            When::Instant(instant) => self.zone.date(*instant).map(When::Date),
        };
        CutOffPlan {
            time: cut_off.time,
            weekdays: cut_off.weekdays.iter().fold(all, |days, day| days | weekday_bit(*day)),
            holidays: cut_off.holidays.iter().filter_map(date).collect(),
        }
    }

    /// A least, most and increment of one rule fit each other.
    fn check_quantities(&mut self, rule: &OrderRule, place: &Place) {
        if let (Some(least), Some(most)) = (rule.quantity_min, rule.quantity_max)
            && least > most
        {
            let help = "lower `quantity_min` or raise `quantity_max`";
            let place = place.key("quantity_min");
            self.report.error(Code::OrderRuleQuantities, &place, "the least is above the most", help);
        }
        let bounds = [("quantity_min", rule.quantity_min), ("quantity_max", rule.quantity_max)];
        for (key, bound) in bounds {
            if let (Some(bound), Some(increment)) = (bound, rule.quantity_increment)
                && bound.checked_rem(increment) != Some(0)
            {
                let help = "make it a multiple, or state the increment in another rule";
                let message = "the bound is no multiple of the increment";
                self.report.error(Code::OrderRuleQuantities, &place.key(key), message, help);
            }
        }
    }

    fn check_values(&mut self, rule: &OrderRule, place: &Place) {
        if let (Some(least), Some(most)) = (rule.value_min, rule.value_max)
            && least > most
        {
            let help = "lower `order_value_min` or raise `order_value_max`";
            let place = place.key("order_value_min");
            self.report.error(Code::OrderRuleValues, &place, "the least is above the most", help);
        }
    }
}
