//! Settings of the `otlp_file` receiver.

use sdk::{Problems, Signal};
use serde::{Deserialize, Serialize};

/// One request of more than 4 GiB has no length in any format.
const RECORD_MIB_MAX: u64 = 4095;

/// What is played, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Paths, with `*` allowed in the last part.
    pub include: Vec<String>,
    /// How requests stand in the files.
    pub format: Format,
    /// The signal of all files; empty to find out.
    pub signal: String,
    /// Items a second; zero does not wait.
    pub speed: f64,
    /// How many times all files are played; zero never ends.
    pub r#loop: u64,
    /// The longest request in MiB.
    pub max_record_size_mib: u64,
    /// What happens to a request that is refused for now.
    pub on_refused: OnRefused,
}

/// How requests stand in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Format {
    /// The ending of the file tells.
    #[default]
    Auto,
    /// OTLP JSON, one request a line.
    Json,
    /// Protobuf, each request after its length.
    Proto,
    /// Protobuf, one request a file.
    Request,
}

/// What happens to a request that is refused for now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum OnRefused {
    /// Wait and send it again.
    #[default]
    Retry,
    /// Go on with the next.
    Drop,
}

impl TryFrom<String> for Format {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "auto" => Ok(Self::Auto),
            "json" => Ok(Self::Json),
            "proto" => Ok(Self::Proto),
            "request" => Ok(Self::Request),
            _ => Err(format!(
                "unknown format {word:?}; use \"auto\", \"json\", \"proto\" or \"request\""
            )),
        }
    }
}

impl From<Format> for String {
    fn from(format: Format) -> Self {
        match format {
            Format::Auto => "auto",
            Format::Json => "json",
            Format::Proto => "proto",
            Format::Request => "request",
        }
        .to_owned()
    }
}

impl TryFrom<String> for OnRefused {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "retry" => Ok(Self::Retry),
            "drop" => Ok(Self::Drop),
            _ => Err(format!("unknown action {word:?}; use \"retry\" or \"drop\"")),
        }
    }
}

impl From<OnRefused> for String {
    fn from(action: OnRefused) -> Self {
        match action {
            OnRefused::Retry => "retry",
            OnRefused::Drop => "drop",
        }
        .to_owned()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            include: Vec::new(),
            format: Format::Auto,
            signal: String::new(),
            speed: 0.0,
            r#loop: 1,
            max_record_size_mib: 64,
            on_refused: OnRefused::Retry,
        }
    }
}

impl Config {
    /// The longest request in bytes.
    pub(super) fn record_bytes_max(&self) -> usize {
        usize::try_from(self.max_record_size_mib.min(RECORD_MIB_MAX) << 20).unwrap_or(usize::MAX)
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(
            !self.include.is_empty() && self.include.iter().all(|path| !path.is_empty()),
            "`include` must name at least one file, and no empty path",
        );
        if !self.signal.is_empty() && Signal::from_name(&self.signal).is_none() {
            let unknown = format!(
                "unknown signal {:?}; use \"traces\", \"metrics\", \"logs\" or \"profiles\"",
                self.signal
            );
            problems.at("signal", unknown);
        }
        if !(self.speed >= 0.0 && self.speed.is_finite()) {
            problems.at("speed", format!("must be a number from 0 up: {}", self.speed));
        }
        if !(1..=RECORD_MIB_MAX).contains(&self.max_record_size_mib) {
            let size = self.max_record_size_mib;
            let message = format!("must be between 1 and {RECORD_MIB_MAX}: {size}");
            problems.at("max_record_size_mib", message);
        }
        problems
    }
}
