//! What exporters have in common: authentication, answers and errors.

mod answer;
mod auth;
mod client;
mod delivery;
mod diagnosis;
mod endpoint;
mod hash;
mod payload;
pub(crate) mod prometheus;
#[cfg(test)]
mod tests;

pub use self::delivery::DeliveryConfig;
pub(crate) use self::{
    answer::{error_of, partial_success, partial_success_of},
    auth::{ContextOrigin, client_auth, server_auth},
    client::{export_method, secured_client},
    diagnosis::Refusal,
    endpoint::{host_and_port, user_agent},
    hash::{combine, hash, hash_attributes},
    payload::payload,
};
