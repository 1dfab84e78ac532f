//! What changes prices and what orders keep to, as a pricing manager writes it.

use emptor::{Problem, read_documents_json};
use emptor_core::{Condition, Graded, ProcedureEntry, StepBasis, Weekday};

use crate::scratch::{Scratch, TENANT, shown};

const PROCEDURE: &str = "\
tenant: acme
currency: EUR
time_zone: Europe/Berlin
procedure:
  - step: { name: dealer }
  - subtotal: { name: net-goods, of: [base, dealer] }
  - guards
  - step:
      name: promotion
      at: order
      on: { subtotal: net-goods }
      choose: best
      rounding: { at: result, increment: 0.05 }
      share_by: { weight: kg }
guards: { margin_min: 12.5, breach: needs_approval, role: head-of-sales }
tax: { table: vat, category: standard }
cash_roundings: [ { currency: CHF, increment: 0.05 } ]
";

const ADJUSTMENTS: &str = "\
adjustment: spring
step: promotion
recorded_at: 2026-02-01T00:00:00Z
when:
  organization: contoso
  channel: [web, edi]
  weekday: monday
  any:
    - { order_value: { at_least: 500 } }
    - not: { contains: { not: { category: fasteners } } }
for: { sku: 007, product: { hazard: 3 }, quantity: { at_least: 10, over: order } }
effect:
  percent_off: [ [50, 5], [100, 7.50] ]
  by: { base: value }
excludes: [ bonus ]
---
adjustment: flat
step: dealer
charges: freight
effect: { percent_off: 7.5, at_most: 100 }
";

const TABLES: &str = "\
order_rule: minimum
organization: contoso
terms:
  order_value_min: 250
  approve_value: [ [1000, lead], [10000, head-of-sales] ]
  allows: { category: [fasteners, tools] }
  cut_off: { time: 14:00, weekdays: [monday, friday], holidays: [2026-12-25] }
---
tax_table: vat
rates:
  - { rate_id: de, category: standard, region: DE, percent: 19, code: S }
  - { rate_id: any, category: standard, percent: 0 }
---
index_table: copper
values: [ { rate_id: m1, value: 812.50, valid: { from: 2026-01-01, to: 2026-02-01 } } ]
";

#[test]
fn rules_and_tables_become_documents() {
    let files = [("tenant.yaml", PROCEDURE), ("adjustments.yaml", ADJUSTMENTS), ("tables.yaml", TABLES)];
    let scratch = Scratch::new("rules", &files);
    let documents = scratch.read().documents;
    let [
        ProcedureEntry::Step(first),
        ProcedureEntry::Subtotal(sum),
        ProcedureEntry::Guards,
        ProcedureEntry::Step(last),
    ] = documents.tenant.procedure.as_slice()
    else {
        panic!("{:?}", documents.tenant.procedure)
    };
    assert_eq!((first.name.as_str(), sum.of.len()), ("dealer", 2));
    assert_eq!(last.on, StepBasis::Subtotal(sum.name.clone()));
    let [spring, flat] = documents.adjustments.as_slice() else { panic!("{:?}", documents.adjustments) };
    assert_eq!(spring.when.weekday, [Weekday::Monday]);
    assert_eq!(spring.when.channel.len(), 2);
    assert_eq!(spring.when.any.len(), 2);
    let contains = spring.when.any[1].not.as_ref().and_then(|not| not.contains.as_ref()).unwrap();
    assert_eq!(contains.not.as_ref().unwrap().category[0].as_str(), "fasteners");
    assert_eq!((spring.lines.sku[0].as_str(), spring.lines.product["hazard"].as_str()), ("007", "3"));
    let pair = |from: &str, percent: &str| (from.parse().unwrap(), percent.parse().unwrap());
    assert_eq!(spring.effect.percent_off, Some(Graded::Steps(vec![pair("50", "5"), pair("100", "7.5")])));
    assert_eq!(flat.effect.percent_off, Some(Graded::Number("7.5".parse().unwrap())));
    assert_eq!((flat.charges[0].as_str(), &flat.when), ("freight", &Condition::default()));
    let [rule] = documents.order_rules.as_slice() else { panic!("{:?}", documents.order_rules) };
    assert_eq!(rule.terms.approve_value[1].1.as_str(), "head-of-sales");
    assert_eq!(rule.terms.cut_off.as_ref().unwrap().time.to_string(), "14:00");
    assert_eq!(documents.tax_tables[0].rates[0].region[0].as_str(), "DE");
    assert_eq!(documents.index_tables[0].values[0].value, "812.5".parse().unwrap());

    let text = serde_json::to_string(&documents).unwrap();
    assert_eq!(read_documents_json(&text).unwrap(), documents);
}

/// What is said of `text` as the file `x.yaml`, without help.
#[track_caller]
fn check(text: &str, expected: &str) {
    let problems = Scratch::new("rules-refused", &[TENANT, ("x.yaml", text)]).problems();
    assert_eq!(problems, [expected]);
}

#[test]
fn what_is_wrong_in_a_rule_is_told_with_its_place() {
    let effect = |effect: &str| format!("adjustment: a\nstep: s\neffect: {effect}\n");
    check(
        &effect("{ percent_off: { from: 5 } }"),
        "error[document.unknown_key]: x.yaml:3:26: effect.percent_off: the key `from` is not known",
    );
    check(
        &effect("{ percent_off: many }"),
        "error[document.shape]: x.yaml:3:24: effect.percent_off: `many` is not a number of the form -12.345; \
         write digits, and a point where there are decimals",
    );
    check(
        &effect("{ percent_off: [ [50, 5], [100, 7, 8] ] }"),
        "error[document.shape]: x.yaml:3:35: effect.percent_off[1]: expected 2 elements, found 3",
    );
    check(
        &effect("{ percent_of: 5 }"),
        "error[document.unknown_key]: x.yaml:3:11: effect: the key `percent_of` is not known",
    );
    let when = |when: &str| format!("adjustment: a\nstep: s\neffect: {{ percent_off: 5 }}\nwhen: {when}\n");
    check(
        &when("{ any: [ {}, { not: { skus: A } } ] }"),
        "error[document.unknown_key]: x.yaml:4:29: when.any[1].not: the key `skus` is not known",
    );
    check(
        &when("{ weekday: munday }"),
        "error[document.shape]: x.yaml:4:18: when.weekday: `munday` is none of the known words",
    );
    check(
        &when("{ sku: [A, {}] }"),
        "error[document.shape]: x.yaml:4:18: when.sku[1]: expected a name, as text, found a map",
    );
    check(
        &when("{ sku: { A: 1 } }"),
        "error[document.shape]: x.yaml:4:14: when.sku: expected one name or a list of names, found a map",
    );
    let deep = when(&format!("{}{}{}", "{ not: ".repeat(70), "{}", " }".repeat(70)));
    let problems = Scratch::new("rules-deep", &[TENANT, ("x.yaml", &deep)]).problems();
    assert!(problems[0].ends_with("nested deeper than 64 levels"), "{problems:?}");
}

#[test]
fn what_is_wrong_in_a_procedure_is_told_with_its_place() {
    let told = |procedure: &str| {
        let tenant = format!("{}procedure:\n{procedure}", TENANT.1);
        let scratch = Scratch::new("rules-procedure", &[("tenant.yaml", &tenant)]);
        shown(&emptor::read_folder(scratch.path()).unwrap_err())
    };
    let at = |place: &str, words: &str| format!("error[{place}: {words}\n");
    assert_eq!(
        told("  - step: { name: a, chose: best }\n"),
        at(
            "document.unknown_key]: tenant.yaml:5:22: procedure[0].step",
            "the key `chose` is not known\n  = help: did you mean `choose`? known keys: name, at, on, choose, counts_as, rounding, below_zero, share_by, share_rest, shown, manual, excludes"
        )
    );
    assert_eq!(
        told("  - guard\n"),
        at(
            "document.shape]: tenant.yaml:5:5: procedure[0]",
            "`guard` is none of the known words\n  = help: did you mean `guards`? known words: step, subtotal, guards"
        )
    );
    assert_eq!(
        told("  - step\n"),
        at("document.shape]: tenant.yaml:5:5: procedure[0]", "`step` needs a value\n  = help: write `{ step: … }`")
    );
    assert_eq!(
        told("  - guards: { at: line }\n"),
        at("document.shape]: tenant.yaml:5:13: procedure[0]", "`guards` has no value\n  = help: write `guards` alone")
    );
    assert_eq!(
        told("  - { step: a, at: line }\n"),
        at(
            "document.shape]: tenant.yaml:5:5: procedure[0]",
            "expected one known word, found a map\n  = help: known words: step, subtotal, guards"
        )
    );
}

#[test]
fn one_name_is_one_rule() {
    let rule = "order_rule: a\norganization: contoso\nterms: {}\n";
    let scratch = Scratch::new("rules-twice", &[TENANT, ("a.yaml", rule), ("b.yaml", rule)]);
    let message = "the order_rule `a` stands in a.yaml line 1 already";
    assert_eq!(scratch.problems(), [format!("error[document.duplicate]: b.yaml:1:1: {message}")]);
}

#[test]
fn a_json_number_is_no_graded_number() {
    let text = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC", "procedure": [ "guards" ] },
  "adjustments": [ { "adjustment": "a", "step": "s", "effect": { "percent_off": 7.5 } } ] }"#;
    let problem = read_documents_json(text).unwrap_err().remove(0);
    assert_eq!(problem.help.as_deref(), Some("write it in quotes: \"7.5\""));
    let told = Problem { help: None, ..problem }.to_string();
    assert!(told.starts_with("error[document.shape]: 2:81: adjustments[0].effect.percent_off: expected a"), "{told}");
    let read = |graded: &str| read_documents_json(&text.replace("7.5", graded)).unwrap().adjustments.remove(0).effect;
    assert_eq!(read("\"7.5\"").percent_off, Some(Graded::Number("7.5".parse().unwrap())));
    let steps = Graded::Steps(vec![("50".parse().unwrap(), "5".parse().unwrap())]);
    assert_eq!(read("[[\"50\", \"5\"]]").percent_off, Some(steps));
}
