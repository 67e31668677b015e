//! What a token endpoint answers (RFC 6749 §5).

use std::time::Duration;

use config::Opaque;
use serde_json::Value;

/// The longest code of an error that is passed on.
const CODE_CHARS_MAX: usize = 64;

/// A token.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// `Bearer …`, as it goes into the header.
    pub(super) header: Opaque,
    /// How long it is good; `None` for ever.
    pub(super) life: Option<Duration>,
}

/// Reads a success.
pub(super) fn token(body: &[u8]) -> Result<Token, String> {
    let answer: Value =
        serde_json::from_slice(body).map_err(|_| "the answer is not JSON".to_owned())?;
    let text = |key: &str| answer.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let token = text("access_token").ok_or("the answer has no access_token")?;
    let kind = match text("token_type") {
        Some(kind) if !kind.eq_ignore_ascii_case("bearer") => kind,
        _ => "Bearer",
    };
    // Some endpoints write the number as a string.
    let life = answer.get("expires_in").and_then(|life| match life {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    });
    let life = life.filter(|life| *life > 0.0);
    let life = life.map(|life| Duration::try_from_secs_f64(life).unwrap_or(Duration::MAX));
    Ok(Token { header: Opaque::new(format!("{kind} {token}")), life })
}

/// The code of a failure, if it has one; never its description, in which anything may stand.
pub(super) fn fault(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let code = answer.get("error")?.as_str()?;
    let is_code = code.len() <= CODE_CHARS_MAX
        && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_code.then(|| code.to_owned())
}
