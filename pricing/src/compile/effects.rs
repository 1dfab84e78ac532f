//! Effects: what rules do, and what they may do where (R7, R8).

use emptor_core::limits::{AMOUNT_DECIMALS, AMOUNT_END, QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::{
    ActsAt, Currency, Effect, Exact, Graded as Written, GradedBase, Indexed, OnFailure, Place, Quantity, ScriptReturns,
    ScriptSees,
};

use super::Builder;
use super::conditions::Stand;
use super::scripts::CallStand;
use crate::code::Code;
use crate::condition::Measure;
use crate::procedure::{EffectPlan, Graded, GradedBy, IndexedValue, Number, Per, Sign};

/// A compiled effect.
pub(super) struct CompiledEffect {
    pub(super) plan: EffectPlan,
    pub(super) at_most: Option<i128>,
    /// Whether it states amounts, which are in a currency.
    pub(super) states_amount: bool,
    /// The currency of its index.
    pub(super) index_currency: Option<Currency>,
}

/// Where an effect acts, whether it may leave less than zero, and whether it is for charges.
pub(super) type EffectStand = (ActsAt, bool, bool);

impl Builder<'_> {
    /// Compiles an effect; `None` if it is none, which is reported.
    pub(super) fn effect(&mut self, effect: &Effect, stand: EffectStand, place: &Place) -> Option<CompiledEffect> {
        let kinds = [
            ("percent_off", effect.percent_off.is_some()),
            ("percent_added", effect.percent_added.is_some()),
            ("amount_off", effect.amount_off.is_some()),
            ("amount_added", effect.amount_added.is_some()),
            ("price", effect.price.is_some()),
            ("raise_to", effect.raise_to.is_some()),
            ("lower_to", effect.lower_to.is_some()),
            ("indexed", effect.indexed.is_some()),
            ("bundle", effect.bundle.is_some()),
            ("gift", effect.gift.is_some()),
        ];
        let stated: Vec<&'static str> = kinds.iter().filter(|(_, stated)| *stated).map(|(key, _)| *key).collect();
        let [kind] = stated.as_slice() else {
            let help = "state exactly one of percent_off, percent_added, amount_off, amount_added, price, raise_to, lower_to, indexed, bundle, gift";
            self.report.error(Code::EffectKind, place, "an effect does nothing, or several things", help);
            return None;
        };
        self.check_effect_scope(effect, kind, stand, place);
        let plan = self.effect_plan(effect, kind, stand, place);
        let at_most = effect.at_most.and_then(|at_most| self.amount(at_most, &place.key("at_most")));
        let by_value = effect.by.as_ref().is_some_and(|by| by.base == GradedBase::Value);
        let is_percent = matches!(*kind, "percent_off" | "percent_added" | "indexed");
        let bundled_percent = effect.bundle.as_ref().is_some_and(|bundle| bundle.percent_off.is_some());
        let is_free = effect.gift.as_ref().is_some_and(|gift| gift.price.is_zero());
        let states_amount = at_most.is_some() || by_value || !(is_percent || bundled_percent || is_free);
        let index_currency = effect.indexed.as_ref().and_then(|indexed| self.index_currency(indexed));
        Some(CompiledEffect { plan: plan?, at_most, states_amount, index_currency })
    }

    fn effect_plan(&mut self, effect: &Effect, kind: &str, stand: EffectStand, place: &Place) -> Option<EffectPlan> {
        let (at, may_go_below, _) = stand;
        let per = match &effect.per {
            Some(per) => Some(self.base_quantity(per, &place.key("per"))?),
            None => None,
        };
        let by = effect.by.clone().unwrap_or_default();
        let graded = |builder: &mut Self, written: &Option<Written>, key| {
            if let Written::Script(call) = written.as_ref()? {
                let sees = if at == ActsAt::Order { ScriptSees::Order } else { ScriptSees::Line };
                let stand = CallStand { sees, returns: ScriptReturns::Number, is_price: false };
                return builder.call(call, stand, &place.key(key)).map(Graded::Script);
            }
            builder.graded(written.as_ref()?, (&by, at), &place.key(key), &place.key("by"))
        };
        Some(match kind {
            "percent_off" => {
                if !may_go_below {
                    self.check_percents(effect.percent_off.as_ref(), &place.key("percent_off"));
                }
                EffectPlan::Percent(graded(self, &effect.percent_off, "percent_off")?, Sign::Off)
            }
            "percent_added" => EffectPlan::Percent(graded(self, &effect.percent_added, "percent_added")?, Sign::Added),
            "amount_off" => EffectPlan::Amount(graded(self, &effect.amount_off, "amount_off")?, Sign::Off, per),
            "amount_added" => EffectPlan::Amount(graded(self, &effect.amount_added, "amount_added")?, Sign::Added, per),
            "price" => EffectPlan::Price(graded(self, &effect.price, "price")?, per),
            "raise_to" => EffectPlan::RaiseTo(graded(self, &effect.raise_to, "raise_to")?),
            "lower_to" => EffectPlan::LowerTo(graded(self, &effect.lower_to, "lower_to")?),
            "indexed" => self.indexed(effect.indexed.as_ref()?, &place.key("indexed"))?,
            "bundle" => {
                let bundle = self.bundle(effect.bundle.as_ref()?, may_go_below, &place.key("bundle"))?;
                EffectPlan::Bundle(Box::new(bundle))
            }
            _ => EffectPlan::Gift(self.gift(effect.gift.as_ref()?, &place.key("gift"))?),
        })
    }

    /// Reports an effect, or what it is stated with, that has no meaning where it stands.
    fn check_effect_scope(&mut self, effect: &Effect, kind: &str, stand: EffectStand, place: &Place) {
        let (at, _, for_charges) = stand;
        let on_order = at == ActsAt::Order;
        let by_content = effect.indexed.as_ref().is_some_and(|indexed| indexed.unit.is_some());
        let refused = match kind {
            "price" => on_order || for_charges,
            "indexed" => for_charges || (on_order && by_content),
            "bundle" | "gift" => !on_order,
            _ => false,
        };
        if refused {
            let help = "prices and content are for steps on lines, bundles and gifts for steps on the order";
            let message = format!("`{kind}` has no meaning in this step");
            self.report.error(Code::EffectScope, &place.key(known_key(kind)), message, help);
        }
        let takes_per = matches!(kind, "amount_off" | "amount_added" | "price");
        if effect.per.is_some() && (!takes_per || on_order || for_charges) {
            let help = "state `per` with an amount or a price, in a step on lines";
            self.report.error(Code::EffectScope, &place.key("per"), "`per` has no meaning here", help);
        }
        if effect.at_most.is_some() && matches!(kind, "bundle" | "gift") {
            let help = "leave it out, or state `sets_max`";
            self.report.error(Code::EffectScope, &place.key("at_most"), "`at_most` has no meaning here", help);
        }
        let graded = [
            &effect.percent_off,
            &effect.percent_added,
            &effect.amount_off,
            &effect.amount_added,
            &effect.price,
            &effect.raise_to,
            &effect.lower_to,
        ];
        let has_steps = graded.into_iter().flatten().any(|graded| matches!(graded, Written::Steps(_)));
        if effect.by.is_some() && !has_steps {
            let help = "write the number as steps, like [[50, 5], [100, 7.5]], or leave `by` out";
            self.report.error(
                Code::EffectScope,
                &place.key("by"),
                "`by` chooses among steps, and there are none",
                help,
            );
        }
        let has_script = graded.into_iter().flatten().any(|graded| matches!(graded, Written::Script(_)));
        if has_script && for_charges {
            let help = "write the number, or let the script act on lines";
            self.report.error(Code::ScriptPlace, place, "a charge has no line that a script could see", help);
        }
        let by = effect.by.clone().unwrap_or_default();
        let own = matches!(by.over, emptor_core::CountScope::Line | emptor_core::CountScope::Sku);
        let by_sku = by.over == emptor_core::CountScope::Sku;
        if for_charges && has_steps && own && (by.base == GradedBase::Quantity || by_sku) {
            let help = "count over a category, a pricing group or the order, or by value";
            self.report.error(Code::EffectScope, &place.key("by"), "a charge has no quantity and no sku", help);
        }
    }

    fn check_percents(&mut self, written: Option<&Written>, place: &Place) {
        let numbers: Vec<Exact> = match written {
            Some(Written::Number(number)) => vec![*number],
            Some(Written::Steps(steps)) => steps.iter().map(|(_, number)| *number).collect(),
            Some(Written::Script(call)) => match call.on_failure {
                OnFailure::Value(value) => vec![value],
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        if numbers.into_iter().any(|number| number > Exact::from(100)) {
            let help = "write 0 to 100, or let the step go `below_zero`";
            self.report.error(Code::EffectPercent, place, "more than 100 percent are taken off", help);
        }
    }

    fn base_quantity(&mut self, per: &Quantity, place: &Place) -> Option<Per> {
        let unit = self.known_unit(&per.unit, place)?;
        let micros = per.value.scaled(QUANTITY_DECIMALS).and_then(|micros| i64::try_from(micros).ok());
        let micros = micros.filter(|&micros| 0 < micros && micros < QUANTITY_MICROS_END);
        if micros.is_none() {
            self.not_positive(place);
        }
        Some(Per { unit, micros: micros? })
    }

    /// A number, or numbers by a count.
    fn graded(
        &mut self,
        written: &Written,
        (by, at): (&emptor_core::GradedBy, ActsAt),
        place: &Place,
        by_place: &Place,
    ) -> Option<Graded> {
        let steps = match written {
            Written::Number(number) => return self.number(*number, place).map(Graded::Number),
            Written::Steps(steps) => steps,
            Written::Script(_) => return None,
        };
        let stand = if at == ActsAt::Order { Stand::OrderStep } else { Stand::Line };
        self.check_scope(&by.over, stand, by_place);
        let scope = self.scope(&by.over, &by_place.key("over"))?;
        let unit = match &by.unit {
            Some(unit) => Some(self.known_unit(unit, &by_place.key("unit"))?),
            None => None,
        };
        let (graded_by, decimals) = match by.base {
            GradedBase::Quantity => (GradedBy::Quantity(Measure { unit, scope }), QUANTITY_DECIMALS),
            GradedBase::Value => (GradedBy::Value(scope), AMOUNT_DECIMALS),
        };
        let ascending = steps.iter().zip(steps.iter().skip(1)).all(|(lower, upper)| lower.0 < upper.0);
        let starts_well = steps.first().is_some_and(|first| !first.0.is_negative());
        if !ascending || !starts_well {
            let help = "write [from, number] pairs, each `from` above the last, the first zero or above";
            self.report.error(Code::EffectGraded, place, "bounds that do not ascend, or none", help);
            return None;
        }
        let mut compiled = Vec::new();
        for (index, (from, number)) in steps.iter().enumerate() {
            let place = place.index(index);
            let bound = from.scaled(decimals);
            let end = if decimals == QUANTITY_DECIMALS { QUANTITY_MICROS_END.into() } else { AMOUNT_END };
            let bound = bound.filter(|&bound| bound < end);
            if bound.is_none() {
                let message = format!("`{from}` has more than {decimals} decimals, or is too large");
                self.report.error(Code::Limit, &place, message, "round it");
            }
            compiled.push((bound?, self.number(*number, &place)?));
        }
        Some(Graded::Steps { steps: compiled, by: graded_by })
    }

    fn number(&mut self, number: Exact, place: &Place) -> Option<Number> {
        Some(Number { written: number, scaled: self.amount(number, place)? })
    }

    fn index_currency(&self, indexed: &Indexed) -> Option<Currency> {
        let table = self.documents.index_tables.iter().find(|table| table.index_table == indexed.table)?;
        Some(table.currency.unwrap_or(self.documents.tenant.currency))
    }

    fn indexed(&mut self, indexed: &Indexed, place: &Place) -> Option<EffectPlan> {
        let Some(values) = self.index_values.get(&indexed.table).cloned() else {
            self.unknown(&place.key("table"), "table of index values", indexed.table.as_str());
            return None;
        };
        let base = self.amount(indexed.base, &place.key("base"))?;
        match (&indexed.unit, indexed.step, indexed.percent) {
            (Some(unit), None, None) => {
                let unit = self.known_unit(unit, &place.key("unit"))?;
                Some(EffectPlan::IndexedContent { values, base, unit })
            }
            (None, Some(step), Some(percent)) => {
                let step = self.increment(step, &place.key("step"))?;
                let percent = self.amount(percent, &place.key("percent"))?;
                Some(EffectPlan::IndexedPercent { values, base, step, percent })
            }
            _ => {
                let help = "state `unit` for a content, or `step` and `percent`";
                self.report.error(Code::EffectKind, place, "an indexed effect of both kinds, or of none", help);
                None
            }
        }
    }

    /// The values of all index tables, by name.
    pub(super) fn read_index_tables(&mut self) {
        let documents = self.documents;
        for table in &documents.index_tables {
            let place = Place::of(emptor_core::DocumentKind::IndexTable, &table.index_table);
            if self.index_values.contains_key(&table.index_table) {
                let message = format!("two tables of index values are named `{}`", table.index_table);
                self.report.error(Code::Duplicate, &place, message, "rename or merge them");
                continue;
            }
            let mut values: Vec<IndexedValue> = Vec::new();
            let mut ids = std::collections::BTreeSet::new();
            for (index, value) in table.values.iter().enumerate() {
                let place = place.key("values").index(index);
                if !ids.insert(&value.rate_id) {
                    let message = format!("two values are named `{}`", value.rate_id);
                    self.report.error(Code::Duplicate, &place.key("rate_id"), message, "rename one of them");
                }
                let period = self.period(value.valid, || place.key("valid"));
                let number = self.number(value.value, &place.key("value"));
                if value.recorded_at.is_some_and(|at| at > self.known_at) {
                    continue;
                }
                if values.iter().any(|other| other.period == period) {
                    let help = "drop one of them, or give it other dates";
                    self.report.error(Code::Duplicate, &place, "two values hold at the same time", help);
                }
                values.extend(number.map(|value| IndexedValue { period, value }));
            }
            // The value that starts last counts, of these the one that ends first: so the first that holds does.
            values.sort_by_key(|value| (std::cmp::Reverse(value.period.from), value.period.to));
            self.index_values.insert(table.index_table.clone(), values.into());
        }
    }
}

fn known_key(kind: &str) -> &'static str {
    match kind {
        "price" => "price",
        "indexed" => "indexed",
        "bundle" => "bundle",
        _ => "gift",
    }
}
