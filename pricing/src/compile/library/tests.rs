//! That the next book shares what did not change.

use emptor_core::{DocumentKind, Documents, Instant};
use serde_json::{Value, json};

use super::{Changes, Library};
use crate::entries::Entries;

fn contract(name: &str, organization: &str, price: &str) -> Value {
    let terms = json!([{ "price": { "sku": "NUT", "price": price } }, { "price": { "sku": "BOLT", "price": price } }]);
    let approved = json!({ "by": "sales", "at": "2026-01-01T00:00:00Z" });
    json!({ "contract": name, "organization": organization, "versions": [
        { "number": 1, "recorded_at": "2026-01-01T00:00:00Z", "approved": approved, "terms": terms }] })
}

fn documents() -> Documents {
    let json = json!({
        "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
        "organizations": [{ "organization": "contoso" }, { "organization": "fabrikam" }],
        "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }, { "sku": "NUT", "unit": "pc" }] }],
        "price_lists": [
            { "price_list": "list", "currency": "EUR", "entries": [{ "sku": "BOLT", "price": "9.80" }] },
            { "price_list": "special", "currency": "EUR", "priority": 1,
              "assigned_to": [{ "organization": "contoso" }], "entries": [{ "sku": "NUT", "price": "1.20" }] }],
        "contracts": [contract("a", "contoso", "9"), contract("b", "fabrikam", "8")],
    });
    serde_json::from_value(json).unwrap()
}

fn library() -> Library {
    Library::compile(documents(), Instant::MAX).unwrap()
}

/// How many sources have the same entries in memory as before.
fn shared(before: &Library, after: &Library) -> usize {
    let is_before = |entries: &&Entries| before.book.entries.iter().any(|other| entries.is_shared_with(other));
    after.book.entries.iter().filter(is_before).count()
}

/// Makes changes by the short road, and gives how many sources are shared of how many.
fn check(before: &Library, changes: Changes, expected: (usize, usize)) -> Library {
    let mut kept = before.kept.clone();
    changes.make(&mut kept);
    let after = before.again(&kept, Instant::MAX).expect("the short road is taken");
    assert_eq!((shared(before, &after), after.book.sources.len()), expected);
    after
}

fn with_contract(contract: Value) -> Changes {
    Changes { contracts: vec![serde_json::from_value(contract).unwrap()], ..Changes::default() }
}

#[test]
fn what_did_not_change_is_shared() {
    let before = library();
    assert_eq!(before.book.sources.len(), 4);
    let after = check(&before, with_contract(contract("a", "contoso", "7")), (3, 4));
    let mut second = contract("c", "fabrikam", "7.5");
    second["priority"] = json!(1);
    let after = check(&after, with_contract(second), (4, 5));
    let never = after.book.warnings.iter().filter(|warning| warning.code == "lint.never_wins").count();
    assert_eq!(never, 2, "both terms of the other contract: {:?}", after.book.warnings);
    let gone = Changes { removed: vec![(DocumentKind::Contract, "a".to_owned())], ..Changes::default() };
    let after = check(&after, gone, (4, 4));
    let list = json!({ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "NUT", "price": "2" }] });
    let changes = Changes { price_lists: vec![serde_json::from_value(list).unwrap()], ..Changes::default() };
    check(&after, changes, (3, 4));
}

#[test]
fn what_others_read_is_compiled_in_full() {
    let before = library();
    let derived = json!({ "price_list": "derived", "currency": "EUR", "priority": 2, "derived": { "from": { "price_list": "list" } } });
    let changes = |list: &Value| Changes {
        price_lists: vec![serde_json::from_value(list.clone()).unwrap()],
        ..Changes::default()
    };
    let mut kept = before.kept.clone();
    changes(&derived).make(&mut kept);
    assert!(before.again(&kept, Instant::MAX).is_none(), "a derived list");
    let with_derived = before.with(changes(&derived), Instant::MAX).unwrap();
    let list = json!({ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "NUT", "price": "2" }] });
    let mut kept = with_derived.kept.clone();
    changes(&list).make(&mut kept);
    assert!(with_derived.again(&kept, Instant::MAX).is_none(), "a list from which another follows");
}
