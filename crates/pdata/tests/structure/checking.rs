//! What [`pdata::check`] accepts, refuses, counts and rewrites.

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    profiles::v1development::ExportProfilesServiceRequest, trace::v1::ExportTraceServiceRequest,
};
use pdata::{check, count};
use proptest::prelude::*;

use crate::support::{Dice, Request, dice, make_odd};

/// A request as prost writes it passes in its own memory.
fn passes<R: Request>(mut dice: Dice) -> Result<(), TestCaseError> {
    let request = R::random(&mut dice);
    let bytes = Bytes::from(request.encode_to_vec());
    let checked = check(R::SIGNAL, bytes.clone()).unwrap();
    prop_assert_eq!(checked.counts, request.counts());
    prop_assert_eq!(count(R::SIGNAL, &bytes), request.counts());
    prop_assert_eq!(checked.bytes.as_ptr(), bytes.as_ptr());
    prop_assert_eq!(checked.bytes.len(), bytes.len());
    Ok(())
}

/// However oddly it is written, what comes out is the same request, and nothing odd is left in it.
fn is_normalised<R: Request>(mut dice: Dice) -> Result<(), TestCaseError> {
    let request = R::random(&mut dice);
    let odd = Bytes::from(make_odd(R::SIGNAL.schema(), &request.encode_to_vec(), &mut dice));
    prop_assert_eq!(&R::decode(odd.clone()).unwrap(), &request, "the oddities are legal");
    let checked = check(R::SIGNAL, odd).unwrap();
    prop_assert_eq!(&R::decode(checked.bytes.clone()).unwrap(), &request);
    prop_assert_eq!(checked.counts, request.counts());
    prop_assert_eq!(count(R::SIGNAL, &checked.bytes), request.counts());
    let again = check(R::SIGNAL, checked.bytes.clone()).unwrap();
    prop_assert_eq!(again.bytes.as_ptr(), checked.bytes.as_ptr());
    Ok(())
}

/// Damaged bytes are refused exactly when prost refuses them, two things apart: ids of a wrong
/// length are refused here only, text that is not UTF-8 there only.
fn is_refused_as_prost_refuses<R: Request>(
    mut dice: Dice,
    damage: &[(u16, u8)],
) -> Result<(), TestCaseError> {
    let mut bytes = R::random(&mut dice).encode_to_vec();
    bytes = make_odd(R::SIGNAL.schema(), &bytes, &mut dice);
    for (at, byte) in damage {
        let at = usize::from(*at) % (bytes.len() + 1);
        match byte % 4 {
            0 => bytes.truncate(at.max(bytes.len() / 2)),
            1 => bytes.insert(at, byte / 4),
            2 => {
                bytes.drain(at..(at + 1).min(bytes.len()));
            }
            _ => {
                if let Some(found) = bytes.get_mut(at) {
                    *found ^= 1 << (byte >> 2 & 7);
                }
            }
        }
    }
    let ours = check(R::SIGNAL, bytes.clone().into());
    let theirs = R::decode(&*bytes);
    match (&ours, &theirs) {
        (Err(malformed), Ok(_)) => prop_assert_eq!(malformed.reason, "an id of the wrong length"),
        (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("UTF-8"), "{error}"),
        (Ok(checked), Ok(request)) => {
            prop_assert_eq!(&R::decode(checked.bytes.clone()).unwrap(), request);
            prop_assert_eq!(checked.counts, request.counts());
        }
        (Err(malformed), Err(_)) => prop_assert!(malformed.offset < bytes.len()),
    }
    Ok(())
}

macro_rules! for_every_signal {
    ($($name:ident: $request:ty;)*) => {$(
        mod $name {
            use super::*;

            proptest! {
                #[test]
                fn a_request_passes_in_its_own_memory_and_is_counted(dice in dice()) {
                    passes::<$request>(dice)?;
                }

                #[test]
                fn an_odd_request_becomes_the_usual_one(dice in dice()) {
                    is_normalised::<$request>(dice)?;
                }

                #[test]
                fn a_damaged_request_is_refused_exactly_when_prost_refuses_it(
                    dice in dice(), damage in proptest::collection::vec(any::<(u16, u8)>(), 1..4),
                ) {
                    is_refused_as_prost_refuses::<$request>(dice, &damage)?;
                }
            }
        }
    )*};
}

for_every_signal! {
    traces: ExportTraceServiceRequest;
    metrics: ExportMetricsServiceRequest;
    logs: ExportLogsServiceRequest;
    profiles: ExportProfilesServiceRequest;
}
