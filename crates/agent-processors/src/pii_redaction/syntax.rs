//! JSON inside texts: where its parts are, how it is cut, what is structure in it; and long base64.

use std::ops::Range;

use memchr::memchr2;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::matching::is_structure;

/// Base64 of this length is taken for media.
const MEDIA_MIN: usize = 1024;
/// Deeper JSON is not cut but dropped behind the cut.
const DEPTH_MAX: usize = 128;

/// Where a list of objects can be taken apart: ranges that together are the whole text, each but the first
/// beginning behind an object. A text that is no such list is one range.
/// `opens` are the places of all its opening braces.
///
/// An object of the list is taken to begin with the same key as the first one. The key's quote closes a
/// string only if that string ends in `},{`, so what is found is torn nowhere but there.
pub(super) fn pieces(text: &[u8], opens: &[usize], least: usize, pieces: &mut Vec<Range<usize>>) {
    let mut start = 0;
    if let Some(key) = first_key(text) {
        for open in opens {
            let Some((before, rest)) = text.split_at_checked(*open) else { break };
            let is_next = rest.strip_prefix(b"{").is_some_and(|rest| opens_with(rest, key));
            let Some(before) = before.trim_ascii_end().strip_suffix(b",").filter(|_| is_next)
            else {
                continue;
            };
            let end = before.trim_ascii_end().len();
            if text.get(end.wrapping_sub(1)) == Some(&b'}') && end >= start + least {
                pieces.push(start..end);
                start = end;
            }
        }
        // The last object is like the others when another one follows it.
        if let Some(list) = text.trim_ascii_end().strip_suffix(b"]") {
            let end = list.trim_ascii_end().len();
            if end >= start + least {
                pieces.push(start..end);
                start = end;
            }
        }
    }
    if start < text.len() {
        pieces.push(start..text.len());
    }
}

/// The first key of the first object of a list, in its quotes.
fn first_key(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_start().strip_prefix(b"[")?.trim_ascii_start();
    let text = text.strip_prefix(b"{")?.trim_ascii_start();
    let key = text.strip_prefix(b"\"")?;
    let length = key.iter().take(64).position(|byte| *byte == b'"')?;
    text.get(..length + 2)
}

fn opens_with(object: &[u8], key: &[u8]) -> bool {
    object.starts_with(key) || object.trim_ascii_start().starts_with(key)
}

/// The texts of the parts of each message, where it has more than one: ranges of what stands between
/// their quotes, as it stands there. `opens` are the places of all opening braces.
pub(super) fn parts(text: &[u8], opens: &[usize]) -> Vec<Vec<Range<usize>>> {
    let mut groups = Vec::new();
    if !may_have_parts(text, opens) {
        return groups;
    }
    // For each open list the texts in it, for each open object its text and whether it is a message.
    let mut open: Vec<Open> = Vec::new();
    let (mut at, mut key) = (0, 0..0);
    while let Some(byte) = text.get(at).filter(|_| open.len() <= DEPTH_MAX) {
        match byte {
            b'"' => {
                let end = string_end(text, at);
                if follows(text, end + 1) == Some(b':') {
                    key = at + 1..end;
                    if let (Some(Open::Object { is_message, .. }), Some(b"role")) =
                        (open.last_mut(), text.get(key.clone()))
                    {
                        *is_message = true;
                    }
                } else if let Some(Open::Object { said, .. }) = open.last_mut()
                    && matches!(text.get(key.clone()), Some(b"content" | b"text"))
                {
                    *said = Some(at + 1..end);
                }
                at = end;
            }
            b'[' => open.push(Open::List(Vec::new())),
            b'{' => open.push(Open::Object { said: None, is_message: false }),
            b']' | b'}' => match (open.pop(), open.last_mut()) {
                (Some(Open::List(texts)), _) if texts.len() > 1 => groups.push(texts),
                (
                    Some(Open::Object { said: Some(said), is_message: false }),
                    Some(Open::List(texts)),
                ) => texts.push(said),
                _ => {}
            },
            // What comes next is no value of this key.
            b',' => key = 0..0,
            _ => {}
        }
        at += 1;
    }
    groups
}

/// What is open where a text is read.
enum Open {
    List(Vec<Range<usize>>),
    Object { said: Option<Range<usize>>, is_message: bool },
}

/// Whether an object that may be part of a message follows another; most messages have one part.
fn may_have_parts(text: &[u8], opens: &[usize]) -> bool {
    opens.iter().any(|open| {
        let Some((before, rest)) = text.split_at_checked(*open) else { return false };
        let key = rest.get(1..).unwrap_or_default().trim_ascii_start();
        let is_part = [&b"\"type\""[..], b"\"content\"", b"\"text\"", b"\"id\""];
        is_part.iter().any(|part| key.starts_with(part))
            && before.trim_ascii_end().last() == Some(&b',')
    })
}

/// Where the closing quote of the string that opens at `at` stands.
fn string_end(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(found) = text.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if text.get(at) == Some(&b'"') {
            return at;
        }
        at += 2;
    }
    text.len()
}

/// The start of a text, at most `most` bytes and what closes it: JSON stays JSON, no character or
/// escape is torn.
pub(super) fn cut(text: &[u8], most: usize) -> Vec<u8> {
    if !matches!(text.trim_ascii_start().first(), Some(b'[' | b'{')) {
        let mut end = most.min(text.len());
        while end > 0 && text.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
            end -= 1;
        }
        return text.get(..end).unwrap_or_default().to_vec();
    }
    let mut open: Vec<u8> = Vec::new();
    // The last place where a value had ended, and what was open there.
    let (mut safe, mut closing) = (0, Vec::new());
    let mut at = 0;
    while let Some(byte) = text.get(at).filter(|_| at < most && open.len() <= DEPTH_MAX) {
        match byte {
            b'"' => {
                let end = string_end(text, at);
                let is_key = open.last() == Some(&b'}') && follows(text, end + 1) == Some(b':');
                if end >= most && !is_key {
                    return cut_string(text, (at, most), &open);
                }
                at = end;
                if !is_key && end < most {
                    (safe, closing) = (end + 1, open.clone());
                }
            }
            b'[' | b'{' => {
                open.push(if *byte == b'[' { b']' } else { b'}' });
                (safe, closing) = (at + 1, open.clone());
            }
            b']' | b'}' => {
                open.pop();
                (safe, closing) = (at + 1, open.clone());
            }
            _ => {}
        }
        at += 1;
    }
    let mut out = text.get(..safe).unwrap_or_default().to_vec();
    out.extend(closing.iter().rev());
    out
}

/// Cuts inside the string that opens at `start`, before `most`.
fn cut_string(text: &[u8], (start, most): (usize, usize), open: &[u8]) -> Vec<u8> {
    let (mut at, mut end) = (start + 1, start + 1);
    while at < most {
        at += match text.get(at) {
            Some(b'\\') if text.get(at + 1) == Some(&b'u') => 6,
            Some(b'\\') => 2,
            _ => 1,
        };
        // Half a pair of surrogates is no character.
        let low = text.get(at..at + 3).is_some_and(|next| {
            matches!(next, [b'\\', b'u', b'd' | b'D'])
                && matches!(text.get(at + 3), Some(b'c'..=b'f' | b'C'..=b'F'))
        });
        let inside = text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
        if at <= most && !inside && !low {
            end = at;
        }
    }
    let mut out = text.get(..end).unwrap_or_default().to_vec();
    out.push(b'"');
    out.extend(open.iter().rev());
    out
}

/// The next byte that is no white space.
fn follows(text: &[u8], at: usize) -> Option<u8> {
    text.get(at..)?.iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

/// Replaces the texts of JSON messages by what `replace` makes of them; roles, types and the like stay.
/// Nothing if it is no JSON.
pub(super) fn replace_texts(
    text: &[u8],
    replace: &mut dyn FnMut(&str) -> Option<String>,
) -> Option<Vec<u8>> {
    if !matches!(text.trim_ascii_start().first(), Some(b'[' | b'{')) {
        return None;
    }
    let mut value: Value = serde_json::from_slice(text).ok()?;
    replace_in(&mut value, "", replace);
    serde_json::to_vec(&value).ok()
}

/// As deep as serde_json reads, 128.
fn replace_in(value: &mut Value, key: &str, replace: &mut dyn FnMut(&str) -> Option<String>) {
    match value {
        Value::String(text) if !is_structure(key.as_bytes()) => {
            if let Some(new) = replace(text) {
                *text = new;
            }
        }
        Value::Number(_) if !is_structure(key.as_bytes()) => *value = Value::Null,
        Value::Array(values) => values.iter_mut().for_each(|value| replace_in(value, key, replace)),
        Value::Object(members) => {
            let is_call = members.contains_key("arguments") || members.contains_key("parameters");
            for (key, value) in members.iter_mut() {
                let is_name = key == "name" && is_call;
                replace_in(value, if is_name { "type" } else { key }, replace);
            }
        }
        _ => {}
    }
}

/// The text with media replaced by their kind, size and hash; nothing if there is none.
pub(super) fn without_media(text: &[u8]) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    let (mut done, mut at) = (0, 0);
    // A run this long covers a multiple of its least length.
    while let Some(byte) = text.get(at) {
        let before = || text.get(done..at).unwrap_or_default().iter().rev();
        if !is_base64(*byte) {
            at += MEDIA_MIN / 2;
            continue;
        }
        let start = at - before().take_while(|byte| is_base64(**byte)).count();
        let rest = text.get(at..).unwrap_or_default();
        let mut end = at + rest.iter().take_while(|byte| is_base64(**byte)).count();
        if end - start < MEDIA_MIN || !is_varied(text.get(start..end).unwrap_or_default()) {
            at = end.max(at + 1);
            continue;
        }
        end += text
            .get(end..)
            .unwrap_or_default()
            .iter()
            .take(2)
            .take_while(|byte| **byte == b'=')
            .count();
        let (from, kind) = data_uri(text, start);
        let out = out.get_or_insert_default();
        out.extend_from_slice(text.get(done..from.max(done)).unwrap_or_default());
        out.extend_from_slice(&stub(kind, text.get(start..end).unwrap_or_default()));
        done = end;
        at = end;
    }
    let mut out = out?;
    out.extend_from_slice(text.get(done..).unwrap_or_default());
    Some(out)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Whether a run is more than one letter said over and over, or digits: it has capitals, small letters and digits.
fn is_varied(run: &[u8]) -> bool {
    let head = run.get(..256).unwrap_or(run);
    let has = |is: fn(&u8) -> bool| head.iter().any(is);
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

/// Where the data URI starts whose base64 starts at `start`, and of what kind it is.
fn data_uri(text: &[u8], start: usize) -> (usize, &[u8]) {
    let head = text.get(start.saturating_sub(80)..start).unwrap_or_default();
    let none = (start, &b"base64"[..]);
    let Some(head) = head.strip_suffix(b";base64,") else { return none };
    let Some(at) = head.windows(5).rposition(|window| window == b"data:") else { return none };
    let kind = head.get(at + 5..).unwrap_or_default();
    let is_kind = kind.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/+-._".contains(byte));
    if !is_kind || kind.is_empty() {
        return none;
    }
    (start - 8 - kind.len() - 5, kind)
}

/// What stands in place of media.
pub(super) fn stub(kind: &[u8], media: &[u8]) -> Vec<u8> {
    let kind = String::from_utf8_lossy(kind);
    format!("[MEDIA {kind} {} bytes {}]", media.len(), short_hash(media)).into_bytes()
}

/// The first 64 bits of a SHA-256, in hex.
pub(super) fn short_hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
