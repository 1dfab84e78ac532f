//! The functions of the language (R13): their signatures, and what they do to numbers.
//!
//! One place for both ways of running a script: Rhai calls these, and so do the steps.

use emptor_core::{Exact, RoundingMode, ScriptError};
use rust_decimal::{Decimal, RoundingStrategy};

use super::names::Type;
use super::short::Short;

/// The most places that a rounding takes: the decimals of an amount.
const PLACES_MAX: i64 = 10;

/// What a number became, or why there is none.
pub(crate) type Worked = Result<Decimal, ScriptError>;

/// A function by the types of its arguments.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) takes: &'static [Type],
    pub(crate) gives: Type,
}

const fn function(name: &'static str, takes: &'static [Type], gives: Type) -> Signature {
    Signature { name, takes, gives }
}

/// All functions.
pub(crate) const ALL: [Signature; 26] = {
    use Type::{Any, Line, Lines, List, Nothing, Number, Text, Texts, Truth, Violation};
    [
        function("min", &[Number, Number], Number),
        function("max", &[Number, Number], Number),
        function("abs", &[Number], Number),
        function("clamp", &[Number, Number, Number], Number),
        function("floor", &[Number], Number),
        function("ceiling", &[Number], Number),
        function("round", &[Number, Number], Number),
        function("round", &[Number, Number, Text], Number),
        function("round_to", &[Number, Number], Number),
        function("round_to", &[Number, Number, Text], Number),
        function("number", &[Text], Number),
        function("text", &[Number], Text),
        function("starts_with", &[Text, Text], Truth),
        function("ends_with", &[Text, Text], Truth),
        function("contains", &[Text, Text], Truth),
        function("contains", &[Texts, Text], Truth),
        function("contains", &[List, Text], Truth),
        function("contains", &[List, Number], Truth),
        function("size", &[List], Number),
        function("size", &[Texts], Number),
        function("size", &[Lines], Number),
        function("push", &[List, Any], Nothing),
        function("violation", &[Text], Violation),
        function("violation", &[Text, Number, Number], Violation),
        function("violation", &[Line, Text], Violation),
        function("violation", &[Line, Text, Number, Number], Violation),
    ]
};

#[inline]
pub(crate) fn add(left: Decimal, right: Decimal) -> Worked {
    left.checked_add(right).ok_or(ScriptError::Arithmetic)
}

#[inline]
pub(crate) fn subtract(left: Decimal, right: Decimal) -> Worked {
    left.checked_sub(right).ok_or(ScriptError::Arithmetic)
}

#[inline]
pub(crate) fn multiply(left: Decimal, right: Decimal) -> Worked {
    match shortly(left, right, Short::times) {
        Some(product) => Ok(product),
        None => left.checked_mul(right).ok_or(ScriptError::Arithmetic),
    }
}

/// By short numbers, where these do.
#[inline]
fn shortly(left: Decimal, right: Decimal, work: impl Fn(Short, Short) -> Option<Short>) -> Option<Decimal> {
    work(Short::of(&left)?, Short::of(&right)?).map(Short::decimal)
}

/// By zero there is no quotient.
#[inline]
pub(crate) fn divide(left: Decimal, right: Decimal) -> Worked {
    match shortly(left, right, Short::over) {
        Some(quotient) => Ok(quotient),
        None => left.checked_div(right).ok_or(ScriptError::Arithmetic),
    }
}

/// A number with the other sign.
pub(crate) fn negated(mut number: Decimal) -> Decimal {
    number.set_sign_positive(number.is_sign_negative());
    number
}

pub(crate) fn remainder(left: Decimal, right: Decimal) -> Worked {
    left.checked_rem(right).ok_or(ScriptError::Arithmetic)
}

pub(crate) fn clamp(number: Decimal, low: Decimal, high: Decimal) -> Decimal {
    number.max(low).min(high)
}

pub(crate) fn floor(number: Decimal) -> Decimal {
    number.floor().normalize()
}

pub(crate) fn ceiling(number: Decimal) -> Decimal {
    number.ceil().normalize()
}

/// The mode of a name of R0.
pub(crate) fn mode(name: &str) -> Option<RoundingMode> {
    Some(match name {
        "half_up" => RoundingMode::HalfUp,
        "half_even" => RoundingMode::HalfEven,
        "half_down" => RoundingMode::HalfDown,
        "up" => RoundingMode::Up,
        "down" => RoundingMode::Down,
        "ceiling" => RoundingMode::Ceiling,
        "floor" => RoundingMode::Floor,
        _ => return None,
    })
}

/// A number rounded to so many places, which are a whole number from 0 to 10.
pub(crate) fn round(number: Decimal, places: Decimal, mode: RoundingMode) -> Worked {
    let places = i64::try_from(places.normalize().mantissa()).ok().filter(|_| places.fract().is_zero());
    let places = places.filter(|places| (0..=PLACES_MAX).contains(places));
    let places = places.and_then(|places| u32::try_from(places).ok()).ok_or(ScriptError::Arithmetic)?;
    let strategy = match mode {
        RoundingMode::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        RoundingMode::HalfEven => RoundingStrategy::MidpointNearestEven,
        RoundingMode::HalfDown => RoundingStrategy::MidpointTowardZero,
        RoundingMode::Up => RoundingStrategy::AwayFromZero,
        RoundingMode::Down => RoundingStrategy::ToZero,
        RoundingMode::Ceiling => RoundingStrategy::ToPositiveInfinity,
        RoundingMode::Floor => RoundingStrategy::ToNegativeInfinity,
    };
    Ok(number.round_dp_with_strategy(places, strategy).normalize())
}

/// A number rounded to a multiple of an increment above zero.
pub(crate) fn round_to(number: Decimal, increment: Decimal, mode: RoundingMode) -> Worked {
    if increment <= Decimal::ZERO {
        return Err(ScriptError::Arithmetic);
    }
    // A remainder is exact, where a quotient may not be: what is over decides.
    let over = remainder(number, increment)?;
    let towards_zero = subtract(number, over)?;
    if over.is_zero() {
        return Ok(towards_zero.normalize());
    }
    let is_negative = number.is_sign_negative();
    let rest = subtract(increment, over.abs())?;
    let half = over.abs().cmp(&rest);
    let is_odd = || Ok(!remainder(divide(towards_zero, increment)?, Decimal::TWO)?.is_zero());
    let away = match mode {
        RoundingMode::HalfUp => half.is_ge(),
        RoundingMode::HalfDown => half.is_gt(),
        RoundingMode::HalfEven => half.is_gt() || (half.is_eq() && is_odd()?),
        RoundingMode::Up => true,
        RoundingMode::Down => false,
        RoundingMode::Ceiling => !is_negative,
        RoundingMode::Floor => is_negative,
    };
    let rounded = match (away, is_negative) {
        (false, _) => towards_zero,
        (true, false) => add(towards_zero, increment)?,
        (true, true) => subtract(towards_zero, increment)?,
    };
    // A sum of more digits than fit is rounded, and is then no multiple.
    if remainder(rounded, increment)?.is_zero() { Ok(rounded.normalize()) } else { Err(ScriptError::Arithmetic) }
}

/// The number that a text is, as documents write it.
pub(crate) fn number(text: &str) -> Worked {
    text.parse::<Exact>().map(Exact::to_decimal).map_err(|_| ScriptError::NoValue)
}

/// A number as canonical text.
pub(crate) fn text(number: Decimal) -> String {
    if number.is_zero() { "0".to_owned() } else { Exact::from(number).to_string() }
}

#[cfg(test)]
mod tests {
    use emptor_core::ScriptError;
    use rust_decimal::Decimal;

    use super::{mode, round, round_to};

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn numbers_are_rounded_to_places_and_multiples() {
        let check = |text: &str, name: &str, places: &str, multiple: &str| {
            let mode = mode(name).unwrap();
            assert_eq!(round(decimal(text), Decimal::ONE, mode), Ok(decimal(places)), "{text} {name}");
            assert_eq!(round_to(decimal(text), decimal("0.5"), mode), Ok(decimal(multiple)), "{text} {name}");
        };
        check("1.25", "half_up", "1.3", "1.5");
        check("-1.25", "half_up", "-1.3", "-1.5");
        check("1.25", "half_even", "1.2", "1");
        check("0.75", "half_even", "0.8", "1");
        check("1.25", "half_down", "1.2", "1");
        check("1.21", "up", "1.3", "1.5");
        check("1.29", "down", "1.2", "1");
        check("-1.21", "ceiling", "-1.2", "-1");
        check("-1.21", "floor", "-1.3", "-1.5");
    }

    #[test]
    fn what_no_rounding_takes_is_an_error() {
        let half_up = mode("half_up").unwrap();
        let check = |worked| assert_eq!(worked, Err(ScriptError::Arithmetic));
        check(round(Decimal::ONE, decimal("11"), half_up));
        check(round(Decimal::ONE, decimal("-1"), half_up));
        check(round(Decimal::ONE, decimal("0.5"), half_up));
        check(round_to(Decimal::ONE, Decimal::ZERO, half_up));
        check(round_to(Decimal::MAX, Decimal::TWO, half_up));
        check(round_to(decimal("26"), decimal("6.9634419298682914697836359116"), half_up));
    }
}
