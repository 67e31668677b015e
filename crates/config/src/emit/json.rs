//! JSON for `print-config --format json`.

use std::fmt::Write as _;

use super::sorted;
use crate::value::{Kind, Value};

const INDENT: usize = 2;

/// JSON with sorted keys and two spaces a level, without a final line break. JSON has no word for
/// numbers that are not finite; they become null.
#[must_use]
pub fn to_json(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out
}

fn write_value(out: &mut String, value: &Value, level: usize) {
    match &value.kind {
        Kind::Null => out.push_str("null"),
        Kind::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Kind::Int(number) => out.push_str(&number.to_string()),
        Kind::Uint(number) => out.push_str(&number.to_string()),
        Kind::Float(number) if number.is_finite() => out.push_str(&number.to_string()),
        Kind::Float(_) => out.push_str("null"),
        Kind::String(text) => write_string(out, text),
        Kind::Seq(items) if items.is_empty() => out.push_str("[]"),
        Kind::Map(map) if map.is_empty() => out.push_str("{}"),
        Kind::Seq(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                next_line(out, index, level + INDENT);
                write_value(out, item, level + INDENT);
            }
            close(out, ']', level);
        }
        Kind::Map(map) => {
            out.push('{');
            for (index, (key, item)) in sorted(map).into_iter().enumerate() {
                next_line(out, index, level + INDENT);
                write_string(out, key);
                out.push_str(": ");
                write_value(out, item, level + INDENT);
            }
            close(out, '}', level);
        }
    }
}

fn next_line(out: &mut String, index: usize, level: usize) {
    if index > 0 {
        out.push(',');
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', level));
}

fn close(out: &mut String, bracket: char, level: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', level));
    out.push(bracket);
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
