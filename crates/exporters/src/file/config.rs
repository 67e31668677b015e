//! Settings of the `file` exporter.

use sdk::{Duration, Optional, Problems};
use serde::{Deserialize, Serialize};

/// Where and how to write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The file.
    pub path: String,
    /// `json` or `proto`.
    pub format: String,
    /// Whether to write after what is there.
    pub append: bool,
    /// Starting new files; off unless given.
    pub rotation: Optional<RotationConfig>,
    /// Empty or `zstd`.
    pub compression: String,
    /// The longest time that data waits in memory.
    pub flush_interval: Duration,
    /// Whether to make the folder of the file.
    pub create_directory: bool,
    /// Permissions of that folder, octal.
    pub directory_permissions: String,
}

/// `rotation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RotationConfig {
    /// MiB at which a file is full; 0 is 100.
    pub max_megabytes: i64,
    /// Age at which old files are deleted; 0 keeps them.
    pub max_days: i64,
    /// How many old files are kept; 0 keeps all.
    pub max_backups: i64,
    /// Whether file names have local time instead of UTC.
    pub localtime: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            path: String::new(),
            format: "json".to_owned(),
            append: false,
            rotation: Optional::Default(RotationConfig::default()),
            compression: String::new(),
            flush_interval: Duration::from_secs(1),
            create_directory: false,
            directory_permissions: "0755".to_owned(),
        }
    }
}

impl Default for RotationConfig {
    fn default() -> Self {
        Self { max_megabytes: 100, max_days: 0, max_backups: 100, localtime: false }
    }
}

impl Config {
    /// The permissions as a number, if they are one.
    pub(super) fn directory_mode(&self) -> Option<u32> {
        u32::from_str_radix(&self.directory_permissions, 8).ok().filter(|mode| *mode <= 0o777)
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(!self.path.is_empty(), "path must be non-empty");
        problems.check(
            matches!(self.format.as_str(), "json" | "proto"),
            format!("format type is not supported: {:?}; use \"json\" or \"proto\"", self.format),
        );
        problems.check(
            matches!(self.compression.as_str(), "" | "zstd"),
            format!("compression is not supported: {:?}; use \"zstd\"", self.compression),
        );
        problems.check(
            !self.append || self.compression.is_empty(),
            "append and compression enabled at the same time is not supported",
        );
        problems.check(
            !self.append || !self.rotation.is_some(),
            "append and rotation enabled at the same time is not supported",
        );
        problems.check(self.flush_interval.nanos() > 0, "flush_interval must be larger than zero");
        if self.directory_mode().is_none() {
            problems.at(
                "directory_permissions",
                format!("not octal permissions such as \"0755\": {:?}", self.directory_permissions),
            );
        }
        if let Some(rotation) = self.rotation.as_ref() {
            for (key, value) in [
                ("max_megabytes", rotation.max_megabytes),
                ("max_days", rotation.max_days),
                ("max_backups", rotation.max_backups),
            ] {
                let mut inner = Problems::new();
                if value < 0 {
                    inner.at(key, format!("must be non-negative: {value}"));
                }
                problems.nest("rotation", inner);
            }
        }
        problems
    }
}
