//! Scripts: when one is asked, what it gives, and what becomes of it where it fails (R13).

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::{
    Digest, Exact, OnFailure, Script, ScriptCall, ScriptError, ScriptFailure, ScriptParam, ScriptParamKind, ScriptRun,
    ScriptSees, ScriptUse,
};
use num_traits::Zero;
use rhai::{Array, Dynamic, Scope};

use crate::changes::{currency_of, value_of};
use crate::conditions::View;
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, exact, is_amount, is_quantity, number, round_decimals, round10, whole};
use crate::script_functions::{Broken, ENGINE, of_decimal, reason};
use crate::script_view::{BuyerView, Facts, LineView, OrderView, ParamsView, RequestView};

/// The scripts of an order: what they read, and which of them failed where no step shows it.
pub(crate) struct Scripts<'s> {
    moment: &'s Moment<'s>,
    lines: &'s [Line<'s>],
    /// Of each line of the request; `None`: something is against it.
    facts: OnceCell<Vec<Option<Arc<Facts>>>>,
    failures: RefCell<Vec<(Place, ScriptFailure)>>,
}

/// What a script is shown.
#[derive(Clone, Copy)]
pub(crate) enum Seen<'a> {
    Line(&'a Line<'a>, Option<Amounts<'a>>),
    Order(&'a View<'a>),
}

/// What a line comes to.
#[derive(Clone, Copy)]
pub(crate) struct Amounts<'a> {
    pub(crate) running: &'a Number,
    pub(crate) base: &'a Number,
    pub(crate) list: &'a Number,
}

/// Who uses a script, and where a failure stands among the others.
pub(crate) struct Use {
    /// By its place in the request; `None`: the order.
    pub(crate) line: Option<usize>,
    pub(crate) by: ScriptUse,
    pub(crate) part: Part,
}

/// In the order of failures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Price,
    /// The places of the step and of the rule, and what of the rule: `for`, `when` or its effect.
    Rule(usize, usize, RulePart),
    /// The place of the rule.
    OrderRule(usize),
}

/// In the order in which a rule asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RulePart {
    For,
    When,
    Effect,
}

/// The line and the part.
type Place = (usize, Part);

/// What a number is for.
#[derive(Clone, Copy)]
pub(crate) enum NumberOf {
    /// The percent of `percent_off` in a step that may not go below zero.
    Percent,
    Effect,
    Formula,
    Count,
}

/// What came of a call.
pub(crate) enum Answer<T> {
    /// What it returned, or what stands for that.
    Given(T, ScriptRun),
    /// Its use goes on as if it were not there.
    Skipped,
    /// What it was asked for has no price.
    Rejected,
}

/// A script on its way.
struct Asked<'s> {
    script: &'s Script,
    call: &'s ScriptCall,
    /// As it saw them.
    params: BTreeMap<String, String>,
    hash: Digest,
    result: Result<Dynamic, ScriptError>,
}

impl<'s> Scripts<'s> {
    pub(crate) fn new(moment: &'s Moment<'s>, lines: &'s [Line<'s>]) -> Self {
        Self { moment, lines, facts: OnceCell::new(), failures: RefCell::default() }
    }

    /// Whether a condition holds, or what stands for that.
    pub(crate) fn condition(&self, call: &ScriptCall, seen: Seen, used: &Use) -> Answer<bool> {
        let asked = self.ask(call, seen);
        let held = asked.result.as_ref().map_err(|error| *error);
        let held = held.and_then(|result| result.as_bool().map_err(|_| ScriptError::Result));
        let fallback = match call.on_failure {
            OnFailure::Holds(holds) => Some(holds),
            _ => None,
        };
        if let (Err(error), None | Some(false)) = (held, fallback) {
            self.record(&asked, error, used);
        }
        asked.answer(held, fallback, ToString::to_string)
    }

    /// A number, or what stands for it.
    pub(crate) fn number(&self, call: &ScriptCall, seen: Seen, of: NumberOf, used: &Use) -> Answer<Number> {
        let asked = self.ask(call, seen);
        let given = asked.result.as_ref().map_err(|error| *error);
        let given = given.and_then(|result| result.as_decimal().map_err(|_| ScriptError::Result));
        let given = given.and_then(|decimal| of.checked(&of_decimal(decimal)));
        let fallback = match call.on_failure {
            OnFailure::Value(value) => Some(of.rounded(&number(value))),
            _ => None,
        };
        if let (Err(error), None) = (&given, &fallback) {
            self.record(&asked, *error, used);
        }
        asked.answer(given, fallback, |number| exact(number).to_string())
    }

    /// What an order breaks; `Err`: it failed.
    pub(crate) fn violations(&self, call: &ScriptCall, seen: Seen, used: &Use) -> Result<Vec<Broken>, ScriptError> {
        let asked = self.ask(call, seen);
        let list = asked.result.clone().and_then(|result| result.try_cast::<Array>().ok_or(ScriptError::Result));
        let broken = list.and_then(|list| {
            let each = list.into_iter().map(|each| each.try_cast::<Broken>().ok_or(ScriptError::Result));
            each.collect()
        });
        if let Err(error) = &broken {
            self.record(&asked, *error, used);
        }
        broken
    }

    /// The failures that no step shows, in their order.
    pub(crate) fn failures(&self) -> Vec<ScriptFailure> {
        let mut failures = self.failures.borrow().clone();
        failures.sort_by_key(|(place, _)| *place);
        failures.into_iter().map(|(_, failure)| failure).collect()
    }

    fn record(&self, asked: &Asked, code: ScriptError, used: &Use) {
        let failure = ScriptFailure {
            line: used.line.map(|line| self.moment.request.lines[line].id.clone()),
            by: used.by.clone(),
            script: asked.script.script.clone(),
            hash: asked.hash,
            code,
            on_failure: asked.call.on_failure,
        };
        self.failures.borrow_mut().push(((used.line.unwrap_or(usize::MAX), used.part), failure));
    }

    /// Runs the text that counts.
    fn ask<'c>(&'c self, call: &'c ScriptCall, seen: Seen) -> Asked<'c> {
        let mut scripts = self.moment.documents.scripts.iter();
        let script = scripts.find(|script| script.script == call.script).expect("a valid book has what it calls");
        let text = script.text_at(self.moment.known_at);
        let (params, values) = self.params(script, call);
        let mut scope = Scope::new();
        scope.push_constant("buyer", BuyerView::new(self.moment));
        scope.push_constant("request", RequestView::new(self.moment));
        scope.push_constant("params", ParamsView(Arc::new(values)));
        match seen {
            Seen::Line(line, amounts) => {
                let amounts = amounts.filter(|_| script.sees == ScriptSees::Line);
                scope.push_constant("line", self.line(line, amounts));
                scope.push_constant("order", self.order_of_lines());
            }
            Seen::Order(view) => drop(scope.push_constant("order", self.order(view))),
        }
        let result = ENGINE.compile(text).map_err(Into::into);
        let result = result.and_then(|text| ENGINE.eval_ast_with_scope::<Dynamic>(&mut scope, &text));
        let result = result.map_err(|error| reason(&error));
        Asked { script, call, params, hash: Digest::of(text.as_bytes()), result }
    }

    /// The parameters as text, and as values.
    fn params(&self, script: &Script, call: &ScriptCall) -> (BTreeMap<String, String>, BTreeMap<String, Dynamic>) {
        let (mut texts, mut values) = (BTreeMap::new(), BTreeMap::new());
        for (name, param) in &script.params {
            let stated = call.params.get(name).or(param.default.as_ref());
            if let Some((text, value)) = stated.and_then(|stated| self.param(param, stated)) {
                texts.insert(name.clone(), text);
                values.insert(name.clone(), value);
            }
        }
        (texts, values)
    }

    /// A parameter as text and as value; `None`: its index has no value.
    fn param(&self, param: &ScriptParam, stated: &str) -> Option<(String, Dynamic)> {
        let of_number = |exact: Exact| (exact.to_string(), Dynamic::from(exact.to_decimal()));
        match param.kind {
            ScriptParamKind::Number => stated.parse().ok().map(of_number),
            ScriptParamKind::Text => Some((stated.to_owned(), Dynamic::from(stated.to_owned()))),
            ScriptParamKind::Condition => Some((stated.to_owned(), Dynamic::from(stated == "true"))),
            ScriptParamKind::Index => {
                let mut tables = self.moment.documents.index_tables.iter();
                let table = tables.find(|table| table.index_table.as_str() == stated)?;
                let is_readable = currency_of(self.moment, table) == self.moment.currency;
                value_of(self.moment, table).filter(|_| is_readable).map(of_number)
            }
        }
    }

    fn facts(&self, line: usize) -> Option<&Arc<Facts>> {
        let facts = self.facts.get_or_init(|| {
            let is_read = |line: &&Line| line.reason.is_none() && !line.is_return();
            let facts = |line| Some(line).filter(is_read).and_then(|line| Facts::new(self.moment, line));
            self.lines.iter().map(|line| facts(line).map(Arc::new)).collect()
        });
        facts[line].as_ref()
    }

    fn line(&self, line: &Line, amounts: Option<Amounts>) -> LineView {
        let facts = self.facts(line.index).expect("only lines with nothing against them have prices and rules");
        match amounts {
            Some(amounts) => LineView::priced(facts, amounts.running, amounts.base, amounts.list),
            None => LineView::before_price(facts),
        }
    }

    /// The order as a script sees it that sees a line.
    fn order_of_lines(&self) -> OrderView {
        let facts = (0..self.lines.len()).filter_map(|line| self.facts(line));
        OrderView::new(self.moment, facts.map(LineView::before_price).collect(), None)
    }

    fn order(&self, view: &View) -> OrderView {
        let zero = Number::zero();
        let lines = view.goods.iter().filter(|subject| subject.counts).map(|subject| {
            let none = Amounts { running: &zero, base: &zero, list: &zero };
            self.line(subject.line, Some(subject.amounts().unwrap_or(none)))
        });
        OrderView::new(self.moment, lines.collect(), Some(&view.order_value))
    }
}

impl Asked<'_> {
    fn answer<T>(self, given: Result<T, ScriptError>, fallback: Option<T>, shown: impl Fn(&T) -> String) -> Answer<T> {
        let failed = given.as_ref().err().copied();
        let Some(given) = given.ok().or(fallback) else {
            let skips = self.call.on_failure == OnFailure::Skip;
            return if skips { Answer::Skipped } else { Answer::Rejected };
        };
        let run = ScriptRun {
            script: self.script.script.clone(),
            hash: self.hash,
            params: self.params,
            result: shown(&given),
            failed,
        };
        Answer::Given(given, run)
    }
}

impl NumberOf {
    fn rounded(self, given: &Number) -> Number {
        match self {
            Self::Count => round_decimals(given, 6, emptor_core::RoundingMode::HalfEven),
            Self::Percent | Self::Effect | Self::Formula => round10(given),
        }
    }

    /// The number rounded, where it may stand for this.
    fn checked(self, given: &Number) -> Result<Number, ScriptError> {
        let rounded = self.rounded(given);
        let (zero, in_range) = (Number::zero(), is_amount(&rounded));
        let may_stand = match self {
            Self::Percent => rounded >= zero && rounded <= whole(100),
            Self::Effect => rounded >= zero && in_range,
            Self::Formula => in_range,
            Self::Count => rounded >= zero && is_quantity(&rounded),
        };
        if may_stand { Ok(rounded) } else { Err(ScriptError::Result) }
    }
}
