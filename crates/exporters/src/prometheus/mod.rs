#![doc = include_str!("README.md")]

mod config;
mod decode;
mod encode;
mod server;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use net::{
    budget::ByteBudget,
    server::{BindError, Server, Services},
};
use sdk::{
    Batch, BuildContext, BuildError, Delivered, Delivery, Error, Exporter, Host, Signal, Stability,
    StartError, async_trait,
    telemetry::{Counter, Gauge, Level},
};
use tokio::{sync::Semaphore, time::Instant};

use crate::shared::{
    self,
    prometheus::{Dropped, Reason, Translator},
};

pub use self::config::{
    Config, LimitsConfig, OwnConfig, ResourceConversionConfig, ResourceLabelsConfig,
    TranslationStrategy,
};
use self::{
    decode::Taking,
    encode::PageSettings,
    server::{Formats, PAGES_MAX, Scrapes},
    state::Store,
};

/// The `prometheus` exporter.
#[derive(Debug)]
pub struct Prometheus {
    config: Config,
    host: Host,
    translator: Arc<Translator>,
    store: Arc<Mutex<Store>>,
    scrapes: Arc<Scrapes>,
    /// Between start and shutdown.
    server: Mutex<Option<Server>>,
    series: Gauge,
    /// What was dropped, by reason, and whether that has been logged.
    dropped: Vec<(Reason, Counter, AtomicBool)>,
}

#[async_trait]
impl Exporter for Prometheus {
    const KIND: &'static str = "prometheus";
    const STABILITY: Stability = Stability::Beta;
    const EXCLUSIVE: bool = true;
    const SIGNALS: &'static [Signal] = &[Signal::Metrics];
    type Config = Config;

    fn delivery(config: &Config, _: Signal) -> Delivery {
        Delivery { queue: config.own.sending_queue.as_ref().cloned(), ..Delivery::default() }
    }

    fn new(config: Config, _: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        let own = &config.own;
        let translator = Translator::new(&own.style());
        let target_info = translator.target_info();
        let expiration = *own.metric_expiration;
        let store =
            Store::new(own.limits.clone(), expiration, own.enable_open_metrics, &target_info);
        let store = Arc::new(Mutex::new(store));
        let (series, dropped, [too_long, too_many]) = own_metrics(&context);
        let scrapes = Scrapes {
            store: Arc::clone(&store),
            settings: PageSettings {
                send_timestamps: own.send_timestamps,
                bytes_max: own.limits.page_bytes,
                target_info,
            },
            formats: Formats {
                open_metrics: own.enable_open_metrics,
                utf8_names: own.translation_strategy.keeps_utf8(),
            },
            pages: Arc::new(Semaphore::new(PAGES_MAX)),
            series: series.clone(),
            too_long,
            too_many,
            is_told: AtomicBool::new(false),
        };
        Ok(Self {
            config,
            host: context.host,
            translator: Arc::new(translator),
            store,
            scrapes: Arc::new(scrapes),
            server: Mutex::default(),
            series,
            dropped,
        })
    }

    async fn start(&self) -> Result<(), StartError> {
        let refused = |error: BindError| StartError(error.to_string());
        let server = &self.config.server;
        let mut options = server.server_options().map_err(refused)?;
        options.auth = shared::server_auth(&self.host, server.auth.as_ref())?;
        let services = Services { http: Some(self.scrapes.clone()), ..Services::default() };
        // Bodies are never read, so there is nothing to budget.
        let server = Server::bind(options, services, ByteBudget::unlimited()).await;
        let server = server.map_err(refused)?;
        tracing::info!(endpoint = %server.address(), "Starting prometheus exporter");
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(server);
        Ok(())
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let (translator, store) = (Arc::clone(&self.translator), Arc::clone(&self.store));
        let now = Instant::now();
        // A scrape may hold the store for as long as it takes to write a long page.
        let reading = tokio::task::spawn_blocking(move || {
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            let dropped = translator.read(batch.bytes(), &mut Taking { store: &mut store, now });
            (dropped, store.len())
        });
        let (dropped, series) = reading
            .await
            .map_err(|gone| Error::refused(format!("the metrics were not read: {gone}")))?;
        self.series.set(i64::try_from(series).unwrap_or(i64::MAX));
        self.tell(&dropped);
        Ok(Delivered::all())
    }

    async fn shutdown(&self) -> Result<(), Error> {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server) = server {
            server.shutdown().await;
        }
        Ok(())
    }
}

impl Prometheus {
    /// The address really listened on, once started.
    pub fn address(&self) -> Option<String> {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        server.as_ref().map(|server| server.address().to_string())
    }

    /// Counts what is not shown, and says so once for each reason. The engine is not told: it would
    /// log every batch.
    fn tell(&self, dropped: &Dropped) {
        for (reason, points, metric) in dropped.iter() {
            let known = self.dropped.iter().find(|(known, ..)| *known == reason);
            let Some((_, counter, is_told)) = known else { continue };
            counter.add(points);
            // What came late was replaced or counted already, and of conflicts the store tells.
            let is_news = !matches!(reason, Reason::Late | Reason::Conflict)
                && !is_told.swap(true, Ordering::Relaxed);
            if is_news {
                tracing::warn!(
                    reason = reason.name(),
                    metric,
                    points,
                    "Data points are not shown on the metrics page; from now on they are only counted"
                );
            }
        }
    }
}

/// Series held; points dropped, by reason; pages not served, by reason.
fn own_metrics(
    context: &BuildContext,
) -> (Gauge, Vec<(Reason, Counter, AtomicBool)>, [Counter; 2]) {
    let (telemetry, id) = (&context.telemetry, context.id.to_string());
    let series = telemetry.gauge(
        Level::Basic,
        "tollgate_exporter_prometheus_series",
        "Number of series and targets on the metrics page.",
        &[("exporter", &id)],
    );
    let dropped = Reason::ALL.map(|reason| {
        let labels = [("exporter", id.as_str()), ("reason", reason.name())];
        let name = "tollgate_exporter_prometheus_dropped_data_points";
        let help = "Number of data points that the metrics page does not show.";
        (reason, telemetry.counter(Level::Basic, name, help, &labels), AtomicBool::default())
    });
    let refused = ["page_bytes", "too_many"].map(|reason| {
        let labels = [("exporter", id.as_str()), ("reason", reason)];
        let name = "tollgate_exporter_prometheus_refused_scrapes";
        let help = "Number of scrapes that were not given a page.";
        telemetry.counter(Level::Basic, name, help, &labels)
    });
    (series, dropped.into(), refused)
}
