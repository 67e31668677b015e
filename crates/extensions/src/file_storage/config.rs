//! Settings of the `file_storage` extension.

use std::path::PathBuf;

use sdk::{Duration, Problems, Value};
use serde::{Deserialize, Serialize};

/// Where files are, and how they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The directory; each queue has one of its own in it.
    pub directory: PathBuf,
    /// Makes the directory where it is missing.
    pub create_directory: bool,
    /// Its permissions then, in octal digits.
    pub directory_permissions: String,
    /// Whether an entry is on the disk when the client hears of success, or only with the system.
    pub fsync: bool,
    /// How many bytes one queue may take; zero for as many as the disk has.
    pub max_size: i64,
    /// How many bytes of damaged data are kept aside for each queue.
    pub max_damaged_size: i64,
    /// Read for compatibility: how long the Go collector waits for a lock.
    pub timeout: Duration,
    /// Read for compatibility: damaged files need no new start here.
    pub recreate: bool,
    /// Read for compatibility: files that are done with are removed.
    pub compaction: Value,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            directory: PathBuf::from("/var/lib/otelcol/file_storage"),
            create_directory: false,
            directory_permissions: "0750".to_owned(),
            fsync: true,
            max_size: 0,
            max_damaged_size: 64 << 20,
            timeout: Duration::from_secs(1),
            recreate: false,
            compaction: Value::default(),
        }
    }
}

impl Config {
    /// The permissions as a number; `None` if they are none.
    pub(super) fn permissions(&self) -> Option<u32> {
        let mode = u32::from_str_radix(&self.directory_permissions, 8).ok()?;
        (mode <= 0o7777).then_some(mode)
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        if self.directory.as_os_str().is_empty() {
            problems.at("directory", "a directory is needed, such as `/var/lib/tollgate`");
        }
        if self.permissions().is_none() {
            problems.at(
                "directory_permissions",
                "use octal digits as `chmod` takes them, such as \"0750\"",
            );
        }
        for (key, value) in
            [("max_size", self.max_size), ("max_damaged_size", self.max_damaged_size)]
        {
            if value < 0 {
                problems.at(key, "a number of bytes; it must not be negative");
            }
        }
        problems
    }
}
