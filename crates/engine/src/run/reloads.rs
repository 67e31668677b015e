//! How reloads went, as metrics and on the status board.

use std::time::UNIX_EPOCH;

use sdk::telemetry::Level;

use super::Service;

/// What a reload did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The new config runs.
    Applied,
    /// It asks for nothing else.
    Unchanged,
}

/// How many reloads there were, since the process began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reloads {
    applied: u64,
    unchanged: u64,
    refused: u64,
    /// Seconds since 1970.
    last_success: u64,
}

impl Reloads {
    /// The first config runs.
    pub(super) fn begin(&mut self, service: &Service) {
        self.last_success = seconds(service);
        self.show(service, true);
    }

    /// A reload has ended, and this is what runs now.
    pub(super) fn note(&mut self, service: &Service, outcome: &Result<Outcome, String>) {
        match outcome {
            Ok(Outcome::Applied) => self.applied += 1,
            Ok(Outcome::Unchanged) => self.unchanged += 1,
            Err(_) => self.refused += 1,
        }
        if outcome.is_ok() {
            self.last_success = seconds(service);
        }
        self.show(service, outcome.is_ok());
    }

    fn show(&self, service: &Service, is_success: bool) {
        service.board.set_config_is_refused(!is_success);
        let telemetry = service.telemetry();
        let help = "Number of times that the config was read again, by what came of it. [Alpha]";
        for (outcome, count) in
            [("applied", self.applied), ("unchanged", self.unchanged), ("refused", self.refused)]
        {
            let labels = [("outcome", outcome)];
            let name = "tollgate_config_reloads";
            telemetry.counter(Level::Basic, name, help, &labels).raise_to(count);
        }
        let gauge = |name: &str, help: &str, value: i64| {
            telemetry.gauge(Level::Basic, name, help, &[]).set(value);
        };
        gauge(
            "tollgate_config_last_reload_successful",
            "Whether the config that was read last runs. [Alpha]",
            is_success.into(),
        );
        gauge(
            "tollgate_config_last_reload_success_timestamp_seconds",
            "When the config that runs was read last. [Alpha]",
            i64::try_from(self.last_success).unwrap_or(i64::MAX),
        );
    }
}

fn seconds(service: &Service) -> u64 {
    service.now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
