//! Scripts: rules that nobody foresaw, in a small language (R13).
//!
//! `parse` reads a text into `syntax`, `check` finds what is wrong with it, `lower` makes a `tree` of a simple one, and `assemble` its
//! `steps`, which `run_steps` runs; what is not simple is run by Rhai in the `sandbox`. `names` and `functions` are the
//! language's words, `seen` is where a script reads an order.

#[cfg(test)]
mod agreement_tests;
mod assemble;
mod check;
mod digits;
mod functions;
mod kinds;
mod lower;
mod names;
mod parse;
mod run_steps;
mod sandbox;
mod scopes;
mod seen;
mod short;
mod steps;
mod syntax;
mod tree;
pub(crate) mod trial;
mod value;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use emptor_core::{
    Currency, Digest, Instant, ScriptCall, ScriptError, ScriptId, ScriptLimits, ScriptReturns, ScriptRun, ScriptSees,
};
use rhai::Dynamic;
use rust_decimal::Decimal;

pub(crate) use check::{Flaw, Signature};
pub(crate) use lower::NotLowered;
pub(crate) use names::{Field, Input};
pub(crate) use seen::{Asked, Seen};
pub(crate) use value::FoundViolation;

use crate::code::Code;
use crate::procedure::IndexedValue;
use names::Type;
use sandbox::Sandbox;
use scopes::Scopes;
use steps::Steps;
use syntax::Spot;
use value::{Plain, Value};

/// The most things that a lowered script reads.
const INPUTS_MAX: usize = 16;

/// The scripts of a book, and where they are used.
#[derive(Debug)]
pub(crate) struct Scripts {
    sandbox: Sandbox,
    pub(crate) programs: Vec<Program>,
    pub(crate) calls: Vec<Call>,
}

/// A script, ready to run.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) id: ScriptId,
    pub(crate) hash: Digest,
    pub(crate) sees: ScriptSees,
    pub(crate) returns: ScriptReturns,
    /// What it reads, and the names of these in Rhai's program.
    pub(crate) inputs: Vec<Input>,
    scopes: Scopes,
    /// What it reads of each of the order's lines.
    pub(crate) fields: Arc<[Field]>,
    /// What it was lowered to, or why it was not.
    pub(crate) steps: Result<Steps, NotLowered>,
    program: rhai::AST,
    /// Whether it may mix kinds of values, which only a run can tell, or makes lists, whose copies are to be counted.
    needs_care: bool,
}

/// The use of a script.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// As the document has it.
    pub(crate) written: ScriptCall,
    pub(crate) program: u32,
    pub(crate) params: BTreeMap<String, Param>,
}

/// What a parameter stands for.
#[derive(Debug, Clone)]
pub(crate) enum Param {
    Number(Decimal),
    Text(String),
    Truth(bool),
    /// The values of an index, and their currency; the first that holds counts.
    Index(Arc<[IndexedValue]>, Currency),
}

/// What a script returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Returned {
    Number(Decimal),
    Truth(bool),
    Violations(Vec<FoundViolation>),
}

impl Scripts {
    /// No scripts yet.
    pub(crate) fn new(limits: ScriptLimits) -> Self {
        Self { sandbox: Sandbox::new(limits), programs: Vec::new(), calls: Vec::new() }
    }

    pub(crate) fn call(&self, call: u32) -> Option<(&Call, &Program)> {
        let call = self.calls.get(call as usize)?;
        Some((call, self.programs.get(call.program as usize)?))
    }

    /// Reads and checks a text. The program is one to check calls against even where there are flaws.
    ///
    /// # Errors
    /// All that is wrong with the text.
    pub(crate) fn compile(&self, id: &ScriptId, text: &str, signature: &Signature<'_>) -> Result<Program, Vec<Flaw>> {
        let limits = &self.sandbox.limits;
        // Rhai is not ours: should it panic on a text, the text is what is wrong.
        let parsed = catch_unwind(AssertUnwindSafe(|| parse::parse(&self.sandbox.engine, limits, text)));
        let parsed = parsed.unwrap_or_else(|_| {
            let message = "the text cannot be read".to_owned();
            Err(parse::Unreadable { spot: Spot::default(), message })
        });
        let parsed = parsed.map_err(|unreadable| {
            let help = "see the language of scripts".to_owned();
            vec![Flaw { code: Code::ScriptSyntax, spot: unreadable.spot, message: unreadable.message, help }]
        })?;
        let found = check::check(&parsed.text, signature);
        if !found.flaws.is_empty() {
            return Err(found.flaws);
        }
        if found.inputs.len().saturating_add(found.fields.len()) > limits.reads_max {
            let message = format!("the text reads more than {} things", limits.reads_max);
            let help = "split it into scripts that read less".to_owned();
            return Err(vec![Flaw { code: Code::ScriptSyntax, spot: Spot::default(), message, help }]);
        }
        let kind_of = |input: &Input| match input {
            Input::Param(name) => match signature.params.get(name).map(|param| param.kind) {
                Some(emptor_core::ScriptParamKind::Text) => Type::Text,
                Some(emptor_core::ScriptParamKind::Condition) => Type::Truth,
                _ => Type::Number,
            },
            input => input.kind(),
        };
        let gives = match signature.returns {
            ScriptReturns::Number => Type::Number,
            ScriptReturns::Condition => Type::Truth,
            ScriptReturns::Violations => Type::List,
        };
        let steps = lower::lower(&parsed.text, &found.inputs, &kind_of, gives, limits.variables_max);
        let steps = steps.and_then(|steps| {
            let spot = Spot::default();
            // No part of a text runs twice, and each is some operations to Rhai: within the bound, it meets none.
            let fits = u64::try_from(text.len()).is_ok_and(|bytes| bytes.saturating_mul(4) < limits.operations_max);
            match (found.inputs.len() <= INPUTS_MAX, fits) {
                (true, true) => Ok(steps),
                (false, _) => Err(NotLowered { spot, reason: "it reads more than 16 things" }),
                (_, false) => Err(NotLowered { spot, reason: "the bound on operations is low" }),
            }
        });
        let variables = found.inputs.iter().map(Input::variable).collect::<Vec<_>>();
        Ok(Program {
            id: id.clone(),
            hash: Digest::of(text.as_bytes()),
            sees: signature.sees,
            returns: signature.returns,
            scopes: Scopes::new(variables),
            inputs: found.inputs,
            fields: found.fields.into(),
            steps,
            needs_care: found.is_loose || found.makes_lists,
            program: parsed.program,
        })
    }

    /// Runs a program on what it reads.
    ///
    /// # Errors
    /// As the script fails.
    pub(crate) fn run<'v>(
        &self,
        program: &Program,
        read: impl Fn(usize, &Input) -> Value<'v>,
    ) -> Result<Returned, ScriptError> {
        let longest = self.sandbox.limits.string_bytes_max;
        if let Ok(steps) = &program.steps {
            let inputs = program.inputs.iter().enumerate().map(|(place, input)| match read(place, input) {
                Value::Plain(plain) => plain,
                Value::Line(_) | Value::Lines(_) => Plain::Missing,
            });
            return steps.run(longest, inputs);
        }
        self.run_by_rhai(program, read)
    }

    /// Runs a program by Rhai, whether it was lowered or not.
    ///
    /// # Errors
    /// As the script fails.
    pub(crate) fn run_by_rhai<'v>(
        &self,
        program: &Program,
        read: impl Fn(usize, &Input) -> Value<'v>,
    ) -> Result<Returned, ScriptError> {
        let longest = self.sandbox.limits.string_bytes_max;
        let mut scope = program.scopes.take();
        let mut is_whole = !program.needs_care;
        let mut has_lines = false;
        for ((name, input), place) in program.scopes.variables().iter().zip(&program.inputs).zip(0..) {
            let value = match read(place, input) {
                Value::Plain(Plain::Text(text)) if text.len() > longest => return Err(ScriptError::Limit),
                Value::Plain(plain) => {
                    is_whole = is_whole && !matches!(plain, Plain::Missing);
                    plain.dynamic()
                }
                Value::Lines(lines) => Dynamic::from(lines),
                Value::Line(line) => Dynamic::from(line),
            };
            has_lines = has_lines || matches!(input, Input::OrderLines | Input::Whole);
            if let Some(variable) = scope.get_mut(name) {
                *variable = value;
            }
        }
        let engine = if is_whole { &self.sandbox.engine } else { &self.sandbox.careful };
        // Rhai is not ours: should it panic, the script has failed, and the price says so.
        let run = || engine.eval_ast_with_scope::<Dynamic>(&mut scope, &program.program);
        let Ok(result) = catch_unwind(AssertUnwindSafe(run)) else { return Err(ScriptError::Type) };
        // A scope that is kept keeps its last values until it runs again; an order's lines may be many.
        if !has_lines {
            program.scopes.give(scope);
        }
        result.map_err(|error| sandbox::reason(&error)).and_then(|value| returned(value, program.returns))
    }
}

fn returned(value: Dynamic, returns: ScriptReturns) -> Result<Returned, ScriptError> {
    match returns {
        ScriptReturns::Number => value.as_decimal().map(Returned::Number).map_err(|_| ScriptError::Result),
        ScriptReturns::Condition => value.as_bool().map(Returned::Truth).map_err(|_| ScriptError::Result),
        ScriptReturns::Violations => {
            let list = value.into_array().map_err(|_| ScriptError::Result)?;
            let found = list.into_iter().map(|item| item.try_cast::<FoundViolation>().ok_or(ScriptError::Result));
            found.collect::<Result<Vec<_>, _>>().map(Returned::Violations)
        }
    }
}

impl Program {
    /// Whether it reads what the price lists alone give.
    pub(crate) fn reads_list(&self) -> bool {
        self.fields.contains(&Field::List) || self.inputs.contains(&Input::Line(Field::List))
    }
}

impl Call {
    /// What a script sees of its parameters, for the record.
    fn shown(&self, valid_at: Instant, currency: Currency) -> BTreeMap<String, String> {
        let shown = |param: &Param| match param {
            Param::Number(number) => Some(functions::text(*number)),
            Param::Text(text) => Some(text.clone()),
            Param::Truth(truth) => Some(truth.to_string()),
            Param::Index(..) => param.index_value(valid_at, currency).map(functions::text),
        };
        self.params.iter().filter_map(|(name, param)| Some((name.clone(), shown(param)?))).collect()
    }
}

impl Param {
    /// The value of an index that holds, in the order's currency.
    fn index_value(&self, valid_at: Instant, currency: Currency) -> Option<Decimal> {
        let Self::Index(values, of) = self else { return None };
        let holding = values.iter().find(|value| value.period.contains(valid_at));
        holding.filter(|_| *of == currency).map(|value| value.value.written.to_decimal())
    }
}

/// How a call ran, for the record.
pub(crate) fn run_record(
    (call, program): (&Call, &Program),
    (valid_at, currency): (Instant, Currency),
    result: String,
    failed: Option<ScriptError>,
) -> ScriptRun {
    ScriptRun { script: program.id.clone(), hash: program.hash, params: call.shown(valid_at, currency), result, failed }
}

/// A number that a script returned, rounded half-even to so many decimals, as an integer at these.
///
/// # Errors
/// `script.result` where it is not below `end` in absolute value.
pub(crate) fn scaled(number: Decimal, decimals: u32, end: i128) -> Result<i128, ScriptError> {
    use emptor_core::RoundingMode::HalfEven;
    use emptor_core::scaled::{divide, power_of_ten};
    let (mantissa, scale) = (number.mantissa(), number.scale());
    let scaled = match scale.checked_sub(decimals) {
        Some(0) => Some(mantissa),
        Some(more) => Some(divide(mantissa, power_of_ten(more), HalfEven)),
        None => mantissa.checked_mul(power_of_ten(decimals.saturating_sub(scale))),
    };
    scaled.filter(|scaled| scaled.unsigned_abs() < end.unsigned_abs()).ok_or(ScriptError::Result)
}
