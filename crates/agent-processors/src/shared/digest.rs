//! What of a reading is kept for whoever follows runs: a processor in front has often read the same span.

use std::{
    cell::RefCell,
    time::{Duration, UNIX_EPOCH},
};

use genai::{Call, Class, Pricing, Provider, Reading, ScopeDialect};
use pdata::RecordState;
use sdk::{Around, Record};

use super::{
    gist::note_gist,
    is_wanted,
    tracker::{Ending, Kind, Outcome},
};

thread_local! {
    /// What was found in the record read last. It holds for one state of one record, so it cannot grow old.
    static LAST: RefCell<Last> = const {
        RefCell::new(Last { state: None, digest: None, places: Places::NONE, kind: None })
    };
}

struct Last {
    /// In which state of which record, and whether it is GenAI telemetry.
    state: Option<(RecordState, bool)>,
    /// What it says if so.
    digest: Option<Digest>,
    places: Places,
    /// What the record that was followed last stands for, in which state; unlike a digest it serves all
    /// who come behind.
    kind: Option<(RecordState, Kind)>,
}

/// What a record says, without its words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Digest {
    /// What is counted for it. Ids, times and service are not in it yet.
    pub(crate) call: Call,
    /// What it stands for.
    pub(crate) kind: Kind,
    /// Whether it failed.
    pub(crate) failed: bool,
    /// How its error says that it ended.
    pub(crate) ending: Ending,
    /// Whether it is time spent waiting for a human.
    pub(crate) awaits_human: bool,
    /// Whether a filter of content ended a model's answer.
    pub(crate) filtered: bool,
    /// Whether a price would have to tell what it cost.
    pub(crate) is_unpriced: bool,
}

/// The words of a record that are needed to follow it, empty where there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words<'a> {
    /// The name of the agent, workflow or tool.
    pub(crate) name: &'a [u8],
    /// The conversation it belongs to.
    pub(crate) conversation: &'a [u8],
    /// The id its sender gave the run.
    pub(crate) run: &'a [u8],
    provider: Option<&'static str>,
    /// Provider if it is not a known one, models and tier.
    asked: [&'a [u8]; 4],
}

/// The same as places in the record.
#[derive(Clone, Copy, Debug)]
struct Places {
    provider: Option<&'static str>,
    words: [Place; 3],
    asked: [Place; 4],
}

/// Where a text stands in the record; `0..0` if it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    start: u32,
    end: u32,
}

impl Digest {
    /// What a reading says.
    pub(crate) fn of(reading: &Reading<'_>, scope: &ScopeDialect) -> Self {
        let kind = kind(reading.class);
        let is_call = reading.class == Class::Leaf;
        Self {
            call: Call::new(reading, scope),
            kind,
            failed: reading.failed,
            ending: match (reading.failed, reading.error_type) {
                (true, Some(class)) => Ending::concluded(Outcome::of_error(class)),
                (true, None) => Ending::concluded(Outcome::Error),
                (false, _) => Ending::default(),
            },
            awaits_human: reading.awaits_human,
            filtered: is_call
                && !reading.finish_reasons.is_empty()
                && reading.finish_reasons.iter().any(is_filter),
            is_unpriced: is_call
                && !reading.cache_hit
                && reading.cost.is_none()
                && reading.usage.is_known(),
        }
    }
}

impl<'a> Words<'a> {
    /// The words of a reading.
    pub(crate) fn of(reading: &Reading<'a>) -> Self {
        let (provider, other) = match reading.provider {
            Some(Provider::Known(name)) => (Some(name), None),
            Some(Provider::Other(name)) => (None, Some(name)),
            None => (None, None),
        };
        let asked = [other, reading.response_model, reading.request_model, reading.service_tier];
        Self {
            name: match reading.class {
                Class::Tool => reading.tool_name.unwrap_or_default(),
                _ => reading.run.name.or(reading.agent_name).unwrap_or_default(),
            },
            conversation: reading.conversation_id.unwrap_or_default(),
            run: reading.run.id.unwrap_or_default(),
            provider,
            asked: asked.map(Option::unwrap_or_default),
        }
    }

    /// What to price the call by, at nanoseconds since 1970.
    pub(crate) fn pricing(&self, at: u64) -> Pricing<'a> {
        let [other, response_model, request_model, service_tier] =
            self.asked.map(|text| (!text.is_empty()).then_some(text));
        Pricing {
            provider: self.provider.map(Provider::Known).or(other.map(Provider::Other)),
            response_model,
            request_model,
            service_tier,
            at: UNIX_EPOCH + Duration::from_nanos(at),
        }
    }
}

impl Places {
    const NONE: Self = Self { provider: None, words: [Place::NONE; 3], asked: [Place::NONE; 4] };

    /// Notes where words stand; tells whether all stand in the record. Those to price by are needed only
    /// `if_asked`.
    fn note(&mut self, words: &Words<'_>, raw: &[u8], if_asked: bool) -> bool {
        let said = [words.name, words.conversation, words.run];
        let is_noted = note(&mut self.words, &said, raw);
        self.provider = words.provider;
        is_noted && (!if_asked || note(&mut self.asked, &words.asked, raw))
    }

    fn words<'a>(&self, raw: &'a [u8], if_asked: bool) -> Words<'a> {
        let [name, conversation, run] = self.words.map(|place| place.text(raw));
        let asked = if if_asked { self.asked.map(|place| place.text(raw)) } else { [&[][..]; 4] };
        Words { name, conversation, run, provider: self.provider, asked }
    }
}

fn note(places: &mut [Place], texts: &[&[u8]], raw: &[u8]) -> bool {
    for (place, text) in places.iter_mut().zip(texts) {
        match Place::of(text, raw) {
            Some(found) => *place = found,
            None => return false,
        }
    }
    true
}

impl Place {
    const NONE: Self = Self { start: 0, end: 0 };

    /// The place of a text; none if it stands elsewhere, because it was written later.
    #[inline]
    pub(super) fn of(text: &[u8], raw: &[u8]) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::NONE);
        }
        let start = text.as_ptr().addr().checked_sub(raw.as_ptr().addr())?;
        let end = start.checked_add(text.len()).filter(|end| *end <= raw.len())?;
        Some(Self { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? })
    }

    #[inline]
    pub(super) fn text(self, raw: &[u8]) -> &[u8] {
        raw.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// Whether the record was just found to be GenAI telemetry or not; `None` if it is another one.
#[inline]
fn known(last: &Last, record: &Record<'_>) -> Option<bool> {
    let (state, is_genai) = last.state?;
    (state == record.state()).then_some(is_genai)
}

/// Whether the record was just found not to be GenAI telemetry.
#[inline]
pub(crate) fn is_known_as_other(record: &Record<'_>) -> bool {
    LAST.with(|last| last.try_borrow().is_ok_and(|last| known(&last, record) == Some(false)))
}

/// Notes that the record is not GenAI telemetry.
#[inline]
pub(super) fn note_other(record: &Record<'_>) {
    LAST.with(|last| {
        if let Ok(mut last) = last.try_borrow_mut() {
            last.state = Some((record.state(), false));
        }
    });
}

/// Hands on what a record says to the processor behind, who sees it as it is now: what was written in it
/// since it was read must be what the reading says.
#[inline]
pub(crate) fn hand_on(record: &Record<'_>, reading: &Reading<'_>, scope: &ScopeDialect) {
    note_gist(record, reading);
    if !is_wanted() {
        return;
    }
    LAST.with(|last| {
        let Ok(mut last) = last.try_borrow_mut() else { return };
        let digest = last.digest.insert(Digest::of(reading, scope));
        let if_asked = digest.is_unpriced;
        let is_kept = last.places.note(&Words::of(reading), record.raw(), if_asked);
        last.state = is_kept.then(|| (record.state(), true));
    });
}

/// Hands what a span says to `then`, as it was handed on or read now; `None` for other telemetry.
pub(crate) fn with_digest<'a, T>(
    scope: &ScopeDialect,
    record: &Record<'a>,
    then: impl FnOnce(&mut Digest, &Words<'a>) -> T,
) -> Option<T> {
    let mut then = Some(then);
    // Used where it lies, since it is large. Nothing that is called with it comes back here.
    let done = LAST.with(|last| {
        let mut last = last.try_borrow_mut().ok()?;
        match known(&last, record) {
            Some(false) => Some(None),
            Some(true) => {
                // What is counted is completed, so it serves but once.
                last.state = None;
                let Last { digest, places, kind: of, .. } = &mut *last;
                let digest = digest.as_mut()?;
                *of = Some((record.state(), digest.kind));
                let words = places.words(record.raw(), digest.is_unpriced);
                Some(Some((then.take()?)(digest, &words)))
            }
            None => None,
        }
    });
    if let Some(done) = done {
        return done;
    }
    let Some(reading) = genai::read(scope, record) else {
        note_other(record);
        return None;
    };
    note_kind(record, kind(reading.class));
    note_gist(record, &reading);
    then.take().map(|then| then(&mut Digest::of(&reading, scope), &Words::of(&reading)))
}

/// Notes what the record stands for.
fn note_kind(record: &Record<'_>, kind: Kind) {
    LAST.with(|last| {
        if let Ok(mut last) = last.try_borrow_mut() {
            last.kind = Some((record.state(), kind));
        }
    });
}

/// What the record was just found to stand for; `None` if it is another one, or was changed since.
#[inline]
fn known_kind(record: &Record<'_>) -> Option<Kind> {
    let last = LAST.with(|last| last.try_borrow().ok().and_then(|last| last.kind));
    last.and_then(|(state, kind)| (state == record.state()).then_some(kind))
}

/// What a record stands for; `None` for other telemetry.
pub(crate) fn kind_of(record: &Record<'_>, around: &Around<'_, '_>) -> Option<Kind> {
    if is_known_as_other(record) {
        return None;
    }
    if let Some(kind) = known_kind(record) {
        return Some(kind);
    }
    let reading = super::read(&super::dialect_of(around), record)?;
    Some(kind(reading.class))
}

fn kind(class: Class) -> Kind {
    match class {
        Class::Leaf => Kind::Call,
        Class::Tool => Kind::Tool,
        Class::Agent | Class::Workflow => Kind::Agent,
        Class::Aggregate | Class::Other => Kind::Other,
    }
}

fn is_filter(reason: &[u8]) -> bool {
    let words: [&[u8]; 5] =
        [b"content_filter", b"content-filter", b"SAFETY", b"refusal", b"guardrail_intervened"];
    words.iter().any(|word| reason.eq_ignore_ascii_case(word))
}
