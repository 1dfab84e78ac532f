//! What the benches share: the workload, and how engine and reference are held against each other.

pub mod agreement;
