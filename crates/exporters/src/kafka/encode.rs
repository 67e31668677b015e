//! A batch as messages.

use std::{borrow::Cow, collections::HashMap};

use bytes::Bytes;
use pdata::{
    AnyValue, Batch, BatchBuilder, Limit, RawRecord, for_each_record, json, split,
    views::{LogRecordView, ResourceSpansView, SpanView},
};
use sdk::Signal;

use super::config::{Config, Encoding};
use crate::shared::hash_attributes;

/// What a message takes besides its payload: key, headers, and what Kafka puts around.
const AROUND_BYTES: usize = 512;

/// One message, and the records that are in it.
pub(super) struct Ready {
    pub(super) topic: String,
    pub(super) key: Option<Vec<u8>>,
    pub(super) payload: Bytes,
    pub(super) records: Batch,
}

/// What decides which records share messages.
type Key = (Option<String>, Option<Vec<u8>>);

/// The messages of a batch; every record is in exactly one.
pub(super) fn messages(config: &Config, batch: &Batch) -> Vec<Ready> {
    let settings = config.own.of(batch.signal());
    let metadata = |name: &str| batch.context().metadata.get(name).first();
    let from_metadata =
        metadata(&settings.topic_from_metadata_key).filter(|topic| !topic.is_empty());
    let key = metadata(&settings.message_key_from_metadata_key).map(|key| key.clone().into_bytes());
    let mut ready = Vec::new();
    for ((topic, own_key), part) in parts(config, batch, from_metadata.is_some()) {
        let topic = from_metadata.cloned().or(topic).unwrap_or_else(|| settings.topic.clone());
        let key = own_key.or_else(|| key.clone());
        let mut push = |payload, records| {
            ready.push(Ready { topic: topic.clone(), key: key.clone(), payload, records });
        };
        match settings.encoding {
            Encoding::Raw => raw(&part, &mut push),
            encoding => sized(&part, encoding, config.own.producer.max_message_bytes, &mut push),
        }
    }
    ready
}

/// A batch by topic and key, in order of first appearance. One group alone is the batch itself.
fn parts(config: &Config, batch: &Batch, topic_is_known: bool) -> Vec<(Key, Batch)> {
    let (own, signal) = (&config.own, batch.signal());
    let attribute = Some(own.topic_from_attribute.as_bytes());
    let attribute = attribute.filter(|name| !name.is_empty() && !topic_is_known);
    let by_resource = match signal {
        Signal::Metrics => own.partition_metrics_by_resource_attributes,
        Signal::Logs => own.partition_logs_by_resource_attributes,
        Signal::Traces | Signal::Profiles => false,
    };
    let by_trace = match signal {
        Signal::Traces => own.partition_traces_by_id,
        Signal::Logs => own.partition_logs_by_trace_id,
        Signal::Metrics | Signal::Profiles => false,
    };
    // The records of profiles share a dictionary, so they stay together.
    if signal == Signal::Profiles || (attribute.is_none() && !by_resource && !by_trace) {
        return vec![((None, None), batch.clone())];
    }
    let mut groups: Vec<(Key, BatchBuilder<'_>)> = Vec::new();
    let mut places: HashMap<Key, usize> = HashMap::new();
    for_each_record(signal, batch.bytes(), &mut |record: RawRecord<'_>| {
        let resource = ResourceSpansView::read(&record.resource).resource().attributes();
        let topic = attribute.and_then(|name| {
            let pair = resource.iter().find(|pair| pair.key == name)?;
            let text = pair.value().as_str().filter(|text| !text.is_empty())?;
            Some(String::from_utf8_lossy(text).into_owned())
        });
        let key = if by_trace {
            trace_key(signal, record.raw)
        } else {
            by_resource.then(|| format!("{:016x}", hash_attributes(resource)).into_bytes())
        };
        let at = *places.entry((topic, key)).or_insert_with_key(|key| {
            groups.push((key.clone(), BatchBuilder::new(signal)));
            groups.len() - 1
        });
        if let Some((_, builder)) = groups.get_mut(at) {
            builder.push(&record);
        }
    });
    if let [(key, _)] = groups.as_slice() {
        return vec![(key.clone(), batch.clone())];
    }
    let built =
        groups.into_iter().map(|(key, builder)| (key, builder.build(batch.context().clone())));
    built.collect()
}

/// The trace id in hexadecimal, as the Go collector has it; none for a record without a trace.
fn trace_key(signal: Signal, record: &[u8]) -> Option<Vec<u8>> {
    let id = match signal {
        Signal::Traces => SpanView::read(record).trace_id(),
        _ => LogRecordView::read(record).trace_id(),
    };
    let is_one = id.iter().any(|byte| *byte != 0);
    is_one.then(|| id.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect())
}

/// OTLP requests that fit into messages. An item that does not fit alone is sent alone, and refused.
fn sized(part: &Batch, encoding: Encoding, most: usize, push: &mut impl FnMut(Bytes, Batch)) {
    let most = most.saturating_sub(AROUND_BYTES).max(1);
    if encoding == Encoding::OtlpProto {
        for part in split(part, Limit::Bytes(most)) {
            push(part.bytes().clone(), part);
        }
        return;
    }
    // How long JSON gets is known when it is written: halved until it fits.
    let mut left = vec![part.clone()];
    while let Some(part) = left.pop() {
        let mut text = Vec::new();
        json::encode(part.signal(), part.bytes(), &mut text);
        let items = part.items();
        let halves = match text.len() > most && items > 1 {
            true => split(&part, Limit::Items(items.div_ceil(2))),
            false => Vec::new(),
        };
        if halves.len() > 1 {
            left.extend(halves.into_iter().rev());
        } else {
            push(Bytes::from(text), part);
        }
    }
}

/// The body of each log record.
fn raw(part: &Batch, push: &mut impl FnMut(Bytes, Batch)) {
    for_each_record(part.signal(), part.bytes(), &mut |record: RawRecord<'_>| {
        let body = match LogRecordView::read(record.raw).body() {
            AnyValue::Str(text) => Cow::Borrowed(text),
            AnyValue::Bytes(bytes) => Cow::Borrowed(bytes),
            other => Cow::Owned(json::value_to_string(other).into_owned()),
        };
        let payload = Bytes::copy_from_slice(&body);
        let mut builder = BatchBuilder::new(part.signal());
        builder.push(&record);
        push(payload, builder.build(part.context().clone()));
    });
}
