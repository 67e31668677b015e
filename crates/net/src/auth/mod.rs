//! Who may come in, and how what goes out is signed.
//!
//! Extensions implement [`ServerAuthenticator`] and [`ClientAuthenticator`] and offer them as
//! `Arc<dyn …>`; servers and clients use them through [`ServerAuth`] and [`ClientAuth`].

mod client;
mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use self::client::{ClientAuth, ClientAuthenticator, NoOrigin, Origin, SignError};
pub use self::server::{AuthError, AuthRequest, Identity, ServerAuth, ServerAuthenticator};

/// An authenticator that a setting names and that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// No extension of that id runs.
    #[error(
        "failed to resolve authenticator \"{0}\": authenticator not found; configure it in \
         `extensions` and name it in `service::extensions`"
    )]
    NotFound(String),
    /// The extension does something else.
    #[error("requested authenticator is not a {wanted} authenticator: \"{name}\"")]
    WrongKind {
        /// As configured.
        name: String,
        /// `server` or `client`.
        wanted: &'static str,
    },
}

/// What an extension offers, looked up by its id: `None` if no such extension runs, `Some(None)` if it
/// offers something else.
pub type Offered<T> = Option<Option<Arc<T>>>;

impl ServerAuth {
    /// The authenticator of a server.
    ///
    /// # Errors
    ///
    /// [`ResolveError`] when there is none of that name.
    pub fn resolve(
        name: &str,
        params: &[String],
        offered: Offered<dyn ServerAuthenticator>,
    ) -> Result<Self, ResolveError> {
        Ok(Self::new(found(name, "server", offered)?, params))
    }
}

impl ClientAuth {
    /// The authenticator of a client.
    ///
    /// # Errors
    ///
    /// [`ResolveError`] when there is none of that name.
    pub fn resolve(
        name: &str,
        offered: Offered<dyn ClientAuthenticator>,
    ) -> Result<Self, ResolveError> {
        Ok(Self::new(found(name, "client", offered)?))
    }
}

fn found<T: ?Sized>(
    name: &str,
    wanted: &'static str,
    offered: Offered<T>,
) -> Result<Arc<T>, ResolveError> {
    offered
        .ok_or_else(|| ResolveError::NotFound(name.to_owned()))?
        .ok_or_else(|| ResolveError::WrongKind { name: name.to_owned(), wanted })
}
