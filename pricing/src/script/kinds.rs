//! What kind of value a block gives, found before it is lowered: so each is lowered once, however deep it stands.

use super::functions;
use super::names::Type;
use super::syntax::{Expression, ExpressionKind, Operator, Statement, StatementKind};

/// What is known where a block stands.
pub(crate) struct Known<'k> {
    pub(crate) variable: &'k dyn Fn(&str) -> Option<Type>,
    pub(crate) input: &'k dyn Fn(&Expression) -> Option<Type>,
}

impl Known<'_> {
    /// What a block gives; `None`: that is not sure, or nothing.
    pub(crate) fn block(&self, statements: &[Statement]) -> Option<Type> {
        self.block_in(statements, &mut Vec::new())
    }

    /// `inner` has the variables that were declared in the blocks around it.
    fn block_in<'s>(&self, statements: &'s [Statement], inner: &mut Vec<(&'s str, Option<Type>)>) -> Option<Type> {
        let known = inner.len();
        let (last, first) = statements.split_last()?;
        for statement in first {
            if let StatementKind::Let { name, value, .. } = &statement.kind {
                let kind = self.expression(value, inner);
                inner.push((name, kind));
            }
        }
        let kind = match &last.kind {
            StatementKind::Expression(expression) => self.expression(expression, inner),
            StatementKind::Block(block) => self.block_in(block, inner),
            StatementKind::If { then, otherwise, .. } => {
                self.block_in(then, inner).or_else(|| self.block_in(otherwise, inner))
            }
            StatementKind::Switch { cases, default, .. } => {
                let mut ways = cases.iter().map(|case| &case.then).chain(default);
                ways.find_map(|way| self.expression(way, inner))
            }
            _ => None,
        };
        inner.truncate(known);
        kind
    }

    fn expression<'s>(&self, expression: &'s Expression, inner: &mut Vec<(&'s str, Option<Type>)>) -> Option<Type> {
        match &expression.kind {
            ExpressionKind::Truth(_)
            | ExpressionKind::Not(_)
            | ExpressionKind::And(_)
            | ExpressionKind::Or(_)
            | ExpressionKind::Binary(Operator::Compare(_), _) => Some(Type::Truth),
            // Texts that are put together are not lowered.
            ExpressionKind::Number(_) | ExpressionKind::Negate(_) | ExpressionKind::Binary(..) => Some(Type::Number),
            ExpressionKind::Text(_) => Some(Type::Text),
            ExpressionKind::Variable(name) => {
                let declared = inner.iter().rev().find(|(known, _)| known == name);
                declared.map_or_else(|| (self.variable)(name), |(_, kind)| *kind)
            }
            ExpressionKind::Member { .. } | ExpressionKind::Key { .. } => (self.input)(expression),
            ExpressionKind::Call { name, arguments, .. } => (self.input)(expression).or_else(|| {
                let takes = |known: &&functions::Signature| known.takes.len() == arguments.len();
                functions::ALL.iter().filter(takes).find(|known| known.name == name).map(|known| known.gives)
            }),
            ExpressionKind::Block(block) => self.block_in(block, inner),
            ExpressionKind::List(_) | ExpressionKind::Foreign(_) => None,
        }
    }
}
