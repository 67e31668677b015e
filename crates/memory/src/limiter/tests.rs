use std::sync::Mutex;

use super::*;

#[test]
fn a_limiter_refuses_from_the_soft_limit_on_and_tells_each_change_once() {
    let limiter = Limiter::new(Limits { soft: 80, hard: 100 });
    let rows = [
        (79, None, false),
        (80, Some(Change::Refuse), true),
        (200, None, true),
        (80, None, true),
        (79, Some(Change::Resume), false),
        (0, None, false),
    ];
    for (used, change, is_refusing) in rows {
        assert_eq!((limiter.observe(used), limiter.is_refusing()), (change, is_refusing), "{used}");
    }
}

#[test]
fn only_one_watches_at_a_time() {
    let limiter = Limiter::new(Limits { soft: 80, hard: 100 });
    assert!(limiter.begin_watch());
    assert!(!limiter.begin_watch());
    limiter.end_watch();
    assert!(limiter.begin_watch());
}

#[tokio::test(start_paused = true)]
async fn watching_tells_each_change_once() {
    // Below what any process uses, so that the first measurement refuses.
    let limiter = Arc::new(Limiter::new(Limits { soft: 1, hard: 2 }));
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = {
        let told = told.clone();
        move |change, used| told.lock().unwrap().push((change, used > 100 << 10))
    };
    let task = tokio::spawn(watch(limiter.clone(), Duration::from_secs(1), tell));
    tokio::time::sleep(Duration::from_secs(3)).await;
    task.abort();
    assert!(limiter.is_refusing());
    assert_eq!(*told.lock().unwrap(), [(Change::Refuse, true)]);
}

#[test]
fn memory_is_measured_in_bytes() {
    let (total, used) = (crate::available().unwrap(), used());
    assert!(used > 100 << 10 && used < total, "{used} of {total}");
}
