//! Own telemetry, sent by OTLP.
//!
//! Read in this order: [`client`] (one backend), this file (metrics, again and again), [`logs`].

mod client;
pub(super) mod logs;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use sdk::{Clock, telemetry::Telemetry};
use tokio::{
    select,
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval_at},
};

pub use self::client::PushError;
use self::client::{Client, Told};
use crate::settings::{OtlpPush, PeriodicReader, millis};

/// Attributes of own telemetry.
type Resource<'a> = &'a [(String, String)];

/// The longest wait for the last sending.
const LAST_MAX: Duration = Duration::from_secs(5);

/// Something that sends until it is stopped. Dropped, it ends without a last sending.
#[derive(Debug)]
pub struct Push {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Push {
    /// Begins to send own metrics, which have counted `since` that time, to where `reader` says; none where it
    /// names no OTLP.
    ///
    /// # Errors
    ///
    /// The client cannot be made: a certificate that cannot be read, for example.
    pub fn metrics(
        reader: &PeriodicReader,
        telemetry: Telemetry,
        resource: Resource<'_>,
        (since, clock): (SystemTime, Clock),
    ) -> Result<Option<Self>, PushError> {
        let Some(otlp) = reader.exporter.otlp.as_ref() else { return Ok(None) };
        let client = Client::new(otlp, "metrics", timeout(otlp, reader.timeout))?;
        let period = millis(reader.interval).max(Duration::from_millis(1));
        let (stop, mut stopped) = oneshot::channel();
        let resource = resource.to_vec();
        let task = tokio::spawn(async move {
            let mut told = Told::new("own metrics are not taken");
            let mut ticks = interval_at(Instant::now() + period, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut is_last = false;
            while !is_last {
                select! {
                    _ = ticks.tick() => {}
                    _ = &mut stopped => is_last = true,
                }
                let request = telemetry.otlp(&resource, since, clock.now());
                told.tell(client.send(request.into()).await);
            }
        });
        Ok(Some(Self { stop, task }))
    }

    /// Sends once more what there is, and ends.
    pub async fn shutdown(self) {
        let abort = self.task.abort_handle();
        // A task that has ended already needs no word.
        let _ = self.stop.send(());
        if tokio::time::timeout(LAST_MAX, self.task).await.is_err() {
            abort.abort();
        }
    }
}

/// The shorter of the two times that bound a sending.
fn timeout(otlp: &OtlpPush, other: i64) -> Option<Duration> {
    let times = [otlp.timeout, other].into_iter().filter(|time| *time > 0);
    times.min().map(millis)
}
