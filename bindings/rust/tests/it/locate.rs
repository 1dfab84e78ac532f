//! From a diagnostic's place back to the file and line it was written at.

use emptor_core::DocumentKind::{self, Catalog, Contract, PriceList, Tenant};
use emptor_core::{Diagnostic, Place, Severity};

use crate::scratch::{Scratch, TENANT};

fn place(kind: DocumentKind, id: &str, path: &[&'static str]) -> Place {
    let root = Place::of(kind, id);
    path.iter().fold(root, |place, segment| match segment.parse::<usize>() {
        Ok(index) => place.index(index),
        Err(_) => place.key(segment),
    })
}

#[test]
fn places_are_found_in_every_kind_of_file() {
    let scratch = Scratch::new(
        "locate",
        &[
            TENANT,
            (
                "lists.yaml",
                "price_list: dealer\ncurrency: EUR\nentries:\n  - sku: A\n    tiers: [ [0, 9.80],\n             { from: 10, price: 8 } ]\n\
             assigned_to:\n  - group: dealers\n---\nprice_list: rows\ncurrency: EUR\nentries: rows.csv\n\
             ---\nprice_list: old\ncurrency: EUR\nversions:\n  - number: 1\n    entries: rows.csv\n",
            ),
            ("rows.csv", "sku,from_quantity,price\r\nB,,1\r\n\r\nA,100,2\r\nA,0,3\r\n"),
            (
                "contract.json",
                "{ \"contract\": \"frame\", \"organization\": \"contoso\",\n  \"versions\": [ { \"number\": 1,\n    \"terms\": [ { \"price\": { \"sku\": \"A\", \"price\": \"1\" } } ] } ] }",
            ),
            ("catalog.yaml", "catalog: all\nproducts: products.csv\n"),
            ("products.csv", "sku,unit\nA,pc\nB,pc\n"),
        ],
    );
    let places = scratch.read().places;
    let check = |kind, id: &str, path: &[&'static str], expected: Option<&str>| {
        let found = places.locate(&place(kind, id, path)).map(|at| match at.column {
            Some(column) => format!("{}:{}:{column}", at.file, at.line),
            None => format!("{}:{}", at.file, at.line),
        });
        assert_eq!(found.as_deref(), expected, "{id} {path:?}");
    };
    check(PriceList, "dealer", &[], Some("lists.yaml:1:1"));
    check(PriceList, "dealer", &["currency"], Some("lists.yaml:2:11"));
    check(PriceList, "dealer", &["entries"], Some("lists.yaml:3:1"));
    check(PriceList, "dealer", &["entries", "0"], Some("lists.yaml:4:5"));
    check(PriceList, "dealer", &["entries", "0", "tiers"], Some("lists.yaml:5:5"));
    check(PriceList, "dealer", &["entries", "0", "tiers", "0", "price"], Some("lists.yaml:5:18"));
    check(PriceList, "dealer", &["entries", "0", "tiers", "1", "price"], Some("lists.yaml:6:33"));
    check(PriceList, "dealer", &["entries", "0", "per"], Some("lists.yaml:4:5"));
    check(PriceList, "dealer", &["entries", "7"], Some("lists.yaml:3:1"));
    check(PriceList, "dealer", &["assigned_to", "0", "group"], Some("lists.yaml:8:12"));
    check(PriceList, "rows", &["entries"], Some("lists.yaml:12:1"));
    check(PriceList, "rows", &["entries", "0", "price"], Some("rows.csv:2"));
    check(PriceList, "rows", &["entries", "1"], Some("rows.csv:5"));
    check(PriceList, "rows", &["entries", "1", "tiers", "1", "price"], Some("rows.csv:4"));
    check(PriceList, "old", &["versions", "0", "entries", "1", "tiers", "0"], Some("rows.csv:5"));
    check(Contract, "frame", &["versions", "0", "terms", "0", "price", "price"], Some("contract.json:3:50"));
    check(Contract, "frame", &["versions", "0", "valid"], Some("contract.json:2:17"));
    check(Catalog, "all", &["products", "1", "unit"], Some("products.csv:3"));
    check(Tenant, "", &["currency"], Some("tenant.yaml:2:11"));
    check(PriceList, "nobody", &[], None);
}

#[test]
fn a_diagnostic_is_shown_with_its_line() {
    let scratch = Scratch::new("diagnostic", &[TENANT]);
    let diagnostic = Diagnostic {
        severity: Severity::Warning,
        code: "tenant.odd",
        place: place(Tenant, "acme", &["currency"]),
        message: "an odd currency".to_owned(),
        help: "choose another".to_owned(),
    };
    let shown = scratch.read().places.problem(&diagnostic).to_string();
    assert_eq!(shown, "warning[tenant.odd]: tenant.yaml:2:11: an odd currency\n  = help: choose another");
}
