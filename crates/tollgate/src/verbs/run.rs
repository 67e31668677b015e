//! The collector itself: runs until told to stop.

use engine::{
    run::{Collector, Control},
    telemetry::Logs,
};
use sdk::Clock;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};

use crate::{cli::Request, environment, environment::Surroundings, loader::Loader, watch};

/// Signals that came and were not yet acted on; more of them say nothing new.
const CONTROLS_MAX: usize = 8;

pub(super) fn perform(request: &Request) -> Result<(), String> {
    let loader = Loader::new(request)?;
    let logs = Logs::new(Clock::system());
    logs.install().map_err(|error| error.to_string())?;
    environment::raise_open_files();
    let runtime = environment::runtime()?;
    runtime.block_on(async {
        let (control, controls) = mpsc::channel(CONTROLS_MAX);
        let listen = |kind| signal(kind).map_err(|error| format!("cannot watch signals: {error}"));
        let signals = [
            (listen(SignalKind::terminate())?, "terminated", Control::Stop),
            (listen(SignalKind::interrupt())?, "interrupt", Control::Stop),
            (listen(SignalKind::hangup())?, "hangup", Control::Reload),
        ];
        for (signal, name, meaning) in signals {
            tokio::spawn(forward(signal, name, meaning, control.clone()));
        }
        if let Some(watched) = &loader.watched {
            tokio::spawn(watch::watch(watched.clone(), control.clone()));
        }
        // The tasks hold the only senders: as long as signals are watched, the collector runs.
        drop(control);
        let collector = Collector::new(Surroundings::new(loader, logs.clone()), controls);
        let outcome = collector.run().await.map_err(|error| error.to_string());
        // What was logged before the config could say where to goes to stderr.
        logs.open_fallback();
        outcome
    })
}

/// Tells the collector about each signal of one kind.
async fn forward(
    mut signal: Signal,
    name: &'static str,
    meaning: Control,
    control: mpsc::Sender<Control>,
) {
    while signal.recv().await.is_some() {
        tracing::info!(signal = name, "Received signal from OS");
        if control.send(meaning).await.is_err() {
            return;
        }
    }
}
