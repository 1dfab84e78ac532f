//! A batch gives what its lines give one by one, however many threads there are.

use std::ops::ControlFlow::{Break, Continue};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use emptor::{BatchError, BatchLine, Book, price_batch};
use emptor_core::{Exact, Instant, NoPrice, OrganizationId, Sku};
use rayon::ThreadPoolBuilder;

const BUYERS: [&str; 3] = ["contoso-north", "alpine-tools", "elbe-marine"];
const SKUS: [&str; 3] = ["BOLT-M8X40", "DISC-CUT-125X1", "PLI-COMB-180"];

fn wholesale() -> Book {
    Book::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/wholesale")).unwrap()
}

/// Lines of all buyers and skus in turn, forty of a buyer at a date, some of which cannot be priced.
fn lines(book: &Book, count: u32) -> Vec<BatchLine> {
    lines_in_runs(book, count, 40)
}

/// The same with so many of a buyer at a date.
fn lines_in_runs(book: &Book, count: u32, run: u32) -> Vec<BatchLine> {
    let prices = book.prices();
    let buyers: Vec<_> =
        BUYERS.iter().filter_map(|name| prices.organization(&OrganizationId::new(name).unwrap())).collect();
    let skus: Vec<_> = SKUS.iter().filter_map(|name| prices.sku(&Sku::new(name).unwrap())).collect();
    assert_eq!((buyers.len(), skus.len()), (3, 3), "the example has these names");
    let line = |number: u32| {
        let pick = |of: usize, step: u32| (number / step) as usize % of;
        let quantity: Exact =
            if number.is_multiple_of(7) { "0.123".parse().unwrap() } else { (number * 7919 % 5000).into() };
        let valid_at = Instant::from_micros(1_777_000_000_000_000 + i64::from(number / run % 5) * 86_400_000_000);
        BatchLine { buyer: buyers[pick(buyers.len(), run)], sku: skus[pick(skus.len(), 1)], quantity, valid_at }
    };
    (0..count).map(line).collect()
}

fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn a_batch_is_its_lines_one_by_one_at_any_thread_count() {
    let book = wholesale();
    let mut lines = lines(&book, 2_100);
    // And some that are alone with their buyer.
    lines.extend(lines_in_runs(&book, 100, 1));
    let one_by_one = lines.iter().map(|line| {
        let mut buyer = book.prices().buyer(line.buyer, line.valid_at).unwrap();
        buyer.price(line.sku, line.quantity).map(|price| price.net())
    });
    let one_by_one: Vec<_> = one_by_one.collect();
    assert!(one_by_one.iter().any(Result::is_ok) && one_by_one.contains(&Err(NoPrice::QuantityDecimals)));
    for threads in [1, 2, 5] {
        let nets = in_pool(threads, || price_batch(book.prices(), &lines, |_| Continue(())));
        assert_eq!(nets.as_ref(), Ok(&one_by_one), "{threads} threads");
    }
}

#[test]
fn a_batch_of_any_length_has_an_answer_for_each_line_and_no_more() {
    let book = wholesale();
    let lines = lines(&book, 1_025);
    let whole = price_batch(book.prices(), &lines, |_| Continue(())).unwrap();
    for length in [0, 1, 511, 512, 513, 1_024, 1_025] {
        let nets = in_pool(2, || price_batch(book.prices(), &lines[..length], |_| Continue(()))).unwrap();
        assert_eq!(nets, whole[..length]);
    }
}

#[test]
fn progress_reaches_all_lines_once() {
    let book = wholesale();
    let lines = lines(&book, 2_100);
    let (calls, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let watch = |done| {
        calls.fetch_add(1, Ordering::Relaxed);
        most.fetch_max(done, Ordering::Relaxed);
        Continue(())
    };
    in_pool(2, || price_batch(book.prices(), &lines, watch)).unwrap();
    assert_eq!((calls.into_inner(), most.into_inner()), (5, 2_100));
    assert_eq!(price_batch(book.prices(), &[], |_| Break(())), Ok(Vec::new()));
}

#[test]
fn a_break_ends_the_batch() {
    let book = wholesale();
    let lines = lines(&book, 50_000);
    let calls = AtomicUsize::new(0);
    let watch = |_| {
        calls.fetch_add(1, Ordering::Relaxed);
        Break(())
    };
    let ended = in_pool(1, || price_batch(book.prices(), &lines, watch));
    assert_eq!(ended, Err(BatchError::Cancelled));
    assert_eq!(calls.into_inner(), 1, "nothing is priced after the break");
    assert_eq!(BatchError::Cancelled.code(), "batch.cancelled");
}

#[test]
fn a_buyer_of_another_book_is_refused_wherever_it_stands() {
    let book = wholesale();
    let small = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC" },
        "organizations": [{ "organization": "contoso" }] }"#;
    let small = Book::from_json(small, Instant::MAX).unwrap();
    let mut lines = lines(&book, 10);
    let there = small.prices().organization(&OrganizationId::new("contoso").unwrap()).unwrap();
    let not_there = book.prices().organization(&OrganizationId::new(BUYERS[2]).unwrap()).unwrap();
    assert_ne!(there, not_there);
    for line in &mut lines {
        line.buyer = not_there;
    }
    for line in &mut lines[..3] {
        line.buyer = there;
    }
    let refused = price_batch(small.prices(), &lines, |_| Continue(())).unwrap_err();
    assert_eq!((refused.code(), &refused), ("request.unknown_buyer", &BatchError::UnknownBuyer(3)));
    // In a later chunk, and where the batch was broken off before it came to that.
    let mut many = vec![lines[0]; 5000];
    many.extend(lines);
    for watched in [Continue(()), Break(())] {
        let refused = in_pool(1, || price_batch(small.prices(), &many, |_| watched));
        assert_eq!(refused, Err(BatchError::UnknownBuyer(5003)));
    }
}
