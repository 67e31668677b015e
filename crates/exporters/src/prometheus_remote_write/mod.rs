#![doc = include_str!("README.md")]

mod client;
mod config;
mod encode;
mod series;
mod state;
#[cfg(test)]
mod tests;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use futures_util::future::join_all;
use sdk::{
    Batch, BuildContext, BuildError, Clock, Delivered, Delivery, Destination, Error, Exporter,
    Signal, Stability, StartError, async_trait,
    telemetry::{Counter, Level},
};

pub use self::config::{
    Config, LimitsConfig, OwnConfig, RemoteWriteQueueConfig, ResourceConversionConfig,
    TargetInfoConfig, TranslationStrategy, WalConfig,
};
use self::{
    client::Backend,
    encode::Request,
    series::{Collect, Piece, Shape},
    state::{Progress, Unfinished},
};
use crate::shared::{
    self,
    prometheus::{Dropped, Namer, Reason, Translator},
};

/// The `prometheus_remote_write` exporter.
#[derive(Debug)]
pub struct PrometheusRemoteWrite {
    backend: Backend,
    clock: Clock,
    translator: Arc<Translator>,
    shape: Arc<Shape>,
    unfinished: Mutex<Unfinished>,
    /// How many failed batches may come again.
    room: usize,
    metrics: OwnMetrics,
}

#[derive(Debug)]
struct OwnMetrics {
    series: Counter,
    requests: Counter,
    /// What was dropped, by reason, and whether that has been logged.
    dropped: Vec<(Reason, Counter, AtomicBool)>,
}

#[async_trait]
impl Exporter for PrometheusRemoteWrite {
    const KIND: &'static str = "prometheus_remote_write";
    const ALIASES: &'static [&'static str] = &["prometheusremotewrite"];
    const STABILITY: Stability = Stability::Beta;
    const SIGNALS: &'static [Signal] = &[Signal::Metrics];
    type Config = Config;

    /// The timeout is each request's, so the engine has none for the batch.
    fn delivery(config: &Config, _: Signal) -> Delivery {
        let (address, port) = shared::host_and_port(&config.client.endpoint);
        let path = config.client.endpoint.parse::<http::Uri>();
        Delivery {
            timeout: None,
            queue: config.own.queue(),
            retry: Some(config.own.retry_on_failure.clone()).filter(|retry| retry.enabled),
            destination: Destination {
                address,
                port,
                path: path.map(|uri| uri.path().to_owned()).unwrap_or_default(),
            },
        }
    }

    fn new(config: Config, _: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        let own = &config.own;
        let style = own.style();
        let (translator, namer) = (Translator::new(&style), Namer::new(&style));
        let external_labels = own.external_labels.iter().filter_map(|(name, value)| {
            namer.label(name).map(|name| (name.into_owned(), value.clone()))
        });
        let shape = Shape {
            external_labels: external_labels.collect(),
            target_info: own.target_info.enabled.then(|| translator.target_info()),
            has_metadata: own.send_metadata,
            request_bytes: usize::try_from(own.max_batch_size_bytes).unwrap_or(usize::MAX),
            senders: own.parallelism(),
        };
        let timeout = Some(*own.timeout).filter(|timeout| !timeout.is_zero());
        let room = if own.remote_write_queue.enabled { 1 } else { usize::MAX };
        Ok(Self {
            translator: Arc::new(translator),
            shape: Arc::new(shape),
            unfinished: Mutex::default(),
            room,
            metrics: OwnMetrics::new(&context),
            clock: context.clock.clone(),
            backend: Backend::new(config.client, timeout, &context)?,
        })
    }

    async fn start(&self) -> Result<(), StartError> {
        self.backend.start()
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let mut progress = self.unfinished().take(&batch);
        loop {
            let (piece, dropped) = self.translate(&batch, progress.skip).await?;
            if !std::mem::replace(&mut progress.is_told, true) {
                self.metrics.tell(&dropped);
            }
            if progress.done.is_empty() {
                self.metrics.series.add(piece.series);
                self.metrics.drop(Reason::Late, piece.duplicates);
            }
            if let Err(error) = self.send(&piece, &batch, &mut progress).await {
                self.unfinished().put(batch, progress, self.room);
                return Err(error);
            }
            let Some(next) = piece.next else { return outcome(progress) };
            progress.skip = next;
            progress.done.clear();
        }
    }
}

impl PrometheusRemoteWrite {
    fn unfinished(&self) -> std::sync::MutexGuard<'_, Unfinished> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next piece of a batch, and all that no piece has a place for.
    async fn translate(&self, batch: &Batch, skip: usize) -> Result<(Piece, Dropped), Error> {
        let (translator, shape) = (Arc::clone(&self.translator), Arc::clone(&self.shape));
        let (bytes, now) = (batch.bytes().clone(), millis(self.clock.now()));
        let made = tokio::task::spawn_blocking(move || {
            let mut collect = Collect::new(&shape, now, skip);
            let dropped = translator.read(&bytes, &mut collect);
            (collect.finish(), dropped)
        });
        made.await.map_err(|gone| Error::refused(format!("the metrics were not read: {gone}")))
    }

    /// Sends what of a piece has no answer yet: senders beside one another, the requests of each one
    /// after the other. The error is one that may pass; what is refused for good is noted.
    async fn send(
        &self,
        piece: &Piece,
        batch: &Batch,
        progress: &mut Progress,
    ) -> Result<(), Error> {
        let done = &progress.done;
        let senders = piece.requests.iter().enumerate().map(async |(sender, requests)| {
            let mut answers = Vec::new();
            for (place, request) in requests.iter().enumerate() {
                if done.contains(&(sender, place)) {
                    continue;
                }
                let answer = self.backend.post(request.body.clone(), batch.context()).await;
                let may_pass = answer.as_ref().is_err_and(|error| !error.is_permanent());
                answers.push(((sender, place), request, answer));
                if may_pass {
                    break;
                }
            }
            answers
        });
        let answers: Vec<_> = join_all(senders).await.into_iter().flatten().collect();
        let mut failures = Vec::new();
        for (at, request, answer) in answers {
            let Request { points, .. } = *request;
            match answer {
                Err(error) if !error.is_permanent() => {
                    failures.push(error);
                    continue;
                }
                Err(error) => {
                    progress.rejected += points;
                    error.message().clone_into(&mut progress.message);
                }
                Ok(()) => {
                    progress.taken += points;
                    self.metrics.requests.add(1);
                }
            }
            progress.done.insert(at);
        }
        Error::combined(failures).map_or(Ok(()), Err)
    }
}

/// What became of a batch all of whose requests have an answer.
fn outcome(progress: Progress) -> Result<Delivered, Error> {
    let Progress { taken, rejected, message, .. } = progress;
    match (taken, rejected) {
        (0, 1..) => Err(Error::permanent(message)),
        _ => Ok(Delivered { rejected, message }),
    }
}

impl OwnMetrics {
    fn new(context: &BuildContext) -> Self {
        let (telemetry, id) = (&context.telemetry, context.id.to_string());
        let counter =
            |name, help| telemetry.counter(Level::Basic, name, help, &[("exporter", id.as_str())]);
        let dropped = Reason::ALL.map(|reason| {
            let labels = [("exporter", id.as_str()), ("reason", reason.name())];
            let name = "tollgate_exporter_prometheus_remote_write_dropped_data_points";
            let help = "Number of data points that cannot be written.";
            (reason, telemetry.counter(Level::Basic, name, help, &labels), AtomicBool::default())
        });
        Self {
            series: counter(
                "otelcol_exporter_prometheusremotewrite_translated_time_series",
                "Number of Prometheus time series that were translated from OTel metrics.",
            ),
            requests: counter(
                "otelcol_exporter_prometheusremotewrite_sent_batches",
                "Number of remote write request batches sent to the remote write endpoint.",
            ),
            dropped: dropped.into(),
        }
    }

    fn drop(&self, reason: Reason, points: usize) {
        if let Some((_, counter, _)) = self.dropped.iter().find(|(known, ..)| *known == reason) {
            counter.add(points);
        }
    }

    /// Counts what is not written, and says so once for each reason.
    fn tell(&self, dropped: &Dropped) {
        for (reason, points, metric) in dropped.iter() {
            let known = self.dropped.iter().find(|(known, ..)| *known == reason);
            let Some((_, counter, is_told)) = known else { continue };
            counter.add(points);
            if !is_told.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    reason = reason.name(),
                    metric,
                    points,
                    "Data points are not written; from now on they are only counted"
                );
            }
        }
    }
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
