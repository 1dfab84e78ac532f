//! Books to measure on, built from numbers rather than files.

use std::collections::BTreeMap;

use emptor::BatchLine;
use emptor_core::{
    Adjustment, AgainstLists, Assignment, Breach, Catalog, CatalogId, Category, CategoryId, Contract, ContractId,
    ContractVersion, Documents, Entry, Exact, FinalRounding, FinalStage, GroupId, Guards, Instant, LineId, ListUse,
    Organization, OrganizationId, OrganizationKind, PriceList, PriceListId, PricePolicy, PriceRequest, ProcedureEntry,
    Product, RegionId, RequestLine, RoundingMode, Signature, Sku, TaxSide, Tenant, TenantGuards, TenantId, Term, Tier,
    TierMode, TimeZone, Unit, Validity, When,
};

use emptor_pricing::PriceBook;

use crate::workload::{FLOOR_HUNDREDTHS, PROMOTIONS, Promotion, Request, Row, Workload};

/// A day of the workload as an instant.
#[inline]
pub fn midnight(day: i64) -> Instant {
    Instant::from_micros(day * 86_400_000_000)
}

/// The workload's documents: a contract for each buyer, a list for each group, a list for everyone; promotions on
/// categories, which a floor over cost holds; unit prices half-even to cents.
pub fn documents_of(workload: &Workload) -> Documents {
    let mut documents = documents(workload.skus.len());
    documents.tenant.rounding = FinalRounding { at: FinalStage::Unit, mode: RoundingMode::HalfEven };
    documents.tenant.procedure = vec![step("promotions")];
    let groups = 0..10;
    let buyer = |(number, of): (u32, &crate::workload::Organization)| Organization {
        region: Some(RegionId::new(of.region).expect("a name")),
        ..organization(number, Some(of.group))
    };
    documents.organizations = (0..).zip(&workload.organizations).map(buyer).collect();
    let catalog = &mut documents.catalogs[0];
    catalog.categories = (0..8).map(category).collect();
    for (product, of) in catalog.products.iter_mut().zip(&workload.skus) {
        product.category = Some(category_id(of.category));
        // Cost and 8 percent.
        let floor = Exact::from_scaled((of.cost * u64::from(FLOOR_HUNDREDTHS)).into(), 6);
        product.guards = Guards { floor, breach: Breach::ClampToBase, ..Guards::default() };
    }
    documents.adjustments = PROMOTIONS.iter().map(promotion).collect();
    let base = (0..).zip(&workload.base).map(|(sku, row)| entry(sku, row)).collect();
    documents.price_lists.push(list("base", 0, Vec::new(), base));
    for group in groups {
        let assigned = vec![Assignment { group: Some(group_id(group)), ..Assignment::default() }];
        let entries = of_owner(&workload.group, group);
        documents.price_lists.push(list(&format!("group-{group}"), 10, assigned, entries));
    }
    for number in 0..u32::try_from(workload.organizations.len()).expect("a few") {
        documents.contracts.push(contract(number, of_owner(&workload.contract, number)));
    }
    documents
}

/// One list with one volume or graduated table of `tiers` tiers, for one sku and one buyer.
pub fn tier_documents(tiers: u32, mode: TierMode) -> Documents {
    let mut documents = documents(1);
    documents.organizations = vec![organization(0, None)];
    let tier = |index: u32| Tier {
        from: Some(Exact::from(index * 10)),
        price: Some(exact(u64::from(1_000_000 - index))),
        ..Tier::default()
    };
    let table = Entry { sku: Some(sku_id(0)), mode, tiers: (0..tiers).map(tier).collect(), ..Entry::default() };
    documents.price_lists.push(list("list", 0, Vec::new(), vec![table]));
    documents
}

/// One list of `skus` skus with `breaks` breaks each, for one buyer.
pub fn list_documents(skus: u32, breaks: u32) -> Documents {
    let mut documents = documents(skus as usize);
    documents.organizations = vec![organization(0, None)];
    let tier = |sku: u32, index: u32| Tier {
        from: Some(Exact::from(index * 10)),
        price: Some(exact(u64::from(sku % 5000 + 1000 - index * 7))),
        ..Tier::default()
    };
    let table = |sku| Entry {
        sku: Some(sku_id(sku)),
        tiers: (0..breaks).map(|index| tier(sku, index)).collect(),
        ..Entry::default()
    };
    documents.price_lists.push(list("list", 0, Vec::new(), (0..skus).map(table).collect()));
    documents
}

/// A list of `skus` skus, and `buyers` buyers with a contract of `terms` terms each, spread over the skus.
pub fn contract_documents(buyers: u32, terms: u32, skus: u32) -> Documents {
    let mut documents = list_documents(skus, 1);
    documents.organizations = (0..buyers).map(|number| organization(number, None)).collect();
    let term = |buyer: u32, number: u32| Entry {
        sku: Some(sku_id((buyer * 17 + number * (skus / terms)) % skus)),
        price: Some(exact(u64::from(1000 + number))),
        ..Entry::default()
    };
    for buyer in 0..buyers {
        documents.contracts.push(contract(buyer, (0..terms).map(|number| term(buyer, number)).collect()));
    }
    documents
}

/// All requests as lines of a batch.
pub fn batch_lines(book: &PriceBook, requests: &[Request]) -> Vec<BatchLine> {
    let line = |request: &Request| BatchLine {
        buyer: book.organization(&organization_id(request.organization)).expect("a buyer"),
        sku: book.sku(&sku_id(request.sku)).expect("a product"),
        quantity: Exact::from(request.quantity),
        valid_at: midnight(request.day),
    };
    requests.iter().map(line).collect()
}

/// The first requests of the workload as the lines of one order of one buyer.
pub fn order_of(requests: &[Request], lines: usize) -> PriceRequest {
    let line = |(number, request): (usize, &Request)| RequestLine {
        id: LineId::new(&number.to_string()).expect("a name"),
        sku: sku_id(request.sku),
        quantity: Exact::from(request.quantity),
        unit: None,
        measured: None,
        manual_price: None,
        adjustment: None,
        recorded: None,
    };
    PriceRequest {
        tenant: None,
        buyer: organization_id(7),
        region: None,
        channel: None,
        currency: None,
        valid_at: When::Instant(midnight(20_500)),
        prices: None,
        lines: requests.iter().take(lines).enumerate().map(line).collect(),
        charges: Vec::new(),
        adjustment: None,
        coupons: Vec::new(),
        cash: false,
        attributes: BTreeMap::new(),
        facts: emptor_core::Facts::default(),
    }
}

/// The name of a product.
pub fn sku_id(number: u32) -> Sku {
    Sku::new(&format!("SKU-{number:08}")).expect("a name")
}

/// The name of a buyer.
pub fn organization_id(number: u32) -> OrganizationId {
    OrganizationId::new(&format!("ORG-{number:05}")).expect("a name")
}

fn group_id(number: u32) -> GroupId {
    GroupId::new(&format!("group-{number}")).expect("a name")
}

fn exact(ten_thousandths: u64) -> Exact {
    Exact::from_scaled(ten_thousandths.into(), 4).expect("a price")
}

fn documents(skus: usize) -> Documents {
    let product = |number: usize| Product {
        sku: sku_id(u32::try_from(number).expect("a sku number")),
        name: None,
        category: None,
        unit: Unit::new("pc").expect("a name"),
        conversions: Vec::new(),
        weight: None,
        weight_tolerance: None,
        cost: None,
        pricing_groups: Vec::new(),
        attributes: BTreeMap::new(),
        vendor: None,
        tax_category: None,
        guards: Guards::default(),
    };
    Documents {
        tenant: Tenant {
            tenant: TenantId::new("bench").expect("a name"),
            currency: "EUR".parse().expect("a currency"),
            time_zone: TimeZone::UTC,
            rounding: FinalRounding::default(),
            price_policy: PricePolicy::default(),
            conversion: None,
            procedure: Vec::new(),
            guards: TenantGuards::default(),
            prices: TaxSide::default(),
            tax: None,
            cash_roundings: Vec::new(),
        },
        organizations: Vec::new(),
        catalogs: vec![Catalog {
            catalog: CatalogId::new("main").expect("a name"),
            categories: Vec::new(),
            units: Vec::new(),
            conversions: Vec::new(),
            products: (0..skus).map(product).collect(),
        }],
        price_lists: Vec::new(),
        contracts: Vec::new(),
        fx_tables: Vec::new(),
        adjustments: Vec::new(),
        order_rules: Vec::new(),
        tax_tables: Vec::new(),
        index_tables: Vec::new(),
        scripts: Vec::new(),
        tests: Vec::new(),
    }
}

fn organization(number: u32, group: Option<u32>) -> Organization {
    Organization {
        organization: organization_id(number),
        name: None,
        kind: OrganizationKind::default(),
        parents: Vec::new(),
        groups: group.into_iter().map(group_id).collect(),
        region: None,
        credit_limit: None,
        budget: None,
    }
}

fn category_id(number: usize) -> CategoryId {
    CategoryId::new(&format!("CAT{number}")).expect("a name")
}

fn category(number: usize) -> Category {
    from_json(serde_json::json!({ "category": category_id(number) }))
}

fn step(name: &str) -> ProcedureEntry {
    from_json(serde_json::json!({ "step": { "name": name } }))
}

fn promotion(promotion: &Promotion) -> Adjustment {
    let percent = exact(u64::from(promotion.permille) * 1000);
    from_json(serde_json::json!({
        "adjustment": format!("promotion-{}", promotion.category), "step": "promotions",
        "when": { "category": category_id(promotion.category), "quantity": { "at_least": promotion.quantity_min.to_string() },
            "region": promotion.regions },
        "effect": { "percent_off": percent }
    }))
}

fn from_json<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> T {
    serde_json::from_value(value).expect("a document of the benches")
}

fn list(name: &str, priority: i32, assigned_to: Vec<Assignment>, entries: Vec<Entry>) -> PriceList {
    PriceList {
        price_list: PriceListId::new(name).expect("a name"),
        currency: "EUR".parse().expect("a currency"),
        kept_as: ListUse::default(),
        prices: None,
        forbids_merging: false,
        valid: Validity::default(),
        priority,
        assigned_to,
        rounding: None,
        entries,
        derived: None,
        versions: Vec::new(),
    }
}

fn contract(number: u32, entries: Vec<Entry>) -> Contract {
    let approved = Signature { by: "sales".to_owned(), at: Instant::from_micros(0) };
    let lists = AgainstLists::Hide;
    let terms = entries.into_iter().map(|price| Term { price: Some(price), lists, discount: None, order_rule: None });
    Contract {
        contract: ContractId::new(&format!("contract-{number}")).expect("a name"),
        organization: organization_id(number),
        currency: None,
        prices: None,
        priority: 0,
        versions: vec![ContractVersion {
            number: 1,
            valid: Validity::default(),
            recorded_at: None,
            submitted: None,
            approved: Some(approved),
            terminated: None,
            rounding: None,
            terms: terms.collect(),
            commitment: None,
            reference: None,
        }],
    }
}

fn of_owner(rows: &BTreeMap<(u32, u32), Row>, owner: u32) -> Vec<Entry> {
    let mut entries: Vec<(u32, Entry)> =
        rows.iter().filter(|((of, _), _)| *of == owner).map(|((_, sku), row)| (*sku, entry(*sku, row))).collect();
    entries.sort_by_key(|(sku, _)| *sku);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

fn entry(sku: u32, row: &Row) -> Entry {
    let tier = |&(from, price): &(u32, u64)| Tier {
        from: Some(Exact::from(from)),
        price: Some(exact(price)),
        ..Tier::default()
    };
    let from = Some(When::Instant(midnight(row.first_day)));
    let to = Some(When::Instant(midnight(row.last_day + 1)));
    Entry {
        sku: Some(sku_id(sku)),
        valid: Validity { from, to },
        tiers: row.breaks.iter().map(tier).collect(),
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use emptor_pricing::compile;

    use super::*;
    use crate::by_hand::ByHand;
    use crate::fixed_point::FixedPoint;

    #[test]
    fn the_book_the_program_by_hand_and_fixed_point_price_alike() {
        let workload = Workload::generate();
        let book = compile(&documents_of(&workload), Instant::MAX).unwrap();
        let (by_hand, fixed_point) = (ByHand::new(&workload), FixedPoint::new(&workload));
        for request in workload.requests.iter().step_by(50) {
            let buyer = book.organization(&organization_id(request.organization)).unwrap();
            let mut buyer = book.buyer(buyer, midnight(request.day)).unwrap();
            let sku = book.sku(&sku_id(request.sku)).unwrap();
            let net = buyer.price(sku, Exact::from(request.quantity)).unwrap().net();
            assert_eq!(net.amount().parse(), Ok(by_hand.line(*request)), "{request:?}");
            assert_eq!(net.minor(), fixed_point.line(*request).cents, "{request:?}");
        }
    }
}
