//! The table of prices in use, and how a new one takes its place.

use std::{
    fs::{self, File, Metadata},
    io::Read as _,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use genai::Prices;
use jiff::Timestamp;
use sdk::{BuildContext, BuildError};
use tokio::{runtime::Handle, time::Instant};

use super::{config::PriceConfig, metrics::Reloads};

/// The prices of one component, shared by its pipelines.
///
/// A file is looked at again when a call is priced and the interval is over: by a thread for
/// blocking work, so that no batch waits for a disk. Calls that come meanwhile are priced by the table
/// in use, and so are all others if the new file is no good.
#[derive(Debug)]
pub(super) struct PriceBook {
    config: PriceConfig,
    prices: RwLock<Prices>,
    /// What the file looked like when it was last read, whatever came of it.
    seen: Mutex<Option<Stamp>>,
    opened: Instant,
    /// When the file is looked at next: nanoseconds since `opened`.
    due: AtomicU64,
    reloads: Reloads,
}

/// What tells that a file is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

/// What the pipelines of a component share: the book, or why there is none.
struct Opened(Result<Arc<PriceBook>, String>);

impl PriceBook {
    /// The book of this component, opened by the first of its pipelines. A file that cannot be read at
    /// the start is an error, so that nobody runs with other prices than asked for.
    pub(super) fn of(
        config: &PriceConfig,
        context: &BuildContext,
    ) -> Result<Arc<Self>, BuildError> {
        let open = || Opened(Self::open(config, context).map(Arc::new));
        let opened = context.shared.get_or_insert_with(&context.id, open);
        opened.0.clone().map_err(BuildError)
    }

    fn open(config: &PriceConfig, context: &BuildContext) -> Result<Self, String> {
        let book = Self {
            config: config.clone(),
            prices: RwLock::new(Prices::bundled().with_aliases(aliases(config))),
            seen: Mutex::default(),
            opened: Instant::now(),
            due: AtomicU64::new(u64::MAX),
            reloads: Reloads::new(context),
        };
        if !config.file.is_empty() {
            book.load().map_err(|reason| book.told(&reason))?;
            book.schedule();
        }
        Ok(book)
    }

    /// The prices now. Held while one record is priced.
    pub(super) fn now(self: &Arc<Self>) -> RwLockReadGuard<'_, Prices> {
        if self.due.load(Ordering::Relaxed) != u64::MAX {
            self.refresh();
        }
        self.prices.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn refresh(self: &Arc<Self>) {
        let due = self.due.load(Ordering::Relaxed);
        if self.elapsed() < due {
            return;
        }
        // Whoever moves the time on is the one to look.
        let next = self.next();
        let order = Ordering::Relaxed;
        if self.due.compare_exchange(due, next, order, order).is_err() {
            return;
        }
        let book = self.clone();
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || book.reload())),
            Err(_) => book.reload(),
        }
    }

    fn schedule(&self) {
        if !self.config.reload_interval.is_zero() {
            self.due.store(self.next(), Ordering::Relaxed);
        }
    }

    fn next(&self) -> u64 {
        let interval = self.config.reload_interval.as_nanos();
        self.elapsed().saturating_add(u64::try_from(interval).unwrap_or(u64::MAX))
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Takes the file if it is another one than before.
    fn reload(&self) {
        match self.load() {
            Ok(false) => {}
            Ok(true) => self.reloads.loaded.add(1),
            Err(reason) => {
                self.reloads.failed.add(1);
                tracing::error!(error = %self.told(&reason), "prices stay as they were");
            }
        }
    }

    /// Reads the file unless it is the one read last; tells whether there are new prices.
    fn load(&self) -> Result<bool, String> {
        let path = Path::new(&self.config.file);
        let found = fs::metadata(path).map_err(|error| error.to_string())?;
        if !found.is_file() {
            return Err("is not a file".to_owned());
        }
        let stamp = Stamp { modified: found.modified().ok(), length: found.len() };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if *seen == Some(stamp) {
            return Ok(false);
        }
        // A bad file is not read again before it changes.
        *seen = Some(stamp);
        let table = read_at_most(path, self.config.max_bytes())?;
        let prices = Prices::bundled().with_aliases(aliases(&self.config));
        let date = date_of(&found);
        let prices = prices.with_table(&table, &date).map_err(|error| error.to_string())?;
        tracing::info!(file = self.config.file, date = prices.date(), "prices loaded");
        *self.prices.write().unwrap_or_else(PoisonError::into_inner) = prices;
        Ok(true)
    }

    fn told(&self, reason: &str) -> String {
        format!("price file {:?}: {reason}", self.config.file)
    }
}

fn aliases(config: &PriceConfig) -> impl Iterator<Item = (String, String)> + '_ {
    config.aliases.iter().map(|(name, priced)| (name.clone(), priced.clone()))
}

/// When the file was written, `YYYY-MM-DD`; neither format says how old its prices are.
fn date_of(file: &Metadata) -> String {
    let modified = file.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    modified.map(|time| time.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

fn read_at_most(path: &Path, max: u64) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let read = file.take(max.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > max {
        return Err(format!("is larger than {} MiB, the most `max_file_mib` allows", max >> 20));
    }
    Ok(bytes)
}
