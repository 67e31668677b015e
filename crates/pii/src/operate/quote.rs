//! Keeping JSON valid: a number that is replaced becomes a string.

use crate::bytes::{at as byte, before, from, part, run_back};

/// How far back the quotes of the text are looked for.
const BACK: usize = 256;

/// The quote to write on both sides of what replaces `start..end`: none, unless it is a JSON number.
pub(super) fn needed(text: &[u8], start: usize, end: usize) -> &[u8] {
    let spaces = run_back(text, start, 16, |byte| byte.is_ascii_whitespace());
    let last = before(text, start, spaces + 1);
    let after = from(text, end).iter().find(|byte| !byte.is_ascii_whitespace());
    let is_number = matches!(after, None | Some(b',' | b'}' | b']'))
        && matches!(last, b':' | b'[' | b',')
        && part(text, start..end)
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !is_number || (after.is_none() && last != b':') {
        return &[];
    }
    let head_start = start.saturating_sub(BACK);
    let head = part(text, head_start..start);
    // Only what looks like JSON has keys in quotes before colons.
    let Some(quote) = memchr::memrchr(b'"', head) else { return &[] };
    let quote = head_start + quote;
    let follows_key = last != b':'
        || from(text, quote + 1).iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
    if !follows_key || byte(text, quote) != b'"' {
        return &[];
    }
    let marks = run_back(text, quote, 64, |byte| byte == b'\\');
    part(text, quote - marks..quote + 1)
}
