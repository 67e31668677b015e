//! Outcomes: gRPC statuses, HTTP statuses, and how one becomes the other.
//!
//! Read in this order: [`http_status_of`] and [`code_of_http`] (C§5.5), `headers` (a status on the
//! gRPC wire), `rpc` (a status as `google.rpc.Status`), `retry` (how long to wait),
//! `answer` (a status as an HTTP answer).

mod answer;
mod headers;
mod json;
mod retry;
mod rpc;
#[cfg(test)]
mod tests;

pub use tonic::{Code, Status};

pub use self::answer::refusal;
pub(crate) use self::headers::GRPC_STATUS;
pub use self::headers::{status_from_headers, status_to_headers};
pub use self::json::rpc_status_json;
pub use self::retry::{parse_retry_after, retry_after_value, retry_info, status_with_retry_info};
pub use self::rpc::{StatusDecodeError, rpc_status_from_proto, rpc_status_proto};

/// The HTTP status with which a gRPC code is answered over HTTP (C§5.5).
#[must_use]
pub fn http_status_of(code: Code) -> http::StatusCode {
    use http::StatusCode as Http;
    match code {
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Http::SERVICE_UNAVAILABLE,
        Code::ResourceExhausted => Http::TOO_MANY_REQUESTS,
        Code::InvalidArgument => Http::BAD_REQUEST,
        Code::Unauthenticated => Http::UNAUTHORIZED,
        Code::PermissionDenied => Http::FORBIDDEN,
        Code::Unimplemented => Http::NOT_FOUND,
        Code::Ok => Http::OK,
        Code::Unknown
        | Code::NotFound
        | Code::AlreadyExists
        | Code::FailedPrecondition
        | Code::Internal => Http::INTERNAL_SERVER_ERROR,
    }
}

/// The gRPC code that an HTTP status of a backend or handler means (C§5.5).
#[must_use]
pub fn code_of_http(status: u16) -> Code {
    match status {
        400 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::Unimplemented,
        429 => Code::ResourceExhausted,
        502..=504 => Code::Unavailable,
        _ => Code::Unknown,
    }
}

/// The gRPC code of an HTTP answer to a gRPC call that carries no `grpc-status`
/// (grpc: "HTTP to gRPC Status Code Mapping"). It differs from [`code_of_http`]: here the
/// answer comes from something in between that does not speak gRPC.
#[must_use]
pub(crate) fn code_of_grpc_http(status: u16) -> Code {
    match status {
        400 => Code::Internal,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::Unimplemented,
        429 | 502..=504 => Code::Unavailable,
        _ => Code::Unknown,
    }
}
