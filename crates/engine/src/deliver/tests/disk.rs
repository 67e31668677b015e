//! A queue on disk: what survives, what is refused, what is told.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use sdk::{
    Capabilities, Context, Entry, Error, Host, HostApi, Id, OpenStore, QueueConfig, Signal,
    StartError, StatusEvent, Storage, Store, async_trait,
};

use super::support::*;
use crate::deliver::record;

/// What a disk does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Well,
    /// Takes nothing.
    Full,
    /// Cannot be read now.
    Away,
}

/// A disk that outlives the deliveries that use it.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<Contents>>);

#[derive(Default)]
struct Contents {
    mood: Mood,
    next: u64,
    entries: BTreeMap<u64, (Bytes, u32)>,
    names: Vec<String>,
    closed: usize,
}

impl Disk {
    fn host(&self) -> Host {
        Host::new(Arc::new(self.clone()))
    }

    fn set(&self, mood: Mood) {
        self.0.lock().unwrap().mood = mood;
    }

    fn left(&self) -> usize {
        self.0.lock().unwrap().entries.len()
    }
}

impl HostApi for Disk {
    fn capabilities(&self, extension: &Id) -> Option<Capabilities> {
        let mut capabilities = Capabilities::default();
        match extension.to_string().as_str() {
            "file_storage" => capabilities.insert::<Arc<dyn Storage>>(Arc::new(self.clone())),
            "health_check" => {}
            _ => return None,
        }
        Some(capabilities)
    }

    fn report(&self, _: StatusEvent) {}

    fn statuses(&self) -> Vec<StatusEvent> {
        Vec::new()
    }
}

#[async_trait]
impl Storage for Disk {
    async fn open(&self, name: &str) -> Result<OpenStore, StartError> {
        let mut contents = self.0.lock().unwrap();
        contents.names.push(name.to_owned());
        let entry = |(key, (bytes, tag)): (&u64, &(Bytes, u32))| Entry {
            key: *key,
            tag: *tag,
            bytes: bytes.len(),
        };
        let entries = contents.entries.iter().map(entry).collect();
        Ok(OpenStore { store: Arc::new(self.clone()), entries })
    }
}

#[async_trait]
impl Store for Disk {
    async fn append(&self, parts: Vec<Bytes>, tag: u32) -> Result<Entry, Error> {
        tokio::task::yield_now().await;
        let mut contents = self.0.lock().unwrap();
        if contents.mood == Mood::Full {
            return Err(Error::refused("no room"));
        }
        let bytes = Bytes::from(parts.concat());
        contents.next += 1;
        let entry = Entry { key: contents.next, tag, bytes: bytes.len() };
        contents.entries.insert(entry.key, (bytes, tag));
        Ok(entry)
    }

    async fn read(&self, key: u64) -> Result<Bytes, Error> {
        let contents = self.0.lock().unwrap();
        match contents.mood {
            Mood::Away => Err(Error::refused("away")),
            _ => Ok(contents.entries[&key].0.clone()),
        }
    }

    fn remove(&self, key: u64) {
        self.0.lock().unwrap().entries.remove(&key).unwrap();
    }

    async fn close(&self) {
        self.0.lock().unwrap().closed += 1;
    }
}

fn stored() -> QueueConfig {
    QueueConfig {
        storage: Some("file_storage".parse().unwrap()),
        num_consumers: 1,
        batch: sdk::Optional::None,
        ..QueueConfig::default()
    }
}

async fn bench(disk: &Disk, exporter: Arc<Scripted>, queue: QueueConfig) -> Bench {
    Bench::on_disk(exporter, retrying(queued(queue)), disk.host()).await.unwrap()
}

/// Retries as by default.
fn retrying(mut delivery: sdk::Delivery) -> sdk::Delivery {
    delivery.retry = Some(sdk::RetryConfig::default());
    delivery
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_leaves_the_disk_and_what_was_refused_for_good_too() {
    let disk = Disk::default();
    let exporter = Scripted::new([Step::Take, Step::Fail(Error::permanent("never"))]);
    let bench = bench(&disk, exporter, stored()).await;
    bench.consume(spans("a", 2)).await.unwrap();
    bench.consume(spans("b", 1)).await.unwrap();
    settle().await;
    assert_eq!(disk.left(), 0);
    assert_eq!(bench.ends(), [2, 1, 0]);
    assert_eq!(disk.0.lock().unwrap().names, ["exporter_otlp/backend_traces"]);
}

#[tokio::test(start_paused = true)]
async fn what_waits_at_a_stop_is_sent_after_the_next_start_in_order() {
    let disk = Disk::default();
    let first = bench(&disk, Scripted::new([Step::Refuse, Step::Refuse]), stored()).await;
    for name in ["a", "b", "c"] {
        first.consume(spans(name, 1)).await.unwrap();
    }
    settle().await;
    first.deliver.drain().await;
    // The one on its way had its last attempt; the others stay untouched.
    assert_eq!(first.exporter.attempts().len(), 2);
    assert_eq!((disk.left(), disk.0.lock().unwrap().closed), (3, 1));
    assert_eq!(first.ends(), [0, 0, 0]);

    let second = bench(&disk, Scripted::new([]), stored()).await;
    settle().await;
    assert_eq!(second.exporter.taken(), ["a0", "b0", "c0"]);
    assert_eq!(disk.left(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_batch_made_of_several_leaves_the_disk_when_it_was_sent() {
    let disk = Disk::default();
    let batch = sdk::BatchConfig { min_size: 3, max_size: 4, ..sdk::BatchConfig::default() };
    let queue = QueueConfig { batch: sdk::Optional::Some(batch), ..stored() };
    let script = [Step::Take, Step::Refuse, Step::Refuse];
    let first = bench(&disk, Scripted::new(script), queue.clone()).await;
    first.consume(spans("a", 2)).await.unwrap();
    first.consume(spans("b", 5)).await.unwrap();
    settle().await;
    // Four are gone: both of `a`, two of `b`. The rest of `b` fails until the stop.
    first.deliver.drain().await;
    assert_eq!(first.exporter.taken().len(), 4);
    assert_eq!(disk.left(), 1);
    let second = bench(&disk, Scripted::new([]), queue).await;
    second.deliver.drain().await;
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    let third = bench(&disk, Scripted::new([]), stored()).await;
    settle().await;
    let mut taken = second.exporter.taken();
    taken.extend(third.exporter.taken());
    assert_eq!(taken, ["b0", "b1", "b2", "b3", "b4"]);
    assert_eq!(disk.left(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_refuses_what_is_new_and_sends_what_is_there() {
    let disk = Disk::default();
    let bench = bench(&disk, Scripted::gated(), stored()).await;
    bench.consume(spans("a", 1)).await.unwrap();
    disk.set(Mood::Full);
    let error = bench.consume(spans("b", 1)).await.unwrap_err();
    assert!(!error.is_permanent() && error.message().contains("no room"), "{error}");
    bench.exporter.open(1);
    settle().await;
    assert_eq!(bench.exporter.taken(), ["a0"]);
    assert_eq!(bench.ends(), [1, 0, 1]);
    assert_eq!(bench.metric("otelcol_exporter_queue_size"), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn damage_is_told_and_the_rest_is_sent() {
    let disk = Disk::default();
    let first = bench(&disk, Scripted::gated(), stored()).await;
    for name in ["a", "b", "c"] {
        first.consume(spans(name, 1)).await.unwrap();
    }
    let Bench { deliver, exporter, .. } = first;
    drop(deliver);
    exporter.open(0);
    disk.0.lock().unwrap().entries.get_mut(&2).unwrap().0 = Bytes::from_static(b"\x01\xff\0\0\0");
    let second = bench(&disk, Scripted::new([]), stored()).await;
    settle().await;
    assert_eq!(second.exporter.taken(), ["a0", "c0"]);
    assert_eq!(second.ends(), [2, 1, 0]);
    assert_eq!(disk.left(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_now_stays_for_the_next_start() {
    let disk = Disk::default();
    let first = bench(&disk, Scripted::gated(), stored()).await;
    first.consume(spans("a", 1)).await.unwrap();
    drop(first);
    disk.set(Mood::Away);
    let second = bench(&disk, Scripted::new([]), stored()).await;
    settle().await;
    assert_eq!((second.exporter.taken().len(), disk.left()), (0, 1));
    disk.set(Mood::Well);
    let third = bench(&disk, Scripted::new([]), stored()).await;
    settle().await;
    assert_eq!((third.exporter.taken(), disk.left()), (vec!["a0".to_owned()], 0));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_was_made_smaller_still_holds_what_it_held() {
    let disk = Disk::default();
    let large = QueueConfig { sizer: sdk::Sizer::Items, queue_size: 100, ..stored() };
    let first = bench(&disk, Scripted::gated(), large.clone()).await;
    for name in ["a", "b", "c"] {
        first.consume(spans(name, 10)).await.unwrap();
    }
    drop(first);
    let small = QueueConfig { queue_size: 15, ..large };
    let second = bench(&disk, Scripted::gated(), small).await;
    assert_eq!(second.metric("otelcol_exporter_queue_size"), Some(15.0));
    let error = second.consume(spans("d", 1)).await.unwrap_err();
    assert_eq!(error.message(), "sending queue is full");
    second.exporter.open(3);
    settle().await;
    assert_eq!((second.exporter.taken().len(), disk.left()), (30, 0));
    assert_eq!(second.metric("otelcol_exporter_queue_size"), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn batches_beyond_what_fits_into_memory_are_read_again() {
    let disk = Disk::default();
    let bench = bench(&disk, Scripted::gated(), stored()).await;
    let large = "x".repeat(6 << 20);
    for _ in 0..5 {
        bench.consume(spans(&large, 1)).await.unwrap();
    }
    bench.exporter.open(5);
    settle().await;
    assert_eq!((bench.exporter.taken().len(), disk.left()), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_storage_that_is_none_is_named_with_the_remedy() {
    for (storage, text) in [
        ("missing", "no storage client extension found: `sending_queue.storage` names \"missing\""),
        ("health_check", "requested extension is not a storage extension"),
    ] {
        let queue = QueueConfig { storage: Some(storage.parse().unwrap()), ..stored() };
        let host = Disk::default().host();
        let error = Bench::on_disk(Scripted::new([]), queued(queue), host).await.err().unwrap();
        assert!(error.to_string().starts_with(text), "{error}");
    }
}

#[test]
fn a_record_gives_back_the_batch_and_its_sender() {
    let peer: SocketAddr = "[::1]:4317".parse().unwrap();
    let mut context = Context { transport: "grpc", peer: Some(peer), ..Context::default() };
    context.metadata.add("X-Scope-OrgID", "one".to_owned());
    context.metadata.add("x-scope-orgid", "two".to_owned());
    context.auth.insert("subject".to_owned(), "ada".to_owned());
    let batch = spans("a", 3).with_context(Arc::new(context));
    let bytes = Bytes::from(record::encode(&batch).concat());
    let again = record::decode(Signal::Traces, &bytes).unwrap();
    assert_eq!(again.bytes(), batch.bytes());
    let (one, other) = (again.context(), batch.context());
    assert_eq!((one.transport, one.peer, &one.auth), (other.transport, other.peer, &other.auth));
    assert_eq!(one.metadata, other.metadata);

    for length in 0..bytes.len() {
        // Cut anywhere, it is refused or shorter by whole fields; never a panic.
        if let Ok(cut) = record::decode(Signal::Traces, &bytes.slice(..length)) {
            assert!(cut.bytes().len() < batch.bytes().len(), "cut at {length}");
        }
    }
    let mut newer = bytes.to_vec();
    newer[0] = 2;
    let error = record::decode(Signal::Traces, &newer.into()).unwrap_err();
    assert!(error.contains("version 2"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_heir_goes_on_with_the_open_store() {
    let disk = Disk::default();
    let refusing = Scripted::new(std::iter::repeat_n(Step::Refuse, 100));
    let old = bench(&disk, refusing, stored()).await;
    old.consume(spans("a", 1)).await.unwrap();
    settle().await;
    let new = old.replaced(Scripted::new([]), queued(stored())).await;
    new.consume(spans("b", 1)).await.unwrap();
    settle().await;
    let mut taken = new.exporter.taken();
    taken.sort();
    assert_eq!(taken, ["a0", "b0"]);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(disk.left(), 0);
    assert_eq!(disk.0.lock().unwrap().closed, 0);
    new.deliver.drain().await;
    assert_eq!(disk.0.lock().unwrap().closed, 1);
    assert_eq!(new.statement(), "2 offered = 2 sent");
}
