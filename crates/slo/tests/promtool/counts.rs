//! What happened, step by step, and the counters that show it.

use slo::Period;

/// Events of one step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Events {
    pub(crate) good: u64,
    pub(crate) bad: u64,
    pub(crate) unknown: u64,
}

/// The events of one objective, or of one of its groups.
pub(crate) struct Traffic {
    pub(crate) name: String,
    /// Label and value of the group.
    pub(crate) group: Option<(String, String)>,
    /// Into how many replicas the events are split.
    pub(crate) replicas: u64,
    /// The first step is the time one step after the start.
    pub(crate) events: Vec<Events>,
}

impl Traffic {
    pub(crate) fn of(name: &str, events: Vec<Events>) -> Self {
        Self { name: name.to_owned(), group: None, replicas: 1, events }
    }

    /// The labels that its series share with what is recorded.
    pub(crate) fn labels(&self) -> Vec<(String, String)> {
        let name = ("slo_name".to_owned(), self.name.clone());
        std::iter::once(name).chain(self.group.clone()).collect()
    }

    /// Its counters, each beginning at 0.
    pub(crate) fn series(&self) -> String {
        let mut out = String::new();
        for replica in 0..self.replicas {
            for verdict in ["good", "bad", "excluded", "unknown"] {
                let mut labels = self.labels();
                labels.push(("slo_verdict".to_owned(), verdict.to_owned()));
                labels.push(("instance".to_owned(), replica.to_string()));
                let labels: Vec<_> = labels.iter().map(|(k, v)| format!("{k}=\"{v}\"")).collect();
                out += &format!("  - series: 'slo_events_total{{{}}}'\n", labels.join(","));
                out += &format!("    values: '{}'\n", self.values(verdict, replica));
            }
        }
        out
    }

    fn values(&self, verdict: &str, replica: u64) -> String {
        let share = |count: u64| count / self.replicas + u64::from(replica < count % self.replicas);
        let mut sum = 0;
        let mut values = vec!["0".to_owned()];
        for events in &self.events {
            sum += match verdict {
                "good" => share(events.good),
                "bad" => share(events.bad),
                "unknown" => share(events.unknown),
                _ => 0,
            };
            values.push(sum.to_string());
        }
        values.join(" ")
    }

    /// Events in the window that ends with step `at`.
    pub(crate) fn within(&self, window: Period, at: usize, step: u32) -> Events {
        let minutes = window.as_seconds() / 60;
        assert!(minutes.is_multiple_of(step), "{window} is no number of steps of {step}m");
        let from = at.saturating_sub((minutes / step) as usize);
        self.events[from..at].iter().fold(Events::default(), |sum, events| Events {
            good: sum.good + events.good,
            bad: sum.bad + events.bad,
            unknown: sum.unknown + events.unknown,
        })
    }
}
