//! Service after service: reload, stop, and components that end it.

use std::{collections::VecDeque, sync::Arc};

use engine::{
    run::{Collector, Control, Environment, RunError, ServiceOptions},
    settings::Settings,
};
use sdk::{async_trait, telemetry::Telemetry};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::fakes::{World, options, settings_with, traces};

/// One pipeline into an exporter of this id with these settings.
fn into(exporter: &str, config: &str) -> String {
    format!(
        "receivers: {{source: }}\nexporters: {{{exporter}: {{{config}}}}}\n\
         service: {{pipelines: {{traces: {{receivers: [source], exporters: [{exporter}]}}}}}}"
    )
}

/// Configs in the order they are loaded.
struct Script {
    world: &'static str,
    configs: VecDeque<String>,
    loaded: mpsc::Sender<()>,
}

#[async_trait]
impl Environment for Script {
    async fn load(&mut self) -> Result<Arc<Settings>, RunError> {
        let config = self.configs.pop_front().unwrap_or_default();
        let _ = self.loaded.try_send(());
        settings_with(&config, "").map_err(RunError)
    }

    fn options(&mut self, _: &Settings) -> ServiceOptions {
        options(self.world)
    }

    async fn open(&mut self, _: &Settings, _: &Telemetry) -> Result<(), RunError> {
        World::named(self.world).event("open");
        Ok(())
    }

    async fn reopen(&mut self, _: &Settings, _: &Settings, _: &Telemetry) -> Result<(), RunError> {
        Ok(())
    }

    async fn close(&mut self) {
        World::named(self.world).event("close");
    }
}

struct Run {
    world: Arc<World>,
    controls: mpsc::Sender<Control>,
    done: JoinHandle<Result<(), RunError>>,
}

impl Run {
    fn start(world: &'static str, configs: impl IntoIterator<Item = String>) -> Self {
        let (controls, receiver) = mpsc::channel(4);
        let (loaded, _) = mpsc::channel(1);
        let environment = Script { world, configs: configs.into_iter().collect(), loaded };
        let collector = Collector::new(environment, receiver);
        let done = tokio::spawn(collector.run());
        Self { world: World::named(world), controls, done }
    }

    /// Waits until the collector has nothing to do but wait.
    async fn settle(&self) {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    async fn reload(&self) {
        self.controls.send(Control::Reload).await.unwrap();
        self.settle().await;
    }

    async fn receivers_of_a_batch(&self) -> Vec<String> {
        self.world.push("source", traces(&["x"])).await.unwrap();
        self.world.received().into_iter().map(|(id, _)| id).collect()
    }

    async fn stop(self) -> Result<(), RunError> {
        // A collector that has ended by itself listens no more.
        let _ = self.controls.send(Control::Stop).await;
        self.done.await.unwrap()
    }
}

#[tokio::test]
async fn a_good_config_takes_over() {
    let run = Run::start("reload_good", [into("sink/1", ""), into("sink/2", "")]);
    run.settle().await;
    assert_eq!(run.receivers_of_a_batch().await, ["sink/1"]);
    run.world.events();
    run.reload().await;
    assert_eq!(run.world.events(), ["start exporter sink/2", "stop exporter sink/1"]);
    assert_eq!(run.receivers_of_a_batch().await, ["sink/2"]);
    run.stop().await.unwrap();
}

#[tokio::test]
async fn a_bad_config_leaves_the_running_one_alone() {
    let bad = [
        into("nosuch", ""),
        String::new(),
        into("sink/2", "").replace("source: ", "source: {fail_new: true}"),
    ];
    let configs = [into("sink/1", "")].into_iter().chain(bad).chain([into("sink/2", "")]);
    let run = Run::start("reload_bad", configs);
    run.settle().await;
    run.world.events();
    for _ in 0..3 {
        run.reload().await;
        assert_eq!(run.world.events(), [] as [&str; 0]);
        assert_eq!(run.receivers_of_a_batch().await, ["sink/1"]);
    }
    run.reload().await;
    assert_eq!(run.receivers_of_a_batch().await, ["sink/2"]);
    run.stop().await.unwrap();
}

#[tokio::test]
async fn a_config_that_does_not_start_leaves_the_running_one_alone() {
    let run = Run::start("reload_back", [into("sink/1", ""), into("sink/2", "fail_start: true")]);
    run.settle().await;
    run.world.events();
    run.reload().await;
    // It is tried beside the one that leaves, then in its place.
    let expected = [
        "start exporter sink/2",
        "stop exporter sink/2",
        "start exporter sink/2",
        "stop exporter sink/2",
    ];
    assert_eq!(run.world.events(), expected);
    assert_eq!(run.receivers_of_a_batch().await, ["sink/1"]);
    run.stop().await.unwrap();
}

#[tokio::test]
async fn the_first_config_has_to_start() {
    let run = Run::start("first_bad", [into("sink", "fail_start: true")]);
    let error = run.stop().await.unwrap_err().to_string();
    assert_eq!(error, "cannot start pipelines: failed to start \"sink\" exporter: told to");
    let events = World::named("first_bad").events();
    assert_eq!(events, ["open", "start exporter sink", "stop exporter sink", "close"]);
}

#[tokio::test]
async fn a_fatal_component_ends_the_collector_in_good_order() {
    let run = Run::start("fatal", [into("sink", "fatal: \"disk is gone\"")]);
    run.settle().await;
    run.receivers_of_a_batch().await;
    let outcome = run.done.await.unwrap();
    assert_eq!(outcome, Ok(()));
    assert_eq!(run.world.events().last().unwrap(), "close");
}

#[tokio::test]
async fn a_collector_without_anyone_to_control_it_stops() {
    let Run { world, controls, done } = Run::start("alone", [into("sink", "")]);
    drop(controls);
    assert_eq!(done.await.unwrap(), Ok(()));
    assert_eq!(world.events().last().unwrap(), "close");
}

const MANY: &str = "\
receivers: {source: , source/2: }
processors: {tag: , holder/keep: , holder: }
exporters: {sink: , sink/2: }
connectors: {bridge: }
extensions: {helper: , helper/2: }
service:
  extensions: [helper, helper/2]
  pipelines:
    traces: {receivers: [source], processors: [tag, holder/keep], exporters: [sink, bridge]}
    traces/2: {receivers: [source/2, bridge], processors: [holder], exporters: [sink/2]}
";

#[tokio::test]
async fn only_what_changed_restarts() {
    let edits = [
        ("sink/2: }", "sink/2: {retry_on_failure: {multiplier: 2}}}"),
        ("source/2: }", "source/2: {limit: 1}}"),
        ("helper/2: }", "helper/2: {needs: [helper]}}"),
        ("traces/2: {receivers: [source/2, bridge]", "traces/2: {receivers: [bridge]"),
        ("processors: [tag,", "processors: ["),
        ("holder: }", "holder: {limit: 2}}"),
        ("bridge: }", "bridge: {limit: 3}}"),
    ];
    let expected: [&[&str]; 7] = [
        &["start exporter sink/2", "stop exporter sink/2"],
        &["start receiver source/2", "stop receiver source/2"],
        &["start extension helper/2", "ready extension helper/2", "stop extension helper/2"],
        &["stop receiver source/2"],
        &[],
        &["start processor holder", "stop processor holder"],
        &["start connector bridge", "stop connector bridge"],
    ];
    let mut config = MANY.to_owned();
    let mut configs = vec![config.clone()];
    for (from, to) in edits {
        assert!(config.contains(from), "{from}");
        config = config.replacen(from, to, 1);
        configs.push(config.clone());
    }
    let run = Run::start("reload_only", configs);
    run.settle().await;
    run.world.events();
    for (expected, (from, _)) in expected.into_iter().zip(edits) {
        run.world.push("source", traces(&["x"])).await.unwrap();
        run.reload().await;
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        assert_eq!(run.world.events(), expected, "{from}");
    }
    let world = run.world.clone();
    run.stop().await.unwrap();
    // The holder that goes on has kept everything until the end, and its batches find today's sinks.
    let at_the_end = world.received();
    let all = |id: &str| at_the_end.iter().filter(|(of, _)| of == id).count();
    assert_eq!((all("sink"), all("sink/2")), (7, 7));
}

#[tokio::test]
async fn what_holders_have_when_they_leave_goes_to_where_it_was_going() {
    let with =
        |limit: u32| MANY.replace("holder/keep: ", &format!("holder/keep: {{limit: {limit}}}"));
    let run = Run::start(
        "reload_holder",
        [with(1), with(2).replace("sink: ,", "sink: {fatal: \"\", fail_shutdown: true},")],
    );
    run.settle().await;
    run.world.push("source", traces(&["x"])).await.unwrap();
    assert!(run.world.received().is_empty());
    run.reload().await;
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    let mut received = run.world.received();
    received.sort();
    let expected = [("sink", "x@tag"), ("sink/2", "x@tag")];
    assert_eq!(received, expected.map(|(id, span)| (id.to_owned(), vec![span.to_owned()])));
    let error = run.stop().await.unwrap_err().to_string();
    assert!(error.contains("told to"), "{error}");
}

#[tokio::test]
async fn a_port_that_leaves_is_free_for_what_comes() {
    // The second source starts only once the first has stopped.
    let run = Run::start(
        "reload_port",
        [
            into("sink", ""),
            into("sink", "").replace("source: ", "source: {port: 7}"),
            into("sink", "").replace("source: ", "source: {port: 7, limit: 1}"),
        ],
    );
    run.settle().await;
    run.reload().await;
    run.world.events();
    run.reload().await;
    let expected = [
        "start receiver source",
        "stop receiver source",
        "stop receiver source",
        "start receiver source",
    ];
    assert_eq!(run.world.events(), expected);
    assert_eq!(run.receivers_of_a_batch().await, ["sink"]);
    run.stop().await.unwrap();
}

#[tokio::test]
async fn how_a_reload_went_is_told() {
    let configs = [into("sink/1", ""), into("nosuch", ""), into("sink/1", ""), into("sink/2", "")];
    let run = Run::start("reload_told", configs);
    run.settle().await;
    for is_refused in [true, false, false] {
        run.reload().await;
        assert_eq!(run.world.host().config_is_refused(), is_refused);
    }
    run.stop().await.unwrap();
}
