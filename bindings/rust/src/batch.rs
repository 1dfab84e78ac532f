//! Many lines of many buyers at once, over all cores: what a price feed or a notebook asks for.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use emptor_core::{Exact, Instant, Money, NoPrice};
use emptor_pricing::{OrganizationHandle, PriceBook, SkuHandle};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

/// Enough lines for a thread to be worth waking, and few enough for the answers to stand on its stack.
const CHUNK: usize = 512;

/// A line of a batch: as an order of that one line, in the tenant's currency and the product's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLine {
    /// Who buys.
    pub buyer: OrganizationHandle,
    /// What.
    pub sku: SkuHandle,
    /// How much of it, in the product's unit.
    pub quantity: Exact,
    /// When it is bought.
    pub valid_at: Instant,
}

/// Why a batch has no prices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// `request.unknown_buyer`: a handle beyond those of this book.
    #[error("the buyer of line {0} is of another book; ask this book for its handles")]
    UnknownBuyer(usize),
    /// `batch.cancelled`: the watcher broke it off.
    #[error("the batch was broken off; what was priced is dropped, so price it again")]
    Cancelled,
}

impl BatchError {
    /// The stable code, `area.condition`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownBuyer(_) => "request.unknown_buyer",
            Self::Cancelled => "batch.cancelled",
        }
    }
}

/// The net of every line, in the order of the lines; each is what [`emptor_pricing::Buyer::price`] gives for it alone.
///
/// It runs on the current rayon pool: to take other threads than all, call it within `pool.install`. `watch` is told,
/// from any thread and not in order, how many lines are done so far, about once in 500 lines, until there is an
/// error; a break ends the batch. Lines of one buyer at one date are best kept together: what is worked out for a buyer
/// is then worked out once.
///
/// # Errors
/// `request.unknown_buyer` (of the first such line), then `batch.cancelled`. A line that cannot be priced is no error
/// but an answer (R14).
///
/// # Example
/// ```
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/wholesale");
/// # let book = emptor::Book::load(folder.as_ref()).unwrap();
/// use emptor::{BatchLine, core::{Instant, OrganizationId, Sku}, price_batch};
/// use std::ops::ControlFlow::Continue;
/// let prices = book.prices();
/// let buyer = prices.organization(&OrganizationId::new("contoso-north").unwrap()).unwrap();
/// let sku = prices.sku(&Sku::new("BOLT-M8X40").unwrap()).unwrap();
/// let valid_at: Instant = "2026-05-04T00:00:00Z".parse().unwrap();
/// let lines = [100_u32, 500].map(|pieces| BatchLine { buyer, sku, quantity: pieces.into(), valid_at });
/// let nets = price_batch(prices, &lines, |_| Continue(())).unwrap();
/// assert_eq!(nets[1].unwrap().to_string(), "49.00 EUR");
/// ```
pub fn price_batch(
    prices: &PriceBook,
    lines: &[BatchLine],
    watch: impl Fn(usize) -> ControlFlow<()> + Sync,
) -> Result<Vec<Result<Money, NoPrice>>, BatchError> {
    let (done, ended) = (AtomicUsize::new(0), AtomicBool::new(false));
    let price = |lines: &[BatchLine]| {
        // On the stack, and then once where they stay: no pass over all answers before they are known.
        let mut nets = [Err(NoPrice::NoCandidate); CHUNK];
        if ended.load(Ordering::Relaxed) {
            return nets;
        }
        let goes_on = price_chunk(prices, lines, &mut nets) && {
            let before = done.fetch_add(lines.len(), Ordering::Relaxed);
            watch(before.saturating_add(lines.len())).is_continue()
        };
        if !goes_on {
            ended.store(true, Ordering::Relaxed);
        }
        nets
    };
    // One chunk at a time: the last of longer pieces is left to one thread.
    let chunks: Vec<[_; CHUNK]> = lines.par_chunks(CHUNK).with_max_len(1).map(price).collect();
    if !ended.into_inner() {
        let mut nets = chunks.into_flattened();
        nets.truncate(lines.len());
        // What a batch of a few lines has too much of.
        nets.shrink_to_fit();
        return Ok(nets);
    }
    let unknown = lines.iter().position(|line| !prices.knows(line.buyer));
    Err(unknown.map_or(BatchError::Cancelled, BatchError::UnknownBuyer))
}

/// Prices lines; false: the book does not know the buyer of one.
fn price_chunk(prices: &PriceBook, lines: &[BatchLine], nets: &mut [Result<Money, NoPrice>]) -> bool {
    let (mut rest, mut nets) = (lines, nets.iter_mut());
    while let [line, later @ ..] = rest {
        let is_alike = |other: &BatchLine| (other.buyer, other.valid_at) == (line.buyer, line.valid_at);
        // For one line a buyer that keeps what it found is not worth its making.
        if !later.first().is_some_and(is_alike) {
            let Some(known) = prices.net(line.buyer, line.valid_at, line.sku, line.quantity) else { return false };
            if let Some(net) = nets.next() {
                *net = known;
            }
            rest = later;
            continue;
        }
        let run = later.iter().position(|other| !is_alike(other)).map_or(rest.len(), |place| place.saturating_add(1));
        let Some(mut buyer) = prices.buyer(line.buyer, line.valid_at) else { return false };
        let (run, later) = rest.split_at(run);
        for (line, net) in run.iter().zip(&mut nets) {
            *net = buyer.net(line.sku, line.quantity);
        }
        rest = later;
    }
    true
}
