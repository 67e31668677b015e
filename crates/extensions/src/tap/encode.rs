//! What a viewer is shown of a batch.

use pdata::{
    Batch, Limit, json, split,
    texts::{Edit, Place, Text, Visitor, edit_texts},
};
use pii::{Context, Engine, FieldClass, Policy};
use sdk::BuildError;

/// Numbers with fewer digits are nobody's.
const DIGITS_MIN: usize = 9;

/// Replaces private data.
#[derive(Debug)]
pub(super) struct Redactor(Engine);

impl Redactor {
    pub(super) fn new() -> Result<Self, BuildError> {
        Engine::new(&Policy::default()).map(Self).map_err(|error| BuildError(error.to_string()))
    }

    fn redact(&self, batch: &Batch) -> Batch {
        edit_texts(batch, &mut Texts(&self.0))
    }
}

struct Texts<'e>(&'e Engine);

impl Visitor for Texts<'_> {
    fn text(&mut self, place: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit {
        let context = match text {
            // A key is not the value that it names.
            Text::Key(_) => Context::default(),
            _ => Context::of_key(place.key()),
        };
        let changed = match text {
            Text::Str(text) | Text::Bytes(text) | Text::Key(text) => {
                self.0.redact(text, &context, out)
            }
            Text::Int(number) if context.class != FieldClass::Structural => {
                let digits = number.to_string();
                let is_long = digits.len() >= DIGITS_MIN;
                if is_long { self.0.redact(digits.as_bytes(), &context, out) } else { None }
            }
            Text::Int(_) | Text::Double(_) => None,
        };
        if changed.is_some() { Edit::Replace } else { Edit::Keep }
    }
}

/// A line of JSON: `{"edge": "traces", "items": 100, "shown": 10, "otlp": {…}}`.
pub(super) fn line(
    edge: &str,
    batch: &Batch,
    items_max: usize,
    redactor: Option<&Redactor>,
) -> Vec<u8> {
    let items = batch.items();
    let first = first_items(batch, items_max);
    let shown = redactor.map_or_else(|| first.clone(), |redactor| redactor.redact(&first));
    let mut line = Vec::with_capacity(shown.bytes().len() * 2);
    // A name always has a JSON form.
    let edge = serde_json::to_string(edge).unwrap_or_default();
    line.extend_from_slice(
        format!("{{\"edge\":{edge},\"items\":{items},\"shown\":{},\"otlp\":", first.items())
            .as_bytes(),
    );
    json::encode(batch.signal(), shown.bytes(), &mut line);
    line.extend_from_slice(b"}\n");
    line
}

/// The first items of a batch. It is halved until it is short enough, since each split makes all parts.
fn first_items(batch: &Batch, items_max: usize) -> Batch {
    let mut first = batch.clone();
    while first.items() > items_max {
        let half = first.items().div_ceil(2).max(items_max);
        let Some(part) = split(&first, Limit::Items(half)).into_iter().next() else { break };
        first = part;
    }
    first
}

/// The last line where batches passed unseen.
pub(super) fn skipped_line(edge: &str, skipped: u64) -> Vec<u8> {
    let edge = serde_json::to_string(edge).unwrap_or_default();
    format!("{{\"edge\":{edge},\"skipped\":{skipped}}}\n").into_bytes()
}
