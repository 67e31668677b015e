//! A tree to text, as `print-config` prints it (C§1.3): keys sorted, YAML with four spaces.

use std::borrow::Cow;

use crate::value::{Kind, Map, Value};

/// From this power of ten on, Go's `%g` writes an exponent.
const EXPONENT_FROM: i32 = 6;

mod json;
mod yaml;

pub use self::json::to_json;
pub use self::yaml::to_yaml;

/// The entries of a map in byte order of their keys.
fn sorted(map: &Map) -> Vec<(&str, &Value)> {
    let mut entries: Vec<_> = map.iter().map(|(key, value)| (key.as_str(), value)).collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}

/// A number, boolean or null as it is printed; lists, maps and strings are empty.
pub(crate) fn scalar_text(kind: &Kind) -> String {
    match kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(flag) => flag.to_string(),
        Kind::Int(number) => number.to_string(),
        Kind::Uint(number) => number.to_string(),
        Kind::Float(number) => yaml_float(*number).into_owned(),
        Kind::String(_) | Kind::Seq(_) | Kind::Map(_) => String::new(),
    }
}

fn yaml_float(number: f64) -> Cow<'static, str> {
    if number.is_nan() {
        Cow::Borrowed(".nan")
    } else if number.is_infinite() {
        Cow::Borrowed(if number > 0.0 { ".inf" } else { "-.inf" })
    } else {
        Cow::Owned(go_float(number))
    }
}

/// The shortest text that reads back as `number`, as Go's `%g` writes it: with an exponent below
/// 1e-4 and from a million on.
pub(crate) fn go_float(number: f64) -> String {
    if number == 0.0 && number.is_sign_negative() {
        // Without the point it would read back as the integer zero, which has no sign.
        return "-0.0".to_owned();
    }
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..EXPONENT_FROM).contains(&exponent) {
        return number.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}
