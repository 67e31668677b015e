//! Who gets what.

use proptest::prelude::*;

use super::{
    super::matching::{Recent, choose},
    *,
};
use crate::shared::hash;

#[tokio::test]
async fn every_record_goes_to_exactly_one_backend_and_all_of_a_trace_to_the_same() {
    let backends = [Backend::start([]).await, Backend::start([]).await, Backend::start([]).await];
    let (exporter, context) = exporter(&backends.each_ref(), "").await;
    let batch = batch(60, 5);
    Exporter::export(&exporter, batch.clone()).await.unwrap();
    let requests: Vec<_> = backends.iter().map(Backend::take).collect();
    let mut arrived: Vec<_> =
        requests.iter().flat_map(|requests| sent(Signal::Traces, requests)).collect();
    let mut gone = records(Signal::Traces, batch.bytes());
    arrived.sort();
    gone.sort();
    assert_eq!(arrived, gone);
    let mut whole = 0;
    for requests in &requests {
        assert_eq!(requests.len(), 1);
        let traces = traces(requests);
        assert!(traces.values().all(|spans| *spans == 5), "{traces:?}");
        whole += traces.len();
    }
    assert_eq!(whole, 60);
    let successes = testkit::series(&context, "otelcol_loadbalancer_backend_outcome");
    assert_eq!(successes.iter().filter(|line| line.ends_with(" 1")).count(), 3, "{successes:?}");
    let backends = testkit::series(&context, "otelcol_loadbalancer_num_backends");
    assert!(backends[0].ends_with(" 3"), "{backends:?}");
}

#[tokio::test]
async fn instances_agree_whatever_the_order_of_their_lists() {
    let (one, two) = (Backend::start([]).await, Backend::start([]).await);
    let (first, _) = exporter(&[&one, &two], "").await;
    let (second, _) = exporter(&[&two, &one], "").await;
    let batch = batch(40, 2);
    Exporter::export(&first, batch.clone()).await.unwrap();
    let before = (sent(Signal::Traces, &one.take()), sent(Signal::Traces, &two.take()));
    Exporter::export(&second, batch).await.unwrap();
    let after = (sent(Signal::Traces, &one.take()), sent(Signal::Traces, &two.take()));
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_batch_for_one_backend_is_sent_as_the_bytes_it_is() {
    let backend = Backend::start([]).await;
    let (exporter, _) = exporter(&[&backend], "").await;
    for batch in [batch(7, 3), testkit::gauges("a k=v"), testkit::log_records("a")] {
        Exporter::export(&exporter, batch.clone()).await.unwrap();
        assert_eq!(&backend.take()[0].body, batch.bytes());
    }
}

#[tokio::test]
async fn every_address_of_a_name_is_a_backend() {
    let backend = Backend::start([]).await;
    let (_, port) =
        backend.address().rsplit_once(':').map(|(h, p)| (h.to_owned(), p.to_owned())).unwrap();
    let resolver = format!("dns: {{hostname: 127.0.0.1, port: '{port}', interval: 10ms}}");
    let (exporter, context) = exporter_to(&resolver, "", "").await;
    while exporter.state.backends().is_empty() {
        tokio::task::yield_now().await;
    }
    Exporter::export(&exporter, batch(2, 2)).await.unwrap();
    assert_eq!(traces(&backend.take()).len(), 2);
    let looked_up = testkit::series(&context, "otelcol_loadbalancer_num_resolutions");
    assert!(looked_up.iter().any(|line| line.contains("dns") && line.contains("true")));
}

#[tokio::test]
async fn without_any_backend_the_batch_is_refused_for_now() {
    let resolver = "dns: {hostname: 'no.such.name.invalid'}";
    let (exporter, _) = exporter_to(resolver, "", "").await;
    let error = Exporter::export(&exporter, batch(1, 1)).await.unwrap_err();
    assert_eq!((error.message(), error.is_permanent()), ("no backend is known yet", false));
}

/// The keys of all records.
fn keys(routing: &str, batch: &Batch) -> Vec<u64> {
    let key = RoutingKey::try_from(routing.to_owned()).unwrap().of(batch.signal()).unwrap();
    let attributes = ["tenant", "span.name", "log.body"].map(str::to_owned);
    let matcher = Matcher::new(batch.signal(), key, &attributes);
    let (mut keys, mut recent) = (Vec::new(), Recent::default());
    for_each_record(batch.signal(), batch.bytes(), &mut |record| {
        keys.push(matcher.key(&record, &mut recent));
    });
    keys
}

/// Which records have the same key as which record before them: `aabc`.
fn groups(routing: &str, batch: &Batch) -> String {
    let keys = keys(routing, batch);
    let mut seen = Vec::new();
    let letter = |key| {
        let at = seen.iter().position(|other| *other == key).unwrap_or_else(|| {
            seen.push(key);
            seen.len() - 1
        });
        char::from(b'a' + at as u8)
    };
    keys.into_iter().map(letter).collect()
}

#[test]
fn each_key_keeps_together_what_it_says() {
    let logs = testkit::log_records(
        "resource service.name=shop host=1\nx session.id=s7\nx gen_ai.conversation.id=s7\nx\n\
         resource service.name=shop host=2\nx session.id=s7 tenant=t\ny session.id=s8 tenant=t\n\
         resource host=2 service.name=shop session.id=s8\nx",
    );
    assert_eq!(groups("service", &logs), "aaaaaa");
    assert_eq!(groups("", &logs), "aaaaaa");
    assert_eq!(groups("resource", &logs), "aaabbc");
    assert_eq!(groups("session", &logs), "aabacc");
    assert_eq!(groups("traceID", &logs), "aabacc");
    assert_eq!(groups("attributes", &logs), "aaabca");
    let spans = testkit::spans("resource tenant=1\na\nb\nresource\na tenant=1\nb tenant=2");
    assert_eq!(groups("attributes", &spans), "abac");
    let points = testkit::gauges("resource a=1\nm k=1 l=2\nm l=2 k=1\nm k=2\nn k=1 l=2");
    assert_eq!(groups("metric", &points), "aaab");
    assert_eq!(groups("streamID", &points), "aabc");
}

#[test]
fn points_of_every_kind_have_their_attributes_in_their_stream() {
    let kinds = [
        ("gauge", r#"{"asInt":"1","attributes":A}"#),
        ("sum", r#"{"asInt":"1","attributes":A}"#),
        ("histogram", r#"{"count":"1","attributes":A}"#),
        ("exponentialHistogram", r#"{"count":"1","attributes":A}"#),
        ("summary", r#"{"count":"1","attributes":A}"#),
    ];
    for (kind, point) in kinds {
        let with = |value: &str| {
            let attributes = format!(r#"[{{"key":"k","value":{{"stringValue":"{value}"}}}}]"#);
            point.replace('A', &attributes)
        };
        let points = [with("1"), with("2"), with("1")].join(",");
        let batch = testkit::metrics(&format!(
            r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{"name":"m","{kind}":{{"dataPoints":[{points}]}}}}]}}]}}]}}"#
        ));
        assert_eq!(groups("streamID", &batch), "aba", "{kind}");
        assert_eq!(groups("metric", &batch), "aaa", "{kind}");
    }
}

#[test]
fn a_trace_is_one_key_in_spans_and_logs() {
    let id = "000102030405060708090a0b0c0d0e0f";
    let span = testkit::traces(&format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{id}","name":"a"}}]}}]}}]}}"#
    ));
    let log = testkit::logs(&format!(
        r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"traceId":"{id}"}}]}}]}}]}}"#
    ));
    assert_eq!(keys("traceID", &span), keys("traceID", &log));
}

/// Instances of different releases meet in one tier: these never change. Worked out elsewhere.
#[test]
fn hashes_are_what_they_always_were() {
    assert_eq!(hash(b""), 0xc381_7c01_6ba4_ff30);
    assert_eq!(hash(b"a"), 0x5f29_c2aa_dd9b_8527);
    assert_eq!(hash(b"10.0.0.1:4317"), 0x8d32_3636_bfa4_b2fe);
}

fn named(count: usize) -> Vec<(usize, u64)> {
    (0..count).map(|at| (at, hash(format!("backend-{at}:4317").as_bytes()))).collect()
}

proptest! {
    #[test]
    fn a_key_moves_only_to_a_new_backend(key: u64, count in 1usize..40) {
        let backends = named(count + 1);
        let before = choose(key, backends[..count].iter().copied()).unwrap();
        let after = choose(key, backends.iter().copied()).unwrap();
        prop_assert!(after == before || after == count);
    }

    #[test]
    fn only_the_keys_of_a_lost_backend_move(key: u64, count in 2usize..40, lost in 0usize..40) {
        let (backends, lost) = (named(count), lost % count);
        let before = choose(key, backends.iter().copied()).unwrap();
        let left = backends.iter().copied().filter(|(at, _)| *at != lost);
        let after = choose(key, left).unwrap();
        prop_assert!(after != lost && (before == lost || before == after));
    }
}

#[test]
fn the_share_that_moves_is_the_share_of_the_new_backend() {
    const KEYS: u32 = 40_000;
    for count in [1usize, 2, 3, 5, 10, 30] {
        let backends = named(count + 1);
        let mut moved = 0;
        let mut shares = vec![0u32; count + 1];
        for key in 0..KEYS {
            let key = hash(&key.to_le_bytes());
            let before = choose(key, backends[..count].iter().copied());
            let after = choose(key, backends.iter().copied());
            moved += u32::from(before != after);
            shares[after.unwrap()] += 1;
        }
        let fair = f64::from(KEYS) / (count + 1) as f64;
        // Five standard deviations of a fair draw.
        let slack = 5.0 * fair.sqrt();
        assert!((f64::from(moved) - fair).abs() < slack, "{count}: {moved} of {KEYS} moved");
        for share in shares {
            assert!((f64::from(share) - fair).abs() < slack, "{count}: {share}, not {fair}");
        }
    }
}
