//! What the user wants, typed: the resolved YAML against the components that exist.
//!
//! Two steps, each of which collects every fault: [`Settings::decode`] (keys, types, values) and
//! [`Settings::validate`] (whether it can work together). Read in this order: this file, `service`,
//! `telemetry`, `resource` and `admission` (the `service` section), `section` and `entry` (components), `validate`, `fault`.

mod admission;
mod entry;
mod fault;
mod push;
mod resource;
mod section;
mod service;
mod telemetry;
#[cfg(test)]
mod tests;
mod validate;

use config::{Kind, Map, Mode, Value, Warning};
use sdk::{ConnectorEntry, ExporterEntry, ExtensionEntry, ProcessorEntry, ReceiverEntry, Registry};
use serde::{Deserialize, Serialize};

pub use self::{
    admission::AdmissionSettings,
    fault::{Fault, Faults, SettingsError},
    push::{
        BatchLogProcessor, LogProcessor, OtlpPush, PeriodicReader, PushExporter, SimpleLogProcessor,
    },
    resource::ResourceSettings,
    section::{Component, Section},
    service::{PipelineSettings, ServiceSettings},
    telemetry::{
        LogEncoding, LogLevel, LogSampling, LogsSettings, MetricsLevel, MetricsSettings,
        PrometheusReader, PullExporter, PullReader, Reader, TelemetrySettings, TracesSettings,
    },
};
pub(crate) use self::{
    fault::{locate, locate_item},
    push::millis,
};
use crate::gates::Gates;

/// A whole config, decoded.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How telemetry comes in.
    pub receivers: Section<ReceiverEntry>,
    /// What is done to it.
    pub processors: Section<ProcessorEntry>,
    /// How it leaves.
    pub exporters: Section<ExporterEntry>,
    /// What leads from pipeline to pipeline.
    pub connectors: Section<ConnectorEntry>,
    /// What runs beside the pipelines.
    pub extensions: Section<ExtensionEntry>,
    /// Which of them are used, and how.
    pub service: ServiceSettings,
    /// What the resource under `service.telemetry` says.
    pub resource: ResourceSettings,
    /// Which feature gates are on; the defaults unless whoever decoded it says otherwise.
    pub gates: Gates,
    /// What to log once there is a logger.
    pub warnings: Vec<Warning>,
    /// The tree all this was read from, for the places of faults.
    source: Value,
}

/// The top level as the decoder sees it. Component sections are read one by one, with their own
/// types.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Document {
    receivers: Value,
    processors: Value,
    exporters: Value,
    connectors: Value,
    extensions: Value,
    service: ServiceSettings,
}

impl Settings {
    /// Reads a resolved config.
    ///
    /// # Errors
    ///
    /// Every unknown key, unknown component and value of the wrong type, in the Go collector's
    /// words (C§2.8), with its place.
    pub fn decode(root: &Value, registry: &Registry) -> Result<Self, SettingsError> {
        let (mut faults, mut warnings) = (Faults::default(), Vec::new());
        let receivers = section::read(root, registry, &mut faults, &mut warnings);
        let processors = section::read(root, registry, &mut faults, &mut warnings);
        let exporters = section::read(root, registry, &mut faults, &mut warnings);
        let connectors = section::read(root, registry, &mut faults, &mut warnings);
        let extensions = section::read(root, registry, &mut faults, &mut warnings);
        let service = service::read(root, &mut faults);
        let resource = ResourceSettings::read(&service.telemetry.resource, &mut faults);
        warnings.extend(resource.warnings());
        warnings.extend(service.telemetry.inactive());
        let source = root.clone();
        let settings = Self {
            receivers,
            processors,
            exporters,
            connectors,
            extensions,
            service,
            resource,
            gates: Gates::default(),
            warnings,
            source,
        };
        faults.or(settings).map_err(SettingsError::Decode)
    }

    /// Checks that the settings can work together, components that no pipeline uses included.
    ///
    /// # Errors
    ///
    /// Every reason they cannot, in the Go collector's words (C§2.8), with its place.
    pub fn validate(&self, gates: &Gates) -> Result<(), SettingsError> {
        validate::faults(self, gates).or(()).map_err(SettingsError::Invalid)
    }

    /// The whole config with all defaults, as `print-config` shows it; secrets only if asked.
    ///
    /// # Errors
    ///
    /// Settings of a component that cannot be printed.
    pub fn to_value(&self, mode: Mode) -> Result<Value, String> {
        let mut all = Map::new();
        for (name, components) in [
            ("receivers", printed(&self.receivers, mode)?),
            ("processors", printed(&self.processors, mode)?),
            ("exporters", printed(&self.exporters, mode)?),
            ("connectors", printed(&self.connectors, mode)?),
            ("extensions", printed(&self.extensions, mode)?),
        ] {
            all.insert(name.into(), components);
        }
        all.insert("service".into(), self.service.to_value(mode)?);
        Ok(Kind::Map(all).into())
    }

    /// Whether what the collector tells about itself is set the same way.
    pub fn has_telemetry_of(&self, other: &Self) -> bool {
        let all = |settings: &Self| settings.service.telemetry.to_value();
        self.resource == other.resource && all(self).is_some() && all(self) == all(other)
    }

    /// The tree this was read from.
    pub(crate) fn source(&self) -> &Value {
        &self.source
    }
}

fn printed<E>(section: &Section<E>, mode: Mode) -> Result<Value, String> {
    let mut map = Map::new();
    for (id, component) in section {
        let value = component.config.to_value(mode).map_err(|error| format!("{id}: {error}"))?;
        map.insert(id.to_string().into(), value);
    }
    Ok(Kind::Map(map).into())
}
