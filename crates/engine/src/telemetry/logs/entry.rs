//! An event, taken down so that it can be written later or elsewhere.

use std::{error, fmt, time::SystemTime};

use serde_json::Value;
use tracing::{
    Event, Level,
    field::{Field, Visit},
};

/// What the fields that name a component begin with.
const COMPONENT: &str = "otelcol.";

/// One line of the log before it is a line.
#[derive(Clone, Debug)]
pub(in crate::telemetry) struct Entry {
    pub(in crate::telemetry) time: SystemTime,
    pub(in crate::telemetry) level: Level,
    /// File and line.
    pub(in crate::telemetry) caller: Option<(&'static str, u32)>,
    pub(in crate::telemetry) message: String,
    /// Which component it is about, by name.
    pub(in crate::telemetry) component: Vec<Named>,
    /// What the call itself says, in its order.
    pub(in crate::telemetry) fields: Vec<Named>,
}

/// A field.
pub(in crate::telemetry) type Named = (&'static str, Value);

/// The component that a span is about.
#[derive(Debug, Default)]
pub(super) struct SpanFields(Vec<Named>);

impl Entry {
    /// Takes down an event of this thread.
    pub(super) fn of(event: &Event<'_>, time: SystemTime) -> Self {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields { message, mut component, rest } = fields;
        component.sort_by_key(|(name, _)| *name);
        Self {
            time,
            level: *metadata.level(),
            caller: metadata.file().zip(metadata.line()),
            message: message.unwrap_or_default(),
            component,
            fields: rest,
        }
    }

    /// Says that lines were not kept.
    pub(super) fn left_out(time: SystemTime, lines: usize) -> Self {
        Self {
            time,
            level: Level::WARN,
            caller: None,
            message: "lines from before the log was opened are left out".to_owned(),
            component: Vec::new(),
            fields: vec![("lines", lines.into())],
        }
    }

    /// Adds what a span around the event says and the event itself does not. Call it for inner
    /// spans first.
    pub(super) fn inherit(&mut self, span: &SpanFields) {
        for (name, value) in &span.0 {
            let place = self.component.binary_search_by_key(name, |(of, _)| of);
            if let Err(place) = place {
                self.component.insert(place, (name, value.clone()));
            }
        }
    }
}

impl SpanFields {
    /// What a span says when it is made.
    pub(super) fn of(record: impl FnOnce(&mut dyn Visit)) -> Self {
        let mut fields = Self::default();
        fields.add(record);
        fields
    }

    /// What it says later.
    pub(super) fn add(&mut self, record: impl FnOnce(&mut dyn Visit)) {
        let mut fields = Fields::default();
        record(&mut fields);
        for (name, value) in fields.component {
            self.0.retain(|(of, _)| *of != name);
            self.0.push((name, value));
        }
    }
}

/// Collects fields as JSON values.
#[derive(Default)]
struct Fields {
    message: Option<String>,
    component: Vec<Named>,
    rest: Vec<Named>,
}

impl Fields {
    fn add(&mut self, field: &Field, value: Value) {
        let name = field.name();
        let name = name.strip_prefix("r#").unwrap_or(name);
        match name {
            // A call may have a field of that name besides the message, which comes first.
            "message" if self.message.is_none() => {
                self.message = Some(match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                });
            }
            _ if name.starts_with(COMPONENT) => self.component.push((name, value)),
            _ => self.rest.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no word for what is not finite; zap writes the text.
        let number = serde_json::Number::from_f64(value);
        self.add(field, number.map_or_else(|| value.to_string().into(), Value::Number));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn error::Error + 'static)) {
        self.add(field, value.to_string().into());
    }
}
