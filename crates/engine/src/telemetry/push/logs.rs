//! The log, sent as log records.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use pdata::wire::{put_fixed64, put_len, put_message, put_tag, put_varint};
use sdk::telemetry::put_resource;
use serde_json::Value;
use tokio::{
    select,
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};
use tracing::Level;

use super::{
    Push, PushError, Resource,
    client::{Client, Told},
    timeout,
};
use crate::{
    settings::{LogProcessor, millis},
    telemetry::logs::Entry,
};

/// Where the log hands its entries to; it never waits.
#[derive(Clone, Debug)]
pub struct LogSender {
    entries: mpsc::Sender<Entry>,
    left_out: Arc<AtomicU64>,
}

impl LogSender {
    /// Hands an entry over, or counts it where there is no room.
    pub(in crate::telemetry) fn send(&self, entry: &Entry) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.entries.try_send(entry.clone()) {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What is sent at once.
struct Batch {
    records: Vec<u8>,
    count: usize,
    /// When the first of them has waited long enough.
    due: Instant,
}

impl Push {
    /// Begins to send what the log hands over to where `processor` says; none where it names no OTLP.
    ///
    /// # Errors
    ///
    /// The client cannot be made: a certificate that cannot be read, for example.
    pub fn logs(
        processor: &LogProcessor,
        resource: Resource<'_>,
    ) -> Result<Option<(LogSender, Self)>, PushError> {
        let Some(settings) = processor.batches() else { return Ok(None) };
        let Some(otlp) = settings.exporter.otlp.as_ref() else { return Ok(None) };
        let client = Client::new(otlp, "logs", timeout(otlp, settings.export_timeout))?;
        let room = usize::try_from(settings.max_queue_size).unwrap_or(1).max(1);
        let most = usize::try_from(settings.max_export_batch_size).unwrap_or(1).max(1);
        let delay = millis(settings.schedule_delay);
        let (entries, receiver) = mpsc::channel(room);
        let left_out = Arc::new(AtomicU64::new(0));
        let sender = LogSender { entries, left_out: Arc::clone(&left_out) };
        let (stop, stopped) = oneshot::channel();
        let mut head = Vec::new();
        put_resource(&mut head, resource);
        let sending = Sending { client, head, most, delay, left_out };
        let task = tokio::spawn(sending.run(receiver, stopped));
        Ok(Some((sender, Self { stop, task })))
    }
}

struct Sending {
    client: Client,
    /// The resource, as a request begins with it.
    head: Vec<u8>,
    most: usize,
    delay: Duration,
    left_out: Arc<AtomicU64>,
}

impl Sending {
    async fn run(self, mut entries: mpsc::Receiver<Entry>, mut stopped: oneshot::Receiver<()>) {
        let mut told = Told::new("own log records are not taken");
        let mut batch = Batch { records: Vec::new(), count: 0, due: Instant::now() };
        let mut is_last = false;
        while !is_last {
            select! {
                biased;
                entry = entries.recv() => match entry {
                    Some(entry) => self.add(&mut batch, &entry),
                    None => is_last = true,
                },
                () = sleep_until(batch.due), if batch.count > 0 => {}
                _ = &mut stopped => {
                    entries.close();
                    while let Ok(entry) = entries.try_recv() {
                        self.add(&mut batch, &entry);
                    }
                    is_last = true;
                }
            }
            let is_due = is_last || batch.count >= self.most || batch.due <= Instant::now();
            if is_due && batch.count > 0 {
                told.tell(self.client.send(self.request(&mut batch).into()).await);
                let left_out = self.left_out.swap(0, Ordering::Relaxed);
                if left_out > 0 {
                    tracing::warn!(
                        lines = left_out,
                        "own log records were left out: the queue was full"
                    );
                }
            }
        }
    }

    fn add(&self, batch: &mut Batch, entry: &Entry) {
        if batch.count == 0 {
            batch.due = Instant::now() + self.delay;
        }
        put_record(&mut batch.records, entry);
        batch.count += 1;
    }

    /// `ExportLogsServiceRequest` with all records, which are taken.
    fn request(&self, batch: &mut Batch) -> Vec<u8> {
        batch.count = 0;
        let records = std::mem::take(&mut batch.records);
        let mut request = Vec::with_capacity(records.len() + self.head.len() + 64);
        put_message(&mut request, 1, |resource_logs| {
            resource_logs.extend_from_slice(&self.head);
            put_message(resource_logs, 2, |scope_logs| {
                put_message(scope_logs, 1, |scope| put_len(scope, 1, b"tollgate"));
                scope_logs.extend_from_slice(&records);
            });
        });
        request
    }
}

/// `ScopeLogs.log_records`. The severities are those that the Go collector's log is bridged with.
fn put_record(out: &mut Vec<u8>, entry: &Entry) {
    let (number, text): (u64, &[u8]) = match entry.level {
        Level::ERROR => (17, b"error"),
        Level::WARN => (13, b"warn"),
        Level::INFO => (9, b"info"),
        Level::DEBUG | Level::TRACE => (5, b"debug"),
    };
    let time = nanos(entry.time);
    put_message(out, 2, |record| {
        put_fixed64(record, 1, time);
        put_tag(record, 2, 0);
        put_varint(record, number);
        put_len(record, 3, text);
        put_message(record, 5, |body| put_len(body, 1, entry.message.as_bytes()));
        for (name, value) in entry.component.iter().chain(&entry.fields) {
            put_message(record, 6, |pair| {
                put_len(pair, 1, name.as_bytes());
                put_message(pair, 2, |any| put_value(any, value));
            });
        }
        put_fixed64(record, 11, time);
    });
}

/// The content of an `AnyValue`; what is neither a text, a number nor a boolean is its JSON.
fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => put_len(out, 1, text.as_bytes()),
        Value::Bool(flag) => {
            put_tag(out, 2, 0);
            put_varint(out, u64::from(*flag));
        }
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => {
                put_tag(out, 3, 0);
                put_varint(out, whole.cast_unsigned());
            }
            (None, Some(double)) => put_fixed64(out, 4, double.to_bits()),
            (None, None) => {}
        },
        Value::Null => {}
        Value::Array(_) | Value::Object(_) => put_len(out, 1, value.to_string().as_bytes()),
    }
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
