//! `ratios [NAME]`: every comparison in one run, one JSON object a line; exit 1 where one misses its goal.

mod changes;
mod plain;
mod sizes;

use std::collections::BTreeMap;
use std::hint::black_box as keep;
use std::process::ExitCode;

use emptor_benches::books::{documents_of, midnight, order_of, organization_id, sku_id, tier_documents};
use emptor_benches::promotions::{order, promotion_documents};
use emptor_benches::ratio::{Row, compare};
use emptor_benches::scripts::Read;
use emptor_benches::workload::Workload;
use emptor_core::{Exact, Instant, PriceRequest, TierMode};
use emptor_pricing::{Detail, OrganizationHandle, PriceBook, SkuHandle, TrialValue, compile, price};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

const ROUNDS: usize = 15;

/// A comparison by name.
type Comparison = (&'static str, fn(&'static str, f64) -> Row);

const COMPARISONS: [Comparison; 19] = [
    ("line_price", plain::line_price),
    ("line_prepared", plain::line_prepared),
    ("line_named", plain::line_named),
    ("batch_to_fixed_point", plain::batch_to_fixed_point),
    ("batch_two_threads", plain::batch_two_threads),
    ("line_waterfall", line_waterfall),
    ("quote_1000_waterfall", quote_waterfall),
    ("tiers_100000_volume", |name, goal| tiers(name, goal, TierMode::Volume)),
    ("tiers_100000_graduated", |name, goal| tiers(name, goal, TierMode::Graduated)),
    ("order_10000_lines", order_of_10_000_lines),
    ("promotions_10000", promotions_10_000),
    ("script_native_to_rhai", script_native_to_rhai),
    ("script_native_to_rust", script_native_to_rust),
    ("script_rhai_to_bare", script_rhai_to_bare),
    ("script_condition_false", script_condition_false),
    ("compile_a_million_rows", sizes::compile_a_million_rows),
    ("book_with", changes::book_with),
    ("bytes_per_break", sizes::bytes_per_break),
    ("bytes_per_term", sizes::bytes_per_term),
];

fn main() -> ExitCode {
    let goals: BTreeMap<String, f64> =
        serde_json::from_str(include_str!("../../../goals.json")).expect("goals.json is read");
    let wanted = std::env::args().nth(1);
    let mut all_hold = true;
    for (name, comparison) in COMPARISONS {
        if wanted.as_ref().is_none_or(|wanted| wanted == name) {
            let row = comparison(name, goals[name]);
            all_hold &= row.holds;
            println!("{}", serde_json::to_string(&row).expect("a row is written"));
        }
    }
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn row(name: &'static str, goal: f64, checked: usize, times: (f64, f64, f64)) -> Row {
    Row::of(name, goal, (ROUNDS, checked), times)
}

fn book(documents: &emptor_core::Documents) -> PriceBook {
    compile(documents, Instant::MAX).unwrap_or_else(|wrong| panic!("the documents compile: {:?}", wrong.first()))
}

/// The workload's book, and its requests by handle.
fn workload() -> (Workload, PriceBook, Vec<(OrganizationHandle, SkuHandle)>) {
    let workload = Workload::generate();
    workload.check().expect("the workload is the recorded one");
    let book = book(&documents_of(&workload));
    let handles = workload.requests.iter().map(|request| {
        let organization = book.organization(&organization_id(request.organization)).expect("a buyer");
        (organization, book.sku(&sku_id(request.sku)).expect("a product"))
    });
    let handles = handles.collect();
    (workload, book, handles)
}

/// One line with its steps, against its price alone.
fn line_waterfall(name: &'static str, goal: f64) -> Row {
    let (workload, book, handles) = workload();
    let priced = |index: usize| {
        let request = workload.requests[index];
        let mut buyer = book.buyer(handles[index].0, midnight(request.day)).expect("a buyer");
        buyer.price(handles[index].1, Exact::from(request.quantity)).expect("a price")
    };
    let with_steps = |index: usize| {
        let priced = priced(index);
        priced.steps().map(|(step, amount)| (keep(step), amount.0)).map(|(_, amount)| amount).sum::<i128>()
    };
    let price_alone = |index: usize| {
        let request = workload.requests[index];
        let mut buyer = book.buyer(handles[index].0, midnight(request.day)).expect("a buyer");
        buyer.net(handles[index].1, Exact::from(request.quantity)).expect("a price")
    };
    let count = workload.requests.len();
    let sums = |index: &usize| {
        let net = price_alone(*index);
        emptor_core::Amount::from_minor(net.minor(), net.currency()).0 == with_steps(*index)
    };
    let checked = (0..count).filter(sums).count();
    assert_eq!(checked, count, "the steps of every line sum to its net");
    let times =
        compare(ROUNDS, count, &mut |index| _ = keep(with_steps(index)), &mut |index| _ = keep(price_alone(index)));
    row(name, goal, checked, times)
}

/// An order of 1,000 lines as a record with its waterfall, against the record without.
fn quote_waterfall(name: &'static str, goal: f64) -> Row {
    let (workload, book, _) = workload();
    let request = order_of(&workload.requests, 1000);
    let at = |detail| price(&book, &request, detail).expect("an order");
    let (plain, waterfall) = (at(Detail::Price), at(Detail::Waterfall));
    let same =
        plain.lines.iter().zip(&waterfall.lines).filter(|(plain, full)| plain.net == full.net && plain.net.is_some());
    let checked = same.count();
    assert_eq!(checked, 1000, "every line has its price at both details");
    let times = compare(ROUNDS, 20, &mut |_| _ = keep(at(Detail::Waterfall)), &mut |_| _ = keep(at(Detail::Price)));
    row(name, goal, checked, times)
}

/// A line of an order of 10,000 lines through the whole procedure, against one of an order of 100.
fn order_of_10_000_lines(name: &'static str, goal: f64) -> Row {
    let book = book(&promotion_documents(30));
    let (large, small) = (order(10_000), order(100));
    let priced = |request: &PriceRequest| price(&book, request, Detail::Waterfall).expect("an order");
    let sums = |line: &&emptor_core::PricedLine| {
        let minor_at_10 = |amount: Exact| amount.scaled(10).expect("an amount");
        let sum = line.steps.iter().map(|step| minor_at_10(step.amount)).sum::<i128>();
        line.net.is_some_and(|net| emptor_core::Amount::from_minor(net.minor(), net.currency()).0 == sum)
    };
    let checked = priced(&large).lines.iter().filter(sums).count();
    assert_eq!(checked, 10_000, "every line has a price, and its steps sum to it");
    let (ours, peer, ratio) = compare(
        ROUNDS,
        100,
        &mut |index| {
            if index == 0 {
                keep(priced(&large));
            }
        },
        &mut |_| _ = keep(priced(&small)),
    );
    row(name, goal, checked, (ours, peer, ratio))
}

/// A line with 10,000 active promotions, of which three can match it, against one with 30.
fn promotions_10_000(name: &'static str, goal: f64) -> Row {
    let (many, few) = (book(&promotion_documents(10_000)), book(&promotion_documents(30)));
    let request = order(1000);
    let priced = |book: &PriceBook| price(book, &request, Detail::Price).expect("an order");
    let (of_many, of_few) = (priced(&many), priced(&few));
    let checked = of_many.lines.iter().zip(&of_few.lines).filter(|(many, few)| many.net == few.net).count();
    assert_eq!(checked, 1000, "both books price every line alike");
    let times = compare(ROUNDS, 20, &mut |_| _ = keep(priced(&many)), &mut |_| _ = keep(priced(&few)));
    row(name, goal, checked, times)
}

/// A price from a table of 100,000 tiers, against one of 16.
fn tiers(name: &'static str, goal: f64, mode: TierMode) -> Row {
    let (many, few) = (book(&tier_documents(100_000, mode)), book(&tier_documents(16, mode)));
    let priced = |book: &PriceBook, tiers: u32, index: usize| {
        let buyer = book.organization(&organization_id(0)).expect("a buyer");
        let mut buyer = book.buyer(buyer, Instant::from_micros(0)).expect("a buyer");
        let quantity = u32::try_from(index * 7919).expect("a quantity") % (tiers * 10);
        buyer
            .price(SkuHandle::clone(&book.sku(&sku_id(0)).expect("a product")), Exact::from(quantity))
            .expect("a price")
            .net()
    };
    let checked = (0..1000).filter(|&index| priced(&many, 16, index) == priced(&few, 16, index)).count();
    assert_eq!(checked, 1000, "both tables agree where both have tiers");
    let times = compare(ROUNDS, 20_000, &mut |index| _ = keep(priced(&many, 100_000, index)), &mut |index| {
        _ = keep(priced(&few, 16, index));
    });
    row(name, goal, checked, times)
}

/// A rule of ten lines, lowered, against Rhai alone running it.
fn script_native_to_rhai(name: &'static str, goal: f64) -> Row {
    let trial = Read::sample().trial();
    let mut bare = trial.prepared();
    assert!(trial.is_native() && trial.run().is_ok() && trial.run() == trial.run_by_rhai(), "both ways agree");
    let times = compare(ROUNDS, 20_000, &mut |_| _ = keep(trial.run()), &mut |_| _ = keep(bare.eval()));
    row(name, goal, 1, times)
}

/// The same, lowered, against the same rule in Rust.
fn script_native_to_rust(name: &'static str, goal: f64) -> Row {
    let read = Read::sample();
    let trial = read.trial();
    assert_eq!(trial.run(), Ok(TrialValue::Number(read.rule())), "script and Rust agree");
    let times = compare(ROUNDS, 50_000, &mut |_| _ = keep(trial.run()), &mut |_| _ = keep(keep(&read).rule()));
    row(name, goal, 1, times)
}

/// The same, run by Rhai as a book does it, against Rhai alone with its variables there.
fn script_rhai_to_bare(name: &'static str, goal: f64) -> Row {
    let read = Read::sample();
    let trial = read.trial();
    let mut bare = trial.prepared();
    assert_eq!(bare.eval(), Some(read.rule()), "script and Rust agree");
    let times = compare(ROUNDS, 20_000, &mut |_| _ = keep(trial.run_by_rhai()), &mut |_| _ = keep(bare.eval()));
    row(name, goal, 1, times)
}

/// An order of 1,000 lines with a scripted rule whose native condition does not hold, against one without the rule.
fn script_condition_false(name: &'static str, goal: f64) -> Row {
    let without = promotion_documents(30);
    let mut with = without.clone();
    let script = r#"{ "script": "s", "sees": "line", "returns": "number", "text": "min(line.amount / 10, 5)" }"#;
    let rule = r#"{ "adjustment": "z", "step": "promotions", "when": { "weekday": "monday" },
        "effect": { "percent_off": { "script": "s" } } }"#;
    with.scripts.push(serde_json::from_str(script).expect("a script"));
    with.adjustments.push(serde_json::from_str(rule).expect("a rule"));
    let (with, without) = (book(&with), book(&without));
    let request = order(1000);
    let priced = |book: &PriceBook| price(book, &request, Detail::Price).expect("an order");
    let (scripted, plain) = (priced(&with), priced(&without));
    let checked = scripted.lines.iter().zip(&plain.lines).filter(|(one, other)| one.net == other.net).count();
    assert_eq!(checked, 1000, "the rule changes nothing on a Sunday");
    let times = compare(ROUNDS, 20, &mut |_| _ = keep(priced(&with)), &mut |_| _ = keep(priced(&without)));
    row(name, goal, checked, times)
}
