//! What is shown when, and what needs no look.

use std::panic::{AssertUnwindSafe, catch_unwind};

use memchr::memmem;
use pdata::{
    KeyValue,
    schema::{LOG_RECORD, Message, SPAN, SPAN_EVENT},
    texts::{Edit, Place, Step, Text, Visitor},
    wire::read_varint,
};

use super::{
    super::{
        Core,
        config::Chunks,
        encode::{Report, each_chunk_of_event},
        matching::{KeyNote, is_plain_key},
        state::CACHED_MIN,
    },
    Redactor, TooLong,
};

impl Visitor for Redactor<'_> {
    fn enter(&mut self, place: &Place<'_>, content: &[u8], _: &mut Vec<u8>) -> Step {
        let message = place.message();
        self.is_content = false;
        if is_record(message) {
            self.report = Some(Report::new(message));
            self.settled.clear();
            self.is_joined = false;
            self.is_content_body = None;
        } else if std::ptr::eq(message, &raw const SPAN_EVENT) {
            match self.core.config.content.stream_chunks {
                Chunks::Join if !self.is_joined => {
                    self.is_joined = true;
                    self.join_chunks(place.content_of(&SPAN));
                }
                Chunks::Drop if !self.core.config.dry_run && holds_chunk(content) => {
                    return Step::Drop;
                }
                _ => {}
            }
        }
        Step::Into
    }

    fn knows(&mut self, place: &Place<'_>, pair: &[u8]) -> bool {
        self.open = None;
        if pair.len() >= CACHED_MIN {
            return false;
        }
        if let Some((key, number)) = scalar(pair) {
            let key = key_note(self.core, key);
            if key.is_only_plain() && (number < NUMBER_MIN || key.is_structural()) {
                return true;
            }
        }
        // What was settled together with others is not what it was by itself.
        let Some(cache) = self.core.cache.as_ref().filter(|_| self.settled.is_empty()) else {
            return false;
        };
        let hash = cache.hash_at(place_id(place), pair);
        if cache.is_clean(hash) {
            self.hits += 1;
            self.bytes += pair.len();
            return true;
        }
        self.open = Some((hash, self.done));
        false
    }

    fn kept(&mut self, _: &Place<'_>, _: &[u8]) {
        if let (Some((hash, done)), Some(cache)) = (self.open.take(), &self.core.cache)
            && done == self.done
        {
            cache.note_clean(hash);
        }
    }

    fn attribute(&mut self, place: &Place<'_>, pair: KeyValue<'_>, _: &mut Vec<u8>) -> Step {
        if place.keys().len() > 1 || !place.is_in_attribute() {
            return Step::Into;
        }
        self.key = key_note(self.core, pair.key);
        self.is_content = self.key.is_content();
        // What was written before is in the report, which is written anew.
        if self.key.is_own() && is_record(place.message()) {
            if let Some(report) = &mut self.report {
                report.take(pair, &self.core.engine);
            }
            return if self.writes_reports() { Step::Drop } else { Step::Into };
        }
        Step::Into
    }

    fn text(&mut self, place: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit {
        if let Text::Key(key) = text
            && is_plain_key(key)
        {
            return Edit::Keep;
        }
        let hash = if place.is_in_attribute() { None } else { self.open_field(place, text) };
        if let (Some(hash), Text::Str(text), Some(cache)) = (hash, text, &self.core.cache)
            && cache.is_clean(hash)
        {
            self.hits += 1;
            self.bytes += text.len();
            return Edit::Keep;
        }
        let done = self.done;
        let edit = match catch_unwind(AssertUnwindSafe(|| self.look(place, text, out))) {
            Ok(Ok(edit)) => edit,
            Ok(Err(TooLong)) | Err(_) => self.fail(place, text, out),
        };
        if let (Some(hash), Edit::Keep, Some(cache)) = (hash, edit, &self.core.cache)
            && done == self.done
        {
            cache.note_clean(hash);
        }
        edit
    }

    fn leave(&mut self, place: &Place<'_>, out: &mut Vec<u8>) {
        if is_record(place.message())
            && let Some(report) = self.report.take()
            && self.writes_reports()
        {
            report.write(self.core, out);
        }
    }
}

impl Redactor<'_> {
    /// A field that is no attribute: whether it holds content, and its hash if it may be known.
    fn open_field(&mut self, place: &Place<'_>, text: Text<'_>) -> Option<u128> {
        self.is_content = place.field().is_some_and(|field| field.name == "body")
            && *self.is_content_body.get_or_insert_with(|| {
                memmem::find(place.content_of(&LOG_RECORD), b"gen_ai.").is_some()
            });
        let cache = self.core.cache.as_ref().filter(|_| place.keys().is_empty())?;
        match text {
            Text::Str(text) if !text.is_empty() && text.len() < CACHED_MIN => {
                Some(cache.hash_at(place_id(place) ^ u64::from(self.is_content) << 63, text))
            }
            _ => None,
        }
    }
}

/// Shorter numbers are private nowhere but in content.
pub(super) const NUMBER_MIN: i64 = 100_000_000;

/// What the key of an attribute says.
fn key_note(core: &Core, key: &[u8]) -> KeyNote {
    KeyNote(core.keys.get(key, || core.content.note(key).0))
}

/// The key of an attribute whose value is a flag or a number, and that number, whole and at least 0.
fn scalar(pair: &[u8]) -> Option<(&[u8], i64)> {
    let [0x0a, length @ ..0x80, rest @ ..] = pair else { return None };
    let (key, value) = rest.split_at_checked(usize::from(*length))?;
    let [0x12, length, tag, value @ ..] = value else { return None };
    if usize::from(*length) != value.len() + 1 {
        return None;
    }
    let number = match *tag {
        0x10 | 0x18 => {
            let (number, end) = read_varint(value, 0)?;
            (end == value.len()).then_some(number.cast_signed())?
        }
        0x21 => {
            let number = f64::from_le_bytes(value.try_into().ok()?);
            // As it is done to those that are looked at.
            if number.fract() == 0.0 && number.abs() < 9e18 { number as i64 } else { 0 }
        }
        _ => return None,
    };
    Some((key, number.max(0)))
}

/// Tells the field where a text stands from all others.
fn place_id(place: &Place<'_>) -> u64 {
    let number = place.field().map_or(0, |field| u64::from(field.number));
    // Messages are statics, whose addresses need no more than 48 bits.
    std::ptr::from_ref(place.message()).addr() as u64 ^ number << 48
}

fn is_record(message: &'static Message) -> bool {
    std::ptr::eq(message, &raw const SPAN) || std::ptr::eq(message, &raw const LOG_RECORD)
}

fn holds_chunk(event: &[u8]) -> bool {
    let mut holds = false;
    each_chunk_of_event(event, &mut |_| holds = true);
    holds
}
