//! One backend: how it is called, and whether it answers.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use http::HeaderMap;
use net::client::{GrpcClient, is_unanswered};
use pdata::Signal;
use sdk::{Batch, Delivered, Error};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::metrics::Series;
use crate::shared;

/// Whether a backend answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// The last it was asked, it answered.
    Up,
    /// A request got no answer; it is being asked.
    Suspect,
    /// It did not answer so often that its share goes to the others.
    Out,
}

/// A backend.
pub(super) struct Backend {
    /// `host:port`.
    pub(super) name: String,
    /// Of its name: what it scores with.
    pub(super) hash: u64,
    client: GrpcClient,
    health: watch::Sender<Health>,
    unanswered: AtomicU32,
    series: Series,
}

/// Why a backend did not take a batch.
pub(super) struct Failed {
    pub(super) error: Error,
    /// Whether it did not answer at all.
    pub(super) is_unanswered: bool,
}

impl Backend {
    pub(super) fn new(name: String, client: GrpcClient, series: Series) -> Self {
        let hash = shared::hash(name.as_bytes());
        let health = watch::Sender::new(Health::Up);
        Self { name, hash, client, health, unanswered: AtomicU32::new(0), series }
    }

    pub(super) fn health(&self) -> Health {
        *self.health.borrow()
    }

    /// Sends one batch, once.
    pub(super) async fn send(
        &self,
        batch: &Batch,
        limit: Option<Duration>,
    ) -> Result<Delivered, Failed> {
        let began = Instant::now();
        let (origin, path) =
            (shared::ContextOrigin(batch.context()), shared::export_method(batch.signal()));
        let message = shared::payload(batch);
        let reply = self.client.unary_for(&origin, path, message, &HeaderMap::new(), limit).await;
        self.series.latency.record(began.elapsed().as_secs_f64() * 1e3);
        match reply {
            Ok(reply) => {
                self.series.success.add(1);
                Ok(shared::partial_success(&reply.message))
            }
            Err(status) => {
                self.series.failure.add(1);
                let error = shared::error_of(&status, batch.items()).context(&self.name);
                let is_unanswered = is_unanswered(&status);
                if is_unanswered {
                    self.suspect();
                }
                Err(Failed { error, is_unanswered })
            }
        }
    }

    fn suspect(&self) {
        self.health.send_if_modified(|health| {
            let is_news = *health == Health::Up;
            if is_news {
                *health = Health::Suspect;
            }
            is_news
        });
    }

    /// Asks with an empty request. Any answer is one: a backend that refuses is there.
    /// True when that changed whether it is out.
    pub(super) async fn ask(&self, signal: Signal, limit: Duration, failures: u32) -> bool {
        let path = shared::export_method(signal);
        let (empty, none) = (bytes::Bytes::new(), HeaderMap::new());
        let asked = self.client.unary(path, empty, &none, Some(limit)).await;
        let answers = asked.err().is_none_or(|status| !is_unanswered(&status));
        let was_out = self.health() == Health::Out;
        let count = match answers {
            true => 0,
            false => self.unanswered.load(Ordering::Relaxed).saturating_add(1),
        };
        self.unanswered.store(count, Ordering::Relaxed);
        let now = match answers {
            true => Health::Up,
            false if failures > 0 && count >= failures => Health::Out,
            false => Health::Suspect,
        };
        self.health.send_replace(now);
        was_out != (now == Health::Out)
    }

    /// Not one of the backends any more: whoever waits for it need not.
    pub(super) fn leave(&self) {
        self.health.send_replace(Health::Out);
    }

    /// Starts to connect.
    pub(super) fn connect(&self) {
        self.client.connect();
    }

    /// Waits until it is known whether it answers, at most so long.
    pub(super) async fn verdict(&self, limit: Duration) {
        let mut health = self.health.subscribe();
        let known = health.wait_for(|health| *health != Health::Suspect);
        // What is not known by then is found out by the next attempt.
        drop(timeout(limit, known).await);
    }
}
