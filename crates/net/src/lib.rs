//! HTTP and gRPC servers and clients with compression, and their settings.
//!
//! Read in this order: [`settings`] (what users write), [`server`], [`client`], [`status`], [`budget`],
//! [`compression`], [`tls`], [`auth`], [`middleware`].

pub mod settings;

pub mod auth;

pub mod client;
pub mod server;

pub mod budget;
pub mod compression;
#[doc(hidden)]
pub mod fuzzing;
mod grpc;
pub mod middleware;
pub mod status;
pub mod tls;
