//! Writing one message, and perhaps trailers.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame};

use super::PREFIX_LEN;

/// Up to this length a message is joined with its prefix: one DATA frame costs more than the copy.
const JOINED_BYTES_MAX: usize = 1 << 10;

/// One gRPC message as a body: the prefix and the message as frames of their own, then trailers.
#[derive(Debug, Default)]
pub(crate) struct MessageBody {
    prefix: Option<Bytes>,
    message: Option<Bytes>,
    trailers: Option<Box<HeaderMap>>,
}

impl MessageBody {
    /// A message, which must be shorter than 4 GiB; `compressed` sets the flag of its prefix.
    pub(crate) fn new(message: Bytes, compressed: bool) -> Self {
        let len = u32::try_from(message.len()).unwrap_or(u32::MAX);
        if message.is_empty() && !compressed {
            let prefix = Some(Bytes::from_static(&[0; PREFIX_LEN]));
            return Self { prefix, ..Self::default() };
        }
        let joined = if message.len() <= JOINED_BYTES_MAX { message.len() } else { 0 };
        let mut prefix = BytesMut::with_capacity(PREFIX_LEN + joined);
        prefix.put_u8(u8::from(compressed));
        prefix.put_u32(len);
        if joined > 0 {
            prefix.extend_from_slice(&message);
            return Self { prefix: Some(prefix.freeze()), ..Self::default() };
        }
        let message = Some(message).filter(|message| !message.is_empty());
        Self { prefix: Some(prefix.freeze()), message, trailers: None }
    }

    /// The same with trailers after the message.
    pub(crate) fn with_trailers(mut self, trailers: HeaderMap) -> Self {
        self.trailers = Some(Box::new(trailers));
        self
    }
}

impl Body for MessageBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = if let Some(prefix) = self.prefix.take() {
            Some(Frame::data(prefix))
        } else if let Some(message) = self.message.take() {
            Some(Frame::data(message))
        } else {
            self.trailers.take().map(|trailers| Frame::trailers(*trailers))
        };
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.prefix.is_none() && self.message.is_none() && self.trailers.is_none()
    }
}
