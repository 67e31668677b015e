//! OTLP JSON held against prost, the serde impls of `opentelemetry-proto`, the examples of the
//! protocol and recorded requests.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test file: helpers unwrap too"
)]

mod fuzz;
mod leniency;
mod oracle;
mod random;
mod recorded;
mod refusal;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    profiles::v1development::ExportProfilesServiceRequest, trace::v1::ExportTraceServiceRequest,
};
use pdata::{Signal, json};
use proptest::prelude::*;
use prost::Message;

/// The bytes as JSON text.
fn to_json(signal: Signal, bytes: &[u8]) -> String {
    let mut out = Vec::new();
    json::encode(signal, bytes, &mut out);
    String::from_utf8(out).unwrap()
}

/// The bytes as prost would write them: equal for equal requests, NaN included.
fn canonical(signal: Signal, bytes: &[u8]) -> Vec<u8> {
    fn reencoded<M: Message + Default>(bytes: &[u8]) -> Vec<u8> {
        M::decode(bytes).unwrap().encode_to_vec()
    }
    match signal {
        Signal::Traces => reencoded::<ExportTraceServiceRequest>(bytes),
        Signal::Metrics => reencoded::<ExportMetricsServiceRequest>(bytes),
        Signal::Logs => reencoded::<ExportLogsServiceRequest>(bytes),
        Signal::Profiles => reencoded::<ExportProfilesServiceRequest>(bytes),
    }
}

proptest! {
    #[test]
    fn any_request_survives_the_way_to_json_and_back(seed: u64) {
        for signal in Signal::ALL {
            let bytes = random::request(signal, seed);
            let text = to_json(signal, &bytes);
            serde_json::from_str::<serde::de::IgnoredAny>(&text).unwrap();
            let back = json::decode(signal, text.as_bytes()).unwrap();
            prop_assert_eq!(canonical(signal, &back), canonical(signal, &bytes), "{}", text);
            prop_assert_eq!(to_json(signal, &back), text);
        }
    }

    #[test]
    fn what_the_decoder_takes_is_well_formed_and_stable(seed: u64, cuts in any::<[u16; 3]>()) {
        for signal in Signal::ALL {
            let mut text = to_json(signal, &random::request(signal, seed)).into_bytes();
            fuzz::decode_anything(&text);
            for cut in cuts {
                let at = usize::from(cut) % text.len();
                text[at] = text[at].wrapping_add((cut >> 8) as u8);
                fuzz::decode_anything(&text);
            }
        }
    }
}
