//! What is wrong with a script that can be known before it runs: names, types, and what the language does not have.

mod calls;
mod members;

use std::collections::BTreeMap;

use emptor_core::{ScriptParam, ScriptReturns, ScriptSees};

use super::names::{Field, Input, Root, Type};
use super::syntax::{Case, Expression, ExpressionKind, Function, Operator, Spot, Statement, StatementKind, Text};
use crate::code::Code;

/// One thing that is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) code: Code,
    pub(crate) spot: Spot,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// What a script is checked against.
pub(crate) struct Signature<'d> {
    pub(crate) sees: ScriptSees,
    pub(crate) returns: ScriptReturns,
    pub(crate) params: &'d BTreeMap<String, ScriptParam>,
    /// Whether some product has a unit, and whether there is a category.
    pub(crate) knows_unit: &'d dyn Fn(&str) -> bool,
    pub(crate) knows_category: &'d dyn Fn(&str) -> bool,
}

/// What a script was found to read, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) inputs: Vec<Input>,
    /// What it reads of each line of the order.
    pub(crate) fields: Vec<Field>,
    pub(crate) flaws: Vec<Flaw>,
    /// Whether it compares something of which nobody knows what it is.
    pub(crate) is_loose: bool,
    /// Whether it makes a list that something could hold: `x in ["a", "b"]` makes none.
    pub(crate) makes_lists: bool,
}

/// Checks a text.
pub(crate) fn check(text: &Text, signature: &Signature<'_>) -> Found {
    let mut checker = Checker {
        signature,
        functions: &text.functions,
        found: Found::default(),
        variables: Vec::new(),
        in_function: false,
        is_only_asked: false,
        returned: Type::Never,
    };
    for function in &text.functions {
        checker.function(function);
    }
    checker.returned = Type::Never;
    let last = checker.block(&text.body, true);
    let end = text.body.last().map_or_else(Spot::default, |last| last.spot);
    let returned = checker.returned;
    let given = checker.unify(returned, last, end);
    let (wanted, shown) = match signature.returns {
        ScriptReturns::Number => (Type::Number, "a number"),
        ScriptReturns::Condition => (Type::Truth, "a condition"),
        ScriptReturns::Violations => (Type::List, "a list of violations"),
    };
    if !matches!(given, Type::Any | Type::Never) && given != wanted {
        let message = format!("the script returns {}, and says that it returns {shown}", given.shown());
        checker.flaw(Code::ScriptTypes, end, message, "let its last line be what it returns");
    }
    checker.found
}

struct Checker<'c> {
    signature: &'c Signature<'c>,
    functions: &'c [Function],
    found: Found,
    variables: Vec<(String, Type, bool)>,
    in_function: bool,
    /// Whether the list that comes next is only asked what it has.
    is_only_asked: bool,
    /// What the `return`s seen so far give.
    returned: Type,
}

impl Checker<'_> {
    fn flaw(&mut self, code: Code, spot: Spot, message: impl Into<String>, help: impl Into<String>) {
        self.found.flaws.push(Flaw { code, spot, message: message.into(), help: help.into() });
    }

    fn types(&mut self, spot: Spot, message: impl Into<String>) -> Type {
        self.flaw(Code::ScriptTypes, spot, message, "compare and combine values of one kind");
        Type::Any
    }

    fn function(&mut self, function: &Function) {
        self.in_function = true;
        self.variables = function.params.iter().map(|name| (name.clone(), Type::Any, false)).collect();
        self.block(&function.body, false);
        self.variables.clear();
        self.in_function = false;
    }

    /// What a block gives; of one whose value is not wanted, whether it leaves.
    fn block(&mut self, statements: &[Statement], wanted: bool) -> Type {
        let known = self.variables.len();
        let mut given = Type::Nothing;
        for (index, statement) in statements.iter().enumerate() {
            let is_last = index.saturating_add(1) == statements.len();
            let before = given;
            given = self.statement(statement, wanted && is_last);
            if before == Type::Never {
                given = Type::Never;
            }
        }
        self.variables.truncate(known);
        given
    }

    fn statement(&mut self, statement: &Statement, wanted: bool) -> Type {
        let spot = statement.spot;
        match &statement.kind {
            StatementKind::Let { name, value, is_constant } => {
                let given = self.value(value);
                let hides = Root::of(name).is_some_and(|root| root.is_seen_by(self.signature.sees));
                if hides && !self.in_function {
                    let message = format!("`{name}` is what the script reads, and no name for a variable");
                    self.flaw(Code::ScriptUnknownName, spot, message, "give the variable another name");
                }
                self.variables.push((name.clone(), given, *is_constant));
                Type::Nothing
            }
            StatementKind::Assign { target, operator, value } => self.assign(target, *operator, value),
            StatementKind::If { condition, then, otherwise } => {
                self.wants(condition, Type::Truth, "the condition of `if`");
                let (then, otherwise) = (self.block(then, wanted), self.block(otherwise, wanted));
                self.branches(then, otherwise, wanted, spot)
            }
            StatementKind::Switch { of, cases, default } => self.switch(of, cases, default.as_ref(), wanted, spot),
            StatementKind::While { condition, body } => {
                if let Some(condition) = condition {
                    self.wants(condition, Type::Truth, "the condition of `while`");
                }
                self.block(body, false);
                if condition.is_none() { Type::Any } else { Type::Nothing }
            }
            StatementKind::For { name, list, body } => self.for_each(name, list, body),
            StatementKind::Break(value) | StatementKind::Throw(value) => {
                if let Some(value) = value {
                    self.value(value);
                }
                Type::Never
            }
            StatementKind::Continue => Type::Never,
            StatementKind::Return(value) => {
                let given = value.as_ref().map_or(Type::Nothing, |value| self.value(value));
                if !self.in_function {
                    self.returned = self.unify(self.returned, given, spot);
                }
                Type::Never
            }
            StatementKind::Block(inner) => self.block(inner, wanted),
            StatementKind::Expression(inner) => self.expression(inner, wanted),
            StatementKind::Nothing => Type::Nothing,
            StatementKind::Foreign(what) => self.foreign(what, spot),
        }
    }

    fn foreign(&mut self, what: &str, spot: Spot) -> Type {
        let help = "see the language of scripts for what it has instead";
        self.flaw(Code::ScriptLanguage, spot, format!("the language of scripts does not have {what}"), help);
        Type::Any
    }

    /// What one of two branches gives.
    fn branches(&mut self, then: Type, otherwise: Type, wanted: bool, spot: Spot) -> Type {
        if wanted {
            return self.unify(then, otherwise, spot);
        }
        if then == Type::Never && otherwise == Type::Never { Type::Never } else { Type::Nothing }
    }

    fn unify(&mut self, left: Type, right: Type, spot: Spot) -> Type {
        match (left, right) {
            (Type::Never, other) | (other, Type::Never) => other,
            (Type::Any, _) | (_, Type::Any) => Type::Any,
            (left, right) if left == right => left,
            (left, right) => {
                let message = format!("one way gives {}, another {}", left.shown(), right.shown());
                self.flaw(Code::ScriptTypes, spot, message, "let every way give a value of one kind");
                Type::Any
            }
        }
    }

    fn assign(&mut self, target: &Expression, operator: Option<Operator>, value: &Expression) -> Type {
        let given = self.value(value);
        let ExpressionKind::Variable(name) = &target.kind else {
            let help = "assign to a variable of the script's own";
            self.flaw(Code::ScriptLanguage, target.spot, "what a script reads cannot be changed", help);
            return Type::Nothing;
        };
        match self.variables.iter().rev().find(|(known, ..)| known == name).cloned() {
            None => drop(self.unknown(target.spot, name)),
            Some((_, _, true)) => {
                self.flaw(Code::ScriptLanguage, target.spot, format!("`{name}` is constant"), "declare it with `let`");
            }
            Some((_, kind, false)) => {
                let given = operator.map_or(given, |operator| self.binary(operator, kind, given, target.spot));
                // From here on the variable may be of another kind than is known.
                self.found.is_loose |= given == Type::Any && kind != Type::Any;
                if kind != given && kind != Type::Any && given != Type::Any {
                    let message = format!("`{name}` is {}, and is given {}", kind.shown(), given.shown());
                    self.types(target.spot, message);
                }
            }
        }
        Type::Nothing
    }

    fn switch(
        &mut self,
        of: &Expression,
        cases: &[Case],
        default: Option<&Expression>,
        wanted: bool,
        spot: Spot,
    ) -> Type {
        let switched = self.value(of);
        let mut given = default.map_or(Type::Nothing, |default| self.expression(default, wanted));
        for way in cases.iter().map(|case| &case.then).chain(default) {
            // Rhai goes on counting such a variable where it is no more, and then reads others for others.
            if let ExpressionKind::Block(inner) = &way.kind
                && let [Statement { kind: StatementKind::Let { .. }, spot }] = inner.as_slice()
            {
                let help = "declare it before the `switch`, or use it in the case";
                self.flaw(Code::ScriptLanguage, *spot, "a case that only declares a variable", help);
            }
        }
        for case in cases {
            for value in &case.values {
                let kind = self.value(value);
                if kind != switched && switched != Type::Any {
                    let message = format!("a case is {}, and what is switched on {}", kind.shown(), switched.shown());
                    self.types(spot, message);
                }
            }
            if let Some(condition) = &case.condition {
                self.wants(condition, Type::Truth, "the condition of a case");
            }
            let then = self.expression(&case.then, wanted);
            given = self.branches(given, then, wanted, case.then.spot);
        }
        given
    }

    fn for_each(&mut self, name: &str, list: &Expression, body: &[Statement]) -> Type {
        let element = match self.value(list) {
            Type::Lines => Type::Line,
            Type::Texts => Type::Text,
            Type::List | Type::Any => Type::Any,
            other => self.types(list.spot, format!("`for` goes over a list, and this is {}", other.shown())),
        };
        let hides = Root::of(name).is_some_and(|root| root.is_seen_by(self.signature.sees));
        if hides && !self.in_function {
            let message = format!("`{name}` is what the script reads, and no name for a variable");
            self.flaw(Code::ScriptUnknownName, list.spot, message, "give the variable another name");
        }
        self.variables.push((name.to_owned(), element, false));
        self.block(body, false);
        self.variables.pop();
        Type::Nothing
    }

    fn wants(&mut self, expression: &Expression, wanted: Type, what: &str) {
        let given = self.value(expression);
        if given != wanted && !matches!(given, Type::Any | Type::Never) {
            self.types(expression.spot, format!("{what} is {}, not {}", given.shown(), wanted.shown()));
        }
    }

    /// What an expression gives, where that is wanted.
    fn value(&mut self, expression: &Expression) -> Type {
        match self.expression(expression, true) {
            Type::Nothing => self.types(expression.spot, "there is no value here"),
            given => given,
        }
    }

    fn expression(&mut self, expression: &Expression, wanted: bool) -> Type {
        let spot = expression.spot;
        match &expression.kind {
            ExpressionKind::Number(_) => Type::Number,
            ExpressionKind::Truth(_) => Type::Truth,
            ExpressionKind::Text(_) => Type::Text,
            ExpressionKind::Variable(name) => self.variable(name, spot),
            ExpressionKind::Member { of, name } => self.member(of, name, None, spot),
            ExpressionKind::Key { of, key } => self.key(of, key, spot),
            ExpressionKind::Call { name, arguments, is_method } => {
                let is_own = self.functions.iter().any(|own| own.name == *name);
                let asks = name == "contains" && !is_own;
                self.is_only_asked = asks && arguments.first().is_some_and(is_literal_list);
                self.call(name, arguments, *is_method, spot)
            }
            ExpressionKind::Negate(of) => {
                self.wants(of, Type::Number, "what is negated");
                Type::Number
            }
            ExpressionKind::Not(of) => {
                self.wants(of, Type::Truth, "what `!` stands before");
                Type::Truth
            }
            ExpressionKind::Binary(operator, sides) => {
                let (left, right) = (self.value(&sides.0), self.value(&sides.1));
                self.binary(*operator, left, right, spot)
            }
            ExpressionKind::And(parts) | ExpressionKind::Or(parts) => {
                for part in parts {
                    self.wants(part, Type::Truth, "a side of `&&` or `||`");
                }
                Type::Truth
            }
            ExpressionKind::List(items) => {
                self.found.makes_lists |= !std::mem::take(&mut self.is_only_asked);
                for item in items {
                    self.value(item);
                }
                Type::List
            }
            ExpressionKind::Block(inner) => self.block(inner, wanted),
            ExpressionKind::Foreign(what) => self.foreign(what, spot),
        }
    }

    fn binary(&mut self, operator: Operator, left: Type, right: Type, spot: Spot) -> Type {
        self.found.is_loose |= left == Type::Any || right == Type::Any;
        let one_kind = left == right || left == Type::Any || right == Type::Any;
        let any_of = |kinds: &[Type]| {
            [left, right].iter().all(|side| matches!(side, Type::Any | Type::Never) || kinds.contains(side))
        };
        let (fits, given) = match operator {
            Operator::Compare(_) => (any_of(&[Type::Number, Type::Text, Type::Truth]) && one_kind, Type::Truth),
            Operator::Add if left == Type::Text || right == Type::Text => (any_of(&[Type::Text]), Type::Text),
            Operator::Add if left == Type::Any && right == Type::Any => (true, Type::Any),
            _ => (any_of(&[Type::Number]), Type::Number),
        };
        if !fits && left != Type::Never && right != Type::Never {
            let sign = operator.sign();
            return self.types(spot, format!("`{sign}` stands between {} and {}", left.shown(), right.shown()));
        }
        given
    }
}

/// Whether it is a list of literals: nothing runs to make it.
fn is_literal_list(expression: &Expression) -> bool {
    use ExpressionKind::{List, Number, Text, Truth};
    let is_literal = |item: &Expression| matches!(item.kind, Number(_) | Text(_) | Truth(_));
    matches!(&expression.kind, List(items) if items.iter().all(is_literal))
}
