//! What a folder must not have, and how it is told.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::scratch::{Scratch, TENANT, shown};

fn of_file(name: &str, text: &str) -> Vec<String> {
    Scratch::new(name, &[TENANT, ("x.yaml", text)]).problems()
}

#[test]
fn the_first_problem_of_every_document_of_every_file_is_told() {
    let scratch = Scratch::new(
        "all-files",
        &[
            TENANT,
            (
                "a.yaml",
                "price_list: a\ncurrency: EU\n---\nprice_list: b\ncurrency: EUR\nvalidd: {}\n---\nprice_list: c\ncurrency: EUR\n",
            ),
            ("b/c.json", "[ { \"organization\": \"x\", \"groups\": \"dealers\" }, { \"organisation\": \"y\" } ]"),
            ("d.yaml", "organization: x\n---\na: [\n"),
            ("e.yaml", "- catalog: x\n"),
        ],
    );
    assert_eq!(
        scratch.problems(),
        [
            "error[document.shape]: a.yaml:2:11: currency: `EU` is not a currency code of ISO 4217; write three capital letters, like EUR",
            "error[document.unknown_key]: a.yaml:6:1: the key `validd` is not known",
            "error[document.shape]: b/c.json:1:36: groups: expected a list, found `dealers`",
            "error[document.unknown_kind]: b/c.json:1:51: a document of no known kind: its first key is `organisation`",
            "error[document.syntax]: d.yaml:4:1: not readable as YAML: while parsing a node, did not find expected node content",
            "error[document.unknown_kind]: e.yaml:1:1: not a document: it has no keys",
        ]
    );
}

#[test]
fn an_unknown_key_has_help() {
    let scratch = Scratch::new("help", &[TENANT, ("x.yaml", "price_list: a\ncurrency: EUR\nvalidd: {}\n")]);
    let text = shown(&emptor::read_folder(scratch.path()).unwrap_err());
    let help = "\n  = help: did you mean `valid`? known keys: price_list, currency, kept_as, prices, forbids_merging, valid, \
                priority, assigned_to, rounding, entries, derived, versions\n";
    assert_eq!(text, format!("error[document.unknown_key]: x.yaml:3:1: the key `validd` is not known{help}"));
}

#[test]
fn bombs_do_not_go_off() {
    let mut bomb = "price_list: a\ncurrency: EUR\nl0: &l0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let before = level - 1;
        writeln!(bomb, "l{level}: &l{level} [*l{before}, *l{before}, *l{before}, *l{before}, *l{before}, *l{before}]")
            .unwrap();
    }
    let message = "YAML anchors (`&`) and aliases (`*`) are not read here";
    assert_eq!(of_file("bomb", &bomb), [format!("error[document.alias]: x.yaml:3:5: {message}")]);
    let deep = format!("price_list: a\nentries: {}{}\n", "[".repeat(200), "]".repeat(200));
    assert_eq!(of_file("deep", &deep), ["error[document.too_deep]: x.yaml:2:73: nested deeper than 64 levels"]);
    let told = of_file("brackets", &"[".repeat(10_000_000));
    assert!(told[0].starts_with("error[document.too_large]: x.yaml: "), "{told:?}");
    let told = of_file("letters", &"a".repeat(10_000_000));
    assert_eq!(told, ["error[document.unknown_kind]: x.yaml:1:1: not a document: it has no keys"]);
    let told = of_file("long-key", &format!("price_list: {}\n", "a".repeat(1_000_000)));
    assert!(told[0].len() < 1000, "{}", told[0].len());
    let scratch = Scratch::new("too-large", &[TENANT]);
    fs::File::create(scratch.path().join("x.json")).unwrap().set_len((64 << 20) + 1).unwrap();
    assert_eq!(scratch.problems(), ["error[document.too_large]: x.json: larger than 64 MB"]);
    let scratch = Scratch::new("binary", &[TENANT]);
    scratch.write("x.yaml", &[0x7f, b'E', b'L', b'F', 0, 1, 0xff]);
    assert_eq!(scratch.problems(), ["error[document.syntax]: x.yaml:1: not text in UTF-8"]);
}

#[test]
fn one_name_is_one_document() {
    let list = "price_list: a\ncurrency: EUR\n";
    let scratch = Scratch::new("duplicate", &[TENANT, ("a.yaml", list), ("b.yaml", list), ("u.yaml", TENANT.1)]);
    assert_eq!(
        scratch.problems(),
        [
            "error[document.duplicate]: b.yaml:1:1: the price_list `a` stands in a.yaml line 1 already",
            "error[tenant.duplicate]: u.yaml:1:1: the folder's tenant stands in tenant.yaml line 1 already",
        ]
    );
    let scratch = Scratch::new("no-tenant", &[("a.yaml", list)]);
    assert_eq!(scratch.problems(), ["error[tenant.missing]: the folder has no tenant"]);
    let scratch = Scratch::new("bad-tenant", &[("tenant.yaml", "tenant: a\n")]);
    assert_eq!(scratch.problems(), ["error[document.shape]: tenant.yaml:1:1: the key `currency` is missing"]);
}

#[test]
fn entries_stay_in_the_folder() {
    let check = |named: &str, expected: &str| {
        let list = format!("price_list: a\ncurrency: EUR\nentries: {named}\n");
        let scratch = Scratch::new("outside", &[TENANT, ("lists/a.yaml", &list)]);
        assert_eq!(scratch.problems(), [format!("error[{expected}")]);
    };
    let outside = "leads out of the book's folder";
    check("/etc/passwd", &format!("file.outside]: lists/a.yaml:3:10: `/etc/passwd`: {outside}"));
    check("../../x.csv", &format!("file.outside]: lists/a.yaml:3:10: `../../x.csv`: {outside}"));
    check("x.csv", "file.unreadable]: lists/a.yaml:3:10: `x.csv`: there is no such file");
    check("../lists", "file.unreadable]: lists/a.yaml:3:10: `../lists`: not a regular file");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let list = "price_list: a\ncurrency: EUR\nentries: x.csv\n";
    let scratch = Scratch::new("links", &[TENANT, ("a.yaml", list), ("real/b.yaml", "price_list: b\ncurrency: EUR\n")]);
    let other = Scratch::new("links-other", &[("x.csv", "sku,price\nA,1\n"), ("t.yaml", "tenant: x\n")]);
    symlink(other.path().join("x.csv"), scratch.path().join("x.csv")).unwrap();
    symlink(other.path().join("t.yaml"), scratch.path().join("t.yaml")).unwrap();
    symlink(other.path(), scratch.path().join("other")).unwrap();
    symlink(scratch.path(), scratch.path().join("loop")).unwrap();
    symlink(scratch.path().join("nowhere"), scratch.path().join("n.yaml")).unwrap();
    assert_eq!(
        scratch.problems(),
        [
            "error[file.outside]: other: leads out of the book's folder",
            "error[file.outside]: a.yaml:3:10: `x.csv`: leads out of the book's folder",
            "error[file.unreadable]: n.yaml: there is no such file",
            "error[file.outside]: t.yaml: leads out of the book's folder",
        ]
    );
}

#[test]
fn a_folder_that_is_none_says_so() {
    let problems = emptor::read_folder(Path::new("/nowhere/at/all")).unwrap_err();
    assert!(shown(&problems).starts_with("error[file.unreadable]: /nowhere/at/all: there is no such file"));
}
