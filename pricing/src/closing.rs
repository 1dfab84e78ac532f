//! An order at its end, before tax: what tax, totals and order rules are worked out from (R0, R11).

/// An order at its end, before tax: amounts on the order's side, in minor units.
#[derive(Debug, Clone, Default)]
pub(crate) struct Closing {
    /// By line of the request; `None`: no price.
    pub(crate) lines: Vec<Option<ClosedLine>>,
    pub(crate) gifts: Vec<ClosedGift>,
    /// By charge of the request.
    pub(crate) charges: Vec<ClosedCharge>,
    /// The totals of document steps, with tax where prices are.
    pub(crate) document_steps: Vec<i64>,
}

/// A goods line or a return.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClosedLine {
    /// Without its shares.
    pub(crate) minor: i64,
    /// By document step.
    pub(crate) shares: Vec<(u32, i64)>,
    pub(crate) is_return: bool,
    /// What the price lists alone give (R7), at 10 decimals.
    pub(crate) list: i128,
}

/// Goods that come on top.
#[derive(Debug, Clone)]
pub(crate) struct ClosedGift {
    pub(crate) sku: u32,
    pub(crate) quantity_micros: i64,
    pub(crate) minor: i64,
}

/// What is charged that is no goods.
#[derive(Debug, Clone)]
pub(crate) struct ClosedCharge {
    pub(crate) minor: i64,
}

impl Closing {
    /// Whether every line has a price.
    pub(crate) fn is_complete(&self) -> bool {
        self.lines.iter().all(Option::is_some)
    }
}

impl ClosedLine {
    /// With its shares.
    pub(crate) fn with_shares(&self) -> i128 {
        self.shares.iter().fold(i128::from(self.minor), |sum, (_, share)| sum.saturating_add(i128::from(*share)))
    }

    /// Its shares together.
    pub(crate) fn shared(&self) -> i128 {
        self.with_shares().saturating_sub(self.minor.into())
    }
}
