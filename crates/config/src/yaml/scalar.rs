//! What a scalar means: the rules of `go.yaml.in/yaml/v3` (C§2.3), a mix of YAML 1.1 and 1.2.
//!
//! `yes`, `no`, `on`, `off` stay strings; a leading `0` means octal; `_` may stand between digits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::timestamp;
use crate::value::Kind;

/// The tag in front of a scalar, or what its quotes stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// No tag and no quotes: the text decides.
    None,
    /// `!!str`, or quotes.
    Str,
    /// `!!int`.
    Int,
    /// `!!float`.
    Float,
    /// `!!bool`.
    Bool,
    /// `!!null`.
    Null,
    /// `!!timestamp`.
    Timestamp,
    /// `!!binary`: base64.
    Binary,
    /// Any other tag: kept as text.
    Other,
}

impl Tag {
    /// From the part after `!!`.
    #[must_use]
    pub fn from_suffix(suffix: &str) -> Self {
        match suffix {
            "str" => Self::Str,
            "int" => Self::Int,
            "float" => Self::Float,
            "bool" => Self::Bool,
            "null" => Self::Null,
            "timestamp" => Self::Timestamp,
            "binary" => Self::Binary,
            _ => Self::Other,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::Bool => "!!bool",
            Self::Null => "!!null",
            Self::Timestamp => "!!timestamp",
            Self::Binary => "!!binary",
            Self::None | Self::Str | Self::Other => "!!str",
        }
    }
}

/// Gives `text` its type.
///
/// # Errors
/// When an explicit tag does not fit the text.
pub fn resolve(text: &str, tag: Tag) -> Result<Kind, String> {
    let kind = match tag {
        Tag::Str | Tag::Other => return Ok(Kind::String(text.to_owned())),
        Tag::Binary => return binary(text),
        Tag::None => return Ok(plain(text)),
        _ => plain(text),
    };
    match (tag, kind) {
        (Tag::Int, kind @ (Kind::Int(_) | Kind::Uint(_)))
        | (Tag::Float, kind @ Kind::Float(_))
        | (Tag::Bool, kind @ Kind::Bool(_))
        | (Tag::Null, kind @ Kind::Null) => Ok(kind),
        #[expect(clippy::cast_precision_loss, reason = "!!float asks for exactly this")]
        (Tag::Float, Kind::Int(number)) => Ok(Kind::Float(number as f64)),
        (Tag::Timestamp, _) => match timestamp::to_rfc3339(text) {
            Some(time) => Ok(Kind::String(time)),
            None => Err(format!("cannot decode !!str as a {}", tag.name())),
        },
        _ => Err(format!("cannot decode !!str as a {}", tag.name())),
    }
}

fn binary(text: &str) -> Result<Kind, String> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes =
        STANDARD.decode(compact).map_err(|_| "!!binary value contains invalid base64 data")?;
    let text = String::from_utf8(bytes).map_err(|_| "!!binary value is not UTF-8 text")?;
    Ok(Kind::String(text))
}

/// The type of a plain scalar.
#[must_use]
pub fn plain(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::Bool(true),
        "false" | "False" | "FALSE" => return Kind::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Kind::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Kind::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Kind::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let number = match text.bytes().next() {
        Some(b'0'..=b'9' | b'+' | b'-') => {
            if let Some(time) = timestamp::to_rfc3339(text) {
                return Kind::String(time);
            }
            let digits = text.replace('_', "");
            int(&digits).or_else(|| float(&digits))
        }
        Some(b'.') => float(text),
        _ => None,
    };
    number.unwrap_or_else(|| Kind::String(text.to_owned()))
}

/// `strconv.ParseInt(_, 0, 64)`, then `ParseUint`.
fn int(text: &str) -> Option<Kind> {
    let (signed, negative, digits) = match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(digits), _) => (true, true, digits),
        (_, Some(digits)) => (true, false, digits),
        _ => (false, false, text),
    };
    let prefixed = |lower: &str, upper: &str| {
        digits.strip_prefix(lower).or_else(|| digits.strip_prefix(upper))
    };
    let (radix, digits) = if let Some(rest) = prefixed("0x", "0X") {
        (16, rest)
    } else if let Some(rest) = prefixed("0o", "0O") {
        (8, rest)
    } else if let Some(rest) = prefixed("0b", "0B") {
        (2, rest)
    } else if let Some(rest) = digits.strip_prefix('0').filter(|rest| !rest.is_empty()) {
        (8, rest)
    } else {
        (10, digits)
    };
    // `from_str_radix` would take a second sign.
    if !digits.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let size = i128::from_str_radix(digits, radix).ok()?;
    let number = if negative { -size } else { size };
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(number), _) => Some(Kind::Int(number)),
        (_, Ok(number)) if !signed => Some(Kind::Uint(number)),
        _ => None,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, if it is finite.
fn float(text: &str) -> Option<Kind> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
        }
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_fits =
        all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let exponent_fits = exponent.is_none_or(|digits| !digits.is_empty() && all_digits(digits));
    if !mantissa_fits || !exponent_fits {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Kind::Float)
}
