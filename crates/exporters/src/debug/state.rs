//! What the exporter remembers: which messages were shown, and the files it writes to.

use std::{
    fs::{File, OpenOptions},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{self, Write as _},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use sdk::StartError;
use tokio::time::Instant;

/// Over how long equal messages are counted.
const TICK: Duration = Duration::from_secs(1);
/// How many different messages are told apart; others share a count.
const SLOTS: usize = 4096;

/// Shows the first few of equal messages in each second, then every n-th.
#[derive(Debug)]
pub(super) struct Sampler {
    initial: u64,
    thereafter: u64,
    slots: Mutex<Vec<Slot>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    since: Option<Instant>,
    count: u64,
}

impl Sampler {
    /// Negative numbers count as zero.
    pub(super) fn new(initial: i64, thereafter: i64) -> Self {
        // Every message is shown, so there is nothing to count.
        let slots = if thereafter == 1 { 0 } else { SLOTS };
        Self {
            initial: u64::try_from(initial).unwrap_or(0),
            thereafter: u64::try_from(thereafter).unwrap_or(0),
            slots: Mutex::new(vec![Slot::default(); slots]),
        }
    }

    /// Whether this message is to be shown.
    pub(super) fn admits(&self, message: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        message.hash(&mut hasher);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(slot) = slots.get_mut(hasher.finish() as usize % SLOTS) else { return true };
        let now = Instant::now();
        if slot.since.is_none_or(|since| now.duration_since(since) >= TICK) {
            *slot = Slot { since: Some(now), count: 0 };
        }
        slot.count += 1;
        let after = slot.count.saturating_sub(self.initial);
        after == 0 || after.checked_rem(self.thereafter) == Some(0)
    }
}

/// Where the text goes when it does not go to the log.
#[derive(Debug, Default)]
pub(super) struct Outputs(Vec<Output>);

#[derive(Debug)]
enum Output {
    Stdout,
    Stderr,
    File(String, File),
}

impl Outputs {
    /// Opens the files to append to.
    pub(super) fn open(paths: &[String]) -> Result<Self, StartError> {
        let open = |path: &String| {
            Ok(match path.as_str() {
                "stdout" => Output::Stdout,
                "stderr" => Output::Stderr,
                _ => {
                    let file = OpenOptions::new().append(true).create(true).open(path);
                    let file =
                        file.map_err(|error| StartError(format!("cannot open {path}: {error}")))?;
                    Output::File(path.clone(), file)
                }
            })
        };
        paths.iter().map(open).collect::<Result<_, _>>().map(Self)
    }

    /// Writes to all of them; blocks. The error names the output that failed.
    pub(super) fn write(&mut self, text: &[u8]) -> Result<(), String> {
        for output in &mut self.0 {
            let written = match output {
                Output::Stdout => io::stdout().lock().write_all(text),
                Output::Stderr => io::stderr().lock().write_all(text),
                Output::File(_, file) => file.write_all(text),
            };
            written.map_err(|error| format!("cannot write to {}: {error}", output.name()))?;
        }
        Ok(())
    }
}

impl Output {
    fn name(&self) -> &str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::File(path, _) => path,
        }
    }
}
