//! Random OTLP requests, as prost structs that we did not write and as odd but legal bytes.
//!
//! A test binary takes it in with `#[path = "../support/mod.rs"] mod support;`. Everything random
//! is drawn from [`Dice`], whose faces proptest (or a fuzzer) chooses, so failures shrink.

mod dice;
mod logs;
mod metrics;
mod oddities;
mod profiles;
mod shared;
mod traces;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    profiles::v1development::ExportProfilesServiceRequest, trace::v1::ExportTraceServiceRequest,
};
use pdata::{Counts, Signal};

pub(crate) use self::{
    dice::{Dice, dice},
    oddities::make_odd,
};

/// A request of one signal as a prost struct.
pub(crate) trait Request:
    prost::Message + Default + Clone + PartialEq + std::fmt::Debug
{
    const SIGNAL: Signal;

    /// A random one.
    fn random(dice: &mut Dice) -> Self;

    /// What [`pdata::count`] should find.
    fn counts(&self) -> Counts;

    /// Its items, each a request of its own that holds nothing else.
    fn items(&self) -> Vec<Self>;
}

/// Implements [`Request`]: the lists from the request down to its records, and the items in one.
macro_rules! request {
    ($request:ty, $signal:ident, $random:path, $resources:ident, $scopes:ident, $records:ident, $items:expr) => {
        impl Request for $request {
            const SIGNAL: Signal = Signal::$signal;

            fn random(dice: &mut Dice) -> Self {
                $random(dice)
            }

            fn counts(&self) -> Counts {
                let scopes = || self.$resources.iter().flat_map(|resource| &resource.$scopes);
                let records = || scopes().flat_map(|scope| &scope.$records);
                Counts {
                    resources: self.$resources.len(),
                    scopes: scopes().count(),
                    records: records().count(),
                    items: records().map(|record| $items(record).len()).sum(),
                }
            }

            fn items(&self) -> Vec<Self> {
                let mut items = Vec::new();
                for resource in &self.$resources {
                    for scope in &resource.$scopes {
                        for record in scope.$records.iter().flat_map($items) {
                            let mut scope = scope.clone();
                            scope.$records = vec![record];
                            let mut resource = resource.clone();
                            resource.$scopes = vec![scope];
                            let mut request = self.clone();
                            request.$resources = vec![resource];
                            items.push(request);
                        }
                    }
                }
                items
            }
        }
    };
}

request!(
    ExportTraceServiceRequest,
    Traces,
    traces::request,
    resource_spans,
    scope_spans,
    spans,
    one
);
request!(
    ExportLogsServiceRequest,
    Logs,
    logs::request,
    resource_logs,
    scope_logs,
    log_records,
    one
);
request!(
    ExportMetricsServiceRequest,
    Metrics,
    metrics::request,
    resource_metrics,
    scope_metrics,
    metrics,
    metrics::points
);
request!(
    ExportProfilesServiceRequest,
    Profiles,
    profiles::request,
    resource_profiles,
    scope_profiles,
    profiles,
    profiles::samples
);

fn one<T: Clone>(record: &T) -> Vec<T> {
    vec![record.clone()]
}
