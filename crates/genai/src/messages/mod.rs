//! Prompt and completion, rebuilt in the form of the conventions.
//!
//! Older and other dialects spread messages over indexed keys (`gen_ai.prompt.0.content`), put them into
//! JSON of their own, or send them as span events. [`rebuild`] turns these into the JSON that
//! `gen_ai.input.messages` and `gen_ai.output.messages` hold. What is larger than the limit is not
//! rebuilt at all, never cut.

mod draft;
mod indexed;
#[cfg(test)]
mod tests;
mod vendor;

use pdata::AnyValue;

use self::draft::Drafts;
use crate::{Source, value};

/// The default for how many bytes of content are rebuilt for one record.
pub const BYTES_MAX: usize = 256 << 10;
/// How many messages one record may have; with more it is not rebuilt.
pub const MESSAGES_MAX: usize = 1024;
/// How many attributes and events are looked at.
const KEYS_MAX: usize = 16 << 10;

/// What was rebuilt: JSON for `gen_ai.input.messages` and `gen_ai.output.messages`. Nothing where the
/// record has them already or has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// What the model was given.
    pub input: Option<String>,
    /// What it answered.
    pub output: Option<String>,
}

/// Rebuilds the messages of a record from at most `bytes_max` bytes of content.
#[must_use]
pub fn rebuild<'a>(record: &impl Source<'a>, bytes_max: usize) -> Messages {
    let mut input = Drafts::new(bytes_max);
    let mut output = Drafts::new(bytes_max);
    let (mut has_input, mut has_output) = (false, false);
    for pair in record.attributes().take(KEYS_MAX) {
        match pair.key {
            b"gen_ai.input.messages" => has_input = true,
            b"gen_ai.output.messages" => has_output = true,
            key if indexed::may_be(key) => {
                if let Some(text) = text(pair.value()) {
                    indexed::take(key, &text, &mut input, &mut output);
                }
            }
            key if vendor::may_be(key) => {
                if let Some(text) = value::text(pair.value()) {
                    vendor::take(key, text, &mut input, &mut output);
                }
            }
            _ => {}
        }
    }
    for event in record.events().take(KEYS_MAX) {
        if event.name().starts_with(b"gen_ai.") {
            vendor::take_event(&event, &mut input, &mut output);
        }
    }
    Messages {
        input: input.finish().filter(|_| !has_input),
        output: output.finish().filter(|_| !has_output),
    }
}

/// Text, or a number as text.
fn text(value: AnyValue<'_>) -> Option<std::borrow::Cow<'_, str>> {
    match value {
        AnyValue::Str(text) => Some(String::from_utf8_lossy(text)),
        AnyValue::Int(number) => Some(number.to_string().into()),
        _ => None,
    }
}
