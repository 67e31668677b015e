//! Service after service: run, reload, stop.

use std::sync::Arc;

use sdk::{async_trait, telemetry::Telemetry};
use tokio::{select, sync::mpsc};
use tracing::{error, info, warn};

use super::{Service, ServiceError, ServiceOptions};
use crate::settings::Settings;

/// What the outside tells a running collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Stop in good order.
    Stop,
    /// Read the config anew and run that.
    Reload,
}

/// Why a collector stopped with an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RunError(pub String);

impl From<ServiceError> for RunError {
    fn from(ServiceError(reasons): ServiceError) -> Self {
        Self(reasons)
    }
}

/// What the program around a collector does for it: reading the config, and turning the
/// collector's own log and metrics page on and off.
#[async_trait]
pub trait Environment: Send {
    /// Resolves, decodes and validates the config, anew each time.
    ///
    /// # Errors
    ///
    /// The whole text for the user, `failed to get config: …` or `invalid configuration: …`
    async fn load(&mut self) -> Result<Arc<Settings>, RunError>;

    /// What a service of these settings is given. Opens nothing.
    fn options(&mut self, settings: &Settings) -> ServiceOptions;

    /// Before a service starts: opens the log and the metrics page that its settings ask for.
    ///
    /// # Errors
    ///
    /// The whole text for the user, `failed to create meter provider: …`
    async fn open(&mut self, settings: &Settings, telemetry: &Telemetry) -> Result<(), RunError>;

    /// After a service has stopped, or could not be opened: closes what `open` opened.
    async fn close(&mut self);
}

/// Runs services one after the other until told to stop.
pub struct Collector<E> {
    environment: E,
    controls: mpsc::Receiver<Control>,
}

/// A service that was built, and the metrics it writes to.
struct Built {
    service: Service,
    telemetry: Telemetry,
}

impl<E: Environment> Collector<E> {
    /// A collector that listens to `controls`; when all senders are gone it stops.
    pub fn new(environment: E, controls: mpsc::Receiver<Control>) -> Self {
        Self { environment, controls }
    }

    /// Loads a config and runs it, and others after it, until a stop is asked for or a component
    /// reports a fatal error.
    ///
    /// A reload first reads, checks and builds the new config. If that fails, the running service
    /// goes on (the Go collector exits here). If the new service fails to start, the old config is
    /// started again.
    ///
    /// # Errors
    ///
    /// The first config cannot be loaded, built or started; a config cannot be started again after
    /// a failed reload; components that failed to stop.
    pub async fn run(mut self) -> Result<(), RunError> {
        let settings = self.environment.load().await?;
        let built = self.build(settings)?;
        let mut service = self.start(built).await?;
        while self.wants_reload(&service).await {
            service = self.reload(service).await?;
        }
        let outcome = service.shutdown().await;
        self.environment.close().await;
        Ok(outcome?)
    }

    /// Waits for a reason to change something: true for a reload, false for a stop.
    async fn wants_reload(&mut self, service: &Service) -> bool {
        select! {
            control = self.controls.recv() => control == Some(Control::Reload),
            reason = service.fatal() => {
                error!(error = reason, "Asynchronous error received, terminating process");
                false
            }
        }
    }

    /// Replaces the running service, or keeps it if the new config is bad.
    async fn reload(&mut self, mut running: Service) -> Result<Service, RunError> {
        let loaded = self.environment.load().await;
        let built = match loaded.and_then(|settings| self.build(settings)) {
            Ok(built) => built,
            Err(RunError(reason)) => {
                error!(error = reason, "new config is not usable, the running one stays");
                return Ok(running);
            }
        };
        warn!("Config updated, restart service");
        if let Err(ServiceError(reasons)) = running.shutdown().await {
            error!(error = reasons, "service did not stop cleanly");
        }
        self.environment.close().await;
        let old = running.settings().clone();
        // Ports and files of the old service have to be free before the new one starts.
        drop(running);
        let reason = match self.start(built).await {
            Ok(service) => return Ok(service),
            Err(RunError(reason)) => reason,
        };
        error!(error = reason, "new config did not start, going back to the last one");
        let built = self.build(old)?;
        let service = self.start(built).await?;
        info!("the last config runs again");
        Ok(service)
    }

    fn build(&mut self, settings: Arc<Settings>) -> Result<Built, RunError> {
        let options = self.environment.options(&settings);
        let telemetry = options.telemetry.clone();
        Ok(Built { service: Service::build(settings, options)?, telemetry })
    }

    async fn start(&mut self, built: Built) -> Result<Service, RunError> {
        let Built { mut service, telemetry } = built;
        let opened = self.environment.open(service.settings(), &telemetry).await;
        let started = match opened {
            Ok(()) => service.start().await.map_err(RunError::from),
            Err(error) => Err(error),
        };
        match started {
            Ok(()) => Ok(service),
            Err(error) => {
                self.environment.close().await;
                Err(error)
            }
        }
    }
}
