//! Queries without their literals.

/// SQL: texts, numbers, truth values, nulls and numbered parameters become `?`, digits in names too.
/// Comments and spaces stay.
pub(super) fn sql(query: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(query.len());
    let mut rest = query;
    while let Some(&byte) = rest.first() {
        let (length, token) = match literal(rest, &out) {
            0 => (other(rest), Token::Other),
            length => (length, Token::Literal),
        };
        let text = rest.get(..length).unwrap_or_default();
        let is_word = byte.is_ascii_alphabetic() || byte == b'_';
        let is_value =
            [&b"null"[..], b"true", b"false"].iter().any(|it| text.eq_ignore_ascii_case(it));
        if token == Token::Literal || is_value {
            out.push(b'?');
        } else if is_word || matches!(byte, b'"' | b'`') {
            put_without_digits(text, &mut out);
        } else {
            out.extend_from_slice(text);
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Literal,
    Other,
}

/// The length of the literal that a text begins with, 0 for none; `before` is what was written.
fn literal(text: &[u8], before: &[u8]) -> usize {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    match text.first() {
        Some(b'\'') => quoted(text),
        Some(b'0'..=b'9') => number(text),
        Some(b'.') if is_digit(1) => number(text),
        Some(b'-' | b'+') if is_digit(1) => {
            let last = before.trim_ascii_end().last();
            let is_sign = last.is_none_or(|byte| b"=<>(,+*/".contains(byte));
            if is_sign { 1 + number(text.get(1..).unwrap_or_default()) } else { 0 }
        }
        Some(b'$') if is_digit(1) => 1 + word(text.get(1..).unwrap_or_default()),
        Some(b'$') => dollar_quoted(text),
        _ => 0,
    }
}

/// The length of what a text begins with that is no literal; never 0.
fn other(text: &[u8]) -> usize {
    let length = match text.first() {
        Some(b'-') if text.starts_with(b"--") => line(text),
        Some(b'/') if text.starts_with(b"/*") => comment(text),
        Some(&quote @ (b'"' | b'`')) => delimited(text, quote),
        Some(b'$' | b':' | b'@') => 1 + word(text.get(1..).unwrap_or_default()),
        _ => word(text),
    };
    length.max(1)
}

/// Commands of Redis whose arguments are names and numbers, never values.
const REDIS_READS: [&[u8]; 32] = [
    b"GET",
    b"MGET",
    b"DEL",
    b"UNLINK",
    b"EXISTS",
    b"EXPIRE",
    b"TTL",
    b"PTTL",
    b"TYPE",
    b"KEYS",
    b"SCAN",
    b"STRLEN",
    b"INCR",
    b"DECR",
    b"HGET",
    b"HMGET",
    b"HGETALL",
    b"HKEYS",
    b"HLEN",
    b"HDEL",
    b"LLEN",
    b"LRANGE",
    b"LPOP",
    b"RPOP",
    b"SCARD",
    b"SMEMBERS",
    b"ZCARD",
    b"ZRANGE",
    b"SELECT",
    b"SUBSCRIBE",
    b"WATCH",
    b"INFO",
];

/// Redis and Valkey: of each line stay the command and the name behind it, and `?` for all else. What
/// only reads stays whole; of `AUTH` and the like only the command.
pub(super) fn redis(query: &[u8]) -> Vec<u8> {
    let lines = query.split(|byte| *byte == b'\n').map(|line| {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let (Some(command), first, second) = (words.next(), words.next(), words.next()) else {
            return line.to_vec();
        };
        let is = |name: &&[u8]| command.eq_ignore_ascii_case(name);
        let is_secret = [&b"AUTH"[..], b"HELLO", b"ACL", b"CONFIG", b"EVAL"].iter().any(is);
        match (first, second) {
            (None, _) => line.to_vec(),
            (Some(_), _) if is_secret => [command, b" ?"].concat(),
            _ if REDIS_READS.iter().any(is) => line.to_vec(),
            (Some(name), Some(_)) => [command, b" ", name, b" ?"].concat(),
            (Some(_), None) => line.to_vec(),
        }
    });
    lines.collect::<Vec<_>>().join(&b'\n')
}

/// Memcached: the command stays, with its key and numbers; the value behind it becomes `?`.
pub(super) fn memcached(query: &[u8]) -> Vec<u8> {
    let end = query.windows(2).position(|pair| pair == b"\r\n");
    let Some((command, _)) = end.and_then(|end| query.split_at_checked(end)) else {
        return query.to_vec();
    };
    let takes_value = [&b"set "[..], b"add ", b"replace ", b"append ", b"prepend ", b"cas "];
    match takes_value.iter().any(|name| command.starts_with(name)) {
        true => command.to_vec(),
        false => query.to_vec(),
    }
}

/// JSON: every value that is no list or map becomes `?`. What is no JSON stays as it is.
pub(super) fn json(query: &[u8]) -> Vec<u8> {
    if serde_json::from_slice::<serde::de::IgnoredAny>(query).is_err() {
        return query.to_vec();
    }
    let mut out = Vec::with_capacity(query.len());
    let mut rest = query;
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b'"' => json_text(rest),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ if byte.is_ascii_whitespace() => 1,
            _ => {
                rest.iter().position(|byte| b"{}[],: \t\r\n\"".contains(byte)).unwrap_or(rest.len())
            }
        };
        let (token, behind) = rest.split_at(length.clamp(1, rest.len()));
        let is_key = behind.trim_ascii_start().first() == Some(&b':');
        match byte {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => out.push(byte),
            b'"' if is_key => out.extend_from_slice(token),
            _ if byte.is_ascii_whitespace() => {}
            _ => out.extend_from_slice(b"\"?\""),
        }
        rest = behind;
    }
    out
}

/// The length of a JSON text with its quotes.
fn json_text(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// The length of a text in single quotes, which may hold escapes; two texts side by side are read for one
/// with a doubled quote.
fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// The length of `$tag$…$tag$`, 0 if there is none.
fn dollar_quoted(text: &[u8]) -> usize {
    let name = word(text.get(1..).unwrap_or_default());
    let Some(tag) = text.get(..name + 2).filter(|tag| tag.ends_with(b"$")) else { return 0 };
    if tag.get(1).is_some_and(u8::is_ascii_digit) {
        return 0;
    }
    let inside = text.get(tag.len()..).unwrap_or_default();
    memchr::memmem::find(inside, tag).map_or(text.len(), |at| at + 2 * tag.len())
}

/// The length of a number: decimal, hexadecimal, with fraction and exponent.
fn number(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let is_sign = matches!(byte, b'+' | b'-')
            && at > 0
            && text.get(at - 1).is_some_and(|before| matches!(before, b'e' | b'E'))
            && !text.starts_with(b"0x");
        if !byte.is_ascii_alphanumeric() && *byte != b'.' && !is_sign {
            break;
        }
        at += 1;
    }
    at
}

fn line(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).unwrap_or(text.len())
}

fn comment(text: &[u8]) -> usize {
    let inside = text.get(2..).unwrap_or_default();
    memchr::memmem::find(inside, b"*/").map_or(text.len(), |at| at + 4)
}

/// The length of a name in quotes.
fn delimited(text: &[u8], quote: u8) -> usize {
    let inside = text.get(1..).unwrap_or_default();
    memchr::memchr(quote, inside).map_or(text.len(), |at| at + 2)
}

/// The length of a name.
fn word(text: &[u8]) -> usize {
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    text.iter().position(|byte| !is_inside(byte)).unwrap_or(text.len())
}

/// A name with each row of digits as `?`.
fn put_without_digits(name: &[u8], out: &mut Vec<u8>) {
    let mut was_digit = false;
    for &byte in name {
        let is_digit = byte.is_ascii_digit();
        if !is_digit {
            out.push(byte);
        } else if !was_digit {
            out.push(b'?');
        }
        was_digit = is_digit;
    }
}
