//! gRPC unary messages on HTTP/2 frames, without a codec stack.
//!
//! Read in this order: [`MessageBody`] (writing), [`read_message`] (reading), `timeout` (`grpc-timeout`).
//! Neither side copies a message that comes or goes in one piece.

mod body;
mod message;
mod pieces;
#[cfg(test)]
mod tests;
mod timeout;

pub(crate) use self::body::MessageBody;
pub(crate) use self::message::{
    BUSY_DELAY, MessageError, Pace, ReadLimits, next_frame, read_message,
};
pub(crate) use self::pieces::Pieces;
pub(crate) use self::timeout::{format_timeout, parse_timeout};

use http::{HeaderName, HeaderValue};

/// A compressed-flag byte and a big-endian length stand before every message.
pub(crate) const PREFIX_LEN: usize = 5;

pub(crate) const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
pub(crate) const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
pub(crate) const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
pub(crate) const APPLICATION_GRPC: HeaderValue = HeaderValue::from_static("application/grpc");

/// Whether `content_type` names gRPC proper; gRPC-Web is another protocol.
pub(crate) fn is_grpc(content_type: Option<&HeaderValue>) -> bool {
    const GRPC: &[u8] = b"application/grpc";
    content_type.and_then(|value| value.as_bytes().split_at_checked(GRPC.len())).is_some_and(
        |(name, rest)| {
            name.eq_ignore_ascii_case(GRPC) && matches!(rest.first(), None | Some(b'+' | b';'))
        },
    )
}
