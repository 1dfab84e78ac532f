//! Comparing two programs in one run: interleaved rounds of thread CPU time, and the ratio of their medians.

use std::hint::black_box;
use std::time::Instant;

use cpu_time::ThreadTime;
use serde::Serialize;

/// One comparison, as it is printed.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What is compared.
    pub name: &'static str,
    /// What one call of ours takes, in nanoseconds of CPU time; of a row about threads, elapsed; about memory, in bytes.
    pub ours_ns: f64,
    /// What the peer takes.
    pub peer_ns: f64,
    /// The median of the rounds' ratios.
    pub ratio: f64,
    /// What the ratio may be at most.
    pub goal: f64,
    /// How many rounds were taken.
    pub rounds: usize,
    /// How many results were compared with what they must be.
    pub checked: usize,
    /// Of a row about threads: the same ratio for the same lines by fixed point, taken just after; what the machine gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_point_ratio: Option<f64>,
    /// Whether the ratio keeps to the goal.
    pub holds: bool,
}

impl Row {
    /// The row of what was taken in so many rounds, with so many results checked.
    pub fn of(
        name: &'static str,
        goal: f64,
        (rounds, checked): (usize, usize),
        (ours_ns, peer_ns, ratio): (f64, f64, f64),
    ) -> Self {
        let holds = ratio <= goal;
        Self { name, ours_ns, peer_ns, ratio, goal, rounds, checked, fixed_point_ratio: None, holds }
    }
}

/// Something that is done many times, by number.
pub type Work<'w> = &'w mut dyn FnMut(usize);

/// Takes both in turn, `rounds` times `count` calls each, after one round that is thrown away.
pub fn compare(rounds: usize, count: usize, ours: Work<'_>, peer: Work<'_>) -> (f64, f64, f64) {
    take(cpu_time, (rounds, count), ours, peer)
}

/// [`compare`] by the clock on the wall, for what runs on several threads.
pub fn compare_elapsed(rounds: usize, count: usize, ours: Work<'_>, peer: Work<'_>) -> (f64, f64, f64) {
    take(elapsed, (rounds, count), ours, peer)
}

/// The seconds that so many calls take.
type Clock = fn(usize, Work<'_>) -> f64;

fn take(clock: Clock, (rounds, count): (usize, usize), ours: Work<'_>, peer: Work<'_>) -> (f64, f64, f64) {
    let nanos = |work: Work<'_>| clock(count, work) * 1e9 / f64::from(u32::try_from(count).expect("a count"));
    let (mut of_ours, mut of_peer, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        // Whoever comes second finds warmer caches: so they take turns.
        let (first, second) = if round % 2 == 0 { (nanos(ours), None) } else { (0.0, Some(nanos(peer))) };
        let (one, other) = match second {
            None => (first, nanos(peer)),
            Some(peer) => (nanos(ours), peer),
        };
        if round > 0 {
            of_ours.push(one);
            of_peer.push(other);
            ratios.push(one / other);
        }
    }
    (median(&mut of_ours), median(&mut of_peer), median(&mut ratios))
}

fn cpu_time(count: usize, work: Work<'_>) -> f64 {
    let start = ThreadTime::now();
    repeat(count, work);
    start.elapsed().as_secs_f64()
}

fn elapsed(count: usize, work: Work<'_>) -> f64 {
    let start = Instant::now();
    repeat(count, work);
    start.elapsed().as_secs_f64()
}

fn repeat(count: usize, work: Work<'_>) {
    for index in 0..count {
        work(black_box(index));
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
