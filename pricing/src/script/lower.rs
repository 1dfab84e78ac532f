//! From syntax to a tree, and from it to steps, where the result is provably that of Rhai; else the reason why not.
//!
//! Loops, functions of the script's own, and texts and lists that are put together are left to Rhai. What is lowered has
//! no loop, so it meets no bound on operations; the bounds on depth were met when it was read.

use rust_decimal::Decimal;

use super::assemble::assemble;
use super::functions;
use super::kinds::Known;
use super::names::{Input, Root, Type};
use super::steps::Steps;
use super::syntax::{Case, Expression, ExpressionKind, Operator, Spot, Statement, StatementKind, Text};
use super::tree::{
    Block, Branch, LOCALS_MAX, Number, Part, Statement as Done, Switch, SwitchCase, Switched, Text as NativeText, Tree,
    Truth,
};

/// Why a script is not lowered, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotLowered {
    pub(crate) spot: Spot,
    pub(crate) reason: &'static str,
}

/// Something that gives a value.
enum Lowered {
    Number(Number),
    Truth(Truth),
    Text(NativeText),
}

/// A kind of value that can be lowered, and its operations.
trait Kind: Sized {
    fn of(lowered: Lowered) -> Option<Self>;
    /// What stands behind statements that always leave.
    fn unreachable() -> Self;
    fn branch(branch: Branch<Self>) -> Self;
    fn switch(switch: Switch<Self>) -> Self;
    fn block(block: Block<Self>) -> Self;
}

macro_rules! kind {
    ($type:ident, $variant:ident, $nothing:expr) => {
        impl Kind for $type {
            fn of(lowered: Lowered) -> Option<Self> {
                if let Lowered::$variant(found) = lowered { Some(found) } else { None }
            }
            fn unreachable() -> Self {
                $nothing
            }
            fn branch(branch: Branch<Self>) -> Self {
                Self::If(Box::new(branch))
            }
            fn switch(switch: Switch<Self>) -> Self {
                Self::Switch(Box::new(switch))
            }
            fn block(block: Block<Self>) -> Self {
                Self::Block(Box::new(block))
            }
        }
    };
}

kind!(Number, Number, Self::Constant(Decimal::ZERO));
kind!(Truth, Truth, Self::Constant(false));
kind!(NativeText, Text, Self::Constant("".into()));

/// Lowers a text that was found sound; `kind_of` says what an input is.
///
/// # Errors
/// The first thing that is left to Rhai.
pub(crate) fn lower(
    text: &Text,
    inputs: &[Input],
    kind_of: &dyn Fn(&Input) -> Type,
    gives: Type,
    variables_max: usize,
) -> Result<Steps, NotLowered> {
    let mut lowering = Lowering { inputs, kind_of, gives, variables: Vec::new(), locals: Vec::new(), assignments: 0 };
    if !text.functions.is_empty() {
        return not(Spot::default(), "it has functions of its own");
    }
    let tree = match gives {
        Type::Number => Tree::Number(Number::block(lowering.block(&text.body, Spot::default())?)),
        Type::Truth => Tree::Truth(Truth::block(lowering.block(&text.body, Spot::default())?)),
        _ => return not(Spot::default(), "it returns violations"),
    };
    // To Rhai, what is read is variables, too.
    if inputs.len().saturating_add(lowering.locals.len()) > variables_max {
        return not(Spot::default(), "the bound on variables is low");
    }
    let kinds: Vec<Type> = inputs.iter().map(kind_of).collect();
    let steps = assemble(&tree, &kinds, &lowering.locals);
    steps.map_or_else(|| not(Spot::default(), "it holds more values at once than 64, or is long"), Ok)
}

struct Lowering<'l> {
    inputs: &'l [Input],
    kind_of: &'l dyn Fn(&Input) -> Type,
    /// What the script returns.
    gives: Type,
    variables: Vec<(String, usize, Type)>,
    /// The kinds of all variables, by their place.
    locals: Vec<Type>,
    /// How many assignments have been lowered.
    assignments: usize,
}

type Attempt<T> = Result<T, NotLowered>;

fn not<T>(spot: Spot, reason: &'static str) -> Attempt<T> {
    Err(NotLowered { spot, reason })
}

const UNSURE: &str = "what kind of value this is, is not sure";

impl Lowering<'_> {
    /// A block that gives a value of one kind.
    fn block<E: Kind>(&mut self, statements: &[Statement], spot: Spot) -> Attempt<Block<E>> {
        let known = self.variables.len();
        let Some((last, first)) = statements.split_last() else { return not(spot, "a block is empty") };
        let mut done = self.statements(first)?;
        let value = self.last(last, &mut done)?;
        self.variables.truncate(known);
        Ok(Block { statements: done, value })
    }

    /// The last statement of a block: what the block gives.
    fn last<E: Kind>(&mut self, last: &Statement, done: &mut Vec<Done>) -> Attempt<E> {
        match &last.kind {
            StatementKind::Expression(expression) => self.kind(expression),
            StatementKind::If { condition, then, otherwise } => {
                let condition = self.kind(condition)?;
                let (then, otherwise) =
                    (E::block(self.block(then, last.spot)?), E::block(self.block(otherwise, last.spot)?));
                Ok(E::branch(Branch { condition, then, otherwise }))
            }
            StatementKind::Switch { of, cases, default } => self.switch(of, cases, default.as_ref(), last.spot),
            StatementKind::Block(inner) => Ok(E::block(self.block(inner, last.spot)?)),
            StatementKind::Return(_) | StatementKind::Throw(_) => {
                done.extend(self.statements(std::slice::from_ref(last))?);
                Ok(E::unreachable())
            }
            _ => not(last.spot, "a block ends without a value"),
        }
    }

    fn switch<E: Kind>(
        &mut self,
        of: &Expression,
        cases: &[Case],
        default: Option<&Expression>,
        spot: Spot,
    ) -> Attempt<E> {
        let Some(default) = default else { return not(spot, "a `switch` has no case `_`") };
        let of = match self.expression(of)? {
            Lowered::Number(of) => Switched::Number(of),
            Lowered::Text(of) => Switched::Text(of),
            Lowered::Truth(_) => return not(spot, "a `switch` on a condition; write `if`"),
        };
        let mut lowered = Vec::new();
        for case in cases {
            let numbers = case.values.iter().filter_map(literal_number);
            let texts = case.values.iter().filter_map(literal_text);
            let condition = case.condition.as_ref().map(|condition| self.kind(condition)).transpose()?;
            let then = self.kind(&case.then)?;
            lowered.push(SwitchCase { numbers: numbers.collect(), texts: texts.collect(), condition, then });
        }
        Ok(E::switch(Switch { of, cases: lowered, default: self.kind(default)? }))
    }

    /// Statements whose values are not wanted.
    fn statements(&mut self, statements: &[Statement]) -> Attempt<Vec<Done>> {
        let mut done = Vec::new();
        for statement in statements {
            match &statement.kind {
                StatementKind::Let { name, value, .. } => {
                    let value = self.expression(value)?;
                    let (place, kind) = (self.locals.len(), kind_of(&value));
                    if place >= LOCALS_MAX {
                        return not(statement.spot, "it has more than 16 variables");
                    }
                    self.locals.push(kind);
                    self.variables.push((name.clone(), place, kind));
                    done.push(set(place, value));
                }
                StatementKind::Assign { target, operator, value } => {
                    done.push(self.assign(target, *operator, value)?);
                }
                StatementKind::If { condition, then, otherwise } => {
                    let condition = self.kind(condition)?;
                    done.push(Done::If(condition, self.scoped(then)?, self.scoped(otherwise)?));
                }
                StatementKind::Return(Some(value)) => {
                    let value = match self.gives {
                        Type::Number => Tree::Number(self.kind(value)?),
                        _ => Tree::Truth(self.kind(value)?),
                    };
                    done.push(Done::Return(Box::new(value)));
                }
                StatementKind::Throw(None) => done.push(Done::Throw),
                StatementKind::Throw(Some(value)) if matches!(value.kind, ExpressionKind::Text(_)) => {
                    done.push(Done::Throw);
                }
                StatementKind::Block(inner) => {
                    let always = Truth::Constant(true);
                    done.push(Done::If(always, self.scoped(inner)?, Vec::new()));
                }
                StatementKind::Nothing => {}
                StatementKind::While { .. } | StatementKind::For { .. } => {
                    return not(statement.spot, "it has a loop");
                }
                _ => return not(statement.spot, "a statement whose value is dropped"),
            }
        }
        Ok(done)
    }

    fn scoped(&mut self, statements: &[Statement]) -> Attempt<Vec<Done>> {
        let known = self.variables.len();
        let done = self.statements(statements);
        self.variables.truncate(known);
        done
    }

    fn assign(&mut self, target: &Expression, operator: Option<Operator>, value: &Expression) -> Attempt<Done> {
        let ExpressionKind::Variable(name) = &target.kind else { return not(target.spot, UNSURE) };
        let known = self.variables.iter().rev().find(|(known, ..)| known == name);
        let Some((place, kind)) = known.map(|(_, place, kind)| (*place, *kind)) else {
            return not(target.spot, UNSURE);
        };
        let value = self.expression(value)?;
        self.assignments = self.assignments.saturating_add(1);
        match (operator, kind, value) {
            (None, kind, value) if kind == kind_of(&value) => Ok(set(place, value)),
            // What is assigned is worked out before the variable is read.
            (Some(operator), Type::Number, Lowered::Number(value)) if value.is_plain() => {
                let sides = Box::new((Number::Local(place), value));
                Ok(Done::SetNumber(place, Number::Arithmetic(operator, sides)))
            }
            _ => not(target.spot, "an assignment of a value that is not plain"),
        }
    }

    fn kind<E: Kind>(&mut self, expression: &Expression) -> Attempt<E> {
        if let ExpressionKind::Block(inner) = &expression.kind {
            return Ok(E::block(self.block(inner, expression.spot)?));
        }
        E::of(self.expression(expression)?).map_or_else(|| not(expression.spot, UNSURE), Ok)
    }

    fn pair(&mut self, sides: &[Expression], spot: Spot) -> Attempt<Box<(Number, Number)>> {
        let [left, right, ..] = sides else { return not(spot, UNSURE) };
        Ok(Box::new((self.kind(left)?, self.kind(right)?)))
    }

    fn expression(&mut self, expression: &Expression) -> Attempt<Lowered> {
        let spot = expression.spot;
        Ok(match &expression.kind {
            ExpressionKind::Number(number) => Lowered::Number(Number::Constant(*number)),
            ExpressionKind::Truth(truth) => Lowered::Truth(Truth::Constant(*truth)),
            ExpressionKind::Text(text) => Lowered::Text(NativeText::Constant(text.as_str().into())),
            ExpressionKind::Variable(name) => {
                let known = self.variables.iter().rev().find(|(known, ..)| known == name);
                let Some((_, place, kind)) = known else { return not(spot, UNSURE) };
                match kind {
                    Type::Number => Lowered::Number(Number::Local(*place)),
                    Type::Truth => Lowered::Truth(Truth::Local(*place)),
                    _ => Lowered::Text(NativeText::Local(*place)),
                }
            }
            ExpressionKind::Member { .. } | ExpressionKind::Key { .. } => {
                let (place, kind) = self.input(expression)?;
                match kind {
                    Type::Number => Lowered::Number(Number::Input(place)),
                    Type::Truth => Lowered::Truth(Truth::Input(place)),
                    Type::Text => Lowered::Text(NativeText::Input(place)),
                    _ => return not(spot, "it goes over the lines of the order, or a list"),
                }
            }
            ExpressionKind::Call { .. } => return self.call(expression),
            ExpressionKind::Negate(of) => Lowered::Number(Number::Negate(Box::new(self.kind(of)?))),
            ExpressionKind::Not(of) => Lowered::Truth(Truth::Not(Box::new(self.kind(of)?))),
            ExpressionKind::And(parts) => Lowered::Truth(Truth::And(self.all(parts)?)),
            ExpressionKind::Or(parts) => Lowered::Truth(Truth::Or(self.all(parts)?)),
            ExpressionKind::Binary(operator, sides) => return self.binary(*operator, &sides.0, &sides.1, spot),
            ExpressionKind::List(_) => return not(spot, "it makes a list"),
            ExpressionKind::Block(inner) => return self.block_of_any(inner, spot),
            ExpressionKind::Foreign(_) => return not(spot, UNSURE),
        })
    }

    fn all<E: Kind>(&mut self, parts: &[Expression]) -> Attempt<Vec<E>> {
        parts.iter().map(|part| self.kind(part)).collect()
    }

    /// A block of a kind that nothing around it says: as `let x = if ... { 1 } else { 2 }`.
    fn block_of_any(&mut self, inner: &[Statement], spot: Spot) -> Attempt<Lowered> {
        let variable = |name: &str| {
            let known = self.variables.iter().rev().find(|(known, ..)| known == name);
            known.map(|(_, _, kind)| *kind)
        };
        let input = |read: &Expression| self.input(read).ok().map(|(_, kind)| kind);
        match (Known { variable: &variable, input: &input }).block(inner) {
            Some(Type::Number) => self.block(inner, spot).map(|block| Lowered::Number(Number::block(block))),
            Some(Type::Truth) => self.block(inner, spot).map(|block| Lowered::Truth(Truth::block(block))),
            Some(Type::Text) => self.block(inner, spot).map(|block| Lowered::Text(NativeText::block(block))),
            _ => not(spot, UNSURE),
        }
    }

    fn binary(&mut self, operator: Operator, left: &Expression, right: &Expression, spot: Spot) -> Attempt<Lowered> {
        let sides = (self.expression(left)?, self.expression(right)?);
        Ok(match (operator, sides) {
            (Operator::Compare(comparison), (Lowered::Number(left), Lowered::Number(right))) => {
                Lowered::Truth(Truth::Numbers(comparison, Box::new((left, right))))
            }
            (Operator::Compare(comparison), (Lowered::Text(left), Lowered::Text(right))) => {
                Lowered::Truth(Truth::Texts(comparison, Box::new((left, right))))
            }
            (Operator::Compare(comparison), (Lowered::Truth(left), Lowered::Truth(right))) => {
                Lowered::Truth(Truth::Truths(comparison, Box::new((left, right))))
            }
            (operator, (Lowered::Number(left), Lowered::Number(right))) => {
                Lowered::Number(Number::Arithmetic(operator, Box::new((left, right))))
            }
            (Operator::Add, (Lowered::Text(_), Lowered::Text(_))) => return not(spot, "it puts texts together"),
            _ => return not(spot, UNSURE),
        })
    }

    /// The place and kind of what an expression reads.
    fn input(&self, expression: &Expression) -> Attempt<(usize, Type)> {
        let spot = expression.spot;
        let read = |of: &Expression, member: &str, key: Option<&str>| {
            let ExpressionKind::Variable(name) = &of.kind else { return None };
            let hidden = self.variables.iter().any(|(known, ..)| known == name);
            Input::of(Root::of(name).filter(|_| !hidden)?, member, key)
        };
        let input = match &expression.kind {
            ExpressionKind::Member { of, name } => read(of, name, None),
            ExpressionKind::Key { of, key } => match (&of.kind, &key.kind) {
                (ExpressionKind::Member { of, name }, ExpressionKind::Text(key)) => read(of, name, Some(key)),
                _ => None,
            },
            ExpressionKind::Call { name, arguments, is_method: true } => match arguments.as_slice() {
                [of, Expression { kind: ExpressionKind::Text(key), .. }] => read(of, name, Some(key)),
                _ => None,
            },
            _ => None,
        };
        let found = input.and_then(|input| Some((self.inputs.iter().position(|known| *known == input)?, input)));
        match found {
            Some((place, input)) => Ok((place, (self.kind_of)(&input))),
            None => not(spot, UNSURE),
        }
    }

    fn call(&mut self, expression: &Expression) -> Attempt<Lowered> {
        let spot = expression.spot;
        let ExpressionKind::Call { name, arguments, is_method } = &expression.kind else { return not(spot, UNSURE) };
        if let Ok((place, kind)) = self.input(expression) {
            return Ok(match kind {
                Type::Truth => Lowered::Truth(Truth::Input(place)),
                _ => Lowered::Number(Number::Input(place)),
            });
        }
        // Rhai works out what a method is given before what it is a method of, and looks up a variable that is a
        // function's first argument last.
        if *is_method && !self.may_swap(arguments) {
            return not(spot, "a method's arguments are worked out first; write it as a function");
        }
        let is_variable = matches!(arguments.as_slice(), [Expression { kind: ExpressionKind::Variable(_), .. }, ..]);
        let before = self.assignments;
        let lowered = self.function(name, arguments, spot)?;
        if (*is_method || is_variable) && self.assignments != before {
            return not(spot, "an argument assigns to a variable");
        }
        Ok(lowered)
    }

    /// Whether the order makes no difference in which arguments are worked out: at most one can fail, or all only by
    /// what is not there.
    fn may_swap(&self, arguments: &[Expression]) -> bool {
        let is_still = |argument: &Expression| {
            use ExpressionKind::{Number, Text, Truth, Variable};
            matches!(argument.kind, Number(_) | Text(_) | Truth(_) | Variable(_))
        };
        let failing = arguments.iter().filter(|argument| !is_still(argument));
        failing.clone().count() <= 1 || failing.clone().all(|argument| self.input(argument).is_ok())
    }

    fn function(&mut self, name: &str, arguments: &[Expression], spot: Spot) -> Attempt<Lowered> {
        let number = |number| Ok(Lowered::Number(number));
        match (name, arguments) {
            ("min", sides @ [_, _]) => number(Number::Min(self.pair(sides, spot)?)),
            ("max", sides @ [_, _]) => number(Number::Max(self.pair(sides, spot)?)),
            ("abs", [of]) => number(Number::Abs(Box::new(self.kind(of)?))),
            ("floor", [of]) => number(Number::Floor(Box::new(self.kind(of)?))),
            ("ceiling", [of]) => number(Number::Ceiling(Box::new(self.kind(of)?))),
            ("clamp", [of, low, high]) => {
                number(Number::Clamp(Box::new((self.kind(of)?, self.kind(low)?, self.kind(high)?))))
            }
            ("number", [of]) => number(Number::OfText(Box::new(self.kind(of)?))),
            ("round" | "round_to", [_, _, rest @ ..]) => {
                let mode = match rest {
                    [] => functions::mode("half_up"),
                    [Expression { kind: ExpressionKind::Text(mode), .. }] => functions::mode(mode),
                    _ => None,
                };
                let Some(mode) = mode else { return not(spot, "a rounding mode is no literal") };
                let sides = self.pair(arguments, spot)?;
                number(if name == "round" { Number::Round(sides, mode) } else { Number::RoundTo(sides, mode) })
            }
            ("starts_with", [text, part]) => self.part(Part::Start, text, part),
            ("ends_with", [text, part]) => self.part(Part::End, text, part),
            ("contains", [of, part]) => self.contains(of, part),
            _ => not(spot, "a function that is left to Rhai"),
        }
    }

    fn part(&mut self, part: Part, text: &Expression, wanted: &Expression) -> Attempt<Lowered> {
        Ok(Lowered::Truth(Truth::Part(part, Box::new((self.kind(text)?, self.kind(wanted)?)))))
    }

    /// `wanted in of`, and `contains(of, wanted)`.
    fn contains(&mut self, of: &Expression, wanted: &Expression) -> Attempt<Lowered> {
        if let ExpressionKind::List(items) = &of.kind {
            let all = |spot| not(spot, "a list of what is no literal, or of several kinds");
            return Ok(Lowered::Truth(match self.expression(wanted)? {
                Lowered::Number(wanted) => match items.iter().map(literal_number).collect() {
                    Some(numbers) => Truth::IsOneOfNumbers(numbers, Box::new(wanted)),
                    None => return all(of.spot),
                },
                Lowered::Text(wanted) => match items.iter().map(literal_text).collect() {
                    Some(texts) => Truth::IsOneOf(texts, wanted),
                    None => return all(of.spot),
                },
                Lowered::Truth(_) => return not(wanted.spot, "a condition in a list"),
            }));
        }
        if let Ok((place, Type::Texts)) = self.input(of) {
            return Ok(Lowered::Truth(Truth::IsIn(place, self.kind(wanted)?)));
        }
        self.part(Part::Somewhere, of, wanted)
    }
}

fn literal_number(expression: &Expression) -> Option<Decimal> {
    if let ExpressionKind::Number(number) = expression.kind { Some(number) } else { None }
}

fn literal_text(expression: &Expression) -> Option<Box<str>> {
    if let ExpressionKind::Text(text) = &expression.kind { Some(text.as_str().into()) } else { None }
}

fn kind_of(lowered: &Lowered) -> Type {
    match lowered {
        Lowered::Number(_) => Type::Number,
        Lowered::Truth(_) => Type::Truth,
        Lowered::Text(_) => Type::Text,
    }
}

fn set(place: usize, value: Lowered) -> Done {
    match value {
        Lowered::Number(number) => Done::SetNumber(place, number),
        Lowered::Truth(truth) => Done::SetTruth(place, truth),
        Lowered::Text(text) => Done::SetText(place, text),
    }
}
