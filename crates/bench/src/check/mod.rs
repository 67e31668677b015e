//! Holds what the sink received against what was sent: every span whole, and edited as asked.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::error::Error;
use crate::scenario::{DELETED_KEY, Edit, INSERTED_KEY, INSERTED_VALUE};
use crate::spans::{Planted, text};

/// Checks every span of the request `received` against the one with its id in the pool `sent`;
/// `edit` says what the subject had to change. The order of attributes does not count, and where any
/// may change they are not compared. Where they had to be redacted, none of the span's values that
/// were `planted` may be left. Returns how many spans were checked.
pub(crate) fn check(
    sent: &[Bytes],
    received: &[u8],
    edit: Edit,
    planted: &Planted,
) -> Result<usize, Error> {
    let mut expected: HashMap<Vec<u8>, Span> = HashMap::new();
    for request in sent {
        expected.extend(spans(request)?.into_iter().map(|span| (span.span_id.clone(), span)));
    }
    let received = spans(received)?;
    for mut span in received.iter().cloned() {
        let mut expected = expected
            .get(&span.span_id)
            .cloned()
            .ok_or_else(|| Error::Failed(format!("span {:02x?} was never sent", span.span_id)))?;
        match edit {
            Edit::None => {}
            Edit::Attributes => {
                expected.attributes.retain(|pair| pair.key != DELETED_KEY);
                expected.attributes.push(text(INSERTED_KEY, INSERTED_VALUE));
            }
            Edit::Any | Edit::Redacted => {
                if edit == Edit::Redacted {
                    check_gone(&span, planted)?;
                }
                expected.attributes.clear();
                span.attributes.clear();
            }
        }
        // Some encoders leave out an empty status, others write it; it means the same.
        expected.status.get_or_insert_default();
        span.status.get_or_insert_default();
        sort(&mut expected);
        sort(&mut span);
        if span != expected {
            return Err(Error::Failed(format!(
                "span {:02x?} came out wrong: expected {expected:?}, got {span:?}",
                span.span_id
            )));
        }
    }
    match received.len() {
        0 => Err(Error::Failed("the sample holds no spans".to_owned())),
        count => Ok(count),
    }
}

/// Fails when a planted value of the span is still in it.
fn check_gone(span: &Span, planted: &Planted) -> Result<(), Error> {
    let id = <[u8; 8]>::try_from(span.span_id.as_slice()).map(u64::from_be_bytes);
    let values = id.ok().and_then(|id| planted.get(&id)).map(Vec::as_slice).unwrap_or_default();
    let texts =
        span.attributes.iter().filter_map(|pair| match pair.value.as_ref()?.value.as_ref()? {
            Value::StringValue(text) => Some(text),
            _ => None,
        });
    for text in texts {
        if let Some(value) = values.iter().find(|value| text.contains(value.as_str())) {
            return Err(Error::Failed(format!("`{value}` came through")));
        }
    }
    Ok(())
}

fn sort(span: &mut Span) {
    span.attributes.sort_by(|left, right| left.key.cmp(&right.key));
}

fn spans(request: &[u8]) -> Result<Vec<Span>, Error> {
    let request = ExportTraceServiceRequest::decode(request)
        .map_err(|error| Error::Failed(format!("the request is not OTLP: {error}")))?;
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    Ok(scopes.flat_map(|scope| scope.spans).collect())
}
