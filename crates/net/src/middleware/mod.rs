//! What requests pass before any of their body is read.
//!
//! Extensions implement [`ServerMiddleware`] and offer it as `Arc<dyn …>`; a server asks those that
//! its setting `middlewares` names, in that order.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use tonic::Status;

/// Decides whether requests are taken now.
pub trait ServerMiddleware: Send + Sync + 'static {
    /// Asked once for each request, after it is known who sends it and before its body is read.
    ///
    /// # Errors
    ///
    /// What the client is answered: over gRPC as it is, over HTTP with the code that the
    /// specification of OTLP gives the status.
    fn admit(&self) -> Result<(), Status>;
}

/// A middleware that a setting names and that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MiddlewareError {
    /// No extension of that id runs.
    #[error(
        "failed to resolve middleware \"{0}\": middleware not found; configure it in `extensions` \
         and name it in `service::extensions`"
    )]
    NotFound(String),
    /// The extension does something else.
    #[error("requested extension is not a server middleware: \"{0}\"")]
    WrongKind(String),
}

/// What an extension offers: as for authenticators.
pub type Offered = Option<Option<Arc<dyn ServerMiddleware>>>;

/// The middlewares of a server, in the order in which they are asked. Cloning shares them.
#[derive(Clone, Default)]
pub struct ServerMiddlewares(Vec<Arc<dyn ServerMiddleware>>);

impl ServerMiddlewares {
    /// Asks one more, after the others.
    pub fn push(&mut self, middleware: Arc<dyn ServerMiddleware>) {
        self.0.push(middleware);
    }

    /// Adds the middleware of that name.
    ///
    /// # Errors
    ///
    /// [`MiddlewareError`] when there is none.
    pub fn resolve(&mut self, name: &str, offered: Offered) -> Result<(), MiddlewareError> {
        let found = offered
            .ok_or_else(|| MiddlewareError::NotFound(name.to_owned()))?
            .ok_or_else(|| MiddlewareError::WrongKind(name.to_owned()))?;
        self.push(found);
        Ok(())
    }

    /// The first refusal.
    pub(crate) fn admit(&self) -> Result<(), Status> {
        self.0.iter().try_for_each(|middleware| middleware.admit())
    }
}

impl std::fmt::Debug for ServerMiddlewares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServerMiddlewares({})", self.0.len())
    }
}
