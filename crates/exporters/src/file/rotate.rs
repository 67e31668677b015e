//! Starting new files and deleting old ones.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use sdk::Clock;

use super::config::RotationConfig;

const MIB: u64 = 1 << 20;
/// The time in the name of a file that was set aside.
const TIME_FORMAT: &str = "%Y-%m-%dT%H-%M-%S%.3f";
/// How many names are tried when files are set aside within one millisecond.
const ATTEMPTS_MAX: u64 = 1000;

/// When a file is full and how long it is kept.
#[derive(Debug)]
pub(super) struct Rotation {
    bytes_max: u64,
    age_max: Option<Duration>,
    backups_max: Option<usize>,
    zone: TimeZone,
    clock: Clock,
}

impl Rotation {
    pub(super) fn new(config: &RotationConfig, clock: Clock) -> Self {
        let megabytes = u64::try_from(config.max_megabytes).ok().filter(|size| *size > 0);
        let days = u64::try_from(config.max_days).ok().filter(|days| *days > 0);
        Self {
            bytes_max: megabytes.unwrap_or(100).saturating_mul(MIB),
            age_max: days.map(|days| Duration::from_secs(days.saturating_mul(24 * 60 * 60))),
            backups_max: usize::try_from(config.max_backups).ok().filter(|count| *count > 0),
            zone: if config.localtime { TimeZone::system() } else { TimeZone::UTC },
            clock,
        }
    }

    /// Whether the request no longer fits a file of this size.
    pub(super) fn is_full(&self, size: u64, request: &[u8]) -> bool {
        size.saturating_add(request.len() as u64) > self.bytes_max
    }

    /// Gives the file a name with the time in it.
    pub(super) fn set_aside(&self, path: &Path) -> io::Result<()> {
        let now = self.clock.now();
        for later in 0..ATTEMPTS_MAX {
            let aside = self.aside(path, now + Duration::from_millis(later));
            if !fs::exists(&aside)? {
                return fs::rename(path, aside);
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "no free name for the full file"))
    }

    /// Deletes files that are too old or too many. What cannot be deleted stays for the next time.
    pub(super) fn clean_up(&self, path: &Path) {
        let mut backups = self.backups(path);
        backups.sort_by(|a, b| b.cmp(a));
        let keep = self.backups_max.unwrap_or(usize::MAX);
        let oldest = self.age_max.and_then(|age| self.clock.now().checked_sub(age));
        let oldest = oldest.and_then(|oldest| Timestamp::try_from(oldest).ok());
        let is_due = |(at, (time, _)): &(usize, &(Timestamp, PathBuf))| {
            *at >= keep || oldest.is_some_and(|oldest| *time < oldest)
        };
        for (_, (_, backup)) in backups.iter().enumerate().filter(is_due) {
            if let Err(error) = fs::remove_file(backup) {
                let path = backup.display();
                tracing::warn!(%path, %error, "An old file could not be deleted");
            }
        }
    }

    /// The files set aside before, with the time in their names.
    fn backups(&self, path: &Path) -> Vec<(Timestamp, PathBuf)> {
        let (stem, ending) = parts(path);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let Ok(entries) = fs::read_dir(folder.unwrap_or(Path::new("."))) else {
            return Vec::new();
        };
        let backup = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            let time = name.strip_prefix(&stem)?.strip_prefix('-')?.strip_suffix(&ending)?;
            let time = DateTime::strptime(TIME_FORMAT, time).ok()?;
            let time = self.zone.to_timestamp(time).ok()?;
            Some((time, entry.path()))
        };
        entries.filter_map(Result::ok).filter_map(backup).collect()
    }

    fn aside(&self, path: &Path, time: SystemTime) -> PathBuf {
        let time = Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH);
        let time = self.zone.to_datetime(time).strftime(TIME_FORMAT).to_string();
        let (stem, ending) = parts(path);
        path.with_file_name(format!("{stem}-{time}{ending}"))
    }
}

/// What stands before and after the time in the name of a file: `telemetry` and `.jsonl`.
fn parts(path: &Path) -> (String, String) {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
    (stem, ending.unwrap_or_default())
}
