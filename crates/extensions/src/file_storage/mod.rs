#![doc = include_str!("README.md")]

mod config;
mod state;
#[cfg(test)]
mod tests;

use std::{fs, os::unix::fs::DirBuilderExt as _, path::Path, sync::Arc};

use sdk::{
    BuildContext, BuildError, Capabilities, Error, Extension, Host, Stability, StartError, Storage,
    async_trait,
};

pub use self::config::Config;
use self::state::Files;

/// The `file_storage` extension.
#[derive(Debug)]
pub struct FileStorage {
    config: Config,
    files: Arc<Files>,
}

#[async_trait]
impl Extension for FileStorage {
    const KIND: &'static str = "file_storage";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let files = Arc::new(Files::new(&config, context.id, context.telemetry));
        Ok(Self { config, files })
    }

    fn provide(&self, capabilities: &mut Capabilities) {
        let storage: Arc<dyn Storage> = self.files.clone();
        capabilities.insert(storage);
    }

    async fn start(&mut self, _: Host) -> Result<(), StartError> {
        let directory = &self.config.directory;
        if self.config.create_directory {
            let mode = self.config.permissions().unwrap_or(0o750);
            create(directory, mode)?;
        }
        // Files are opened when somebody asks for them; what can be known before is told before.
        match fs::metadata(directory) {
            Ok(found) if found.is_dir() => Ok(()),
            Ok(_) => Err(StartError(format!("{} is not a directory", directory.display()))),
            Err(error) => Err(StartError(format!(
                "directory must exist: {}: {error}; create it, or set `create_directory: true`",
                directory.display(),
            ))),
        }
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

fn create(directory: &Path, mode: u32) -> Result<(), StartError> {
    let made = fs::DirBuilder::new().recursive(true).mode(mode).create(directory);
    made.map_err(|error| {
        StartError(format!("cannot create the directory {}: {error}", directory.display()))
    })
}
