//! Authenticators by the names that settings give.

use net::{
    auth::{ClientAuth, Origin, ServerAuth},
    settings::{AuthConfig, HttpAuthConfig},
};
use pdata::Context;
use sdk::{Capabilities, Host, Id, StartError};

/// Who signs what a client sends.
pub(crate) fn client_auth(
    host: &Host,
    config: Option<&AuthConfig>,
) -> Result<Option<ClientAuth>, StartError> {
    let Some(AuthConfig { authenticator: name }) = config else { return Ok(None) };
    ClientAuth::resolve(name, offered(host, name).map(|offered| offered.get()))
        .map(Some)
        .map_err(|error| StartError(error.to_string()))
}

/// Who may ask a server.
pub(crate) fn server_auth(
    host: &Host,
    config: Option<&HttpAuthConfig>,
) -> Result<Option<ServerAuth>, StartError> {
    let Some(HttpAuthConfig { authenticator: name, request_params }) = config else {
        return Ok(None);
    };
    ServerAuth::resolve(name, request_params, offered(host, name).map(|offered| offered.get()))
        .map(Some)
        .map_err(|error| StartError(error.to_string()))
}

fn offered(host: &Host, name: &str) -> Option<Capabilities> {
    host.capabilities(&name.parse::<Id>().ok()?)
}

/// A batch's context, for whoever signs what is sent.
pub(crate) struct ContextOrigin<'c>(pub(crate) &'c Context);

impl Origin for ContextOrigin<'_> {
    fn metadata(&self, name: &str) -> &[String] {
        self.0.metadata.get(name)
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.0.auth.get(name).map(String::as_str)
    }
}
