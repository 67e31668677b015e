//! One account: what came in, where it went, and what is still here.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sdk::telemetry::{Counter, Gauge, Labels, Level, Telemetry};

/// The accounts of a service, by owner. They outlive the pipelines and exporters they are of: what takes
/// an owner's place after a reload goes on with its account, so that items on their way are not forgotten.
/// As many as ever had an owner since the last full start.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    telemetry: Telemetry,
    accounts: Arc<Mutex<BTreeMap<Owner, Arc<Account>>>>,
}

/// Whose an account is. In the log pipelines come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Owner {
    /// A pipeline, by its id.
    Pipeline(String),
    /// An exporter by its id, and a signal.
    Exporter(String, sdk::Signal),
}

/// Items that came in and items that left, line by line. What came in and has not left is held. All
/// lines are read together, so they add up at every instant.
#[derive(Debug)]
pub(crate) struct Account {
    /// What the log calls its owner, such as `pipeline "traces"`.
    owner: String,
    lines: Mutex<Vec<Line>>,
}

/// One place that items come from or go to.
#[derive(Debug)]
struct Line {
    side: Side,
    /// What the log calls it, such as `passed to otlp_grpc`; no two lines share their words.
    words: String,
    shown: Counter,
    sum: u64,
}

/// Whether a line counts what comes or what leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Items come in.
    In,
    /// Items leave.
    Out,
}

/// One line of an account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineId(usize);

/// An account whose lines are being written down: those of the config, beside those it had before.
pub(crate) struct Opening<'l> {
    ledger: &'l Ledger,
    account: Arc<Account>,
    /// What all names of its metrics begin and end with.
    name: (&'static str, &'static str),
}

impl Ledger {
    /// An empty ledger that is shown there.
    pub(crate) fn new(telemetry: &Telemetry) -> Self {
        Self { telemetry: telemetry.clone(), accounts: Arc::default() }
    }

    /// All accounts.
    pub(crate) fn accounts(&self) -> Vec<Arc<Account>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Owner, Arc<Account>>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'l> Opening<'l> {
    /// The account of an owner; without lines if it is new. Metrics are called `{prefix}_…_{noun}`.
    pub(crate) fn new(
        ledger: &'l Ledger,
        owner: Owner,
        name: (&'static str, &'static str),
        labels: Labels<'_>,
    ) -> Self {
        let mut accounts = ledger.lock();
        let account = accounts.entry(owner).or_insert_with_key(|owner| {
            let words = match owner {
                Owner::Pipeline(id) => format!("pipeline {id:?}"),
                Owner::Exporter(id, signal) => format!("exporter {id:?}, {signal}"),
            };
            let account = Arc::new(Account { owner: words, lines: Mutex::default() });
            account.clone().show_at_scrapes(&ledger.telemetry, name, labels);
            account
        });
        Self { ledger, account: account.clone(), name }
    }

    /// A line that is shown as a metric of this name; `labels` tell it from others of the name.
    pub(crate) fn line(
        &mut self,
        side: Side,
        what: &str,
        help: &str,
        labels: Labels<'_>,
    ) -> LineId {
        self.worded_line(side, what, help, labels, what.replace('_', " "))
    }

    /// As [`Opening::line`]; `words` say more in the log than the metric's name does.
    pub(crate) fn worded_line(
        &mut self,
        side: Side,
        what: &str,
        help: &str,
        labels: Labels<'_>,
        words: String,
    ) -> LineId {
        let mut lines = self.account.lock();
        if let Some(known) = lines.iter().position(|line| line.words == words) {
            return LineId(known);
        }
        let (prefix, noun) = self.name;
        let help = format!("Number of items {help} [Alpha]");
        let name = format!("{prefix}_{what}_{noun}");
        let shown = self.ledger.telemetry.counter(Level::Basic, &name, &help, labels);
        lines.push(Line { side, words, shown, sum: 0 });
        LineId(lines.len() - 1)
    }

    /// The account with all these lines.
    pub(crate) fn open(self) -> Arc<Account> {
        self.account
    }
}

impl Account {
    /// Items came in or left by a line.
    pub(crate) fn add(&self, line: LineId, items: usize) {
        self.add_all(&[(line, items)]);
    }

    /// Items came in or left by several lines at once.
    pub(crate) fn add_all(&self, moves: &[(LineId, usize)]) {
        let mut lines = self.lock();
        for (LineId(line), items) in moves {
            if let Some(line) = lines.get_mut(*line) {
                line.sum += *items as u64;
            }
        }
    }

    /// What came in and has not left. Below zero more has left than came, which is a bug.
    pub(crate) fn held(&self) -> i64 {
        balance(&self.lock())
    }

    /// Who owns it, as the log calls it.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// The account in words, `600 entered = 590 passed to otlp_grpc + 10 dropped by filter`; nothing if
    /// nothing ever came. Lines of zero are left out.
    pub(crate) fn statement(&self) -> Option<String> {
        let lines = self.lock();
        let held = balance(&lines);
        let side = |side: Side| {
            let lines = lines.iter().filter(|line| line.side == side && line.sum > 0);
            lines.map(|line| format!("{} {}", line.sum, line.words)).collect::<Vec<_>>()
        };
        let (came, mut left) = (side(Side::In), side(Side::Out));
        drop(lines);
        if held != 0 {
            left.push(format!("{held} held"));
        }
        if came.is_empty() && left.is_empty() {
            return None;
        }
        Some(format!("{} = {}", came.join(" + "), left.join(" + ")))
    }

    fn show_at_scrapes(
        self: Arc<Self>,
        telemetry: &Telemetry,
        (prefix, noun): (&str, &str),
        labels: Labels<'_>,
    ) {
        let help = "Number of items that came in and have not left. [Alpha]";
        let held = telemetry.gauge(Level::Basic, &format!("{prefix}_held_{noun}"), help, labels);
        let shown = Arc::downgrade(&self);
        telemetry.on_scrape(move || {
            if let Some(account) = shown.upgrade() {
                account.show(&held);
            }
        });
    }

    fn show(&self, held: &Gauge) {
        let lines = self.lock();
        held.set(balance(&lines));
        lines.iter().for_each(|line| line.shown.raise_to(line.sum));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn balance(lines: &[Line]) -> i64 {
    let signed = |line: &Line| {
        let sum = i64::try_from(line.sum).unwrap_or(i64::MAX);
        if line.side == Side::In { sum } else { -sum }
    };
    lines.iter().map(signed).sum()
}
