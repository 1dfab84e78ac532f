//! What the benches share: the workload, and how engine and reference are held against each other.

pub mod agreement;
pub mod books;
pub mod by_hand;
pub mod fixed_point;
pub mod promotions;
pub mod ratio;
pub mod scripts;
pub mod workload;
