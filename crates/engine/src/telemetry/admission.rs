//! The metrics of the budget for bytes of requests.

use net::budget::ByteBudget;
use sdk::telemetry::{Level, Telemetry};

/// Adds the budget's metrics, read anew for each scrape.
pub(crate) fn observe_budget(telemetry: &Telemetry, budget: ByteBudget) {
    let gauge = |name: &str, help: &str| telemetry.gauge(Level::Basic, name, help, &[]);
    let limit = gauge(
        "tollgate_admission_limit_bytes",
        "Bytes of requests that the process may hold. [Development]",
    );
    let held = gauge(
        "tollgate_admission_held_bytes",
        "Bytes of requests that are read and not yet delivered or refused. [Development]",
    );
    let clients =
        gauge("tollgate_admission_clients", "Clients that hold bytes of requests. [Development]");
    let refused = |reason: &str| {
        let help = "Number of requests refused for want of bytes, by reason. [Development]";
        let name = "tollgate_admission_refused_requests";
        telemetry.counter(Level::Basic, name, help, &[("reason", reason)])
    };
    let (full, share, too_large) = (refused("full"), refused("client_share"), refused("too_large"));
    let clamped = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    limit.set(clamped(budget.capacity().unwrap_or(0)));
    telemetry.on_scrape(move || {
        held.set(clamped(budget.held()));
        clients.set(clamped(budget.clients()));
        let refusals = budget.refusals();
        full.raise_to(refusals.exhausted);
        share.raise_to(refusals.over_share);
        too_large.raise_to(refusals.never_fits);
    });
}
