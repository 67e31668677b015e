//! How a component is doing.

use crate::{ComponentKind, Id};

/// The states of the Go collector's component status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Being started.
    Starting,
    /// Works.
    Ok,
    /// Does not work now and may again; why.
    RecoverableError(String),
    /// Will not work until the config changes; the rest of the service goes on; why.
    PermanentError(String),
    /// The whole service has to stop; why.
    FatalError(String),
    /// Being stopped.
    Stopping,
    /// Stopped.
    Stopped,
}

/// A status and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEvent {
    /// What the component is.
    pub kind: ComponentKind,
    /// Its id.
    pub id: Id,
    /// How it is doing.
    pub status: Status,
}
