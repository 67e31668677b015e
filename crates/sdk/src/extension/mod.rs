//! What runs beside the pipelines.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::Arc,
};

use async_trait::async_trait;

use crate::{BuildContext, BuildError, Config, Error, Host, Id, Stability, StartError};

/// Runs beside the pipelines: health, storage, authentication, live views.
#[async_trait]
pub trait Extension: Send + Sync + Sized + 'static {
    /// The name users write in YAML; equal to the folder name.
    const KIND: &'static str;
    /// Old names that load too, with a warning.
    const ALIASES: &'static [&'static str] = &[];
    /// How settled it is.
    const STABILITY: Stability = Stability::Beta;
    /// Its settings.
    type Config: Config;

    /// Makes the extension from settings that have no problems. No tasks, no I/O.
    fn new(config: Self::Config, context: BuildContext) -> Result<Self, BuildError>;

    /// Extensions that must start before this one.
    fn dependencies(&self) -> Vec<Id> {
        Vec::new()
    }

    /// Offers what components may ask for by this extension's id, such as an authenticator.
    fn provide(&self, _capabilities: &mut Capabilities) {}

    /// Starts, before any pipeline does. May be called again after [`Extension::shutdown`], also when it
    /// failed.
    async fn start(&mut self, host: Host) -> Result<(), StartError>;

    /// All pipelines run.
    async fn ready(&self) {}

    /// The pipelines are about to stop.
    async fn not_ready(&self) {}

    /// Stops, after all pipelines have.
    async fn shutdown(&mut self) -> Result<(), Error>;
}

/// [`Extension`] without its types.
#[async_trait]
pub trait DynExtension: Send + Sync {
    /// See [`Extension::dependencies`].
    fn dependencies(&self) -> Vec<Id>;
    /// See [`Extension::provide`].
    fn provide(&self, capabilities: &mut Capabilities);
    /// See [`Extension::start`].
    async fn start(&mut self, host: Host) -> Result<(), StartError>;
    /// See [`Extension::ready`].
    async fn ready(&self);
    /// See [`Extension::not_ready`].
    async fn not_ready(&self);
    /// See [`Extension::shutdown`].
    async fn shutdown(&mut self) -> Result<(), Error>;
}

#[async_trait]
impl<E: Extension> DynExtension for E {
    fn dependencies(&self) -> Vec<Id> {
        Extension::dependencies(self)
    }

    fn provide(&self, capabilities: &mut Capabilities) {
        Extension::provide(self, capabilities);
    }

    async fn start(&mut self, host: Host) -> Result<(), StartError> {
        Extension::start(self, host).await
    }

    async fn ready(&self) {
        Extension::ready(self).await;
    }

    async fn not_ready(&self) {
        Extension::not_ready(self).await;
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        Extension::shutdown(self).await
    }
}

/// What one extension offers to others, by type: usually an `Arc<dyn SomeTrait>`.
#[derive(Clone, Default)]
pub struct Capabilities(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Capabilities {
    /// Offers `value` to whoever asks for its type.
    pub fn insert<T: Any + Send + Sync>(&mut self, value: T) {
        self.0.insert(TypeId::of::<T>(), Arc::new(value));
    }

    /// What was offered under this type.
    pub fn get<T: Any + Send + Sync + Clone>(&self) -> Option<T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref::<T>().cloned()
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Capabilities({})", self.0.len())
    }
}
