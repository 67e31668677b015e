//! What `Debug` of a prost struct shows is every text of it, found by code that we did not write.

use std::{borrow::Cow, sync::Arc};

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    profiles::v1development::ExportProfilesServiceRequest, trace::v1::ExportTraceServiceRequest,
};
use pdata::{
    Batch, Context,
    texts::{Edit, Place, Text, Visitor, edit_texts},
};
use proptest::prelude::*;

use crate::support::{Dice, Request, dice, make_odd};

/// Replaces one letter by two others wherever it stands.
struct Letters;

impl Visitor for Letters {
    fn text(&mut self, _: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit {
        let (Text::Str(text) | Text::Bytes(text) | Text::Key(text)) = text else {
            return Edit::Keep;
        };
        match replaced(text) {
            Cow::Borrowed(_) => Edit::Keep,
            Cow::Owned(new) => {
                out.extend_from_slice(&new);
                Edit::Replace
            }
        }
    }
}

fn replaced(text: &[u8]) -> Cow<'_, [u8]> {
    let letter = "é".as_bytes();
    if !text.windows(letter.len()).any(|window| window == letter) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(letter.len()).position(|window| window == letter) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice("ßü".as_bytes());
        rest = &rest[at + letter.len()..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// The letter in text and in bytes, which `Debug` shows as numbers. Two numbers in a row that are the
/// letter elsewhere (lists of numbers of other fields) are not made by the generator.
fn replaced_in_debug(text: &str) -> String {
    text.replace('é', "ßü").replace("195, 169", "195, 159, 195, 188")
}

/// Without the numbers at the end of keys that stood there twice: no other text has `_` and digits.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        match part.trim_start_matches(|digit: char| digit.is_ascii_digit()) {
            rest if rest.len() < part.len() => text + rest,
            rest => text + "_" + rest,
        }
    })
}

fn batch<T: Request>(bytes: Vec<u8>) -> Batch {
    Batch::checked(T::SIGNAL, bytes.into(), Arc::new(Context::default())).unwrap()
}

fn every_text_is_shown<T: Request>(mut dice: Dice) {
    let request = T::random(&mut dice);
    let bytes = make_odd(T::SIGNAL.schema(), &request.encode_to_vec(), &mut dice);
    let original = batch::<T>(bytes);
    let request = T::decode(original.bytes().clone()).unwrap();
    let before = format!("{request:?}");
    let edited = edit_texts(&original, &mut Letters);
    let after = format!("{:?}", T::decode(edited.bytes().clone()).unwrap());
    assert_eq!(without_numbers(&after), replaced_in_debug(&before));
    batch::<T>(edited.bytes().to_vec());
    if after == before {
        assert_eq!(edited.bytes().as_ptr(), original.bytes().as_ptr());
    }
    assert_eq!(edited.counts(), original.counts());
    let again = edit_texts(&edited, &mut Letters);
    assert_eq!(again.bytes().as_ptr(), edited.bytes().as_ptr());
}

proptest! {
    #[test]
    fn of_traces_every_text_is_shown(dice in dice()) {
        every_text_is_shown::<ExportTraceServiceRequest>(dice);
    }

    #[test]
    fn of_metrics_every_text_is_shown(dice in dice()) {
        every_text_is_shown::<ExportMetricsServiceRequest>(dice);
    }

    #[test]
    fn of_logs_every_text_is_shown(dice in dice()) {
        every_text_is_shown::<ExportLogsServiceRequest>(dice);
    }

    #[test]
    fn of_profiles_every_text_is_shown(dice in dice()) {
        every_text_is_shown::<ExportProfilesServiceRequest>(dice);
    }
}
