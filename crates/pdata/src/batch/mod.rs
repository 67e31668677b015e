//! The unit that every stage hands to the next.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;

use crate::{
    Context, Counts, Malformed, check, count,
    schema::{LOGS_REQUEST, METRICS_REQUEST, Message, PROFILES_REQUEST, TRACES_REQUEST},
};

/// What kind of telemetry a batch holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Metric data points.
    Metrics,
    /// Log records.
    Logs,
    /// Profile samples.
    Profiles,
}

impl Signal {
    /// Every signal, in the order the collector prints them.
    pub const ALL: [Self; 4] = [Self::Traces, Self::Metrics, Self::Logs, Self::Profiles];

    /// `traces`, `metrics`, `logs` or `profiles`: the word in pipeline ids and metric labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
            Self::Profiles => "profiles",
        }
    }

    /// What one item is called in metric names: `spans`, `metric_points`, `log_records`,
    /// `profile_samples`.
    pub const fn items_name(self) -> &'static str {
        match self {
            Self::Traces => "spans",
            Self::Metrics => "metric_points",
            Self::Logs => "log_records",
            Self::Profiles => "profile_samples",
        }
    }

    /// The signal of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|signal| signal.name() == name)
    }

    /// The root message of a batch of this signal.
    pub fn schema(self) -> &'static Message {
        match self {
            Self::Traces => &TRACES_REQUEST,
            Self::Metrics => &METRICS_REQUEST,
            Self::Logs => &LOGS_REQUEST,
            Self::Profiles => &PROFILES_REQUEST,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One OTLP request: a signal, its protobuf bytes, and who sent it. A clone shares the bytes.
///
/// The bytes of a batch are always well formed: they passed [`check`] or were made by this crate.
#[derive(Clone, Debug)]
pub struct Batch {
    signal: Signal,
    bytes: Bytes,
    counts: OnceLock<Counts>,
    context: Arc<Context>,
    packed: Option<Packed>,
}

/// A request as it came over the wire, compressed. Opaque here: whoever sends telemetry knows the encodings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// What HTTP calls the encoding, such as `gzip`.
    pub encoding: &'static str,
    /// The compressed bytes.
    pub bytes: Bytes,
}

impl Batch {
    /// Takes bytes from outside: checks their structure once and brings odd but legal shapes
    /// (a singular message given in parts, fields of old OTLP) into the usual one.
    ///
    /// # Errors
    ///
    /// [`Malformed`] says what is wrong and at which byte.
    pub fn checked(signal: Signal, bytes: Bytes, context: Arc<Context>) -> Result<Self, Malformed> {
        Self::checked_packed(signal, bytes, None, context)
    }

    /// As [`Batch::checked`], for bytes that came compressed: `packed` goes with them until they are edited,
    /// merged or split, so that they may leave as they came.
    ///
    /// # Errors
    ///
    /// As [`Batch::checked`].
    pub fn checked_packed(
        signal: Signal,
        bytes: Bytes,
        packed: Option<Packed>,
        context: Arc<Context>,
    ) -> Result<Self, Malformed> {
        let (at, length) = (bytes.as_ptr(), bytes.len());
        let checked = check(signal, bytes)?;
        let is_same = checked.bytes.as_ptr() == at && checked.bytes.len() == length;
        let counts = OnceLock::from(checked.counts);
        Ok(Self {
            signal,
            bytes: checked.bytes,
            counts,
            context,
            packed: packed.filter(|_| is_same),
        })
    }

    /// Takes bytes this process wrote itself, from the records of batches already checked.
    pub fn written(signal: Signal, bytes: Bytes, context: Arc<Context>) -> Self {
        Self { signal, bytes, counts: OnceLock::new(), context, packed: None }
    }

    /// As [`Batch::written`], where what is in the bytes is already known.
    pub(crate) fn counted(
        signal: Signal,
        bytes: Bytes,
        counts: Counts,
        context: Arc<Context>,
    ) -> Self {
        Self { signal, bytes, counts: OnceLock::from(counts), context, packed: None }
    }

    /// The signal.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// The OTLP request on the wire: an `Export…ServiceRequest`, which is also a `…Data` message.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The very same bytes compressed, if they came like that.
    pub fn packed(&self) -> Option<&Packed> {
        self.packed.as_ref()
    }

    /// Who sent it.
    pub fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// The same bytes from another sender.
    #[must_use]
    pub fn with_context(mut self, context: Arc<Context>) -> Self {
        self.context = context;
        self
    }

    /// The same request edited by this crate, with what it counts now, if that is known.
    pub(crate) fn edited(&self, bytes: Bytes, counts: Option<Counts>) -> Self {
        let counts = counts.map_or_else(OnceLock::new, OnceLock::from);
        let context = Arc::clone(&self.context);
        Self { signal: self.signal, bytes, counts, context, packed: None }
    }

    /// The counts, if someone counted already.
    pub(crate) fn known_counts(&self) -> Option<Counts> {
        self.counts.get().copied()
    }

    /// How many resources, scopes and items there are; counted at most once.
    pub fn counts(&self) -> Counts {
        *self.counts.get_or_init(|| count(self.signal, &self.bytes))
    }

    /// Spans, data points, log records or profile samples.
    pub fn items(&self) -> usize {
        self.counts().items
    }

    /// Whether there is no item in it.
    pub fn is_empty(&self) -> bool {
        self.items() == 0
    }
}

#[cfg(test)]
mod tests;
