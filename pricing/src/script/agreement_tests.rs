//! INVARIANT (same result), as a property: what a text was lowered to gives what Rhai gives for it, with care or
//! without, errors included.
//!
//! Texts are written by a small grammar that knows kinds: bytes choose, so a failing case shrinks to a short text.
#![expect(clippy::unwrap_used, reason = "a test fails where it is wrong")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use emptor_core::{ScriptId, ScriptLimits, ScriptParam, ScriptParamKind, ScriptReturns, ScriptSees};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};
use rhai::ImmutableString;
use rust_decimal::Decimal;

use super::names::Type;
use super::value::{Plain, Value};
use super::{Input, Scripts, Signature};

const CASES: u32 = 8_192;

/// The ends of decimals, ties, and numbers with zeros that say nothing.
const NUMBERS: [&str; 24] = [
    "0",
    "1",
    "2",
    "-1",
    "0.5",
    "1.5",
    "2.5",
    "-0.5",
    "-2.5",
    "0.25",
    "0.75",
    "-1.25",
    "5",
    "-0",
    "0.0",
    "3.00",
    "10",
    "0.1",
    "3",
    "7.9228162514264337593543950335",
    "79228162514264337593543950335",
    "-79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "-0.0000000000000000000000000001",
];
const TEXTS: [&str; 8] = ["", "a", "ab", "b", "1.50", "-0.5", "1e5", "metal"];
const MODES: [&str; 7] = ["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"];
const NUMBER_INPUTS: [&str; 6] =
    ["line.quantity", "line.amount", "line.cost", "params.n", "order.line_count", "line.unit_price"];
const TRUTH_INPUTS: [&str; 4] = ["line.has_cost", "params.c", "line.is_in(\"metal\")", "line.converts_to(\"pc\")"];
const TEXT_INPUTS: [&str; 4] = ["line.sku", "params.t", "request.region", "line.attributes[\"a\"]"];

/// Writes a text as bytes say; where they end, it takes the first of each choice, which is the shortest.
struct Writer<'b> {
    bytes: &'b [u8],
    /// The variables that stand, by kind.
    variables: Vec<(String, Type)>,
    gives: Type,
}

impl Writer<'_> {
    fn choose(&mut self, of: usize) -> usize {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        usize::from(*first) % of
    }

    fn one_of(&mut self, texts: &[&str]) -> String {
        texts[self.choose(texts.len())].to_owned()
    }

    fn variable(&mut self, kind: Type) -> Option<String> {
        let known: Vec<String> =
            self.variables.iter().filter(|(_, known)| *known == kind).map(|(name, _)| name.clone()).collect();
        let count = known.len();
        if count == 0 { None } else { Some(known[self.choose(count)].clone()) }
    }

    fn value(&mut self, kind: Type, depth: usize) -> String {
        let leaf = depth == 0 || self.choose(8) < 3;
        match (kind, leaf) {
            (Type::Number, true) => self.leaf(kind, &NUMBERS, &NUMBER_INPUTS),
            (Type::Truth, true) => self.leaf(kind, &["true", "false"], &TRUTH_INPUTS),
            (_, true) => {
                let quoted = TEXTS.map(|text| format!("\"{text}\""));
                self.leaf(kind, &quoted.each_ref().map(String::as_str), &TEXT_INPUTS)
            }
            (Type::Number, false) => self.number(depth - 1),
            (Type::Truth, false) => self.truth(depth - 1),
            (_, false) => self.choice(Type::Text, depth - 1),
        }
    }

    fn leaf(&mut self, kind: Type, literals: &[&str], inputs: &[&str]) -> String {
        match self.choose(3) {
            0 => self.one_of(literals),
            1 => self.one_of(inputs),
            _ => self.variable(kind).unwrap_or_else(|| self.one_of(literals)),
        }
    }

    /// What each kind has: branches and blocks.
    fn choice(&mut self, kind: Type, depth: usize) -> String {
        match self.choose(3) {
            0 => {
                let condition = self.value(Type::Truth, depth);
                format!("if {condition} {} else {}", self.block(kind, depth), self.block(kind, depth))
            }
            1 => {
                let (of, values) =
                    if self.choose(2) == 0 { (Type::Number, &NUMBERS[..]) } else { (Type::Text, &TEXTS[..]) };
                let quote = if of == Type::Text { "\"" } else { "" };
                let mut text = format!("switch {} {{ ", self.value(of, depth));
                for _ in 0..=self.choose(3) {
                    let (first, second) = (self.one_of(values), self.one_of(values));
                    let condition = match self.choose(2) {
                        0 => String::new(),
                        _ => format!("if {} ", self.value(Type::Truth, depth)),
                    };
                    let then = self.value(kind, depth);
                    let values = format!("{quote}{first}{quote} | {quote}{second}{quote}");
                    text.extend([values.as_str(), " ", &condition, "=> ", &then, ", "]);
                }
                format!("{text} _ => {} }}", self.value(kind, depth))
            }
            _ => self.block(kind, depth),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        let mut value = |kind: Type| self.value(kind, depth);
        let (left, right) = (value(Type::Number), value(Type::Number));
        match self.choose(18) {
            0..=4 => format!("(({left}) {} ({right}))", self.one_of(&["+", "-", "*", "/", "%"])),
            5 => format!("-({left})"),
            6 => format!("{}({left}, {right})", self.one_of(&["min", "max"])),
            7 => format!("({left}).{}({right})", self.one_of(&["min", "max"])),
            8 => format!("{}({left})", self.one_of(&["abs", "floor", "ceiling"])),
            9 => format!("clamp({left}, {right}, {})", self.value(Type::Number, depth)),
            10 => format!("round({left}, {}, \"{}\")", self.one_of(&["0", "1", "10", "11"]), self.one_of(&MODES)),
            11 => format!("({left}).round({right})"),
            12 => format!("round_to({left}, {}, \"{}\")", self.one_of(&["0.5", "1", "2"]), self.one_of(&MODES)),
            13 => format!("round_to({left}, {right})"),
            14 => format!("number({})", self.value(Type::Text, depth)),
            // What is read of a variable, and what an argument makes of it.
            15 => match self.variable(Type::Number) {
                Some(name) => {
                    let assigning = format!("{{ {name} = {left}; {right} }}");
                    match self.choose(3) {
                        0 => format!("min({name}, {assigning})"),
                        1 => format!("{name}.min({assigning})"),
                        _ => format!("({name} - {assigning})"),
                    }
                }
                None => left,
            },
            _ => self.choice(Type::Number, depth),
        }
    }

    fn truth(&mut self, depth: usize) -> String {
        match self.choose(10) {
            kind @ 0..=3 => {
                let kind = [Type::Number, Type::Number, Type::Text, Type::Truth][kind];
                let (left, right) = (self.value(kind, depth), self.value(kind, depth));
                format!("(({left}) {} ({right}))", self.one_of(&["==", "!=", "<", "<=", ">", ">="]))
            }
            4 => {
                let (left, right) = (self.value(Type::Truth, depth), self.value(Type::Truth, depth));
                format!("(({left}) {} ({right}))", self.one_of(&["&&", "||"]))
            }
            5 => format!("!({})", self.value(Type::Truth, depth)),
            6 => {
                let kind = if self.choose(2) == 0 { Type::Number } else { Type::Text };
                let (wanted, first, second) =
                    (self.value(kind, depth), self.value(kind, depth), self.value(kind, depth));
                format!("(({wanted}) {} [{first}, {second}])", self.one_of(&["in", "!in"]))
            }
            7 => format!("(({}) in buyer.groups)", self.value(Type::Text, depth)),
            8 => {
                let (text, part) = (self.value(Type::Text, depth), self.value(Type::Text, depth));
                format!("{}({text}, {part})", self.one_of(&["starts_with", "ends_with", "contains"]))
            }
            _ => self.choice(Type::Truth, depth),
        }
    }

    /// Statements and a value, in braces.
    fn block(&mut self, kind: Type, depth: usize) -> String {
        let known = self.variables.clone();
        let text = self.body(kind, depth);
        self.variables.truncate(known.len());
        format!("{{ {text} }}")
    }

    fn body(&mut self, kind: Type, depth: usize) -> String {
        let mut text = String::new();
        for _ in 0..self.choose(3) {
            text += &self.statement(depth);
        }
        text += &self.value(kind, depth);
        text
    }

    fn statement(&mut self, depth: usize) -> String {
        let kind = [Type::Number, Type::Truth, Type::Text][self.choose(3)];
        match self.choose(8) {
            0 | 1 => {
                let value = self.value(kind, depth);
                let name = format!("v{}", self.choose(3));
                self.variables.retain(|(known, _)| *known != name);
                self.variables.push((name.clone(), kind));
                format!("let {name} = {value}; ")
            }
            2 | 3 => match self.variable(kind) {
                Some(name) => format!("{name} = {}; ", self.value(kind, depth)),
                None => String::new(),
            },
            4 => match self.variable(Type::Number) {
                Some(name) => {
                    let operator = self.one_of(&["+=", "-=", "*=", "/=", "%="]);
                    format!("{name} {operator} {}; ", self.value(Type::Number, depth))
                }
                None => String::new(),
            },
            5 => {
                let condition = self.value(Type::Truth, depth);
                let leaves = match self.choose(3) {
                    0 => String::new(),
                    1 => format!("return {};", self.value(self.gives, 0)),
                    _ => "throw \"x\";".to_owned(),
                };
                let known = self.variables.clone();
                let then = if depth == 0 { String::new() } else { self.statement(depth - 1) };
                self.variables = known;
                format!("if {condition} {{ {then}{leaves} }} ")
            }
            _ if depth > 0 => {
                let known = self.variables.clone();
                let text = self.statement(depth - 1);
                self.variables = known;
                format!("{{ {text} }} ")
            }
            _ => String::new(),
        }
    }
}

/// What a script reads, as bytes say: a third of it is missing.
fn read<'v>(input: &Input, bytes: &[u8], groups: &'v Arc<[ImmutableString]>) -> Plain<'v> {
    let name = input.variable();
    let choice = name.bytes().zip(bytes.iter().cycle()).fold(7_usize, |sum, (letter, byte)| {
        sum.wrapping_mul(31).wrapping_add(usize::from(letter)).wrapping_add(usize::from(*byte))
    });
    if choice % 3 == 0 {
        return Plain::Missing;
    }
    match name.as_str() {
        "line.sku" | "params.t" | "request.region" | "line.attributes(a)" => {
            Plain::Text(TEXTS[choice / 3 % TEXTS.len()])
        }
        "line.has_cost" | "params.c" | "line.is_in(metal)" | "line.converts_to(pc)" => {
            Plain::Truth(choice / 3 % 2 == 0)
        }
        "buyer.groups" => Plain::Texts(groups),
        _ => Plain::Number(Decimal::from_str_exact(NUMBERS[choice / 3 % NUMBERS.len()]).unwrap()),
    }
}

#[test]
fn what_is_lowered_gives_what_rhai_gives() {
    let scripts = Scripts::new(ScriptLimits::DEFAULT);
    let param = |kind| ScriptParam { kind, at_least: None, below: None, default: None };
    let params = BTreeMap::from([
        ("n".to_owned(), param(ScriptParamKind::Number)),
        ("t".to_owned(), param(ScriptParamKind::Text)),
        ("c".to_owned(), param(ScriptParamKind::Condition)),
    ]);
    let groups: Arc<[ImmutableString]> = Arc::from(["a".into(), "metal".into()]);
    let lowered = Cell::new(0_u32);
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&(vec(any::<u8>(), 0..200), vec(any::<u8>(), 1..8)), |(bytes, inputs)| {
        let is_number = bytes.len() % 4 != 0;
        let (gives, returns) =
            if is_number { (Type::Number, ScriptReturns::Number) } else { (Type::Truth, ScriptReturns::Condition) };
        let mut writer = Writer { bytes: &bytes, variables: vec![("v0".to_owned(), Type::Number)], gives };
        let text = format!("let v0 = {}; {}", writer.one_of(&NUMBERS), writer.body(gives, 4));
        let sees = ScriptSees::Line;
        let signature = Signature { sees, returns, params: &params, knows_unit: &|_| true, knows_category: &|_| true };
        let Ok(mut program) = scripts.compile(&ScriptId::new("s").unwrap(), &text, &signature) else { return Ok(()) };
        let reads = |_, input: &Input| Value::Plain(read(input, &inputs, &groups));
        let by_rhai = scripts.run_by_rhai(&program, reads);
        if program.steps.is_ok() {
            lowered.set(lowered.get() + 1);
            assert_eq!(scripts.run(&program, reads), by_rhai, "{text}");
        }
        program.needs_care = true;
        assert_eq!(scripts.run_by_rhai(&program, reads), by_rhai, "with care: {text}");
        Ok(())
    });
    outcome.unwrap();
    assert!(lowered.get() > CASES / 2, "{} of {CASES} texts were lowered", lowered.get());
}
