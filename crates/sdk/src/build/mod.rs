//! What a component is given when it is made.

mod shared;
mod status;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

pub use self::{
    shared::Shared,
    status::{Status, StatusEvent},
};
use crate::{ComponentKind, Id, telemetry::Telemetry};

/// Everything from outside that a component may use: its name, own telemetry, time, chance, and
/// the other components.
#[derive(Clone, Debug)]
pub struct BuildContext {
    /// What this component is.
    pub kind: ComponentKind,
    /// Its id in the config, `otlp/2`.
    pub id: Id,
    /// What the program is called and which version it is.
    pub info: BuildInfo,
    /// Its own metrics.
    pub telemetry: Telemetry,
    /// The time of day. For waits use `tokio::time`, whose clock tests can pause.
    pub clock: Clock,
    /// Chance: jitter, ids, sampling.
    pub random: Random,
    /// State that components of one service share.
    pub shared: Shared,
    /// Extensions and the status board.
    pub host: Host,
}

impl BuildContext {
    /// Tells the service how this component is doing.
    pub fn report(&self, status: Status) {
        self.host.report(StatusEvent { kind: self.kind, id: self.id.clone(), status });
    }
}

/// What the program is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildInfo {
    /// The name of the command, `tollgate`.
    pub command: String,
    /// What it is, in a few words.
    pub description: String,
    /// Its version, `0.1.0`.
    pub version: String,
}

/// The time of day.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Arc::new(SystemTime::now))
    }

    /// Any clock, for tests.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    pub fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A source of chance, seeded in tests. Not for secrets.
#[derive(Clone, Debug)]
pub struct Random(Arc<Mutex<u64>>);

impl Random {
    /// The same numbers for the same seed.
    pub fn from_seed(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    /// The next 64 bits (SplitMix64, Steele et al. 2014).
    pub fn next_u64(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `[0, 1)`.
    pub fn next_f64(&self) -> f64 {
        // 53 bits are what a double can hold.
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What a component may know of the service it runs in.
#[derive(Clone)]
pub struct Host(Arc<dyn HostApi>);

/// What the engine implements behind [`Host`].
pub trait HostApi: Send + Sync {
    /// What an extension offers.
    fn capabilities(&self, extension: &Id) -> Option<crate::Capabilities>;
    /// Takes a status event.
    fn report(&self, event: StatusEvent);
    /// The latest status of every component that reported one.
    fn statuses(&self) -> Vec<StatusEvent>;
    /// Whether the service goes on with an older config because the latest could not be used.
    fn config_is_refused(&self) -> bool {
        false
    }
}

impl Host {
    /// Wraps the engine's side.
    pub fn new(api: Arc<dyn HostApi>) -> Self {
        Self(api)
    }

    /// What the extension of that id offers; none if there is no such extension.
    pub fn capabilities(&self, extension: &Id) -> Option<crate::Capabilities> {
        self.0.capabilities(extension)
    }

    /// Puts a status on the board.
    pub fn report(&self, event: StatusEvent) {
        self.0.report(event);
    }

    /// The latest status of every component that reported one.
    pub fn statuses(&self) -> Vec<StatusEvent> {
        self.0.statuses()
    }

    /// Whether the service goes on with an older config because the latest could not be used.
    pub fn config_is_refused(&self) -> bool {
        self.0.config_is_refused()
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Host")
    }
}
