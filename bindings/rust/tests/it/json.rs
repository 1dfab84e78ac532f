//! Documents and requests as one JSON value.

use emptor::{Problem, read_documents_json, read_request_json};

fn first(problems: Vec<Problem>) -> (String, Option<String>) {
    let problem = problems.into_iter().next().unwrap();
    let help = problem.help.clone();
    (Problem { help: None, ..problem }.to_string(), help)
}

#[test]
fn a_json_number_is_no_decimal() {
    let text = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC" },
  "price_lists": [ { "price_list": "dealer", "currency": "EUR", "priority": 20,
    "versions": [ { "number": 3, "entries": [ { "sku": "A", "price": 9.80 } ] } ] } ] }"#;
    let (told, help) = first(read_documents_json(text).unwrap_err());
    let expected = "error[document.shape]: 3:70: price_lists[0].versions[0].entries[0].price: expected a decimal as a \
                    string, like \"9.80\" (a JSON number would pass through a float), found the number 9.80";
    assert_eq!(told, expected);
    assert_eq!(help.as_deref(), Some("write it in quotes: \"9.80\""));
    let list = read_documents_json(&text.replace("9.80", "\"9.80\"")).unwrap().price_lists.remove(0);
    assert_eq!((list.priority, list.versions[0].number), (20, 3));
}

#[test]
fn an_unknown_key_finds_its_neighbour() {
    let text = r#"{ "buyer": "contoso", "valid_att": "2026-03-01", "lines": [] }"#;
    let (told, help) = first(read_request_json(text).unwrap_err());
    assert_eq!(told, "error[document.unknown_key]: 1:23: the key `valid_att` is not known");
    let known = "tenant, buyer, region, channel, currency, valid_at, prices, lines, charges, adjustment, coupons, cash, \
                 attributes, facts";
    assert_eq!(help.unwrap(), format!("did you mean `valid_at`? known keys: {known}"));
}

#[test]
fn a_request_is_read() {
    let text = r#"{ "buyer": "contoso", "valid_at": "2026-03-01", "channel": null, "attributes": { "tier": "gold" },
      "lines": [ { "id": "1", "sku": "007", "quantity": "12.5" } ],
      "facts": { "authority": { "manual_price": true }, "prior": [ { "of": { "sku": "007" }, "quantity": "3" }, { "of": "order" } ] } }"#;
    let request = read_request_json(text).unwrap();
    assert_eq!(request, serde_json::from_str(text).unwrap());
}

#[test]
fn shapes_are_told_with_their_place() {
    let check = |text: &str, expected: &str| {
        let (told, _) = first(read_request_json(text).unwrap_err());
        assert_eq!(told, format!("error[document.shape]: {expected}"));
    };
    check("[]", "1:1: expected a map, found a list");
    check("{\n \"buyer\": \"c\" }", "1:1: the key `valid_at` is missing");
    check(r#"{ "buyer": null }"#, "1:12: buyer: expected a name, as text, found nothing");
    check(r#"{ "buyer": 7 }"#, "1:12: buyer: expected a name, as text, found the number 7");
    check(r#"{ "lines": {} }"#, "1:12: lines: expected a list, found a map");
    check(
        r#"{ "valid_at": "soon" }"#,
        "1:15: valid_at: `soon` is not a date like 2026-03-01 or an instant like 2026-03-12T09:30:00Z",
    );
    check(
        r#"{ "facts": { "authority": { "manual_price": "true" } } }"#,
        "1:45: facts.authority.manual_price: expected `true` or `false`, found `true`",
    );
    check(
        r#"{ "facts": { "prior": [ { "of": "skus" } ] } }"#,
        "1:33: facts.prior[0].of: `skus` is none of the known words",
    );
    check(r#"{ "facts": { "prior": [ { "of": "sku" } ] } }"#, "1:33: facts.prior[0].of: `sku` needs a value");
    check(
        r#"{ "facts": { "prior": [ { "of": { "order": "x" } } ] } }"#,
        "1:44: facts.prior[0].of: `order` has no value",
    );
}

#[test]
fn what_is_no_json_says_where() {
    let (told, _) = first(read_documents_json("{\n  \"tenant\": }").unwrap_err());
    assert_eq!(told, "error[document.syntax]: 2:13: not readable as JSON: expected value");
    let (told, _) = first(read_documents_json(&format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap_err());
    assert_eq!(told, "error[document.too_deep]: 1:65: nested deeper than 64 levels");
}

#[test]
fn problems_are_json_themselves() {
    let problem = read_documents_json("{ \"x\": 1 }").unwrap_err().remove(0);
    let json = serde_json::to_value(&problem).unwrap();
    assert_eq!((&json["severity"], &json["code"]), (&"error".into(), &"document.unknown_key".into()));
    assert_eq!((&json["line"], &json["column"], json.get("file")), (&1.into(), &3.into(), None));
}
