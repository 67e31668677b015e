//! The status board: how every component is doing, and what extensions offer.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use sdk::{Capabilities, ComponentKind, HostApi, Id, Status, StatusEvent};
use tokio::sync::watch;

use crate::settings::Settings;

/// The service's side of [`sdk::Host`]. It knows the components of the service and takes no others,
/// so it never grows.
pub(super) struct Board {
    statuses: Mutex<BTreeMap<(ComponentKind, Id), Option<Status>>>,
    capabilities: Mutex<HashMap<Id, Capabilities>>,
    /// Why the service has to stop.
    fatal: watch::Sender<Option<String>>,
    /// Whether the service goes on with a config that is not the latest.
    config_is_refused: AtomicBool,
}

impl Board {
    /// A board for the components that are in use.
    pub(super) fn new(used: impl IntoIterator<Item = (ComponentKind, Id)>) -> Self {
        let statuses = used.into_iter().map(|component| (component, None)).collect();
        Self {
            statuses: Mutex::new(statuses),
            capabilities: Mutex::default(),
            fatal: watch::Sender::new(None),
            config_is_refused: AtomicBool::default(),
        }
    }

    /// From now on these are the components. What is said of others is not kept; what was said of those
    /// that go on stays.
    pub(super) fn admit(&self, used: impl IntoIterator<Item = (ComponentKind, Id)>) {
        let used: BTreeSet<_> = used.into_iter().collect();
        let mut capabilities = self.capabilities.lock().unwrap_or_else(PoisonError::into_inner);
        capabilities.retain(|id, _| used.contains(&(ComponentKind::Extension, id.clone())));
        drop(capabilities);
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        statuses.retain(|component, _| used.contains(component));
        for component in used {
            statuses.entry(component).or_default();
        }
    }

    /// A component starts, whatever was said of another one in its place.
    pub(super) fn begin(&self, kind: ComponentKind, id: &Id) {
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status) = statuses.get_mut(&(kind, id.clone())) {
            *status = Some(Status::Starting);
        }
    }

    /// Says whether the config that was loaded last could not be used.
    pub(super) fn set_config_is_refused(&self, is_refused: bool) {
        self.config_is_refused.store(is_refused, Ordering::Relaxed);
    }

    /// The components a service runs.
    pub(super) fn used(settings: &Settings) -> Vec<(ComponentKind, Id)> {
        let extensions = settings.service.extensions.iter();
        let mut used: Vec<_> =
            extensions.map(|id| (ComponentKind::Extension, id.clone())).collect();
        for pipeline in settings.service.pipelines.values() {
            let kind = |id: &Id, other| match settings.connectors.contains_key(id) {
                true => ComponentKind::Connector,
                false => other,
            };
            let receivers =
                pipeline.receivers.iter().map(|id| (kind(id, ComponentKind::Receiver), id));
            let processors = pipeline.processors.iter().map(|id| (ComponentKind::Processor, id));
            let exporters =
                pipeline.exporters.iter().map(|id| (kind(id, ComponentKind::Exporter), id));
            let all = receivers.chain(processors).chain(exporters);
            used.extend(all.map(|(kind, id)| (kind, id.clone())));
        }
        used
    }

    /// Keeps what an extension offers.
    pub(super) fn offer(&self, extension: &Id, capabilities: Capabilities) {
        let mut all = self.capabilities.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(extension.clone(), capabilities);
    }

    /// Sets a status on behalf of the service.
    pub(super) fn set(&self, kind: ComponentKind, id: &Id, status: Status) {
        self.report(StatusEvent { kind, id: id.clone(), status });
    }

    /// A component has started; what it said about itself meanwhile stays.
    pub(super) fn started(&self, kind: ComponentKind, id: &Id) {
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(status @ Some(Status::Starting)) = statuses.get_mut(&(kind, id.clone())) {
            *status = Some(Status::Ok);
        }
    }

    /// Returns once a component said that the whole service has to stop; why.
    pub(super) async fn fatal(&self) -> String {
        let mut fatal = self.fatal.subscribe();
        // The sender lives in this board, so waiting cannot fail.
        let reason = fatal.wait_for(Option::is_some).await;
        reason.ok().and_then(|reason| reason.clone()).unwrap_or_default()
    }
}

impl HostApi for Board {
    fn capabilities(&self, extension: &Id) -> Option<Capabilities> {
        let all = self.capabilities.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(extension).cloned()
    }

    fn report(&self, event: StatusEvent) {
        let StatusEvent { kind, id, status } = event;
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(last) = statuses.get_mut(&(kind, id.clone())) else { return };
        if !follows(last.as_ref(), &status) {
            return;
        }
        *last = Some(status.clone());
        drop(statuses);
        if let Status::FatalError(reason) = status {
            let reason = format!("{:?} {kind}: {reason}", id.to_string());
            self.fatal.send_if_modified(|fatal| {
                let is_first = fatal.is_none();
                fatal.get_or_insert(reason);
                is_first
            });
        }
    }

    fn statuses(&self) -> Vec<StatusEvent> {
        let statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        let reported = statuses.iter().filter_map(|((kind, id), status)| {
            Some(StatusEvent { kind: *kind, id: id.clone(), status: status.clone()? })
        });
        reported.collect()
    }

    fn config_is_refused(&self) -> bool {
        self.config_is_refused.load(Ordering::Relaxed)
    }
}

/// The state machine of the Go collector's component status: what is permanent stays until the
/// component stops, and what has stopped starts no more.
fn follows(last: Option<&Status>, next: &Status) -> bool {
    match (last, next) {
        (None, _) => true,
        (Some(Status::Stopped | Status::FatalError(_)), _) => false,
        (Some(Status::Stopping), next) => {
            matches!(
                next,
                Status::Stopped
                    | Status::RecoverableError(_)
                    | Status::PermanentError(_)
                    | Status::FatalError(_)
            )
        }
        (Some(Status::PermanentError(_)), next) => {
            matches!(next, Status::Stopping | Status::Stopped | Status::FatalError(_))
        }
        (Some(_), Status::Starting) => false,
        (Some(_), _) => true,
    }
}
