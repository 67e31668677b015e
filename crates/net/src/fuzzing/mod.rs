//! What the fuzz targets do, so that ordinary tests do the same. Not part of the API.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body::{Body, Frame};

use crate::budget::BytePermit;
use crate::compression::{DecompressLimits, Encoding, decompress};
use crate::grpc::{ReadLimits, read_message};

const SIZE_MAX: usize = 1 << 20;

/// Offers `input` to every decompressor; none may panic or give more than the limit.
///
/// # Panics
///
/// When one gives more than the limit.
pub fn decompress_anything(input: &[u8]) {
    let input = Bytes::copy_from_slice(input);
    for encoding in Encoding::ALL {
        let limits = DecompressLimits::with_max_size(SIZE_MAX);
        let len = decompress(&input, encoding, limits).map_or(0, |output| output.len());
        assert!(len <= SIZE_MAX, "{encoding:?} gave {len} bytes");
    }
}

/// Offers `input` as a gRPC request body in frames of `cut` bytes; reading may not panic, and what it
/// gives is what the prefix promised.
///
/// # Panics
///
/// When it is not.
pub fn read_any_frames(input: &[u8], cut: usize) {
    let input = Bytes::copy_from_slice(input);
    let limits = ReadLimits { max_size: SIZE_MAX, stall: Duration::from_secs(1), rate_min: 0 };
    let mut body = Cut { rest: input.clone(), cut: cut.max(1) };
    let mut permit = BytePermit::default();
    let read = read_message(&mut body, limits, &mut permit).now_or_never();
    if let Some(Ok(raw)) = read {
        assert_eq!(input.get(5..), Some(raw.bytes.as_ref()), "not the message that was sent");
    }
}

struct Cut {
    rest: Bytes,
    cut: usize,
}

impl Body for Cut {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let len = self.cut.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(len)))))
    }
}
