//! Feature gates: what is off until it has settled (C§1.6).

use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// Lets a config be without pipelines, receivers and exporters.
pub const ALLOW_NO_PIPELINES: &str = "service.AllowNoPipelines";
/// Lets pipelines carry profiles.
pub const PROFILES_SUPPORT: &str = "service.profilesSupport";
/// Appends lists when configs are merged, where the user asks for it.
pub const MERGE_APPEND: &str = "confmap.enableMergeAppendOption";

/// How settled what is behind a gate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Off unless switched on.
    Alpha,
    /// On unless switched off.
    Beta,
    /// Always on.
    Stable,
    /// Always off, and about to go.
    Deprecated,
}

impl Stage {
    /// The word in `tollgate featuregate`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alpha => "Alpha",
            Self::Beta => "Beta",
            Self::Stable => "Stable",
            Self::Deprecated => "Deprecated",
        }
    }

    const fn is_on(self) -> bool {
        matches!(self, Self::Beta | Self::Stable)
    }
}

/// One gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// How users name it.
    pub id: &'static str,
    /// How settled it is.
    pub stage: Stage,
    /// What it does, and whether it does it here.
    pub description: &'static str,
}

/// Every gate, by id in ASCII order without case, as the Go collector prints them.
const GATES: [Gate; 9] = [
    Gate {
        id: MERGE_APPEND,
        stage: Stage::Alpha,
        description: "lists of merged configs are appended where the config asks for it",
    },
    Gate {
        id: "pdata.useProtoPooling",
        stage: Stage::Alpha,
        description: "no effect: telemetry stays in its wire form, there is nothing to pool",
    },
    Gate {
        id: "pkg.exporterhelper.queueBatchEnabled",
        stage: Stage::Alpha,
        description: "no effect: a sending queue can always batch",
    },
    Gate {
        id: "receiverhelper.newReceiverMetrics",
        stage: Stage::Alpha,
        description: "no effect: refused and failed items are counted as without the gate",
    },
    Gate {
        id: ALLOW_NO_PIPELINES,
        stage: Stage::Alpha,
        description: "a config may be without pipelines, receivers and exporters",
    },
    Gate {
        id: "service.partialReload",
        stage: Stage::Alpha,
        description: "no effect: a reload restarts the whole service",
    },
    Gate {
        id: "service.partialReloadReceivers",
        stage: Stage::Beta,
        description: "no effect: a reload restarts the whole service",
    },
    Gate { id: PROFILES_SUPPORT, stage: Stage::Alpha, description: "pipelines may carry profiles" },
    Gate {
        id: "telemetry.newPipelineTelemetry",
        stage: Stage::Alpha,
        description: "no effect: the metrics of receivers, processors and exporters are always on",
    },
];

/// Which gates are on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gates(BTreeSet<&'static str>);

impl Default for Gates {
    fn default() -> Self {
        Self(GATES.iter().filter(|gate| gate.stage.is_on()).map(|gate| gate.id).collect())
    }
}

impl Gates {
    /// Applies one `--feature-gates` value: ids with commas between, `-id` switches off, `id` and
    /// `+id` on.
    ///
    /// # Errors
    ///
    /// The Go collector's words for the first identifier that cannot be applied (C§1.1); nothing
    /// is changed then.
    pub fn apply(&mut self, list: &str) -> Result<(), String> {
        if list.is_empty() {
            return Ok(());
        }
        let mut changed = self.clone();
        for (index, identifier) in list.split(',').enumerate() {
            changed.set(index, identifier.trim())?;
        }
        *self = changed;
        Ok(())
    }

    fn set(&mut self, index: usize, identifier: &str) -> Result<(), String> {
        let (id, on) = match identifier.strip_prefix('-') {
            Some(id) => (id, false),
            None => (identifier.strip_prefix('+').unwrap_or(identifier), true),
        };
        if id.is_empty() {
            return Err(format!("empty feature gate identifier at index {index}"));
        }
        let Some(gate) = Self::find(id) else {
            let valid: Vec<_> = GATES.iter().map(|gate| gate.id).collect();
            return Err(format!("no such feature gate {id:?}. valid gates: [{}]", valid.join(" ")));
        };
        match (gate.stage, on) {
            (Stage::Stable, false) => {
                return Err(format!("feature gate {id:?} is stable, can not be disabled"));
            }
            (Stage::Deprecated, true) => {
                return Err(format!("feature gate {id:?} is deprecated, can not be enabled"));
            }
            (_, true) => self.0.insert(gate.id),
            (_, false) => self.0.remove(gate.id),
        };
        Ok(())
    }

    /// Whether the gate of that id is on; an unknown gate is off.
    pub fn is_enabled(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    /// The gate of that id.
    pub fn find(id: &str) -> Option<&'static Gate> {
        GATES.iter().find(|gate| gate.id == id)
    }

    /// All gates and whether each is on, in the order they are printed.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Gate, bool)> {
        GATES.iter().map(|gate| (gate, self.is_enabled(gate.id)))
    }
}
