//! What a component is made with, in a test.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sdk::{
    BuildContext, BuildInfo, Capabilities, Clock, ComponentKind, Host, HostApi, Id, Random, Shared,
    StatusEvent,
    telemetry::{Level, Telemetry},
};

/// The time of day in every test: 2026-01-02 03:04:05 UTC, in seconds since 1970.
pub const NOW: u64 = 1_767_323_045;

/// A build context for one test: the clock stands at [`NOW`], chance is seeded with 1, own metrics
/// are fresh and at the level `detailed`, and the host keeps every status reported.
///
/// # Panics
///
/// When `id` is no id.
#[must_use]
pub fn context(kind: ComponentKind, id: &str) -> BuildContext {
    let id = id.parse::<Id>().unwrap_or_else(|error| panic!("{error}"));
    let now: SystemTime = UNIX_EPOCH + Duration::from_secs(NOW);
    BuildContext {
        kind,
        id,
        info: BuildInfo {
            command: "tollgate".to_owned(),
            description: "Tollgate".to_owned(),
            version: "0.0.0".to_owned(),
        },
        telemetry: Telemetry::new(Level::Detailed),
        clock: Clock::new(move || now),
        random: Random::from_seed(1),
        shared: Shared::default(),
        host: Host::new(Arc::new(Board::default())),
    }
}

/// The series of own metrics whose line starts so, as the metrics page shows them: `name{labels} value`.
#[must_use]
pub fn series(context: &BuildContext, start: &str) -> Vec<String> {
    let page = String::from_utf8(context.telemetry.render()).unwrap();
    page.lines().filter(|line| line.starts_with(start)).map(str::to_owned).collect()
}

/// A host that keeps what was reported, in order.
#[derive(Default)]
struct Board(Mutex<Vec<StatusEvent>>);

impl HostApi for Board {
    fn capabilities(&self, _: &Id) -> Option<Capabilities> {
        None
    }

    fn report(&self, event: StatusEvent) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    fn statuses(&self) -> Vec<StatusEvent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
