//! `import-history` and `reprice`: a book from what was charged, and what it does not explain.

use serde_json::{Value, json};

use crate::scratch::Scratch;

const HISTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/history.csv");

#[test]
fn an_imported_book_explains_what_a_list_can() {
    let scratch = Scratch::new("import", &[]);
    let said = scratch.run(&format!("import-history {HISTORY} --out book")).fine();
    let expected = "\
32 rows: 21 usable, 11 not
         1  bad_date, first in line 30
         1  bad_number, first in line 29
         2  cancelled, first in line 22
         3  not_goods, first in line 26
         1  price_not_positive, first in line 25
         1  quantity_not_positive, first in line 24
         1  quote_not_closed, first in line 32
         1  wrong_number_of_fields, first in line 31

wrote book: 4 products, 6 prices, 7 organizations

the book explains 18 of 21 usable rows (85.7 %)
";
    assert!(said.starts_with(expected), "{said}");
    let prices = "sku,from_quantity,price\n10001,0,2.95\n10001,32,2.55\n10002A,0,12.75\n10002A,16,10.95\n10003,0,0.85\n10004,0,0.125\n";
    assert_eq!(scratch.read("book/prices.csv"), prices);
    assert!(scratch.read("book/products.csv").contains("10002A,\"TEA SET, \"\"ROSE\"\" 3 PCS\",pc\n"));
    assert!(scratch.read("book/organizations.yaml").contains("organization: 'walk-in'\n"));
    assert!(scratch.run("check --book book").fine().contains("0 errors, "));

    let again = scratch.run(&format!("import-history {HISTORY} --out book"));
    let message = "error: book: the folder is not empty; name a new one, nothing is overwritten\n";
    assert_eq!((again.code, again.err.as_str()), (Some(1), message));
}

#[test]
fn every_row_is_priced_or_counted() {
    let scratch = Scratch::new("reprice", &[]);
    scratch.run(&format!("import-history {HISTORY} --out book")).fine();
    let text = scratch.read("book/products.csv").replace("10004,PENCIL,pc\n", "");
    scratch.write("book/products.csv", text.as_bytes());
    let text = scratch.read("book/prices.csv").replace("10004,0,0.125\n", "");
    scratch.write("book/prices.csv", text.as_bytes());
    let text = scratch.read("book/organizations.yaml").replace("---\norganization: '12006'\n", "");
    scratch.write("book/organizations.yaml", text.as_bytes());

    let report = scratch.run(&format!("reprice --book book --history {HISTORY} --format json")).fine();
    let report: Value = serde_json::from_str(&report).unwrap();
    let unusable = json!({ "bad_date": 1, "bad_number": 1, "cancelled": 2, "not_goods": 3, "price_not_positive": 1,
        "quantity_not_positive": 1, "quote_not_closed": 1, "unknown_customer": 1, "unknown_sku": 2,
        "wrong_number_of_fields": 1 });
    assert_eq!(report["unusable"], unusable);
    let sum: u64 = report["unusable"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(report["rows"].as_u64(), report["priced"].as_u64().map(|priced| priced + sum));
    // 288 mugs at 2.10, where the book says 2.55, and two walk-ins.
    assert_eq!(report["differing"], 3);
    assert_eq!(report["difference"], "-113.90");
    let names = |key: &str, name: &str| -> Vec<String> {
        let list = report[key].as_array().unwrap().iter();
        list.map(|entry| format!("{} {}", entry[name].as_str().unwrap(), entry["difference"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(names("by_customer", "customer"), ["12004 -129.60", "walk-in 15.70"]);
    assert_eq!(names("by_sku", "sku"), ["10001 -126.64", "10002A 12.74"]);

    let text = scratch.run(&format!("reprice --book book --history {HISTORY}")).fine();
    assert!(text.starts_with("32 rows: 18 priced, 14 not usable\n"), "{text}");
    assert!(text.contains("\n3 of 18 rows differ from the book\n"), "{text}");
}
