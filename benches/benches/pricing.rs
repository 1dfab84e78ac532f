//! Wall-clock benches of the hot paths: `cargo bench -p emptor-benches`.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use emptor_benches::books::{documents_of, list_documents, midnight, order_of, organization_id, sku_id};
use emptor_benches::workload::{Request, Workload};
use emptor_core::{Exact, Instant};
use emptor_pricing::{Detail, PriceBook, compile, price};

fn book(workload: &Workload) -> PriceBook {
    compile(&documents_of(workload), Instant::MAX).expect("the workload compiles")
}

fn one_line(criterion: &mut Criterion) {
    let workload = Workload::generate();
    let book = book(&workload);
    let has_row = |request: &&Request| workload.contract.get(&(request.organization, request.sku));
    let holds = |request: &&Request| {
        has_row(request).is_some_and(|row| row.first_day <= request.day && request.day <= row.last_day)
    };
    let by_list: Vec<&Request> = workload.requests.iter().filter(|request| has_row(request).is_none()).collect();
    let by_contract: Vec<&Request> = workload.requests.iter().filter(holds).collect();
    let by_contract: Vec<&Request> =
        by_contract.into_iter().filter(|request| has_row(request).is_some_and(|row| row.breaks.len() >= 4)).collect();
    for (name, requests) in
        [("one line by list price", by_list), ("one line by contract with 4 or 5 tiers", by_contract)]
    {
        let handles: Vec<_> = requests
            .iter()
            .map(|request| {
                let buyer = book.organization(&organization_id(request.organization)).expect("a buyer");
                (buyer, book.sku(&sku_id(request.sku)).expect("a product"), **request)
            })
            .collect();
        let mut next = handles.iter().cycle();
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (buyer, sku, request) = next.next().expect("a request");
                let mut buyer = book.buyer(*buyer, midnight(request.day)).expect("a buyer");
                black_box(buyer.price(*sku, Exact::from(request.quantity)).expect("a price").net())
            });
        });
    }
}

fn quote_of_1000_lines(criterion: &mut Criterion) {
    let workload = Workload::generate();
    let book = book(&workload);
    let request = order_of(&workload.requests, 1000);
    for (name, detail) in
        [("quote of 1,000 lines", Detail::Price), ("quote of 1,000 lines with waterfall", Detail::Waterfall)]
    {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| black_box(price(&book, black_box(&request), detail).expect("an order")));
        });
    }
}

fn compile_a_million_rows(criterion: &mut Criterion) {
    let documents = list_documents(200_000, 5);
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10);
    group.bench_function("a million price rows", |bencher| {
        bencher.iter_batched(
            || (),
            |()| black_box(compile(&documents, Instant::MAX).expect("a book")),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, one_line, quote_of_1000_lines, compile_a_million_rows);
criterion_main!(benches);
