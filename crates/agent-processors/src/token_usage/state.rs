//! The table of prices in use, and how a new one takes its place.

use std::{
    cell::RefCell,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use genai::{CostSource, Prices, Pricing, Provider, RateId, Usage, value::is_same};
use jiff::Timestamp;
use pdata::Prepared;
use sdk::{AnyValue, BuildContext, BuildError, FileContent, RecordKind, WatchedFile};
use tokio::{runtime::Handle, time::Instant};

use super::{config::PriceConfig, metrics::Reloads, names};
use crate::shared::Recent;

/// The prices of one component, shared by its pipelines.
///
/// A file is looked at again when a call is priced and the interval is over: by a thread for
/// blocking work, so that no batch waits for a disk. Calls that come meanwhile are priced by the table
/// in use, and so are all others if the new file is no good.
#[derive(Debug)]
pub(super) struct PriceBook {
    config: PriceConfig,
    table: RwLock<Table>,
    file: WatchedFile,
    opened: Instant,
    /// When the file is looked at next: nanoseconds since `opened`.
    due: AtomicU64,
    reloads: Reloads,
}

/// A table of prices, told from all others of the process by its number.
#[derive(Debug)]
pub(super) struct Table {
    prices: Prices,
    number: u64,
    /// A computed cost, which stands in place of the double, and all that is told of it, in the order in
    /// which it would be written one by one: for spans and for log records.
    costs: [Prepared; 2],
}

static TABLES: AtomicU64 = AtomicU64::new(0);

impl Table {
    fn new(prices: Prices) -> Self {
        let text = |text: &'static str| AnyValue::Str(text.as_bytes());
        let costs = [RecordKind::Span, RecordKind::LogRecord].map(|kind| {
            let pairs = [
                (names::COST, AnyValue::Double(0.0)),
                (names::COST_CURRENCY, text(names::CURRENCY)),
                (names::COST_SOURCE, text(CostSource::Computed.name())),
                (names::PRICE_DATE, AnyValue::Str(prices.date().as_bytes())),
            ];
            Prepared::new(kind, &pairs)
        });
        Self { prices, number: TABLES.fetch_add(1, Ordering::Relaxed), costs }
    }

    /// A computed cost and all that is told of it, for a kind of record.
    pub(super) fn cost_attributes(&self, kind: RecordKind) -> Option<&Prepared> {
        let [spans, logs] = &self.costs;
        match kind {
            RecordKind::Span => Some(spans),
            RecordKind::LogRecord => Some(logs),
            _ => None,
        }
    }

    /// The date of the table, `YYYY-MM-DD`.
    pub(super) fn date(&self) -> &str {
        self.prices.date()
    }

    /// What these tokens cost, in US dollars, if the price is known, and who says so.
    /// `at` is the time to price at in nanoseconds since 1970, once more.
    pub(super) fn cost(
        &self,
        pricing: &Pricing<'_>,
        at: u64,
        usage: &Usage,
    ) -> Option<(f64, CostSource)> {
        let look_up = || self.prices.rate(pricing);
        let rate = rate([self.number, at / PERIOD], pricing, look_up);
        Some((self.prices.cost(rate, usage)?, rate.source()))
    }
}

/// How many prices each thread remembers.
const RATES: usize = 8;
/// Longer names are not remembered.
const NAME_MAX: usize = 128;
/// No price changes within half an hour of the clock, in nanoseconds.
const PERIOD: u64 = 1_800_000_000_000;

thread_local! {
    /// The prices met last: calls to one model come one after the other, and comparing its name takes a
    /// fraction of the time that looking it up takes.
    static RECENT: RefCell<Recent<Rate, RATES>> = const { RefCell::new(Recent::new()) };
}

struct Rate {
    table: u64,
    period: u64,
    /// Both models, provider and tier: what differs most comes first.
    names: [Option<Vec<u8>>; 4],
    id: RateId,
}

/// The price in a table, by its number and the period; `look_up` knows those not met lately.
#[inline]
fn rate([table, period]: [u64; 2], pricing: &Pricing<'_>, look_up: impl Fn() -> RateId) -> RateId {
    let provider = pricing.provider.map(Provider::as_bytes);
    let names = [pricing.response_model, pricing.request_model, provider, pricing.service_tier];
    let is = |rate: &&Rate| {
        rate.table == table
            && rate.period == period
            && rate.names.iter().zip(names).all(|(known, name)| match (known, name) {
                (Some(known), Some(name)) => is_same(known, name),
                (known, name) => known.is_none() && name.is_none(),
            })
    };
    RECENT.with(|recent| {
        let Ok(mut recent) = recent.try_borrow_mut() else { return look_up() };
        if let Some(rate) = recent.find(is) {
            return rate.id;
        }
        let id = look_up();
        if names.iter().flatten().all(|name| name.len() <= NAME_MAX) {
            let names = names.map(|name| name.map(<[u8]>::to_vec));
            recent.keep(Rate { table, period, names, id });
        }
        id
    })
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
            table: RwLock::new(Table::new(Prices::bundled().with_aliases(aliases(config)))),
            file: WatchedFile::new(&config.file, config.max_file_mib),
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
    pub(super) fn now(self: &Arc<Self>) -> RwLockReadGuard<'_, Table> {
        if self.due.load(Ordering::Relaxed) != u64::MAX {
            self.refresh();
        }
        self.table.read().unwrap_or_else(PoisonError::into_inner)
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
        let Some(found) = self.file.changed()? else { return Ok(false) };
        let prices = Prices::bundled().with_aliases(aliases(&self.config));
        let prices = prices.with_table(&found.bytes, &date_of(&found));
        let prices = prices.map_err(|error| error.to_string())?;
        tracing::info!(file = self.config.file, date = prices.date(), "prices loaded");
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Table::new(prices);
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
fn date_of(file: &FileContent) -> String {
    let modified = file.modified.and_then(|time| Timestamp::try_from(time).ok());
    modified.map(|time| time.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}
