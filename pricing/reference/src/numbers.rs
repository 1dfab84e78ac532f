//! Exact numbers and their rounding (R0).

use emptor_core::{Currency, Exact, RoundingMode, RoundingRule};
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, Zero};

use crate::moment::Moment;

/// An exact number of any size.
pub(crate) type Number = BigRational;

/// The number an exact decimal stands for, from its text.
pub(crate) fn number(exact: Exact) -> Number {
    let text = exact.to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = format!("{whole}{decimals}/1{}", "0".repeat(decimals.len()));
    fraction.parse().expect("an exact decimal prints as digits")
}

/// The decimal of a number that has at most 28 digits and decimals.
pub(crate) fn exact(number: &Number) -> Exact {
    let scaled = (10..=28).map(|decimals| (decimals, number.numer().abs() * power_of_ten(decimals).to_integer()));
    let (decimals, scaled) =
        scaled.into_iter().find(|(_, scaled)| (scaled % number.denom()).is_zero()).expect("it is a decimal");
    let decimals = decimals as usize;
    let digits = format!("{:0>width$}", (scaled / number.denom()).to_string(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let sign = if number.is_negative() { "-" } else { "" };
    let text = format!("{sign}{whole}.{}", part.trim_end_matches('0'));
    text.trim_end_matches('.').parse().expect("what is recorded is within the limits of R0")
}

/// A whole number.
pub(crate) fn whole(number: i64) -> Number {
    Number::from_integer(number.into())
}

/// 10 to the power of `exponent`.
pub(crate) fn power_of_ten(exponent: u32) -> Number {
    Number::from_integer(Pow::pow(whole(10).to_integer(), exponent))
}

/// Rounds to a whole number.
pub(crate) fn round_whole(number: &Number, mode: RoundingMode) -> Number {
    let below = number.floor();
    let fraction = number.numer() - below.numer() * number.denom();
    if fraction.is_zero() {
        return below;
    }
    let above = &below + Number::one();
    let (towards_zero, away) = if number.is_negative() { (&above, &below) } else { (&below, &above) };
    let even = if (below.numer() % 2_u32).is_zero() { &below } else { &above };
    let nearest = |tie: &Number| match (&fraction * 2_u32).cmp(number.denom()) {
        std::cmp::Ordering::Less => below.clone(),
        std::cmp::Ordering::Equal => tie.clone(),
        std::cmp::Ordering::Greater => above.clone(),
    };
    match mode {
        RoundingMode::HalfUp => nearest(away),
        RoundingMode::HalfEven => nearest(even),
        RoundingMode::HalfDown => nearest(towards_zero),
        RoundingMode::Up => away.clone(),
        RoundingMode::Down => towards_zero.clone(),
        RoundingMode::Ceiling => above,
        RoundingMode::Floor => below,
    }
}

/// Rounds to a multiple of `increment`.
pub(crate) fn round_to(number: &Number, increment: &Number, mode: RoundingMode) -> Number {
    increment * round_whole(&(number / increment), mode)
}

/// Rounds by a rule of a list or contract version.
pub(crate) fn round_by(number: &Number, rule: &RoundingRule) -> Number {
    let offset = self::number(rule.offset);
    &offset + round_to(&(number - &offset), &self::number(rule.increment), rule.mode)
}

/// Rounds to `decimals`.
pub(crate) fn round_decimals(number: &Number, decimals: u32, mode: RoundingMode) -> Number {
    let units = power_of_ten(decimals).to_integer();
    // Not reduced, since only its floor and its remainder are looked at.
    let scaled = Number::new_raw(number.numer() * &units, number.denom().clone());
    Number::new(round_whole(&scaled, mode).to_integer(), units)
}

/// Rounds half-even to 10 decimals.
pub(crate) fn round10(number: &Number) -> Number {
    round_decimals(number, 10, RoundingMode::HalfEven)
}

/// Rounds to the minor unit of a currency.
pub(crate) fn round_minor(number: &Number, currency: Currency, mode: RoundingMode) -> Number {
    round_decimals(number, currency.decimals(), mode)
}

/// The whole minor units of the order's currency in an amount.
pub(crate) fn floor_minor(moment: &Moment, number: &Number) -> Number {
    round_minor(number, moment.currency, RoundingMode::Floor)
}

/// Whether an amount stays below 9 x 10^14.
pub(crate) fn is_amount(number: &Number) -> bool {
    number.abs() < whole(900_000_000_000_000)
}

/// Whether a quantity stays below 10^12.
pub(crate) fn is_quantity(number: &Number) -> bool {
    number.abs() < whole(1_000_000_000_000)
}

/// Whether a number has at most `decimals`.
pub(crate) fn has_decimals(number: &Number, decimals: u32) -> bool {
    (number.numer() * power_of_ten(decimals).to_integer() % number.denom()).is_zero()
}

#[cfg(test)]
mod tests {
    use emptor_core::{RoundingMode, RoundingRule, RoundingStage};

    use super::{exact, number, round_by, round_whole, round10};

    fn parse(text: &str) -> super::Number {
        number(text.parse().unwrap())
    }

    #[test]
    fn every_mode_rounds_ties_and_signs_its_own_way() {
        let check = |text: &str, expected: [i64; 7]| {
            let rounded = RoundingMode::ALL.map(|mode| round_whole(&parse(text), mode));
            assert_eq!(rounded, expected.map(super::whole), "{text}");
        };
        // In the order half_up, half_even, half_down, up, down, ceiling, floor.
        check("2.5", [3, 2, 2, 3, 2, 3, 2]);
        check("-2.5", [-3, -2, -2, -3, -2, -2, -3]);
        check("3.5", [4, 4, 3, 4, 3, 4, 3]);
        check("2.1", [2, 2, 2, 3, 2, 3, 2]);
        check("-2.9", [-3, -3, -3, -3, -2, -2, -3]);
        check("7", [7; 7]);
    }

    #[test]
    fn a_rule_rounds_around_its_offset() {
        let rule = |increment: &str, offset: &str, mode| RoundingRule {
            at: RoundingStage::Line,
            mode,
            increment: increment.parse().unwrap(),
            offset: offset.parse().unwrap(),
        };
        let check = |text: &str, rule: RoundingRule, expected: &str| {
            assert_eq!(exact(&round_by(&parse(text), &rule)).to_string(), expected);
        };
        check("12.30", rule("1", "-0.01", RoundingMode::Up), "12.99");
        check("12.99", rule("1", "-0.01", RoundingMode::Up), "12.99");
        check("0.07", rule("0.05", "0", RoundingMode::HalfUp), "0.05");
        check("-0.075", rule("0.05", "0", RoundingMode::HalfUp), "-0.1");
    }

    #[test]
    fn ten_decimals_are_half_even() {
        assert_eq!(round10(&parse("0.00000000005")), parse("0"));
        assert_eq!(round10(&parse("0.00000000015")), parse("0.0000000002"));
        assert_eq!(exact(&parse("-0.0500")).to_string(), "-0.05");
    }
}
