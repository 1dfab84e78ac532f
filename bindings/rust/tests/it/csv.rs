//! Price rows and products in CSV files.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use emptor_core::{Entry, Product};

use crate::scratch::{Scratch, TENANT};

const LIST: (&str, &str) = ("lists/dealer.yaml", "price_list: dealer\ncurrency: EUR\nentries: dealer.csv\n");
const CATALOG: (&str, &str) = ("catalog.yaml", "catalog: all\nproducts: products.csv\n");

fn entries(name: &str, csv: &str) -> Vec<Entry> {
    let scratch = Scratch::new(name, &[TENANT, LIST, ("lists/dealer.csv", csv)]);
    scratch.read().documents.price_lists.remove(0).entries
}

fn problems(name: &str, csv: &str) -> Vec<String> {
    Scratch::new(name, &[TENANT, LIST, ("lists/dealer.csv", csv)]).problems()
}

/// Entries as they would be written in place.
fn inline(name: &str, yaml: &str) -> Vec<Entry> {
    let text = format!("price_list: dealer\ncurrency: EUR\nentries:\n{yaml}");
    Scratch::new(name, &[TENANT, ("dealer.yaml", &text)]).read().documents.price_lists.remove(0).entries
}

#[test]
fn rows_become_entries() {
    let csv = "\u{feff}price,sku,category,from_quantity,unit,per,valid_from,valid_to\r\n\
               8.40,BOLT,,1000,pc,100,,\r\n\
               \r\n\
               9.80,BOLT,,0,pc,100.0,,\r\n\
               0.10,BOLT,,,pc,,,\r\n\
               5,\"A, \"\"b\"\"\",,10,,,2026-01-01,2026-02-01\r\n\
               2,,fasteners,,kg,,,\r\n";
    let yaml = "  - { sku: BOLT, per: 100 pc, tiers: [ [0, 9.80], [1000, 8.40] ] }\n\
                \x20 - { sku: BOLT, per: 1 pc, price: 0.10 }\n\
                \x20 - { sku: 'A, \"b\"', valid: { from: 2026-01-01, to: 2026-02-01 }, tiers: [ [10, 5] ] }\n\
                \x20 - { category: fasteners, per: 1 kg, price: 2 }\n";
    assert_eq!(entries("rows", csv), inline("rows-inline", yaml));
}

#[test]
fn versions_have_files_of_their_own() {
    let list = "price_list: dealer\ncurrency: EUR\nversions:\n  - { number: 1, entries: v1.csv }\n  - { number: 2, entries: ../x/./v2.csv }\n";
    let scratch = Scratch::new(
        "versions",
        &[
            TENANT,
            ("lists/dealer.yaml", list),
            ("lists/v1.csv", "sku,price\nA,1\n"),
            ("x/v2.csv", "sku,price\nA,2\nB,3\n"),
        ],
    );
    let versions = scratch.read().documents.price_lists.remove(0).versions;
    assert_eq!(versions.iter().map(|version| version.entries.len()).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn rows_become_products() {
    let csv = "unit,sku,name,category,conversions,weight,weight_tolerance,cost,pricing_groups\n\
               pc,BOLT,Bolt,fasteners,1 box = 200 pc; 1 pallet = 40 box,0.012 kg,,0.05,bulk;metal\n\
               kg,HAM,,,,,2.5,,\n";
    let scratch = Scratch::new("products", &[TENANT, CATALOG, ("products.csv", csv)]);
    let yaml = "catalog: all\nproducts:\n  - { sku: BOLT, name: Bolt, category: fasteners, unit: pc, weight: 0.012 kg, cost: 0.05,\n\
                \x20     conversions: [1 box = 200 pc, 1 pallet = 40 box], pricing_groups: [bulk, metal] }\n\
                \x20 - { sku: HAM, unit: kg, weight_tolerance: 2.5 }\n";
    let expected = Scratch::new("products-inline", &[TENANT, ("catalog.yaml", yaml)]);
    let products = |scratch: &Scratch| -> Vec<Product> { scratch.read().documents.catalogs.remove(0).products };
    assert_eq!(products(&scratch), products(&expected));
}

#[test]
fn what_products_must_keep_to_stands_in_columns() {
    let csv = "sku,unit,attributes,vendor,tax_category,floor,map,ceiling,margin_min,discount_max,breach,role\n\
               IPA,pc,hazard=3; adr = UN1219,,reduced,9.80,,12,,,,\n\
               SAW,pc,,acme,,,49,,12.5,30,needs_approval,head-of-sales\n";
    let scratch = Scratch::new("guards", &[TENANT, CATALOG, ("products.csv", csv)]);
    let yaml = "catalog: all\nproducts:\n  - { sku: IPA, unit: pc, attributes: { hazard: 3, adr: UN1219 },\n\
                \x20     tax_category: reduced, guards: { floor: 9.80, ceiling: 12 } }\n\
                \x20 - { sku: SAW, unit: pc, vendor: acme, guards: { map: 49, margin_min: 12.5, discount_max: 30,\n\
                \x20     breach: needs_approval, role: head-of-sales } }\n";
    let expected = Scratch::new("guards-inline", &[TENANT, ("catalog.yaml", yaml)]);
    let products = |scratch: &Scratch| -> Vec<Product> { scratch.read().documents.catalogs.remove(0).products };
    assert_eq!(products(&scratch), products(&expected));

    let csv = "sku,unit,attributes,breach\nA,pc,hazard,\nB,pc,a=1;a=2,\nC,pc,,stop\n";
    let scratch = Scratch::new("bad-guards", &[TENANT, CATALOG, ("products.csv", csv)]);
    let expected = [
        "error[csv.row]: products.csv:2: column `attributes`: `hazard` is not a pair like `hazard=3`",
        "error[csv.row]: products.csv:3: column `attributes`: the attribute `a` is there twice",
        "error[csv.row]: products.csv:4: column `breach`: `stop` is none of `clamp`, `clamp_to_base`, `reject` and `needs_approval`",
    ];
    assert_eq!(scratch.problems(), expected);
}

#[test]
fn every_bad_row_is_told_with_its_line() {
    let csv = "sku,category,unit,per,from_quantity,price,valid_from\n\
               A,,,,,\"9,80\",\n\
               \n\
               ,,,,,1,\n\
               A,b,,,,1,\n\
               A,,,,,,\n\
               A,,,100,,1,\n\
               A,,pc,,ten,1,\n\
               A,,pc,,,1,1.1.2026\n\
               A,,pc,,,1\n";
    let expected = [
        "2: column `price`: `9,80` is not a number of the form -12.345; write digits, and a point where there are decimals",
        "4: the row has neither a sku nor a category",
        "5: the row has a sku and a category",
        "6: column `price` is empty",
        "7: a `per` without a `unit`",
        "8: column `from_quantity`: `ten` is not a number of the form -12.345; write digits, and a point where there are decimals",
        "9: column `valid_from`: `1.1.2026` is neither a date like 2026-03-01 nor an instant like 2026-03-12T09:30:00Z, \
         of the years 1 to 9999",
        "10: 6 values, but the header has 7",
    ];
    let expected = expected.map(|text| format!("error[csv.row]: lists/dealer.csv:{text}"));
    assert_eq!(problems("bad-rows", csv), expected);
}

#[test]
fn two_rows_for_one_quantity_name_both_lines() {
    let csv = "sku,from_quantity,price\nA,10,1\nB,,1\nA,10.0,2\n";
    let expected = "error[csv.duplicate_tier]: lists/dealer.csv:4: from_quantity 10 has its price in line 2 already";
    assert_eq!(problems("twice", csv), [expected]);
}

#[test]
fn headers_are_checked() {
    let check = |csv: &str, expected: &[&str]| {
        let told = problems("headers", csv);
        let told: Vec<_> = told.iter().map(|text| text.split_once("lists/dealer.csv:").unwrap().1).collect();
        assert_eq!(told, expected, "{csv}");
    };
    check(
        "sku,prise,prise\nA,1,1\n",
        &[
            "1: the column `prise` is not known",
            "1: the column `prise` is not known",
            "1: the column `price` is missing",
        ],
    );
    check("\nsku,sku,price\n", &["2: the column `sku` is there twice"]);
    check("", &["1: the column `sku` or `category` is missing", "1: the column `price` is missing"]);
    check("sku;price\nA;1\n", &["1: separated by ';', not by commas"]);
    check("sku\tprice\nA\t1\n", &["1: separated by '\\t', not by commas"]);
    let problems =
        emptor::read_folder(Scratch::new("header-help", &[TENANT, LIST, ("lists/dealer.csv", "sku,prise\n")]).path())
            .unwrap_err();
    assert!(problems[0].help.as_ref().unwrap().starts_with("did you mean `price`? known columns: sku, category,"));
}

#[test]
fn a_quote_that_is_never_closed_swallows_nothing_in_silence() {
    let scratch = Scratch::new("quote", &[TENANT, CATALOG, ("products.csv", "sku,unit,name\nA,pc,\"5 inch\nB,pc,\n")]);
    assert_eq!(scratch.problems(), ["error[csv.row]: products.csv:2: a value goes on in the next line"]);
}

#[test]
fn of_many_problems_a_hundred_are_told() {
    let csv = format!("sku,price\n{}", "A,x\n".repeat(250));
    let told = problems("many", &csv);
    assert_eq!(told.len(), 101);
    assert_eq!(told[100], "error[csv.more]: lists/dealer.csv: 150 more problems in this file");
}

#[test]
fn a_file_that_is_no_text_says_so() {
    let scratch = Scratch::new("latin1", &[TENANT, LIST]);
    scratch.write("lists/dealer.csv", b"sku,price\nM\xfcller,1\n");
    assert_eq!(scratch.problems(), ["error[document.syntax]: lists/dealer.csv:2: not text in UTF-8"]);
}

#[test]
fn many_rows_are_read_in_good_time() {
    let mut csv = "sku,unit,from_quantity,price\n".to_owned();
    for row in 0..200_000_u32 {
        writeln!(csv, "SKU-{},pc,{},{}.{:02}", row / 4, (row % 4) * 100, row % 1000, row % 100).unwrap();
    }
    let scratch = Scratch::new("large", &[TENANT, LIST, ("lists/dealer.csv", &csv)]);
    let start = Instant::now();
    let documents = scratch.read().documents;
    assert_eq!(documents.price_lists[0].entries.len(), 50_000);
    // A twentieth of this is usual; what is guarded against is a square.
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
