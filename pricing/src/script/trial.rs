//! One script alone, on values that are given: how both ways of running it are measured and compared.

use std::collections::BTreeMap;

use emptor_core::{Digest, ScriptError, ScriptId, ScriptLimits, ScriptParam, ScriptReturns, ScriptSees};
use rhai::{Dynamic, Scope};
use rust_decimal::Decimal;

use super::value::{Plain, Value};
use super::{Program, Returned, Scripts, Signature};

/// A value that a trial gives to read, by the name that the script reads: `line.quantity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialValue {
    /// A decimal.
    Number(Decimal),
    /// A condition.
    Truth(bool),
    /// A text.
    Text(String),
}

/// A script that returns a number or a condition, and what it reads.
#[derive(Debug)]
pub struct ScriptTrial {
    scripts: Scripts,
    program: Program,
    /// By the place of what the script reads.
    values: Vec<Option<TrialValue>>,
}

impl ScriptTrial {
    /// Compiles a text that sees a line; what it reads and is not given is missing.
    ///
    /// # Errors
    /// All that is wrong with the text, in words.
    pub fn new(
        text: &str,
        returns: ScriptReturns,
        params: &BTreeMap<String, ScriptParam>,
        values: &BTreeMap<String, TrialValue>,
    ) -> Result<Self, Vec<String>> {
        let scripts = Scripts::new(ScriptLimits::DEFAULT);
        let signature =
            Signature { sees: ScriptSees::Line, returns, params, knows_unit: &|_| true, knows_category: &|_| true };
        let id = ScriptId::new("trial").map_err(|error| vec![error.to_string()])?;
        let program = scripts.compile(&id, text, &signature);
        let words = |flaws: Vec<super::Flaw>| flaws.into_iter().map(|flaw| flaw.message).collect::<Vec<_>>();
        let program = program.map_err(words)?;
        let values = program.scopes.variables().iter().map(|name| values.get(name.as_str()).cloned()).collect();
        Ok(Self { scripts, program, values })
    }

    /// Whether the script was lowered.
    pub fn is_native(&self) -> bool {
        self.program.steps.is_ok()
    }

    /// The hash of the text.
    pub fn hash(&self) -> Digest {
        self.program.hash
    }

    /// Runs it as a book does: lowered, if it could be.
    ///
    /// # Errors
    /// As the script fails.
    pub fn run(&self) -> Result<TrialValue, ScriptError> {
        self.scripts.run(&self.program, |place, _| self.read(place)).and_then(|returned| shown(&returned))
    }

    /// Runs it by Rhai, as a book does where it could not be lowered.
    ///
    /// # Errors
    /// As the script fails.
    pub fn run_by_rhai(&self) -> Result<TrialValue, ScriptError> {
        self.scripts.run_by_rhai(&self.program, |place, _| self.read(place)).and_then(|returned| shown(&returned))
    }

    /// What Rhai alone needs: the variables are there already.
    pub fn prepared(&self) -> PreparedTrial<'_> {
        let mut scope = self.program.scopes.take();
        for (name, place) in self.program.scopes.variables().iter().zip(0..) {
            if let Some(variable) = scope.get_mut(name) {
                *variable = self.plain(place).dynamic();
            }
        }
        PreparedTrial { trial: self, scope }
    }

    fn read(&self, place: usize) -> Value<'_> {
        Value::Plain(self.plain(place))
    }

    fn plain(&self, place: usize) -> Plain<'_> {
        match self.values.get(place) {
            Some(Some(TrialValue::Number(number))) => Plain::Number(*number),
            Some(Some(TrialValue::Truth(truth))) => Plain::Truth(*truth),
            Some(Some(TrialValue::Text(text))) => Plain::Text(text),
            Some(None) | None => Plain::Missing,
        }
    }
}

/// A script with its variables in Rhai's scope.
#[derive(Debug)]
pub struct PreparedTrial<'t> {
    trial: &'t ScriptTrial,
    scope: Scope<'static>,
}

impl PreparedTrial<'_> {
    /// Lets Rhai run the script, and nothing else. `None`: it fails, or returns no number.
    pub fn eval(&mut self) -> Option<Decimal> {
        let engine = &self.trial.scripts.sandbox.engine;
        let value = engine.eval_ast_with_scope::<Dynamic>(&mut self.scope, &self.trial.program.program);
        // What the script declared stays in the scope, and is taken out again.
        self.scope.rewind(self.trial.program.inputs.len());
        value.ok()?.as_decimal().ok()
    }
}

fn shown(returned: &Returned) -> Result<TrialValue, ScriptError> {
    match returned {
        Returned::Number(number) => Ok(TrialValue::Number(*number)),
        Returned::Truth(truth) => Ok(TrialValue::Truth(*truth)),
        Returned::Violations(_) => Err(ScriptError::Result),
    }
}
