//! What components are given from outside.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use sdk::{
    BuildContext, BuildInfo, Clock, ComponentKind, Host, Id, Random, Shared, telemetry::Telemetry,
};

use super::Kept;
use crate::ledger::Ledger;

/// The same for all of a service, but for each component's part of the own metrics.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) info: BuildInfo,
    pub(crate) telemetry: Telemetry,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) shared: Shared,
    pub(crate) host: Host,
    pub(crate) ledger: Ledger,
    /// Processors and connectors of one id have one together.
    pub(crate) scopes: Arc<Mutex<BTreeMap<(ComponentKind, Id), Telemetry>>>,
}

impl Surroundings {
    pub(crate) fn context(&self, kind: ComponentKind, id: &Id) -> BuildContext {
        BuildContext {
            kind,
            id: id.clone(),
            info: self.info.clone(),
            telemetry: self.scope(kind, id),
            clock: self.clock.clone(),
            random: self.random.clone(),
            shared: self.shared.clone(),
            host: self.host.clone(),
        }
    }

    /// A component's part of the own metrics.
    pub(crate) fn scope(&self, kind: ComponentKind, id: &Id) -> Telemetry {
        let mut scopes = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        let scope = scopes.entry((joint(kind), id.clone()));
        scope.or_insert_with(|| self.telemetry.scope()).clone()
    }

    /// For the graph that takes the place of this one's: whatever goes on is in the same surroundings.
    pub(crate) fn after(&self, kept: &Kept) -> Self {
        let scopes = self.scopes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let stays = |kind: &ComponentKind, id: &Id| match kind {
            ComponentKind::Processor => {
                kept.has(ComponentKind::Processor, id) || kept.has(ComponentKind::Connector, id)
            }
            kind => kept.has(*kind, id),
        };
        let scopes = scopes.into_iter().filter(|((kind, id), _)| stays(kind, id)).collect();
        Self {
            shared: self.shared.without(kept.ended()),
            scopes: Arc::new(Mutex::new(scopes)),
            ..self.clone()
        }
    }
}

fn joint(kind: ComponentKind) -> ComponentKind {
    match kind {
        ComponentKind::Connector => ComponentKind::Processor,
        kind => kind,
    }
}
