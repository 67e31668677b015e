//! Plans from YAML fixtures: what is planned, what is refused, and how batches run through it.

use engine::plan::{Plan, plan};
use sdk::{Error, Signal};

use crate::fakes::{World, build, settings, started, traces};

const FAN_OUT: &str = include_str!("../plans/fan_out.yaml");
const CONNECTORS: &str = include_str!("../plans/connectors.yaml");

fn planned(yaml: &str) -> Plan {
    plan(&settings(yaml)).unwrap()
}

/// A config of pipelines over fakes: `traces: source / tag holder / sink`, blanks around slashes.
fn wired(pipelines: &[(&str, &str)]) -> String {
    let mut yaml = "receivers: {source: , span_source: , source/2: }\n\
                    processors: {tag: , tag/2: , tag/3: , drop/a: , drop/b: , drop/resource: , holder: , holder/2: }\n\
                    exporters: {sink: , sink/2: }\n\
                    connectors: {bridge: , bridge/2: , to_metrics: }\n\
                    service:\n  pipelines:\n"
        .to_owned();
    for (id, parts) in pipelines {
        let mut parts = parts.split(" / ").map(|part| part.replace(' ', ", "));
        yaml += &format!(
            "    {id}: {{receivers: [{}], processors: [{}], exporters: [{}]}}\n",
            parts.next().unwrap(),
            parts.next().unwrap().replace('-', ""),
            parts.next().unwrap(),
        );
    }
    yaml
}

#[test]
fn plans_print_as_text_and_as_mermaid() {
    let fan_out = planned(FAN_OUT);
    assert_eq!(fan_out.to_text(), include_str!("../plans/fan_out.txt"));
    assert_eq!(fan_out.to_mermaid(), include_str!("../plans/fan_out.mmd"));
    let connectors = planned(CONNECTORS);
    assert_eq!(connectors.to_text(), include_str!("../plans/connectors.txt"));
    assert_eq!(connectors.to_mermaid(), include_str!("../plans/connectors.mmd"));
}

#[test]
fn neighbours_that_work_on_records_become_one_pass() {
    for (processors, passes) in [
        ("-", 0),
        ("tag", 1),
        ("tag drop/a tag/2", 1),
        ("tag holder tag/2", 2),
        ("holder tag tag/2 holder/2", 1),
        ("holder holder/2", 0),
    ] {
        let yaml = wired(&[("traces", &format!("source / {processors} / sink"))]);
        assert_eq!(planned(&yaml).passes(&"traces".parse().unwrap()), passes, "{processors}");
    }
}

#[test]
fn plans_that_cannot_work_are_refused_in_the_collectors_words() {
    for (pipelines, expected) in [
        (
            &[("logs", "span_source / - / sink")][..],
            "failed to create \"span_source\" receiver for data type \"logs\": telemetry type is \
             not supported",
        ),
        (
            &[("traces", "source / - / bridge"), ("logs", "bridge / - / sink")],
            "connector \"bridge\" used as exporter in [traces] pipeline but not used in any \
             supported receiver pipeline",
        ),
        (
            &[("traces", "source bridge / - / sink")],
            "connector \"bridge\" used as receiver in [traces] pipeline but not used in any \
             supported exporter pipeline",
        ),
        (
            &[
                ("traces", "source / tag / bridge"),
                ("traces/x", "bridge / tag tag/2 / bridge/2 sink"),
                ("traces/y", "bridge/2 / holder / bridge"),
            ],
            "cycle detected: connector \"bridge\" (traces to traces) -> processor \"tag\" in \
             pipeline \"traces/x\" -> processor \"tag/2\" in pipeline \"traces/x\" -> connector \
             \"bridge/2\" (traces to traces) -> processor \"holder\" in pipeline \"traces/y\" -> \
             connector \"bridge\" (traces to traces)",
        ),
    ] {
        let error = plan(&settings(&wired(pipelines))).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}\n{expected}");
    }
}

#[test]
fn a_refused_signal_says_where_it_stands() {
    let error = plan(&settings(&wired(&[("logs", "span_source / - / sink")]))).unwrap_err();
    assert!(error.to_string().ends_with("not supported (at config.yaml:7:24)"), "{error}");
}

#[tokio::test]
async fn every_pipeline_and_every_exporter_gets_the_batch_in_order() {
    let (mut service, world) = started("fan_out", FAN_OUT).await;
    world.push("source", traces(&["x"])).await.unwrap();
    let tagged = |id: &str| (id.to_owned(), vec!["x@tag/a,tag/b,tag/c".to_owned()]);
    let plain = ("sink/two".to_owned(), vec!["x".to_owned()]);
    assert_eq!(world.received(), [tagged("sink/one"), tagged("sink/two"), plain]);
    service.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_nobody_edits_is_shared_and_not_copied() {
    let yaml =
        wired(&[("traces", "source / holder / sink sink/2"), ("traces/2", "source / - / sink")]);
    let (mut service, world) = started("shared_bytes", &yaml).await;
    let batch = traces(&["x"]);
    world.push("source", batch.clone()).await.unwrap();
    let received = world.received_batches();
    assert_eq!(received.len(), 3);
    for (_, copy) in received {
        assert_eq!(copy.bytes().as_ptr(), batch.bytes().as_ptr());
    }
    service.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_failing_exporter_does_not_keep_the_batch_from_its_siblings() {
    let yaml = wired(&[("traces", "source / - / sink sink/2")]);
    let (mut service, world) = started("siblings", &yaml).await;
    world
        .script("sink", [Error::permanent("no"), Error::refused("later"), Error::refused("later")]);
    let error = world.push("source", traces(&["x"])).await.unwrap_err();
    assert!(error.is_permanent(), "{error}");
    assert_eq!(world.received(), [("sink/2".to_owned(), vec!["x".to_owned()])]);
    world.script("sink/2", [Error::refused("busy")]);
    let error = world.push("source", traces(&["x"])).await.unwrap_err();
    assert!(!error.is_permanent() && error.message().contains("later; "), "{error}");
    service.shutdown().await.unwrap();
}

#[tokio::test]
async fn receivers_and_exporters_are_one_instance_and_processors_one_for_each_pipeline() {
    let yaml = wired(&[("traces", "source / holder / sink"), ("logs", "source / holder / sink")]);
    let (mut service, world) = started("instances", &yaml).await;
    let starts = world.events();
    let count = |what: &str| starts.iter().filter(|event| *event == what).count();
    assert_eq!(count("start receiver source"), 1);
    assert_eq!(count("start exporter sink"), 1);
    assert_eq!(count("start processor holder"), 2);
    assert_eq!(
        world.outputs("source").signals().collect::<Vec<_>>(),
        [Signal::Traces, Signal::Logs]
    );
    service.shutdown().await.unwrap();
}

#[tokio::test]
async fn connectors_lead_to_the_pipelines_of_the_pairs_they_support() {
    let (mut service, world) = started("connectors", CONNECTORS).await;
    world.push("source", traces(&["x"])).await.unwrap();
    let expected = [
        ("sink/traces".to_owned(), vec!["x@tag/front,tag/back".to_owned()]),
        ("sink/metrics".to_owned(), vec!["(metrics)".to_owned()]),
    ];
    assert_eq!(world.received(), expected);
    service.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_dropped_record_is_offered_to_no_later_stage_and_an_empty_batch_goes_nowhere() {
    let yaml = wired(&[("traces", "source / drop/a tag drop/b / sink")]);
    let (mut service, world) = started("drops", &yaml).await;
    world.push("source", traces(&["a", "x", "b"])).await.unwrap();
    assert_eq!(world.received(), [("sink".to_owned(), vec!["x@tag".to_owned()])]);
    world.push("source", traces(&["a", "b"])).await.unwrap();
    assert_eq!(world.received(), []);
    service.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_component_that_cannot_be_made_is_named() {
    let yaml = "receivers: {source: {fail_new: true}}\nexporters: {sink: }\n\
                service: {pipelines: {traces: {receivers: [source], exporters: [sink]}}}";
    let error = build("not_made", yaml).err().unwrap().to_string();
    assert_eq!(
        error,
        "failed to build pipelines: failed to create \"source\" receiver for data type \"traces\": told to"
    );
    assert_eq!(World::named("not_made").events(), [] as [&str; 0]);
}
