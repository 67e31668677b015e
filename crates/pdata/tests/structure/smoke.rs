//! Damaged recordings, a few thousand and the same ones each time, run through the bodies of the
//! fuzz targets, through JSON and through rewrites.

use std::sync::Arc;

use bytes::Bytes;
use pdata::{AnyValue, Batch, RecordKinds, Signal, Verdict, check, json, rewrite};

use crate::{recorded::recordings, structure::structure, views::views};

const ROUNDS: u64 = 40;
/// Longer recordings are cut to this, so that a debug build takes seconds.
const BYTES_MAX: usize = 2_500;

/// Xorshift: varied, and the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit
    }
}

fn damaged(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.below(4) {
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => bytes.truncate(at.max(1)),
            1 => bytes.insert(at, random.below(256) as u8),
            2 => {
                let end = (at + random.below(40)).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            _ => bytes[at] ^= 1 << random.below(8),
        }
    }
    bytes
}

fn run(body: fn(Signal, &[u8])) {
    for (index, (_, signal, bytes)) in recordings().into_iter().enumerate() {
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ index as u64);
        let short = bytes.len().min(BYTES_MAX);
        body(signal, &bytes);
        for _ in 0..ROUNDS {
            body(signal, &damaged(&bytes[..short], &mut random));
        }
    }
}

#[test]
fn damaged_requests_keep_their_structure_or_are_refused() {
    run(|_, bytes| structure(bytes));
}

#[test]
fn damaged_requests_are_viewed_without_panic() {
    run(|_, bytes| views(bytes));
}

#[test]
fn damaged_requests_go_through_json_or_are_refused() {
    run(|signal, bytes| {
        if let Ok(checked) = check(signal, Bytes::copy_from_slice(bytes)) {
            let mut text = Vec::new();
            json::encode(signal, &checked.bytes, &mut text);
            let back = json::decode(signal, &text).unwrap();
            assert_eq!(check(signal, back.into()).unwrap().counts, checked.counts);
        }
    });
}

#[test]
fn damaged_requests_are_rewritten_or_refused() {
    run(|signal, bytes| {
        let bytes = Bytes::copy_from_slice(bytes);
        let Ok(batch) = Batch::checked(signal, bytes, Arc::default()) else { return };
        let edited = rewrite(&batch, RecordKinds::ALL, &mut |record, _| {
            let mut attributes = record.attributes_mut();
            attributes.remove(b"gen_ai.system");
            attributes.insert(b"damaged", AnyValue::Bool(true));
            Verdict::Keep
        });
        let checked = check(signal, edited.batch.bytes().clone()).unwrap();
        assert_eq!(checked.counts, batch.counts());
    });
}
