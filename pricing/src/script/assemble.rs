//! Puts a tree together to steps.
//!
//! INVARIANT (same order): a value is read before what stands behind it is worked out: it may not be there, and what
//! stands behind may fail otherwise, or assign. So an operand that something follows is copied, but where that is a leaf
//! or, for a variable, assigns to nothing.

use rust_decimal::Decimal;

use super::names::Type;
use super::steps::{
    Constant, FEW_REGISTERS, HELD_MAX, Pair, Question, REGISTERS_MAX, Register, Step, Steps, Target, Test,
};
use super::syntax::Operator;
use super::tree::{Block, Branch, Number, Statement, Switch, Switched, Text, Tree, Truth};

/// Steps of a tree that reads `inputs` and has the variables `locals`. `None`: it takes too many registers or steps.
pub(crate) fn assemble(tree: &Tree, inputs: &[Type], locals: &[Type]) -> Option<Steps> {
    let mut assembly = Assembly::default();
    for kind in inputs {
        let register = assembly.take(*kind)?;
        assembly.steps.inputs.push(register);
    }
    for kind in locals {
        let register = assembly.take(*kind)?;
        assembly.locals.push(register);
    }
    assembly.give(tree)?;
    let Assembly { mut steps, labels, most, .. } = assembly;
    let taken = most.saturating_add(steps.held.len());
    for target in steps.steps.iter_mut().filter_map(Step::target) {
        *target = *labels.get(usize::from(*target))?;
    }
    steps.is_small = taken <= FEW_REGISTERS;
    Some(steps).filter(|_| taken <= REGISTERS_MAX)
}

#[derive(Default)]
struct Assembly {
    /// Their targets are labels until all are placed.
    steps: Steps,
    labels: Vec<Target>,
    locals: Vec<Register>,
    free: Free,
    /// The most registers of a kind.
    most: usize,
}

/// By kind, the registers from here on are free.
#[derive(Clone, Copy, Default)]
struct Free {
    numbers: usize,
    truths: usize,
    texts: usize,
    lists: usize,
}

/// What is done after a value is read, and before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Follows {
    /// Another value is read, or nothing is.
    Reading,
    /// Something that can fail in another way.
    Work,
    /// Something that may assign to a variable.
    Statements,
}

/// What can be worked out into a register.
trait Put {
    fn put(&self, assembly: &mut Assembly, to: Register) -> Option<()>;
}

impl Put for Number {
    fn put(&self, assembly: &mut Assembly, to: Register) -> Option<()> {
        let step = match self {
            Self::Constant(number) => Step::Number(to, assembly.constant(Constant::new(*number))?),
            Self::Input(place) => Step::CopyNumber(to, assembly.input(*place)?),
            Self::Local(place) => Step::CopyNumber(to, assembly.local(*place)?),
            Self::Arithmetic(operator, sides) => {
                let pair = assembly.pair(sides, to)?;
                match operator {
                    Operator::Add => Step::Add(pair),
                    Operator::Subtract => Step::Subtract(pair),
                    Operator::Multiply => Step::Multiply(pair),
                    Operator::Divide => Step::Divide(pair),
                    Operator::Remainder => Step::Remainder(pair),
                    Operator::Compare(_) => return None,
                }
            }
            Self::Min(sides) => Step::Min(assembly.pair(sides, to)?),
            Self::Max(sides) => Step::Max(assembly.pair(sides, to)?),
            Self::Round(sides, mode) => Step::Round(assembly.pair(sides, to)?, *mode),
            Self::RoundTo(sides, mode) => Step::RoundTo(assembly.pair(sides, to)?, *mode),
            Self::Clamp(parts) => {
                let (number, low, high) = &**parts;
                let left = assembly.number(number, Follows::number(low).max(Follows::number(high)))?;
                let right = assembly.number(low, Follows::number(high))?;
                let high = assembly.number(high, Follows::Reading)?;
                let at_least = assembly.take(Type::Number)?;
                assembly.steps.steps.push(Step::Max(Pair { to: at_least, left, right }));
                Step::Min(Pair { to, left: at_least, right: high })
            }
            Self::Negate(of) => Step::Negate(to, assembly.number(of, Follows::Reading)?),
            Self::Abs(of) => Step::Abs(to, assembly.number(of, Follows::Reading)?),
            Self::Floor(of) => Step::Floor(to, assembly.number(of, Follows::Reading)?),
            Self::Ceiling(of) => Step::Ceiling(to, assembly.number(of, Follows::Reading)?),
            Self::OfText(of) => Step::OfText(to, assembly.text(of, Follows::Reading)?),
            Self::If(branch) => return assembly.branch(branch, to),
            Self::Switch(switch) => return assembly.switch(switch, to),
            Self::Block(block) => return assembly.block(block, to),
        };
        assembly.steps.steps.push(step);
        Some(())
    }
}

impl Put for Truth {
    fn put(&self, assembly: &mut Assembly, to: Register) -> Option<()> {
        let step = match self {
            Self::Constant(truth) => Step::Truth(to, *truth),
            Self::Input(place) => Step::CopyTruth(to, assembly.input(*place)?),
            Self::Local(place) => Step::CopyTruth(to, assembly.local(*place)?),
            Self::If(branch) => return assembly.branch(branch, to),
            Self::Switch(switch) => return assembly.switch(switch, to),
            Self::Block(block) => return assembly.block(block, to),
            _ => {
                let (is_false, end) = (assembly.label()?, assembly.label()?);
                assembly.jump(self, false, is_false)?;
                assembly.steps.steps.extend([Step::Truth(to, true), Step::Jump(end)]);
                assembly.place(is_false)?;
                assembly.steps.steps.push(Step::Truth(to, false));
                return assembly.place(end);
            }
        };
        assembly.steps.steps.push(step);
        Some(())
    }
}

impl Put for Text {
    fn put(&self, assembly: &mut Assembly, to: Register) -> Option<()> {
        let step = match self {
            Self::Constant(text) => {
                let texts = &mut assembly.steps.texts;
                texts.push(text.clone());
                Step::Text(to, last(texts)?)
            }
            Self::Input(place) => Step::CopyText(to, assembly.input(*place)?),
            Self::Local(place) => Step::CopyText(to, assembly.local(*place)?),
            Self::If(branch) => return assembly.branch(branch, to),
            Self::Switch(switch) => return assembly.switch(switch, to),
            Self::Block(block) => return assembly.block(block, to),
        };
        assembly.steps.steps.push(step);
        Some(())
    }
}

impl Follows {
    fn number(number: &Number) -> Self {
        match number {
            _ if number.is_leaf() => Self::Reading,
            _ if number.is_plain() => Self::Work,
            _ => Self::Statements,
        }
    }

    const fn text(text: &Text) -> Self {
        if text.is_leaf() { Self::Reading } else { Self::Statements }
    }
}

/// The number of the last of a list.
fn last<T>(list: &[T]) -> Option<u16> {
    u16::try_from(list.len().checked_sub(1)?).ok()
}

impl Assembly {
    fn take(&mut self, kind: Type) -> Option<Register> {
        let free = match kind {
            Type::Number => &mut self.free.numbers,
            Type::Truth => &mut self.free.truths,
            Type::Text => &mut self.free.texts,
            _ => &mut self.free.lists,
        };
        let register = *free;
        *free = register.saturating_add(1);
        self.most = self.most.max(*free);
        Register::try_from(register).ok()
    }

    fn input(&self, place: usize) -> Option<Register> {
        self.steps.inputs.get(place).copied()
    }

    fn local(&self, place: usize) -> Option<Register> {
        self.locals.get(place).copied()
    }

    fn constant(&mut self, constant: Constant) -> Option<u16> {
        self.steps.numbers.push(constant);
        last(&self.steps.numbers)
    }

    /// The register that holds a constant from the start, if there is room for it.
    fn held(&mut self, number: Decimal) -> Option<Register> {
        let held = &mut self.steps.held;
        let known = held.iter().position(|known| known.decimal.unpack() == number.unpack());
        let place = known.unwrap_or(held.len());
        if place >= HELD_MAX {
            return None;
        }
        if known.is_none() {
            held.push(Constant::new(number));
        }
        Register::try_from(place).ok().map(|place| !place)
    }

    fn label(&mut self) -> Option<Target> {
        self.labels.push(Target::MAX);
        last(&self.labels)
    }

    /// A label stands for the step that comes next.
    fn place(&mut self, label: Target) -> Option<()> {
        *self.labels.get_mut(usize::from(label))? = Target::try_from(self.steps.steps.len()).ok()?;
        Some(())
    }

    /// The register of a number.
    fn number(&mut self, number: &Number, then: Follows) -> Option<Register> {
        match number {
            Number::Input(place) if then == Follows::Reading => self.input(*place),
            Number::Local(place) if then != Follows::Statements => self.local(*place),
            _ => {
                if let Number::Constant(number) = number
                    && let Some(register) = self.held(*number)
                {
                    return Some(register);
                }
                let to = self.take(Type::Number)?;
                let free = self.free;
                number.put(self, to)?;
                self.free = free;
                Some(to)
            }
        }
    }

    /// The register of a text.
    fn text(&mut self, text: &Text, then: Follows) -> Option<Register> {
        match text {
            Text::Input(place) if then == Follows::Reading => self.input(*place),
            Text::Local(place) if then != Follows::Statements => self.local(*place),
            _ => {
                let to = self.take(Type::Text)?;
                let free = self.free;
                text.put(self, to)?;
                self.free = free;
                Some(to)
            }
        }
    }

    fn pair(&mut self, (left, right): &(Number, Number), to: Register) -> Option<Pair> {
        let free = self.free;
        let (left, right) = (self.number(left, Follows::number(right))?, self.number(right, Follows::Reading)?);
        self.free = free;
        Some(Pair { to, left, right })
    }

    fn branch<E: Put>(&mut self, branch: &Branch<E>, to: Register) -> Option<()> {
        let (otherwise, end) = (self.label()?, self.label()?);
        self.jump(&branch.condition, false, otherwise)?;
        branch.then.put(self, to)?;
        self.steps.steps.push(Step::Jump(end));
        self.place(otherwise)?;
        branch.otherwise.put(self, to)?;
        self.place(end)
    }

    fn block<E: Put>(&mut self, block: &Block<E>, to: Register) -> Option<()> {
        self.statements(&block.statements)?;
        block.value.put(self, to)
    }

    fn switch<E: Put>(&mut self, switch: &Switch<E>, to: Register) -> Option<()> {
        let free = self.free;
        let asks_only = !switch.cases.is_empty() && switch.cases.iter().all(|case| case.condition.is_none());
        let then = if asks_only { Follows::Reading } else { Follows::Statements };
        let (of, is_number) = match &switch.of {
            Switched::Number(number) => (self.number(number, then)?, true),
            Switched::Text(text) => (self.text(text, then)?, false),
        };
        let end = self.label()?;
        for case in &switch.cases {
            let next = self.label()?;
            let question = Question { of, when: false, to: next };
            let step = if is_number {
                self.steps.number_lists.push(case.numbers.iter().map(|number| Constant::new(*number)).collect());
                Step::IfNumberIn(question, last(&self.steps.number_lists)?)
            } else {
                self.steps.text_lists.push(case.texts.clone());
                Step::IfTextIn(question, last(&self.steps.text_lists)?)
            };
            self.steps.steps.push(step);
            if let Some(condition) = &case.condition {
                self.jump(condition, false, next)?;
            }
            case.then.put(self, to)?;
            self.steps.steps.push(Step::Jump(end));
            self.place(next)?;
        }
        self.free = free;
        switch.default.put(self, to)?;
        self.place(end)
    }

    /// Goes to a label where a condition is `when`, else on to the next step.
    fn jump(&mut self, truth: &Truth, when: bool, to: Target) -> Option<()> {
        let free = self.free;
        let step = match truth {
            Truth::Constant(truth) if *truth == when => Step::Jump(to),
            Truth::Constant(_) => return Some(()),
            Truth::Input(place) => Step::IfTruth(Question { of: self.input(*place)?, when, to }),
            Truth::Local(place) => Step::IfTruth(Question { of: self.local(*place)?, when, to }),
            Truth::Not(of) => return self.jump(of, !when, to),
            Truth::And(parts) => return self.jump_by_all(parts, true, when, to),
            Truth::Or(parts) => return self.jump_by_all(parts, false, when, to),
            Truth::Numbers(comparison, sides) => {
                let Pair { left, right, .. } = self.pair(sides, 0)?;
                Step::IfNumbers(Test { comparison: comparison.or_its_opposite(when), left, right, to })
            }
            Truth::Texts(comparison, sides) => {
                let (left, right) = self.texts(sides)?;
                Step::IfTexts(Test { comparison: comparison.or_its_opposite(when), left, right, to })
            }
            Truth::Truths(comparison, sides) => {
                let (left, right) = (self.take(Type::Truth)?, self.take(Type::Truth)?);
                sides.0.put(self, left)?;
                sides.1.put(self, right)?;
                Step::IfTruths(Test { comparison: comparison.or_its_opposite(when), left, right, to })
            }
            Truth::IsIn(place, of) => {
                let list = self.input(*place)?;
                if !of.is_leaf() {
                    self.steps.steps.push(Step::NeedList(list));
                }
                Step::IfListHas(Question { of: self.text(of, Follows::Reading)?, when, to }, list)
            }
            Truth::IsOneOf(texts, of) => {
                let question = Question { of: self.text(of, Follows::Reading)?, when, to };
                self.steps.text_lists.push(texts.clone());
                Step::IfTextIn(question, last(&self.steps.text_lists)?)
            }
            Truth::IsOneOfNumbers(numbers, of) => {
                let question = Question { of: self.number(of, Follows::Reading)?, when, to };
                self.steps.number_lists.push(numbers.iter().map(|number| Constant::new(*number)).collect());
                Step::IfNumberIn(question, last(&self.steps.number_lists)?)
            }
            Truth::Part(part, sides) => {
                let (of, wanted) = self.texts(sides)?;
                Step::IfPart(Question { of, when, to }, *part, wanted)
            }
            Truth::If(_) | Truth::Switch(_) | Truth::Block(_) => {
                let of = self.take(Type::Truth)?;
                truth.put(self, of)?;
                Step::IfTruth(Question { of, when, to })
            }
        };
        self.steps.steps.push(step);
        self.free = free;
        Some(())
    }

    fn texts(&mut self, (left, right): &(Text, Text)) -> Option<(Register, Register)> {
        Some((self.text(left, Follows::text(right))?, self.text(right, Follows::Reading)?))
    }

    /// Of conditions that must all hold (`goes_on` true) or of which one must (false).
    fn jump_by_all(&mut self, parts: &[Truth], goes_on: bool, when: bool, to: Target) -> Option<()> {
        if when != goes_on {
            return parts.iter().try_for_each(|part| self.jump(part, when, to));
        }
        let (last, first) = parts.split_last()?;
        let past = self.label()?;
        first.iter().try_for_each(|part| self.jump(part, !goes_on, past))?;
        self.jump(last, when, to)?;
        self.place(past)
    }

    fn statements(&mut self, statements: &[Statement]) -> Option<()> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Statement) -> Option<()> {
        let free = self.free;
        match statement {
            Statement::SetNumber(place, number) => number.put(self, self.local(*place)?)?,
            Statement::SetTruth(place, truth) => truth.put(self, self.local(*place)?)?,
            Statement::SetText(place, text) => text.put(self, self.local(*place)?)?,
            Statement::If(condition, then, otherwise) => {
                let (other, end) = (self.label()?, self.label()?);
                self.jump(condition, false, other)?;
                self.statements(then)?;
                if !otherwise.is_empty() {
                    self.steps.steps.push(Step::Jump(end));
                }
                self.place(other)?;
                self.statements(otherwise)?;
                self.place(end)?;
            }
            Statement::Return(value) => self.give(value)?,
            Statement::Throw => self.steps.steps.push(Step::Throw),
        }
        self.free = free;
        Some(())
    }

    fn give(&mut self, tree: &Tree) -> Option<()> {
        let step = match tree {
            Tree::Number(number) => Step::ReturnNumber(self.number(number, Follows::Reading)?),
            Tree::Truth(truth) => {
                let to = self.take(Type::Truth)?;
                truth.put(self, to)?;
                Step::ReturnTruth(to)
            }
        };
        self.steps.steps.push(step);
        Some(())
    }
}
