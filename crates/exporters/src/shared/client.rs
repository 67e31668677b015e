//! Clients of OTLP over gRPC.

use std::sync::LazyLock;

use http::uri::PathAndQuery;
use net::{auth::ClientAuth, client::GrpcClient, settings::GrpcClientConfig};
use pdata::Signal;
use sdk::{Host, StartError};

use super::client_auth;

/// A client with TLS and authenticator as the settings say. Reads files and asks extensions, so
/// only when they run.
pub(crate) fn secured_client(
    config: &GrpcClientConfig,
    agent: &str,
    host: &Host,
) -> Result<GrpcClient, StartError> {
    let auth = client_auth(host, config.auth.as_ref())?;
    if !config.uses_tls() && auth.as_ref().is_some_and(ClientAuth::needs_tls) {
        return Err(StartError(
            "the credentials require transport level security: remove `tls::insecure`, or use an \
             authenticator that sends no secrets"
                .to_owned(),
        ));
    }
    GrpcClient::new(config, agent, auth).map_err(|error| StartError(error.to_string()))
}

/// The gRPC method that takes a signal.
pub(crate) fn export_method(signal: Signal) -> &'static PathAndQuery {
    macro_rules! method {
        ($service:literal) => {{
            static PATH: LazyLock<PathAndQuery> = LazyLock::new(|| {
                PathAndQuery::from_static(concat!(
                    "/opentelemetry.proto.collector.",
                    $service,
                    "/Export"
                ))
            });
            &PATH
        }};
    }
    match signal {
        Signal::Traces => method!("trace.v1.TraceService"),
        Signal::Metrics => method!("metrics.v1.MetricsService"),
        Signal::Logs => method!("logs.v1.LogsService"),
        Signal::Profiles => method!("profiles.v1development.ProfilesService"),
    }
}
