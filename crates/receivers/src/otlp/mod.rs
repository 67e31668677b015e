#![doc = include_str!("README.md")]

mod config;
mod error;
mod server;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use net::{
    auth::ServerAuth,
    budget::ByteBudget,
    middleware::ServerMiddlewares,
    server::{BindError, Server, ServerOptions, Services},
    settings::{GrpcServerConfig, HttpServerConfig, MiddlewareConfig},
};
use sdk::{
    BuildContext, BuildError, Error, Id, Outputs, Receiver, Signal, Stability, StartError,
    async_trait,
};
use tokio::task::JoinSet;

pub use self::config::{Config, HttpConfig, Paths, Protocols};
use self::server::Otlp;

/// The `otlp` receiver.
#[derive(Debug)]
pub struct OtlpReceiver {
    config: Config,
    context: BuildContext,
    servers: Vec<Server>,
}

#[async_trait]
impl Receiver for OtlpReceiver {
    const KIND: &'static str = "otlp";
    const STABILITY: Stability = Stability::Stable;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { config, context, servers: Vec::new() })
    }

    async fn start(&mut self, outputs: Outputs) -> Result<(), StartError> {
        let protocols = &self.config.protocols;
        let (grpc, http) = (protocols.grpc.as_ref(), protocols.http.as_ref());
        let otlp = Arc::new(Otlp {
            outputs,
            paths: http.map(|http| http.paths.clone()).unwrap_or_default(),
            grpc_metadata: grpc.is_some_and(|grpc| grpc.include_metadata),
            http_metadata: http.is_some_and(|http| http.server.include_metadata),
        });
        let grpc = grpc.map(|grpc| self.grpc_options(grpc)).transpose()?;
        let http = http.map(|http| self.http_options(&http.server)).transpose()?;
        // Either port serves both protocols, each with its own settings: a client pointed at the
        // wrong one of the two still gets through. TLS, authenticator and middlewares are the port's.
        if let Some(mut options) = grpc.clone() {
            if let Some(http) = &http {
                options.http = http.http.clone();
            }
            self.serve("Starting GRPC server", options, &otlp).await?;
        }
        if let Some(mut options) = http {
            if let Some(grpc) = grpc {
                options.grpc = grpc.grpc;
            }
            self.serve("Starting HTTP server", options, &otlp).await?;
        }
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        // All at once: no port takes anything new while another one still drains.
        let mut draining: JoinSet<()> = self.servers.drain(..).map(Server::shutdown).collect();
        while draining.join_next().await.is_some() {}
        Ok(())
    }
}

impl OtlpReceiver {
    /// The process's budget for bodies that are read but not yet delivered; the engine made it. Where
    /// no engine runs, nothing is bounded.
    fn budget(&self) -> ByteBudget {
        (*self.context.shared.get_or_insert_global(ByteBudget::unlimited)).clone()
    }

    fn grpc_options(&self, config: &GrpcServerConfig) -> Result<ServerOptions, StartError> {
        let mut options = config.server_options().map_err(|error| refused(&error))?;
        if let Some(auth) = config.auth.as_ref() {
            options.auth = Some(self.authenticator(&auth.authenticator, &[])?);
        }
        options.middlewares = self.middlewares(&config.middlewares)?;
        Ok(options)
    }

    fn http_options(&self, config: &HttpServerConfig) -> Result<ServerOptions, StartError> {
        let mut options = config.server_options().map_err(|error| refused(&error))?;
        if let Some(auth) = config.auth.as_ref() {
            options.auth = Some(self.authenticator(&auth.authenticator, &auth.request_params)?);
        }
        options.middlewares = self.middlewares(&config.middlewares)?;
        Ok(options)
    }

    fn authenticator(&self, name: &str, params: &[String]) -> Result<ServerAuth, StartError> {
        let id = name.parse::<Id>().ok();
        let offered = id.and_then(|id| self.context.host.capabilities(&id));
        ServerAuth::resolve(name, params, offered.map(|offered| offered.get()))
            .map_err(|error| StartError(error.to_string()))
    }

    fn middlewares(&self, named: &[MiddlewareConfig]) -> Result<ServerMiddlewares, StartError> {
        let mut middlewares = ServerMiddlewares::default();
        for MiddlewareConfig { id: name } in named {
            let id = name.parse::<Id>().ok();
            let offered = id.and_then(|id| self.context.host.capabilities(&id));
            middlewares
                .resolve(name, offered.map(|offered| offered.get()))
                .map_err(|error| StartError(error.to_string()))?;
        }
        Ok(middlewares)
    }

    async fn serve(
        &mut self,
        message: &'static str,
        options: ServerOptions,
        otlp: &Arc<Otlp>,
    ) -> Result<(), StartError> {
        let services = Services { grpc: Some(otlp.clone()), http: Some(otlp.clone()) };
        let server = Server::bind(options, services, self.budget())
            .await
            .map_err(|error| refused(&error))?;
        tracing::info!(endpoint = %server.address(), "{message}");
        self.servers.push(server);
        Ok(())
    }

    /// The addresses really listened on, gRPC before HTTP, once started.
    pub fn addresses(&self) -> Vec<String> {
        self.servers.iter().map(|server| server.address().to_string()).collect()
    }
}

fn refused(error: &BindError) -> StartError {
    StartError(error.to_string())
}
