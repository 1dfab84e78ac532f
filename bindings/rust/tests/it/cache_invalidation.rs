//! What was taken out of the cache does not come back, also where a load was under way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use emptor::cache::{BookCache, BookKey, BookVersion, Freshness};
use emptor::core::Instant;

use crate::scripted_loads::{Answer, Rig, SETTINGS, book, in_time, is_book, key};

#[tokio::test]
async fn a_load_that_was_under_way_does_not_put_the_old_book_back() {
    let rig = Rig::new(SETTINGS, &[]);
    let waiting = rig.ask(&key("acme"));
    rig.until_begun(1).await;
    rig.cache.invalidate(&key("acme").tenant).await;
    rig.release([1, 2]);
    assert!(is_book(&in_time(waiting).await.unwrap().unwrap(), 1));
    assert_eq!(rig.cache.statistics().await.books_held, 0);
    assert!(is_book(&rig.get(&key("acme")).await, 2));
}

#[tokio::test]
async fn the_old_load_does_not_replace_the_new_ones_book_whichever_ends_first() {
    for order in [[1, 2], [2, 1]] {
        let rig = Rig::new(SETTINGS, &[]);
        let old = rig.ask(&key("acme"));
        rig.until_begun(1).await;
        rig.cache.invalidate_version(&key("acme")).await;
        let new = rig.ask(&key("acme"));
        rig.until_begun(2).await;
        let mut tasks = [Some(old), Some(new)];
        for number in order {
            rig.release([number]);
            let task = tasks[usize::try_from(number).unwrap() - 1].take().unwrap();
            assert!(is_book(&in_time(task).await.unwrap().unwrap(), number));
        }
        assert!(is_book(&rig.get(&key("acme")).await, 2));
        assert_eq!(rig.begun(), 2);
    }
}

#[tokio::test]
async fn a_load_in_the_background_does_not_put_the_old_book_back() {
    let rig = Rig::new(SETTINGS, &[]);
    rig.release([1]);
    rig.get(&key("acme")).await;
    rig.pass(Duration::from_mins(1));
    assert_eq!(rig.get(&key("acme")).await.freshness, Freshness::Stale);
    rig.until_begun(2).await;
    rig.cache.invalidate(&key("acme").tenant).await;
    // The stale book is gone too, so this one waits.
    let waiting = rig.ask(&key("acme"));
    rig.until_begun(3).await;
    rig.release([2, 3]);
    assert!(is_book(&in_time(waiting).await.unwrap().unwrap(), 3));
    assert!(is_book(&rig.get(&key("acme")).await, 3));
}

#[tokio::test]
async fn only_what_is_meant_is_taken_out() {
    let rig = Rig::released(SETTINGS, &[]);
    let older = BookKey { version: BookVersion::recorded_by(Instant::from_micros(7)), ..key("acme") };
    let keys = [key("acme"), older.clone(), key("contoso")];
    let check = async |numbers: [u64; 3]| {
        for (key, number) in keys.iter().zip(numbers) {
            assert!(is_book(&rig.get(key).await, number));
        }
    };
    check([1, 2, 3]).await;
    rig.cache.invalidate(&key("acme").tenant).await;
    check([4, 5, 3]).await;
    rig.cache.invalidate_version(&older).await;
    check([4, 6, 3]).await;
}

#[tokio::test]
async fn a_failure_is_taken_out_too() {
    let rig = Rig::released(SETTINGS, &[Answer::Error]);
    assert_eq!(rig.get_code(&key("acme")).await, "book.load_failed");
    rig.cache.invalidate(&key("acme").tenant).await;
    assert!(is_book(&rig.get(&key("acme")).await, 2));
}

/// Books are published and invalidated while four tasks ask without pause. Nobody may be given a book that was taken out before he asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_given_a_book_that_was_taken_out_before_he_asked() {
    const BOOKS: u64 = 300;
    let published = Arc::new(AtomicU64::new(0));
    let books: Vec<_> = (0..=BOOKS).map(book).collect();
    let numbers: BTreeMap<String, u64> =
        books.iter().zip(0..).map(|(book, number)| (book.fingerprint().to_string(), number)).collect();
    let source = Arc::clone(&published);
    let load = move |_: BookKey| {
        let book = books[usize::try_from(source.load(SeqCst)).unwrap()].clone();
        async move {
            tokio::task::yield_now().await;
            Ok::<_, String>(book)
        }
    };
    let cache = BookCache::new(SETTINGS, load, |task| drop(tokio::spawn(task)));
    let (numbers, taken_out) = (Arc::new(numbers), Arc::new(AtomicU64::new(0)));
    let readers = (0..4).map(|_| {
        let (cache, numbers, taken_out) = (cache.clone(), Arc::clone(&numbers), Arc::clone(&taken_out));
        tokio::spawn(async move {
            let mut asked = 0;
            while taken_out.load(SeqCst) < BOOKS {
                let oldest = taken_out.load(SeqCst);
                let served = cache.get(&key("acme")).await.unwrap();
                let number = numbers[&served.book.fingerprint().to_string()];
                assert!(number >= oldest, "given book {number} after those before {oldest} were taken out");
                asked += 1;
                tokio::task::yield_now().await;
            }
            asked
        })
    });
    let readers: Vec<_> = readers.collect();
    for number in 1..=BOOKS {
        published.store(number, SeqCst);
        cache.invalidate(&key("acme").tenant).await;
        taken_out.store(number, SeqCst);
        tokio::task::yield_now().await;
    }
    for reader in readers {
        assert!(in_time(reader).await.unwrap() > 0);
    }
}
