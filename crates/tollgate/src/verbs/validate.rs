//! `validate`: everything that can be known without starting anything.

use engine::run::Service;
use sdk::telemetry::{Level, Telemetry};

use crate::{cli::Request, environment, loader::Loader};

pub(super) fn perform(request: &Request) -> Result<(), String> {
    let loader = Loader::new(request)?;
    let settings = loader.decode()?;
    loader.validate(&settings).map_err(|error| error.to_string())?;
    // Clients ask for a runtime when they are made, though nothing of it is used.
    let runtime = environment::runtime()?;
    let _inside = runtime.enter();
    let options = environment::service_options(Telemetry::new(Level::None));
    Service::build(settings.into(), options).map_err(|error| error.to_string())?;
    Ok(())
}
