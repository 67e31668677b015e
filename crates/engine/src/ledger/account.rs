//! One account: what came in, where it went, and what is still here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sdk::telemetry::{Counter, Gauge, Labels, Level, Telemetry};

/// Items that came in and items that left, line by line. What came in and has not left is held. All
/// lines are read together, so they add up at every instant.
#[derive(Debug)]
pub(crate) struct Account {
    /// What the log calls its owner, such as `pipeline "traces"`.
    owner: String,
    lines: Vec<Line>,
    sums: Mutex<Vec<u64>>,
}

/// One place that items come from or go to.
#[derive(Debug)]
struct Line {
    side: Side,
    /// What the log calls it, such as `passed to otlp_grpc`.
    words: String,
    shown: Counter,
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

/// An account in the making: its lines are those of the config and do not change.
pub(crate) struct Opening<'t> {
    telemetry: &'t Telemetry,
    owner: String,
    /// What all names of its metrics begin and end with.
    name: (&'static str, String),
    lines: Vec<Line>,
}

impl<'t> Opening<'t> {
    /// An account without lines. Metrics are called `{prefix}_…_{noun}`.
    pub(crate) fn new(
        telemetry: &'t Telemetry,
        owner: String,
        prefix: &'static str,
        noun: &str,
    ) -> Self {
        Self { telemetry, owner, name: (prefix, noun.to_owned()), lines: Vec::new() }
    }

    /// Adds a line that is shown as a metric of this name; `label` tells it from others of the name.
    pub(crate) fn line(
        &mut self,
        side: Side,
        what: &str,
        help: &str,
        labels: Labels<'_>,
    ) -> LineId {
        let (prefix, noun) = &self.name;
        let help = format!("Number of items {help} [Alpha]");
        let name = format!("{prefix}_{what}_{noun}");
        let shown = self.telemetry.counter(Level::Basic, &name, &help, labels);
        let words = what.replace('_', " ");
        self.lines.push(Line { side, words, shown });
        LineId(self.lines.len() - 1)
    }

    /// Says more about the last line in the log than its metric's name does.
    pub(crate) fn worded(&mut self, words: String) {
        if let Some(line) = self.lines.last_mut() {
            line.words = words;
        }
    }

    /// The account with all its lines at zero. From now on each scrape shows it.
    pub(crate) fn open(self, labels: Labels<'_>) -> Arc<Account> {
        let Self { telemetry, owner, name: (prefix, noun), lines } = self;
        let help = "Number of items that came in and have not left. [Alpha]";
        let held = telemetry.gauge(Level::Basic, &format!("{prefix}_held_{noun}"), help, labels);
        let sums = Mutex::new(vec![0; lines.len()]);
        let account = Arc::new(Account { owner, lines, sums });
        let shown = Arc::downgrade(&account);
        telemetry.on_scrape(move || {
            if let Some(account) = shown.upgrade() {
                account.show(&held);
            }
        });
        account
    }
}

impl Account {
    /// Items came in or left by a line.
    pub(crate) fn add(&self, line: LineId, items: usize) {
        self.add_all(&[(line, items)]);
    }

    /// Items came in or left by several lines at once.
    pub(crate) fn add_all(&self, moves: &[(LineId, usize)]) {
        let mut sums = self.lock();
        for (LineId(line), items) in moves {
            if let Some(sum) = sums.get_mut(*line) {
                *sum += *items as u64;
            }
        }
    }

    /// What came in and has not left. Below zero more has left than came, which is a bug.
    pub(crate) fn held(&self) -> i64 {
        self.balance(&self.lock())
    }

    /// Who owns it, as the log calls it.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// The account in words, `600 entered = 590 passed to otlp_grpc + 10 dropped by filter`; nothing if
    /// nothing ever came. Lines of zero are left out.
    pub(crate) fn statement(&self) -> Option<String> {
        let sums = self.lock().clone();
        let held = self.balance(&sums);
        let side = |side: Side| {
            let lines =
                self.lines.iter().zip(&sums).filter(|(line, sum)| line.side == side && **sum > 0);
            lines.map(|(line, sum)| format!("{sum} {}", line.words)).collect::<Vec<_>>()
        };
        let (came, mut left) = (side(Side::In), side(Side::Out));
        if held != 0 {
            left.push(format!("{held} held"));
        }
        if came.is_empty() && left.is_empty() {
            return None;
        }
        Some(format!("{} = {}", came.join(" + "), left.join(" + ")))
    }

    fn show(&self, held: &Gauge) {
        let sums = self.lock().clone();
        held.set(self.balance(&sums));
        for (line, sum) in self.lines.iter().zip(sums) {
            line.shown.raise_to(sum);
        }
    }

    fn balance(&self, sums: &[u64]) -> i64 {
        let signed = |(line, sum): (&Line, &u64)| {
            let sum = i64::try_from(*sum).unwrap_or(i64::MAX);
            if line.side == Side::In { sum } else { -sum }
        };
        self.lines.iter().zip(sums).map(signed).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u64>> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
