//! What is wrong with a script that can be known before it runs: names, types, and what the language does not have.

use std::collections::BTreeMap;

use emptor_core::{ScriptParam, ScriptParamKind, ScriptReturns, ScriptSees};

use super::functions;
use super::names::{self, Field, Input, Root, Type};
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

    fn unknown(&mut self, spot: Spot, name: &str) -> Type {
        let help = "declare it with `let`, or see what a script may read";
        self.flaw(Code::ScriptUnknownName, spot, format!("there is nothing named `{name}`"), help);
        Type::Any
    }

    fn variable(&mut self, name: &str, spot: Spot) -> Type {
        if let Some((_, kind, _)) = self.variables.iter().rev().find(|(known, ..)| known == name) {
            return *kind;
        }
        match Root::of(name) {
            Some(Root::Line) if Root::Line.is_seen_by(self.signature.sees) && !self.in_function => {
                self.reads(Input::Whole);
                Type::Line
            }
            Some(root) if root.is_seen_by(self.signature.sees) && !self.in_function => {
                let members = self.members(root);
                self.flaw(Code::ScriptUnknownName, spot, format!("`{name}` is read by a member of it"), members);
                Type::Any
            }
            _ => self.unknown(spot, name),
        }
    }

    fn members(&self, root: Root) -> String {
        let members = root.members(self.signature.sees);
        let declared: Vec<&str> = self.signature.params.keys().map(String::as_str).collect();
        format!("name one of {}", if root == Root::Params { declared.join(", ") } else { members.join(", ") })
    }

    /// The root that an expression is, unless a variable has its name.
    fn root(&mut self, of: &Expression) -> Option<Root> {
        let ExpressionKind::Variable(name) = &of.kind else { return None };
        if self.variables.iter().any(|(known, ..)| known == name) {
            return None;
        }
        Root::of(name)
    }

    fn member(&mut self, of: &Expression, name: &str, key: Option<&str>, spot: Spot) -> Type {
        if let Some(root) = self.root(of) {
            return self.read(root, name, key, spot);
        }
        match self.value(of) {
            Type::Line => self.field(name, key, spot),
            Type::Any => {
                // What it is, is known when it runs; a line is the only thing that has members.
                self.found.fields.extend(Field::of(name, key).filter(|field| !self.found.fields.contains(field)));
                Type::Any
            }
            other => {
                let help = "what has members are line, order, buyer, request, params and each of order.lines";
                let message = format!("{} has no member `{name}`", other.shown());
                self.flaw(Code::ScriptUnknownName, spot, message, help);
                Type::Any
            }
        }
    }

    /// A member of what the script is given.
    fn read(&mut self, root: Root, name: &str, key: Option<&str>, spot: Spot) -> Type {
        if self.in_function {
            let help = "pass it to the function as an argument";
            self.flaw(Code::ScriptUnknownName, spot, "a function sees its arguments and nothing else", help);
            return Type::Any;
        }
        let input = Input::of(root, name, key).filter(|input| input.is_seen_by(self.signature.sees));
        let kind = match (&input, root) {
            (Some(Input::Param(name)), _) => match self.signature.params.get(name).map(|param| param.kind) {
                Some(ScriptParamKind::Number | ScriptParamKind::Index) => Some(Type::Number),
                Some(ScriptParamKind::Text) => Some(Type::Text),
                Some(ScriptParamKind::Condition) => Some(Type::Truth),
                None => None,
            },
            (Some(input), _) => Some(input.kind()),
            (None, _) => None,
        };
        let (Some(input), Some(kind)) = (input, kind) else {
            let members = self.members(root);
            self.flaw(Code::ScriptUnknownName, spot, format!("this script reads no `{name}` here"), members);
            return Type::Any;
        };
        self.known_key(name, key, spot);
        self.reads(input);
        kind
    }

    fn reads(&mut self, input: Input) {
        if !self.found.inputs.contains(&input) {
            self.found.inputs.push(input);
        }
    }

    /// A member of one of the order's lines.
    fn field(&mut self, name: &str, key: Option<&str>, spot: Spot) -> Type {
        let has_amounts = self.signature.sees == ScriptSees::Order;
        let Some(field) = Field::of(name, key).filter(|field| has_amounts || !field.is_amount()) else {
            let sees = if has_amounts { ScriptSees::Line } else { ScriptSees::Goods };
            let help = format!("name one of {}", Root::Line.members(sees).join(", "));
            self.flaw(Code::ScriptUnknownName, spot, format!("a line has no `{name}` here"), help);
            return Type::Any;
        };
        self.known_key(name, key, spot);
        let kind = field.kind();
        if !self.found.fields.contains(&field) {
            self.found.fields.push(field);
        }
        kind
    }

    /// Reports a unit or a category that no document has.
    fn known_key(&mut self, name: &str, key: Option<&str>, spot: Spot) {
        let Some(key) = key else { return };
        let (known, what) = match name {
            "is_in" => ((self.signature.knows_category)(key), "category"),
            "quantity_in" | "converts_to" => ((self.signature.knows_unit)(key), "unit of any product"),
            _ => return,
        };
        if !known {
            let message = format!("there is no {what} named `{key}`");
            self.flaw(Code::ScriptUnknownName, spot, message, "check the name, or add it to the catalog");
        }
    }

    fn key(&mut self, of: &Expression, key: &Expression, spot: Spot) -> Type {
        let (ExpressionKind::Member { of: holder, name }, ExpressionKind::Text(key)) = (&of.kind, &key.kind) else {
            let help = "go through a list with `for`; read an attribute as `line.attributes[\"colour\"]`";
            self.flaw(Code::ScriptLanguage, spot, "brackets are for attributes, with a literal key", help);
            return Type::Any;
        };
        if !names::is_keyed(name) {
            let message = format!("`{name}` is not read by brackets");
            self.flaw(Code::ScriptLanguage, spot, message, format!("write {name}(\"{key}\"), if it takes a name"));
            return Type::Any;
        }
        self.member(holder, name, Some(key), spot)
    }

    fn call(&mut self, name: &str, arguments: &[Expression], is_method: bool, spot: Spot) -> Type {
        if let ([of, key], true) = (arguments, is_method && names::is_called(name)) {
            let ExpressionKind::Text(key) = &key.kind else {
                let message = format!("`{name}` takes a literal text");
                self.flaw(Code::ScriptLanguage, key.spot, message, "write the name itself, in quotes");
                return Type::Any;
            };
            return self.member(of, name, Some(key), spot);
        }
        let kinds: Vec<Type> = arguments.iter().map(|argument| self.value(argument)).collect();
        // To Rhai, a method of the script's own has what it is a method of as `this`, and no argument for it.
        let is_own = |own: &Function| {
            let taken = own.params.len();
            taken == arguments.len() || (is_method && taken.saturating_add(1) == arguments.len())
        };
        if self.functions.iter().any(|own| own.name == name && is_own(own)) {
            if is_method {
                let message = format!("`{name}` is the script's own function, and no method");
                self.flaw(Code::ScriptLanguage, spot, message, format!("write {name}(...)"));
            }
            return Type::Any;
        }
        self.known_mode(name, arguments, spot);
        let fits =
            |given: Type, taken: Type| given == taken || matches!(given, Type::Any | Type::Never) || taken == Type::Any;
        let mut named = functions::ALL.iter().filter(|known| known.name == name).peekable();
        if named.peek().is_none() {
            let message = format!("there is no function `{name}`");
            self.flaw(Code::ScriptUnknownName, spot, message, "see the functions of the language of scripts");
            return Type::Any;
        }
        let found = named.find(|known| {
            known.takes.len() == kinds.len() && kinds.iter().zip(known.takes).all(|(given, taken)| fits(*given, *taken))
        });
        if let Some(found) = found {
            return found.gives;
        }
        let given: Vec<&str> = kinds.iter().map(|kind| kind.shown()).collect();
        let help = "see the functions of the language of scripts for what it takes";
        self.flaw(Code::ScriptTypes, spot, format!("`{name}` does not take ({})", given.join(", ")), help);
        Type::Any
    }

    fn known_mode(&mut self, name: &str, arguments: &[Expression], spot: Spot) {
        let ("round" | "round_to", [_, _, mode]) = (name, arguments) else { return };
        if let ExpressionKind::Text(mode) = &mode.kind
            && functions::mode(mode).is_none()
        {
            let help = "write one of half_up, half_even, half_down, up, down, ceiling, floor";
            self.flaw(Code::ScriptUnknownName, spot, format!("there is no rounding mode `{mode}`"), help);
        }
    }
}

/// Whether it is a list of literals: nothing runs to make it.
fn is_literal_list(expression: &Expression) -> bool {
    use ExpressionKind::{List, Number, Text, Truth};
    let is_literal = |item: &Expression| matches!(item.kind, Number(_) | Text(_) | Truth(_));
    matches!(&expression.kind, List(items) if items.iter().all(is_literal))
}
