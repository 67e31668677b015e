//! Picks numbers and short texts out of JSON and what looks like it.
//!
//! Usage hides in JSON, in Python's `repr` of a dict or an object, and in lists of `k=v`. This walks
//! any of them once, from the front, builds no tree, and hands out every scalar with the keys that
//! lead to it. It never fails: what makes no sense is stepped over, and text that is cut short ends
//! early. Bounds: 64 KiB of text, 32 levels.

#[cfg(test)]
mod tests;

use pdata::AnyValue;
use smallvec::SmallVec;

/// How much of a text is looked at.
pub const BYTES_MAX: usize = 64 << 10;
/// How deep it may nest; deeper parts are stepped over.
pub const DEPTH_MAX: usize = 32;
/// How many scalars are handed out, at most.
pub const SCALARS_MAX: usize = 8 << 10;

/// A value without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// What stood between quotes, escapes as they came.
    Text(&'a [u8]),
    /// What stood without: a number, `true`, `None` …
    Word(&'a [u8]),
}

/// The keys from the outermost map to a scalar; an element of a list has the empty key.
pub type Path<'p, 'a> = &'p [&'a [u8]];

/// Hands every scalar in `text` to `visit`, with the keys that lead to it.
pub fn pick<'a>(text: &'a [u8], visit: &mut dyn FnMut(Path<'_, 'a>, Scalar<'a>)) {
    let text = text.get(..BYTES_MAX).unwrap_or(text);
    let mut walk = Walk { text, at: 0, keys: SmallVec::new(), too_deep: 0, left: SCALARS_MAX };
    walk.keys.push(&[]);
    while walk.left > 0 && walk.step(visit) {}
}

/// The same for a structured value; numbers come as text written into a small buffer, so only keys
/// borrow from the value.
pub fn pick_value(value: AnyValue<'_>, visit: &mut dyn FnMut(Path<'_, '_>, AnyValue<'_>)) {
    let mut left = SCALARS_MAX;
    let mut keys = SmallVec::new();
    walk_value(value, &mut keys, &mut left, visit);
}

fn walk_value<'a>(
    value: AnyValue<'a>,
    keys: &mut SmallVec<[&'a [u8]; 8]>,
    left: &mut usize,
    visit: &mut dyn FnMut(Path<'_, '_>, AnyValue<'_>),
) {
    if *left == 0 || keys.len() > DEPTH_MAX {
        return;
    }
    match value {
        AnyValue::KvList(pairs) => {
            for pair in pairs.iter() {
                keys.push(pair.key);
                walk_value(pair.value(), keys, left, visit);
                keys.pop();
            }
        }
        AnyValue::Array(values) => {
            for value in values.iter() {
                keys.push(&[]);
                walk_value(value, keys, left, visit);
                keys.pop();
            }
        }
        scalar => {
            *left -= 1;
            visit(keys, scalar);
        }
    }
}

struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    /// The current key of each open container; the first is that of the text as a whole.
    keys: SmallVec<[&'a [u8]; 8]>,
    /// Containers open beyond the depth.
    too_deep: usize,
    left: usize,
}

impl<'a> Walk<'a> {
    /// Goes on by one token; no when the text ends.
    fn step(&mut self, visit: &mut dyn FnMut(Path<'_, 'a>, Scalar<'a>)) -> bool {
        let Some(byte) = self.text.get(self.at) else { return false };
        match byte {
            b'{' | b'[' | b'(' => self.open(),
            b'}' | b']' | b')' => self.close(),
            b',' => {
                self.at += 1;
                self.set_key(&[]);
            }
            b'"' | b'\'' => {
                let Some(text) = self.string(*byte) else { return false };
                self.key_or_scalar(text, Scalar::Text(text), visit);
            }
            byte if is_word(*byte) => {
                let word = self.word();
                // `Usage(` opens like a map.
                if self.text.get(self.at) != Some(&b'(') {
                    self.key_or_scalar(word, Scalar::Word(word), visit);
                }
            }
            _ => self.at += 1,
        }
        true
    }

    fn open(&mut self) {
        self.at += 1;
        if self.keys.len() <= DEPTH_MAX { self.keys.push(&[]) } else { self.too_deep += 1 }
    }

    fn close(&mut self) {
        self.at += 1;
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if self.keys.len() > 1 {
            self.keys.pop();
        }
    }

    fn set_key(&mut self, key: &'a [u8]) {
        if self.too_deep == 0
            && let Some(last) = self.keys.last_mut()
        {
            *last = key;
        }
    }

    fn key_or_scalar(
        &mut self,
        text: &'a [u8],
        scalar: Scalar<'a>,
        visit: &mut dyn FnMut(Path<'_, 'a>, Scalar<'a>),
    ) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        if matches!(self.text.get(self.at), Some(b':' | b'=')) {
            self.at += 1;
            self.set_key(text);
            return;
        }
        self.left -= 1;
        if self.too_deep == 0 {
            // The text as a whole has a key only as a list of `k=v`.
            let keys = match self.keys.as_slice() {
                [[], inner @ ..] => inner,
                all => all,
            };
            visit(keys, scalar);
        }
    }

    /// The string that starts here, without its quotes; none if it does not end.
    fn string(&mut self, quote: u8) -> Option<&'a [u8]> {
        let start = self.at + 1;
        let mut at = start;
        loop {
            match self.text.get(at)? {
                b'\\' => at += 2,
                byte if *byte == quote => break,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        self.text.get(start..at)
    }

    fn word(&mut self) -> &'a [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }
}

fn is_word(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !b"{}[]():=,\"'".contains(&byte)
}

/// The text in a JSON string that holds JSON, as `"{\"input\": 5}"`; nothing if it is not one or is
/// longer than `max`.
#[must_use]
pub(crate) fn inner_text(text: &[u8], max: usize) -> Option<Vec<u8>> {
    let [b'"', inner @ .., b'"'] = text.trim_ascii() else { return None };
    if inner.len() > max || !inner.contains(&b'\\') {
        return None;
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(b'n' | b't' | b'r') => out.push(b' '),
                Some(escaped) => out.push(*escaped),
                None => {}
            },
            byte => out.push(*byte),
        }
    }
    Some(out)
}
