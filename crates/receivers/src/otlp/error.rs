//! What a client is told when its data was not taken (C§5.5).

use net::status::status_with_retry_info;
use sdk::Error;
use tonic::{Code, Status};

/// The status for an error from the pipeline: the one it came with, else UNAVAILABLE, so that the
/// client tries again, or INTERNAL, so that it does not. A wait that somebody asked for is passed
/// on as `RetryInfo`.
pub(super) fn status_of(error: &Error) -> Status {
    let status = match error.status() {
        Some(status) => Status::with_details(
            Code::from_i32(status.code as i32),
            status.message.clone(),
            status.details.clone(),
        ),
        None if error.is_permanent() => Status::internal(error.to_string()),
        None => Status::unavailable(error.to_string()),
    };
    match error.wait() {
        Some(wait) if net::status::retry_info(&status).is_none() => {
            status_with_retry_info(&status, wait)
        }
        _ => status,
    }
}
