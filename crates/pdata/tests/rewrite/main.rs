//! Editing on the wire, held against the same edits made to prost structs.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test file: helpers unwrap too"
)]

mod disguise;
mod model;
mod samples;
mod script;

use std::sync::Arc;

use bytes::Bytes;
use pdata::{Batch, Context, RecordKinds, Signal, Verdict, rewrite};
use proptest::prelude::*;
use prost::Message as _;

use crate::{
    disguise::{Disguise, unknown_fields},
    model::{Model, Stages},
    script::Stage,
};

fn batch(signal: Signal, bytes: Vec<u8>) -> Batch {
    Batch::checked(signal, Bytes::from(bytes), Arc::new(Context::default())).unwrap()
}

/// Edits `request` both ways, as prost writes it and in disguise.
fn equals_the_model<M: Model>(signal: Signal, mut request: M, script: &[Stage], seed: u64) {
    let plain = request.encode_to_vec();
    let disguised = Disguise::new(seed).message(signal.schema(), &plain);
    let items = request.items();
    request.edit(&mut Stages::new(script));
    for bytes in [plain, disguised] {
        let rewritten = script::run(&batch(signal, bytes), script);
        let out = rewritten.batch.bytes();
        let edited = M::decode(out.clone()).unwrap();
        // Compared as bytes: a NaN is unlike itself.
        assert!(
            edited.encode_to_vec() == request.encode_to_vec(),
            "\n{edited:?}\ninstead of\n{request:?}"
        );
        assert_eq!(rewritten.dropped_items, items - request.items());
        assert_eq!(rewritten.batch.counts(), pdata::count(signal, out));
    }
}

/// Whatever nobody knows is still there after edits that take nothing away.
fn keeps_unknown_fields(signal: Signal, request: &impl Model, script: &[Stage], seed: u64) {
    let bytes = Disguise::new(seed).message(signal.schema(), &request.encode_to_vec());
    let before = unknown_fields(signal.schema(), &bytes, "");
    let rewritten = script::run(&batch(signal, bytes), script);
    assert_eq!(unknown_fields(signal.schema(), rewritten.batch.bytes(), ""), before);
}

/// Visiting without editing, and asking for nothing, gives the same memory back.
fn untouched_is_the_same_memory(signal: Signal, request: &impl Model, seed: u64) {
    let bytes = Disguise::new(seed).message(signal.schema(), &request.encode_to_vec());
    let batch = batch(signal, bytes);
    for kinds in [RecordKinds::ALL, RecordKinds::NONE, RecordKinds::ITEMS, RecordKinds::RESOURCE] {
        let rewritten = rewrite(&batch, kinds, &mut |record, around| {
            let of_resource = around.resource.attributes().len();
            assert!(record.attributes().iter().count() == record.attributes().len());
            assert!(of_resource < 100);
            Verdict::Keep
        });
        assert_eq!(rewritten.batch.bytes().as_ptr(), batch.bytes().as_ptr());
        assert_eq!(rewritten.batch.bytes(), batch.bytes());
        assert_eq!(rewritten.dropped_items, 0);
    }
}

proptest! {
    #[test]
    fn edited_spans_equal_the_edited_structs(
        request in samples::traces(), script in samples::script(), seed: u64,
    ) {
        equals_the_model(Signal::Traces, request, &script, seed);
    }

    #[test]
    fn edited_logs_equal_the_edited_structs(
        request in samples::logs(), script in samples::script(), seed: u64,
    ) {
        equals_the_model(Signal::Logs, request, &script, seed);
    }

    #[test]
    fn edited_metrics_equal_the_edited_structs(
        request in samples::metrics(), script in samples::script(), seed: u64,
    ) {
        equals_the_model(Signal::Metrics, request, &script, seed);
    }

    #[test]
    fn unknown_fields_survive_edits_around_them(
        traces in samples::traces(), logs in samples::logs(), metrics in samples::metrics(),
        script in samples::gentle_script(), seed: u64,
    ) {
        keeps_unknown_fields(Signal::Traces, &traces, &script, seed);
        keeps_unknown_fields(Signal::Logs, &logs, &script, seed);
        keeps_unknown_fields(Signal::Metrics, &metrics, &script, seed);
    }

    #[test]
    fn a_batch_nobody_edits_stays_in_its_memory(
        traces in samples::traces(), logs in samples::logs(), metrics in samples::metrics(), seed: u64,
    ) {
        untouched_is_the_same_memory(Signal::Traces, &traces, seed);
        untouched_is_the_same_memory(Signal::Logs, &logs, seed);
        untouched_is_the_same_memory(Signal::Metrics, &metrics, seed);
    }

    #[test]
    fn any_bytes_are_rewritten_without_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300), script in samples::script(),
    ) {
        for signal in Signal::ALL {
            let batch = Batch::written(signal, Bytes::from(bytes.clone()), Arc::default());
            script::run(&batch, &script);
        }
    }

    #[test]
    fn cut_requests_are_rewritten_without_panic(
        traces in samples::traces(), logs in samples::logs(), metrics in samples::metrics(),
        script in samples::script(), cut: prop::sample::Index, flip: (prop::sample::Index, u8),
    ) {
        let requests = [
            (Signal::Traces, traces.encode_to_vec()),
            (Signal::Logs, logs.encode_to_vec()),
            (Signal::Metrics, metrics.encode_to_vec()),
        ];
        for (signal, mut bytes) in requests {
            bytes.truncate(cut.index(bytes.len() + 1));
            if !bytes.is_empty() {
                let at = flip.0.index(bytes.len());
                bytes[at] ^= flip.1;
            }
            script::run(&Batch::written(signal, Bytes::from(bytes), Arc::default()), &script);
        }
    }
}
