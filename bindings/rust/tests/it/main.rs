//! Reading documents as a user of the crate does: from folders of files and from JSON.
#![expect(clippy::unwrap_used, reason = "a test fails where it is wrong")]

mod batch;
mod book;
mod cache;
mod cache_invalidation;
mod cache_single_flight;
mod cache_stale;
mod csv;
mod json;
mod locate;
mod refused;
mod rules;
mod scratch;
mod scripted_loads;
mod scripts_page;
