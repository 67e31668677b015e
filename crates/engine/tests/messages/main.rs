//! The messages that scrapers and people look for (C§1.5).
//!
//! In a process of its own: `tracing` remembers for each place that logs whether anybody listens,
//! and tests that log beside this one, with nobody listening, could make it forget this one.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests and their helpers")]
#![allow(
    dead_code,
    unused_imports,
    clippy::allow_attributes,
    reason = "a part of the fakes is used"
)]

#[path = "../service/fakes/mod.rs"]
mod fakes;

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span,
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
    registry::LookupSpan,
};

use crate::fakes::{build, traces};

/// Keeps each event as `message field=value`, fields of spans behind its own.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

#[derive(Default)]
struct Fields {
    message: String,
    others: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => write!(self.others, " {name}={value:?}").unwrap(),
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(
        &self,
        attributes: &span::Attributes<'_>,
        id: &span::Id,
        context: Context<'_, S>,
    ) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        context.span(id).unwrap().extensions_mut().insert(fields.others);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        for span in context.event_scope(event).into_iter().flatten() {
            fields.others += span.extensions().get::<String>().map_or("", |fields| fields);
        }
        let Fields { message, others } = fields;
        self.0.lock().unwrap().push(format!("{message}{others}"));
    }
}

#[tokio::test]
async fn lifecycle_messages_are_those_of_the_collector() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::registry().with(lines.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let yaml = "receivers: {old_source: }\nexporters: {sink: }\nextensions: {helper: }\n\
                service: {extensions: [helper], pipelines: {traces: {receivers: [old_source], exporters: [sink]}}}";
    let (mut service, world) = build("log", yaml).unwrap();
    service.start().await.unwrap();
    world.push("old_source", traces(&["x"])).await.unwrap();
    service.shutdown().await.unwrap();
    let helper = "otelcol.component.id=helper otelcol.component.kind=\"extension\"";
    let lines = lines.0.lock().unwrap().clone();
    let first = lines.first().cloned().unwrap_or_default();
    assert!(first.starts_with("Starting log... Version=0.0.0 NumCPU="), "{first}");
    let expected = [
        "\"old_source\" alias is deprecated; use \"source\" instead \
         otelcol.component.id=\"old_source\" otelcol.component.kind=\"receiver\"",
        "Starting extensions...",
        &format!("Extension is starting... {helper}"),
        &format!("Extension started. {helper}"),
        "Everything is ready. Begin running and processing data.",
        "Starting shutdown...",
        "Stopping extensions...",
        "Telemetry is accounted for. owner=\"pipeline \\\"traces\\\"\" \
         account=\"1 entered = 1 passed to sink\"",
        "Telemetry is accounted for. owner=\"exporter \\\"sink\\\", traces\" \
         account=\"1 offered = 1 sent\"",
        "Shutdown complete.",
    ];
    assert_eq!(lines.get(1..).unwrap_or_default(), expected);
}
