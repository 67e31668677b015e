use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use tonic::Code;

use super::message::RawMessage;
use super::*;
use crate::budget::{ByteBudget, BytePermit, ClientId};

/// A body of these frames, which then ends or says nothing more.
pub(crate) struct Frames {
    pub(crate) frames: VecDeque<Bytes>,
    pub(crate) hangs: bool,
}

impl Frames {
    fn new(frames: &[&[u8]]) -> Self {
        let frames = frames.iter().map(|frame| Bytes::copy_from_slice(frame)).collect();
        Self { frames, hangs: false }
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.frames.pop_front() {
            Some(frame) => Poll::Ready(Some(Ok(Frame::data(frame)))),
            None if self.hangs => Poll::Pending,
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.frames.is_empty() && !self.hangs
    }
}

const LIMITS: ReadLimits =
    ReadLimits { max_size: 1000, stall: Duration::from_secs(60), rate_min: 0 };

fn read(frames: &[&[u8]]) -> Result<RawMessage, MessageError> {
    let mut permit = BytePermit::default();
    read_message(&mut Frames::new(frames), LIMITS, &mut permit).now_or_never().unwrap()
}

#[test]
fn a_message_is_read_however_it_is_cut() {
    let whole = b"\0\0\0\0\x05hello";
    for first in 0..=whole.len() {
        for second in first..=whole.len() {
            let frames = [&whole[..first], &whole[first..second], &whole[second..]];
            let raw = read(&frames).unwrap();
            assert_eq!((raw.bytes.as_ref(), raw.compressed), (&b"hello"[..], false));
        }
    }
}

#[test]
fn a_message_in_one_frame_is_not_copied() {
    let frame = Bytes::from(b"\0\0\0\0\x05hello".to_vec());
    let mut body = Frames { frames: VecDeque::from([frame.clone()]), hangs: false };
    let mut permit = BytePermit::default();
    let raw = read_message(&mut body, LIMITS, &mut permit).now_or_never().unwrap().unwrap();
    assert_eq!(raw.bytes.as_ptr(), frame.slice(5..).as_ptr());
    let message = Bytes::from(b"hello".to_vec());
    let frames = VecDeque::from([Bytes::from_static(b"\0\0\0\0\x05"), message.clone()]);
    let mut body = Frames { frames, hangs: false };
    let raw = read_message(&mut body, LIMITS, &mut permit).now_or_never().unwrap().unwrap();
    assert_eq!(raw.bytes.as_ptr(), message.as_ptr());
}

#[test]
fn wrong_frames_are_refused_with_the_right_code() {
    let cases: [(&[&[u8]], Code); 8] = [
        (&[], Code::Internal),
        (&[b"\0\0\0"], Code::Internal),
        (&[b"\0\0\0\0\x05hell"], Code::Internal),
        (&[b"\0\0\0\0\x05hello!"], Code::Internal),
        (&[b"\0\0\0\0\x01a", b"\0\0\0\0\x01b"], Code::Internal),
        (&[b"\x02\0\0\0\x05hello"], Code::Internal),
        (&[b"\0\0\0\x03\xe9"], Code::ResourceExhausted),
        (&[b"\0\xff\xff\xff\xff"], Code::ResourceExhausted),
    ];
    for (frames, code) in cases {
        assert_eq!(read(frames).unwrap_err().into_status().code(), code, "{frames:?}");
    }
}

#[test]
fn an_empty_message_is_a_message() {
    assert_eq!(read(&[b"\0\0\0\0\0"]).unwrap().bytes, "");
}

#[test]
fn endless_empty_frames_are_refused() {
    assert!(read(&[&b""[..]; 100]).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stalls_is_given_up() {
    let frames = VecDeque::from([Bytes::from_static(b"\0\0\0\0\x05hel")]);
    let mut body = Frames { frames, hangs: true };
    let budget = ByteBudget::new(100);
    let mut permit = budget.try_take(ClientId::of_peer(None), 0).unwrap();
    let error = read_message(&mut body, LIMITS, &mut permit).await.unwrap_err();
    assert_eq!(error.into_status().code(), Code::DeadlineExceeded);
    assert_eq!(budget.held(), 5);
    drop(permit);
    assert_eq!(budget.held(), 0);
}

#[test]
fn the_budget_is_asked_before_the_message_is_read() {
    let budget = ByteBudget::new(100);
    let _other = budget.try_take(ClientId::of_peer(None), 60).unwrap();
    let mut permit = budget.try_take(ClientId::of_peer(None), 0).unwrap();
    let mut body = Frames::new(&[b"\0\0\0\0\x50"]);
    let error = read_message(&mut body, LIMITS, &mut permit).now_or_never().unwrap().unwrap_err();
    let status = error.into_status();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(crate::status::retry_info(&status), Some(Duration::from_secs(1)));
}

#[test]
fn content_types_of_grpc_are_told_from_others() {
    for (value, expected) in [
        ("application/grpc", true),
        ("application/grpc+proto", true),
        ("application/grpc;x=y", true),
        ("Application/GRPC", true),
        ("application/grpc-web", false),
        ("application/json", false),
        ("application/grp", false),
    ] {
        assert_eq!(is_grpc(Some(&HeaderValue::from_static(value))), expected, "{value}");
    }
    assert!(!is_grpc(None));
}

#[test]
fn timeouts_are_read_and_written() {
    let read = |text| parse_timeout(&HeaderValue::from_static(text));
    assert_eq!(read("1H"), Some(Duration::from_secs(3600)));
    assert_eq!(read("2M"), Some(Duration::from_secs(120)));
    assert_eq!(read("3S"), Some(Duration::from_secs(3)));
    assert_eq!(read("4m"), Some(Duration::from_millis(4)));
    assert_eq!(read("5u"), Some(Duration::from_micros(5)));
    assert_eq!(read("6n"), Some(Duration::from_nanos(6)));
    for wrong in ["", "S", "1", "1x", "-1S", "123456789S", "1.5S", "+1S"] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
    assert_eq!(format_timeout(Duration::from_secs(5)), "5000000u");
    assert_eq!(format_timeout(Duration::MAX), "99999999H");
}

proptest! {
    #[test]
    fn what_one_side_writes_the_other_reads(
        message in prop::collection::vec(any::<u8>(), 0..1000),
        compressed in any::<bool>(),
    ) {
        let message = Bytes::from(message);
        let body = MessageBody::new(message.clone(), compressed).with_trailers(HeaderMap::new());
        let mut body = body.map_err(|never| match never {});
        let mut permit = BytePermit::default();
        let raw = read_message(&mut body, LIMITS, &mut permit).now_or_never().unwrap().unwrap();
        prop_assert_eq!((raw.bytes, raw.compressed), (message, compressed));
        prop_assert!(raw.trailers.is_some());
    }

    #[test]
    fn a_timeout_never_grows_shorter_on_the_wire(nanos in any::<u64>()) {
        let timeout = Duration::from_nanos(nanos);
        let read = parse_timeout(&format_timeout(timeout)).unwrap();
        prop_assert!(read >= timeout);
        prop_assert!(read.as_secs_f64() <= timeout.as_secs_f64() * 1.001 + 1e-6);
    }

    #[test]
    fn any_frames_can_be_offered(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in 1_usize..20) {
        crate::fuzzing::read_any_frames(&bytes, cut);
    }
}

proptest! {
    #[test]
    fn pieces_become_what_was_cut_whether_the_length_was_promised_or_not(
        lengths in proptest::collection::vec(0_usize..200_000, 0..12), is_promised: bool,
    ) {
        let total: usize = lengths.iter().sum();
        let whole: Vec<u8> = (0..total).map(|at| (at % 251) as u8).collect();
        let need = is_promised.then_some(total);
        let (mut pieces, mut rest) = (Pieces::default(), Bytes::from(whole.clone()));
        for length in lengths {
            pieces.add(rest.split_to(length), need);
        }
        prop_assert_eq!(pieces.len(), total);
        prop_assert_eq!(pieces.take(), whole);
    }
}

/// A byte a second, the first five of them the prefix of a message that is longer.
struct Trickle(tokio::time::Interval, VecDeque<u8>);

impl Body for Trickle {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        std::task::ready!(self.0.poll_tick(context));
        let byte = self.1.pop_front().map_or(Bytes::from_static(b"x"), |byte| vec![byte].into());
        Poll::Ready(Some(Ok(Frame::data(byte))))
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_trickles_in_has_to_keep_a_rate() {
    let stall = Duration::from_secs(30);
    // 5 bytes of prefix and 95 of message take 99 seconds.
    for (rate_min, wanted) in [(0, None), (1, None), (2, Some(60)), (500, Some(30))] {
        let second = tokio::time::interval(Duration::from_secs(1));
        let mut body = Trickle(second, VecDeque::from([0, 0, 0, 0, 95]));
        let limits = ReadLimits { max_size: 1000, stall, rate_min };
        let begun = tokio::time::Instant::now();
        let mut permit = BytePermit::default();
        // The body does not end by itself; what follows the message is too much.
        let error = read_message(&mut body, limits, &mut permit).await.unwrap_err();
        match wanted {
            None => assert!(matches!(error, MessageError::MoreThanOne), "{rate_min}: {error}"),
            Some(after) => {
                assert!(matches!(error, MessageError::TooSlow(_)), "{rate_min}: {error}");
                let took = begun.elapsed().as_secs();
                assert!((after - 1..=after + 1).contains(&took), "{rate_min}: {took}");
            }
        }
    }
}
