//! What stands behind a key: `password=…`, `"api_key": "…"`, `Cookie: …`, at any depth of escaping.

use super::{
    columns, email,
    extent::{VALUE, bare_length, escaped_length, password_length, quoted_length},
    header, url, value,
};
use crate::{
    bytes::{at as byte, before, behind_escape, from, is_word, part, run, run_back},
    context::{self, Hints},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
    number, token,
};

/// How far back a key may begin.
const KEY: usize = 48;
/// Quotes, backslashes and spaces between key and value, on each side.
const BETWEEN: usize = 24;

/// Looks around the `:` or `=` at `place`.
#[inline]
pub(crate) fn assign(scan: &mut Scan<'_>, place: usize) {
    let text = scan.text;
    let around = place.checked_sub(2).and_then(|start| from(text, start).first_chunk::<4>());
    if let Some([_, a, sign, next]) = around.copied()
        && sign != b'>'
    {
        // Nearly all of them: `"key":` and `key=` of a key that says nothing.
        let end = if a == b'"' { unquoted(text, place) } else { place };
        let last = before(text, end, 1);
        let is_address = match sign {
            b':' => may_be_address(text, place, a, next),
            // `=40` is how quoted-printable writes `@`.
            _ => next == b'4' && byte(text, place + 2) == b'0',
        };
        let head = part(text, end.saturating_sub(KEY)..end);
        let is_option = || sign == b':' && next > b' ' && a != b'"' && is_login(text, place);
        if last.is_ascii_alphanumeric()
            && !is_address
            && !context::may_end_word(head)
            && !is_option()
        {
            return;
        }
    }
    closely(scan, place);
}

/// Where the key ends behind which a quote stands right before `place`, with or without backslashes.
#[inline]
fn unquoted(text: &[u8], place: usize) -> usize {
    let end = place - 1;
    match before(text, end, 1) {
        b'\\' => end - run_back(text, end, BETWEEN - 1, |byte| byte == b'\\'),
        _ => end,
    }
}

/// Whether a URL or an address with colons may stand around the colon at `place`, which is between `last` and `next`.
#[inline]
fn may_be_address(text: &[u8], place: usize, last: u8, next: u8) -> bool {
    // `std::fmt`, `a:b`: a letter that is no hex digit stands before no address.
    let is_joined = last.is_ascii_alphanumeric() && !last.is_ascii_hexdigit();
    next == b'/'
        // `:\/\/`
        || next == b'\\' && matches!(byte(text, place + 2), b'/' | b'\\')
        || !is_joined && (next == b':' || next.is_ascii_hexdigit()) && {
            let is_hex = |byte: u8| byte.is_ascii_hexdigit();
            is_first(text, place) && byte(text, place + 1 + run(text, place + 1, 5, is_hex)) == b':'
        }
}

/// The same with all that may stand around it.
pub(super) fn closely(scan: &mut Scan<'_>, place: usize) {
    if place < scan.value_end || place < scan.blob_end {
        return;
    }
    let text = scan.text;
    let next = byte(text, place + 1);
    if byte(text, place) == b'>' {
        return element(scan, place);
    }
    if byte(text, place) == b':' {
        // `:\/\/` is how some write it in JSON.
        let marks = run(text, place + 1, 16, |byte| byte == b'\\');
        let first = place + 1 + marks;
        if byte(text, first) == b'/' && byte(text, first + 1 + marks) == b'/' {
            return url::at(scan, first + marks + 2);
        }
        if next > b' ' && is_login(text, place) {
            return login(scan, place);
        }
        if next.is_ascii_hexdigit() || next == b':' {
            address(scan, place);
        }
    }
    if byte(text, place) == b'=' && next == b'4' && byte(text, place + 2) == b'0' {
        email::between(scan, place, place + 3);
    }
    let end = key_end(text, place);
    let last = before(text, end, 1);
    if !(last.is_ascii_alphanumeric() || last >= 0x80) || matches!(next, b'=' | b'~') {
        return;
    }
    let head = part(text, end.saturating_sub(KEY)..end);
    if !context::may_end_word(head) {
        return;
    }
    // The letter of an escape before the key is none of its own: `\npassword: …`.
    let head = behind_escape(head);
    if !context::may_tell(head) {
        return;
    }
    let is_key = |byte: u8| is_word(byte) || byte >= 0x80 || matches!(byte, b'-' | b'.' | b' ');
    let start = (end - run_back(text, end, KEY, is_key)).max(end - head.len());
    // The name of a type in a token that was written before is no key.
    if byte(text, end) == b']' && before(text, start, 1) == b'[' {
        return;
    }
    let mut hints = scan.of_key(start, end);
    if !hints.is_empty() {
        if hints.has(Hints::BARENAME) && !hints.has(Hints::NAME) && is_owned(text, start) {
            hints = hints.or(Hints::NAME);
        }
        // A name of a thing.
        if hints == Hints::BARENAME {
            return;
        }
        // `"PWD=" + directory`: the quote behind the sign closes the one before the key.
        // In `a="1" b="2"` the quote before the space is of another value.
        let is_closed = end == place
            && next == before(text, start, 1)
            && matches!(next, b'"' | b'\'')
            && byte(text, start) != b' ';
        if !is_closed {
            behind(scan, hints, place, end);
        }
    }
}

/// Options of programs behind which a name and a password stand: `curl -u name:password`.
const LOGINS: [&[u8]; 4] = [b"-u ", b"--user ", b"--user=", b"--proxy-user "];

/// Whether the `:` at `place` stands between a name and a password that an option gives.
fn is_login(text: &[u8], place: usize) -> bool {
    // A key in quotes, which no option is.
    if before(text, place, 1) == b'"' && is_word(before(text, place, 2)) {
        return false;
    }
    let is_name = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-' | b'@' | b'+');
    let start = place - run_back(text, place, KEY, is_name);
    let start = start - usize::from(matches!(before(text, start, 1), b'"' | b'\''));
    let head = part(text, start.saturating_sub(200)..start);
    // Other programs have users and groups there: `docker run -u 1000:1000`.
    let programs: [&[u8]; 4] = [b"curl ", b"wget ", b"http ", b"https "];
    start < place
        && matches!(head, [.., b'u' | b'r', b' ' | b'='])
        && byte(text, place + 1) != b':'
        && programs.iter().any(|program| crate::bytes::find(head, program).is_some())
        && LOGINS.iter().any(|option| head.ends_with(option))
}

/// Notes the password behind the `:` at `place`.
fn login(scan: &mut Scan<'_>, place: usize) {
    let start = place + 1;
    let is_part = |byte: u8| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'\\' | b'`');
    let end = start + run(scan.text, start, 128, is_part);
    if end > start + 2 && !value::is_placeholder(part(scan.text, start..end)) {
        scan.note(Entity::Password, (start, end), Tier::B, Proof::Key, None);
        scan.value_end = scan.value_end.max(end);
    }
}

/// Whether the object whose first member's key begins at `start` belongs to a person:
/// `"customer": {"name": …`.
fn is_owned(text: &[u8], start: usize) -> bool {
    let between = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b'\n' | b'\t' | b'\r');
    let open = start - run_back(text, start, BETWEEN, between);
    if before(text, open, 1) != b'{' {
        return false;
    }
    let colon = open - 1 - run_back(text, open - 1, BETWEEN, |byte| byte == b' ');
    if before(text, colon, 1) != b':' {
        return false;
    }
    let end = colon - 1 - run_back(text, colon - 1, BETWEEN, between);
    let length = run_back(text, end, KEY, |byte| is_word(byte) || byte == b'-');
    context::of_key(part(text, end - length..end)).has(Hints::OWNER)
}

/// Looks at the text of an element, `<password>…</password>`, whose first tag ends at `place`.
fn element(scan: &mut Scan<'_>, place: usize) {
    let text = scan.text;
    // `<string name="password">…</string>`
    let end = place - usize::from(before(text, place, 1) == b'"');
    let last = before(text, end, 1);
    if byte(text, place + 1) == b'<'
        || !is_word(last) && last < 0x80
        || !context::may_tell(part(text, end.saturating_sub(KEY)..end))
    {
        return;
    }
    let is_name = |byte: u8| is_word(byte) || byte >= 0x80 || matches!(byte, b'-' | b'.' | b':');
    let start = end - run_back(text, end, KEY, is_name);
    let opens = if end < place { b'"' } else { b'<' };
    if before(text, start, 1) != opens {
        return;
    }
    let hints = context::of_key(part(text, start..end));
    if hints.is_empty() {
        return;
    }
    let from = place + 1;
    let until = from + run(text, from, VALUE, |byte| byte != b'<');
    if part(text, until..until + 2) == b"</"
        && value::at(scan, hints, (from, until), value::Kind::Quoted)
    {
        scan.value_end = until;
    }
}

/// Looks at an address with colons, of which the first is at `colon`.
fn address(scan: &mut Scan<'_>, colon: usize) {
    let text = scan.text;
    if !is_first(text, colon) {
        return;
    }
    let hex = run_back(text, colon, 5, |byte| byte.is_ascii_hexdigit());
    if hex == 2 && token::mac(scan, colon) {
        return;
    }
    let more = run(text, colon + 1, 5, |byte| byte.is_ascii_hexdigit());
    if byte(text, colon + 1 + more) == b':'
        && let Some((start, end)) = number::v6(text, colon)
        && !scan.is_structural()
        && !(scan.engine.policy.ignore_local_addresses && is_local(part(text, start..end)))
    {
        scan.find(Entity::IpAddress, start, end, Proof::Shape);
    }
}

/// Whether an address may have its first colon at `colon`.
fn is_first(text: &[u8], colon: usize) -> bool {
    let hex = run_back(text, colon, 5, |byte| byte.is_ascii_hexdigit());
    before(text, colon, hex + 1) != b':' || is_behind_key(text, colon - hex)
}

/// Whether a key and a colon stand before `start`: `Mac:d4:75:6f:89:7a:dc`.
pub(crate) fn is_behind_key(text: &[u8], start: usize) -> bool {
    let end = start.saturating_sub(1);
    let length = run_back(text, end, 24, |byte| is_word(byte) || byte == b'-');
    let key = part(text, end - length..end);
    before(text, start, 1) == b':'
        && key.first().is_some_and(u8::is_ascii_alphabetic)
        && key.iter().any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit())
}

fn is_local(address: &[u8]) -> bool {
    let lower = address.to_ascii_lowercase();
    let known: [&[u8]; 4] = [b"fe80:", b"fc", b"fd", b"2001:db8"];
    lower == b"::1" || known.iter().any(|prefix| lower.starts_with(prefix))
}

/// Where the key before the sign at `place` ends.
#[inline]
fn key_end(text: &[u8], place: usize) -> usize {
    // `key=` and `"key":` are by far the most.
    let quotes = usize::from(before(text, place, 1) == b'"');
    if before(text, place, quotes + 1).is_ascii_alphanumeric() {
        return place - quotes;
    }
    let skipped = run_back(text, place, BETWEEN, |byte| {
        matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b']' | b':' | b'`')
    });
    place - skipped
}

/// Looks at the value behind the sign at `place`.
fn behind(scan: &mut Scan<'_>, hints: Hints, place: usize, key_end: usize) {
    let text = scan.text;
    let mut start = place + 1;
    if byte(text, start) == b'>' {
        start += 1;
    }
    start += run(text, start, BETWEEN, |byte| byte == b' ');
    if hints.has(Hints::AUTH) || hints.has(Hints::COOKIE) {
        // `super::Authorization::UI` is a path.
        if byte(text, place + 1) == b':' || before(text, place, 1) == b':' {
            return;
        }
        start += run(text, start, BETWEEN, |byte| matches!(byte, b'"' | b'\'' | b'\\' | b'['));
        let _ = if hints.has(Hints::AUTH) {
            header::authorization(scan, start)
        } else {
            header::cookie(scan, start)
        };
        return;
    }
    let lead = run(text, start, BETWEEN, |byte| byte == b'\\');
    let (from, end, quoted) = match byte(text, start + lead) {
        quote @ (b'"' | b'\'' | b'`') => {
            let from = start + lead + 1;
            let is_secret = hints.has(Hints::PASSWORD.or(Hints::SECRET));
            let whole = if is_secret { escaped_length(text, from, quote, lead) } else { None };
            (from, from + whole.unwrap_or_else(|| quoted_length(text, from, quote)), true)
        }
        b'[' | b'{' | b'(' | b'$' if lead == 0 => return,
        _ if lead > 0 => return,
        _ => {
            let Some(end) = bare_end(scan, place, start, hints) else { return };
            (start, end, false)
        }
    };
    // In source a space stands before the sign, and what follows without quotes is an expression.
    let is_code = before(text, place, 1) == b' ';
    // `nom:Err` is no assignment of words, and `"username": self.name` one of a variable.
    let of_words = hints.has(Hints::NAME.or(Hints::ADDRESS).or(Hints::USERNAME));
    let is_joined = byte(text, place) == b':' && byte(text, place + 1) != b' ' && key_end == place;
    if !quoted && of_words && is_joined {
        return;
    }
    let key = match quoted {
        true => value::Kind::Quoted,
        false if is_code => value::Kind::Code,
        false => value::Kind::Bare,
    };
    if is_badge(text, place) {
        return;
    }
    let is_query = byte(text, place) == b'=' && is_query(text, place);
    let kind = if is_query { value::Kind::Query } else { key };
    if value::at(scan, hints, (from, end), kind) {
        scan.value_end = end;
    }
}

/// Where the value without quotes at `start` ends, behind the sign at `place`; nowhere if it is code.
fn bare_end(scan: &mut Scan<'_>, place: usize, start: usize, hints: Hints) -> Option<usize> {
    let text = scan.text;
    let is_code = before(text, place, 1) == b' ';
    let end = match hints.has(Hints::PASSWORD) && !is_code && !is_query(text, place) {
        true => start + password_length(text, start),
        false => start + bare_length(scan, start, hints),
    };
    let (next, after) = (byte(text, end), byte(text, end + 1));
    // `password = read(…)`, `password: Flags{…}`, `private_key: Seed<'_>`, `SIG: X509ProviderType = 14`.
    let is_generic = next == b'<'
        && matches!(after, b'\'' | b'A'..=b'Z')
        && before(text, end, 1).is_ascii_alphanumeric();
    let is_annotated = byte(text, place) == b':' && part(text, end..end + 3) == b" = ";
    let is_words = hints.has(Hints::NAME.or(Hints::ADDRESS).or(Hints::USERNAME));
    let is_open = is_words && (matches!(next, b'<' | b'|') || (next == b';' && after != b' '));
    let is_path = byte(text, place + 1) == b':' || before(text, place, 1) == b':';
    let is_code = matches!(next, b'(' | b'[' | b'{') || is_generic || is_annotated || is_path;
    (!is_code && !is_open).then_some(end)
}

/// Whether the query is of a picture that everybody may see: `badge.svg?token=…`.
fn is_badge(text: &[u8], place: usize) -> bool {
    let head = part(text, place.saturating_sub(24)..place);
    byte(text, place) == b'=' && memchr::memmem::find(head, b"badge.svg?").is_some()
}

/// Whether the assignment stands in the query of a URL: behind `?` or `&`.
fn is_query(text: &[u8], place: usize) -> bool {
    let name = run_back(text, place, KEY, |byte| is_word(byte) || byte == b'-');
    matches!(before(text, place, name + 1), b'?' | b'&')
}

/// Looks at the whole text as the value of its key.
pub(crate) fn whole(scan: &mut Scan<'_>) {
    let hints = scan.key;
    if hints.has(Hints::SQL) {
        columns::everywhere(scan);
    } else if hints.has(Hints::AUTH) {
        let _ = header::authorization(scan, 0);
    } else if hints.has(Hints::COOKIE) {
        let _ = header::cookie(scan, 0);
    } else if !matches!(scan.text.first(), Some(b'{' | b'[')) {
        let length = scan.text.len();
        let _ = value::at(scan, hints, (0, length), value::Kind::Quoted);
    }
}
