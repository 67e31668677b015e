//! How far the value behind a key reaches.

use crate::{
    bytes::{at as byte, is_word, part, run},
    context::Hints,
    engine::Scan,
};

/// The longest value.
pub(super) const VALUE: usize = 4096;

/// How long the string at `start` is: to its quote, which has as many backslashes as the first one or
/// none, or to the end of the text.
pub(super) fn quoted_length(text: &[u8], start: usize, quote: u8) -> usize {
    run(text, start, VALUE, |byte| byte != quote && byte != b'\\' && byte != b'\n')
}

/// How long a string with escapes of its own is, whose first quote has `lead` backslashes: to the quote that
/// has as many once escaped backslashes and quotes are left out.
pub(super) fn escaped_length(text: &[u8], start: usize, quote: u8, lead: usize) -> Option<usize> {
    const MOST: usize = 512;
    let mut at = start;
    loop {
        at += run(text, at, MOST, |byte| byte != quote && byte != b'\\' && byte != b'\n');
        let marks = run(text, at, 64, |byte| byte == b'\\');
        if at - start >= MOST || byte(text, at + marks) == b'\n' || at + marks >= text.len() {
            return None;
        }
        if byte(text, at + marks) == quote && marks % (2 * (lead + 1)) == lead {
            return Some(at + marks - lead - start);
        }
        if marks == 0 {
            return None;
        }
        at += marks + 1;
    }
}

/// The longest password without quotes.
const LONGEST: usize = 256;

/// How long the password without quotes at `start` is. Behind a mark that no code has there, brackets belong to it.
pub(super) fn password_length(text: &[u8], start: usize) -> usize {
    let ends = |byte: u8| byte <= b' ' || matches!(byte, b'"' | b'\'' | b'\\' | b'`');
    let stops =
        |(at, byte): (usize, &u8)| ends(*byte) || (*byte == b'&' && separates(text, start + at));
    let most = part(text, start..start + 256);
    let token = part(most, 0..most.iter().enumerate().position(stops).unwrap_or(most.len()));
    // What ends in no bracket and holds digits and marks is no code: `_gP(EOtD#xrV8r7^$3`.
    let is_open =
        matches!(token.last(), Some(b')' | b';' | b'{' | b'}' | b',' | b'(' | b'>' | b']'));
    let is_random = token.iter().any(u8::is_ascii_digit)
        && token.iter().skip(1).any(|byte| b"#^$%!@*".contains(byte));
    if is_random && !is_open {
        return token.len();
    }
    let head = part(text, start..start + 6);
    let is_pointer = head.starts_with(b"*mut") || head.starts_with(b"*const");
    let mut is_marked = matches!(head.first(), Some(b')' | b'*')) && !is_pointer;
    let mut at = start;
    while at < text.len() && at - start < LONGEST {
        // Most of it.
        let plain = run(text, at, start + LONGEST - at, |byte| byte.is_ascii_alphanumeric());
        if plain > 0 {
            at += plain;
            continue;
        }
        let letter = byte(text, at);
        let is_part = match letter {
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'\\' | b'`' => false,
            b'&' if separates(text, at) => false,
            b'&' | b'<' | b'>' | b';' | b'|' | b'{' | b'}' | b'(' | b')' | b'[' | b']' => is_marked,
            _ => true,
        };
        if !is_part {
            break;
        }
        is_marked |= at > start && b"!@#$%^*~?+".contains(&letter);
        at += 1;
    }
    let value = part(text, start..at);
    let closes = |open: u8, close: u8| value.last() == Some(&close) && !value.contains(&open);
    let is_closed = closes(b'(', b')') || closes(b'{', b'}') || closes(b'[', b']');
    value.len() - usize::from(value.len() > 1 && (is_closed || closes(b'<', b'>')))
}

/// Whether the `&` at `at` begins another parameter: `&name=`.
fn separates(text: &[u8], at: usize) -> bool {
    let name = run(text, at + 1, 32, |byte| is_word(byte) || matches!(byte, b'-' | b'.'));
    (name > 0 && byte(text, at + 1 + name) == b'=') || part(text, at..at + 5) == b"&amp;"
}

/// How long the value without quotes at `start` is.
pub(super) fn bare_length(scan: &mut Scan<'_>, start: usize, hints: Hints) -> usize {
    let of_words = hints.has(Hints::NAME.or(Hints::ADDRESS).or(Hints::DOB).or(Hints::SEED));
    let has_commas = hints.has(Hints::ADDRESS.or(Hints::PASSWORD));
    let is_part = |byte: u8| match byte {
        b'\n' | b'\r' | b'"' | b'\'' | b'\\' | b'<' | b'>' | b';' | b'|' | b'&' | b'`' => false,
        b'{' | b'}' | b'(' | b')' | b'[' | b']' => false,
        b',' => has_commas,
        b' ' | b'\t' => of_words,
        _ => true,
    };
    let most = if of_words { 240 } else { VALUE };
    let kind = usize::from(of_words) + 2 * usize::from(has_commas);
    let known = scan.bare.get_mut(kind);
    known.map_or(0, |known| known.run(scan.text, start, most, is_part))
}
