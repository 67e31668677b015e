//! Pages of an extension.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, Uri, header::CONTENT_TYPE, header::HOST};
use net::{
    auth::ServerAuth,
    budget::ByteBudget,
    server::{BindError, HttpCall, HttpService, Server, Services},
    settings::HttpServerConfig,
};
use sdk::{Host, Id, Problems, StartError};

/// The extension that decides who may see pages with these settings.
pub(crate) fn authenticator(config: &HttpServerConfig) -> Option<Id> {
    config.auth.as_ref()?.authenticator.parse().ok()
}

/// Listens and answers with `service`.
pub(crate) async fn serve(
    config: &HttpServerConfig,
    host: &Host,
    service: Arc<dyn HttpService>,
) -> Result<Server, StartError> {
    let refused = |error: BindError| StartError(error.to_string());
    let mut options = config.server_options().map_err(refused)?;
    if let Some(auth) = config.auth.as_ref() {
        let offered = authenticator(config).and_then(|id| host.capabilities(&id));
        let offered = offered.map(|offered| offered.get());
        let auth = ServerAuth::resolve(&auth.authenticator, &auth.request_params, offered);
        options.auth = Some(auth.map_err(|error| StartError(error.to_string()))?);
    }
    let services = Services { http: Some(service), ..Services::default() };
    // Bodies are never read, so there is nothing to budget.
    Server::bind(options, services, ByteBudget::unlimited()).await.map_err(refused)
}

/// Pages that show what passes are for this machine, unless somebody looks after who comes.
pub(crate) fn check_private(config: &HttpServerConfig, problems: &mut Problems) {
    problems.check(
        config.auth.is_some() || is_loopback(&config.endpoint),
        "`endpoint` must be an address of this machine, such as localhost, unless `auth` says who may \
         come in",
    );
}

/// Whether a request was meant for this machine. A page in a browser can make its own name lead here, but
/// then that name stands in `Host`.
pub(crate) fn is_private(call: &HttpCall) -> bool {
    let given = call.headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
    let mut hosts =
        given.chain(call.uri.authority().map(|authority| authority.as_str())).peekable();
    hosts.peek().is_some() && hosts.all(is_loopback)
}

/// Whether `host:port` is an address of this machine only.
fn is_loopback(endpoint: &str) -> bool {
    let host = match endpoint.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => endpoint,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The value of a parameter of the query; `+` and percent escapes are read.
pub(crate) fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    let value = value.replace('+', " ");
    Some(percent_encoding::percent_decode_str(&value).decode_utf8_lossy().into_owned())
}

/// An answer.
pub(crate) fn reply(
    code: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
