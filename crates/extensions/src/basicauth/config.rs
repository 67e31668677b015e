//! Settings of the `basicauth` extension.

use config::Opaque;
use sdk::{Optional, Problems};
use serde::{Deserialize, Serialize};

/// A server's list or a client's credentials: one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Whom a server lets in.
    pub htpasswd: Optional<HtpasswdConfig>,
    /// What a client sends.
    pub client_auth: Optional<ClientConfig>,
}

/// Whom a server lets in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HtpasswdConfig {
    /// A file with one `user:password` a line, the password usually hashed.
    pub file: String,
    /// The same, in place; goes before the file.
    pub inline: Opaque,
}

/// What a client sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientConfig {
    /// The user.
    pub username: String,
    /// A file with it; goes before `username`.
    pub username_file: String,
    /// The password.
    pub password: Opaque,
    /// A file with it; goes before `password`.
    pub password_file: String,
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let is_given = |list: &HtpasswdConfig| !list.file.is_empty() || !list.inline.is_empty();
        match (self.htpasswd.as_ref(), self.client_auth.as_ref()) {
            (Some(_), Some(_)) => {
                problems.add("only one of `htpasswd` and `client_auth` can be specified");
            }
            (Some(list), None) if is_given(list) => {}
            (_, None) => problems.add("no credential source provided"),
            (None, Some(client)) => {
                let has_user = !client.username.is_empty() || !client.username_file.is_empty();
                problems.check(has_user, "no credential source provided");
                problems
                    .check(!client.username.contains(':'), "`username` must not contain a colon");
            }
        }
        problems
    }
}
