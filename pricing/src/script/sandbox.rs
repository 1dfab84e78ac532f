//! The sandbox: the one place that makes a Rhai engine, and all that a script can call there (R13).
//!
//! The engine is raw: without Rhai's packages there is no eval, print, sleep, time or chance. What a script can do is
//! Rhai's own operators on decimals, texts and conditions, which are checked, and the functions below.

use std::cmp::Ordering;
use std::fmt;

use emptor_core::limits::{AMOUNT_DECIMALS, AMOUNT_END};
use emptor_core::{Exact, RoundingMode, ScriptError, ScriptLimits};
use rhai::{Array, Dynamic, Engine, EvalAltResult, EvalContext, ImmutableString, OptimizationLevel};
use rust_decimal::Decimal;

use super::functions;
use super::parse::read_numbers_as_decimals;
use super::scaled;
use super::value::{FoundViolation, Lines, ScriptLine, Texts};

type Called<T> = Result<T, Box<EvalAltResult>>;

/// The engines of a book.
pub(crate) struct Sandbox {
    pub(crate) limits: ScriptLimits,
    /// Reads texts, and runs what can be known to mix no kinds of values and to read nothing that is missing.
    pub(crate) engine: Engine,
    /// Runs everything else: it asks at every name whether that is missing and how long a list is, and at every operator
    /// what it stands between.
    pub(crate) careful: Engine,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Sandbox {
    pub(crate) fn new(limits: ScriptLimits) -> Self {
        let mut careful = engine(&limits);
        compare_with_care(&mut careful);
        #[expect(deprecated, reason = "not deprecated, but volatile: the version is pinned, and a test holds it")]
        careful.on_var(|name, _, mut context: EvalContext<'_, '_, '_, '_, '_, '_>| {
            let Some(value) = context.scope().get(name) else { return Ok(None) };
            if name.contains('.') && value.is_unit() {
                return Err(failed(ScriptError::NoValue));
            }
            // What is read is copied, mostly: a list is as many operations as it has elements.
            let elements = elements(value);
            let operations = &mut context.global_runtime_state_mut().num_operations;
            *operations = operations.saturating_add(elements);
            Ok(None)
        });
        Self { limits, engine: engine(&limits), careful }
    }
}

/// How many elements a list has, and the lists in it; they are bounded with it.
fn elements(value: &Dynamic) -> u64 {
    let Ok(list) = value.as_array_ref() else { return 0 };
    list.iter().map(|item| elements(item).saturating_add(1)).fold(0, u64::saturating_add)
}

fn engine(limits: &ScriptLimits) -> Engine {
    let mut engine = Engine::new_raw();
    read_numbers_as_decimals(&mut engine);
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_allow_anonymous_fn(false);
    for word in
        ["eval", "Fn", "call", "curry", "type_of", "is_def_var", "is_def_fn", "is_shared", "print", "debug", "take"]
    {
        engine.disable_symbol(word);
    }
    // To Rhai, zero is no bound; and what is deeper than the defaults does not fit the stack of a thread.
    let depth = limits.expression_depth_max.clamp(1, ScriptLimits::DEFAULT.expression_depth_max);
    engine.set_max_operations(limits.operations_max.max(1));
    engine.set_max_call_levels(limits.call_depth_max.min(ScriptLimits::DEFAULT.call_depth_max));
    engine.set_max_expr_depths(depth, depth);
    engine.set_max_string_size(limits.string_bytes_max.max(1));
    engine.set_max_array_size(limits.array_length_max.max(1));
    engine.set_max_map_size(limits.map_entries_max.max(1));
    engine.set_max_variables(limits.variables_max);
    engine.set_max_functions(limits.functions_max);
    engine.on_print(|_| {});
    engine.on_debug(|_, _, _| {});
    numbers(&mut engine);
    texts_and_lists(&mut engine);
    lines(&mut engine);
    engine
}

/// Makes a comparison of two kinds of values a failure; to Rhai it is `false`.
fn compare_with_care(engine: &mut Engine) {
    engine.set_fast_operators(false);
    calculate(engine);
    engine.register_fn("==", |left: Dynamic, right: Dynamic| compared(&left, &right).map(Ordering::is_eq));
    engine.register_fn("!=", |left: Dynamic, right: Dynamic| compared(&left, &right).map(Ordering::is_ne));
    engine.register_fn("<", |left: Dynamic, right: Dynamic| compared(&left, &right).map(Ordering::is_lt));
    engine.register_fn("<=", |left: Dynamic, right: Dynamic| compared(&left, &right).map(Ordering::is_le));
    engine.register_fn(">", |left: Dynamic, right: Dynamic| compared(&left, &right).map(Ordering::is_gt));
    engine.register_fn(">=", |left: Dynamic, right: Dynamic| compared(&left, &right).map(Ordering::is_ge));
}

/// What Rhai's own operators do, which it does not ask where it asks for ours.
fn calculate(engine: &mut Engine) {
    type Worked = fn(Decimal, Decimal) -> functions::Worked;
    let operators: [(&str, &str, Worked); 5] = [
        ("+", "+=", functions::add),
        ("-", "-=", functions::subtract),
        ("*", "*=", functions::multiply),
        ("/", "/=", functions::divide),
        ("%", "%=", functions::remainder),
    ];
    for (sign, assigning, work) in operators {
        engine.register_fn(sign, move |left: Decimal, right: Decimal| work(left, right).map_err(failed));
        engine.register_fn(assigning, move |left: &mut Decimal, right: Decimal| {
            *left = work(*left, right).map_err(failed)?;
            Ok::<(), Box<EvalAltResult>>(())
        });
    }
    engine.register_fn("+", |left: ImmutableString, right: ImmutableString| format!("{left}{right}"));
    engine.register_fn("+=", |left: &mut ImmutableString, right: ImmutableString| {
        *left = format!("{left}{right}").into();
    });
    // Rhai's own for other kinds, as a text less a text, are none of the language.
    let mixed = || Err::<Dynamic, _>(failed(ScriptError::Type));
    for (sign, assigning, _) in operators {
        engine.register_fn(sign, move |_: Dynamic, _: Dynamic| mixed());
        engine.register_fn(assigning, move |_: &mut Dynamic, _: Dynamic| mixed());
    }
    engine.register_fn("-", functions::negated);
    engine.register_fn("!", |truth: bool| !truth);
}

/// How two values of one kind compare.
fn compared(left: &Dynamic, right: &Dynamic) -> Called<Ordering> {
    if let (Ok(left), Ok(right)) = (left.as_decimal(), right.as_decimal()) {
        return Ok(left.cmp(&right));
    }
    if let (Ok(left), Ok(right)) = (left.as_bool(), right.as_bool()) {
        return Ok(left.cmp(&right));
    }
    match (left.as_immutable_string_ref(), right.as_immutable_string_ref()) {
        (Ok(left), Ok(right)) => Ok(left.as_str().cmp(right.as_str())),
        _ => Err(failed(ScriptError::Type)),
    }
}

/// Whether a list has a value; one of another kind before it is a failure.
fn list_has(list: &[Dynamic], wanted: &Dynamic) -> Called<bool> {
    for item in list {
        if compared(item, wanted)?.is_eq() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A failure, as Rhai carries it.
#[expect(clippy::unnecessary_box_returns, reason = "as Rhai takes it")]
fn failed(error: ScriptError) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorSystem(String::new(), Box::new(Failed(error))))
}

/// [`ScriptError`] as an error of the standard library.
#[derive(Debug)]
struct Failed(ScriptError);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failed {}

/// Why a script failed, by what Rhai says.
pub(crate) fn reason(error: &EvalAltResult) -> ScriptError {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => reason(inner),
        EvalAltResult::ErrorSystem(_, inner) => {
            inner.downcast_ref::<Failed>().map_or(ScriptError::Type, |failed| failed.0)
        }
        EvalAltResult::ErrorArithmetic(..) => ScriptError::Arithmetic,
        EvalAltResult::ErrorRuntime(..) => ScriptError::Thrown,
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorTooManyVariables(_)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorDataTooLarge(..)
        | EvalAltResult::ErrorTerminated(..) => ScriptError::Limit,
        _ => ScriptError::Type,
    }
}

fn numbers(engine: &mut Engine) {
    fn worked(worked: functions::Worked) -> Called<Decimal> {
        worked.map_err(failed)
    }
    fn named(mode: &ImmutableString) -> Called<RoundingMode> {
        functions::mode(mode).ok_or_else(|| failed(ScriptError::Type))
    }
    engine.register_fn("min", |left: Decimal, right: Decimal| left.min(right));
    engine.register_fn("max", |left: Decimal, right: Decimal| left.max(right));
    engine.register_fn("abs", |number: Decimal| number.abs());
    engine.register_fn("clamp", functions::clamp);
    engine.register_fn("floor", functions::floor);
    engine.register_fn("ceiling", functions::ceiling);
    engine.register_fn("round", |number: Decimal, places: Decimal| {
        worked(functions::round(number, places, RoundingMode::HalfUp))
    });
    engine.register_fn("round", |number: Decimal, places: Decimal, mode: ImmutableString| {
        worked(functions::round(number, places, named(&mode)?))
    });
    engine.register_fn("round_to", |number: Decimal, increment: Decimal| {
        worked(functions::round_to(number, increment, RoundingMode::HalfUp))
    });
    engine.register_fn("round_to", |number: Decimal, increment: Decimal, mode: ImmutableString| {
        worked(functions::round_to(number, increment, named(&mode)?))
    });
    engine.register_fn("number", |text: ImmutableString| worked(functions::number(&text)));
    engine.register_fn("text", functions::text);
}

fn count(length: usize) -> Decimal {
    Decimal::from(length)
}

fn texts_and_lists(engine: &mut Engine) {
    engine.register_fn("starts_with", |text: ImmutableString, part: ImmutableString| text.starts_with(part.as_str()));
    engine.register_fn("ends_with", |text: ImmutableString, part: ImmutableString| text.ends_with(part.as_str()));
    engine.register_fn("contains", |text: ImmutableString, part: ImmutableString| text.contains(part.as_str()));
    engine.register_fn("contains", |texts: Texts, wanted: ImmutableString| texts.0.contains(&wanted));
    engine.register_fn("contains", |list: Array, wanted: Dynamic| list_has(&list, &wanted));
    engine.register_fn("size", |list: Array| count(list.len()));
    engine.register_fn("size", |texts: Texts| count(texts.0.len()));
    engine.register_fn("size", |lines: Lines| count(lines.lines.len()));
    engine.register_fn("push", |list: &mut Array, item: Dynamic| list.push(item));
    engine.register_iterator::<Array>();
    engine.register_iterator::<Texts>();
    engine.register_iterator::<Lines>();
}

fn lines(engine: &mut Engine) {
    for name in [
        "sku",
        "category",
        "vendor",
        "quantity",
        "unit",
        "cost",
        "has_cost",
        "prior_quantity",
        "prior_value",
        "amount",
        "base",
        "list",
        "unit_price",
    ] {
        engine.register_get(name, move |line: &mut ScriptLine| read(line, name, None));
    }
    for name in ["is_in", "quantity_in", "converts_to"] {
        engine.register_fn(name, move |line: &mut ScriptLine, key: ImmutableString| read(line, name, Some(&key)));
    }
    engine.register_get("attributes", |line: &mut ScriptLine| Attributes(line.clone()));
    engine.register_indexer_get(|attributes: &mut Attributes, key: ImmutableString| {
        read(&attributes.0, "attributes", Some(&key))
    });
    engine.register_fn("violation", |message: ImmutableString| violation(None, &message, None));
    engine.register_fn("violation", |message: ImmutableString, limit: Decimal, actual: Decimal| {
        violation(None, &message, Some((limit, actual)))
    });
    engine.register_fn("violation", |line: ScriptLine, message: ImmutableString| {
        violation(Some(line.place), &message, None)
    });
    engine.register_fn("violation", |line: ScriptLine, message: ImmutableString, limit: Decimal, actual: Decimal| {
        violation(Some(line.place), &message, Some((limit, actual)))
    });
}

fn violation(
    line: Option<usize>,
    message: &ImmutableString,
    numbers: Option<(Decimal, Decimal)>,
) -> Called<FoundViolation> {
    let exact = |number: Decimal| {
        let scaled = scaled(number, AMOUNT_DECIMALS, AMOUNT_END).map_err(failed)?;
        Ok::<_, Box<EvalAltResult>>(Exact::from_scaled(scaled, AMOUNT_DECIMALS).unwrap_or_default())
    };
    let limit = numbers.map(|(limit, _)| exact(limit)).transpose()?;
    let actual = numbers.map(|(_, actual)| exact(actual)).transpose()?;
    Ok(FoundViolation { line, message: message.clone(), limit, actual })
}

/// The attributes of a line's product.
#[derive(Debug, Clone)]
struct Attributes(ScriptLine);

/// What a script reads of a line: found before, for the text says what it reads.
fn read(line: &ScriptLine, name: &str, key: Option<&str>) -> Called<Dynamic> {
    let place = line.fields.iter().position(|field| field.name() == (name, key));
    let value = place.and_then(|place| line.values.get(place)).ok_or_else(|| failed(ScriptError::Type))?;
    if value.is_unit() { Err(failed(ScriptError::NoValue)) } else { Ok(value.clone()) }
}
