//! A rule of ten lines as a script and in Rust, to measure one against the other.

use std::collections::BTreeMap;

use emptor_core::{ScriptParam, ScriptReturns};
use emptor_pricing::{ScriptTrial, TrialValue};
use rust_decimal::Decimal;

/// The rule: a percent by category from a quantity on, in two regions, and never below cost and 8 percent.
pub const RULE: &str = r#"let rate = switch line.category {
    "fasteners" => params.fasteners,
    "tools" => params.tools,
    _ => 0
};
let price = line.unit_price;
if line.quantity >= params.threshold && request.region in ["DE", "AT"] {
    price = price * (1 - rate / 100);
}
max(price, min(line.unit_price, line.cost * 1.08))"#;

/// What the rule reads.
#[derive(Debug, Clone)]
pub struct Read {
    /// The line's category.
    pub category: String,
    /// Where the goods go.
    pub region: String,
    /// The line's quantity.
    pub quantity: Decimal,
    /// Its price.
    pub unit_price: Decimal,
    /// Its cost.
    pub cost: Decimal,
    /// Percent off fasteners.
    pub fasteners: Decimal,
    /// Percent off tools.
    pub tools: Decimal,
    /// From which quantity on.
    pub threshold: Decimal,
}

impl Read {
    /// A line for which the rule does all that it does.
    pub fn sample() -> Self {
        Self {
            category: "tools".to_owned(),
            region: "AT".to_owned(),
            quantity: Decimal::from(120),
            unit_price: Decimal::new(123_456, 4),
            cost: Decimal::new(98_765, 4),
            fasteners: Decimal::new(75, 1),
            tools: Decimal::new(125, 1),
            threshold: Decimal::from(50),
        }
    }

    /// The rule in Rust.
    #[inline(never)]
    pub fn rule(&self) -> Decimal {
        let rate = match self.category.as_str() {
            "fasteners" => self.fasteners,
            "tools" => self.tools,
            _ => Decimal::ZERO,
        };
        let mut price = self.unit_price;
        if self.quantity >= self.threshold && ["DE", "AT"].contains(&self.region.as_str()) {
            price *= Decimal::ONE - rate / Decimal::ONE_HUNDRED;
        }
        price.max(self.unit_price.min(self.cost * Decimal::new(108, 2)))
    }

    /// The rule as a script, with the same values.
    ///
    /// # Panics
    /// If the text is none, which a test would show.
    pub fn trial(&self) -> ScriptTrial {
        let number = |number: Decimal| TrialValue::Number(number);
        let values = BTreeMap::from([
            ("line.category".to_owned(), TrialValue::Text(self.category.clone())),
            ("request.region".to_owned(), TrialValue::Text(self.region.clone())),
            ("line.quantity".to_owned(), number(self.quantity)),
            ("line.unit_price".to_owned(), number(self.unit_price)),
            ("line.cost".to_owned(), number(self.cost)),
            ("params.fasteners".to_owned(), number(self.fasteners)),
            ("params.tools".to_owned(), number(self.tools)),
            ("params.threshold".to_owned(), number(self.threshold)),
        ]);
        let params: BTreeMap<String, ScriptParam> =
            serde_json::from_str(r#"{ "fasteners": "number", "tools": "number", "threshold": "number" }"#)
                .expect("parameters are read");
        ScriptTrial::new(RULE, ScriptReturns::Number, &params, &values).expect("the rule compiles")
    }
}

#[cfg(test)]
mod tests {
    use emptor_pricing::TrialValue;
    use rust_decimal::Decimal;

    use super::Read;

    #[test]
    fn script_and_rust_give_the_same() {
        let cases = [("tools", "AT", 120), ("fasteners", "DE", 50), ("fasteners", "FR", 500), ("wood", "DE", 49)];
        for (category, region, quantity) in cases {
            let (category, region) = (category.to_owned(), region.to_owned());
            let read = Read { category, region, quantity: Decimal::from(quantity), ..Read::sample() };
            let trial = read.trial();
            assert!(trial.is_native());
            assert_eq!(trial.run(), Ok(TrialValue::Number(read.rule())));
            assert_eq!(trial.run(), trial.run_by_rhai());
            assert_eq!(trial.prepared().eval(), Some(read.rule()));
        }
    }
}
