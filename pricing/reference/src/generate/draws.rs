//! Draws from the bytes of a case, and the small pools of names and moments that things meet in.

use emptor_core::{Currency, Exact, IdError, Instant, RoundingMode, RoundingRule, RoundingStage, Validity, When};

/// Currencies of 2, 2, 0 and 3 decimals.
pub(super) const CURRENCIES: [&str; 4] = ["EUR", "USD", "JPY", "KWD"];

/// Moments in order; no two are one in any zone of the tenants.
const MOMENTS: [&str; 7] =
    ["2025-06-01", "2026-01-01", "2026-02-15", "2026-03-01", "2026-03-01T10:00:00Z", "2026-04-01", "2026-11-01"];

/// When things were recorded, and when books are read.
const RECORDED: [&str; 4] =
    ["2026-01-10T00:00:00Z", "2026-02-10T12:00:00Z", "2026-02-10T12:00:00.000001Z", "2026-06-01T00:00:00Z"];

/// The bytes that are left.
pub(super) struct Draws<'b> {
    bytes: &'b [u8],
}

impl<'b> Draws<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    /// A number from 0 to `count` - 1.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let high = if count > 256 { self.byte() } else { 0 };
        (usize::from(high) * 256 + usize::from(self.byte())) % count.max(1)
    }

    /// True in about `percent` of the cases; false where the bytes have run out.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    pub(super) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Mostly for ever, else open at one end or at none.
    pub(super) fn validity(&mut self) -> Validity {
        if !self.chance(35) {
            return Validity::default();
        }
        let from = self.below(MOMENTS.len() - 1);
        let to = from + 1 + self.below(MOMENTS.len() - 1 - from);
        let moment = |index: usize| MOMENTS[index].parse().ok();
        let open = self.below(3);
        Validity { from: if open == 0 { None } else { moment(from) }, to: if open == 1 { None } else { moment(to) } }
    }

    /// Two periods that touch.
    pub(super) fn touching(&mut self) -> (Validity, Validity) {
        let at = self.moment();
        (Validity { from: None, to: Some(at) }, Validity { from: Some(at), to: None })
    }

    pub(super) fn moment(&mut self) -> When {
        MOMENTS[self.below(MOMENTS.len())].parse().expect("a date or an instant")
    }

    /// Mostly the moments in the middle.
    pub(super) fn valid_at(&mut self) -> When {
        let index = if self.chance(25) { self.below(MOMENTS.len()) } else { 3 + self.below(2) };
        MOMENTS[index].parse().expect("a date or an instant")
    }

    pub(super) fn recorded_at(&mut self) -> Option<Instant> {
        self.chance(35).then(|| RECORDED[self.below(RECORDED.len())].parse().expect("an instant"))
    }

    /// Four moments of one life in order, mostly before anything is read; rarely out of order, which does not compile.
    pub(super) fn life(&mut self) -> [Instant; 4] {
        let mut moments = [(); 4].map(|()| {
            let moment = if self.chance(25) { RECORDED[self.below(RECORDED.len())] } else { "2025-12-01T00:00:00Z" };
            moment.parse().expect("an instant")
        });
        if !self.chance(1) {
            moments.sort();
        }
        moments
    }

    pub(super) fn known_at(&mut self) -> Instant {
        // The smallest choice is one by which most is known.
        RECORDED[[2, 3, 1, 0][self.below(RECORDED.len())]].parse().expect("an instant")
    }

    pub(super) fn rounding(&mut self) -> Option<RoundingRule> {
        self.chance(35).then(|| RoundingRule {
            at: self.pick(&[RoundingStage::Line, RoundingStage::Unit]),
            mode: self.pick(&RoundingMode::ALL),
            increment: self.increment(),
            offset: decimal(self.pick(&["0", "0", "-0.01", "0.003", "-1.5", "0.0000000001"])),
        })
    }

    /// Two numbers, the first below the second, either of which may be missing but not both.
    pub(super) fn bounds(&mut self, at_least: &[&str], more: &[&str]) -> (Option<Exact>, Option<Exact>) {
        let least = decimal(self.pick(at_least));
        let above = Exact::from(least.to_decimal() + decimal(self.pick(more)).to_decimal());
        match self.below(5) {
            0..=2 => (Some(least), None),
            3 => (Some(least), Some(above)),
            _ => (None, Some(above)),
        }
    }

    /// 0 to 100, mostly such that something is left to round.
    pub(super) fn percent(&mut self) -> Exact {
        let percents = ["10", "33.3333333333", "5", "2.5", "50", "12.345", "66.67", "7", "100", "0", "99.99", "0.01"];
        decimal(self.pick(&percents))
    }

    /// Zero or above, mostly about what one or a few goods cost.
    pub(super) fn small_amount(&mut self) -> Exact {
        let amounts = ["1", "0.333", "2.5", "0.01", "5", "0.005", "10", "3.3333333333", "0.1", "7", "25", "0", "99.99"];
        decimal(self.pick(&amounts))
    }

    /// Zero or above and in whole minor units, mostly about what an order comes to.
    pub(super) fn order_amount(&mut self, currency: Currency) -> Exact {
        let fraction = i64::try_from(self.below(100)).expect("below 100");
        let fraction = if self.chance(40) { fraction } else { 0 };
        let whole = self.pick(&[10, 1, 25, 50, 100, 5, 0, 200, 1000, 33]);
        scaled(whole * 10_i64.pow(currency.decimals()) + fraction, currency.decimals())
    }

    /// Rarely another currency than what is meant without one.
    pub(super) fn other_currency(&mut self) -> Option<Currency> {
        self.chance(8).then(|| currency(self.pick(&CURRENCIES)))
    }

    /// Some of the choices, in their order and each at most once; at least one, where there is one.
    pub(super) fn some<T: Clone>(&mut self, choices: &[T], at_most: usize) -> Vec<T> {
        let mut chosen: Vec<usize> = (0..=self.below(at_most)).map(|_| self.below(choices.len())).collect();
        chosen.sort_unstable();
        chosen.dedup();
        chosen.into_iter().filter_map(|index| choices.get(index).cloned()).collect()
    }

    pub(super) fn increment(&mut self) -> Exact {
        decimal(self.pick(&["0.01", "0.05", "1", "0.03", "0.0001", "10", "7", "0.0000000003", "0.125"]))
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }
}

/// The exact decimal of a text of this module's.
pub(super) fn decimal(text: &str) -> Exact {
    text.parse().expect("the generator writes decimals")
}

/// A whole number.
pub(super) fn whole(number: usize) -> Exact {
    Exact::from(u32::try_from(number).expect("the generator's numbers are small"))
}

/// `mantissa` / 10^`decimals`.
pub(super) fn scaled(mantissa: i64, decimals: u32) -> Exact {
    Exact::from_scaled(mantissa.into(), decimals).expect("64 bits fit a decimal")
}

pub(super) fn currency(code: &str) -> Currency {
    code.parse().expect("a currency of the pool")
}

/// A name of the pools.
pub(super) fn named<T>(name: Result<T, IdError>) -> T {
    name.expect("the generator's names are short")
}
