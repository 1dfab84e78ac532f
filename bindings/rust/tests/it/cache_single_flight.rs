//! However many ask for a book that is not there, it is loaded once, and all are told what became of it.

use std::future::{Future as _, Ready};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use emptor::Book;
use emptor::cache::{BookCache, BookKey, CacheSettings, LoadError, Served};

use crate::scripted_loads::{Answer, Rig, SETTINGS, book, in_time, is_book, key};

/// What a thousand tasks are given that ask while the one load runs, which then ends with `answer`.
async fn ask_a_thousand(answer: Answer) -> Vec<Result<Served, LoadError>> {
    let rig = Rig::new(SETTINGS, &[answer]);
    let tasks: Vec<_> = (0..1000).map(|_| rig.ask(&key("acme"))).collect();
    rig.until_misses(1000).await;
    rig.release([1]);
    let mut results = Vec::new();
    for task in tasks {
        results.push(in_time(task).await.unwrap());
    }
    assert_eq!((rig.begun(), rig.cache.statistics().await.loads), (1, 1));
    results
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_tasks_load_a_book_once() {
    let results = ask_a_thousand(Answer::Book).await;
    let first = results[0].as_ref().unwrap();
    assert!(is_book(first, 1));
    assert!(results.iter().all(|result| Arc::ptr_eq(&result.as_ref().unwrap().book, &first.book)));
}

/// Loads end at once, so that they end while others are about to wait for them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_book_that_comes_while_others_come_is_not_loaded_again() {
    const TENANTS: u64 = 2000;
    let only = book(1);
    let load = move |_: BookKey| std::future::ready(Ok::<_, String>(only.clone()));
    let cache = BookCache::new(CacheSettings { books_max: TENANTS, ..SETTINGS }, load, |task| drop(tokio::spawn(task)));
    let mut tasks = Vec::new();
    for number in 0..TENANTS {
        for _ in 0..8 {
            let (cache, key) = (cache.clone(), key(&format!("tenant-{number}")));
            tasks.push(tokio::spawn(async move { cache.get(&key).await.is_ok() }));
        }
    }
    for task in tasks {
        assert!(in_time(task).await.unwrap());
    }
    assert_eq!(cache.statistics().await.loads, TENANTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_error_is_given_to_all_who_wait() {
    let results = ask_a_thousand(Answer::Error).await;
    let cause = |result: &Result<Served, LoadError>| match result {
        Err(LoadError::Failed { cause, .. }) => Arc::clone(cause),
        other => panic!("{other:?}"),
    };
    let first = cause(&results[0]);
    assert_eq!(first.to_string(), "no answer to load 1");
    assert!(results.iter().all(|result| Arc::ptr_eq(&cause(result), &first)));
    assert_eq!(results.len(), 1000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_panic_is_given_to_all_who_wait_as_an_error() {
    let results = ask_a_thousand(Answer::Panic).await;
    let expected = "the loader panicked over the book of tenant `acme`: load 1 went wrong; mend the loader";
    for result in &results {
        let error = result.as_ref().unwrap_err();
        assert_eq!((error.code(), error.to_string().as_str()), ("book.load_panicked", expected));
    }
    assert_eq!(results.len(), 1000);
}

#[tokio::test]
async fn a_failure_is_kept_for_as_long_as_was_set() {
    for answer in [Answer::Error, Answer::Panic] {
        let rig = Rig::released(SETTINGS, &[answer]);
        let code = rig.get_code(&key("acme")).await;
        rig.pass(Duration::from_millis(999));
        assert_eq!((rig.get_code(&key("acme")).await, rig.begun()), (code, 1));
        rig.pass(Duration::from_millis(1));
        assert!(is_book(&rig.get(&key("acme")).await, 2));

        let settings = CacheSettings { failures_kept_for: Duration::ZERO, ..SETTINGS };
        let rig = Rig::released(settings, &[answer]);
        assert_eq!(rig.get_code(&key("acme")).await, code);
        assert!(is_book(&rig.get(&key("acme")).await, 2));
    }
}

#[tokio::test]
async fn a_failure_of_one_tenant_is_not_anothers() {
    let rig = Rig::released(SETTINGS, &[Answer::Error]);
    assert_eq!(rig.get_code(&key("acme")).await, "book.load_failed");
    assert!(is_book(&rig.get(&key("contoso")).await, 2));
}

#[tokio::test]
async fn a_load_goes_on_when_the_one_who_began_it_gives_up() {
    let rig = Rig::new(SETTINGS, &[]);
    let first = rig.ask(&key("acme"));
    rig.until_begun(1).await;
    let second = rig.ask(&key("acme"));
    rig.until_misses(2).await;
    first.abort();
    assert!(in_time(first).await.unwrap_err().is_cancelled());
    rig.release([1]);
    assert!(is_book(&in_time(second).await.unwrap().unwrap(), 1));
    assert_eq!(rig.begun(), 1);
}

#[tokio::test]
async fn a_load_that_is_dropped_is_begun_again_for_those_who_wait() {
    let rig = Rig::new(SETTINGS, &[]);
    let tasks: Vec<_> = (0..10).map(|_| rig.ask(&key("acme"))).collect();
    rig.until_misses(10).await;
    rig.until_begun(1).await;
    rig.abort_load(1);
    rig.until_begun(2).await;
    rig.release([2]);
    for task in tasks {
        assert!(is_book(&in_time(task).await.unwrap().unwrap(), 2));
    }
    let statistics = rig.cache.statistics().await;
    assert_eq!((statistics.loads, statistics.failures, statistics.books_held), (2, 1, 1));
}

#[tokio::test]
async fn a_spawner_that_runs_nothing_leaves_nobody_waiting() {
    let load = async |_: BookKey| Ok::<_, String>(book(1));
    let drops = BookCache::new(SETTINGS, load, drop);
    let panics = BookCache::new(SETTINGS, load, |_| panic!("no runtime"));
    for cache in [drops, panics] {
        assert_eq!(in_time(cache.get(&key("acme"))).await.unwrap_err().code(), "book.load_dropped");
        let statistics = cache.statistics().await;
        assert_eq!((statistics.loads, statistics.failures), (4, 4));
    }
}

#[tokio::test]
async fn a_loader_that_panics_before_it_has_a_future_is_an_error_too() {
    let load = |_| -> Ready<Result<Book, String>> { panic!("no such tenant") };
    let cache = BookCache::new(SETTINGS, load, |task| drop(tokio::spawn(task)));
    assert_eq!(in_time(cache.get(&key("acme"))).await.unwrap_err().code(), "book.load_panicked");
}

#[test]
fn a_cache_needs_no_runtime() {
    let mut context = Context::from_waker(Waker::noop());
    let load = async |_: BookKey| Ok::<_, String>(book(1));
    let cache = BookCache::new(SETTINGS, load, |mut task| {
        assert!(task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    });
    let key = key("acme");
    let Poll::Ready(result) = Box::pin(cache.get(&key)).as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(is_book(&result.unwrap(), 1));
}
