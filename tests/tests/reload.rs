//! Reloads under load: nothing is lost, nobody who need not notice notices, and a bad config changes
//! nothing.
//!
//! `TOLLGATE_RELOADS` says how often the config is read again; `make test-reloads` uses 100.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use acceptance::{
    Answer, Backend, Collector, Connection,
    client::{get, send, whole},
    ledger::accounts,
    telemetry::{TRACES, span_names, traces},
    within_deadline,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::sleep,
};
use tonic::{Code, Status};

/// What never changes: a receiver, and what the collector tells about itself.
const FIXED: &str = "receivers:\n  otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}, http: {endpoint: \
                     '127.0.0.1:0'}}}\nservice:\n  telemetry: {metrics: {level: none}, logs: \
                     {sampling: {enabled: false}}}\n";

/// The parts of a config that reloads change.
struct Parts {
    backend: SocketAddr,
    /// Of the receiver that is replaced now and then.
    port: u16,
    file: PathBuf,
}

impl Parts {
    fn write(&self, text: &str) {
        // Written beside it and put in its place, as whoever manages files does.
        let fresh = self.file.with_extension("fresh");
        fs::write(&fresh, text).unwrap();
        fs::rename(&fresh, &self.file).unwrap();
    }

    /// A config that can run; which one, the number says.
    fn good(&self, number: usize) -> String {
        let timeout = 5 + number % 2;
        let queue = 1_000 + number / 2 % 2;
        let size = 16 + number / 3 % 2;
        let value = number % 5;
        let (batch, processors) = match number % 4 {
            0 => ("", "attributes"),
            1 => ("batch: {timeout: 20ms},", "attributes, batch"),
            2 => ("batch: {timeout: 30ms},", "batch, attributes"),
            _ => ("batch: {timeout: 20ms}, batch/2: ,", "batch, batch/2, attributes"),
        };
        let (more, also) = if number.is_multiple_of(3) {
            ("\n    traces/more: {receivers: [otlp/2], exporters: [debug]}", "debug: ,")
        } else {
            ("", "")
        };
        format!(
            "receivers:\n  otlp/2: {{protocols: {{grpc: {{endpoint: '127.0.0.1:{}', max_recv_msg_size_mib: \
             {size}}}}}}}\nprocessors: {{{batch} attributes: {{actions: [{{key: round, value: {value}, action: \
             upsert}}]}}}}\nexporters:\n  {{{also} otlp_grpc: {{endpoint: '{}', tls: {{insecure: true}}, timeout: \
             {timeout}s, sending_queue: {{queue_size: {queue}}}, retry_on_failure: {{initial_interval: 10ms, \
             max_interval: 50ms, max_elapsed_time: 0}}}}}}\nservice:\n  pipelines:\n    traces: {{receivers: \
             [otlp, otlp/2], processors: [{processors}], exporters: [otlp_grpc]}}{more}\n",
            self.port, self.backend,
        )
    }

    /// A config that cannot run, each in its own way; `taken` is a port that somebody else has.
    fn bad(&self, number: usize, taken: u16) -> String {
        let good = self.good(number);
        match number % 6 {
            0 => good.replace("exporters:", "exporters: ["),
            1 => good.replace("timeout:", "time_out:"),
            2 => good.replace("otlp/2: {protocols", "otlp/2: {nonsense: 1, protocols"),
            3 => good.replace(&format!("127.0.0.1:{}", self.port), &format!("127.0.0.1:{taken}")),
            4 => format!(
                "{good}extensions: ${{file:{}}}\n",
                self.file.with_extension("gone").display()
            ),
            _ => good.replace("exporters: [otlp_grpc]", "exporters: [otlp_grpc, nobody]"),
        }
    }
}

/// Who sends, and whether connections may break.
#[derive(Clone, Copy)]
enum Way {
    Grpc { may_break: bool },
    Http,
}

/// What the clients of a run have in common.
#[derive(Default)]
struct Load {
    is_over: AtomicBool,
    refusals: AtomicUsize,
    breaks: AtomicUsize,
}

/// Sends spans of names that nobody else uses, each until it is acknowledged; those that were.
async fn client(number: usize, address: SocketAddr, way: Way, load: Arc<Load>) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let mut connection = Connection::open(address).await;
    while !load.is_over.load(Ordering::Relaxed) {
        let name = format!("{number}-{}", acknowledged.len());
        let message = traces(&[&name]);
        let taken = match way {
            Way::Http => {
                let headers = [("content-type", "application/x-protobuf")];
                let body = whole(message);
                let answer = send(address, "POST", "/v1/traces", &headers, body).await.unwrap();
                assert!([200, 503].contains(&answer.status), "{answer:?}");
                answer.status == 200
            }
            Way::Grpc { may_break } => match connection.try_export(TRACES, &message).await {
                Ok(answer) if answer.code() == Code::Ok => true,
                Ok(answer) => {
                    assert_eq!(answer.code(), Code::Unavailable, "{answer:?}");
                    false
                }
                Err(error) => {
                    assert!(may_break, "a connection broke that need not: {error}");
                    load.breaks.fetch_add(1, Ordering::Relaxed);
                    // Its port may be closed for a moment.
                    while TcpStream::connect(address).await.is_err() {
                        sleep(Duration::from_millis(1)).await;
                    }
                    connection = Connection::open(address).await;
                    false
                }
            },
        };
        if taken {
            acknowledged.push(name);
        } else {
            load.refusals.fetch_add(1, Ordering::Relaxed);
        }
        sleep(Duration::from_millis(1)).await;
    }
    acknowledged
}

/// How often each span arrived.
fn arrived(backend: &Backend) -> BTreeMap<String, usize> {
    let mut arrived = BTreeMap::new();
    for request in backend.received().into_iter().filter(|request| request.is_taken) {
        for name in span_names(&request.body) {
            *arrived.entry(name).or_default() += 1;
        }
    }
    arrived
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reload").join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_by_reloads_under_load() {
    let reloads = std::env::var("TOLLGATE_RELOADS").ok().and_then(|reloads| reloads.parse().ok());
    let reloads: usize = reloads.unwrap_or(24);
    let backend = Backend::start().await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let file = folder("load").join("config.yaml");
    let parts = Parts { backend: backend.address, port: free_port().await, file };
    parts.write(&parts.good(0));
    let path = parts.file.display().to_string();
    let collector = Collector::spawn(FIXED, &["--config", &path]);
    collector.line("Begin running and processing data.").await;

    let load = Arc::<Load>::default();
    let (grpc, http) = (collector.grpc().await, collector.http().await);
    let other = SocketAddr::from(([127, 0, 0, 1], parts.port));
    let kept = Way::Grpc { may_break: false };
    let replaced = Way::Grpc { may_break: true };
    let mut clients = JoinSet::new();
    let ways =
        [(grpc, kept), (grpc, kept), (http, Way::Http), (http, Way::Http), (other, replaced)];
    for (number, (address, way)) in ways.into_iter().enumerate() {
        clients.spawn(client(number, address, way, load.clone()));
    }
    let (mut good, mut bad) = (1, 0);
    for number in 1..=reloads {
        // Now and then the backend is away, so that batches wait while everything is replaced.
        let is_away = number % 5 == 0;
        let answer = if is_away {
            Answer::Status(Status::unavailable("away"))
        } else {
            Answer::Taken(bytes::Bytes::new())
        };
        backend.otherwise(answer);
        if number % 2 == 0 {
            good += 1;
            parts.write(&parts.good(number / 2));
            collector.signal("HUP");
            collector.lines_with("Begin running and processing data.", good).await;
        } else {
            bad += 1;
            parts.write(&parts.bad(number / 2, taken.local_addr().unwrap().port()));
            collector.signal("HUP");
            collector.lines_with("new config is not usable", bad).await;
        }
        sleep(Duration::from_millis(30)).await;
    }
    load.is_over.store(true, Ordering::Relaxed);
    let acknowledged = clients.join_all().await.concat();
    backend.otherwise(Answer::Taken(bytes::Bytes::new()));
    // What waits is tried again after moments.
    sleep(Duration::from_millis(500)).await;
    let log = collector.stop().await;
    let arrived = arrived(&backend);
    let missing: Vec<_> = acknowledged.iter().filter(|name| !arrived.contains_key(*name)).collect();
    let twice = arrived.values().filter(|times| **times > 1).count();
    println!(
        "{reloads} reloads, {} acknowledged, {} missing, {twice} sent twice, {} refused, {} connections of the \
         replaced receiver broke",
        acknowledged.len(),
        missing.len(),
        load.refusals.load(Ordering::Relaxed),
        load.breaks.load(Ordering::Relaxed),
    );
    assert!(missing.is_empty(), "{missing:?}\n{log}");
    assert!(acknowledged.len() > 10 * reloads, "only {} were acknowledged", acknowledged.len());
    let accounts = accounts(&log);
    let lost = |account: &BTreeMap<String, u64>| account.keys().any(|line| line.contains("lost"));
    assert!(!accounts.values().any(lost), "{accounts:#?}");
    let of_exporter = &accounts["exporter \"otlp_grpc\", traces"];
    assert!(of_exporter["sent"] >= acknowledged.len() as u64, "{accounts:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_a_reload_if_asked_for() {
    let backend = Backend::start().await;
    let file = folder("watch").join("config.yaml");
    let parts = Parts { backend: backend.address, port: free_port().await, file };
    parts.write(&parts.good(0));
    let path = parts.file.display().to_string();
    let page = free_port().await;
    let reader = format!(
        "service: {{telemetry: {{metrics: {{level: normal, readers: [{{pull: {{exporter: {{prometheus: {{host: \
         127.0.0.1, port: {page}}}}}}}}}]}}}}}}"
    );
    let health = free_port().await;
    let health_check = format!(
        "{{extensions: {{health_check: {{endpoint: '127.0.0.1:{health}'}}}}, service: {{extensions: \
         [health_check]}}}}"
    );
    let more = [format!("yaml:{reader}"), format!("yaml:{health_check}")];
    let args = ["--watch-config", "--config", &path, "--config", &more[0], "--config", &more[1]];
    let collector = Collector::spawn(FIXED, &args);
    collector.line("Begin running and processing data.").await;
    let [page, health] = [page, health].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let shows = async |line: &str| {
        // The log tells before the page does.
        let shown = async {
            while !get(page, "/metrics").await.text().lines().any(|found| found == line) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        within_deadline(line, shown).await;
    };
    shows("tollgate_config_last_reload_successful 1").await;
    parts.write(&parts.bad(1, 0));
    collector.line("new config is not usable").await;
    shows("tollgate_config_last_reload_successful 0").await;
    shows("tollgate_config_reloads{outcome=\"refused\"} 1").await;
    assert!(get(health, "/").await.text().contains("older config"));
    parts.write(&parts.good(1));
    collector.lines_with("Begin running and processing data.", 2).await;
    shows("tollgate_config_reloads{outcome=\"applied\"} 1").await;
    shows("tollgate_config_last_reload_successful 1").await;
    assert!(!get(health, "/").await.text().contains("older config"));
    collector.stop().await;
}
