//! `validate`: everything that can be known without starting anything.

use engine::{
    run::Service,
    settings::{LogLevel, LogsSettings},
    telemetry::Logs,
};
use sdk::{
    Clock,
    telemetry::{Level, Telemetry},
};

use crate::{cli::Request, environment, loader::Loader};

pub(super) fn perform(request: &Request) -> Result<(), String> {
    let loader = Loader::new(request)?;
    let settings = loader.decode()?;
    loader.validate(&settings).map_err(|error| error.to_string())?;
    // What components warn of when they are made, such as patterns that are slow.
    let logs = Logs::new(Clock::system());
    logs.install().map_err(|error| error.to_string())?;
    let warnings = LogsSettings { level: LogLevel::Warn, ..LogsSettings::default() };
    logs.open(&warnings, &[]).map_err(|error| error.to_string())?;
    // Clients ask for a runtime when they are made, though nothing of it is used.
    let runtime = environment::runtime()?;
    let _inside = runtime.enter();
    let options = environment::service_options(Telemetry::new(Level::None));
    Service::build(settings.into(), options).map_err(|error| error.to_string())?;
    Ok(())
}
