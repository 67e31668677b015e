use std::sync::Arc;

use bytes::Bytes;

use super::*;
use crate::{AnyValue, wire};

/// A message of these fields.
fn message(fields: &[(u32, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, content) in fields {
        wire::put_len(&mut out, *number, content);
    }
    out
}

fn batch(signal: Signal, bytes: Vec<u8>) -> Batch {
    Batch::checked(signal, Bytes::from(bytes), Arc::default()).unwrap()
}

/// Spans with these names, in one scope of one resource.
fn spans(names: &[&[u8]]) -> Batch {
    let spans: Vec<Vec<u8>> = names.iter().map(|name| message(&[(5, name)])).collect();
    let spans: Vec<(u32, &[u8])> = spans.iter().map(|span| (2, span.as_slice())).collect();
    batch(Signal::Traces, message(&[(1, &message(&[(2, &message(&spans))]))]))
}

fn pair(key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    crate::KeyValue::write(key, AnyValue::Str(value), &mut out);
    out
}

/// What was visited: kind, and name or first key.
fn visits(batch: &Batch, kinds: RecordKinds) -> Vec<String> {
    let mut seen = Vec::new();
    rewrite(batch, kinds, &mut |record, around| {
        let key = record.attributes().iter().next().map_or(record.name(), |pair| pair.key);
        let text = String::from_utf8_lossy;
        seen.push(format!("{:?} {}", record.kind(), text(key)));
        if record.kind() != crate::RecordKind::Resource {
            assert_eq!(around.resource.attributes().get(b"r"), Some(AnyValue::Str(b"v")));
            assert_eq!(around.resource_schema_url(), b"url:r");
        }
        if around.metric.is_some() || around.scope.is_some() {
            assert_eq!(around.scope.map(Record::name), Some(&b"s"[..]));
            assert_eq!(around.scope_schema_url(), b"url:s");
        }
        Verdict::Keep
    });
    seen
}

/// A resource and a scope that stand behind what is theirs.
fn headers_last(children: u32, child: &[u8]) -> Vec<u8> {
    let scope = message(&[(children, child), (3, b"url:s"), (1, &message(&[(1, b"s")]))]);
    let resource = message(&[(1, &pair(b"r", b"v"))]);
    message(&[(1, &message(&[(2, &scope), (3, b"url:r"), (1, &resource)]))])
}

#[test]
fn resource_scope_metric_and_points_come_in_that_order_wherever_they_stand() {
    let point = message(&[(7, &pair(b"p", b""))]);
    let metric = message(&[(5, &message(&[(1, &point), (1, &point)])), (1, b"m")]);
    let batch = batch(Signal::Metrics, headers_last(2, &metric));
    assert_eq!(
        visits(&batch, RecordKinds::ALL),
        ["Resource r", "Scope s", "Metric m", "DataPoint p", "DataPoint p"]
    );
    assert_eq!(visits(&batch, RecordKinds::DATA_POINT), ["DataPoint p", "DataPoint p"]);
    assert_eq!(visits(&batch, RecordKinds::SCOPE), ["Scope s"]);
    assert_eq!(visits(&batch, RecordKinds::SPAN | RecordKinds::LOG_RECORD), [""; 0]);
}

#[test]
fn headers_behind_their_children_are_edited_in_place() {
    let batch = batch(Signal::Traces, headers_last(2, &message(&[(5, b"name")])));
    let rewritten = rewrite(&batch, RecordKinds::ALL, &mut |record, _| {
        record.set_name(b"longer than before");
        record.attributes_mut().set(b"r", AnyValue::Str(b"w"));
        Verdict::Keep
    });
    let scope_header = message(&[(1, b"longer than before"), (3, &pair(b"r", b"w"))]);
    let span = message(&[(5, b"longer than before"), (9, &pair(b"r", b"w"))]);
    let scope = message(&[(2, &span), (3, b"url:s"), (1, &scope_header)]);
    let resource = message(&[(1, &pair(b"r", b"w"))]);
    let expected = message(&[(1, &message(&[(2, &scope), (3, b"url:r"), (1, &resource)]))]);
    assert_eq!(rewritten.batch.bytes(), &expected);
}

#[test]
fn absent_headers_are_written_when_edited() {
    let rewritten = rewrite(&spans(&[b"x"]), RecordKinds::ALL, &mut |record, _| {
        record.attributes_mut().insert(b"k", AnyValue::Str(b"v"));
        Verdict::Keep
    });
    let span = message(&[(5, b"x"), (9, &pair(b"k", b"v"))]);
    let scope = message(&[(1, &message(&[(3, &pair(b"k", b"v"))])), (2, &span)]);
    let resource = message(&[(1, &pair(b"k", b"v"))]);
    assert_eq!(rewritten.batch.bytes(), &message(&[(1, &message(&[(1, &resource), (2, &scope)]))]));
}

#[test]
fn every_length_prefix_grows_and_shrinks_at_its_edges() {
    let edges = [0usize, 1, 126, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152];
    for edge in edges {
        // Overheads of the levels put the edge on each of the four prefixes in turn.
        for under in 0..16 {
            let name = vec![b'n'; edge.saturating_sub(under)];
            for (from, to) in [(&b"x"[..], name.as_slice()), (&name, b"x"), (&name, b"")] {
                if from.is_empty() || from == to {
                    continue;
                }
                let rewritten = rewrite(&spans(&[from]), RecordKinds::SPAN, &mut |record, _| {
                    record.set_name(to);
                    Verdict::Keep
                });
                let span = if to.is_empty() { Vec::new() } else { message(&[(5, to)]) };
                let expected = message(&[(1, &message(&[(2, &message(&[(2, &span)]))]))]);
                assert!(rewritten.batch.bytes() == &expected, "{} to {}", from.len(), to.len());
            }
        }
    }
}

#[test]
fn the_output_buffer_has_exactly_the_size_of_the_output() {
    let batch = spans(&[b"a", b"b", b"c"]);
    let arena = crate::record::Arena::default();
    let mut edit = |record: &mut Record<'_>, _: &Around<'_, '_>| {
        if record.name() == b"b" {
            return Verdict::Drop;
        }
        record.attributes_mut().set(b"key", AnyValue::Int(7));
        Verdict::Keep
    };
    let mut walk = Walk::new(&batch, RecordKinds::SPAN, (&arena, Vec::new()), &mut edit);
    walk.request(batch.bytes());
    let (bytes, _, _) = walk.finish(batch.bytes());
    let bytes = bytes.unwrap();
    assert_eq!(bytes.capacity(), bytes.len());
}

#[test]
fn what_loses_all_its_children_goes_and_what_had_none_stays() {
    let empty_scope = message(&[(1, &message(&[(1, b"empty")]))]);
    let scope = message(&[(2, &message(&[(5, b"x")])), (2, &message(&[(5, b"y")]))]);
    let bytes = message(&[
        (1, &message(&[(2, &scope)])),
        (1, &message(&[(2, &empty_scope), (2, &scope)])),
        (1, &[]),
    ]);
    let batch = batch(Signal::Traces, bytes);
    let counts = batch.counts();
    let rewritten = rewrite(&batch, RecordKinds::SPAN, &mut |_, _| Verdict::Drop);
    let expected = message(&[(1, &message(&[(2, &empty_scope)])), (1, &[])]);
    assert_eq!(rewritten.batch.bytes(), &expected);
    assert_eq!(rewritten.dropped_items, 4);
    assert_eq!(counts.items, 4);
    let after = rewritten.batch.known_counts();
    assert_eq!(after, Some(crate::count(Signal::Traces, &expected)));
}

#[test]
fn dropping_a_resource_or_scope_or_metric_counts_the_items_in_it() {
    let gauge = message(&[(1, &[]), (1, &[]), (1, &[])]);
    let scope = message(&[(2, &message(&[(5, &gauge)])), (2, &message(&[(5, &[])]))]);
    let bytes = message(&[(1, &message(&[(2, &scope), (2, &scope)]))]);
    for (kinds, dropped) in
        [(RecordKinds::RESOURCE, 6), (RecordKinds::SCOPE, 6), (RecordKinds::METRIC, 6)]
    {
        let batch = batch(Signal::Metrics, bytes.clone());
        assert_eq!(batch.items(), 6);
        let rewritten = rewrite(&batch, kinds, &mut |_, _| Verdict::Drop);
        assert_eq!(rewritten.dropped_items, dropped, "{kinds:?}");
        assert!(rewritten.batch.bytes().is_empty());
        assert_eq!(rewritten.batch.items(), 0);
    }
}

#[test]
fn data_points_a_metric_edit_brings_are_visited_and_counted() {
    let point = message(&[(7, &pair(b"a", b"1"))]);
    let gauge = message(&[(1, &point), (1, &point), (1, &point)]);
    let metric = message(&[(1, b"m"), (5, &gauge)]);
    let bytes = message(&[(1, &message(&[(2, &message(&[(2, &metric)]))]))]);
    let batch = batch(Signal::Metrics, bytes);
    assert_eq!(batch.items(), 3);
    let mut points = 0;
    let rewritten =
        rewrite(&batch, RecordKinds::METRIC | RecordKinds::DATA_POINT, &mut |record, around| {
            match around.metric {
                None => {
                    let mut at = 0;
                    record.edit_child(5, |gauge| {
                        gauge.edit_children(1, |_| {
                            at += 1;
                            if at == 1 { Verdict::Drop } else { Verdict::Keep }
                        });
                    });
                    Verdict::Keep
                }
                Some(_) => {
                    points += 1;
                    record.attributes_mut().set(b"a", AnyValue::Str(b"22"));
                    if points == 1 { Verdict::Drop } else { Verdict::Keep }
                }
            }
        });
    let point = message(&[(7, &pair(b"a", b"22"))]);
    let metric = message(&[(1, b"m"), (5, &message(&[(1, &point)]))]);
    let expected = message(&[(1, &message(&[(2, &message(&[(2, &metric)]))]))]);
    assert_eq!(rewritten.batch.bytes(), &expected);
    assert_eq!((points, rewritten.dropped_items, rewritten.batch.items()), (2, 2, 1));
}

#[test]
fn what_cannot_be_read_is_left_as_it_is() {
    let mut scope = message(&[(2, &message(&[(5, b"x")]))]);
    scope.extend_from_slice(&[0x12, 0x7f, 1, 2, 3]);
    let bytes = message(&[(1, &message(&[(2, &scope)]))]);
    let batch = Batch::written(Signal::Traces, Bytes::from(bytes), Arc::default());
    let rewritten = rewrite(&batch, RecordKinds::SPAN, &mut |_, _| Verdict::Drop);
    let expected = message(&[(1, &message(&[(2, &[0x12, 0x7f, 1, 2, 3])]))]);
    assert_eq!(rewritten.batch.bytes(), &expected);
}

#[test]
fn profiles_pass_untouched() {
    let batch = batch(Signal::Profiles, Vec::new());
    let rewritten = rewrite(&batch, RecordKinds::ALL, &mut |_, _| Verdict::Drop);
    assert_eq!(rewritten.batch.bytes().as_ptr(), batch.bytes().as_ptr());
}

#[test]
fn a_hundred_thousand_attributes_are_edited_one_pass_each() {
    const MANY: u32 = 100_000;
    let mut span = Vec::new();
    for at in 0..MANY {
        wire::put_len(&mut span, 9, &pair(&at.to_be_bytes(), b"v"));
    }
    let batch = batch(Signal::Traces, message(&[(1, &message(&[(2, &message(&[(2, &span)]))]))]));
    let mut looked_at = 0;
    let rewritten = rewrite(&batch, RecordKinds::SPAN, &mut |record, _| {
        record.attributes_mut().retain(|key, _| {
            looked_at += 1;
            key.last().is_some_and(|last| last % 2 == 0)
        });
        assert!(record.attributes_mut().remove(&2u32.to_be_bytes()));
        record.attributes_mut().set(&4u32.to_be_bytes(), AnyValue::Int(1));
        record.attributes_mut().rename(&6u32.to_be_bytes(), b"six");
        assert_eq!(record.attributes().len(), MANY as usize / 2 - 1);
        Verdict::Keep
    });
    assert_eq!(looked_at, MANY);
    rewrite(&rewritten.batch, RecordKinds::SPAN, &mut |record, _| {
        assert_eq!(record.attributes().len(), MANY as usize / 2 - 1);
        assert_eq!(record.attributes().get(b"six"), Some(AnyValue::Str(b"v")));
        Verdict::Keep
    });
}
