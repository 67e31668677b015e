//! Any edits of any bytes: no panic, and what was well formed stays so and counts right.
#![no_main]

use std::sync::Arc;

use bytes::Bytes;
use pdata::{AnyValue, Batch, Record, RecordKind, RecordKinds, Signal, Verdict, rewrite};

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let [signal, kinds, steps @ ..] = input else { return };
    let Some((steps, request)) = steps.split_at_checked(8) else { return };
    let signal = Signal::ALL[usize::from(signal % 4)];
    let request = Bytes::copy_from_slice(request);
    run(&Batch::written(signal, request.clone(), Arc::default()), *kinds, steps);
    let Ok(batch) = Batch::checked(signal, request, Arc::default()) else { return };
    let before = batch.items();
    let rewritten = run(&batch, *kinds, steps);
    let bytes = rewritten.batch.bytes().clone();
    let again = Batch::checked(signal, bytes, Arc::default()).expect("well formed");
    assert_eq!(again.counts(), rewritten.batch.counts());
    assert_eq!(again.items() + rewritten.dropped_items, before);
});

fn run(batch: &Batch, kinds: u8, steps: &[u8]) -> pdata::Rewritten {
    let all = [
        RecordKind::Resource,
        RecordKind::Scope,
        RecordKind::Span,
        RecordKind::Metric,
        RecordKind::DataPoint,
        RecordKind::LogRecord,
    ];
    let wanted = all.iter().enumerate().filter(|(bit, _)| kinds >> bit & 1 == 1);
    let kinds = wanted.fold(RecordKinds::NONE, |kinds, (_, kind)| kinds | (*kind).into());
    let mut steps = steps.iter().copied().cycle();
    rewrite(batch, kinds, &mut |record, around| {
        let _ = (around.resource_schema_url(), around.scope_schema_url());
        edit(record, steps.next().unwrap_or(0))
    })
}

fn edit(record: &mut Record<'_>, step: u8) -> Verdict {
    let key =
        record.attributes().iter().nth(usize::from(step >> 4)).map_or(&b"new"[..], |it| it.key);
    let held = record.attributes().get(key).unwrap_or(AnyValue::Int(-1));
    let number = u32::from(step >> 4);
    match step & 15 {
        0 => return Verdict::Drop,
        1 => record.attributes_mut().set(key, AnyValue::Str(&[b'x'; 130])),
        2 => _ = record.attributes_mut().insert(b"new", held),
        3 => _ = record.attributes_mut().update(key, AnyValue::Empty),
        4 => _ = record.attributes_mut().remove(key),
        5 => record.attributes_mut().retain(|key, value| key.len() % 2 == 0 || value == held),
        6 => _ = record.attributes_mut().rename(key, b"renamed"),
        7 => record.set_name(key),
        8 => record.set_body(record.alloc_array([held, AnyValue::Bool(true)])),
        9 => record.set_status_code(u64::from(step)),
       
        10 if record.kind() != RecordKind::Metric => record.clear(number),
        11 => record.set_number(number, u64::from(step) << 50),
        12 if record.kind() != RecordKind::Metric => record.set_bytes(1, &[]),
        13 => record.edit_children(11, |event| edit(event, number as u8)),
        14 => record.edit_children(5, |exemplar| edit(exemplar, 1)),
        _ => {}
    }
    Verdict::Keep
}
