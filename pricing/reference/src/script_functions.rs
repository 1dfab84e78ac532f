//! The language of scripts: Rhai with nothing in it but what R13 lists, and decimals as its only numbers.

use std::cmp::Ordering;
use std::sync::LazyLock;

use emptor_core::{Exact, RoundingMode, ScriptError, ScriptLimits};
use num_traits::Signed;
use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, OptimizationLevel, ParseErrorType, Token};
use rust_decimal::Decimal;

use crate::numbers::{Number, exact, is_amount, number, power_of_ten, round_decimals, round_to, round10};
use crate::script_view::{self, LineView, Lines};

/// What a native function gives.
pub(crate) type Answer<T> = Result<T, Box<EvalAltResult>>;

/// The language is the same for all scripts.
pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(engine);

/// A reason of our own, on its way through Rhai.
#[derive(Debug)]
struct Failure(ScriptError);

/// What a script says that an order breaks.
#[derive(Clone)]
pub(crate) struct Broken {
    /// The line, by its place in the request.
    pub(crate) line: Option<usize>,
    pub(crate) message: String,
    /// The limit, and what the order has.
    pub(crate) numbers: Option<(Exact, Exact)>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}

/// An error of Rhai that carries a reason of our own.
pub(crate) fn failed<T>(error: ScriptError) -> Answer<T> {
    Err(EvalAltResult::ErrorSystem(String::new(), Box::new(Failure(error))).into())
}

/// Why a script failed.
pub(crate) fn reason(error: &EvalAltResult) -> ScriptError {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => reason(inner),
        EvalAltResult::ErrorSystem(_, inner) => {
            inner.downcast_ref::<Failure>().map_or(ScriptError::Type, |failure| failure.0)
        }
        EvalAltResult::ErrorArithmetic(..) => ScriptError::Arithmetic,
        EvalAltResult::ErrorTooManyOperations(..)
        | EvalAltResult::ErrorStackOverflow(..)
        | EvalAltResult::ErrorDataTooLarge(..)
        | EvalAltResult::ErrorTooManyVariables(..)
        | EvalAltResult::ErrorParsing(ParseErrorType::ExprTooDeep | ParseErrorType::TooManyFunctions, _) => {
            ScriptError::Limit
        }
        EvalAltResult::ErrorRuntime(..) => ScriptError::Thrown,
        _ => ScriptError::Type,
    }
}

/// The number that a decimal is.
pub(crate) fn of_decimal(decimal: Decimal) -> Number {
    number(Exact::from(decimal))
}

/// The decimal that a number is; `None`: it has too many digits.
pub(crate) fn decimal(number: &Number) -> Option<Decimal> {
    let scaled = (0..=28).find_map(|decimals| {
        let scaled = number * power_of_ten(decimals);
        scaled.is_integer().then(|| (decimals, scaled.to_integer()))
    });
    let (decimals, scaled) = scaled?;
    Decimal::try_from_i128_with_scale(i128::try_from(scaled).ok()?, decimals).ok()
}

fn fitting(number: &Number) -> Answer<Decimal> {
    decimal(number).map_or_else(|| failed(ScriptError::Arithmetic), Ok)
}

fn engine() -> Engine {
    let limits = ScriptLimits::DEFAULT;
    let mut engine = Engine::new_raw();
    engine
        .set_optimization_level(OptimizationLevel::None)
        // Else a comparison of two kinds would be false and not an error.
        .set_fast_operators(false)
        .set_max_operations(limits.operations_max)
        .set_max_call_levels(limits.call_depth_max)
        .set_max_expr_depths(limits.expression_depth_max, limits.expression_depth_max)
        .set_max_string_size(limits.string_bytes_max)
        .set_max_array_size(limits.array_length_max)
        .set_max_map_size(limits.map_entries_max)
        .set_max_variables(limits.variables_max)
        .set_max_functions(limits.functions_max);
    #[expect(deprecated, reason = "it is not deprecated but volatile, and the version of Rhai is pinned")]
    engine.on_parse_token(|token, _, _| match token {
        Token::IntegerConstant(whole) => {
            Token::DecimalConstant(Box::new((Decimal::from(whole), whole.to_string().into())))
        }
        other => other,
    });
    operators(&mut engine);
    numbers(&mut engine);
    roundings(&mut engine);
    texts(&mut engine);
    lists(&mut engine);
    violations(&mut engine);
    script_view::register(&mut engine);
    engine
}

/// Everything is for two numbers, else for two texts, and fails for two values that do not go together.
fn operators(engine: &mut Engine) {
    engine.register_fn("==", |left: Dynamic, right: Dynamic| equals(&left, &right));
    engine.register_fn("!=", |left: Dynamic, right: Dynamic| equals(&left, &right).map(|equal| !equal));
    engine.register_fn("<", |left: Dynamic, right: Dynamic| compare(&left, &right).map(Ordering::is_lt));
    engine.register_fn("<=", |left: Dynamic, right: Dynamic| compare(&left, &right).map(Ordering::is_le));
    engine.register_fn(">", |left: Dynamic, right: Dynamic| compare(&left, &right).map(Ordering::is_gt));
    engine.register_fn(">=", |left: Dynamic, right: Dynamic| compare(&left, &right).map(Ordering::is_ge));
    engine.register_fn("!", |truth: bool| !truth);
    engine.register_fn("-", |number: Decimal| -number);
    engine.register_fn("+", |number: Decimal| number);
    engine.register_fn("+", |left: ImmutableString, right: ImmutableString| left + right);
    arithmetic(engine, "+", Decimal::checked_add);
    arithmetic(engine, "-", Decimal::checked_sub);
    arithmetic(engine, "*", Decimal::checked_mul);
    arithmetic(engine, "/", Decimal::checked_div);
    arithmetic(engine, "%", Decimal::checked_rem);
}

fn arithmetic(engine: &mut Engine, name: &str, of: fn(Decimal, Decimal) -> Option<Decimal>) {
    let checked = move |left: Decimal, right: Decimal| -> Answer<Decimal> {
        of(left, right).map_or_else(|| failed(ScriptError::Arithmetic), Ok)
    };
    engine.register_fn(name, checked);
    engine.register_fn(format!("{name}="), move |left: &mut Decimal, right: Decimal| -> Answer<()> {
        *left = checked(*left, right)?;
        Ok(())
    });
}

fn equals(left: &Dynamic, right: &Dynamic) -> Answer<bool> {
    if let (Ok(left), Ok(right)) = (left.as_bool(), right.as_bool()) {
        return Ok(left == right);
    }
    if let (Ok(left), Ok(right)) = (left.as_array_ref(), right.as_array_ref()) {
        for (left, right) in left.iter().zip(&*right) {
            if !equals(left, right)? {
                return Ok(false);
            }
        }
        return Ok(left.len() == right.len());
    }
    compare(left, right).map(Ordering::is_eq)
}

fn compare(left: &Dynamic, right: &Dynamic) -> Answer<Ordering> {
    if let (Ok(left), Ok(right)) = (left.as_decimal(), right.as_decimal()) {
        return Ok(left.cmp(&right));
    }
    match (left.as_immutable_string_ref(), right.as_immutable_string_ref()) {
        (Ok(left), Ok(right)) => Ok(left.as_bytes().cmp(right.as_bytes())),
        _ => failed(ScriptError::Type),
    }
}

fn numbers(engine: &mut Engine) {
    engine.register_fn("min", |left: Decimal, right: Decimal| left.min(right));
    engine.register_fn("max", |left: Decimal, right: Decimal| left.max(right));
    engine.register_fn("abs", |number: Decimal| number.abs());
    engine.register_fn("clamp", |number: Decimal, low: Decimal, high: Decimal| number.max(low).min(high));
    engine.register_fn("number", |text: ImmutableString| match text.parse::<Exact>() {
        Ok(exact) => Ok(exact.to_decimal()),
        Err(_) => failed(ScriptError::NoValue),
    });
    engine.register_fn("text", |number: Decimal| canonical(number).to_string());
}

/// A decimal as documents write it: zero has no sign, and there are no zeros at the end.
pub(crate) fn canonical(decimal: Decimal) -> Exact {
    if decimal.is_zero() { Exact::ZERO } else { Exact::from(decimal) }
}

fn roundings(engine: &mut Engine) {
    engine.register_fn("floor", |number: Decimal| round(number, Decimal::ZERO, RoundingMode::Floor));
    engine.register_fn("ceiling", |number: Decimal| round(number, Decimal::ZERO, RoundingMode::Ceiling));
    engine.register_fn("round", |number: Decimal, places: Decimal| round(number, places, RoundingMode::HalfUp));
    engine.register_fn("round", |number: Decimal, places: Decimal, named: ImmutableString| {
        round(number, places, mode(&named)?)
    });
    engine.register_fn("round_to", |number: Decimal, increment: Decimal| {
        round_to_increment(number, increment, RoundingMode::HalfUp)
    });
    engine.register_fn("round_to", |number: Decimal, increment: Decimal, named: ImmutableString| {
        round_to_increment(number, increment, mode(&named)?)
    });
}

fn mode(name: &str) -> Answer<RoundingMode> {
    match name {
        "half_up" => Ok(RoundingMode::HalfUp),
        "half_even" => Ok(RoundingMode::HalfEven),
        "half_down" => Ok(RoundingMode::HalfDown),
        "up" => Ok(RoundingMode::Up),
        "down" => Ok(RoundingMode::Down),
        "ceiling" => Ok(RoundingMode::Ceiling),
        "floor" => Ok(RoundingMode::Floor),
        _ => failed(ScriptError::Type),
    }
}

fn round(number: Decimal, places: Decimal, mode: RoundingMode) -> Answer<Decimal> {
    match (0..=10).find(|whole| Decimal::from(*whole) == places) {
        Some(places) => fitting(&round_decimals(&of_decimal(number), places, mode)),
        None => failed(ScriptError::Arithmetic),
    }
}

fn round_to_increment(number: Decimal, increment: Decimal, mode: RoundingMode) -> Answer<Decimal> {
    let increment = of_decimal(increment);
    if increment.is_positive() {
        fitting(&round_to(&of_decimal(number), &increment, mode))
    } else {
        failed(ScriptError::Arithmetic)
    }
}

fn texts(engine: &mut Engine) {
    type Text = ImmutableString;
    engine.register_fn("starts_with", |text: Text, part: Text| text.starts_with(part.as_str()));
    engine.register_fn("ends_with", |text: Text, part: Text| text.ends_with(part.as_str()));
    engine.register_fn("contains", |text: Text, part: Text| text.contains(part.as_str()));
}

fn lists(engine: &mut Engine) {
    engine.register_iterator::<Array>();
    engine.register_fn("size", |list: Array| Decimal::from(list.len()));
    engine.register_fn("size", |lines: Lines| Decimal::from(lines.0.len()));
    engine.register_fn("push", |list: &mut Array, value: Dynamic| list.push(value));
    engine.register_fn("contains", |list: Array, value: Dynamic| -> Answer<bool> {
        for each in &list {
            if equals(each, &value)? {
                return Ok(true);
            }
        }
        Ok(false)
    });
}

fn violations(engine: &mut Engine) {
    type Text = ImmutableString;
    engine.register_fn("violation", |message: Text| Broken::new(None, &message));
    engine.register_fn("violation", |line: LineView, message: Text| Broken::new(Some(line.index()), &message));
    engine.register_fn("violation", |message: Text, limit: Decimal, actual: Decimal| {
        Broken::new(None, &message).with(limit, actual)
    });
    engine.register_fn("violation", |line: LineView, message: Text, limit: Decimal, actual: Decimal| {
        Broken::new(Some(line.index()), &message).with(limit, actual)
    });
}

impl Broken {
    fn new(line: Option<usize>, message: &str) -> Self {
        Self { line, message: message.to_owned(), numbers: None }
    }

    fn with(self, limit: Decimal, actual: Decimal) -> Answer<Self> {
        Ok(Self { numbers: Some((shown(limit)?, shown(actual)?)), ..self })
    }
}

fn shown(decimal: Decimal) -> Answer<Exact> {
    let rounded = round10(&of_decimal(decimal));
    if is_amount(&rounded) { Ok(exact(&rounded)) } else { failed(ScriptError::Result) }
}
