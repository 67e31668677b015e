//! What a run is, and when it is over.

use std::time::Duration;

use super::{Match, fault::Faults, read::match_of, reader::At};
use crate::arrival::Closing;

/// Bytes that one open run takes, at the least; what bounds are checked against.
pub const BYTES_OF_RUN: u64 = 400;

/// What a run is, and when it is over.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Runs {
    /// What begins a run; the outermost match wins.
    pub root: Option<Match>,
    /// When it is over.
    pub close: Closing,
    /// What is held of open runs.
    pub limits: Limits,
    /// Spans in which a human is waited for.
    pub wait: Option<Match>,
}

/// Bounds of what is held of open runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open runs.
    pub runs: u32,
    /// Bytes of all of them.
    pub memory: u64,
    /// Spans of one run.
    pub spans_per_run: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { runs: 50_000, memory: 256 << 20, spans_per_run: 20_000 }
    }
}

impl Runs {
    pub(super) fn read(at: &At<'_>, faults: &mut Faults) -> Self {
        let mut runs = Self::default();
        if at.map(&["root", "close", "limits", "wait"], faults).is_none() {
            return runs;
        }
        runs.root = at.get("root").map(|root| match_of(&root, faults));
        runs.wait = at.get("wait").map(|wait| match_of(&wait, faults));
        if let Some(close) = at.get("close") {
            runs.read_close(&close, faults);
        }
        if let Some(limits) = at.get("limits") {
            runs.read_limits(&limits, faults);
        }
        runs
    }

    fn read_close(&mut self, at: &At<'_>, faults: &mut Faults) {
        at.map(&["after_root", "idle", "max_age"], faults);
        let mut time = |key: &str, into: &mut Duration| {
            let Some(at) = at.get(key) else { return };
            match at.value.as_str().and_then(|text| text.parse::<config::Duration>().ok()) {
                Some(time) if !time.is_negative() => *into = time.to_std(),
                _ => at.fail(faults, "is no length of time", "write it with a unit, such as 5s"),
            }
        };
        time("after_root", &mut self.close.after_root);
        time("idle", &mut self.close.idle);
        time("max_age", &mut self.close.max_age);
        let Closing { after_root, idle, max_age } = self.close;
        for (key, time) in [("idle", idle), ("after_root", after_root)] {
            if time > max_age {
                let place = at.get(key).unwrap_or_else(|| at.clone());
                place.fail(
                    faults,
                    format!("{key} is {time:?}, longer than max_age, which is {max_age:?}"),
                    format!("make {key} shorter, or max_age longer: it would never be reached"),
                );
            }
        }
    }

    fn read_limits(&mut self, at: &At<'_>, faults: &mut Faults) {
        at.map(&["runs", "memory", "spans_per_run"], faults);
        for (key, into) in
            [("runs", &mut self.limits.runs), ("spans_per_run", &mut self.limits.spans_per_run)]
        {
            let Some(at) = at.get(key) else { continue };
            match at.count(faults) {
                Some(0) => at.fail(faults, "nothing would be judged", "write at least 1"),
                Some(count) => *into = count,
                None => {}
            }
        }
        if let Some(at) = at.get("memory") {
            match at.scalar().as_deref().and_then(bytes) {
                Some(memory) => self.limits.memory = memory,
                None => at.fail(faults, "is no size", "write it in bytes or as 256MiB"),
            }
        }
        let least = u64::from(self.limits.runs) * BYTES_OF_RUN;
        if self.limits.memory < least {
            let place = at.get("memory").unwrap_or_else(|| at.clone());
            place.fail(
                faults,
                format!(
                    "{} bytes do not hold {} open runs of {BYTES_OF_RUN} bytes",
                    self.limits.memory, self.limits.runs
                ),
                format!("give at least {least} bytes, or lower runs"),
            );
        }
    }
}

/// `1048576`, `64KiB`, `256MiB`, `2GiB`.
fn bytes(text: &str) -> Option<u64> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("B", 0), ("", 0)];
    let (unit, shift) = units.into_iter().find(|(unit, _)| text.ends_with(unit))?;
    let number: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    number.checked_mul(1 << shift)
}
