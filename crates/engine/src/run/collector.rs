//! Service after service: run, reload, stop.

use std::sync::Arc;

use sdk::{async_trait, telemetry::Telemetry};
use tokio::{select, sync::mpsc};
use tracing::{error, info, warn};

use super::{
    Change, ChangeError, Service, ServiceError, ServiceOptions,
    reloads::{Outcome, Reloads},
};
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

    /// While a service goes on with other settings: opens what they ask for and closes what they do not.
    /// What they leave as it was is not touched.
    ///
    /// # Errors
    ///
    /// As [`Environment::open`]; then everything is open as before.
    async fn reopen(
        &mut self,
        old: &Settings,
        new: &Settings,
        telemetry: &Telemetry,
    ) -> Result<(), RunError>;

    /// After a service has stopped, or could not be opened: closes what `open` opened.
    async fn close(&mut self);
}

/// Runs services one after the other until told to stop.
pub struct Collector<E> {
    environment: E,
    controls: mpsc::Receiver<Control>,
    reloads: Reloads,
}

/// A service that was built, and the metrics it writes to.
struct Built {
    service: Service,
    telemetry: Telemetry,
}

impl<E: Environment> Collector<E> {
    /// A collector that listens to `controls`; when all senders are gone it stops.
    pub fn new(environment: E, controls: mpsc::Receiver<Control>) -> Self {
        Self { environment, controls, reloads: Reloads::default() }
    }

    /// Loads a config and runs it, and others after it, until a stop is asked for or a component
    /// reports a fatal error.
    ///
    /// A reload reads, checks and builds the new config, and replaces only what it changes. If that fails,
    /// the running service goes on as it was (the Go collector exits here).
    ///
    /// # Errors
    ///
    /// The first config cannot be loaded, built or started; a config cannot be started again after
    /// a failed reload; components that failed to stop.
    pub async fn run(mut self) -> Result<(), RunError> {
        let settings = self.environment.load().await?;
        let built = self.build(settings)?;
        let mut service = self.start(built).await?;
        self.reloads.begin(&service);
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

    /// Changes the running service, or leaves it as it is if the new config is bad.
    async fn reload(&mut self, mut running: Service) -> Result<Service, RunError> {
        let loaded = self.environment.load().await;
        let prepared = loaded.and_then(|settings| {
            let change = running.prepare(settings.clone())?;
            Ok((settings, change))
        });
        let (service, outcome) = match prepared {
            Ok((settings, Change::Everything(why))) => self.replace(running, settings, why).await?,
            Ok((settings, change)) => match self.change(&mut running, settings, change).await {
                Ok(outcome) => (running, Ok(outcome)),
                Err(ChangeError::Refused(reason)) => (running, Err(reason)),
                Err(ChangeError::Broken(reason)) => {
                    let settings = running.settings().clone();
                    (self.restart(running, settings).await?, Err(reason))
                }
            },
            Err(RunError(reason)) => (running, Err(reason)),
        };
        if let Err(reason) = &outcome {
            error!(error = reason, "new config is not usable, the running one stays");
        }
        self.reloads.note(&service, &outcome);
        Ok(service)
    }

    async fn change(
        &mut self,
        running: &mut Service,
        settings: Arc<Settings>,
        change: Change,
    ) -> Result<Outcome, ChangeError> {
        let old = running.settings().clone();
        let telemetry = running.telemetry().clone();
        let reopened = self.environment.reopen(&old, &settings, &telemetry).await;
        reopened.map_err(|RunError(reason)| ChangeError::Refused(reason))?;
        let Change::Parts(next) = change else {
            info!("Config read again, nothing that runs is different");
            running.adopt(settings);
            return Ok(Outcome::Unchanged);
        };
        info!("Config updated, replacing what changed");
        let changed = running.change(next).await;
        if changed.is_err()
            && let Err(RunError(reason)) =
                self.environment.reopen(&settings, &old, &telemetry).await
        {
            error!(error = reason, "own telemetry is not as it was before");
        }
        changed.map(|()| Outcome::Applied)
    }

    /// Stops the running service and starts another one, or the same again if that one does not start.
    async fn replace(
        &mut self,
        running: Service,
        settings: Arc<Settings>,
        why: &str,
    ) -> Result<(Service, Result<Outcome, String>), RunError> {
        warn!(why, "Config updated, restart service");
        // What can be known before is known before.
        if let Err(RunError(reason)) = self.build(settings.clone()) {
            return Ok((running, Err(reason)));
        }
        let old = running.settings().clone();
        self.stop(running).await;
        let built = self.build(settings);
        let started = match built {
            Ok(built) => self.start(built).await,
            Err(error) => Err(error),
        };
        let reason = match started {
            Ok(service) => return Ok((service, Ok(Outcome::Applied))),
            Err(RunError(reason)) => reason,
        };
        error!(error = reason, "new config did not start, going back to the last one");
        let built = self.build(old)?;
        let service = self.start(built).await?;
        info!("the last config runs again");
        Ok((service, Err(reason)))
    }

    /// Stops a service that cannot go on and starts it anew.
    async fn restart(
        &mut self,
        running: Service,
        settings: Arc<Settings>,
    ) -> Result<Service, RunError> {
        self.stop(running).await;
        let built = self.build(settings)?;
        let service = self.start(built).await?;
        info!("the last config runs again");
        Ok(service)
    }

    /// Ports and files of the old service have to be free before the next one starts.
    async fn stop(&mut self, mut running: Service) {
        if let Err(ServiceError(reasons)) = running.shutdown().await {
            error!(error = reasons, "service did not stop cleanly");
        }
        self.environment.close().await;
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
