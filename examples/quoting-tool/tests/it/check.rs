//! `check`: what is wrong is told as a compiler tells it, and by the exit code.

use serde_json::Value;

use crate::scratch::{BOOK, Scratch, WHOLESALE};

#[test]
fn a_sound_book_is_sound() {
    let scratch = Scratch::new("sound", &[]);
    assert_eq!(scratch.run(&format!("check --book {WHOLESALE}")).fine(), "0 errors, 0 warnings\n");
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let list =
        "price_list: other\ncurrency: EUR\npriority: 1\nentries:\n  - { sku: NUT, price: 1 }\n  - { sku: BOLT }\n";
    let scratch = Scratch::new("mistakes", &[BOOK.as_slice(), &[("book/other.yaml", list)]].concat());
    let said = scratch.run("check --book book");
    assert_eq!(said.code, Some(1), "{}", said.out);
    assert_eq!(said.err, "");
    let places: Vec<&str> = said.out.lines().filter(|line| line.starts_with("error[")).collect();
    assert_eq!(places.len(), 2, "{}", said.out);
    assert!(places.iter().any(|line| line.contains("book/other.yaml:5:")), "{}", said.out);
    assert!(places.iter().any(|line| line.contains("book/other.yaml:6:")), "{}", said.out);
    assert_eq!(said.out.matches("  = help: ").count(), 2, "{}", said.out);
    assert!(said.out.ends_with("\n2 errors, 0 warnings\n"), "{}", said.out);

    let json = scratch.run("check --book book --format json");
    let findings: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &findings["errors"], &findings["warnings"]), (Some(1), &2.into(), &0.into()));
    assert_eq!(findings["problems"][0]["file"], "book/other.yaml");
}

#[test]
fn a_warning_alone_is_no_failure() {
    let list = "price_list: other\ncurrency: EUR\npriority: 1\nentries:\n  - sku: BOLT\n    tiers: [[0, 1], [5, 2]]\n";
    let scratch = Scratch::new("warning", &[BOOK.as_slice(), &[("book/other.yaml", list)]].concat());
    let said = scratch.run("check --book book");
    assert_eq!(said.code, Some(0), "{}", said.out);
    assert!(said.out.starts_with("warning[tier.rises]: book/other.yaml:6:"), "{}", said.out);
    assert!(said.out.ends_with("\n0 errors, 1 warning\n"), "{}", said.out);
}
