//! A status as `grpc-status`, `grpc-message` and `grpc-status-details-bin`.

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose::STANDARD_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, percent_encode};
use tonic::{Code, Status};

pub(crate) const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
pub(crate) const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
pub(crate) const GRPC_STATUS_DETAILS: HeaderName =
    HeaderName::from_static("grpc-status-details-bin");

/// What `grpc-message` percent-encodes: everything but printable ASCII, and `%` itself.
const MESSAGE_ESCAPES: &AsciiSet = &CONTROLS.add(b'%');
/// Longer messages are cut here; header lists are limited on the other side too (8 KiB in Go).
const MESSAGE_BYTES_MAX: usize = 4 << 10;
/// Longer details are left out, for the same reason.
const DETAILS_BYTES_MAX: usize = 4 << 10;

/// Senders differ on whether they pad.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Writes `status` into trailers, or into the headers of a reply without a body. A message over
/// 4 KiB is cut and details over 4 KiB are left out, so that the header list stays acceptable.
pub fn status_to_headers(status: &Status, headers: &mut HeaderMap) {
    headers.insert(GRPC_STATUS, HeaderValue::from(status.code() as u16));
    let message = cut(status.message(), MESSAGE_BYTES_MAX);
    if !message.is_empty() {
        let escaped = percent_encode(message.as_bytes(), MESSAGE_ESCAPES).to_string();
        if let Ok(value) = HeaderValue::try_from(escaped) {
            headers.insert(GRPC_MESSAGE, value);
        }
    }
    if !status.details().is_empty()
        && status.details().len() <= DETAILS_BYTES_MAX
        && let Ok(value) = HeaderValue::try_from(STANDARD_NO_PAD.encode(status.details()))
    {
        headers.insert(GRPC_STATUS_DETAILS, value);
    }
}

/// Reads the status from trailers or headers; `None` when there is no `grpc-status`. Whatever the
/// other side wrote, this neither fails nor panics: details that are not base64 are left out.
#[must_use]
pub fn status_from_headers(headers: &HeaderMap) -> Option<Status> {
    let code = Code::from_bytes(headers.get(GRPC_STATUS)?.as_bytes());
    let message = headers.get(GRPC_MESSAGE).map_or_else(String::new, |value| {
        percent_decode(value.as_bytes()).decode_utf8_lossy().into_owned()
    });
    let details = headers
        .get(GRPC_STATUS_DETAILS)
        .and_then(|value| BASE64.decode(value.as_bytes()).ok())
        .map_or_else(Bytes::new, Bytes::from);
    Some(Status::with_details(code, message, details))
}

/// The longest prefix of at most `max` bytes that ends between two characters.
fn cut(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or(text)
}
