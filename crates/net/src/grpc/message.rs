//! Reading one message.

use std::fmt::Display;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::future::poll_immediate;
use http::HeaderMap;
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use tokio::time::Instant;
use tonic::Status;

use super::{PREFIX_LEN, Pieces};
use crate::budget::{BudgetError, BytePermit};
use crate::compression::DecompressError;
use crate::status::status_with_retry_info;

/// Empty DATA frames in a row before the sender is taken for an attacker.
const EMPTY_FRAMES_MAX: usize = 64;
/// How long a client that met a full process is asked to wait.
pub(crate) const BUSY_DELAY: Duration = Duration::from_secs(1);

/// Bounds on reading one body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadLimits {
    /// The longest message, in bytes, compressed and decompressed alike.
    pub(crate) max_size: usize,
    /// The longest wait for the next bytes.
    pub(crate) stall: Duration,
    /// Bytes a second, on the whole, once it takes longer than `stall`; 0 is no limit.
    pub(crate) rate_min: u32,
}

/// How fast a body comes.
#[derive(Debug)]
pub(crate) struct Pace {
    stall: Duration,
    rate_min: u32,
    begun: Instant,
}

impl Pace {
    pub(crate) fn new(stall: Duration, rate_min: u32) -> Self {
        Self { stall, rate_min, begun: Instant::now() }
    }

    /// When the next bytes have to be here, if `received` came so far, and whether it is the rate
    /// that says so.
    fn deadline(&self, received: usize) -> (Instant, bool) {
        let stalled = Instant::now() + self.stall;
        if self.rate_min == 0 {
            return (stalled, false);
        }
        let earned = Duration::from_secs_f64(received as f64 / f64::from(self.rate_min));
        let late = self.begun + self.stall.saturating_add(earned);
        if late < stalled { (late, true) } else { (stalled, false) }
    }
}

/// One message as it came, and the trailers after it (only replies have any).
#[derive(Debug)]
pub(crate) struct RawMessage {
    pub(crate) compressed: bool,
    pub(crate) bytes: Bytes,
    pub(crate) trailers: Option<HeaderMap>,
}

/// Why there is no message.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    #[error("grpc: the body ends before a message")]
    Missing(Option<HeaderMap>),
    #[error("grpc: received message larger than max ({len} vs. {limit})")]
    TooLarge { len: usize, limit: usize },
    #[error("grpc: received message with unknown compression flag {0}")]
    BadFlag(u8),
    #[error("grpc: compressed flag set without grpc-encoding")]
    NoEncoding,
    #[error("grpc: the body ends inside a message, unexpected EOF")]
    Truncated,
    #[error("grpc: more than one message for a unary call")]
    MoreThanOne,
    #[error("grpc: no bytes of the message came for {0:?}")]
    Stalled(Duration),
    #[error("grpc: the message comes slower than {0} bytes a second")]
    TooSlow(u32),
    #[error("grpc: the connection failed while the message was read: {0}")]
    Broken(String),
    #[error(transparent)]
    Budget(#[from] BudgetError),
    #[error("grpc: failed to decompress the received message: {0}")]
    Decompress(#[from] DecompressError),
}

impl MessageError {
    /// The status with which a server answers (codes as grpc-go's, C§5.1, DESIGN §5).
    pub(crate) fn into_status(self) -> Status {
        let text = self.to_string();
        match self {
            Self::TooLarge { .. }
            | Self::Budget(BudgetError::NeverFits { .. })
            | Self::Decompress(
                DecompressError::TooLarge { .. } | DecompressError::RatioTooHigh { .. },
            ) => Status::resource_exhausted(text),
            Self::Budget(BudgetError::Exhausted | BudgetError::OverShare)
            | Self::Decompress(DecompressError::OverBudget) => {
                status_with_retry_info(&Status::unavailable(text), BUSY_DELAY)
            }
            Self::Stalled(_) | Self::TooSlow(_) => Status::deadline_exceeded(text),
            Self::Broken(_) => Status::cancelled(text),
            Self::Missing(_)
            | Self::BadFlag(_)
            | Self::NoEncoding
            | Self::Truncated
            | Self::MoreThanOne
            | Self::Decompress(_) => Status::internal(text),
        }
    }
}

/// The next frame of `body`, of which `received` bytes came so far; `None` at its end. The timer is
/// only set when nothing is there yet.
pub(crate) async fn next_frame<B>(
    body: &mut B,
    pace: &Pace,
    received: usize,
) -> Result<Option<Frame<Bytes>>, MessageError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Display,
{
    let mut frame = body.frame();
    let frame = match poll_immediate(&mut frame).await {
        Some(frame) => frame,
        None => {
            let (deadline, is_rate) = pace.deadline(received);
            let late = || {
                if is_rate {
                    MessageError::TooSlow(pace.rate_min)
                } else {
                    MessageError::Stalled(pace.stall)
                }
            };
            tokio::time::timeout_at(deadline, frame).await.map_err(|_| late())?
        }
    };
    frame.transpose().map_err(|error| MessageError::Broken(error.to_string()))
}

/// Reads the one message of a unary call to the end of `body`. `permit` is made to stand for the
/// message's length before the message is read.
pub(crate) async fn read_message<B>(
    body: &mut B,
    limits: ReadLimits,
    permit: &mut BytePermit,
) -> Result<RawMessage, MessageError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Display,
{
    let pace = Pace::new(limits.stall, limits.rate_min);
    let mut received = 0_usize;
    let mut parser = Parser::default();
    let mut trailers = None;
    let mut empty_frames = 0;
    while !(parser.is_complete() && body.is_end_stream()) {
        let Some(frame) = next_frame(body, &pace, received).await? else { break };
        received = received.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        match frame.into_data() {
            Ok(data) if data.is_empty() => {
                empty_frames += 1;
                if empty_frames > EMPTY_FRAMES_MAX {
                    return Err(MessageError::Broken("too many empty frames".to_owned()));
                }
            }
            Ok(data) => parser.push(data, limits.max_size, permit)?,
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    parser.finish(trailers)
}

/// Puts a message together from the pieces in which it comes.
#[derive(Default)]
struct Parser {
    prefix: [u8; PREFIX_LEN],
    prefix_len: usize,
    message: Message,
}

#[derive(Default)]
enum Message {
    #[default]
    Unknown,
    Partial {
        need: usize,
        pieces: Pieces,
    },
    Complete(Bytes),
}

impl Parser {
    fn is_complete(&self) -> bool {
        matches!(self.message, Message::Complete(_))
    }

    fn push(
        &mut self,
        mut data: Bytes,
        max_size: usize,
        permit: &mut BytePermit,
    ) -> Result<(), MessageError> {
        if matches!(self.message, Message::Unknown) && !self.prefix(&mut data, max_size, permit)? {
            return Ok(());
        }
        match &mut self.message {
            Message::Partial { need, pieces } => {
                let missing = *need - pieces.len();
                if data.len() > missing {
                    return Err(MessageError::MoreThanOne);
                }
                let is_last = data.len() == missing;
                pieces.add(data, Some(*need));
                if is_last {
                    self.message = Message::Complete(pieces.take());
                }
                Ok(())
            }
            Message::Complete(_) if data.is_empty() => Ok(()),
            Message::Complete(_) => Err(MessageError::MoreThanOne),
            Message::Unknown => Ok(()),
        }
    }

    /// Reads more of the prefix; `true` once all of it is there.
    fn prefix(
        &mut self,
        data: &mut Bytes,
        max_size: usize,
        permit: &mut BytePermit,
    ) -> Result<bool, MessageError> {
        let room = self.prefix.get_mut(self.prefix_len..).unwrap_or_default();
        let taken = room.len().min(data.len());
        if let Some(room) = room.get_mut(..taken) {
            data.copy_to_slice(room);
        }
        self.prefix_len += taken;
        if self.prefix_len < PREFIX_LEN {
            return Ok(false);
        }
        let [flag, length @ ..] = self.prefix;
        if flag > 1 {
            return Err(MessageError::BadFlag(flag));
        }
        let need = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if need > max_size {
            return Err(MessageError::TooLarge { len: need, limit: max_size });
        }
        permit.try_resize(need)?;
        self.message = if need == 0 {
            Message::Complete(Bytes::new())
        } else {
            Message::Partial { need, pieces: Pieces::default() }
        };
        Ok(true)
    }

    fn finish(self, trailers: Option<HeaderMap>) -> Result<RawMessage, MessageError> {
        let [flag, ..] = self.prefix;
        match self.message {
            Message::Complete(bytes) => Ok(RawMessage { compressed: flag == 1, bytes, trailers }),
            Message::Unknown if self.prefix_len == 0 => Err(MessageError::Missing(trailers)),
            Message::Unknown | Message::Partial { .. } => Err(MessageError::Truncated),
        }
    }
}
