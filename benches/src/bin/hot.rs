//! `hot SCENARIO TIMES`: one hot path, so many times, for counting its instructions.
//!
//! Two runs with different counts differ by the path alone: what both set up cancels.

use std::hint::black_box;
use std::ops::ControlFlow::Continue;
use std::process::ExitCode;

use emptor::price_batch;
use emptor_benches::books::{batch_lines, documents_of, list_documents, midnight, order_of, organization_id, sku_id};
use emptor_benches::by_hand::ByHand;
use emptor_benches::fixed_point::FixedPoint;
use emptor_benches::workload::{Request, Workload};
use emptor_core::{Exact, Instant};
use emptor_pricing::{Detail, PriceBook, compile, price};
use rayon::ThreadPoolBuilder;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (scenario, times) = match arguments.as_slice() {
        [scenario, times] => (scenario.as_str(), times.parse::<usize>()),
        _ => ("", Ok(0)),
    };
    let Ok(times) = times else { return usage() };
    match scenario {
        "line_by_hand" => by_hand(times),
        "line_by_fixed_point" => by_fixed_point(times),
        "line_by_list" => lines(times, |workload, request| !has_contract(workload, request)),
        "line_by_contract_of_5_tiers" => lines(times, |workload, request| {
            let row = workload.contract.get(&(request.organization, request.sku));
            row.is_some_and(|row| row.breaks.len() >= 4 && row.first_day <= request.day && request.day <= row.last_day)
        }),
        "line_mixed" => lines(times, |_, _| true),
        "line_waterfall" => waterfalls(times),
        "line_prepared" => prepared(times),
        "batch_1000" => batches(times),
        "quote_1000" => quotes(times, Detail::Price),
        "quote_1000_waterfall" => quotes(times, Detail::Waterfall),
        "compile_1000_rows" => compile_rows(times),
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: hot SCENARIO TIMES");
    ExitCode::from(2)
}

fn has_contract(workload: &Workload, request: &Request) -> bool {
    workload.contract.contains_key(&(request.organization, request.sku))
}

fn book(workload: &Workload) -> PriceBook {
    compile(&documents_of(workload), Instant::MAX).expect("the workload compiles")
}

fn by_hand(times: usize) {
    let workload = Workload::generate();
    let by_hand = ByHand::new(&workload);
    for request in workload.requests.iter().cycle().take(times) {
        black_box(by_hand.line(black_box(*request)));
    }
}

fn by_fixed_point(times: usize) {
    let workload = Workload::generate();
    let fixed_point = FixedPoint::new(&workload);
    for request in workload.requests.iter().cycle().take(times) {
        black_box(fixed_point.line(black_box(*request)));
    }
}

/// Single lines of the requests that are wanted, buyer and date new in every call.
fn lines(times: usize, wanted: impl Fn(&Workload, &Request) -> bool) {
    let workload = Workload::generate();
    let book = book(&workload);
    let requests: Vec<_> = workload.requests.iter().filter(|request| wanted(&workload, request)).collect();
    let handles = requests.iter().map(|request| {
        let buyer = book.organization(&organization_id(request.organization)).expect("a buyer");
        (buyer, book.sku(&sku_id(request.sku)).expect("a product"), **request)
    });
    let handles: Vec<_> = handles.collect();
    for (buyer, sku, request) in handles.iter().cycle().take(times) {
        let mut buyer = book.buyer(*buyer, midnight(request.day)).expect("a buyer");
        black_box(buyer.net(*sku, Exact::from(request.quantity)).expect("a price"));
    }
}

/// Single lines of all requests, with their steps.
fn waterfalls(times: usize) {
    let workload = Workload::generate();
    let book = book(&workload);
    let lines = batch_lines(&book, &workload.requests);
    for line in lines.iter().cycle().take(times) {
        let mut buyer = book.buyer(line.buyer, line.valid_at).expect("a buyer");
        let price = buyer.price(line.sku, line.quantity).expect("a price");
        for (step, amount) in price.steps() {
            black_box((step, amount));
        }
    }
}

/// The lines of one buyer at one date.
fn prepared(times: usize) {
    let workload = Workload::generate();
    let book = book(&workload);
    let skus = workload.requests.iter().map(|request| (book.sku(&sku_id(request.sku)).expect("a product"), *request));
    let skus: Vec<_> = skus.collect();
    let buyer = book.organization(&organization_id(7)).expect("a buyer");
    let mut buyer = book.buyer(buyer, midnight(workload.requests[0].day)).expect("a buyer");
    for (sku, request) in skus.iter().cycle().take(times) {
        black_box(buyer.net(*sku, Exact::from(request.quantity)).expect("a price"));
    }
}

/// Batches of 1,000 lines, buyer and date new in each, on this thread.
fn batches(times: usize) {
    let workload = Workload::generate();
    let book = book(&workload);
    let lines = batch_lines(&book, &workload.requests);
    let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().expect("a pool");
    for lines in lines.chunks(1000).cycle().take(times) {
        black_box(pool.install(|| price_batch(&book, lines, |_| Continue(()))).expect("a batch"));
    }
}

fn quotes(times: usize, detail: Detail) {
    let workload = Workload::generate();
    let book = book(&workload);
    let request = order_of(&workload.requests, 1000);
    for _ in 0..times {
        black_box(price(&book, black_box(&request), detail).expect("an order"));
    }
}

fn compile_rows(times: usize) {
    let documents = list_documents(200, 5);
    for _ in 0..times {
        black_box(compile(black_box(&documents), Instant::MAX).expect("a book"));
    }
}
