//! Where processor time goes, thread by thread, as Linux counts it.

use std::{collections::BTreeMap, fmt::Write as _, fs, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Response, StatusCode};
use net::server::{HttpCall, HttpService};
use tokio::{sync::Semaphore, time::sleep};

use crate::shared::{parameter, reply};

const PLAIN: &str = "text/plain; charset=utf-8";
/// How long processor time is counted unless asked otherwise, and at most, in seconds.
const SECONDS: (u64, u64) = (5, 60);
/// More threads than this are not read.
const THREADS_MAX: usize = 4096;

const INDEX: &str = "/debug/pprof/threads?seconds=5   processor time of each thread\n\
    /debug/pprof/memory              memory of the process\n\n\
    Profiles by function come from outside, from a build with symbols:\n\
    perf record -g -p <pid> -- sleep 30\n";
const NO_PROFILE: &str = "profiles of the Go runtime are not there; see /debug/pprof/\n";

/// Answers.
#[derive(Debug)]
pub(super) struct Profiles {
    /// One counts at a time.
    pub(super) turn: Semaphore,
}

/// Name and processor time in ticks, by thread id.
pub(super) type Threads = BTreeMap<u64, (String, u64)>;

#[async_trait]
impl HttpService for Profiles {
    async fn call(&self, call: HttpCall) -> Response<Bytes> {
        match call.uri.path() {
            "/" | "/debug/pprof" | "/debug/pprof/" => reply(StatusCode::OK, PLAIN, INDEX),
            "/debug/pprof/threads" => self.threads(&call).await,
            "/debug/pprof/memory" => match fs::read_to_string("/proc/self/status") {
                Ok(status) => reply(StatusCode::OK, PLAIN, memory(&status)),
                Err(error) => reply(StatusCode::NOT_IMPLEMENTED, PLAIN, format!("{error}\n")),
            },
            path if path.starts_with("/debug/pprof/") => {
                reply(StatusCode::NOT_IMPLEMENTED, PLAIN, NO_PROFILE)
            }
            _ => reply(StatusCode::NOT_FOUND, PLAIN, "404 page not found\n"),
        }
    }
}

impl Profiles {
    async fn threads(&self, call: &HttpCall) -> Response<Bytes> {
        let (usual, longest) = SECONDS;
        let asked = parameter(&call.uri, "seconds").and_then(|text| text.parse().ok());
        let seconds = asked.unwrap_or(usual).min(longest);
        let Ok(_turn) = self.turn.try_acquire() else {
            return reply(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "one counts already\n");
        };
        let before = read_threads();
        sleep(Duration::from_secs(seconds)).await;
        match (before, read_threads()) {
            (Ok(before), Ok(after)) => {
                reply(StatusCode::OK, PLAIN, table(&before, &after, seconds))
            }
            (Err(error), _) | (_, Err(error)) => {
                reply(StatusCode::NOT_IMPLEMENTED, PLAIN, format!("{error}\n"))
            }
        }
    }
}

/// The lines about memory.
pub(super) fn memory(status: &str) -> String {
    let is_memory = |line: &&str| line.starts_with("Vm") || line.starts_with("Rss");
    status.lines().filter(is_memory).map(|line| format!("{line}\n")).collect()
}

fn read_threads() -> std::io::Result<Threads> {
    let mut threads = Threads::new();
    for task in fs::read_dir("/proc/self/task")?.take(THREADS_MAX).flatten() {
        let id = task.file_name().to_str().and_then(|name| name.parse().ok());
        // A thread that has just ended is none.
        let stat = fs::read_to_string(task.path().join("stat"));
        if let (Some(id), Ok(stat)) = (id, stat)
            && let Some(thread) = thread(&stat)
        {
            threads.insert(id, thread);
        }
    }
    Ok(threads)
}

/// Name and processor time of a line of `proc(5)`: the name stands in brackets and may hold any sign.
pub(super) fn thread(stat: &str) -> Option<(String, u64)> {
    let (_, rest) = stat.split_once('(')?;
    let (name, rest) = rest.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((name.to_owned(), user + system))
}

/// Threads by the ticks they ran in between, the busiest first. A tick is a hundredth of a second.
pub(super) fn table(before: &Threads, after: &Threads, seconds: u64) -> String {
    let ran = |(id, (name, ticks)): (&u64, &(String, u64))| {
        let earlier = before.get(id).map_or(0, |(_, ticks)| *ticks);
        (ticks.saturating_sub(earlier), *id, name.clone())
    };
    let mut all: Vec<_> = after.iter().map(ran).collect();
    all.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut text = format!("{:>9}  {:>9}  thread, in {seconds} s\n", "cpu ms", "id");
    for (ticks, id, name) in all {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:>9}  {id:>9}  {name}", ticks * 10);
    }
    text
}
