//! The `service` section: which components are used, and how they are wired.

use std::collections::BTreeMap;

use config::{Kind, Map, Value};
use sdk::{Id, PipelineId};
use serde::{Deserialize, Serialize};

use super::{AdmissionSettings, Document, Faults, TelemetrySettings};

/// The keys of the top level that hold components.
const SECTIONS: [&str; 5] = ["receivers", "processors", "exporters", "connectors", "extensions"];

/// `service`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceSettings {
    /// Telemetry of the collector itself.
    pub telemetry: TelemetrySettings,
    /// How many bytes of requests may be held.
    pub admission: AdmissionSettings,
    /// Extensions that run; the others are only checked.
    pub extensions: Vec<Id>,
    /// Who feeds whom.
    pub pipelines: BTreeMap<PipelineId, PipelineSettings>,
}

/// One pipeline of `service.pipelines`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PipelineSettings {
    /// Receivers, and connectors this pipeline begins with.
    pub receivers: Vec<Id>,
    /// Processors in the order they work.
    pub processors: Vec<Id>,
    /// Exporters, and connectors this pipeline ends in.
    pub exporters: Vec<Id>,
}

impl ServiceSettings {
    /// As `print-config` shows it.
    pub(super) fn to_value(&self, mode: config::Mode) -> Result<Value, String> {
        config::to_value(self, mode).map_err(|error| error.to_string())
    }
}

/// Decodes everything but the components, so that unknown keys of the top level and of `service`
/// are reported with their full path.
pub(super) fn read(root: &Value, faults: &mut Faults) -> ServiceSettings {
    match config::decode::<Document>(&without_components(root), "") {
        Ok(document) => document.service,
        Err(errors) => {
            for error in errors {
                faults.add_with(
                    format!("'{}' {}", error.path, error.message),
                    error.pos,
                    error.advice,
                );
            }
            ServiceSettings::default()
        }
    }
}

/// The same tree with empty component sections.
fn without_components(root: &Value) -> Value {
    let Some(map) = root.as_map() else { return root.clone() };
    let entries = map.iter().map(|(key, value)| {
        let is_section = SECTIONS.contains(&key.as_str());
        (key.clone(), if is_section { Value::default() } else { value.clone() })
    });
    Value::new(Kind::Map(entries.collect::<Map>()), root.pos.clone())
}
