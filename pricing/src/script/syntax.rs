//! The syntax of a script, as far as the language of R13 has it: what the other files work on instead of Rhai's own.

use rust_decimal::Decimal;

/// A place in a text, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A whole text.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) functions: Vec<Function>,
    pub(crate) body: Vec<Statement>,
}

/// A function of the text.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) params: Vec<String>,
    pub(crate) body: Vec<Statement>,
}

/// A statement and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) spot: Spot,
    pub(crate) kind: StatementKind,
}

#[derive(Debug, Clone)]
pub(crate) enum StatementKind {
    Let {
        name: String,
        value: Expression,
        is_constant: bool,
    },
    /// With an operator: `target op= value`.
    Assign {
        target: Expression,
        operator: Option<Operator>,
        value: Expression,
    },
    If {
        condition: Expression,
        then: Vec<Statement>,
        otherwise: Vec<Statement>,
    },
    Switch {
        of: Expression,
        cases: Vec<Case>,
        default: Option<Expression>,
    },
    /// Without a condition it is a `loop`; `do` loops are not told apart.
    While {
        condition: Option<Expression>,
        body: Vec<Statement>,
    },
    For {
        name: String,
        list: Expression,
        body: Vec<Statement>,
    },
    Break(Option<Expression>),
    Continue,
    Return(Option<Expression>),
    Throw(Option<Expression>),
    Block(Vec<Statement>),
    Expression(Expression),
    Nothing,
    /// Something that the language does not have, by its name.
    Foreign(&'static str),
}

/// The cases of a `switch` that share an expression, which counts where the condition holds.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) values: Vec<Expression>,
    pub(crate) condition: Option<Expression>,
    pub(crate) then: Expression,
}

/// An expression and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    pub(crate) spot: Spot,
    pub(crate) kind: ExpressionKind,
}

#[derive(Debug, Clone)]
pub(crate) enum ExpressionKind {
    Number(Decimal),
    Truth(bool),
    Text(String),
    Variable(String),
    /// `of.name`
    Member {
        of: Box<Expression>,
        name: String,
    },
    /// `of["key"]`
    Key {
        of: Box<Expression>,
        key: Box<Expression>,
    },
    /// `name(arguments)`, or as a method of the first argument.
    Call {
        name: String,
        arguments: Vec<Expression>,
        is_method: bool,
    },
    Negate(Box<Expression>),
    Not(Box<Expression>),
    Binary(Operator, Box<(Expression, Expression)>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    List(Vec<Expression>),
    Block(Vec<Statement>),
    /// Something that the language does not have, by its name.
    Foreign(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Compare(Comparison),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// As it is written.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Compare(Comparison::Equal) => "==",
            Self::Compare(Comparison::NotEqual) => "!=",
            Self::Compare(Comparison::Less) => "<",
            Self::Compare(Comparison::LessOrEqual) => "<=",
            Self::Compare(Comparison::Greater) => ">",
            Self::Compare(Comparison::GreaterOrEqual) => ">=",
        }
    }

    /// The operator of a sign.
    pub(crate) fn of(sign: &str) -> Option<Self> {
        let all = [Self::Add, Self::Subtract, Self::Multiply, Self::Divide, Self::Remainder];
        let comparisons = Comparison::ALL.map(Self::Compare);
        all.into_iter().chain(comparisons).find(|operator| operator.sign() == sign)
    }
}

impl Comparison {
    const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual];

    /// Whether an ordering satisfies it.
    pub(crate) fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// It, or what holds where it does not.
    pub(crate) fn or_its_opposite(self, is_it: bool) -> Self {
        match self {
            _ if is_it => self,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }
}

impl Default for Spot {
    /// Where a text begins.
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl Spot {
    /// A place to be shown: `line 2, column 5`.
    pub(crate) fn shown(self) -> String {
        format!("line {}, column {}", self.line, self.column)
    }
}
