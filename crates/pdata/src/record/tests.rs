use super::*;
use crate::{
    schema::{self, Kind},
    wire::put_len,
};

/// A record opened on bytes written by `write`, given to `check`.
fn with_record(form: Form, write: impl FnOnce(&mut Vec<u8>), check: impl FnOnce(&mut Record<'_>)) {
    let arena = Arena::default();
    let mut raw = Vec::new();
    write(&mut raw);
    let mut record = Record::new(&arena);
    record.open(form, &raw);
    check(&mut record);
}

/// What the record is written as.
fn written(record: &Record<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    put_spliced(&mut out, record.raw(), record.splices());
    assert_eq!(out.len(), spliced_len(record.raw().len(), record.splices()));
    let field = record.to_field(7);
    assert_eq!(scan::field_content(field), out);
    out
}

fn put_pair(out: &mut Vec<u8>, number: u32, key: &[u8], value: AnyValue<'_>) {
    wire::put_message(out, number, |out| crate::KeyValue::write(key, value, out));
}

fn keys<'a>(record: &Record<'a>) -> Vec<&'a [u8]> {
    record.attributes().iter().map(|pair| pair.key).collect()
}

#[test]
fn field_numbers_by_name_are_those_of_the_schema() {
    let forms = [Form::RESOURCE, Form::SCOPE, Form::SPAN, Form::METRIC, Form::LOG_RECORD];
    let points = [
        &schema::NUMBER_DATA_POINT,
        &schema::HISTOGRAM_DATA_POINT,
        &schema::EXPONENTIAL_HISTOGRAM_DATA_POINT,
        &schema::SUMMARY_DATA_POINT,
    ];
    let points = points.map(|point| Form::of(RecordKind::DataPoint, point));
    for form in forms.iter().chain(&points) {
        for (name, _, number) in named::NUMBERS.iter().filter(|row| row.1 == form.kind) {
            let field = form.schema.field_named(name).map(|field| field.number);
            assert_eq!(field, Some(*number), "{}.{name}", form.schema.name);
        }
        assert_eq!(form.attributes, Form::of(form.kind, form.schema).attributes);
    }
    assert_eq!(Form::of(RecordKind::Part, &schema::EXEMPLAR).attributes, 7);
    assert_eq!(Form::of(RecordKind::Part, &schema::STATUS).attributes, 0);
}

#[test]
fn every_message_inside_a_record_can_be_opened() {
    for schema in [&schema::SPAN, &schema::LOG_RECORD, &schema::METRIC, &schema::NUMBER_DATA_POINT]
    {
        let form = Form::of(RecordKind::Part, schema);
        for field in schema.fields {
            let Kind::Message(inner) = field.kind else { continue };
            let mut opened = 0;
            with_record(
                form,
                |raw| put_len(raw, field.number, &[]),
                |record| {
                    record.edit_children(field.number, |part| {
                        assert!(std::ptr::eq(part.schema(), inner));
                        opened += 1;
                        Verdict::Keep
                    });
                },
            );
            assert_eq!(opened, usize::from(field.number != form.attributes), "{}", field.name);
        }
    }
}

#[test]
fn of_duplicate_keys_the_first_is_set_and_all_are_removed() {
    let write = |raw: &mut Vec<u8>| {
        for (key, value) in [(b"a", 1), (b"b", 2), (b"a", 3)] {
            put_pair(raw, 9, key, AnyValue::Int(value));
        }
    };
    with_record(Form::SPAN, write, |record| {
        assert_eq!(record.attributes().get(b"a"), Some(AnyValue::Int(1)));
        record.attributes_mut().set(b"a", AnyValue::Str(b"x"));
        assert_eq!(record.attributes().get(b"a"), Some(AnyValue::Str(b"x")));
        assert_eq!(keys(record), [b"a", b"b", b"a"]);
        assert!(record.attributes_mut().remove(b"a"));
        assert!(!record.attributes_mut().remove(b"a"));
        assert_eq!(keys(record), [b"b"]);
        let mut expected = Vec::new();
        put_pair(&mut expected, 9, b"b", AnyValue::Int(2));
        assert_eq!(written(record), expected);
    });
}

#[test]
fn a_rename_keeps_the_place_and_leaves_one_of_that_name() {
    let write = |raw: &mut Vec<u8>| {
        for (key, value) in [(b"a", 1), (b"b", 2), (b"c", 3), (b"a", 4)] {
            put_pair(raw, 9, key, AnyValue::Int(value));
        }
    };
    with_record(Form::SPAN, write, |record| {
        assert!(record.attributes_mut().rename(b"a", b"c"));
        assert_eq!(keys(record), [b"c", b"b"]);
        assert_eq!(record.attributes().get(b"c"), Some(AnyValue::Int(1)));
        assert!(!record.attributes_mut().rename(b"a", b"z"));
        assert!(record.attributes_mut().rename(b"b", b"b"));
    });
}

#[test]
fn setting_what_is_there_already_changes_nothing() {
    let write = |raw: &mut Vec<u8>| {
        put_len(raw, 5, b"name");
        wire::put_fixed64(raw, 7, 12);
        put_pair(raw, 9, b"a", AnyValue::Bool(true));
    };
    with_record(Form::SPAN, write, |record| {
        record.set_name(b"name");
        record.set_start_time_unix_nano(12);
        record.set_end_time_unix_nano(0);
        record.set_trace_state(b"");
        record.attributes_mut().set(b"a", AnyValue::Bool(true));
        record.attributes_mut().insert(b"a", AnyValue::Empty);
        record.attributes_mut().remove(b"b");
        record.attributes_mut().retain(|_, _| true);
        record.clear(11);
        assert!(!record.is_changed());
        assert_eq!(written(record), record.raw());
    });
}

#[test]
fn what_was_added_and_removed_again_leaves_no_trace() {
    with_record(
        Form::SPAN,
        |raw| put_len(raw, 5, b"name"),
        |record| {
            record.attributes_mut().set(b"a", AnyValue::Int(1));
            record.attributes_mut().remove(b"a");
            record.set_trace_state(b"x");
            record.set_trace_state(b"");
            assert_eq!(record.splices().count(), 0);
            assert_eq!(written(record), record.raw());
        },
    );
}

#[test]
fn fields_a_kind_lacks_read_as_absent_and_are_not_written() {
    with_record(
        Form::RESOURCE,
        |_| {},
        |record| {
            record.set_name(b"x");
            record.set_severity_number(9);
            record.set_body(AnyValue::Int(1));
            record.set_status_code(2);
            record.set_span_kind(3);
            record.set_bytes(99, b"x");
            record.set_number(0, 1);
            record.set_number(1, 1);
            record.set_bytes(1, b"x");
            assert_eq!((record.name(), record.severity_number()), (&b""[..], 0));
            assert_eq!((record.body(), record.status_code()), (AnyValue::Empty, 0));
            assert!(!record.is_changed());
        },
    );
}

#[test]
fn a_member_of_a_oneof_takes_the_place_of_the_others() {
    let form = Form::of(RecordKind::DataPoint, &schema::NUMBER_DATA_POINT);
    let write = |raw: &mut Vec<u8>| wire::put_fixed64(raw, 4, 1.5f64.to_bits());
    with_record(form, write, |record| {
        record.set_number(6, 0);
        let mut expected = Vec::new();
        wire::put_fixed64(&mut expected, 6, 0);
        assert_eq!(written(record), expected);
        assert!(record.has(6) && !record.has(4));
    });
}

#[test]
fn a_status_is_written_where_there_was_none() {
    with_record(
        Form::SPAN,
        |_| {},
        |record| {
            record.set_status_code(2);
            record.set_status_message(b"no");
            assert_eq!((record.status_code(), record.status_message()), (2, &b"no"[..]));
            assert_eq!(written(record), [0x7a, 6, 0x18, 2, 0x12, 2, b'n', b'o']);
        },
    );
}

#[test]
fn lists_and_maps_are_built_in_the_batch() {
    with_record(
        Form::LOG_RECORD,
        |_| {},
        |record| {
            let list = record.alloc_array([AnyValue::Int(1), AnyValue::Str(b"x")]);
            let map = record.alloc_kvlist([(&b"k"[..], list), (b"e", AnyValue::Empty)]);
            record.set_body(map);
            let AnyValue::KvList(pairs) = record.body() else { panic!("{:?}", record.body()) };
            assert_eq!(pairs.get(b"k"), Some(list));
            assert_eq!(pairs.get(b"e"), Some(AnyValue::Empty));
            // A list whose values are built while it is being built.
            let nested =
                record.alloc_array((0..3).map(|at| record.alloc_array([AnyValue::Int(at)])));
            let AnyValue::Array(lists) = nested else { panic!("{nested:?}") };
            assert_eq!(lists.iter().count(), 3);
        },
    );
}

#[test]
fn the_encoded_length_is_what_is_written() {
    let long = vec![b'x'; 20_000];
    for value in [
        AnyValue::Empty,
        AnyValue::Str(b""),
        AnyValue::Str(&long),
        AnyValue::Bytes(&long[..127]),
        AnyValue::Bytes(&long[..128]),
        AnyValue::Bool(false),
        AnyValue::Int(-1),
        AnyValue::Int(300),
        AnyValue::Double(0.5),
        AnyValue::Array(crate::Array(&[0x0a, 0])),
        AnyValue::KvList(crate::KvList(&[])),
    ] {
        let mut out = Vec::new();
        value.write(&mut out);
        assert_eq!(out.len(), value.encoded_len(), "{value:?}");
    }
}

#[test]
fn pairs_of_any_shape_are_read_as_the_slow_way_reads_them() {
    let long = vec![b'k'; 300];
    let mut rows: Vec<Vec<u8>> = vec![vec![], vec![0x0a], vec![0x0a, 5, 1], vec![0x12, 0]];
    for (key, value) in [(&b"k"[..], &b"v"[..]), (&long, b""), (b"", &long), (b"k", &long)] {
        for order in [[1, 2, 3], [2, 1, 3], [3, 1, 2], [1, 3, 2], [1, 2, 2], [1, 1, 2]] {
            let mut pair = Vec::new();
            for number in order {
                put_len(&mut pair, number, if number == 2 { value } else { key });
            }
            rows.push(pair);
        }
        let mut pair = Vec::new();
        put_len(&mut pair, 1, key);
        rows.push(pair.clone());
        put_len(&mut pair, 2, value);
        rows.push(pair);
    }
    for pair in rows {
        assert_eq!(scan::split_pair(&pair), crate::KeyValue::read(&pair), "{pair:?}");
    }
}

#[test]
fn an_attribute_encoded_a_moment_ago_is_not_taken_for_another() {
    let arena = Arena::default();
    let mut record = Record::new(&arena);
    let values = [
        AnyValue::Str(b"1"),
        AnyValue::Bytes(b"1"),
        AnyValue::Int(1),
        AnyValue::Bool(true),
        AnyValue::Bool(false),
        AnyValue::Double(0.0),
        AnyValue::Double(-0.0),
        AnyValue::Array(crate::Array(&[0x0a, 0])),
        AnyValue::Empty,
    ];
    for form in [Form::SPAN, Form::LOG_RECORD, Form::of(RecordKind::Part, &schema::EXEMPLAR)] {
        // Twice each, so that the second is found.
        for value in values.iter().flat_map(|value| [value, value]) {
            for key in [&b"kay"[..], b"key", b""] {
                record.open(form, &[]);
                record.attributes_mut().set(key, *value);
                let mut expected = Vec::new();
                put_pair(&mut expected, form.attributes, key, *value);
                assert_eq!(written(&record), expected);
            }
        }
    }
}

#[test]
fn every_edit_and_every_opening_makes_another_state() {
    let arena = Arena::default();
    let (mut one, mut other) = (Record::new(&arena), Record::new(&arena));
    let mut raw = Vec::new();
    put_pair(&mut raw, 9, b"a", AnyValue::Int(1));
    let mut states = Vec::new();
    for _ in 0..2 {
        for record in [&mut one, &mut other] {
            record.open(Form::SPAN, &raw);
            states.push(record.state());
            record.attributes_mut().set(b"a", AnyValue::Int(2));
            states.push(record.state());
            record.set_name(b"b");
            states.push(record.state());
            record.attributes_mut().remove(b"a");
            states.push(record.state());
            let last = record.state();
            record.set_name(b"b");
            let _ = record.attributes().get(b"a");
            assert_eq!(record.state(), last, "nothing was edited");
        }
    }
    for (at, state) in states.iter().enumerate() {
        assert!(!states[..at].contains(state), "state {at}");
    }
}

#[test]
fn keys_of_one_length_and_one_last_byte_are_told_apart() {
    let keys: [&[u8]; 5] = [b"a.x", b"b.x", b"", b"\0", b"b.y"];
    let write = |raw: &mut Vec<u8>| {
        for (key, value) in keys.iter().zip(0..) {
            put_pair(raw, 9, key, AnyValue::Int(value));
        }
    };
    with_record(Form::SPAN, write, |record| {
        for (key, value) in keys.iter().zip(0..) {
            assert_eq!(record.attributes().get(key), Some(AnyValue::Int(value)));
        }
        assert!(!record.attributes().contains(b"c.x"));
    });
}

#[test]
fn each_attribute_is_edited_where_it_stands_also_those_with_one_key() {
    let write = |raw: &mut Vec<u8>| {
        for (key, value) in [(b"a", 1), (b"b", 2), (b"a", 3), (b"c", 4)] {
            put_pair(raw, 9, key, AnyValue::Int(value));
        }
    };
    with_record(Form::SPAN, write, |record| {
        record.attributes_mut().edit_each(|key, value, out| match value {
            AnyValue::Int(2) => Edited::Removed,
            AnyValue::Int(number) if key == b"a" => {
                AnyValue::Int(number * 10).write(out);
                Edited::Written
            }
            _ => Edited::Same,
        });
        let now: Vec<_> = record.attributes().iter().map(|pair| (pair.key, pair.value())).collect();
        let expected: [(&[u8], _); 3] =
            [(b"a", AnyValue::Int(10)), (b"a", AnyValue::Int(30)), (b"c", AnyValue::Int(4))];
        assert_eq!(now, expected);
        assert!(record.is_changed());
    });
    with_record(Form::SPAN, write, |record| {
        record.attributes_mut().edit_each(|_, _, _| Edited::Same);
        assert!(!record.is_changed());
    });
}

#[test]
fn attributes_added_together_are_those_added_one_by_one() {
    let pairs = |cost: f64| {
        [
            (&b"cost"[..], AnyValue::Double(cost)),
            (b"currency", AnyValue::Str(b"USD")),
            (b"exact", AnyValue::Bool(true)),
        ]
    };
    let arena = Arena::default();
    for (form, kind) in [(Form::SPAN, RecordKind::Span), (Form::LOG_RECORD, RecordKind::LogRecord)]
    {
        let prepared = Prepared::new(kind, &pairs(0.0));
        // What is done to the record afterwards.
        let edits: [fn(&mut Record<'_>); 8] = [
            |_| (),
            |record| record.attributes_mut().set(b"more", AnyValue::Int(1)),
            |record| record.attributes_mut().set(b"currency", AnyValue::Str(b"EUR")),
            |record| assert!(record.attributes_mut().remove(b"cost")),
            |record| assert!(record.attributes_mut().rename(b"exact", b"sure")),
            |record| record.attributes_mut().retain(|key, _| key != b"a"),
            |record| record.attributes_mut().edit_each(|_, _, _| Edited::Removed),
            |record| {
                record.attributes_mut().edit_each(|key, _, out| {
                    AnyValue::Str(key).write(out);
                    Edited::Written
                });
            },
        ];
        for edit in edits {
            let mut raw = Vec::new();
            put_pair(&mut raw, form.attributes, b"a", AnyValue::Int(7));
            let (mut together, mut singly) = (Record::new(&arena), Record::new(&arena));
            together.open(form, &raw);
            singly.open(form, &raw);
            assert!(together.attributes_mut().append_all(&prepared, &[0.25]));
            for (key, value) in pairs(0.25) {
                assert!(singly.attributes_mut().insert(key, value));
            }
            edit(&mut together);
            edit(&mut singly);
            assert_eq!(written(&together), written(&singly));
            let mut merged = Vec::new();
            together.each_splice(|splice| merged.push(splice));
            let mut out = Vec::new();
            put_spliced(&mut out, &raw, merged.into_iter());
            assert_eq!(out, written(&singly));
        }
    }
}

#[test]
fn attributes_are_not_added_together_where_one_is_or_to_another_kind_of_record() {
    let prepared =
        Prepared::new(RecordKind::Span, &[(b"a", AnyValue::Int(1)), (b"b", AnyValue::Int(2))]);
    let with_b = |raw: &mut Vec<u8>| put_pair(raw, 9, b"b", AnyValue::Int(3));
    with_record(Form::SPAN, with_b, |record| {
        assert!(!record.attributes_mut().append_all(&prepared, &[]));
        assert!(!record.is_changed());
    });
    with_record(
        Form::LOG_RECORD,
        |_| (),
        |record| {
            assert!(!record.attributes_mut().append_all(&prepared, &[]));
            assert!(!record.is_changed());
        },
    );
}

#[test]
fn attributes_set_together_are_those_set_one_by_one() {
    type Pairs = [(&'static [u8], AnyValue<'static>)];
    let lists: [&Pairs; 5] = [
        &[],
        &[(b"a", AnyValue::Int(1)), (b"b", AnyValue::Str(b"x")), (b"", AnyValue::Double(0.5))],
        &[(b"a", AnyValue::Int(1)), (b"kept", AnyValue::Int(2))],
        &[(b"a", AnyValue::Int(1)), (b"b", AnyValue::Int(2)), (b"a", AnyValue::Int(3))],
        &[(b"a", AnyValue::Bool(true))],
    ];
    let arena = Arena::default();
    for form in [Form::SPAN, Form::LOG_RECORD, Form::of(RecordKind::Part, &schema::STATUS)] {
        for pairs in lists {
            let mut raw = Vec::new();
            if form.attributes != 0 {
                put_pair(&mut raw, form.attributes, b"kept", AnyValue::Int(7));
            }
            let (mut together, mut singly) = (Record::new(&arena), Record::new(&arena));
            together.open(form, &raw);
            singly.open(form, &raw);
            together.attributes_mut().set_all(pairs);
            pairs.iter().for_each(|(key, value)| singly.attributes_mut().set(key, *value));
            assert_eq!(written(&together), written(&singly));
            assert_eq!(together.is_changed(), singly.is_changed());
        }
    }
}

#[test]
fn the_head_of_a_span_is_what_its_fields_say_one_by_one() {
    let twice = |raw: &mut Vec<u8>| {
        for (id, time) in [(&b"first"[..], 7), (b"second", 9)] {
            put_len(raw, 1, id);
            wire::put_fixed64(raw, 7, time);
        }
        put_len(raw, 2, b"span");
        put_len(raw, 5, b"name");
    };
    let check = |record: &mut Record<'_>| {
        for edit in 0..3 {
            match edit {
                1 => record.set_parent_span_id(b"above"),
                2 => record.set_trace_id(b""),
                _ => {}
            }
            let head = record.span_head();
            if record.kind() == RecordKind::Span {
                let ids = [record.trace_id(), record.span_id(), record.parent_span_id()];
                let times = [record.start_time_unix_nano(), record.end_time_unix_nano()];
                assert_eq!([head.trace_id, head.span_id, head.parent_span_id], ids);
                assert_eq!([head.start, head.end], times);
            } else {
                assert_eq!(head, SpanHead::default());
            }
        }
    };
    with_record(Form::SPAN, twice, check);
    with_record(Form::LOG_RECORD, |_| (), check);
}
