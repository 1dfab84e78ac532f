//! Engine against reference: one generated case priced by both, which must agree to the last byte.

pub mod coverage;

use std::collections::BTreeSet;

use emptor_core::{Basis, Diagnostic, Digest, PricedOrder, canonical_json};
use emptor_pricing::{Detail, PriceBook, SEMANTICS_VERSION, compile, price};
use emptor_reference::generate::Case;
use serde_json::Value;

/// How a case came out.
#[derive(Debug)]
pub enum Agreement {
    /// Both gave the same bytes: the answer, with why its prices won; or both refused the request with the same code.
    Same(Result<Box<PricedOrder>, &'static str>),
    /// The documents do not compile.
    NotCompiled(Vec<Diagnostic>),
    /// They differ.
    Differs(Box<Difference>),
}

/// What both gave for a case on which they differ.
#[derive(Debug)]
pub struct Difference {
    /// The engine's answer, or its code.
    pub engine: String,
    /// The reference's.
    pub reference: String,
}

/// Prices a case by engine and reference.
pub fn check(case: &Case) -> Agreement {
    let book = match compile(&case.documents, case.known_at) {
        Ok(book) => book,
        Err(diagnostics) => return Agreement::NotCompiled(diagnostics),
    };
    let engine = by_engine(&book, case);
    let reference = by_reference(&book, case);
    if let Some(difference) = difference(engine.as_ref(), reference.as_ref()) {
        return Agreement::Differs(Box::new(difference));
    }
    // No detail changes a price.
    let why = price(&book, &case.request, Detail::Why).map_err(|error| error.code());
    match difference(why.clone().map(without_why).as_ref(), reference.as_ref()) {
        Some(difference) => Agreement::Differs(Box::new(difference)),
        None => Agreement::Same(why.map(Box::new)),
    }
}

/// The engine's answer, or the code of its refusal.
fn by_engine(book: &PriceBook, case: &Case) -> Result<PricedOrder, &'static str> {
    price(book, &case.request, Detail::Waterfall).map_err(|error| error.code())
}

/// The reference's answer, or the code of its refusal.
fn by_reference(book: &PriceBook, case: &Case) -> Result<PricedOrder, &'static str> {
    let request = canonical_json(&case.request).unwrap_or_default();
    let basis =
        Basis { semantics: SEMANTICS_VERSION, book: book.fingerprint(), request: Digest::of(request.as_bytes()) };
    emptor_reference::price(&case.documents, case.known_at, &case.request, basis)
}

/// `None` where both answers are the same text.
fn difference(
    engine: Result<&PricedOrder, &&'static str>,
    reference: Result<&PricedOrder, &&'static str>,
) -> Option<Difference> {
    let text = |answer: Result<&PricedOrder, &&'static str>| match answer {
        Ok(order) => serde_json::to_string_pretty(order).unwrap_or_default(),
        Err(code) => (*code).to_owned(),
    };
    let (engine, reference) = (text(engine), text(reference));
    (engine != reference).then_some(Difference { engine, reference })
}

/// The answer at detail `waterfall`.
fn without_why(mut order: PricedOrder) -> PricedOrder {
    for line in &mut order.lines {
        line.losers.clear();
        line.lists_not_applicable = None;
        line.skipped.clear();
        line.rules_not_applicable = None;
    }
    order
}

impl Difference {
    /// What kind of difference it is: where the answers part, and how, without numbers.
    pub fn kind(&self) -> String {
        let answer = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::from(text));
        parting(&answer(&self.engine), &answer(&self.reference)).unwrap_or_default()
    }
}

/// Where two values part first: the way to it, and the two.
fn parting(engine: &Value, reference: &Value) -> Option<String> {
    match (engine, reference) {
        _ if engine == reference => None,
        (Value::Object(of_engine), Value::Object(of_reference)) => {
            let keys: BTreeSet<&String> = of_engine.keys().chain(of_reference.keys()).collect();
            // What lines come to is the cause of most other differences.
            let (lines, others): (Vec<_>, Vec<_>) = keys.into_iter().partition(|key| *key == "lines");
            lines.into_iter().chain(others).find_map(|key| {
                let values = [of_engine, of_reference].map(|fields| fields.get(key).unwrap_or(&Value::Null));
                parting(values[0], values[1]).map(|rest| format!("{key}.{rest}"))
            })
        }
        (Value::Array(of_engine), Value::Array(of_reference)) => {
            let longer = of_engine.len().max(of_reference.len());
            (0..longer).find_map(|index| {
                let values = [of_engine, of_reference].map(|values| values.get(index).unwrap_or(&Value::Null));
                parting(values[0], values[1])
            })
        }
        _ => Some(format!("{} | {}", without_numbers(engine), without_numbers(reference))),
    }
}

/// What a value is, short: a word, `number`, or the word that an object begins with.
fn without_numbers(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) if text.contains(|c: char| c.is_ascii_digit()) => "number".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let named = ["code", "step", "kind", "category"].into_iter().find_map(|key| fields.get(key));
            named.map_or_else(|| "fields".to_owned(), without_numbers)
        }
        Value::Array(values) => format!("[{}]", values.first().map(without_numbers).unwrap_or_default()),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use emptor_core::{Exact, Money, PricedOrder};
    use emptor_pricing::{PriceBook, compile};
    use emptor_reference::generate::{Case, bytes, case};

    use super::{Agreement, Difference, by_engine, by_reference, check, difference};

    /// The first case without rules of which the second line is priced by a table, above zero.
    fn priced() -> (Case, PriceBook, PricedOrder) {
        let priced = |case: Case| {
            if !case.documents.tax_tables.is_empty() {
                return None;
            }
            let Agreement::Same(Ok(_)) = check(&case) else { return None };
            let book = compile(&case.documents, case.known_at).unwrap();
            let order = by_engine(&book, &case).unwrap();
            let line = order.lines.get(1)?;
            line.steps.first()?.price.as_ref()?.table.as_ref()?;
            line.net.filter(|net| net.minor() > 0)?;
            Some((case, book, order))
        };
        (0..1000).find_map(|seed| priced(case(&bytes(seed)))).unwrap()
    }

    fn differs(case: &Case, book: &PriceBook, engine: &PricedOrder) -> bool {
        difference(Ok(engine), by_reference(book, case).as_ref()).is_some()
    }

    #[test]
    fn a_fault_of_the_smallest_unit_is_seen() {
        let (case, book, order) = priced();
        assert!(!differs(&case, &book, &order));
        let smallest = |amount: Exact| Exact::from_scaled(amount.scaled(10).unwrap() + 1, 10).unwrap();
        let check = |alter: &dyn Fn(&mut PricedOrder)| {
            let mut altered = order.clone();
            alter(&mut altered);
            assert!(differs(&case, &book, &altered), "{altered:?}");
        };
        let one_more = |money: Money| Money::from_minor(money.minor() + 1, money.currency());
        check(&|order| order.lines[1].net = order.lines[1].net.map(one_more));
        check(&|order| order.lines[1].steps[0].amount = smallest(order.lines[1].steps[0].amount));
        check(&|order| order.totals.line_extension = one_more(order.totals.line_extension));
        check(&|order| order.lines[0].id = order.lines[1].id.clone());
        check(&|order| drop(order.lines.pop()));
    }

    #[test]
    fn the_kind_of_a_difference_says_where_answers_part() {
        let kind = |engine: &str, reference: &str| {
            let difference = Difference { engine: engine.to_owned(), reference: reference.to_owned() };
            difference.kind()
        };
        let order = r#"{ "applied": [], "lines": [{ "net": "1.00 EUR" }] }"#;
        let other = r#"{ "applied": ["a"], "lines": [{ "net": "1.01 EUR" }] }"#;
        assert_eq!(kind(order, other), "lines.net.number | number");
        assert_eq!(kind(r#"{ "violations": [{ "code": "a.b" }] }"#, "{}"), "violations.[a.b] | nothing");
        assert_eq!(kind("request.limit", order), "request.limit | fields");
    }

    #[test]
    fn a_price_that_only_one_of_both_was_told_is_seen() {
        let (mut case, book, order) = priced();
        // Every price of the documents rises by one, behind the back of the book that is compiled already.
        let rise = |price: &mut Option<Exact>| {
            *price = price.map(|price| Exact::from(price.to_decimal() + Exact::from(1).to_decimal()));
        };
        let lists = case.documents.price_lists.iter_mut();
        let of_lists = lists.flat_map(|list| {
            let versions = list.versions.iter_mut().flat_map(|version| &mut version.entries);
            list.entries.iter_mut().chain(versions)
        });
        let contracts = case.documents.contracts.iter_mut().flat_map(|contract| &mut contract.versions);
        let of_contracts =
            contracts.flat_map(|version| version.terms.iter_mut().filter_map(|term| term.price.as_mut()));
        for entry in of_lists.chain(of_contracts) {
            rise(&mut entry.price);
            entry.tiers.iter_mut().for_each(|tier| rise(&mut tier.price));
        }
        assert!(differs(&case, &book, &order));
        let reference = by_reference(&book, &case).unwrap();
        assert_ne!(reference.totals, order.totals);
    }
}
