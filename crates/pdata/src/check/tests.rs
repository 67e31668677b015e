use super::*;
use crate::wire::{self, put_fixed64, put_len, put_tag, put_varint};

/// Wraps `content` in length-delimited fields; the last number is the outermost.
fn wrap(content: &[u8], numbers: &[u32]) -> Vec<u8> {
    numbers.iter().fold(content.to_vec(), |content, number| {
        let mut out = Vec::new();
        put_len(&mut out, *number, &content);
        out
    })
}

fn spans(span: &[u8]) -> Vec<u8> {
    wrap(span, &[2, 2, 1])
}

fn refused(signal: Signal, bytes: Vec<u8>) -> Malformed {
    check(signal, bytes.into()).unwrap_err()
}

/// What [`check`] makes of legal bytes.
fn usual(signal: Signal, bytes: &[u8]) -> Vec<u8> {
    check(signal, bytes.to_vec().into()).unwrap().bytes.to_vec()
}

#[test]
fn each_fault_is_named_with_its_place() {
    let rows: &[(&str, &[u8], usize)] = &[
        ("an unknown field that is cut short or has no number", &[0x00, 0x01], 0),
        ("a value that is cut short", &[0x2a, 0x05, 0x01], 0),
        ("a value that is cut short", &[0x30, 0x01, 0x30, 0xff], 2),
        ("a value that is cut short", &[0x39, 1, 2, 3, 4, 5, 6, 7], 0),
        (
            "a value that is cut short",
            &[0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            0,
        ),
        ("a tag that is cut short or too long", &[0x30, 0x01, 0xff], 2),
        ("a tag that is cut short or too long", &[0xaa, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0], 0),
        ("a known field with the wrong wire type", &[0x28, 0x01], 0),
        ("a known field with the wrong wire type", &[0x32, 0x01, 0x01], 0),
        ("a known field with the wrong wire type", &[0x4b, 0x4c], 0),
        ("an id of the wrong length", &[0x0a, 3, 1, 2, 3], 0),
        ("an id of the wrong length", &[0x2a, 0, 0x12, 1, 9], 2),
        ("an unknown field that is cut short or has no number", &[0xc3, 0x3e, 0x08, 0x01], 0),
    ];
    for (reason, span, at) in rows {
        let malformed = refused(Signal::Traces, spans(span));
        let path = "ResourceSpans.ScopeSpans.Span".to_owned();
        // Three levels of one tag and one length byte each stand before the span.
        let expected = Malformed { signal: Signal::Traces, offset: 6 + at, path, reason };
        assert_eq!(malformed, expected, "{span:?}");
    }
}

#[test]
fn a_fault_in_the_request_itself_names_the_request() {
    let malformed = refused(Signal::Logs, vec![0x0a, 0x7f]);
    assert_eq!(
        malformed.to_string(),
        "malformed OTLP logs at byte 0: a value that is cut short in `ExportLogsServiceRequest`"
    );
}

#[test]
fn attributes_of_common_shape_are_checked_as_strictly_as_any() {
    let pair = |value: &[u8]| [b"\x0a\x01k", wrap(value, &[2]).as_slice()].concat();
    let eleven = [&[0x18][..], &[0xff; 10], &[0x01]].concat();
    let ten = [&[0x18][..], &[0xff; 9], &[0x01]].concat();
    let rows: &[(&[u8], bool)] = &[
        (b"\x0a\x02hi", true),
        (b"\x0a\x03hi", false),
        (b"\x0a\x01hi", false),
        (&[0x10, 1], true),
        (&[0x10, 0x80], false),
        (&[0x10, 0x81, 0], true),
        (&[0x18, 5], true),
        (&[0x18, 0x85, 1], true),
        (&[0x18, 5, 1], false),
        (&[0x18], false),
        (&ten, true),
        (&eleven, false),
        (&[0x21, 1, 2, 3, 4, 5, 6, 7, 8], true),
        (&[0x21, 1, 2, 3, 4, 5, 6, 7], false),
        (&[], true),
        (&[0x3a, 1, 255], true),
    ];
    for (value, is_legal) in rows {
        let checked = check(Signal::Traces, spans(&wrap(&pair(value), &[9])).into());
        assert_eq!(checked.is_ok(), *is_legal, "{value:?}");
    }
}

#[test]
fn repeated_numbers_may_be_packed_or_not_and_packed_ones_fill_their_length() {
    let histogram = |point: &[u8]| wrap(point, &[1, 9, 2, 2, 1]);
    let rows: &[(&[u8], bool)] = &[
        (&[0x32, 0], true),
        (&[0x32, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x31, 1, 2, 3, 4, 5, 6, 7, 8], true),
        (&[0x32, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9], false),
        (&[0x32, 8, 1, 2, 3], false),
        (&[0x30, 1], false),
    ];
    for (point, is_legal) in rows {
        let checked = check(Signal::Metrics, histogram(point).into());
        assert_eq!(checked.is_ok(), *is_legal, "{point:?}");
    }
    let buckets = |buckets: &[u8]| wrap(buckets, &[8, 1, 10, 2, 2, 1]);
    for (packed, is_legal) in [(&[0x12, 2, 0x80, 1][..], true), (&[0x12, 1, 0x80], false)] {
        assert_eq!(check(Signal::Metrics, buckets(packed).into()).is_ok(), is_legal);
    }
}

#[test]
fn messages_nest_a_hundred_deep_and_no_deeper() {
    // Three levels lead to a log record, its body is the fourth; each list adds two.
    let body = |lists: usize, value: &[u8]| {
        let numbers: Vec<u32> = (0..lists).flat_map(|_| [1, 5]).collect();
        wrap(&wrap(value, &numbers), &[5, 2, 2, 1])
    };
    assert!(check(Signal::Logs, body(48, b"\x0a\x01x").into()).is_ok());
    let malformed = refused(Signal::Logs, body(48, &[0x2a, 0]));
    assert_eq!(malformed.reason, "messages nested more than 100 deep");
    // An attribute of common shape is two messages, too: here the 100th or the 101st is its value.
    let pair = |lists: usize, maps| {
        let numbers: Vec<u32> = (0..lists).flat_map(|_| [1, 5]).collect();
        wrap(&wrap(&map_in_map(maps), &numbers), &[5, 2, 2, 1])
    };
    assert!(check(Signal::Logs, pair(0, 32).into()).is_ok());
    assert_eq!(refused(Signal::Logs, pair(2, 31)).reason, "messages nested more than 100 deep");
    let long = body(5_000, &[]);
    assert_eq!(refused(Signal::Logs, long).reason, "messages nested more than 100 deep");
}

/// An `AnyValue` with a map in a map …, three messages each; in the innermost stands a string.
fn map_in_map(maps: usize) -> Vec<u8> {
    let outer: Vec<u32> = (1..maps).flat_map(|_| [2, 1, 6]).collect();
    wrap(&wrap(b"\x0a\x01k\x12\x03\x0a\x01v", &[1, 6]), &outer)
}

#[test]
fn a_usual_request_keeps_its_memory_and_is_counted() {
    let mut bytes = spans(b"\x2a\x01a");
    bytes.extend(spans(&[]));
    let input = Bytes::from(bytes);
    let checked = check(Signal::Traces, input.clone()).unwrap();
    assert_eq!(checked.bytes.as_ptr(), input.as_ptr());
    let counts = Counts { resources: 2, scopes: 2, records: 2, items: 2 };
    assert_eq!((checked.counts, count(Signal::Traces, &input)), (counts, counts));
}

#[test]
fn a_singular_message_in_parts_is_merged_where_the_first_part_stood() {
    // status { message "a" }, name "n", status { code 2 }
    let parts = b"\x7a\x03\x12\x01a\x2a\x01n\x7a\x02\x18\x02";
    let whole = b"\x7a\x05\x12\x01a\x18\x02\x2a\x01n";
    assert_eq!(usual(Signal::Traces, &spans(parts)), spans(whole));
}

#[test]
fn parts_inside_merged_parts_are_merged_as_well() {
    // Two values for one key, each a list: one list of both.
    let list = |number| wrap(&[0x18, number], &[1, 5, 2]);
    let parts = [b"\x0a\x01k".to_vec(), list(1), list(2)].concat();
    let both = [wrap(&[0x18, 1], &[1]), wrap(&[0x18, 2], &[1])].concat();
    let whole = [b"\x0a\x01k".to_vec(), wrap(&both, &[5, 2])].concat();
    assert_eq!(usual(Signal::Traces, &spans(&wrap(&parts, &[9]))), spans(&wrap(&whole, &[9])));
}

#[test]
fn only_the_last_kind_of_data_of_a_metric_stays() {
    let gauge = wrap(&[], &[1, 5]);
    let sum = |time: u8| wrap(&[0x19, time, 0, 0, 0, 0, 0, 0, 0], &[1, 7]);
    let points = |fields: &[Vec<u8>]| wrap(&fields.concat(), &[2, 2, 1]);
    let odd = points(&[sum(1), gauge, sum(2), b"\x0a\x01m".to_vec(), sum(3)]);
    let both = [sum(2)[2..].to_vec(), sum(3)[2..].to_vec()].concat();
    let expected = points(&[wrap(&both, &[7]), b"\x0a\x01m".to_vec()]);
    let checked = check(Signal::Metrics, odd.into()).unwrap();
    assert_eq!(checked.bytes[..], expected);
    assert_eq!(checked.counts, Counts { resources: 1, scopes: 1, records: 1, items: 2 });
}

#[test]
fn of_plain_values_the_last_counts_without_a_rewrite() {
    let value = wrap(b"\x0a\x01s\x18\x05", &[2, 9]);
    assert_eq!(usual(Signal::Traces, &spans(&value)), spans(&value));
    let mixed = wrap(b"\x2a\x00\x18\x05", &[2, 9]);
    assert_eq!(usual(Signal::Traces, &spans(&mixed)), spans(&wrap(b"\x18\x05", &[2, 9])));
}

#[test]
fn scopes_of_old_otlp_become_scopes_when_there_are_no_others() {
    for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
        let record = wrap(&[], &[2]);
        let old = wrap(&record, &[1000, 1]);
        let new = wrap(&record, &[2, 1]);
        let checked = check(signal, old.clone().into()).unwrap();
        assert_eq!((&checked.bytes[..], checked.counts.records), (&new[..], 1), "{signal}");
        let both = wrap(&[wrap(&record, &[1000]), wrap(&record, &[2])].concat(), &[1]);
        let checked = check(signal, both.clone().into()).unwrap();
        assert_eq!((&checked.bytes[..], checked.counts.records), (&both[..], 1), "{signal}");
        let malformed = refused(signal, wrap(&[0x12, 9], &[1000, 1]));
        assert_eq!(malformed.offset, 5, "{malformed}");
    }
    let profiles = wrap(&[0x12, 9], &[1000, 1]);
    assert_eq!(usual(Signal::Profiles, &profiles), profiles);
}

#[test]
fn what_nobody_knows_passes_unchanged() {
    let mut span = Vec::new();
    put_len(&mut span, 77, b"\xff\xff");
    put_fixed64(&mut span, 536_870_911, 1);
    put_tag(&mut span, 1000, 3);
    put_tag(&mut span, 5, wire::VARINT);
    put_varint(&mut span, 300);
    put_tag(&mut span, 1000, 4);
    put_len(&mut span, 5, b"\xfftext that is not UTF-8");
    assert_eq!(usual(Signal::Traces, &spans(&span)), spans(&span));
}

#[test]
fn every_kind_of_data_point_and_every_sample_is_an_item() {
    for data in [5, 7, 9, 10, 11] {
        let points = [wrap(&[], &[1]), wrap(&[], &[1])].concat();
        let bytes = wrap(&points, &[data, 2, 2, 1]);
        let counts = Counts { resources: 1, scopes: 1, records: 1, items: 2 };
        assert_eq!(check(Signal::Metrics, bytes.clone().into()).unwrap().counts, counts);
        assert_eq!(count(Signal::Metrics, &bytes), counts);
    }
    let bytes = wrap(&[wrap(&[], &[2]), wrap(&[], &[1]), wrap(&[], &[2])].concat(), &[2, 2, 1]);
    let counts = Counts { resources: 1, scopes: 1, records: 1, items: 2 };
    assert_eq!(check(Signal::Profiles, bytes.into()).unwrap().counts, counts);
}

#[test]
fn a_message_in_a_million_parts_is_merged_in_one_go() {
    let parts = b"\x7a\x00".repeat(1_000_000);
    let whole = usual(Signal::Traces, &spans(&parts));
    assert_eq!(whole, spans(b"\x7a\x00"));
    let members = b"\x2a\x00\x32\x00".repeat(500_000);
    let whole = usual(Signal::Traces, &spans(&wrap(&members, &[2, 9])));
    assert_eq!(whole, spans(&wrap(b"\x32\x00", &[2, 9])));
}
