//! Settings of the `debug` exporter.

use sdk::{Optional, Problems, QueueConfig, telemetry::Level};
use serde::{Deserialize, Serialize};

/// What is shown, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// How much is shown.
    pub verbosity: Verbosity,
    /// How many equal messages a second are shown.
    pub sampling_initial: i64,
    /// After that every n-th of that second; zero or less shows none.
    pub sampling_thereafter: i64,
    /// Whether it goes to the service's log.
    pub use_internal_logger: bool,
    /// Where it goes otherwise.
    pub output_paths: Vec<String>,
    /// The queue; off by default.
    pub sending_queue: Optional<QueueConfig>,
}

/// A level in any case. `none` is read so that the refusal can name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Verbosity(pub Level);

impl Default for Verbosity {
    fn default() -> Self {
        Self(Level::Basic)
    }
}

impl TryFrom<String> for Verbosity {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Level::from_name(&name).map(Self).ok_or_else(|| {
            format!(
                "unknown metrics level {:?}; use \"basic\", \"normal\" or \"detailed\"",
                name.to_lowercase()
            )
        })
    }
}

impl From<Verbosity> for String {
    fn from(verbosity: Verbosity) -> Self {
        format!("{:?}", verbosity.0)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            verbosity: Verbosity::default(),
            sampling_initial: 2,
            sampling_thereafter: 1,
            use_internal_logger: true,
            output_paths: vec!["stdout".to_owned()],
            sending_queue: Optional::Default(QueueConfig::default()),
        }
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(
            self.verbosity.0 != Level::None,
            "verbosity level \"None\" is not supported; use \"basic\", \"normal\" or \"detailed\"",
        );
        if !self.use_internal_logger && self.output_paths.is_empty() {
            problems.at("output_paths", "must name at least one path, `stdout` for example");
        }
        if let Some(queue) = self.sending_queue.as_ref() {
            problems.nest("sending_queue", queue.problems());
        }
        problems
    }
}
