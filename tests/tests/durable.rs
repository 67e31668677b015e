//! What was acknowledged arrives, although the program is killed again and again while clients send
//! and the backend fails (`sending_queue.storage`).
//!
//! `TOLLGATE_KILLS` says how often it is killed; the nightly run uses 200.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use acceptance::{
    Answer, Backend, Collector, Connection, Relay,
    collector::can_mount,
    ledger::{accounts, assert_account},
    telemetry::{TRACES, span_names, traces},
};
use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;
use tokio::task::JoinSet;
use tonic::{Code, Status};

/// Whose account the log tells.
const EXPORTER: &str = "exporter \"otlp_grpc\", traces";

fn config(backend: &Backend, directory: &Path, storage: &str, exporter: &str) -> String {
    config_to(backend.address, directory, storage, exporter)
}

fn config_to(backend: SocketAddr, directory: &Path, storage: &str, exporter: &str) -> String {
    format!(
        "extensions:\n  file_storage: {{directory: '{}', create_directory: true{storage}}}\nreceivers:\n  \
         otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:0'}}, http: {{endpoint: '127.0.0.1:0'}}}}}}\n\
         exporters:\n  otlp_grpc:\n    endpoint: '{}'\n    tls: {{insecure: true}}\n    timeout: 1s\n    \
         sending_queue: {{storage: file_storage, num_consumers: 3{exporter}}}\n    retry_on_failure: \
         {{initial_interval: 10ms, max_interval: 50ms, max_elapsed_time: 0}}\nservice:\n  extensions: \
         [file_storage]\n  telemetry: {{metrics: {{level: none}}}}\n  pipelines:\n    traces: {{receivers: \
         [otlp], exporters: [otlp_grpc]}}\n",
        directory.display(),
        backend,
    )
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("durable").join(name);
    drop(fs::remove_dir_all(&folder));
    folder
}

/// How often the backend took each span.
fn taken(backend: &Backend) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for request in backend.received().into_iter().filter(|request| request.is_taken) {
        for name in span_names(&request.body) {
            *taken.entry(name).or_default() += 1;
        }
    }
    taken
}

/// Four clients that send until the collector is gone; the names that were acknowledged.
async fn clients(round: usize, collector: &Collector) -> JoinSet<Vec<String>> {
    let address = collector.grpc().await;
    let mut clients = JoinSet::new();
    for client in 0..4 {
        let connection = Connection::open(address).await;
        clients.spawn(async move {
            let mut acknowledged = Vec::new();
            for request in 0.. {
                let names = [0, 1].map(|span| format!("{round}-{client}-{request}-{span}"));
                let message = traces(&[&names[0], &names[1]]);
                match connection.try_export(TRACES, &message).await {
                    Ok(answer) if answer.code() == Code::Ok => acknowledged.extend(names),
                    Ok(answer) => assert_eq!(answer.code(), Code::Unavailable),
                    Err(_) => break,
                }
            }
            acknowledged
        });
    }
    clients
}

/// A backend that flaps, is slow, and lies: some requests it refuses, some it answers late, some it answers
/// with half a success and closes, some with a success that has something to say.
fn upset(backend: &Backend, relay: &Relay, round: usize) {
    let busy = || Answer::Status(Status::unavailable("flapping"));
    relay.behave();
    match round % 6 {
        0 => backend.otherwise(busy()),
        1 => backend.otherwise(Answer::Taken(Bytes::new())),
        2 => backend.script((0..5).map(|_| busy())),
        // Anywhere from before the first byte of an answer to behind several.
        3 => relay.break_off_after(round * 37 % 400),
        4 => {
            let response = ExportTraceServiceResponse {
                partial_success: Some(ExportTracePartialSuccess {
                    rejected_spans: 0,
                    error_message: "taken, but old".to_owned(),
                }),
            };
            backend.otherwise(Answer::Taken(response.encode_to_vec().into()));
        }
        _ => backend.hold(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_arrives_although_the_program_is_killed() {
    let kills = std::env::var("TOLLGATE_KILLS").ok().and_then(|kills| kills.parse().ok());
    let (backend, directory) = (Backend::start().await, folder("killed"));
    let relay = Relay::start(backend.address).await;
    let config = config_to(relay.address, &directory, "", "");
    let mut acknowledged = Vec::new();
    let mut moment = 7_u64;
    for round in 0..kills.unwrap_or(20) {
        let collector = Collector::start(&config).await;
        let clients = clients(round, &collector).await;
        upset(&backend, &relay, round);
        // Anywhere in the first tenth of a second, spread evenly.
        moment = (moment * 61) % 97;
        tokio::time::sleep(Duration::from_millis(moment)).await;
        collector.signal("KILL");
        acknowledged.extend(clients.join_all().await.concat());
        collector.end().await;
        backend.release();
    }
    assert!(acknowledged.len() > 100, "only {} were acknowledged", acknowledged.len());

    backend.otherwise(Answer::Taken(Bytes::new()));
    relay.behave();
    let collector = Collector::start(&config).await;
    let missing = || {
        let taken = taken(&backend);
        acknowledged.iter().filter(|name| !taken.contains_key(*name)).count()
    };
    loop {
        // Before looking, so that what comes meanwhile is not waited for.
        let came = backend.received().len();
        if missing() == 0 {
            break;
        }
        backend.answered(came + 1).await;
    }
    let log = collector.stop().await;
    assert!(!log.contains("damaged"), "{log}");
    // What was on disk is sent, or still there.
    let exporter = accounts(&log).remove(EXPORTER).unwrap();
    assert_eq!(exporter.get("lost"), None, "{exporter:?}");
    let twice = taken(&backend).values().filter(|times| **times > 1).count();
    println!(
        "{} spans acknowledged, none lost, {twice} arrived more than once",
        acknowledged.len()
    );
}

#[tokio::test]
async fn a_restart_goes_on_where_the_queue_was() {
    let (backend, directory) = (Backend::start().await, folder("restarted"));
    let config = config(&backend, &directory, "", "");
    backend.otherwise(Answer::Status(Status::unavailable("down")));
    let collector = Collector::start(&config).await;
    let connection = Connection::open(collector.grpc().await).await;
    for name in ["a", "b", "c"] {
        assert_eq!(connection.export(TRACES, &traces(&[name])).await.code(), Code::Ok);
    }
    let log = collector.stop().await;
    assert_account(&log, EXPORTER, &[("offered", 3), ("left on disk", 3)]);
    assert!(taken(&backend).is_empty());
    backend.otherwise(Answer::Taken(Bytes::new()));
    let came = backend.received().len();
    let collector = Collector::start(&config).await;
    collector.line("Going on with what the queue on disk holds.").await;
    backend.answered(came + 3).await;
    let log = collector.stop().await;
    assert_account(&log, EXPORTER, &[("restored", 3), ("sent", 3)]);
    let expected = ["a", "b", "c"].map(|name| (name.to_owned(), 1));
    assert_eq!(taken(&backend), BTreeMap::from(expected));
}

#[tokio::test]
async fn a_full_store_refuses_what_is_new_and_delivers_what_is_there() {
    let (backend, directory) = (Backend::start().await, folder("full"));
    let config = config(&backend, &directory, ", max_size: 20000", "");
    backend.hold();
    let collector = Collector::start(&config).await;
    let connection = Connection::open(collector.grpc().await).await;
    let mut kept = Vec::new();
    let refusal = loop {
        let name = format!("{}-{}", kept.len(), "x".repeat(1000));
        let answer = connection.export(TRACES, &traces(&[&name])).await;
        match answer.code() {
            Code::Ok => kept.push(name),
            _ => break answer.status,
        }
    };
    assert_eq!(refusal.code(), Code::Unavailable);
    assert!(refusal.message().contains("the limit of 20000 bytes is reached"), "{refusal:?}");
    assert!(kept.len() > 10);
    backend.release();
    backend.answered(kept.len()).await;
    let more = connection.export(TRACES, &traces(&["more"])).await;
    assert_eq!(more.code(), Code::Ok);
    let log = collector.stop().await;
    let sent = kept.len() as u64 + 1;
    assert_account(&log, EXPORTER, &[("offered", sent + 1), ("sent", sent), ("refused", 1)]);
    let taken = taken(&backend);
    assert!(kept.iter().all(|name| taken.contains_key(name)));
}

#[tokio::test]
async fn a_full_disk_refuses_what_is_new_and_delivers_what_is_there() {
    if !can_mount() {
        println!("skipped: this machine lets nobody mount anything");
        return;
    }
    let (backend, directory) = (Backend::start().await, folder("disk_full"));
    fs::create_dir_all(&directory).unwrap();
    let config = config(&backend, &directory, "", "");
    backend.hold();
    let mount = "mount -t tmpfs -o size=300k none \"$1\"";
    let collector = Collector::spawn_mounted(&config, mount, &[&directory.display().to_string()]);
    let connection = Connection::open(collector.grpc().await).await;
    let mut kept = Vec::new();
    let mut refused = 0;
    // Again and again on the full disk: every answer is clear, and none is a success.
    while refused < 5 {
        let name = format!("{}-{}", kept.len(), "x".repeat(10_000));
        let answer = connection.export(TRACES, &traces(&[&name])).await;
        if answer.code() == Code::Ok {
            assert_eq!(refused, 0, "what had no room has it without anything having left");
            kept.push(name);
            continue;
        }
        refused += 1;
        assert_eq!(answer.code(), Code::Unavailable);
        let message = answer.status.message();
        assert!(message.contains("storage: no room: No space left on device"), "{message}");
    }
    assert!(kept.len() > 10, "{}", kept.len());
    backend.release();
    backend.answered(kept.len()).await;
    // The room comes back with the file, a moment after the answer.
    let mut more = connection.export(TRACES, &traces(&["more"])).await;
    while more.code() != Code::Ok {
        refused += 1;
        more = connection.export(TRACES, &traces(&["more"])).await;
    }
    let log = collector.stop().await;
    let taken = taken(&backend);
    assert!(kept.iter().all(|name| taken.get(name) == Some(&1)), "not each of them once");
    let sent = kept.len() as u64 + 1;
    let exporter = [("offered", sent + refused), ("sent", sent), ("refused", refused)];
    assert_account(&log, EXPORTER, &exporter);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_named_at_the_start_and_nothing_in_it_is_lost() {
    if !can_mount() {
        println!("skipped: this machine lets nobody mount anything");
        return;
    }
    let (backend, directory) = (Backend::start().await, folder("read_only"));
    let config = config(&backend, &directory, "", "");
    backend.otherwise(Answer::Status(Status::unavailable("down")));
    let collector = Collector::start(&config).await;
    let connection = Connection::open(collector.grpc().await).await;
    assert_eq!(connection.export(TRACES, &traces(&["a"])).await.code(), Code::Ok);
    collector.stop().await;
    let mount = "mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro \"$1\"";
    let collector = Collector::spawn_mounted(&config, mount, &[&directory.display().to_string()]);
    let (status, log) = collector.end().await;
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("cannot open the storage: "), "{log}");
    assert!(log.contains("Read-only file system"), "{log}");
    assert!(log.contains(&directory.display().to_string()), "{log}");
    backend.otherwise(Answer::Taken(Bytes::new()));
    let came = backend.received().len();
    let collector = Collector::start(&config).await;
    backend.answered(came + 1).await;
    collector.stop().await;
    assert_eq!(taken(&backend), BTreeMap::from([("a".to_owned(), 1)]));
}

#[tokio::test]
async fn damage_on_the_disk_is_told_and_the_rest_is_delivered() {
    let (backend, directory) = (Backend::start().await, folder("damaged"));
    let config = config(&backend, &directory, "", "");
    backend.otherwise(Answer::Status(Status::unavailable("down")));
    let collector = Collector::start(&config).await;
    let connection = Connection::open(collector.grpc().await).await;
    for name in ["first", "second", "third"] {
        connection.export(TRACES, &traces(&[name])).await;
    }
    collector.stop().await;
    let file = directory.join("exporter_otlp_grpc_traces/00000000000000000001.log");
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.windows(6).position(|bytes| bytes == b"second").unwrap();
    bytes[at] = b'S';
    fs::write(&file, bytes).unwrap();

    backend.otherwise(Answer::Taken(Bytes::new()));
    let came = backend.received().len();
    let collector = Collector::start(&config).await;
    backend.answered(came + 2).await;
    let log = collector.stop().await;
    assert!(log.contains("Part of the file is damaged. The rest is delivered."), "{log}");
    assert!(directory.join("exporter_otlp_grpc_traces/damaged").is_dir());
    assert_account(&log, EXPORTER, &[("restored", 2), ("sent", 2)]);
    let expected = ["first", "third"].map(|name| (name.to_owned(), 1));
    assert_eq!(taken(&backend), BTreeMap::from(expected));
}

#[tokio::test]
async fn two_programs_do_not_share_a_directory() {
    let (backend, directory) = (Backend::start().await, folder("shared"));
    let config = config(&backend, &directory, "", "");
    let first = Collector::start(&config).await;
    let (status, log) = Collector::spawn(&config, &[]).end().await;
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("is in use by another process: give each collector"), "{log}");
    first.stop().await;
}

#[tokio::test]
async fn an_exporter_that_a_reload_replaces_leaves_its_queue_to_the_next() {
    let (backend, directory) = (Backend::start().await, folder("reloaded"));
    let config = config(&backend, &directory, "", "");
    let over = directory.with_extension("yaml");
    let write = |timeout: &str| {
        fs::write(&over, format!("exporters: {{otlp_grpc: {{timeout: {timeout}}}}}\n")).unwrap();
    };
    fs::create_dir_all(directory.parent().unwrap()).unwrap();
    write("1s");
    backend.otherwise(Answer::Status(Status::unavailable("down")));
    let collector = Collector::spawn(&config, &["--config", over.to_str().unwrap()]);
    let connection = Connection::open(collector.grpc().await).await;
    assert_eq!(connection.export(TRACES, &traces(&["a"])).await.code(), Code::Ok);
    // A config as it was changes nothing.
    collector.signal("HUP");
    collector.line("Config read again, nothing that runs is different").await;
    write("2s");
    collector.signal("HUP");
    collector.lines_with("Everything is ready. Begin running and processing data.", 2).await;
    backend.otherwise(Answer::Taken(Bytes::new()));
    backend.answered(backend.received().len() + 1).await;
    let log = collector.stop().await;
    assert_eq!(log.matches("1 offered = 1 sent").count(), 1, "{log}");
    assert!(taken(&backend).contains_key("a"));
}
