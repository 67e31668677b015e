//! Which pipelines a connector joins.

use sdk::{Id, Signal};

use super::{Plan, signal_of};
use crate::settings::{Faults, Settings, locate};

/// Fills in the links of every connector in use. A pair of signals that the connector does not
/// support is skipped, as long as each use is supported somewhere (C§3.1).
pub(super) fn connect(plan: &mut Plan, settings: &Settings, faults: &mut Faults) {
    for (id, connector) in &mut plan.connectors {
        let pairs =
            settings.connectors.get(id).map_or(&[][..], |configured| configured.entry.pairs);
        let is_supported = |from: Signal, to: Signal| pairs.contains(&(from, to));
        for from in connector.from.iter().map(signal_of) {
            let to = connector.to.iter().filter(|to| is_supported(from, signal_of(to)));
            let to: Vec<_> = to.cloned().collect();
            if !to.is_empty() {
                connector.links.insert(from, to);
            }
        }
        let unused = |role, of: &[_], other| misuse(id, role, of, other);
        for signal in Signal::ALL {
            let ends: Vec<_> = of_signal(&connector.from, signal);
            if !ends.is_empty() && !connector.links.contains_key(&signal) {
                let message = unused("exporter", &ends, "receiver");
                faults.add(message, place(settings, id));
            }
            let begins: Vec<_> = of_signal(&connector.to, signal);
            let is_fed = connector.from.iter().any(|from| is_supported(signal_of(from), signal));
            if !begins.is_empty() && !is_fed {
                let message = unused("receiver", &begins, "exporter");
                faults.add(message, place(settings, id));
            }
        }
    }
}

fn of_signal(pipelines: &[sdk::PipelineId], signal: Signal) -> Vec<String> {
    let of = pipelines.iter().filter(|pipeline| signal_of(pipeline) == signal);
    of.map(ToString::to_string).collect()
}

fn misuse(id: &Id, role: &str, pipelines: &[String], other: &str) -> String {
    format!(
        "connector {:?} used as {role} in [{}] pipeline but not used in any supported {other} \
         pipeline",
        id.to_string(),
        pipelines.join(" ")
    )
}

fn place(settings: &Settings, id: &Id) -> Option<config::Pos> {
    locate(settings.source(), ["connectors", &id.to_string()])
}
