//! Scripts: put into a book that is drawn already, wherever one may stand (R13).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::{
    ActsAt, Condition, CountScope, Documents, Effect, Entry, Exact, Graded, IndexTable, OnFailure, OrderTerms,
    ProcedureStep, Script, ScriptCall, ScriptId, ScriptParam, ScriptParamKind, ScriptReturns, ScriptSees,
    ScriptVersion, StepId, Tier, TierBase, TierMode,
};

use super::Ground;
use super::draws::{Draws, decimal, named};
use super::procedure;
use super::script_texts::{Size, Words, Writer};

/// What scripts are written for, and those that there are already.
struct Library<'g> {
    words: Words,
    index_tables: &'g [IndexTable],
    scripts: Vec<(Script, Size)>,
}

/// Puts scripts into documents.
pub(super) fn add(draws: &mut Draws, ground: &Ground, documents: &mut Documents) {
    let catalog = &ground.goods.catalog;
    let units: BTreeSet<_> = catalog.products.iter().flat_map(|product| ground.goods.units_of(&product.sku)).collect();
    let keys: BTreeSet<_> = catalog.products.iter().flat_map(|product| product.attributes.keys()).collect();
    let words = Words {
        units: units.into_iter().cloned().collect(),
        categories: catalog.categories.iter().map(|category| category.category.clone()).collect(),
        keys: keys.into_iter().cloned().collect(),
    };
    let mut library = Library { words, index_tables: ground.index_tables, scripts: Vec::new() };
    let steps = procedure::steps(ground.tenant);
    let step_of = |name: &StepId| steps.iter().copied().find(|step| step.name == *name);
    for adjustment in documents.adjustments.iter_mut().filter(|adjustment| adjustment.charges.is_empty()) {
        if let Some(step) = step_of(&adjustment.step) {
            let (when, lines) = (&mut adjustment.when, &mut adjustment.lines);
            library.rule(draws, step, when, lines, &mut adjustment.effect);
        }
    }
    let versions = documents.contracts.iter_mut().flat_map(|contract| &mut contract.versions);
    for term in versions.flat_map(|version| &mut version.terms) {
        if let Some(entry) = term.price.as_mut().filter(|_| draws.chance(35)) {
            library.price(draws, entry);
        }
        let step = steps.iter().copied().find(|step| step.name.as_str() == "contract");
        if let (Some(discount), Some(step)) = (&mut term.discount, step) {
            library.rule(draws, step, &mut discount.when, &mut discount.lines, &mut discount.effect);
        }
        if let Some(terms) = &mut term.order_rule {
            library.order_terms(draws, terms);
        }
    }
    documents.order_rules.iter_mut().for_each(|rule| library.order_terms(draws, &mut rule.terms));
    documents.scripts = library.scripts.into_iter().map(|(script, _)| script).collect();
}

impl Library<'_> {
    /// Puts scripts into a rule of a step, in few places of most.
    fn rule(
        &mut self,
        draws: &mut Draws,
        step: &ProcedureStep,
        when: &mut Condition,
        lines: &mut Condition,
        effect: &mut Effect,
    ) {
        let sees_line = draws.pick(&[ScriptSees::Line, ScriptSees::Line, ScriptSees::Goods]);
        let sees = if step.at == ActsAt::Order { ScriptSees::Order } else { sees_line };
        // A condition that counts over the lines of a rule and a script that says which these are wait for each other.
        if draws.chance(30) && !(step.at == ActsAt::Order && counts_over_line(when)) {
            lines.script = Some(Box::new(self.condition(draws, sees_line)));
        }
        if draws.chance(25) {
            when.script = Some(Box::new(self.condition(draws, sees)));
        }
        if draws.chance(65) {
            self.number(draws, sees, effect);
        }
    }

    fn condition(&mut self, draws: &mut Draws, sees: ScriptSees) -> ScriptCall {
        let holds = draws.chance(70);
        let failures = [OnFailure::Reject, OnFailure::Holds(holds), OnFailure::Skip, OnFailure::Holds(holds)];
        self.call(draws, sees, ScriptReturns::Condition, Size::Positive, &failures)
    }

    /// Replaces the number of an effect.
    fn number(&mut self, draws: &mut Draws, sees: ScriptSees, effect: &mut Effect) {
        let numbers = [
            (&mut effect.percent_off, Size::Percent),
            (&mut effect.percent_added, Size::Percent),
            (&mut effect.amount_off, Size::Positive),
            (&mut effect.amount_added, Size::Positive),
            (&mut effect.price, Size::Positive),
            (&mut effect.raise_to, Size::Positive),
            (&mut effect.lower_to, Size::Positive),
        ];
        let stated = numbers.into_iter().find_map(|(number, size)| Some((number.as_mut()?, size)));
        let Some((number, size)) = stated else { return };
        let value = OnFailure::Value(draws.percent());
        let failures = [OnFailure::Reject, value, OnFailure::Skip, value];
        *number = Graded::Script(Box::new(self.call(draws, sees, ScriptReturns::Number, size, &failures)));
        effect.by = None;
    }

    /// Makes a price a formula, or its table count what a script says.
    fn price(&mut self, draws: &mut Draws, entry: &mut Entry) {
        let failures = [OnFailure::Reject, OnFailure::Value(decimal(draws.pick(&["5", "0.333", "12"])))];
        let call = self.call(draws, ScriptSees::Goods, ScriptReturns::Number, Size::Positive, &failures);
        let is_plain = |tier: &Tier| tier.above.is_none();
        let over_line = entry.over == CountScope::Line && !entry.counts_prior;
        let is_volume = entry.mode == TierMode::Volume && entry.tiers.iter().all(is_plain);
        if !entry.tiers.is_empty() && over_line && is_volume {
            entry.base = TierBase::Script(Box::new(call));
            return;
        }
        let plain = Entry { formula: Some(Box::new(call)), ..Entry::default() };
        *entry = Entry {
            sku: entry.sku.clone(),
            category: entry.category.clone(),
            per: entry.per.clone(),
            valid: entry.valid,
            guards: entry.guards.clone(),
            excludes: entry.excludes.clone(),
            ..plain
        };
    }

    fn order_terms(&mut self, draws: &mut Draws, terms: &mut OrderTerms) {
        let of_order = terms.sku.is_none() && terms.category.is_none();
        if of_order && draws.chance(50) {
            let failures = [OnFailure::Reject, OnFailure::Skip];
            let call = self.call(draws, ScriptSees::Order, ScriptReturns::Violations, Size::Positive, &failures);
            terms.script = Some(Box::new(call));
        }
    }

    /// Calls a script, mostly a new one.
    fn call(
        &mut self,
        draws: &mut Draws,
        sees: ScriptSees,
        returns: ScriptReturns,
        size: Size,
        failures: &[OnFailure],
    ) -> ScriptCall {
        let fits =
            |(script, other): &&(Script, Size)| script.sees == sees && script.returns == returns && *other == size;
        let known: Vec<Script> = self.scripts.iter().filter(fits).map(|(script, _)| script.clone()).collect();
        let script = if !known.is_empty() && draws.chance(30) {
            draws.pick(&known)
        } else {
            let script = self.script(draws, sees, returns, size);
            self.scripts.push((script.clone(), size));
            script
        };
        let mut params = BTreeMap::new();
        for (name, param) in &script.params {
            if param.default.is_none() || draws.chance(50) {
                params.insert(name.clone(), self.value(draws, param.kind));
            }
        }
        ScriptCall { script: script.script, params, on_failure: draws.pick(failures) }
    }

    fn script(&self, draws: &mut Draws, sees: ScriptSees, returns: ScriptReturns, size: Size) -> Script {
        let mut params = BTreeMap::new();
        for index in 0..draws.below(4) {
            let kind = draws.pick(&[
                ScriptParamKind::Number,
                ScriptParamKind::Index,
                ScriptParamKind::Text,
                ScriptParamKind::Condition,
            ]);
            if kind != ScriptParamKind::Index || !self.index_tables.is_empty() {
                params.insert(format!("p{index}"), self.param(draws, kind));
            }
        }
        let write = |draws: &mut Draws| Writer::new(&self.words, sees, &params).text(draws, returns, size);
        let (mut text, mut versions) = (Some(write(draws)), Vec::new());
        if draws.chance(15) {
            for recorded_at in [None, draws.recorded_at(), Some(draws.known_at())] {
                if versions.iter().all(|version: &ScriptVersion| version.recorded_at != recorded_at) {
                    versions.push(ScriptVersion { recorded_at, text: write(draws) });
                }
            }
            text = None;
        }
        let script = named(ScriptId::new(&format!("x{}", self.scripts.len())));
        Script { script, sees, returns, params, about: None, text, versions }
    }

    fn param(&self, draws: &mut Draws, kind: ScriptParamKind) -> ScriptParam {
        let bounds = if kind == ScriptParamKind::Number && draws.chance(40) {
            (Some(Exact::ZERO), Some(decimal("1000")))
        } else {
            (None, None)
        };
        let default = draws.chance(50).then(|| self.value(draws, kind));
        ScriptParam { kind, at_least: bounds.0, below: bounds.1, default }
    }

    fn value(&self, draws: &mut Draws, kind: ScriptParamKind) -> String {
        match kind {
            ScriptParamKind::Number => draws.pick(&["5", "0", "12.345", "0.01", "100", "2.50"]).to_owned(),
            ScriptParamKind::Text => draws.pick(&["s1", "DE", "", "pc"]).to_owned(),
            ScriptParamKind::Condition => draws.pick(&["true", "false"]).to_owned(),
            ScriptParamKind::Index => draws.pick(self.index_tables).index_table.to_string(),
        }
    }
}

/// Whether a condition of an order step counts over the lines that the rule acts on.
fn counts_over_line(condition: &Condition) -> bool {
    let of_line = condition.quantity.as_ref().is_some_and(|counted| counted.over == CountScope::Line);
    let inner = condition.not.iter().map(|boxed| &**boxed);
    of_line || condition.all.iter().chain(&condition.any).chain(inner).any(counts_over_line)
}
