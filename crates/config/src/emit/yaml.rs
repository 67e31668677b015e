//! YAML as the Go collector prints it.

use std::fmt::Write as _;

use super::{scalar_text, sorted};
use crate::value::{Kind, Value};
use crate::yaml::scalar;

const INDENT: usize = 4;

/// YAML with sorted keys and four spaces a level, ending in a line break. What is printed reads
/// back as the same data, except that a float without a fraction reads back as an integer.
#[must_use]
pub fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    block(&mut out, value, 0, false);
    out
}

/// Writes a value and a line break. `inline` says that a `- ` stands before it on the line.
fn block(out: &mut String, value: &Value, level: usize, inline: bool) {
    match &value.kind {
        Kind::Map(map) if !map.is_empty() => {
            for (index, (key, item)) in sorted(map).into_iter().enumerate() {
                if index > 0 || !inline {
                    indent(out, level);
                }
                out.push_str(&quoted_key(key));
                out.push(':');
                after_colon(out, item, level);
            }
        }
        Kind::Seq(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 || !inline {
                    indent(out, level);
                }
                out.push_str("- ");
                block(out, item, level + 2, true);
            }
        }
        _ => {
            out.push_str(&leaf(value, level));
            out.push('\n');
        }
    }
}

fn after_colon(out: &mut String, item: &Value, level: usize) {
    let is_block = match &item.kind {
        Kind::Map(map) => !map.is_empty(),
        Kind::Seq(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        out.push('\n');
        block(out, item, deeper(level), false);
    } else {
        out.push(' ');
        out.push_str(&leaf(item, deeper(level)));
        out.push('\n');
    }
}

/// The next multiple of four: what hangs off a key inside a list item is not shifted by the `- `.
fn deeper(level: usize) -> usize {
    (level + INDENT) / INDENT * INDENT
}

fn indent(out: &mut String, level: usize) {
    out.extend(std::iter::repeat_n(' ', level));
}

fn leaf(value: &Value, level: usize) -> String {
    match &value.kind {
        Kind::Map(_) => "{}".to_owned(),
        Kind::Seq(_) => "[]".to_owned(),
        Kind::String(text) => string(text, level),
        kind => scalar_text(kind),
    }
}

/// Several lines become a literal block, the rest is plain or quoted.
fn string(text: &str, level: usize) -> String {
    let fits_block = text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && text.chars().all(|c| c == '\n' || c == '\t' || is_plain_char(c))
        && !text.split('\n').any(|line| line.ends_with([' ', '\t']));
    if !fits_block {
        return quoted(text);
    }
    let body = text.strip_suffix('\n').unwrap_or(text);
    let mut out = match (text.ends_with('\n'), body.ends_with('\n') || body.is_empty()) {
        (false, _) => "|-".to_owned(),
        (true, false) => "|".to_owned(),
        (true, true) => "|+".to_owned(),
    };
    // At the top there is no level to be deeper than.
    let level = level.max(2);
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            indent(&mut out, level);
            out.push_str(line);
        }
    }
    out
}

fn quoted_key(text: &str) -> String {
    quoted(text)
}

fn quoted(text: &str) -> String {
    let reads_as_string = matches!(&scalar::plain(text), Kind::String(same) if same == text);
    if !reads_as_string || is_old_bool(text) {
        return double_quoted(text);
    }
    if text.chars().any(|c| !is_plain_char(c)) {
        return double_quoted(text);
    }
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// YAML 1.1 booleans and base 60 numbers: quoted so that older readers see strings too.
fn is_old_bool(text: &str) -> bool {
    const WORDS: [&str; 18] = [
        "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off",
        "OFF", "=", "<<",
    ];
    WORDS.contains(&text) || is_base_60(text)
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let Some((first, rest)) = whole.split_once(':') else { return false };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    first.starts_with(|c: char| c.is_ascii_digit())
        && digits(first)
        && digits(fraction)
        && rest.split(':').all(|part| {
            let fits = part.len() == 1 || (part.len() == 2 && part < "6");
            fits && part.bytes().all(|b| b.is_ascii_digit())
        })
}

fn is_plain_char(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}'
        | '\u{10000}'..='\u{10ffff}')
        && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether the text can stand without quotes, in block and flow context alike.
fn is_plain(text: &str) -> bool {
    let starts_badly = text.starts_with([
        '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@',
        '`', ' ', '=',
    ]);
    let dash_word = text.strip_prefix(['-', '?', ':']).is_some_and(|rest| {
        rest.starts_with(|c: char| !c.is_whitespace()) && !rest.starts_with('-')
    });
    let clean = !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(['[', ']', '{', '}', ',']);
    clean && !text.is_empty() && (!starts_badly || (dash_word && !text.contains(':')))
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            c if is_plain_char(c) => out.push(c),
            c => {
                let code = u32::from(c);
                // Writing to a string cannot fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
    out
}
