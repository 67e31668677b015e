//! What is written on a span or log record about what was done to it, and what of its wire form is read.

use std::{collections::BTreeMap, fmt::Write as _};

use pdata::{
    AnyValue, KeyValue,
    schema::{LOG_RECORD, Message},
    wire::{self, FieldValue, Fields},
};
use pii::{Context, Engine, Kind};
use smallvec::SmallVec;

use super::{Core, config::Audit, matching::is_chunk, names, syntax::short_hash};

/// At most so many keys and cut texts are named; the counts go on.
const NAMED_MAX: usize = 64;

/// What was done to one record, here and by those before.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The field that holds attributes.
    number: u32,
    /// Whether a report stood there already.
    is_old: bool,
    old_types: BTreeMap<String, u64>,
    types: Vec<(Kind, usize)>,
    masked: usize,
    masked_keys: Vec<Vec<u8>>,
    last_key: Vec<u8>,
    pub(super) redacted: usize,
    cuts: Vec<String>,
}

impl Report {
    /// Of a record of this type.
    pub(super) fn new(message: &'static Message) -> Self {
        let number = if std::ptr::eq(message, &raw const LOG_RECORD) { 6 } else { 9 };
        Self { number, ..Self::default() }
    }

    /// Whether an attribute is one of those written here.
    pub(super) fn is_own(key: &[u8]) -> bool {
        key.starts_with(b"redaction.") && names::OWN.iter().any(|own| own.as_bytes() == key)
    }

    /// Takes over what stands on the record already, but nothing that a sender could hide something in.
    pub(super) fn take(&mut self, pair: KeyValue<'_>, engine: &Engine) {
        self.is_old = true;
        let is = |name: &str| pair.key == name.as_bytes();
        let value = pair.value();
        let number = usize::try_from(value.as_int().unwrap_or_default()).unwrap_or_default();
        let text =
            value.as_str().and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default();
        let is_clean = |text: &str| engine.scan(text.as_bytes(), &Context::default()).is_empty();
        if is(names::TYPES) {
            for part in text.split(',').take(NAMED_MAX) {
                let Some((name, count)) = part.split_once('=') else { continue };
                let is_name =
                    |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'0'..=b'9' | b'_');
                if let (true, Ok(count)) =
                    (name.len() <= 64 && name.bytes().all(is_name), count.parse::<u32>())
                    && is_clean(name)
                {
                    self.old_types.insert(name.to_owned(), count.into());
                }
            }
        } else if is(names::MASKED_COUNT) {
            self.masked = self.masked.saturating_add(number);
        } else if is(names::REDACTED_COUNT) {
            self.redacted = self.redacted.saturating_add(number);
        } else if is(names::MASKED_KEYS) && is_clean(text) {
            let room = NAMED_MAX.saturating_sub(self.masked_keys.len());
            let keys = text.split(',').take(room).map(|key| key.as_bytes().to_vec());
            self.masked_keys.extend(keys);
        } else if is(names::TRUNCATED) && is_clean(text) {
            let room = NAMED_MAX.saturating_sub(self.cuts.len());
            self.cuts.extend(text.split(',').take(room).map(str::to_owned));
        }
    }

    /// Some of a type were replaced.
    pub(super) fn count(&mut self, kind: Kind, count: usize) {
        match self.types.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, sum)) => *sum += count,
            None => self.types.push((kind, count)),
        }
    }

    /// Something in the attribute with this key was changed.
    pub(super) fn mask(&mut self, key: &[u8]) {
        if key.is_empty() || self.last_key == key {
            return;
        }
        self.last_key = key.to_vec();
        self.masked = self.masked.saturating_add(1);
        if self.masked_keys.len() < NAMED_MAX && !self.masked_keys.iter().any(|known| known == key)
        {
            self.masked_keys.push(key.to_vec());
        }
    }

    /// A text was cut; `text` is what it was, with nothing private in it.
    pub(super) fn cut(&mut self, key: &[u8], text: &[u8]) {
        if self.cuts.len() < NAMED_MAX {
            let key = String::from_utf8_lossy(key);
            self.cuts.push(format!("{key}={}:{}", text.len(), short_hash(text)));
        }
    }

    /// How many of each type, by name, those before included.
    fn types_text(&self, core: &Core) -> String {
        let new = self.types.iter().map(|(kind, count)| (core.engine.name(*kind), *count as u64));
        let old = self.old_types.iter().map(|(name, count)| (name.as_str(), *count));
        let mut types: SmallVec<[(&str, u64); 8]> = new.chain(old).collect();
        types.sort_unstable();
        let mut text = String::with_capacity(24 * types.len());
        for same in types.chunk_by(|one, other| one.0 == other.0) {
            let Some((name, _)) = same.first() else { continue };
            let count = same.iter().fold(0u64, |sum, (_, count)| sum.saturating_add(*count));
            let comma = if text.is_empty() { "" } else { "," };
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}{name}={count}");
        }
        text
    }

    /// Appends the attributes, as fields of the record.
    pub(super) fn write(self, core: &Core, out: &mut Vec<u8>) {
        let is_done = self.masked > 0 || self.redacted > 0 || !self.cuts.is_empty();
        if !self.is_old && self.types.is_empty() && !is_done {
            return;
        }
        let number = self.number;
        let mut put = |key: &str, value: AnyValue<'_>| {
            wire::put_message(out, number, |out| KeyValue::write(key.as_bytes(), value, out));
        };
        let mut text = |key: &str, text: &str| {
            if !text.is_empty() {
                put(key, AnyValue::Str(text.as_bytes()));
            }
        };
        text(names::TYPES, &self.types_text(core));
        text(names::POLICY, &core.config.policy);
        text(names::VERSION, &core.version);
        text(names::TRUNCATED, &self.cuts.join(","));
        if core.config.audit == Audit::Keys {
            // A key may itself be private.
            let is_clean = |key: &&Vec<u8>| core.engine.scan(key, &Context::default()).is_empty();
            let keys = self.masked_keys.iter().filter(is_clean);
            let keys: Vec<_> = keys.map(|key| String::from_utf8_lossy(key)).collect();
            text(names::MASKED_KEYS, &keys.join(","));
        }
        for (key, count) in
            [(names::MASKED_COUNT, self.masked), (names::REDACTED_COUNT, self.redacted)]
        {
            if count > 0 {
                put(key, AnyValue::Int(i64::try_from(count).unwrap_or(i64::MAX)));
            }
        }
    }
}

/// Shows the texts of a span's events that are pieces of a stream, in order.
pub(super) fn each_chunk<'a>(span: &'a [u8], each: &mut dyn FnMut(&'a [u8])) {
    for field in Fields::new(span) {
        if let (11, FieldValue::Len(event)) = (field.number, field.value) {
            each_chunk_of_event(event, each);
        }
    }
}

/// The same for one event.
pub(super) fn each_chunk_of_event<'a>(event: &'a [u8], each: &mut dyn FnMut(&'a [u8])) {
    // The name may stand behind the attributes.
    let names = Fields::new(event).filter(|field| field.number == 2);
    let is_named = names.last().is_some_and(|name| is_chunk(name.value.bytes()));
    for field in Fields::new(event).filter(|field| field.number == 3) {
        let pair = KeyValue::read(field.value.bytes());
        let holds =
            is_chunk(pair.key) || (is_named && matches!(pair.key, b"content" | b"text" | b"delta"));
        if let (true, AnyValue::Str(text)) = (holds, pair.value()) {
            each(text);
        }
    }
}
