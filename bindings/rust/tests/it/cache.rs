//! Books in memory: how many, which, loaded ahead, and what is counted.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use emptor::cache::{CacheSettings, CacheStatistics};

use crate::scripted_loads::{Answer, Rig, SETTINGS, in_time, is_book, key};

fn at_once(max: usize) -> NonZeroUsize {
    NonZeroUsize::new(max).unwrap()
}

#[tokio::test]
async fn a_book_is_loaded_once_and_shared() {
    let rig = Rig::released(SETTINGS, &[]);
    let first = rig.get(&key("acme")).await;
    let second = rig.cache.clone().get(&key("acme")).await.unwrap();
    assert!(Arc::ptr_eq(&first.book, &second.book));
    assert!(is_book(&rig.get(&key("contoso")).await, 2));
}

#[tokio::test]
async fn the_book_that_was_asked_for_longest_ago_makes_room() {
    let rig = Rig::released(CacheSettings { books_max: 2, ..SETTINGS }, &[]);
    for tenant in ["a", "b", "a", "c"] {
        rig.get(&key(tenant)).await;
        // Moka orders what was asked in batches, and this ends one.
        rig.cache.statistics().await;
    }
    let statistics = rig.cache.statistics().await;
    assert_eq!((statistics.evictions, statistics.books_held, statistics.loads), (1, 2, 3));
    assert!(is_book(&rig.get(&key("a")).await, 1));
    assert!(is_book(&rig.get(&key("b")).await, 4));
    assert_eq!(rig.cache.statistics().await.evictions, 2);
    // Taken out is not evicted.
    rig.cache.invalidate(&key("b").tenant).await;
    let statistics = rig.cache.statistics().await;
    assert_eq!((statistics.evictions, statistics.books_held), (2, 1));
}

#[tokio::test]
async fn a_cache_for_no_books_loads_every_time() {
    let rig = Rig::released(CacheSettings { books_max: 0, ..SETTINGS }, &[]);
    assert!(is_book(&rig.get(&key("acme")).await, 1));
    assert!(is_book(&rig.get(&key("acme")).await, 2));
    assert_eq!(rig.cache.statistics().await.books_held, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn warming_loads_a_few_at_once_and_tells_of_each() {
    let rig = Rig::new(SETTINGS, &[Answer::Book, Answer::Error, Answer::Panic]);
    let keys: Vec<_> = (0..20).map(|number| key(&format!("tenant-{number}"))).collect();
    let (cache, asked) = (rig.cache.clone(), keys.clone());
    let warming = tokio::spawn(async move { cache.warm(asked, at_once(3)).await });
    rig.until_begun(3).await;
    rig.release(1..=20);
    let told = in_time(warming).await.unwrap();
    assert_eq!((rig.begun(), rig.running_max()), (20, 3));
    assert!(told.iter().map(|(key, _)| key).eq(&keys));
    let failed = told.iter().filter_map(|(_, result)| result.as_ref().err()).map(emptor::cache::LoadError::code);
    let mut failed: Vec<_> = failed.collect();
    failed.sort_unstable();
    assert_eq!(failed, ["book.load_failed", "book.load_panicked"]);
    let statistics = rig.cache.statistics().await;
    assert_eq!((statistics.books_held, statistics.hits, statistics.misses), (18, 0, 0));
}

#[tokio::test]
async fn warming_loads_what_is_stale_and_leaves_what_is_fresh() {
    let rig = Rig::released(SETTINGS, &[]);
    rig.get(&key("old")).await;
    rig.pass(Duration::from_mins(1));
    rig.get(&key("new")).await;
    let told = in_time(rig.cache.warm(vec![key("old"), key("new")], at_once(1))).await;
    let [(_, old), (_, new)] = told.try_into().unwrap();
    assert!(is_book(&old.unwrap(), 3) && is_book(&new.unwrap(), 2));
    assert!(in_time(rig.cache.warm(Vec::new(), at_once(1))).await.is_empty());
}

#[tokio::test]
async fn statistics_say_what_was_done() {
    let second = Duration::from_secs(1);
    let rig = Rig::new(CacheSettings { books_max: 2, ..SETTINGS }, &[Answer::Book, Answer::Error]);
    assert_eq!(rig.cache.statistics().await, CacheStatistics::default());
    let load = async |tenant: &str, number: u64, takes: Duration| {
        let waiting = rig.ask(&key(tenant));
        rig.until_begun(number).await;
        rig.pass(takes);
        rig.release([number]);
        in_time(waiting).await.unwrap().is_ok()
    };
    assert!(load("a", 1, 2 * second).await);
    assert!(!load("b", 2, 3 * second).await);
    rig.get_code(&key("b")).await;
    rig.get(&key("a")).await;
    rig.pass(60 * second);
    rig.release([3]);
    rig.get(&key("a")).await;
    crate::scripted_loads::until(async || rig.cache.statistics().await.oldest_age == Some(Duration::ZERO)).await;
    assert!(load("c", 4, second).await);
    assert!(load("d", 5, 4 * second).await);
    rig.pass(second);
    let expected = CacheStatistics {
        hits: 1,
        stale_hits: 1,
        misses: 5,
        loads: 5,
        failures: 1,
        evictions: 1,
        load_time_total: 10 * second,
        load_time_last: 4 * second,
        books_held: 2,
        oldest_age: Some(6 * second),
    };
    assert_eq!(rig.cache.statistics().await, expected);
}
