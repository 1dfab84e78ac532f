//! A row of the table of peers, as every program of this folder prints it: one JSON object a line.

use serde::Serialize;

/// What a peer is, and how much of the work it did itself.
#[derive(Debug, Clone, Serialize)]
pub struct Peer {
    /// As in the table.
    pub peer: &'static str,
    /// Which version was measured.
    pub version: String,
    /// What the peer did itself; the host did the rest.
    pub itself: &'static str,
}

/// What was measured, once every answer was right.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Who.
    #[serde(flatten)]
    pub peer: Peer,
    /// Nanoseconds of CPU time for a line: the median of the rounds.
    pub ns: f64,
    /// The same of the program by hand, if its rounds were taken in turn with the peer's.
    pub by_hand_ns: f64,
    /// How many rounds were taken.
    pub rounds: usize,
    /// How many lines of the workload, from its first; each was checked.
    pub lines: usize,
    /// What they come to.
    pub total: String,
    /// How many were priced by contract, group and base.
    pub hits: [usize; 3],
    /// On how many a promotion acted.
    pub promotions: usize,
}

/// The version of a crate that this workspace is locked to.
///
/// # Panics
/// If it is not locked to any, so that the table never names a wrong one.
pub fn locked_version(name: &str) -> String {
    let lock = include_str!("../Cargo.lock");
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).expect("the crate is in the lock");
    rest.split('"').next().expect("a version ends with a quote").to_owned()
}
