//! What is routed where, and what happens when a backend does not answer.

mod health;
mod routing;

use std::collections::BTreeMap;

use pdata::for_each_record;
use sdk::ComponentKind;
use testkit::{Backend, Request};

use super::*;

const STARTED: &str = "{protocol: {otlp: {tls: {insecure: true}}}, \
                       resolver: {static: {hostnames: ['127.0.0.1:1', '127.0.0.1:2']}}}";

testkit::exporter_contract!(LoadBalancing, include_str!("../README.md"), STARTED);

/// An exporter to these backends, and what it was made with.
async fn exporter(backends: &[&Backend], more: &str) -> (LoadBalancing, BuildContext) {
    let names: Vec<_> = backends.iter().map(|backend| backend.address()).collect();
    exporter_to(&format!("static: {{hostnames: {names:?}}}"), "", more).await
}

async fn exporter_to(resolver: &str, otlp: &str, more: &str) -> (LoadBalancing, BuildContext) {
    let yaml = format!(
        "{{protocol: {{otlp: {{tls: {{insecure: true}}, {otlp}}}}}, resolver: {{{resolver}}}, {more}}}"
    );
    let context = testkit::context(ComponentKind::Exporter, "load_balancing");
    let signals = [Signal::Traces, Signal::Metrics, Signal::Logs];
    let signals = if more.contains("streamID") || more.contains("metric") {
        &signals[1..2]
    } else if more.contains("traceID") || more.contains("session") {
        &[Signal::Traces, Signal::Logs]
    } else {
        &signals[..]
    };
    let exporter = LoadBalancing::new(testkit::settings(&yaml), signals, context.clone()).unwrap();
    Exporter::start(&exporter).await.unwrap();
    (exporter, context)
}

/// `traces` traces of `spans` spans each, taking turns, under two resources.
fn batch(traces: usize, spans: usize) -> Batch {
    let half = |from: usize| {
        let all = (from..traces * spans).step_by(2).map(|at| {
            let trace = format!("{:032x}", at % traces + 1);
            format!(r#"{{"traceId":"{trace}","spanId":"{:016x}","name":"s{at}"}}"#, at + 1)
        });
        let all = all.collect::<Vec<_>>().join(",");
        format!(
            r#"{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"s{from}"}}}}]}},
                "scopeSpans":[{{"scope":{{"name":"x"}},"spans":[{all}]}}]}}"#
        )
    };
    testkit::traces(&format!(r#"{{"resourceSpans":[{},{}]}}"#, half(0), half(1)))
}

/// Every record of these bytes with all that stands above it.
fn records(signal: Signal, bytes: &[u8]) -> Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    let mut records = Vec::new();
    for_each_record(signal, bytes, &mut |record| {
        let mut above = record.scope.to_vec();
        if let Some(metric) = &record.metric {
            above.extend_from_slice(&metric.metric);
            above.extend_from_slice(&metric.data);
        }
        records.push((record.resource.to_vec(), above, record.raw.to_vec()));
    });
    records
}

fn sent(signal: Signal, requests: &[Request]) -> Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    requests.iter().flat_map(|request| records(signal, &request.body)).collect()
}

/// How many spans of each trace.
fn traces(requests: &[Request]) -> BTreeMap<Vec<u8>, usize> {
    let mut traces = BTreeMap::new();
    for (.., span) in sent(Signal::Traces, requests) {
        let id = pdata::views::SpanView::read(&span).trace_id().to_vec();
        *traces.entry(id).or_default() += 1;
    }
    traces
}

#[test]
fn faults_of_the_settings_are_named() {
    let dns = "resolver: {dns: {hostname: h}}";
    for (yaml, fault) in [
        ("{}", "no resolvers specified for the exporter"),
        ("{resolver: {dns: {hostname: h}, static: {hostnames: [a]}}}", "only one resolver"),
        ("{resolver: {static: {hostnames: []}}}", "no hostnames specified"),
        ("{resolver: {dns: {hostname: ''}}}", "must not be empty"),
        ("{resolver: {dns: {hostname: h, port: x}}}", "is not a port"),
        ("{resolver: {dns: {hostname: h, interval: 0s}}}", "'dns::interval' must be positive"),
        ("{resolver: {k8s: {service: lb.ns, ports: [4317]}}}", "headless"),
        ("{resolver: {aws_cloud_map: {namespace: n}}}", "use 'dns'"),
        (&format!("{{{dns}, routing_key: attributes}}"), "at least one name"),
        (&format!("{{{dns}, routing_attributes: [a]}}"), "needs 'routing_key: attributes'"),
        (&format!("{{{dns}, routing_key: traceid}}"), "unsupported routing_key: \"traceid\""),
        (&format!("{{{dns}, health: {{interval: 0s}}}}"), "must be positive"),
        (&format!("{{{dns}, protocol: {{otlp: {{balancer_name: x}}}}}}"), "invalid balancer_name"),
    ] {
        testkit::check_refused::<Config>(yaml, fault);
    }
}

#[test]
fn a_key_that_a_signal_does_not_have_is_refused() {
    let yaml = "{routing_key: metric, resolver: {static: {hostnames: [a]}}}";
    let make = |signal| {
        let context = testkit::context(ComponentKind::Exporter, "load_balancing");
        LoadBalancing::new(testkit::settings(yaml), &[signal], context)
    };
    let error = make(Signal::Traces).unwrap_err().to_string();
    assert_eq!(error, "unsupported routing_key \"metric\" for traces");
    make(Signal::Metrics).unwrap();
}

#[test]
fn the_outer_queue_and_retry_stand_in_place_of_the_inner_ones() {
    let delivery = |yaml: &str| LoadBalancing::delivery(&testkit::settings(yaml), Signal::Traces);
    let resolver = "resolver: {static: {hostnames: [a]}}";
    let usual = delivery(&format!("{{{resolver}}}"));
    assert_eq!(usual.queue.unwrap().queue_size, 1000);
    assert!(usual.retry.unwrap().enabled);
    let inner =
        "protocol: {otlp: {sending_queue: {queue_size: 5}, retry_on_failure: {enabled: false}}}";
    let inner = delivery(&format!("{{{resolver}, {inner}}}"));
    assert_eq!((inner.queue.unwrap().queue_size, inner.retry.is_none()), (5, true));
    let outer =
        "sending_queue: {queue_size: 7}, retry_on_failure: {enabled: true, initial_interval: 1s}";
    let outer = delivery(&format!("{{{resolver}, {outer}}}"));
    assert_eq!(outer.queue.unwrap().queue_size, 7);
    assert_eq!(outer.retry.unwrap().initial_interval.to_std().as_secs(), 1);
}

#[test]
fn hosts_without_a_port_have_the_usual_one() {
    for (given, meant) in [
        ("a", "a:4317"),
        ("a:1", "a:1"),
        ("a:", "a:4317"),
        ("1.2.3.4", "1.2.3.4:4317"),
        ("::1", "[::1]:4317"),
        ("[::1]", "[::1]:4317"),
        ("[::1]:5", "[::1]:5"),
        ("dns:///a:5", "dns:///a:5"),
        ("http://a:5", "http://a:5"),
    ] {
        assert_eq!(resolver::with_port(given), meant, "{given}");
    }
}
