//! What extensions have in common.

mod file;
mod secret;
mod serve;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod trial;

use http::HeaderValue;
use net::auth::AuthError;

pub(crate) use self::{
    file::Rereading,
    secret::Secret,
    serve::{authenticator, check_private, is_private, parameter, reply, serve},
};

/// No credentials, or wrong ones. `challenge` says which are wanted (RFC 9110 §11.6.1).
pub(crate) fn denied(text: &str, challenge: &str) -> AuthError {
    let challenge =
        HeaderValue::from_str(challenge).unwrap_or_else(|_| HeaderValue::from_static("Bearer"));
    AuthError::Denied { text: text.to_owned(), challenge }
}

/// A header value that holds a secret, marked so that HTTP/2 does not put it into its table.
pub(crate) fn secret_value(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
