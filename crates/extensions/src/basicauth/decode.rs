//! Reading htpasswd lists and `Authorization: Basic`.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::matching::Hash;

/// Users and their passwords.
pub(super) type Users = BTreeMap<String, Hash>;

/// One `user:password` a line; empty lines and those that begin with `#` do not count, and of two
/// lines for one user the later one does. Errors name the line, never what stands in it.
pub(super) fn users(text: &str) -> Result<Users, String> {
    let mut users = Users::new();
    for (at, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let number = at + 1;
        let (user, hash) =
            line.split_once(':').ok_or_else(|| format!("line {number}: is not `user:password`"))?;
        let hash = Hash::parse(hash).map_err(|fault| format!("line {number}: {fault}"))?;
        users.insert(user.to_owned(), hash);
    }
    Ok(users)
}

/// User and password as a client sent them.
pub(super) struct Credentials {
    pub(super) username: String,
    pub(super) password: String,
    /// As they stood in the header.
    pub(super) raw: String,
}

/// Why there are none.
pub(super) fn credentials(header: &str) -> Result<Credentials, &'static str> {
    let (scheme, raw) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err("invalid authorization scheme prefix");
    }
    let raw = raw.trim();
    let pair = STANDARD.decode(raw).ok().and_then(|pair| String::from_utf8(pair).ok());
    let pair = pair.ok_or("invalid authorization format")?;
    let (username, password) = pair.split_once(':').ok_or("invalid authorization format")?;
    let (username, password) = (username.to_owned(), password.to_owned());
    Ok(Credentials { username, password, raw: raw.to_owned() })
}
