//! From a text to its syntax: the only file that knows how Rhai keeps a program (its `internals`, of one exact version).
//!
//! Rhai reads the text; what it read is written again as [`super::syntax`]. What a script reads of the order is made one
//! variable each in Rhai's program (`line.quantity` is the variable of that name), so that a run is given what it reads
//! and nothing else.

use std::collections::BTreeMap;

use emptor_core::ScriptLimits;
use rhai::{ASTNode, BinaryExpr, Engine, Expr, FlowControl, FnCallExpr, LexError, Position, Stmt, StmtBlock, Token};
use rust_decimal::Decimal;

use super::names::{self, Root};
use super::syntax::{Case, Expression, ExpressionKind, Function, Operator, Spot, Statement, StatementKind, Text};

/// A text that Rhai could read.
pub(crate) struct Parsed {
    pub(crate) text: Text,
    /// What is run where the script is not lowered.
    pub(crate) program: rhai::AST,
}

/// Why a text cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) spot: Spot,
    pub(crate) message: String,
}

/// Makes every number of a text a decimal, whatever it looks like.
pub(crate) fn read_numbers_as_decimals(engine: &mut Engine) {
    #[expect(deprecated, reason = "not deprecated, but volatile: the version is pinned, and a test holds it")]
    engine.on_parse_token(|token, _, _| match token {
        Token::IntegerConstant(number) => {
            Token::DecimalConstant(Box::new((Decimal::from(number), number.to_string().into())))
        }
        // A literal is exact: Rhai rounds one of more digits than a decimal has.
        Token::DecimalConstant(number) if Decimal::from_str_exact(&number.1).is_err() => {
            Token::LexError(Box::new(LexError::MalformedNumber(number.1.to_string())))
        }
        other => other,
    });
}

/// Reads a text.
///
/// # Errors
/// The first thing that is no syntax, or beyond the bounds on texts.
pub(crate) fn parse(engine: &Engine, limits: &ScriptLimits, text: &str) -> Result<Parsed, Unreadable> {
    if text.len() > limits.text_bytes_max {
        let message = format!("the text is longer than {} bytes", limits.text_bytes_max);
        return Err(Unreadable { spot: Spot::default(), message });
    }
    let program = engine.compile(text).map_err(|error| {
        let message = error.err_type().to_string();
        Unreadable { spot: spot(error.position()), message: message.to_lowercase() }
    })?;
    let body: Vec<Statement> = program.statements().iter().map(statement).collect();
    let functions = functions(&program, body.len());
    let rewritten: Vec<Stmt> = program
        .statements()
        .iter()
        .cloned()
        .map(|mut statement| {
            rewrite_statement(&mut statement);
            statement
        })
        .collect();
    let program = rhai::AST::new(rewritten, program.shared_lib().clone());
    Ok(Parsed { text: Text { functions, body }, program })
}

/// The functions of a program, of which `own` statements are not of a function.
fn functions(program: &rhai::AST, own: usize) -> Vec<Function> {
    let mut statements = Vec::new();
    program.walk(&mut |path: &[ASTNode<'_>]| {
        if let [ASTNode::Stmt(top)] = path {
            statements.push(statement(top));
        }
        true
    });
    let functions = program.iter_fn_def().map(|function| {
        let (start, end) = (spot(function.body.start_position()), spot(function.body.end_position()));
        let within = |statement: &&Statement| (start..=end).contains(&statement.spot);
        Function {
            name: function.name.to_string(),
            params: function.params.iter().map(ToString::to_string).collect(),
            body: statements.iter().skip(own).filter(within).cloned().collect(),
        }
    });
    let mut functions: Vec<Function> = functions.collect();
    functions.sort_by(|left, right| (&left.name, left.params.len()).cmp(&(&right.name, right.params.len())));
    functions
}

fn spot(position: Position) -> Spot {
    Spot { line: position.line().unwrap_or(0), column: position.position().unwrap_or(0) }
}

fn block(block: &StmtBlock) -> Vec<Statement> {
    block.iter().map(statement).collect()
}

fn statement(stmt: &Stmt) -> Statement {
    let kind = match stmt {
        Stmt::Noop(_) => StatementKind::Nothing,
        Stmt::If(flow, _) => StatementKind::If {
            condition: expression(&flow.expr),
            then: block(&flow.body),
            otherwise: block(&flow.branch),
        },
        Stmt::Switch(switch, _) => switch_statement(switch),
        Stmt::While(flow, _) => StatementKind::While {
            condition: (!matches!(flow.expr, Expr::Unit(_))).then(|| expression(&flow.expr)),
            body: block(&flow.body),
        },
        Stmt::Do(flow, ..) => StatementKind::While { condition: Some(expression(&flow.expr)), body: block(&flow.body) },
        Stmt::For(parts, _) => match &**parts {
            (_, Some(_), _) => StatementKind::Foreign("a counter in `for`"),
            (name, None, flow) => StatementKind::For {
                name: name.name.to_string(),
                list: expression(&flow.expr),
                body: block(&flow.body),
            },
        },
        Stmt::Var(parts, flags, _) => StatementKind::Let {
            name: parts.0.name.to_string(),
            value: expression(&parts.1),
            is_constant: flags.contains(rhai::ASTFlags::CONSTANT),
        },
        Stmt::Assignment(parts) => {
            let (assignment, BinaryExpr { lhs, rhs }) = &**parts;
            let operator = assignment.get_op_assignment_info().map(|info| Operator::of(info.5));
            match operator {
                Some(None) => StatementKind::Foreign("this assignment"),
                operator => StatementKind::Assign {
                    target: expression(lhs),
                    operator: operator.flatten(),
                    value: expression(rhs),
                },
            }
        }
        Stmt::FnCall(call, position) => StatementKind::Expression(function_call(call, *position, false)),
        Stmt::Block(inner) => StatementKind::Block(block(inner)),
        Stmt::Expr(inner) => StatementKind::Expression(expression(inner)),
        Stmt::BreakLoop(value, flags, _) if flags.contains(rhai::ASTFlags::BREAK) => {
            StatementKind::Break(value.as_deref().map(expression))
        }
        Stmt::BreakLoop(..) => StatementKind::Continue,
        Stmt::Return(value, flags, _) if flags.contains(rhai::ASTFlags::BREAK) => {
            StatementKind::Throw(value.as_deref().map(expression))
        }
        Stmt::Return(value, ..) => StatementKind::Return(value.as_deref().map(expression)),
        Stmt::TryCatch(..) => StatementKind::Foreign("`try`"),
        _ => StatementKind::Foreign("this statement"),
    };
    Statement { spot: spot(stmt.position()), kind }
}

fn switch_statement(switch: &(Expr, rhai::SwitchCasesCollection)) -> StatementKind {
    let (of, collection) = switch;
    if !collection.ranges.is_empty() {
        return StatementKind::Foreign("a range in `switch`");
    }
    // By the expression: several values may share one.
    let mut values: BTreeMap<usize, Vec<Expression>> = BTreeMap::new();
    let mut sound = true;
    for case in collection.cases.values() {
        for index in &case.blocks {
            match literal(&case.value) {
                Some(kind) => values.entry(*index).or_default().push(Expression { spot: Spot::default(), kind }),
                None => sound = false,
            }
        }
    }
    if !sound {
        return StatementKind::Foreign("this case of `switch`");
    }
    let cases = values.into_iter().filter_map(|(index, values)| {
        let BinaryExpr { lhs, rhs } = collection.expressions.get(index)?;
        let condition = (!matches!(lhs, Expr::BoolConstant(true, _))).then(|| expression(lhs));
        Some(Case { values, condition, then: expression(rhs) })
    });
    let default = collection.def_case.and_then(|index| collection.expressions.get(index));
    StatementKind::Switch {
        of: expression(of),
        cases: cases.collect(),
        default: default.map(|expressions| expression(&expressions.rhs)),
    }
}

/// A value that Rhai worked out from a literal.
fn literal(value: &rhai::Dynamic) -> Option<ExpressionKind> {
    if let Ok(number) = value.as_decimal() {
        return Some(ExpressionKind::Number(number));
    }
    if let Ok(truth) = value.as_bool() {
        return Some(ExpressionKind::Truth(truth));
    }
    value.as_immutable_string_ref().ok().map(|text| ExpressionKind::Text(text.to_string()))
}

fn expression(expr: &Expr) -> Expression {
    let kind = match expr {
        Expr::DynamicConstant(value, _) => literal(value).unwrap_or(ExpressionKind::Foreign("this value")),
        Expr::BoolConstant(truth, _) => ExpressionKind::Truth(*truth),
        Expr::StringConstant(text, _) => ExpressionKind::Text(text.to_string()),
        Expr::Array(items, _) => ExpressionKind::List(items.iter().map(expression).collect()),
        Expr::Variable(parts, ..) => ExpressionKind::Variable(parts.1.to_string()),
        Expr::Stmt(inner) => ExpressionKind::Block(block(inner)),
        Expr::FnCall(call, position) => return function_call(call, *position, false),
        Expr::Dot(parts, flags, _) if !flags.contains(rhai::ASTFlags::NEGATED) => {
            return chain(expression(&parts.lhs), &parts.rhs);
        }
        Expr::Index(parts, flags, _) if !flags.contains(rhai::ASTFlags::NEGATED) => {
            return index(expression(&parts.lhs), &parts.rhs, *flags);
        }
        Expr::And(parts, _) => ExpressionKind::And(parts.iter().map(expression).collect()),
        Expr::Or(parts, _) => ExpressionKind::Or(parts.iter().map(expression).collect()),
        Expr::IntegerConstant(..) => ExpressionKind::Foreign("a range"),
        Expr::CharConstant(..) => ExpressionKind::Foreign("a character"),
        Expr::InterpolatedString(..) => ExpressionKind::Foreign("an interpolated text"),
        Expr::Map(..) => ExpressionKind::Foreign("a map"),
        Expr::Unit(_) => ExpressionKind::Foreign("`()`"),
        Expr::ThisPtr(_) => ExpressionKind::Foreign("`this`"),
        Expr::Dot(..) | Expr::Index(..) => ExpressionKind::Foreign("`?.`"),
        Expr::Coalesce(..) => ExpressionKind::Foreign("`??`"),
        _ => ExpressionKind::Foreign("this expression"),
    };
    Expression { spot: spot(expr.start_position()), kind }
}

/// `of.rest`: Rhai keeps chains from the left to the right, each link holding the rest.
fn chain(of: Expression, rest: &Expr) -> Expression {
    let at = of.spot;
    match rest {
        Expr::Property(property, _) => {
            let kind = ExpressionKind::Member { of: Box::new(of), name: property.2.to_string() };
            Expression { spot: at, kind }
        }
        Expr::MethodCall(call, position) => {
            let mut called = function_call(call, *position, true);
            if let ExpressionKind::Call { arguments, .. } = &mut called.kind {
                arguments.insert(0, of);
            }
            Expression { spot: at, ..called }
        }
        Expr::Dot(parts, flags, _) if !flags.contains(rhai::ASTFlags::NEGATED) => {
            chain(chain(of, &parts.lhs), &parts.rhs)
        }
        Expr::Index(parts, flags, _) if !flags.contains(rhai::ASTFlags::NEGATED) => {
            index(chain(of, &parts.lhs), &parts.rhs, *flags)
        }
        _ => Expression { spot: at, kind: ExpressionKind::Foreign("`?.`") },
    }
}

/// `of[key]` and what follows it.
fn index(of: Expression, rest: &Expr, flags: rhai::ASTFlags) -> Expression {
    let at = of.spot;
    if let Expr::Dot(_, inner, _) | Expr::Index(_, inner, _) = rest
        && inner.contains(rhai::ASTFlags::NEGATED)
        && !flags.contains(rhai::ASTFlags::BREAK)
    {
        return Expression { spot: at, kind: ExpressionKind::Foreign("`?.`") };
    }
    let keyed = |of: Expression, key: &Expr| {
        let kind = ExpressionKind::Key { of: Box::new(of), key: Box::new(expression(key)) };
        Expression { spot: at, kind }
    };
    match rest {
        // The chain goes on behind the brackets.
        Expr::Dot(parts, ..) if !flags.contains(rhai::ASTFlags::BREAK) => chain(keyed(of, &parts.lhs), &parts.rhs),
        Expr::Index(parts, inner, _) if !flags.contains(rhai::ASTFlags::BREAK) => {
            index(keyed(of, &parts.lhs), &parts.rhs, *inner)
        }
        key => keyed(of, key),
    }
}

fn function_call(call: &FnCallExpr, position: Position, is_method: bool) -> Expression {
    let mut arguments: Vec<Expression> = call.args.iter().map(expression).collect();
    let name = call.name.as_str();
    let at = arguments
        .first()
        .map_or(spot(position), |first| if call.is_operator_call() { first.spot } else { spot(position) });
    let kind = match (call.is_operator_call() && name != "contains", arguments.len()) {
        (true, 1) => {
            let of = Box::new(arguments.remove(0));
            match name {
                "-" => ExpressionKind::Negate(of),
                "!" => ExpressionKind::Not(of),
                _ => ExpressionKind::Foreign("this operator"),
            }
        }
        (true, 2) => match Operator::of(name) {
            Some(operator) => {
                let right = arguments.remove(1);
                ExpressionKind::Binary(operator, Box::new((arguments.remove(0), right)))
            }
            None => ExpressionKind::Foreign(match name {
                "**" => "`**`",
                ".." | "..=" => "a range",
                _ => "a bit operation",
            }),
        },
        (true, _) => ExpressionKind::Foreign("this operator"),
        (false, _) if call.capture_parent_scope => ExpressionKind::Foreign("`!` behind a function"),
        (false, _) => ExpressionKind::Call { name: name.to_owned(), arguments, is_method },
    };
    Expression { spot: at, kind }
}

fn rewrite_block(block: &mut StmtBlock) {
    block.statements_mut().iter_mut().for_each(rewrite_statement);
}

fn rewrite_flow(flow: &mut FlowControl) {
    rewrite(&mut flow.expr);
    rewrite_block(&mut flow.body);
    rewrite_block(&mut flow.branch);
}

fn rewrite_statement(stmt: &mut Stmt) {
    match stmt {
        Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) => rewrite_flow(flow),
        Stmt::Switch(switch, _) => {
            rewrite(&mut switch.0);
            for expressions in &mut switch.1.expressions {
                rewrite(&mut expressions.lhs);
                rewrite(&mut expressions.rhs);
            }
        }
        Stmt::For(parts, _) => rewrite_flow(&mut parts.2),
        Stmt::Var(parts, ..) => rewrite(&mut parts.1),
        Stmt::Assignment(parts) => {
            rewrite(&mut parts.1.lhs);
            rewrite(&mut parts.1.rhs);
        }
        Stmt::FnCall(call, _) => rewrite_call(call),
        Stmt::Block(inner) => rewrite_block(inner),
        Stmt::Expr(inner) => rewrite(inner),
        Stmt::BreakLoop(Some(value), ..) | Stmt::Return(Some(value), ..) => rewrite(value),
        _ => {}
    }
}

/// Makes what is read of the order one variable each, in an expression and what is in it.
fn rewrite(expr: &mut Expr) {
    match expr {
        Expr::Array(items, _) => items.iter_mut().for_each(rewrite),
        Expr::Stmt(inner) => rewrite_block(inner),
        Expr::FnCall(call, _) => rewrite_call(call),
        Expr::MethodCall(call, _) => call.args.iter_mut().for_each(rewrite),
        Expr::And(parts, _) | Expr::Or(parts, _) => parts.iter_mut().for_each(rewrite),
        Expr::Dot(..) => {
            rewrite_read(expr);
            if let Expr::Dot(parts, ..) | Expr::Index(parts, ..) = expr {
                rewrite(&mut parts.lhs);
                rewrite(&mut parts.rhs);
            }
        }
        Expr::Index(parts, ..) => {
            rewrite(&mut parts.lhs);
            rewrite(&mut parts.rhs);
        }
        _ => {}
    }
}

/// Rhai looks up a variable that is the first argument after the other arguments were worked out: an operator that is
/// ours then sees another value than Rhai's own, and a failure of what is read comes second. A list of one way for it
/// to be there (`a ?? b`, without a `b`) is no variable.
fn rewrite_call(call: &mut FnCallExpr) {
    call.args.iter_mut().for_each(rewrite);
    let is_operator = call.is_operator_call();
    let [first, rest @ ..] = call.args.as_mut_slice() else { return };
    let Expr::Variable(name, _, at) = &*first else { return };
    let is_still = |argument: &Expr| argument.is_constant() || matches!(argument, Expr::Variable(..));
    if (is_operator || name.1.contains('.')) && !rest.iter().all(is_still) {
        let at = *at;
        *first = Expr::Coalesce(Box::new(vec![std::mem::take(first)].into()), at);
    }
}

/// `line.quantity.more` becomes `[line.quantity].more`, where the brackets are the name of a variable.
fn rewrite_read(expr: &mut Expr) {
    let Expr::Dot(parts, ..) = expr else { return };
    let Expr::Variable(root, None, at) = &parts.lhs else { return };
    if root.0.is_some() || Root::of(&root.1).is_none() {
        return;
    }
    let (root, at) = (root.1.clone(), *at);
    let member = |first: &Expr| match first {
        Expr::Property(property, _) => Some(names::variable(&root, &property.2, None)),
        Expr::MethodCall(call, _) => match call.args.as_slice() {
            [Expr::StringConstant(key, _)] => Some(names::variable(&root, &call.name, Some(key))),
            _ => None,
        },
        _ => None,
    };
    let variable = |name: String| Expr::Variable(Box::new((None, name.into())), None, at);
    let read = match &mut parts.rhs {
        Expr::Dot(rest, inner, inner_position) => member(&rest.lhs).map(|name| {
            let rest = BinaryExpr { lhs: variable(name), rhs: std::mem::take(&mut rest.rhs) };
            Expr::Dot(Box::new(rest), *inner, *inner_position)
        }),
        Expr::Index(rest, inner, inner_position) => {
            let has_key = |name: &Expr| matches!(name, Expr::Property(property, _) if names::is_keyed(&property.2));
            match (&rest.lhs, &mut rest.rhs) {
                // The key alone: the chain ends behind the brackets.
                (Expr::Property(property, _), Expr::StringConstant(key, _)) if has_key(&rest.lhs) => {
                    Some(variable(names::variable(&root, &property.2, Some(key))))
                }
                (Expr::Property(property, _), Expr::Dot(more, more_flags, more_position))
                    if has_key(&rest.lhs) && !inner.contains(rhai::ASTFlags::BREAK) =>
                {
                    match &more.lhs {
                        Expr::StringConstant(key, _) => {
                            let name = names::variable(&root, &property.2, Some(key));
                            let more = BinaryExpr { lhs: variable(name), rhs: std::mem::take(&mut more.rhs) };
                            Some(Expr::Dot(Box::new(more), *more_flags, *more_position))
                        }
                        _ => None,
                    }
                }
                _ => member(&rest.lhs).map(|name| {
                    let rest = BinaryExpr { lhs: variable(name), rhs: std::mem::take(&mut rest.rhs) };
                    Expr::Index(Box::new(rest), *inner, *inner_position)
                }),
            }
        }
        first => member(first).map(variable),
    };
    if let Some(read) = read {
        *expr = read;
    }
}
