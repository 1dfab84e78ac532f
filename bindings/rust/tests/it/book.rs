//! A book as a pricing manager writes it.

use emptor_core::{Documents, RegionId, Tier};

use crate::scratch::{Scratch, TENANT};

const PRICES: &str = "\
price_list: dealer-eur
currency: EUR
valid: { from: 2026-01-01, to: 2027-01-01 }      # half-open
priority: 20
assigned_to: [ { group: dealers, region: NO }, { region: [DE, AT] } ]
entries:
  - { sku: 007, price: 9.80 }
  - category: fasteners
    per: 100 pc
    mode: graduated
    over: { category: fasteners }
    tiers: [ [0, 9.80], [1000, 8.40], { from: 10000, price: 7.10 } ]
---
contract: contoso-frame
organization: contoso
currency:
versions:
  - number: 3
    valid: { from: 2026-04-01, to: 2027-04-01 }
    recorded_at: 2026-03-12T09:30:00Z
    approved: { by: head-of-sales, at: 2026-03-14T10:00:00Z }
    terms:
      - price: { sku: BOLT-M8X40, per: 100 pc, tiers: [ [0, 9.80], [1000, 8.40] ] }
        lists: merge
";

#[test]
fn a_folder_becomes_documents() {
    let scratch = Scratch::new(
        "book",
        &[
            TENANT,
            ("lists/prices.yaml", PRICES),
            ("organizations.json", r#"[ { "organization": "contoso", "region": "NO" }, { "organization": "c2" } ]"#),
            ("fx.yml", "fx_table: ecb\nrates: [ { rate_id: r1, base: EUR, quote: NOK, rate: 11.7 } ]\n"),
            (".hidden.yaml", "nonsense"),
            (".git/config.yaml", "nonsense"),
            ("rfq/request.yaml", "buyer: contoso"),
            ("README.md", "nonsense"),
        ],
    );
    let documents = scratch.read().documents;
    let list = documents.price_lists.first().unwrap();
    assert_eq!(list.priority, 20);
    assert_eq!(list.assigned_to[0].region, [RegionId::new("NO").unwrap()]);
    assert_eq!(list.entries[0].sku.as_ref().unwrap().as_str(), "007");
    assert_eq!(list.entries[0].price, Some("9.80".parse().unwrap()));
    let tier = Tier { from: "1000".parse().ok(), price: "8.40".parse().ok(), ..Tier::default() };
    assert_eq!(list.entries[1].tiers[1], tier);
    let contract = documents.contracts.first().unwrap();
    assert_eq!((contract.currency, contract.versions[0].terms.len()), (None, 1));
    let names: Vec<_> = documents.organizations.iter().map(|unit| unit.organization.as_str()).collect();
    assert_eq!(names, ["contoso", "c2"]);
    assert_eq!(documents.fx_tables.len(), 1);
}

#[test]
fn the_order_of_keys_and_of_files_means_nothing_to_what_they_say() {
    let shuffled = "\
versions:
  - terms:
      - { lists: merge, price: { tiers: [ { price: 9.80, from: 0 }, [1000, 8.40] ], per: 100 pc, sku: BOLT-M8X40 } }
    approved: { at: 2026-03-14T10:00:00Z, by: head-of-sales }
    recorded_at: '2026-03-12T09:30:00Z'
    valid: { to: 2027-04-01, from: 2026-04-01 }
    number: 3
organization: contoso
contract: contoso-frame
";
    let contract = PRICES.split_once("---\n").unwrap().1;
    let read = |name, text| Scratch::new(name, &[TENANT, ("contract.yaml", text)]).read().documents;
    assert_eq!(read("keys-1", contract), read("keys-2", shuffled));
}

#[test]
fn documents_read_from_a_folder_are_read_from_their_own_json() {
    let scratch = Scratch::new("round", &[TENANT, ("prices.yaml", PRICES)]);
    let documents: Documents = scratch.read().documents;
    let text = serde_json::to_string(&documents).unwrap();
    assert_eq!(emptor::read_documents_json(&text).unwrap(), documents);
}

#[test]
fn a_byte_order_mark_and_crlf_change_nothing() {
    let scratch = Scratch::new("bom", &[TENANT]);
    let plain = scratch.read().documents;
    scratch.write("tenant.yaml", format!("\u{feff}{}", TENANT.1.replace('\n', "\r\n")).as_bytes());
    assert_eq!(scratch.read().documents, plain);
}
