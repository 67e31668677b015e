//! What the page shows: series by name and labels, within limits.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::time::Instant;

use super::config::LimitsConfig;
use crate::shared::prometheus::{
    Admission, Exemplar, GAPS_MAX, Kind, Point, Reason, Timing, Value,
};

/// How often the expired is looked for where nobody asks for the page.
const PURGE_PAUSE: Duration = Duration::from_secs(5);
/// What a family and a series cost beside their text and values, in bytes: rounded up from what the
/// maps they stand in need.
const ENTRY_BYTES: usize = 64;

/// All that is shown.
#[derive(Debug)]
pub(super) struct Store {
    limits: LimitsConfig,
    expiration: Duration,
    keeps_exemplars: bool,
    families: BTreeMap<Box<str>, Family>,
    /// Every name that a family puts on the page, and the family.
    claims: BTreeMap<Box<str>, Box<str>>,
    targets: BTreeMap<Box<str>, Target>,
    usage: Usage,
    purged: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Usage {
    series: usize,
    bytes: usize,
}

impl Usage {
    /// Room for so many more series and bytes, or what there is no room for.
    fn take(&mut self, limits: &LimitsConfig, series: usize, bytes: usize) -> Result<(), Reason> {
        if self.series + series > limits.series {
            return Err(Reason::SeriesLimit);
        }
        if bytes > limits.bytes.saturating_sub(self.bytes) {
            return Err(Reason::ByteLimit);
        }
        self.series += series;
        self.bytes += bytes;
        Ok(())
    }

    fn give_back(&mut self, series: usize, bytes: usize) {
        self.series = self.series.saturating_sub(series);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

/// All series of one name.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) kind: Kind,
    pub(super) help: Box<str>,
    /// By their labels, as the page writes them.
    pub(super) series: BTreeMap<Box<str>, Series>,
    bytes: usize,
    /// Whether a conflict about this name has been logged.
    is_told: bool,
}

/// One series.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) value: Value,
    /// Of the latest point, in nanoseconds since 1970; zero when unknown.
    pub(super) time: u64,
    /// One for each slot of the value once there is any.
    pub(super) exemplars: Box<[Option<Exemplar>]>,
    timing: Timing,
    updated: Instant,
    bytes: usize,
}

/// A resource that sent what is shown.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) labels: Box<str>,
    updated: Instant,
    bytes: usize,
}

impl Store {
    /// `reserved` are names that no metric may have.
    pub(super) fn new(
        limits: LimitsConfig,
        expiration: Duration,
        keeps_exemplars: bool,
        reserved: &str,
    ) -> Self {
        Self {
            limits,
            expiration,
            keeps_exemplars,
            families: BTreeMap::new(),
            claims: BTreeMap::from([(reserved.into(), reserved.into())]),
            targets: BTreeMap::new(),
            usage: Usage::default(),
            purged: None,
        }
    }

    /// How many series and targets there are.
    pub(super) fn len(&self) -> usize {
        self.usage.series
    }

    /// By name.
    pub(super) fn families(&self) -> impl Iterator<Item = (&str, &Family)> {
        self.families.iter().map(|(name, family)| (&**name, family))
    }

    /// By job and instance.
    pub(super) fn targets(&self) -> impl Iterator<Item = &Target> {
        self.targets.values()
    }

    /// Shows a resource; `identity` are its job and instance, `labels` all of its labels.
    pub(super) fn show_target(&mut self, identity: &str, labels: &str, now: Instant) {
        if let Some(target) = self.targets.get_mut(identity)
            && *target.labels == *labels
        {
            target.updated = now;
            return;
        }
        self.make_room(now);
        if let Some(old) = self.targets.remove(identity) {
            self.usage.give_back(1, old.bytes);
        }
        let bytes = identity.len() + labels.len() + size_of::<Target>() + ENTRY_BYTES;
        if self.usage.take(&self.limits, 1, bytes).is_ok() {
            let target = Target { labels: labels.into(), updated: now, bytes };
            self.targets.insert(identity.into(), target);
        }
    }

    /// Opens the family of that name, to put points in; [`Store::close`] it after that.
    pub(super) fn open(
        &mut self,
        name: &str,
        kind: Kind,
        help: &str,
        now: Instant,
    ) -> Result<Open<'_>, Reason> {
        if name.len() > self.limits.label_bytes {
            return Err(Reason::LabelLimit);
        }
        self.make_room(now);
        if !self.families.contains_key(name) {
            self.found(name, kind, help)?;
        }
        let Some(family) = self.families.get_mut(name) else { return Err(Reason::Conflict) };
        let existing = family.kind;
        if existing != kind {
            if family.is_news() {
                tracing::warn!(
                    metric = name, ?existing, dropped = ?kind,
                    "Instrument type conflict, using existing type definition"
                );
            }
            return Err(Reason::Conflict);
        }
        if *family.help != *cut(help, self.limits.label_bytes) && family.is_news() {
            tracing::info!(metric = name, "Instrument description conflict, using existing");
        }
        Ok(Open {
            family,
            usage: &mut self.usage,
            limits: &self.limits,
            keeps_exemplars: self.keeps_exemplars,
            now,
        })
    }

    /// Makes a new family, if all of its names are free.
    fn found(&mut self, name: &str, kind: Kind, help: &str) -> Result<(), Reason> {
        let names = claimed(name, kind, self.keeps_exemplars);
        let mut owners = names.iter().filter_map(|name| self.claims.get(&**name));
        if let Some(owner) = owners.next() {
            if self.families.get_mut(owner).is_some_and(Family::is_news) {
                let existing = &**owner;
                tracing::warn!(
                    metric = name,
                    existing,
                    "A metric would use names of another on the page and is dropped"
                );
            }
            return Err(Reason::Conflict);
        }
        let help = cut(help, self.limits.label_bytes);
        let texts: usize = names.iter().map(|name| name.len() + ENTRY_BYTES).sum();
        let bytes = 2 * texts + help.len() + size_of::<Family>();
        self.usage.take(&self.limits, 0, bytes)?;
        let family =
            Family { kind, help: help.into(), series: BTreeMap::new(), bytes, is_told: false };
        self.families.insert(name.into(), family);
        self.claims.extend(names.into_iter().map(|claim| (claim, name.into())));
        Ok(())
    }

    /// Forgets the family if nothing is in it.
    pub(super) fn close(&mut self, name: &str) {
        if self.families.get(name).is_some_and(|family| family.series.is_empty())
            && let Some(family) = self.families.remove(name)
        {
            self.usage.give_back(0, family.bytes);
            for claim in claimed(name, family.kind, self.keeps_exemplars) {
                self.claims.remove(&claim);
            }
        }
    }

    /// Forgets what has not been updated for too long.
    pub(super) fn purge(&mut self, now: Instant) {
        self.purged = Some(now);
        let (usage, expiration) = (&mut self.usage, self.expiration);
        let mut keep = |updated: Instant, bytes: usize| {
            let is_fresh = now.saturating_duration_since(updated) < expiration;
            if !is_fresh {
                usage.give_back(1, bytes);
            }
            is_fresh
        };
        self.targets.retain(|_, target| keep(target.updated, target.bytes));
        let mut emptied = BTreeSet::new();
        for (name, family) in &mut self.families {
            family.series.retain(|_, series| keep(series.updated, series.bytes));
            if family.series.is_empty() {
                emptied.insert(name.clone());
            }
        }
        emptied.iter().for_each(|name| self.close(name));
    }

    /// Gives the room of the expired to the new.
    fn make_room(&mut self, now: Instant) {
        let is_due =
            self.purged.is_none_or(|last| now.saturating_duration_since(last) >= PURGE_PAUSE);
        if is_due {
            self.purge(now);
        }
    }
}

/// A family that takes points.
pub(super) struct Open<'s> {
    family: &'s mut Family,
    usage: &'s mut Usage,
    limits: &'s LimitsConfig,
    keeps_exemplars: bool,
    now: Instant,
}

impl Open<'_> {
    /// Takes a point of the series with these labels in. Exemplars are only asked for where the
    /// point is taken and they can be shown.
    pub(super) fn take<I: Iterator<Item = Exemplar>>(
        &mut self,
        labels: &str,
        point: Point,
        exemplars: impl FnOnce() -> I,
    ) -> Result<(), Reason> {
        let shows_exemplars =
            self.keeps_exemplars && matches!(self.family.kind, Kind::Counter | Kind::Histogram);
        let bytes = cost(labels, &point.value, shows_exemplars);
        match self.family.series.get_mut(labels) {
            Some(series) => {
                let mut usage = *self.usage;
                usage.give_back(0, series.bytes);
                usage.take(self.limits, 0, bytes)?;
                series.take(point)?;
                *self.usage = usage;
                series.bytes = bytes;
                series.updated = self.now;
                if shows_exemplars {
                    series.show(exemplars());
                }
            }
            None => {
                self.usage.take(self.limits, 1, bytes)?;
                let mut series = Series::new(point, self.now, bytes);
                if shows_exemplars {
                    series.show(exemplars());
                }
                self.family.series.insert(labels.into(), series);
            }
        }
        Ok(())
    }

    /// Its source says that the series with these labels has ended.
    pub(super) fn forget(&mut self, labels: &str, time: u64) {
        let is_late = |series: &Series| time != 0 && time < series.time;
        if self.family.series.get(labels).is_some_and(|series| !is_late(series))
            && let Some(series) = self.family.series.remove(labels)
        {
            self.usage.give_back(1, series.bytes);
        }
    }
}

impl Family {
    /// Whether this is the first conflict about the name.
    fn is_news(&mut self) -> bool {
        !std::mem::replace(&mut self.is_told, true)
    }
}

impl Series {
    fn new(point: Point, updated: Instant, bytes: usize) -> Self {
        Self {
            timing: Timing::new(&point),
            value: point.value,
            time: point.time,
            exemplars: Box::default(),
            updated,
            bytes,
        }
    }

    fn take(&mut self, point: Point) -> Result<(), Reason> {
        match self.timing.admit(&point, self.time) {
            Admission::Late => return Err(Reason::Late),
            Admission::Adds => self.value.add(point.value),
            Admission::Replaces => self.value = point.value,
            Admission::StartsAnew => {
                self.timing = Timing::new(&point);
                self.value = point.value;
                self.time = 0;
            }
        }
        self.time = self.time.max(point.time);
        Ok(())
    }

    /// The newest exemplar of each bucket stays.
    fn show(&mut self, exemplars: impl Iterator<Item = Exemplar>) {
        let slots = self.value.exemplar_slots();
        if self.exemplars.len() != slots {
            self.exemplars = Box::default();
        }
        for exemplar in exemplars {
            if self.exemplars.is_empty() {
                self.exemplars = vec![None; slots].into();
            }
            let slot = self.exemplars.get_mut(self.value.exemplar_slot(exemplar.value));
            if let Some(slot) = slot
                && slot.is_none_or(|shown| shown.time <= exemplar.time)
            {
                *slot = Some(exemplar);
            }
        }
    }
}

/// Bytes that a series holds, with all the exemplars it may come to hold.
fn cost(labels: &str, value: &Value, shows_exemplars: bool) -> usize {
    let slots = if shows_exemplars { value.exemplar_slots() } else { 0 };
    let exemplars = slots * size_of::<Option<Exemplar>>();
    let gaps = (GAPS_MAX + 1) * size_of::<(u64, u64)>();
    labels.len() + size_of::<Series>() + ENTRY_BYTES + value.heap_bytes() + exemplars + gaps
}

/// The names that a family puts on the page. OpenMetrics names the family of a counter without
/// `_total`, so that one is taken, too.
fn claimed(name: &str, kind: Kind, open_metrics: bool) -> Vec<Box<str>> {
    let suffixes: &[&str] = match kind {
        Kind::Histogram => &["_bucket", "_sum", "_count"],
        Kind::Summary => &["_sum", "_count"],
        Kind::Counter | Kind::Gauge | Kind::Untyped => &[],
    };
    let mut names: Vec<Box<str>> = vec![name.into()];
    names.extend(suffixes.iter().map(|suffix| format!("{name}{suffix}").into()));
    if let Some(short) =
        name.strip_suffix("_total").filter(|_| open_metrics && kind == Kind::Counter)
    {
        names.push(short.into());
    }
    names
}

/// The start of a text that is too long.
fn cut(text: &str, bytes_max: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes_max)).unwrap_or_default()
}
