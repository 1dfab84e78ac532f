//! Prices from lists and contracts alone, against programs written by hand for the same rows.

use std::collections::HashMap;
use std::hint::black_box as keep;
use std::ops::ControlFlow::Continue;

use emptor::{BatchLine, price_batch};
use emptor_benches::books::{batch_lines, midnight, organization_id, sku_id};
use emptor_benches::by_hand::ByHand;
use emptor_benches::fixed_point::FixedPoint;
use emptor_benches::ratio::{Row, compare, compare_elapsed};
use emptor_benches::workload::{Request, Workload};
use emptor_core::{Exact, OrganizationId, Sku};
use emptor_pricing::{OrganizationHandle, PriceBook, SkuHandle};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::{ROUNDS, row, workload};

/// One line, buyer and date new in every call, against the program written by hand.
pub(crate) fn line_price(name: &'static str, goal: f64) -> Row {
    let (workload, book, handles) = workload();
    let by_hand = ByHand::new(&workload);
    let ours = |index: usize| priced(&book, handles[index], workload.requests[index]);
    let peer = |index: usize| by_hand.line(workload.requests[index]);
    let count = workload.requests.len();
    let checked = (0..count).filter(|&index| ours(index).amount().parse() == Ok(peer(index))).count();
    assert_eq!(checked, count, "every line is the one by hand");
    let times = compare(ROUNDS, count, &mut |index| _ = keep(ours(index)), &mut |index| _ = keep(peer(index)));
    row(name, goal, checked, times)
}

fn priced(book: &PriceBook, (buyer, sku): (OrganizationHandle, SkuHandle), request: Request) -> emptor_core::Money {
    let mut buyer = book.buyer(buyer, midnight(request.day)).expect("a buyer");
    buyer.net(sku, Exact::from(request.quantity)).expect("a price")
}

/// The same, the lines of one buyer at one date, who was made before.
pub(crate) fn line_prepared(name: &'static str, goal: f64) -> Row {
    let (workload, book, handles) = workload();
    let by_hand = ByHand::new(&workload);
    let of_one = |request: &Request| Request { organization: 7, day: workload.requests[0].day, ..*request };
    let requests: Vec<Request> = workload.requests.iter().map(of_one).collect();
    let buyer = book.organization(&organization_id(7)).expect("a buyer");
    let mut buyer = book.buyer(buyer, midnight(requests[0].day)).expect("a buyer");
    let mut ours = |index: usize| {
        let quantity = Exact::from(requests[index].quantity);
        buyer.net(handles[index].1, quantity).expect("a price")
    };
    let peer = |index: usize| by_hand.line(requests[index]);
    let count = requests.len();
    let checked = (0..count).filter(|&index| ours(index).amount().parse() == Ok(peer(index))).count();
    assert_eq!(checked, count, "every line is the one by hand");
    let times = compare(ROUNDS, count, &mut |index| _ = keep(ours(index)), &mut |index| _ = keep(peer(index)));
    row(name, goal, checked, times)
}

/// The numbers of buyers and products by name. It stands here: another kind of key in the library of the program by hand
/// has its look-ups compiled otherwise, and slower.
struct Numbers {
    organizations: HashMap<String, u32>,
    skus: HashMap<String, u32>,
}

impl Numbers {
    fn new(workload: &Workload) -> Self {
        let numbered = |count: usize, name: fn(u32) -> String| {
            (0..u32::try_from(count).expect("a few")).map(|number| (name(number), number)).collect()
        };
        Self {
            organizations: numbered(workload.organizations.len(), |number| organization_id(number).as_str().to_owned()),
            skus: numbered(workload.skus.len(), |number| sku_id(number).as_str().to_owned()),
        }
    }

    fn request(&self, organization: &str, sku: &str, request: Request) -> Request {
        let (organization, sku) = (self.organizations[organization], self.skus[sku]);
        Request { organization, sku, ..request }
    }
}

/// One line of a buyer and product by name, against the program by hand that finds its numbers by name, too.
pub(crate) fn line_named(name: &'static str, goal: f64) -> Row {
    let (workload, book, _) = workload();
    let (by_hand, numbers) = (ByHand::new(&workload), Numbers::new(&workload));
    let named = |request: &Request| (organization_id(request.organization), sku_id(request.sku));
    let names: Vec<(OrganizationId, Sku)> = workload.requests.iter().map(named).collect();
    let ours = |index: usize| {
        let (organization, sku) = &names[index];
        let handles = (book.organization(organization).expect("a buyer"), book.sku(sku).expect("a product"));
        priced(&book, handles, workload.requests[index])
    };
    let peer = |index: usize| {
        let (organization, sku) = &names[index];
        by_hand.line(numbers.request(organization.as_str(), sku.as_str(), workload.requests[index]))
    };
    let count = workload.requests.len();
    let checked = (0..count).filter(|&index| ours(index).amount().parse() == Ok(peer(index))).count();
    assert_eq!(checked, count, "every line is the one by hand");
    let times = compare(ROUNDS, count, &mut |index| _ = keep(ours(index)), &mut |index| _ = keep(peer(index)));
    row(name, goal, checked, times)
}

/// A batch of 100,000 lines on this thread, against fixed point with a dense index, line by line.
pub(crate) fn batch_to_fixed_point(name: &'static str, goal: f64) -> Row {
    let (workload, book, _) = workload();
    let (fixed_point, lines) = (FixedPoint::new(&workload), batch_lines(&book, &workload.requests));
    let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().expect("a pool");
    let nets = batch(&pool, &book, &lines);
    let same = nets.iter().zip(&workload.requests);
    let checked = same.filter(|(net, request)| **net == fixed_point.line(**request).cents).count();
    assert_eq!(checked, lines.len(), "every line is the one by fixed point");
    let mut peer = |_| workload.requests.iter().for_each(|request| _ = keep(fixed_point.line(*request)));
    let times =
        compare(ROUNDS, 2, &mut |_| _ = keep(pool.install(|| price_batch(&book, &lines, |_| Continue(())))), &mut peer);
    row(name, goal, checked, times)
}

/// A batch on two threads, against one: elapsed time, which other work on the machine disturbs.
pub(crate) fn batch_two_threads(name: &'static str, goal: f64) -> Row {
    let (workload, book, _) = workload();
    let lines = batch_lines(&book, &workload.requests);
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
    let (two, one) = (pool(2), pool(1));
    assert_eq!(batch(&two, &book, &lines), batch(&one, &book, &lines), "threads change nothing");
    let nets = |pool: &ThreadPool| pool.install(|| price_batch(&book, &lines, |_| Continue(())));
    let times = compare_elapsed(ROUNDS, 2, &mut |_| _ = keep(nets(&two)), &mut |_| _ = keep(nets(&one)));
    let fixed_point = FixedPoint::new(&workload);
    let flat = |pool: &ThreadPool| by_fixed_point(pool, &fixed_point, &workload.requests);
    let (.., fixed_point_ratio) = compare_elapsed(ROUNDS, 2, &mut |_| flat(&two), &mut |_| flat(&one));
    Row { fixed_point_ratio: Some(fixed_point_ratio), ..row(name, goal, lines.len(), times) }
}

/// The same lines by fixed point, in pieces as a batch has them: what two threads of this machine can be for such work.
fn by_fixed_point(pool: &ThreadPool, fixed_point: &FixedPoint, requests: &[Request]) {
    let price = |request: &Request| _ = keep(fixed_point.line(*request));
    pool.install(|| requests.par_chunks(512).with_max_len(1).for_each(|chunk| chunk.iter().for_each(price)));
}

/// The nets in cents.
fn batch(pool: &ThreadPool, book: &PriceBook, lines: &[BatchLine]) -> Vec<i64> {
    let nets = pool.install(|| price_batch(book, lines, |_| Continue(()))).expect("a batch");
    nets.into_iter().map(|net| net.expect("a price").minor()).collect()
}
