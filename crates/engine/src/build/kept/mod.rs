//! Which components go on through a reload: those that are as they were, and that have nothing to do with
//! one that is not.
//!
//! 1. A component is as it was when its type, all its settings, the files they name, and what the engine
//!    makes it for (signals; for a connector also the pipelines) are.
//! 2. A component that names an extension ends with it: it holds what that offered.
//! 3. Processors and connectors of one id, and those that name each other, share state. They end together.
//!
//! A name is any text in the settings, defaults included, that is the id of a component. A text that only
//! happens to be one restarts more than need be, never less. `docs/decisions` tells why.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::MetadataExt as _,
    time::SystemTime,
};

use config::{Kind, Mode, Value};
use sdk::{ComponentKind, ErasedConfig, Id, Signal};

use crate::{
    plan::{ConnectorPlan, Plan},
    settings::Settings,
};

/// A component: what it is, and its id.
type Key = (ComponentKind, Id);

/// How every component in use looks, to be compared with how it looks later.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Prints(BTreeMap<Key, Print>);

#[derive(Clone, Debug, PartialEq)]
struct Print {
    /// Its type by its current name.
    name: &'static str,
    /// All settings; none if they cannot be told.
    settings: Option<Value>,
    /// The files that its settings name.
    files: BTreeMap<String, Option<Stamp>>,
    wiring: Wiring,
}

/// What the engine makes it for.
#[derive(Clone, Debug, PartialEq)]
enum Wiring {
    Any,
    Signals(Vec<Signal>),
    Joint(ConnectorPlan),
}

/// What tells that a file is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    length: u64,
    modified: Option<SystemTime>,
}

/// What goes on, and what ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Kept {
    kept: BTreeSet<Key>,
    /// Ids of processors and connectors whose shared state ends.
    ended: BTreeSet<Id>,
}

impl Prints {
    /// Of everything that a plan uses.
    pub(crate) fn of(settings: &Settings, plan: &Plan) -> Self {
        let mut prints = BTreeMap::new();
        let mut add = |kind, id: &Id, name, config: &dyn ErasedConfig, wiring| {
            prints.entry((kind, id.clone())).or_insert_with(|| Print::of(name, config, wiring));
        };
        for (id, signals) in &plan.receivers {
            if let Some(of) = settings.receivers.get(id) {
                let wiring = Wiring::Signals(signals.keys().copied().collect());
                add(ComponentKind::Receiver, id, of.entry.name, &*of.config, wiring);
            }
        }
        for (id, signals) in &plan.exporters {
            if let Some(of) = settings.exporters.get(id) {
                let wiring = Wiring::Signals(signals.iter().copied().collect());
                add(ComponentKind::Exporter, id, of.entry.name, &*of.config, wiring);
            }
        }
        for (id, joint) in &plan.connectors {
            if let Some(of) = settings.connectors.get(id) {
                let wiring = Wiring::Joint(joint.clone());
                add(ComponentKind::Connector, id, of.entry.name, &*of.config, wiring);
            }
        }
        for id in settings.service.pipelines.values().flat_map(|pipeline| &pipeline.processors) {
            if let Some(of) = settings.processors.get(id) {
                add(ComponentKind::Processor, id, of.entry.name, &*of.config, Wiring::Any);
            }
        }
        for id in &settings.service.extensions {
            if let Some(of) = settings.extensions.get(id) {
                add(ComponentKind::Extension, id, of.entry.name, &*of.config, Wiring::Any);
            }
        }
        Self(prints)
    }

    /// What goes on when this is followed by that.
    pub(crate) fn kept(&self, next: &Self) -> Kept {
        let is_same = |key: &&Key| {
            let (old, new) = (self.0.get(key), next.0.get(key));
            old == new && new.is_some_and(|print| print.settings.is_some())
        };
        let mut kept: BTreeSet<Key> = next.0.keys().filter(is_same).cloned().collect();
        let mentions: BTreeMap<_, _> =
            self.0.iter().chain(&next.0).map(|(key, print)| (key, print.mentions())).collect();
        loop {
            let all = || self.0.keys().chain(next.0.keys());
            let ended: Vec<&Key> = all().filter(|key| !kept.contains(key)).collect();
            let ends = |key: &&Key| ended.iter().any(|ended| is_tied(key, ended, &mentions));
            let tied: Vec<Key> = kept.iter().filter(ends).cloned().collect();
            if tied.is_empty() {
                let ended = ended.into_iter().filter(|(kind, _)| shares(*kind));
                let ended = ended.map(|(_, id)| id.clone()).collect();
                return Kept { kept, ended };
            }
            tied.iter().for_each(|key| {
                kept.remove(key);
            });
        }
    }
}

impl Kept {
    /// Whether a component goes on.
    pub(crate) fn has(&self, kind: ComponentKind, id: &Id) -> bool {
        self.kept.contains(&(kind, id.clone()))
    }

    /// Ids of processors and connectors whose shared state ends.
    pub(crate) fn ended(&self) -> &BTreeSet<Id> {
        &self.ended
    }
}

impl Print {
    fn of(name: &'static str, config: &dyn ErasedConfig, wiring: Wiring) -> Self {
        let settings = config.to_value(Mode::Unredacted).ok();
        let mut files = BTreeMap::new();
        if let Some(settings) = &settings {
            each_text(settings, "", &mut |key, text| {
                let names_file = key.ends_with("_file") || key.ends_with("_files");
                if names_file && !text.is_empty() {
                    files.insert(text.to_owned(), Stamp::of(text));
                }
            });
        }
        Self { name, settings, files, wiring }
    }

    /// Every text in its settings.
    fn mentions(&self) -> BTreeSet<&str> {
        let mut all = BTreeSet::new();
        if let Some(settings) = &self.settings {
            each_text(settings, "", &mut |key, text| all.extend([key, text]));
        }
        all
    }
}

impl Stamp {
    fn of(path: &str) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        let (inode, length) = (found.ino(), found.len());
        Some(Self { inode, length, modified: found.modified().ok() })
    }
}

/// Whether processors and connectors of this kind have state in common.
fn shares(kind: ComponentKind) -> bool {
    matches!(kind, ComponentKind::Processor | ComponentKind::Connector)
}

/// Whether a component ends because another one does.
fn is_tied(key: &Key, ended: &Key, mentions: &BTreeMap<&Key, BTreeSet<&str>>) -> bool {
    let names = |who: &Key, whom: &Id| {
        mentions.get(who).is_some_and(|texts| texts.contains(whom.to_string().as_str()))
    };
    match ended.0 {
        ComponentKind::Extension => names(key, &ended.1),
        kind if shares(kind) && shares(key.0) => {
            key.1 == ended.1 || names(key, &ended.1) || names(ended, &key.1)
        }
        _ => false,
    }
}

/// Every text in a tree, with the key it stands under. Settings are as deep as their types at most.
fn each_text<'v>(value: &'v Value, key: &'v str, see: &mut dyn FnMut(&'v str, &'v str)) {
    match &value.kind {
        Kind::String(text) => see(key, text),
        Kind::Seq(values) => values.iter().for_each(|value| each_text(value, key, see)),
        Kind::Map(map) => map.iter().for_each(|(key, value)| each_text(value, key.as_str(), see)),
        _ => {}
    }
}
