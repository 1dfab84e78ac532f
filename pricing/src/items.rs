//! What the procedure acts on: goods lines and charges, and what happened to each (R7).

use emptor_core::{Exact, NoPrice, ScriptError, StepKind};

use crate::procedure::BasisSum;

/// A goods line or a charge under way. Amounts are in the order's currency, at 10 decimals.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    /// Whether it takes part: it has a price, and is no return.
    pub(crate) live: bool,
    /// Why it takes part no more, where it lost its price on the way.
    pub(crate) lost: Option<NoPrice>,
    /// Before the procedure.
    pub(crate) base: i128,
    /// What the price lists alone give.
    pub(crate) list: i128,
    /// What it comes to so far.
    pub(crate) running: i128,
    /// The steps that do not act on it: one bit each.
    pub(crate) excluded: u64,
    /// What changed it, in turn.
    pub(crate) changes: Vec<Change>,
}

/// What changed an item.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) by: ChangeBy,
    pub(crate) amount: i128,
    pub(crate) shown: ChangeShown,
}

/// Where a change stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeShown {
    /// In the net of the line.
    Line,
    /// Beside it: it is not part of the price.
    Memo,
    /// As the line's share of a document step, by its number.
    Document(u32),
}

/// By what an item was changed.
#[derive(Debug, Clone)]
pub(crate) enum ChangeBy {
    /// A rule of a step, by their numbers; of rules by hand, no number.
    Rule {
        step: usize,
        rule: Option<u32>,
        reading: Reading,
        of_order: Option<i128>,
    },
    Guard {
        kind: emptor_core::GuardKind,
        of: GuardHolder,
        limit: i128,
    },
    Redistribution,
    /// The commitment of a contract version, by its number as a source.
    Commitment {
        source: u32,
    },
}

/// Whose guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GuardHolder {
    Product,
    Entry,
    /// By its number as a source.
    List(u32),
    Tenant,
}

/// The number that a rule used, and what a percent is of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reading {
    pub(crate) number: Option<Exact>,
    pub(crate) basis: Option<i128>,
    /// Why the scripts of `for`, `when` and the effect failed, where something stands for what they would have returned.
    pub(crate) failed: [Option<ScriptError>; 3],
}

impl Item {
    /// An item that begins at an amount.
    pub(crate) fn at(base: i128, list: i128) -> Self {
        Self { live: true, base, list, running: base, ..Self::default() }
    }

    /// The sum of its changes in a step.
    pub(crate) fn changed_in(&self, wanted: usize) -> i128 {
        let of_step = |change: &&Change| matches!(change.by, ChangeBy::Rule { step, .. } if step == wanted);
        self.changes.iter().filter(of_step).fold(0, |sum, change| sum.saturating_add(change.amount))
    }

    /// Whether one of its changes in a step is not zero.
    pub(crate) fn was_changed_in(&self, wanted: usize) -> bool {
        let of_step = |change: &Change| matches!(change.by, ChangeBy::Rule { step, .. } if step == wanted);
        self.changes.iter().any(of_step)
    }

    /// The changes that are in its net.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (StepKind, i128)> + '_ {
        let in_net = self.changes.iter().filter(|change| change.shown == ChangeShown::Line);
        in_net.map(|change| {
            let step = match change.by {
                ChangeBy::Rule { .. } => StepKind::Adjustment,
                ChangeBy::Guard { .. } => StepKind::Guard,
                ChangeBy::Redistribution => StepKind::Redistribution,
                ChangeBy::Commitment { .. } => StepKind::Commitment,
            };
            (step, change.amount)
        })
    }

    /// Its shares of document steps, together.
    pub(crate) fn shared(&self) -> i128 {
        let shares = self.changes.iter().filter(|change| matches!(change.shown, ChangeShown::Document(_)));
        shares.fold(0, |sum, share| sum.saturating_add(share.amount))
    }

    /// A subtotal of it.
    pub(crate) fn sum(&self, sum: &BasisSum) -> i128 {
        let own = self.list.saturating_mul(sum.list).saturating_add(self.base.saturating_mul(sum.base));
        sum.steps
            .iter()
            .fold(own, |total, (step, times)| total.saturating_add(self.changed_in(*step).saturating_mul(*times)))
    }
}
