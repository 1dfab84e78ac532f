//! `check`: what is wrong is told as a compiler tells it, and by the exit code.

use serde_json::Value;

use crate::scratch::{BOOK, Scratch, WHOLESALE};

#[test]
fn a_sound_book_is_sound() {
    let scratch = Scratch::new("sound", &[]);
    let findings = scratch.run(&format!("check --book {WHOLESALE} --format json")).fine();
    let findings: Value = serde_json::from_str(&findings).unwrap();
    assert_eq!((&findings["errors"], &findings["warnings"]), (&0.into(), &0.into()), "{findings}");
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
    assert!(said.out.contains("warning[tier.rises]: book/other.yaml:6:"), "{}", said.out);
    assert!(said.out.contains("\n0 errors, "), "{}", said.out);
}

#[test]
fn warnings_of_one_kind_are_told_a_few_times() {
    let five = |text: &str| (0..5).map(|number| text.replace('#', &number.to_string())).collect::<Vec<_>>().concat();
    let entries = five("  - { sku: S#, tiers: [[0, 1], [5, 2]] }\n");
    let list = format!("price_list: other\ncurrency: EUR\nentries:\n{entries}");
    let catalog = format!("catalog: more\nproducts:\n{}", five("  - { sku: S#, unit: pc }\n"));
    let files = [BOOK.as_slice(), &[("book/other.yaml", &list), ("book/more.yaml", &catalog)]].concat();
    let scratch = Scratch::new("alike", &files);
    let said = scratch.run("check --book book").fine();
    assert_eq!(said.matches("warning[tier.rises]: book/other.yaml:").count(), 4, "{said}");
    assert!(
        said.contains("warning[tier.rises]: book/other.yaml: 2 more of these; `--format json` has all\n"),
        "{said}"
    );
    let json: Value = serde_json::from_str(&scratch.run("check --book book --format json").fine()).unwrap();
    let told = json["problems"].as_array().unwrap().iter().filter(|problem| problem["code"] == "tier.rises");
    assert_eq!(told.count(), 5);
}

#[test]
fn every_script_says_how_it_runs() {
    let scripts = "script: many\nsees: goods\nreturns: number\ntext: |\n  max(line.quantity, 1)\n---\n\
                   script: lines\nsees: order\nreturns: violations\ntext: |\n  let found = [];\n  found\n";
    let contract = "contract: frame\norganization: contoso\nversions:\n  - number: 1\n    \
                    approved: { by: sales, at: 2026-01-10T09:00:00Z }\n    terms:\n      \
                    - price: { sku: BOLT, formula: many }\n      - price: { sku: CABLE, formula: many }\n";
    let rule = "order_rule: lines\nterms: { script: lines }\n";
    let files = [("book/scripts.yaml", scripts), ("book/contract.yaml", contract), ("book/rule.yaml", rule)];
    let scratch = Scratch::new("scripts", &[BOOK.as_slice(), &files].concat());
    let said = scratch.run("check --book book").fine();
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("script ")).collect();
    let [of_lines, many] = lines.as_slice() else { panic!("{said}") };
    assert!(
        of_lines.ends_with(", 1 use: interpreted, for at line 1, column 1 of its text: it returns violations"),
        "{said}"
    );
    assert!(many.ends_with(", 2 uses: native"), "{said}");
    let findings: Value = serde_json::from_str(&scratch.run("check --book book --format json").fine()).unwrap();
    assert_eq!(findings["scripts"][0]["reason"], "it returns violations");
    assert_eq!((&findings["scripts"][1]["uses"], &findings["scripts"][1]["is_native"]), (&2.into(), &true.into()));
}
