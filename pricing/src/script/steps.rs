//! What a tree is put together to: steps on registers, one after the other.

use emptor_core::RoundingMode;
use rust_decimal::Decimal;

use super::short::Short;
use super::syntax::Comparison;
use super::tree::Part;

/// The most registers of a kind, and those of most scripts.
pub(crate) const REGISTERS_MAX: usize = 64;
pub(crate) const FEW_REGISTERS: usize = 16;

/// The most constants that stand in registers from the start.
pub(crate) const HELD_MAX: usize = 8;

/// Where a value stands: numbers, conditions, texts and lists of texts each have registers of their own.
pub(crate) type Register = u8;
/// The number of a step.
pub(crate) type Target = u16;

/// A script as steps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Steps {
    pub(crate) steps: Vec<Step>,
    /// By the place of what the script reads, the register of its kind.
    pub(crate) inputs: Vec<Register>,
    /// Numbers that stand in registers from the start: the last register, the one before it, and so on.
    pub(crate) held: Vec<Constant>,
    pub(crate) numbers: Vec<Constant>,
    pub(crate) texts: Vec<Box<str>>,
    pub(crate) number_lists: Vec<Vec<Constant>>,
    pub(crate) text_lists: Vec<Vec<Box<str>>>,
    /// Whether [`FEW_REGISTERS`] of each kind do.
    pub(crate) is_small: bool,
}

/// A literal number, as each way of working has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Constant {
    pub(crate) short: Option<Short>,
    pub(crate) decimal: Decimal,
}

/// Two numbers, and where their result goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) to: Register,
    pub(crate) left: Register,
    pub(crate) right: Register,
}

/// Two values that are compared, and the step that is next where the comparison holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Test {
    pub(crate) comparison: Comparison,
    pub(crate) left: Register,
    pub(crate) right: Register,
    pub(crate) to: Target,
}

/// A question, and the step that is next where its answer is `when`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) of: Register,
    pub(crate) when: bool,
    pub(crate) to: Target,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Add(Pair),
    Subtract(Pair),
    Multiply(Pair),
    Divide(Pair),
    Remainder(Pair),
    Min(Pair),
    Max(Pair),
    Round(Pair, RoundingMode),
    RoundTo(Pair, RoundingMode),
    Negate(Register, Register),
    Abs(Register, Register),
    Floor(Register, Register),
    Ceiling(Register, Register),
    /// The number that a text is.
    OfText(Register, Register),
    Number(Register, u16),
    CopyNumber(Register, Register),
    Text(Register, u16),
    CopyText(Register, Register),
    Truth(Register, bool),
    CopyTruth(Register, Register),
    Jump(Target),
    IfTruth(Question),
    IfNumbers(Test),
    IfTexts(Test),
    IfTruths(Test),
    /// Whether a number, or a text, is in a list of literals.
    IfNumberIn(Question, u16),
    IfTextIn(Question, u16),
    /// Whether a text is in a list that is read.
    IfListHas(Question, Register),
    /// Fails where a list that is read is not there.
    NeedList(Register),
    /// How a text begins, ends, or what it has.
    IfPart(Question, Part, Register),
    ReturnNumber(Register),
    ReturnTruth(Register),
    Throw,
}

impl Constant {
    pub(crate) fn new(decimal: Decimal) -> Self {
        Self { short: Short::of(&decimal), decimal }
    }
}

impl Step {
    /// The step that it may go on with in place of the next.
    pub(crate) fn target(&mut self) -> Option<&mut Target> {
        match self {
            Self::Jump(to) => Some(to),
            Self::IfTruth(question)
            | Self::IfNumberIn(question, _)
            | Self::IfTextIn(question, _)
            | Self::IfListHas(question, _)
            | Self::IfPart(question, ..) => Some(&mut question.to),
            Self::IfNumbers(test) | Self::IfTexts(test) | Self::IfTruths(test) => Some(&mut test.to),
            _ => None,
        }
    }
}
