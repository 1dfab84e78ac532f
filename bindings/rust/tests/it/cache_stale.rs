//! An old book is given while a new one loads, for a stated time, and says that it is old.

use std::time::Duration;

use emptor::cache::{CacheSettings, Freshness, Served};

use crate::scripted_loads::{Answer, Rig, SETTINGS, in_time, is_book, key, until};

const SECOND: Duration = Duration::from_secs(1);

fn told(served: &Served) -> (Freshness, u64) {
    (served.freshness, served.age.as_secs())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_book_is_served_while_one_load_runs_and_then_the_fresh_one() {
    let rig = Rig::new(SETTINGS, &[]);
    rig.release([1]);
    assert_eq!(told(&rig.get(&key("acme")).await), (Freshness::Fresh, 0));
    rig.pass(59 * SECOND);
    assert_eq!(told(&rig.get(&key("acme")).await), (Freshness::Fresh, 59));
    rig.pass(SECOND);
    for _ in 0..100 {
        let served = rig.get(&key("acme")).await;
        assert_eq!((is_book(&served, 1), told(&served)), (true, (Freshness::Stale, 60)));
    }
    rig.until_begun(2).await;
    rig.pass(5 * SECOND);
    assert_eq!(told(&rig.get(&key("acme")).await), (Freshness::Stale, 65));
    rig.release([2]);
    until(async || rig.get(&key("acme")).await.freshness == Freshness::Fresh).await;
    let served = rig.get(&key("acme")).await;
    // Its load began five seconds ago.
    assert_eq!((is_book(&served, 2), told(&served)), (true, (Freshness::Fresh, 5)));
    let statistics = rig.cache.statistics().await;
    assert_eq!((statistics.loads, statistics.misses), (2, 1));
}

#[tokio::test]
async fn a_book_beyond_the_bound_is_waited_for() {
    for (stale_for, passes) in [(SETTINGS.stale_for, 660 * SECOND), (Duration::ZERO, 60 * SECOND)] {
        let rig = Rig::new(CacheSettings { stale_for, ..SETTINGS }, &[]);
        rig.release([1]);
        rig.get(&key("acme")).await;
        rig.pass(passes);
        let waiting = rig.ask(&key("acme"));
        rig.until_begun(2).await;
        assert!(!waiting.is_finished());
        rig.release([2]);
        let served = in_time(waiting).await.unwrap().unwrap();
        assert_eq!((is_book(&served, 2), told(&served)), (true, (Freshness::Fresh, 0)));
        let statistics = rig.cache.statistics().await;
        assert_eq!((statistics.misses, statistics.stale_hits), (2, 0));
    }
}

#[tokio::test]
async fn when_the_load_in_the_background_fails_the_stale_book_is_served_up_to_the_bound() {
    let rig = Rig::released(SETTINGS, &[Answer::Book, Answer::Error, Answer::Panic, Answer::Error, Answer::Book]);
    rig.get(&key("acme")).await;
    rig.pass(60 * SECOND);
    assert_eq!(told(&rig.get(&key("acme")).await), (Freshness::Stale, 60));
    rig.until_failures(1).await;
    // While the failure is kept, no other load is tried.
    assert_eq!((told(&rig.get(&key("acme")).await), rig.cache.statistics().await.loads), ((Freshness::Stale, 60), 2));
    rig.pass(599 * SECOND);
    assert_eq!(told(&rig.get(&key("acme")).await), (Freshness::Stale, 659));
    rig.until_failures(2).await;
    rig.pass(SECOND);
    assert_eq!(rig.get_code(&key("acme")).await, "book.load_failed");
    rig.pass(SECOND);
    assert!(is_book(&rig.get(&key("acme")).await, 5));
}

#[tokio::test]
async fn a_load_that_takes_longer_than_a_book_is_fresh_says_so() {
    let rig = Rig::new(SETTINGS, &[]);
    let waiting = rig.ask(&key("acme"));
    rig.until_begun(1).await;
    rig.pass(61 * SECOND);
    rig.release([1]);
    assert_eq!(told(&in_time(waiting).await.unwrap().unwrap()), (Freshness::Stale, 61));
}
