//! Requests recorded from real SDKs.

use std::{fs, path::PathBuf};

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use pdata::{
    Signal, check, count,
    views::{LogsView, MetricsView, TracesView},
};

use crate::{
    support::Request,
    viewing::{logs, metrics, plain, traces},
};

/// Every recorded protobuf request: its file name, its signal and its bytes.
pub(crate) fn recordings() -> Vec<(String, Signal, Bytes)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/otlp");
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pb"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let signal = Signal::from_name(name.rsplit('.').next().unwrap()).unwrap();
            (name, signal, fs::read(path).unwrap().into())
        })
        .collect();
    found.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    found
}

#[test]
fn recorded_requests_pass_and_read_as_prost_reads_them() {
    fn holds<R: Request>(name: &str, bytes: &Bytes, read: fn(&[u8]) -> R) {
        let checked = check(R::SIGNAL, bytes.clone()).unwrap();
        assert_eq!(checked.bytes.as_ptr(), bytes.as_ptr(), "{name}");
        let request = R::decode(bytes.clone()).unwrap();
        assert_eq!(checked.counts, request.counts(), "{name}");
        assert_eq!(count(R::SIGNAL, bytes), request.counts(), "{name}");
        assert!(checked.counts.items > 0, "{name}");
        let plain = plain(R::SIGNAL.schema(), &request.encode_to_vec());
        assert_eq!(read(bytes), R::decode(&*plain).unwrap(), "{name}");
    }
    let recordings = recordings();
    assert!(recordings.len() >= 23);
    for (name, signal, bytes) in recordings {
        match signal {
            Signal::Traces => holds::<ExportTraceServiceRequest>(&name, &bytes, |bytes| {
                traces(TracesView::read(bytes))
            }),
            Signal::Metrics => holds::<ExportMetricsServiceRequest>(&name, &bytes, |bytes| {
                metrics(MetricsView::read(bytes))
            }),
            Signal::Logs => holds::<ExportLogsServiceRequest>(&name, &bytes, |bytes| {
                logs(LogsView::read(bytes))
            }),
            Signal::Profiles => panic!("no profiles were recorded"),
        }
    }
}
