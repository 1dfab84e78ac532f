//! The answer in words: what is in the record, and nothing else (R15).

mod layout;
mod lines;
mod nudges;
mod price;
mod rules;
mod scripts;
mod skipped;
mod sums;
mod violations;

use std::collections::BTreeMap;
use std::fmt;

use emptor_core::{AdjustmentId, LineId, Nudge, PricedOrder};

/// An order as text: what each line comes to with the steps that sum to it, then the sums, then what the order breaks.
///
/// It says what is in the record and nothing else, so an order priced without its steps shows its sums alone.
///
/// # Example
/// ```text
/// line 1: BOLT-M8X40, 60 box
///   price     980.00  contract contoso-frame, version 3, of contoso
///                     each part at its own price, the last 7.10 / 100 pc from 10000 pc
///                     1 box = 200 pc
///   promotion -49.00  spring-fasteners: 5 % off 980.00
///   net       931.00  EUR
/// ```
pub fn explain(order: &PricedOrder) -> String {
    Explanation::of(order).to_string()
}

/// An order in words, part by part.
///
/// # Example
/// ```
/// # let order = r#"{ "basis": { "semantics": 2,
/// #         "book": "0000000000000000000000000000000000000000000000000000000000000000",
/// #         "request": "0000000000000000000000000000000000000000000000000000000000000000" },
/// #     "currency": "EUR", "valid_at": "2026-03-01T00:00:00Z", "complete": true, "lines": [], "totals": {
/// #         "line_extension": { "amount": "40.00", "currency": "EUR" },
/// #         "payable": { "amount": "40.00", "currency": "EUR" } },
/// #     "violations": [{ "code": "order.value_min", "severity": "reject", "limit": "50", "actual": "40",
/// #         "fix": { "add_value": { "amount": "10.00", "currency": "EUR" } } }] }"#;
/// # let order: emptor_core::PricedOrder = serde_json::from_str(order).unwrap();
/// use emptor_pricing::Explanation;
/// let words = Explanation::of(&order).violations();
/// assert_eq!(words, "\
/// Must be changed before the order can be placed
///   order  less than the minimum order value: 40.00 EUR, at least 50.00 EUR
///          add goods for 10.00 EUR
/// ");
/// ```
#[derive(Debug, Clone)]
pub struct Explanation<'o> {
    order: &'o PricedOrder,
    labels: BTreeMap<AdjustmentId, String>,
}

impl<'o> Explanation<'o> {
    /// The explanation of an order, with adjustments by their names.
    pub fn of(order: &'o PricedOrder) -> Self {
        Self { order, labels: BTreeMap::new() }
    }

    /// The same with what adjustments are called on paper; the record has their names alone.
    #[must_use]
    pub fn with_labels(self, labels: BTreeMap<AdjustmentId, String>) -> Self {
        Self { labels, ..self }
    }

    /// Every line, gift and charge with its steps, and the prices, rules and scripts that lost or failed.
    pub fn lines(&self) -> String {
        layout::set(&self.line_blocks())
    }

    /// One line with its steps, and the prices, rules and scripts that lost or failed; empty where there is no such line.
    pub fn line(&self, line: &LineId) -> String {
        layout::set(self.line_block(line).as_slice())
    }

    /// From the goods to what is to be paid; empty where that is the sum of the lines and nothing else.
    pub fn sums(&self) -> String {
        layout::set(self.sum_block().as_slice())
    }

    /// What the order breaks, by how bad it is, and what would mend it; empty where it breaks nothing.
    pub fn violations(&self) -> String {
        layout::list(&self.violation_items())
    }

    /// What the next price breaks are worth; empty for none.
    pub fn nudges(&self, nudges: &[Nudge]) -> String {
        layout::list(&self.nudge_items(nudges))
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [self.lines(), self.sums(), self.violations()];
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        f.write_str(&parts.join("\n"))
    }
}

#[cfg(test)]
mod tests;
