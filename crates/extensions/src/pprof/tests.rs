use sdk::{ComponentKind, Extension as _};
use testkit::{HttpAnswer, check_refused, contract::block_on, exchange, settings};

use super::{
    Config, Pprof,
    server::{Threads, memory, table, thread},
};

testkit::extension_contract!(Pprof, include_str!("README.md"), "endpoint: 127.0.0.1:0");

async fn get(path: &str) -> HttpAnswer {
    let context = testkit::context(ComponentKind::Extension, "pprof");
    let mut extension = Pprof::new(settings("endpoint: 127.0.0.1:0"), context.clone()).unwrap();
    extension.start(context.host).await.unwrap();
    let answer = exchange(&extension.address().unwrap(), &format!("GET {path}"), &[], b"").await;
    extension.shutdown().await.unwrap();
    answer
}

#[test]
fn threads_and_memory_are_shown_and_profiles_of_go_are_not() {
    block_on(async {
        for (path, status, shown) in [
            ("/debug/pprof/", 200, "/debug/pprof/threads"),
            ("/debug/pprof/profile?seconds=1", 501, "see /debug/pprof/"),
            ("/elsewhere", 404, "404"),
        ] {
            let answer = get(path).await;
            let body = String::from_utf8(answer.body.to_vec()).unwrap();
            assert_eq!((answer.status, body.contains(shown)), (status, true), "{path}: {body}");
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn this_process_has_threads_and_memory() {
    block_on(async {
        let threads = get("/debug/pprof/threads?seconds=0").await;
        let lines = String::from_utf8(threads.body.to_vec()).unwrap().lines().count();
        assert!(threads.status == 200 && lines > 1);
        let memory = get("/debug/pprof/memory").await;
        assert!(String::from_utf8(memory.body.to_vec()).unwrap().contains("VmRSS:"));
    });
}

#[test]
fn a_thread_may_be_called_anything() {
    let stat = "7 (a) (b c) S 1 1 1 0 -1 4194560 10 0 0 0 120 30 0 0 20 0 5 0 100";
    assert_eq!(thread(stat), Some(("a) (b c".to_owned(), 150)));
    assert_eq!(thread("7 (a"), None);
    assert_eq!(thread("7 (a) S 1"), None);
}

#[test]
fn the_busiest_thread_comes_first_and_a_new_one_counts_from_its_start() {
    let threads = |all: &[(u64, u64)]| -> Threads {
        all.iter().map(|(id, ticks)| (*id, (format!("t{id}"), *ticks))).collect()
    };
    let text = table(&threads(&[(1, 100), (2, 5)]), &threads(&[(1, 101), (2, 45), (3, 7)]), 2);
    let rows: Vec<Vec<_>> =
        text.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows, [["400", "2", "t2"], ["70", "3", "t3"], ["10", "1", "t1"]]);
}

#[test]
fn of_the_status_only_memory_is_shown() {
    assert_eq!(
        memory("Name:\tx\nVmRSS:\t1 kB\nRssAnon:\t1 kB\nThreads:\t3\n"),
        "VmRSS:\t1 kB\nRssAnon:\t1 kB\n"
    );
}

#[test]
fn an_endpoint_is_needed() {
    check_refused::<Config>("endpoint: ''", "\"endpoint\" is required");
}
