//! What a script works on: numbers at their ends, values of the wrong kind, values that are not there.

use super::{check, of};

/// Literals that no decimal is.
const NO_LITERALS: &[&str] = &[
    "1 / 0",
    "1 % 0",
    "0 / 0",
    "1 / (line.quantity - 5)",
    "1 % (line.quantity - 5)",
    "let x = 1; x /= 0; x",
    "let x = 1; x %= 0; x",
    "79228162514264337593543950335 + 1",
    "-79228162514264337593543950335 - 1",
    "79228162514264337593543950335 * 2",
    "79228162514264337593543950335 * -79228162514264337593543950335",
    "79228162514264337593543950335 / 0.1",
    "-79228162514264337593543950335 / 0.0000000000000000000000000001",
    "let x = 2; loop { x *= x; }",
    "let x = 1; loop { x += x; }",
    "let x = -1; loop { x -= 79228162514264337593543950335; }",
    "round(1, -1)",
    "round(1, 11)",
    "round(1, 0.5)",
    "round(1, 79228162514264337593543950335)",
    "round_to(1, 0)",
    "round_to(1, -1)",
    "round_to(79228162514264337593543950335, 2)",
    "round_to(1, 1 - 1, \"up\")",
    "fn f(x) { x / 0 } f(1)",
    "if 1 / 0 == 1 { 5 } else { 6 }",
    "switch 1 / 0 { _ => 5 }",
    "5 in [1 / 0]; 5",
    "clamp(1, 0, 1 / 0)",
    "[1 / 0]; 5",
];

#[test]
fn numbers_that_no_decimal_is_are_refused_or_fail() {
    check(of(
        "script.syntax",
        &["79228162514264337593543950336", "1e-29", "1e", "0.1e0", "1e999999999", "1.2.3", "0x", "0b2"],
    ));
    let many = ["9".repeat(10_000), format!("0.{}", "9".repeat(10_000)), format!("1e{}", "9".repeat(10_000))];
    check(many.into_iter().map(|text| ("script.syntax", text)).collect());
    check(of("script.arithmetic", NO_LITERALS));
    check(of(
        "script.result",
        &["79228162514264337593543950335", "-1", "0 - 0.0000000001", "900000000000000", "min(-1, 1 / 3)"],
    ));
    check(vec![
        ("5", "let x = -79228162514264337593543950335 / -1; 5".to_owned()),
        ("5", "let x = -79228162514264337593543950335 % -1; x + 5".to_owned()),
        ("5", "-9223372036854775808 / -1 - 9223372036854775803".to_owned()),
        ("5", "9223372036854775808 % 9223372036854775803".to_owned()),
        ("5", "if 0.0000000000000000000000000001 * 0.1 == 0 { 5 } else { 6 }".to_owned()),
        ("5", "-0 + 5".to_owned()),
        ("5", "if -0 == 0 && !(-0 < 0) { 5 } else { 6 }".to_owned()),
        ("255", "0xff".to_owned()),
    ]);
}

/// Known to be wrong before they run.
const WRONG_KINDS: &[&str] = &[
    "\"5\"",
    "true",
    "[5]",
    "line",
    "line.sku",
    "order.lines",
    "buyer.groups",
    "let x = 5;",
    "while false { }",
    "violation(\"x\")",
    "5 == \"5\"",
    "5 + \"5\"",
    "\"5\" * 2",
    "-\"5\"",
    "!5",
    "true + true",
    "[1] + [2]",
    "[1] == [1]",
    "let l = [1]; l += [2]; 5",
    "let l = [1]; l += 2; 5",
    "let x = 1; x = \"1\"; 5",
    "for x in 5 { } 5",
    "for x in \"abc\" { } 5",
    "switch 1 { 1 => 2, 1 => 3 }",
    "switch 1 { true => 5, _ => 6 }",
    "if true { 5 }",
    "switch true { true => 5, false => 6 }",
    "if true { 5 } else { \"5\" }",
    "if 5 in 5 { 5 } else { 6 }",
    "if line in order.lines { 5 } else { 6 }",
    "\"a\" < 5",
    "min(1, \"2\")",
    "abs([1])",
    "push(5, 5)",
    "number(5)",
    "text(\"5\")",
];

/// Only a run shows what an argument is.
const WRONG_KINDS_IN_A_RUN: &[&str] = &[
    "fn f(x) { x + 1 } f(\"5\")",
    "fn f(x) { x == 1 } if f(\"1\") { 5 } else { 6 }",
    "fn f(x) { -x } f(\"5\")",
    "fn f(x) { if x { 5 } else { 6 } } f(5)",
    "fn f(x) { while x { } 5 } f(\"a\")",
    "fn f(x) { for y in x { } 5 } f(5)",
    "fn f(x) { x.sku } f(5); 5",
    "fn f(x) { x.quantity } f(\"a\")",
    "fn f(x) { x.push(1); 5 } f(5)",
    "fn f(x) { x + x } f([1]); 5",
    "fn f(x) { x in [1, \"a\", true] } if f([]) { 5 } else { 6 }",
    "fn f(x) { 1 in x } if f([\"a\"]) { 5 } else { 6 }",
    "fn f(x) { x += 1; x } f(true)",
    "fn f(x) { x < true } if f([1]) { 5 } else { 6 }",
    "fn f(mode) { round(1, 2, mode) } f(\"sideways\")",
    "fn f(x) { violation(x) } f(5); 5",
    "fn f(x) { violation(x, \"m\") } f(5); 5",
    "for x in [1, \"a\"] { if x == 1 { } } 5",
    // Rhai has something of its own for these, or takes them for unequal.
    "let x = 1; x = loop { break line.sku; }; if x == 1 { 5 } else { 6 }",
    "fn f(a, b) { a - b } if f(\"abcb\", \"b\") == \"ac\" { 5 } else { 6 }",
    "fn f(a, b) { a * b } f(true, false); 5",
    "fn f(a, b) { a += b; size(a) } f([1], \"x\")",
    "fn f(a, b) { a -= b; a } f(\"ab\", \"b\"); 5",
    "fn g() { } g() + \"a\"; 5",
];

/// They run, and give what is no number.
const NO_NUMBERS: &[&str] = &[
    "fn f() { \"5\" } f()",
    "fn f() { } f()",
    "fn f(x) { x } f(line)",
    "fn f(x) { return x; } f(order.lines)",
    "fn f(x) { x } f([1, 2])",
    "fn f(x) { x } f(violation(\"x\"))",
    "loop { break \"a\"; }",
    "loop { break; }",
];

#[test]
fn values_that_do_not_go_together_fail() {
    check(of("script.types", WRONG_KINDS));
    check(of("script.type", WRONG_KINDS_IN_A_RUN));
    check(of("script.result", NO_NUMBERS));
}

#[test]
fn what_is_thrown_or_missing_has_its_code() {
    check(of(
        "script.thrown",
        &[
            "throw",
            "throw 5",
            "throw \"x\"",
            "throw [1, 2, [3]]",
            "throw line",
            "throw order.lines",
            "throw violation(\"x\")",
            "fn f() { throw } f()",
            "fn f(n) { if n == 0 { throw n } f(n - 1) } f(4)",
            "loop { throw }",
            "if true { throw } else { 5 }",
            "5 + { throw }",
            "min(1, if true { throw } else { 5 })",
            "switch 1 { 1 => throw, _ => 5 }",
        ],
    ));
    check(of(
        "script.no_value",
        &[
            "line.cost",
            "let x = line.cost; 5",
            "line.cost; 5",
            "number(\"\")",
            "number(\"1e5\")",
            "number(\"0x10\")",
            "number(\" 1\")",
            "number(\"NaN\")",
            "number(\"-\")",
            "number(\"9999999999999999999999999999999\")",
            "number(line.sku)",
            "for l in order.lines { l.cost; } 5",
            "fn f(x) { x.cost } f(line)",
            "if line.cost > 0 || true { 5 } else { 6 }",
            "[line.cost]; 5",
        ],
    ));
    check(of("5", &["if true || line.cost > 0 { 5 } else { 6 }", "if false && line.cost > 0 { 6 } else { 5 }"]));
}

#[test]
fn control_flows_as_it_is_written() {
    check(of(
        "5",
        &[
            "switch line.sku { \"NUT\" => 5, _ => 6 }",
            "switch 5.00 { 5 => 5, _ => 6 }",
            "switch -0 { 0 => 5, _ => 6 }",
            "switch \"\" { \"\" if false => 6, \"\" if true => 5, _ => 7 }",
            "switch 1 { _ => 5 }",
            "switch switch 1 { 1 => 2, _ => 3 } { 2 => 5, _ => 6 }",
            "return 5; 6",
            "{ return 5; } loop { }",
            "loop { break 5; }",
            "let x = loop { break 5; }; x",
            "for x in [1] { return 5; } 6",
            "while true { return 5; } 6",
            "do { return 5; } while true; 6",
            "fn f() { return 5; loop { } } f()",
            "let x = 1; { let x = 2; { let x = 3; } } x + 4",
            "let x = 1; let x = x + 4; x",
            "let l = [1, 2]; for x in l { l.push(x); } size(l) + 1",
            "let l = []; l.push(l); l.push(l); size(l) + 3",
            "let n = 0; for a in [1, 2, 3] { for a in [1] { n += a; } } n + 2",
            "if \"UT\" in line.sku { 5 } else { 6 }",
            "if 5 in [1, 5] && 6 !in [1, 5] { 5 } else { 6 }",
            "if \"\" in \"\" { 5 } else { 6 }",
        ],
    ));
}
