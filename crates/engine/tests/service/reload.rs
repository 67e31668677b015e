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
    let expected = [
        "stop receiver source",
        "stop exporter sink/1",
        "close",
        "open",
        "start exporter sink/2",
        "start receiver source",
    ];
    assert_eq!(run.world.events(), expected);
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
async fn a_config_that_does_not_start_is_replaced_by_the_last_one() {
    let run = Run::start("reload_back", [into("sink/1", ""), into("sink/2", "fail_start: true")]);
    run.settle().await;
    run.world.events();
    run.reload().await;
    let expected = [
        "stop receiver source",
        "stop exporter sink/1",
        "close",
        "open",
        "start exporter sink/2",
        "stop exporter sink/2",
        "close",
        "open",
        "start exporter sink/1",
        "start receiver source",
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
