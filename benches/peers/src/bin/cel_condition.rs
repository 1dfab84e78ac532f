//! `cel_condition`: one condition, ours against CEL, over all requests, once every answer was right; exit 1 where ours takes more
//! than a fifteenth.

use std::hint::black_box as keep;
use std::process::ExitCode;

use emptor_benches::books::{documents_of, midnight, organization_id, sku_id};
use emptor_benches::ratio::{Row, compare};
use emptor_benches::workload::{Request, Workload};
use emptor_core::{Exact, Instant};
use emptor_peers::cel_condition::CelCondition;
use emptor_peers::promotion::CATEGORIES;
use emptor_pricing::{Buyer, PriceBook, SkuHandle, compile};

const ROUNDS: usize = 15;
/// At least 15 times faster.
const GOAL: f64 = 1.0 / 15.0;

fn main() -> ExitCode {
    let workload = Workload::generate();
    let asked = |request: &Request| {
        let sku = workload.skus[request.sku as usize];
        (CATEGORIES[sku.category], request.quantity, workload.organizations[request.organization as usize].region)
    };
    let lines: Vec<(&str, u32, &str)> = workload.requests.iter().map(asked).collect();
    let condition = CelCondition::new();
    let by_cel = |index: usize| condition.holds(lines[index].0, lines[index].1, lines[index].2);
    let book = book(&workload);
    let buyers: Vec<Buyer<'_>> = (0..workload.organizations.len()).map(|number| buyer(&book, number)).collect();
    let skus: Vec<SkuHandle> =
        workload.requests.iter().map(|request| book.sku(&sku_id(request.sku)).expect("a product")).collect();
    let ours = |index: usize| {
        let request = workload.requests[index];
        buyers[request.organization as usize].count_conditions(skus[index], Exact::from(request.quantity)) == Some(1)
    };
    let truth = |index: &usize| CelCondition::truth(lines[*index].0, lines[*index].1, lines[*index].2);
    let right = (0..lines.len()).filter(|index| by_cel(*index) == truth(index) && ours(*index) == truth(index));
    let checked = right.count();
    assert_eq!(checked, lines.len(), "both answer every line rightly");
    let times = compare(ROUNDS, lines.len(), &mut |index| _ = keep(ours(index)), &mut |index| _ = keep(by_cel(index)));
    let row = Row::of("condition_to_cel", GOAL, (ROUNDS, checked), times);
    println!("{}", serde_json::to_string(&row).expect("a row is written"));
    if row.holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The workload's book with the one promotion that has the condition.
fn book(workload: &Workload) -> PriceBook {
    let mut documents = documents_of(workload);
    documents.adjustments.retain(|adjustment| adjustment.adjustment.as_str() == "promotion-1");
    compile(&documents, Instant::MAX).unwrap_or_else(|wrong| panic!("the documents compile: {:?}", wrong.first()))
}

fn buyer(book: &PriceBook, number: usize) -> Buyer<'_> {
    let organization = organization_id(u32::try_from(number).expect("a few"));
    let organization = book.organization(&organization).expect("a buyer");
    book.buyer(organization, midnight(20_500)).expect("a buyer")
}
