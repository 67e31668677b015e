//! What runs beside the pipelines: one folder each, one line each below.

pub mod basicauth;
pub mod bearertokenauth;
pub mod file_storage;
pub mod headers_setter;
pub mod health_check;
pub mod memory_limiter;
pub mod oauth2client;
pub mod oidc;
pub mod pprof;
mod shared;
pub mod tap;
pub mod zpages;

use sdk::Registry;

/// Makes every component in this crate known.
pub fn register(registry: &mut Registry) {
    registry.extension::<basicauth::BasicAuth>();
    registry.extension::<bearertokenauth::BearerTokenAuth>();
    registry.extension::<file_storage::FileStorage>();
    registry.extension::<headers_setter::HeadersSetter>();
    registry.extension::<health_check::HealthCheck>();
    registry.extension::<memory_limiter::MemoryLimiter>();
    registry.extension::<oauth2client::OAuth2Client>();
    registry.extension::<oidc::Oidc>();
    registry.extension::<pprof::Pprof>();
    registry.extension::<tap::Tap>();
    registry.extension::<zpages::Zpages>();
}
