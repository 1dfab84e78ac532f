//! What never ends, or grows without end: it meets a bound, in a text or in a run.

use emptor_core::{Instant, ScriptError, ScriptLimits};
use emptor_pricing::{Detail, compile_with_limits, price};

use super::{book, check, in_a_small_thread, nested, of, outcome, request};

/// Loops that never end, or not soon.
const ENDLESS_LOOPS: &[&str] = &[
    "loop { } 5",
    "loop { loop { } }",
    "while true { } 5",
    "let i = 0; while i < 1 { i = 0; } i",
    "do { } while true; 5",
    "do { } until false; 5",
    "let i = 0; do { i += 1; } while i > 0; i",
    "loop { continue; } 5",
    "let l = [1]; for x in l { loop { } } 5",
    "loop { for x in order.lines { if true { continue; } } } 5",
    "loop { for x in buyer.groups { } for x in buyer.lineage { } } 5",
    "loop { let x = 1; } 5",
    "loop { if line.quantity > 0 { } } 5",
    "loop { switch 1 { 1 => 2, _ => 3 } } 5",
    "fn f() { loop { } } f()",
    "let n = 0; loop { n = n + 1; n = n - 1; n *= 1; n /= 1; n %= 7; }",
    "let i = 0; while i < 100 { let j = 0; while j < 100 { let k = 0; while k < 100 { k += 1; } j += 1; } i += 1; } 5",
    "loop { round_to(1, 3); round(1.5, 0); min(1, 2); contains(\"aaaaaaaa\", \"b\"); }",
];

#[test]
fn loops_end() {
    check(of("script.limit", ENDLESS_LOOPS));
}

#[test]
fn recursion_ends() {
    check(of(
        "script.limit",
        &[
            "fn f(n) { f(n + 1) } f(0)",
            "fn f() { g() } fn g() { f() } f()",
            "fn f(n) { 1 + 1 * (2 - (3 + f(n))) } f(0)",
            "fn f(n) { [[[f(n)]]] } f(0); 5",
            "fn f(n) { if n > 0 { f(n) } else { 1 } } f(1)",
            "fn f(n) { min(f(n), max(f(n), abs(f(n)))) } f(1)",
            "fn f(n) { for x in [f(n)] { return x; } } f(1)",
            "fn f(n) { f(n) in [1, 2] } f(1); 5",
            "fn f(n) { n in [f(n)] } f(1); 5",
            "fn f(n) { switch f(n) { 1 => 2, _ => 3 } } f(1)",
            "fn f(n) { while f(n) { } } f(1); 5",
            "fn f(n) { return f(n); } f(1)",
            "fn f(n) { throw f(n); } f(1)",
            "fn f(n) { -f(n) } f(1)",
            "fn f(n) { if n <= 0 { 1 } else { f(n - 1) + f(n - 1) } } f(6)",
            "fn f(n) { push([f(n)], f(n)) } f(1); 5",
        ],
    ));
    check(of("32", &["fn f(n) { if n <= 1 { 2 } else { f(n - 1) + f(n - 1) } } f(5)"]));
}

/// The deepest text that is read, run at the deepest call.
#[test]
fn the_deepest_call_of_the_deepest_expression_fits_the_stack() {
    let mut table = Vec::new();
    for (open, close) in [
        ("(1+", ")"),
        ("[", "][0]"),
        ("-", ""),
        ("{", "}"),
        ("if true {", "}"),
        ("min(1, ", ")"),
        ("switch 1 { 1 => ", ", _ => 2 }"),
        ("switch 1 { 1 => {", "}, _ => 2 }"),
        ("for x in [1] {", "}"),
        ("while true {", "}"),
        ("loop { break ", " }"),
        ("1 in [", "]"),
        ("let x = ", ""),
        ("x = ", ""),
        ("return ", ""),
        ("if (", ") == 1 { 1 } else { 2 }"),
        ("1 + 1 * if true { 1 + ", " } else { 2 }"),
        ("{ 1 + ", "}"),
        ("true && (", ")"),
        ("!", ""),
        ("f(", ")"),
        ("violation(", ")"),
        ("n.min(", ")"),
    ] {
        for times in 1..=60 {
            let text = format!("fn f(n) {{ {} }} f(1)", nested(open, "f(n)", close, times));
            table.push(text);
        }
    }
    let run = move || {
        for text in table {
            let found = outcome(&text);
            assert!(found.starts_with("script."), "{text}: {found}");
        }
    };
    in_a_small_thread(run);
}

/// What grows until it meets a bound.
const BOMBS: &[&str] = &[
    "let t = \"x\"; loop { t += t; }",
    "let t = \"x\"; loop { t = t + t; }",
    "let t = \"x\"; for i in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] { t += t; } 5",
    "let l = [\"x\"]; loop { for t in l { l = [t + t]; } }",
    "fn f(t) { f(t + t) } f(\"x\")",
    "fn f(t) { for i in [1, 2, 3, 4, 5, 6, 7] { t += t; } t } f(f(f(\"x\"))); 5",
    "let l = []; loop { l.push(1); }",
    "let l = []; loop { push(l, l); }",
    "let l = [1, 2]; loop { l = [l, l]; }",
    "let l = []; loop { l = [l]; }",
    "fn f(l) { f([l, l, l, l, l, l, l, l]) } f(1)",
    "let t = \"0123456789abcdef\"; t += t; t += t; t += t; t += t; t += t; t += t; t += t; let l = []; loop { l.push(t); }",
    "let t = text(79228162514264337593543950335); loop { t += text(79228162514264337593543950335); }",
    "for l in order.lines { if l.attributes[\"long\"] != \"\" { return 5; } } 6",
    "if request.attributes[\"long\"] == \"\" { 1 } else { 2 }",
    "if line.attributes[\"long\"] == \"\" { 1 } else { 2 }",
    "let t = request.attributes[\"long\"]; t += t; 5",
];

#[test]
fn bombs_meet_a_bound() {
    check(of("script.limit", BOMBS));
    let mut table = Vec::new();
    table.push(("script.limit", format!("{} 5", each(65, |i| format!("let v{i} = {i};")))));
    table.push(("5", format!("{} 5", each(63, |i| format!("let v{i} = {i};")))));
    table.push(("script.syntax", format!("{} 5", each(17, |i| format!("fn f{i}() {{ 1 }} ")))));
    table.push(("5", format!("{} 5", each(15, |i| format!("fn f{i}() {{ 1 }} ")))));
    table.push(("script.syntax", format!("let l = [{}]; 5", "1,".repeat(257))));
    table.push(("255", format!("let l = [{}1]; size(l)", "1,".repeat(254))));
    table.push(("script.limit", format!("let l = [{}]; l = [l, l]; 5", "1,".repeat(200))));
    table.push(("script.syntax", format!("let t = \"{}\"; 5", "x".repeat(4_097))));
    table.push(("5", format!("let t = \"{}\"; 5", "x".repeat(4_096))));
    check(table);
}

/// Each copy of a list is as many operations as it has elements, or copies of long lists would take seconds.
#[test]
fn copies_of_lists_are_counted() {
    let list = format!("[{}1.5]", "1.5,".repeat(250));
    let check_all = |expected, rest: &[&str]| {
        check(rest.iter().map(|rest| (expected, format!("let l = {list}; {rest}"))).collect());
    };
    check_all(
        "script.limit",
        &[
            "let n = 0; while n < 2000 { let m = l; n += 1; } 5",
            "let n = 0; while n < 2000 { size(l); n += 1; } 5",
            "let n = 0; while n < 2000 { 1 in l; n += 1; } 5",
            "let n = 0; while n < 2000 { for x in l { break; } n += 1; } 5",
            "fn f(l) { l } let n = 0; while n < 1000 { f(l); n += 1; } 5",
            "fn f(l) { [l] } let n = 0; while n < 1000 { f(l); n += 1; } 5",
            "let m = [[[]]]; m = [[l]]; m.push(1); let n = 0; while n < 2000 { m = m; n += 1; } 5",
        ],
    );
    check_all("5", &["let n = 0; while n < 500 { let m = l; n += 1; } 5"]);
    check(of("250", &["let l = []; let n = 0; while n < 250 { l.push(n); n += 1; } size(l)"]));
}

#[test]
fn what_is_nested_or_chained_for_thousands_is_refused() {
    let table = [
        nested("(", "1", ")", 5_000),
        nested("{", "1", "}", 5_000),
        nested("[", "1", "]", 5_000),
        nested("-", "1", "", 5_000),
        nested("!", "true", "", 5_000),
        nested("- ", "1", "", 5_000),
        nested("#{a:", "1", "}", 2_000),
        nested("if true {", "1", "}", 1_500),
        nested("if true { 1 } else ", "{ 2 }", "", 800),
        nested("if line.quantity == 1 { 1 } else ", "{ 2 }", "", 400),
        nested("loop {", "", "}", 2_000),
        nested("while true {", "", "}", 1_000),
        nested("for x in [1] {", "", "}", 1_000),
        nested("switch 1 { 1 => ", "1", "}", 900),
        nested("min(1,", "1", ")", 2_000),
        nested("fn f() {", "1", "}", 1_500),
        nested("fn f(n) { n } f(", "1", ")", 900),
        nested("1 + (", "1", ")", 2_500),
        nested("1 in [", "1", "]", 2_000),
        nested("let x = ", "1", "", 1_500),
        nested("return ", "1", "", 2_000),
        nested("throw ", "1", "", 2_000),
        nested("/*", "", "*/", 4_000) + "(",
        "(".repeat(16_000),
        "[".repeat(16_000),
        "{".repeat(16_000),
        "-".repeat(16_000),
        "!".repeat(16_000),
        "a(".repeat(8_000),
        "`${".repeat(5_000),
        "|".repeat(16_000),
        nested("", "1", "+1", 8_000),
        nested("", "1", "*1", 8_000),
        nested("", "1", "==1", 5_000),
        nested("", "1", "-1", 8_000),
        nested("", "1", "+1*1", 4_000),
        nested("", "1", " in 1", 3_000),
        nested("if true", "", " && true", 1_700) + " { 5 }",
        nested("if true", "", " || true", 1_700) + " { 5 }",
        nested("", "line", ".a", 8_000),
        nested("", "line", ".a()", 4_000),
        nested("", "line", "[1]", 5_000),
        nested("", "line", "?.a", 5_000),
        nested("", "a", "::a", 5_000),
        nested("", "1", ".abs()", 2_500),
        "x = ".repeat(4_000) + "1",
    ];
    check(table.into_iter().map(|text| ("script.syntax", text)).collect());
}

#[test]
fn what_is_long_and_flat_is_read() {
    let cases = |count: usize| each(count, |case| format!("{case} => {case}, "));
    let one_of = |count: usize| each(count, |case| format!("{case} | "));
    check(vec![
        ("999", format!("switch 999 {{ {} _ => 0 }}", cases(1_000))),
        ("7", format!("switch line.quantity {{ {} 5000 => 1, _ => 7 }}", one_of(5).replace("5 |", ""))),
        ("5", ";".repeat(16_000) + "5"),
        ("5", "1;".repeat(8_000) + "5"),
        ("5", "{}".repeat(8_000) + "5"),
        ("5", "if true {}".repeat(1_600) + "5"),
        ("5", format!("let a = 1; {{ {} }} 5", "a += 1;".repeat(2_000))),
        ("5", nested("/*", "", "*/", 4_000) + "5"),
        ("5", "\n".repeat(16_000) + "5"),
    ]);
}

/// Each block that nothing around it says the kind of is lowered once, or such a text would take minutes.
#[test]
fn what_is_nested_in_values_is_lowered_once() {
    let switches = |times| format!("{}\"a\"{}", "switch ".repeat(times), " { _ => \"a\" }".repeat(times));
    let branches = nested("(if ", "\"a\"", " == \"a\" { \"b\" } else { \"c\" })", 7);
    check(vec![
        ("5", format!("let x = \"a\"; {} 5", format!("x = {}; ", switches(12)).repeat(50))),
        ("5", format!("let x = \"a\"; x = {branches}; 5")),
        ("5", format!("let x = 1; {} 5", format!("x = {}1{}; ", "{ ".repeat(14), " }".repeat(14)).repeat(100))),
    ]);
}

/// To Rhai, zero is no bound, and a depth is whatever it is told.
#[test]
fn no_bound_can_be_lifted() {
    let none = ScriptLimits {
        operations_max: 0,
        call_depth_max: usize::MAX,
        expression_depth_max: usize::MAX,
        string_bytes_max: 0,
        array_length_max: 0,
        map_entries_max: 0,
        ..ScriptLimits::DEFAULT
    };
    let run = move || {
        for text in ["loop { }", "let t = \"ab\"; loop { t += t; }", "let l = [1]; loop { l = [l, l]; }"] {
            // One that is refused for its literals is bounded, too.
            let Ok(book) = compile_with_limits(&book(text), Instant::MAX, none) else { continue };
            let order = price(&book, &request(), Detail::Price).unwrap();
            assert_eq!(order.script_failures[0].code, ScriptError::Limit, "{text}");
        }
        let deep = nested("(1 + ", "1", ")", 3_000);
        assert!(compile_with_limits(&book(&deep), Instant::MAX, none).is_err());
    };
    in_a_small_thread(run);
}

#[test]
fn reads_are_bounded() {
    let reads = |count| format!("{} 5", each(count, |i| format!("let t = request.attributes[\"a{i}\"]; ")));
    let fields = |count| each(count, |i| format!("let t = other.attributes[\"a{i}\"]; "));
    let loops = |count| format!("for other in order.lines {{ {} }} 5", fields(count));
    check(vec![
        ("script.syntax", reads(49)),
        ("script.syntax", reads(300)),
        ("5", format!("{} 5", each(15, |i| format!("let t{i} = request.attributes[\"a{i}\"]; ")))),
        ("script.syntax", loops(48)),
        ("5", loops(47)),
    ]);
}

fn each(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().concat()
}
