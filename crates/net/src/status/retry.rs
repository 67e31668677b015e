//! How long the other side asks to wait: `google.rpc.RetryInfo` and `Retry-After`.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::HeaderValue;
use prost::Message;
use tonic::{Code, Status};

use super::rpc::{Any, RpcStatus, decode, rpc_status};

pub(super) const RETRY_INFO_TYPE: &str = "google.rpc.RetryInfo";
const RETRY_INFO_URL: &str = "type.googleapis.com/google.rpc.RetryInfo";
/// A longer wait is a mistake or an attack; `google.protobuf.Duration` itself ends at 10,000 years.
const DELAY_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    pub(super) retry_delay: Option<ProtoDuration>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct ProtoDuration {
    #[prost(int64, tag = "1")]
    pub(super) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(super) nanos: i32,
}

/// The wait that `status` asks for: `Some(0)` if it carries RetryInfo without a delay, `None` if it
/// carries none. Negative delays are 0, delays over a day are a day.
#[must_use]
pub fn retry_info(status: &Status) -> Option<Duration> {
    if status.details().is_empty() {
        return None;
    }
    let carried = decode(status.details()).ok()?;
    let any = carried.details.iter().find(|any| any.type_name() == RETRY_INFO_TYPE)?;
    let info = RetryInfo::decode(any.value.clone()).ok()?;
    Some(info.retry_delay.map_or(Duration::ZERO, duration))
}

fn duration(delay: ProtoDuration) -> Duration {
    let (Ok(seconds), Ok(nanos)) = (u64::try_from(delay.seconds), u32::try_from(delay.nanos))
    else {
        return Duration::ZERO;
    };
    Duration::from_secs(seconds)
        .saturating_add(Duration::from_nanos(u64::from(nanos)))
        .min(DELAY_MAX)
}

/// `status` asking to wait for `delay`. Its other details stay; an earlier RetryInfo is replaced.
#[must_use]
pub fn status_with_retry_info(status: &Status, delay: Duration) -> Status {
    let retry_delay = ProtoDuration {
        seconds: i64::try_from(delay.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(delay.subsec_nanos()).unwrap_or(0),
    };
    let info = RetryInfo { retry_delay: Some(retry_delay) };
    let mut rpc: RpcStatus = rpc_status(status);
    rpc.details.retain(|any| any.type_name() != RETRY_INFO_TYPE);
    rpc.details.push(Any {
        type_url: RETRY_INFO_URL.to_owned(),
        value: Bytes::from(info.encode_to_vec()),
    });
    let details = Bytes::from(rpc.encode_to_vec());
    Status::with_details(status.code(), status.message(), details)
}

/// The `Retry-After` of an HTTP answer to `status`: whole seconds, rounded up, only for 429 and 503
/// and only if the status carries RetryInfo (C§5.5).
#[must_use]
pub fn retry_after_value(status: &Status) -> Option<HeaderValue> {
    if !matches!(super::http_status_of(status.code()).as_u16(), 429 | 503)
        || status.code() == Code::Ok
    {
        return None;
    }
    let delay = retry_info(status)?;
    Some(HeaderValue::from(delay.as_secs() + u64::from(delay.subsec_nanos() > 0)))
}

/// Reads `Retry-After`: whole seconds or an HTTP date, which is counted from `now` (a date in the
/// past is 0). Anything else is `None`, which means a plain retry (C§6.2).
#[must_use]
pub fn parse_retry_after(value: &HeaderValue, now: SystemTime) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let delay = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(text).ok()?;
            date.duration_since(now).unwrap_or(Duration::ZERO)
        }
    };
    Some(delay.min(DELAY_MAX))
}
