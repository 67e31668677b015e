//! Which key a record has, and which backend a key belongs to.

use std::sync::Arc;

use pdata::{
    AnyValue, KeyValue, RawRecord,
    views::{
        Attributes, ExponentialHistogramDataPointView, HistogramDataPointView, LogRecordView,
        MetricView, NumberDataPointView, ResourceSpansView, ScopeSpansView, SpanView,
    },
};
use sdk::Signal;

use super::config::RoutingKey;
use crate::shared::{combine, hash, hash_attributes};

/// Which attributes name a session, the first that is there. As `agent_runs` reads them.
const SESSION: [&[u8]; 2] = [b"gen_ai.conversation.id", b"session.id"];

/// Reads the keys of records.
#[derive(Debug)]
pub(super) struct Matcher {
    signal: Signal,
    key: RoutingKey,
    attributes: Vec<String>,
}

/// What the last record's resource gave, since records come in runs below the same one.
#[derive(Default)]
pub(super) struct Recent(Option<(Arc<[u8]>, u64)>);

impl Matcher {
    pub(super) fn new(signal: Signal, key: RoutingKey, attributes: &[String]) -> Self {
        Self { signal, key, attributes: attributes.to_vec() }
    }

    /// The key of a record: equal for records that belong together.
    pub(super) fn key(&self, record: &RawRecord<'_>, recent: &mut Recent) -> u64 {
        match self.key {
            RoutingKey::TraceId | RoutingKey::Usual => self
                .trace(record)
                .or_else(|| self.session(record))
                .unwrap_or_else(|| service(record, recent)),
            RoutingKey::Session => self
                .session(record)
                .or_else(|| self.trace(record))
                .unwrap_or_else(|| service(record, recent)),
            RoutingKey::Service => service(record, recent),
            RoutingKey::Resource => resource(record, recent),
            RoutingKey::Metric => hash(metric_name(record)),
            RoutingKey::StreamId => {
                let scope = ScopeSpansView::read(&record.scope).scope();
                let scope = [
                    hash(scope.name()),
                    hash(scope.version()),
                    hash_attributes(scope.attributes()),
                ];
                let own = [hash(metric_name(record)), hash_attributes(self.own(record))];
                scope.into_iter().chain(own).fold(resource(record, recent), combine)
            }
            RoutingKey::Attributes => self.attributes(record),
        }
    }

    fn trace(&self, record: &RawRecord<'_>) -> Option<u64> {
        let id = match self.signal {
            Signal::Traces => SpanView::read(record.raw).trace_id(),
            Signal::Logs => LogRecordView::read(record.raw).trace_id(),
            Signal::Metrics | Signal::Profiles => &[],
        };
        // An id of zeros is none (OTLP), whatever its length.
        id.iter().any(|byte| *byte != 0).then(|| hash(id))
    }

    fn session(&self, record: &RawRecord<'_>) -> Option<u64> {
        let (own, resource) = (self.own(record), resource_of(record));
        let named = |key: &&[u8]| {
            let found = find(own, key).or_else(|| find(resource, key))?;
            let text = found.value().as_str().filter(|text| !text.is_empty())?;
            Some(combine(1, hash(text)))
        };
        SESSION.iter().find_map(named)
    }

    fn attributes(&self, record: &RawRecord<'_>) -> u64 {
        let scope = ScopeSpansView::read(&record.scope).scope().attributes();
        let (resource, own) = (resource_of(record), self.own(record));
        let mut key = 0;
        for name in &self.attributes {
            let value = self.pseudo(name, record).or_else(|| {
                let places = [resource, scope, own];
                let pair = places.into_iter().find_map(|place| find(place, name.as_bytes()));
                pair.map(|pair| hash(pair.value_message))
            });
            // One that is not there is left out, name and all, as in the Go collector.
            if let Some(value) = value {
                key = combine(combine(key, hash(name.as_bytes())), value);
            }
        }
        key
    }

    /// What is asked for like an attribute and is a field.
    fn pseudo(&self, name: &str, record: &RawRecord<'_>) -> Option<u64> {
        let number = |number: i32| hash(&number.to_le_bytes());
        match (self.signal, name) {
            (Signal::Traces, "span.kind") => Some(number(SpanView::read(record.raw).kind())),
            (Signal::Traces, "span.name") => Some(hash(SpanView::read(record.raw).name())),
            (Signal::Logs, "log.severity") => {
                Some(hash(LogRecordView::read(record.raw).severity_text()))
            }
            (Signal::Logs, "log.body") => {
                let mut body = Vec::new();
                AnyValue::write(LogRecordView::read(record.raw).body(), &mut body);
                Some(hash(&body))
            }
            _ => None,
        }
    }

    /// The attributes of the record itself.
    fn own<'a>(&self, record: &RawRecord<'a>) -> Attributes<'a> {
        match self.signal {
            Signal::Traces => SpanView::read(record.raw).attributes(),
            Signal::Logs => LogRecordView::read(record.raw).attributes(),
            Signal::Profiles => Attributes::default(),
            Signal::Metrics => match record.metric.as_ref().map(|metric| metric.data_number) {
                Some(9) => HistogramDataPointView::read(record.raw).attributes(),
                Some(10) => ExponentialHistogramDataPointView::read(record.raw).attributes(),
                // Summaries keep them where numbers do.
                _ => NumberDataPointView::read(record.raw).attributes(),
            },
        }
    }
}

fn metric_name<'r>(record: &'r RawRecord<'_>) -> &'r [u8] {
    record.metric.as_ref().map_or(&[], |metric| MetricView::read(&metric.metric).name())
}

/// The attributes of the resource; the message is alike in all signals.
fn resource_of<'r>(record: &'r RawRecord<'_>) -> Attributes<'r> {
    ResourceSpansView::read(&record.resource).resource().attributes()
}

/// The service, whose absence is a service of its own.
fn service(record: &RawRecord<'_>, recent: &mut Recent) -> u64 {
    recent.of(record, |attributes| {
        let name = find(attributes, b"service.name").map_or(AnyValue::Empty, KeyValue::value);
        combine(2, hash(name.as_str().unwrap_or_default()))
    })
}

fn resource(record: &RawRecord<'_>, recent: &mut Recent) -> u64 {
    recent.of(record, |attributes| combine(3, hash_attributes(attributes)))
}

impl Recent {
    fn of(&mut self, record: &RawRecord<'_>, read: impl FnOnce(Attributes<'_>) -> u64) -> u64 {
        match &self.0 {
            Some((last, key)) if Arc::ptr_eq(last, &record.resource) => *key,
            _ => {
                let key = read(resource_of(record));
                self.0 = Some((record.resource.clone(), key));
                key
            }
        }
    }
}

fn find<'a>(attributes: Attributes<'a>, key: &[u8]) -> Option<KeyValue<'a>> {
    attributes.iter().find(|pair| pair.key == key)
}

/// The backend of a key, of backends given by the hash of their name: the one that scores highest
/// (rendezvous hashing, Thaler and Ravishankar 1998). Who scores highest among the others does not
/// depend on who is missing, so when one goes only its keys move, evenly to all others, and when it
/// comes back only they return.
pub(super) fn choose(key: u64, backends: impl Iterator<Item = (usize, u64)>) -> Option<usize> {
    let scored = backends.map(|(at, name)| (combine(key, name), at));
    scored.max_by_key(|(score, _)| *score).map(|(_, at)| at)
}
