//! The scopes in which Rhai runs a script: built once for each thread that runs it at a time, and used again.

use std::sync::{Mutex, PoisonError};

use rhai::{Dynamic, Scope};

/// The scopes of one script, with the variables that it reads and values of none.
#[derive(Debug)]
pub(crate) struct Scopes {
    variables: Vec<String>,
    idle: Mutex<Vec<Scope<'static>>>,
}

impl Scopes {
    /// None yet; the names are distinct.
    pub(crate) fn new(variables: Vec<String>) -> Self {
        Self { variables, idle: Mutex::new(Vec::new()) }
    }

    /// The names, in the order of what the script reads.
    pub(crate) fn variables(&self) -> &[String] {
        &self.variables
    }

    /// A scope with all variables; their values are of an earlier run, or `()`.
    pub(crate) fn take(&self) -> Scope<'static> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| {
            let mut scope = Scope::new();
            for name in &self.variables {
                scope.push_dynamic(name, Dynamic::UNIT);
            }
            scope
        })
    }

    /// Keeps a scope for another run, without what the script declared.
    pub(crate) fn give(&self, mut scope: Scope<'static>) {
        scope.rewind(self.variables.len());
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(scope);
    }
}
