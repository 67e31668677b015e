//! How alerts are made.

use super::{fault::Faults, reader::At};
use crate::burn::{Preset, Severity};

/// Settings of all alerts of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alerts {
    /// Which windows are used.
    pub preset: Preset,
    /// Events in the long window below which an alert stays silent; lower where little traffic is
    /// expected.
    pub min_events: u32,
    /// What pages carry.
    pub page: Route,
    /// What tickets carry.
    pub ticket: Route,
}

/// Where alerts of one severity go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Whether there are none.
    pub disable: bool,
    /// Labels for the router of alerts.
    pub labels: Vec<(String, String)>,
    /// Annotations for people.
    pub annotations: Vec<(String, String)>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            preset: Preset::Agent,
            min_events: 20,
            page: Route::default(),
            ticket: Route::default(),
        }
    }
}

impl Alerts {
    /// What alerts of that severity carry.
    #[must_use]
    pub const fn route(&self, severity: Severity) -> &Route {
        match severity {
            Severity::Page => &self.page,
            Severity::Ticket => &self.ticket,
        }
    }

    pub(super) fn read(at: &At<'_>, faults: &mut Faults) -> Self {
        let mut alerts = Self::default();
        if at.map(&["preset", "min_events", "page", "ticket"], faults).is_none() {
            return alerts;
        }
        if let Some(at) = at.get("preset")
            && let Some(text) = at.text(faults)
        {
            let names = Preset::ALL.map(Preset::name);
            match Preset::ALL.into_iter().find(|preset| preset.name() == text) {
                Some(preset) => alerts.preset = preset,
                None => at.fail(
                    faults,
                    "there is no such preset",
                    match config::suggest(text, names) {
                        Some(near) => format!("did you mean {near}?"),
                        None => format!("write one of {}", names.join(", ")),
                    },
                ),
            }
        }
        if let Some(at) = at.get("min_events") {
            alerts.min_events = at.count(faults).unwrap_or(alerts.min_events);
        }
        for (key, route) in [("page", &mut alerts.page), ("ticket", &mut alerts.ticket)] {
            let Some(at) = at.get(key) else { continue };
            at.map(&["disable", "labels", "annotations"], faults);
            if let Some(at) = at.get("disable") {
                route.disable = at.flag(faults).unwrap_or_default();
            }
            if let Some(at) = at.get("labels") {
                route.labels = at.labels(faults);
            }
            if let Some(at) = at.get("annotations") {
                route.annotations = at.labels(faults);
            }
        }
        alerts
    }
}
