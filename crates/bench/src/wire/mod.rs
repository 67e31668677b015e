//! Counts the spans of an encoded `ExportTraceServiceRequest` without decoding it.

#[cfg(test)]
mod tests;

/// The length-delimited wire type.
const LEN: u64 = 2;

/// Counts spans by their place: field 1 (`resource_spans`), field 2 (`scope_spans`), field 2
/// (`spans`). `None` when the bytes are not well-formed protobuf down to the spans.
pub(crate) fn count_spans(request: &[u8]) -> Option<u64> {
    let mut count = 0;
    each(request, 1, &mut |resource_spans| {
        each(resource_spans, 2, &mut |scope_spans| {
            each(scope_spans, 2, &mut |_| {
                count += 1;
                Some(())
            })
        })
    })?;
    Some(count)
}

/// Calls `found` with the content of every length-delimited field numbered `wanted`.
fn each<'a>(
    mut message: &'a [u8],
    wanted: u64,
    found: &mut dyn FnMut(&'a [u8]) -> Option<()>,
) -> Option<()> {
    while !message.is_empty() {
        let key = varint(&mut message)?;
        match key & 7 {
            0 => drop(varint(&mut message)?),
            1 => message = message.get(8..)?,
            LEN => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                let (content, rest) = message.split_at_checked(length)?;
                message = rest;
                if key >> 3 == wanted {
                    found(content)?;
                }
            }
            5 => message = message.get(4..)?,
            _ => return None,
        }
    }
    Some(())
}

/// Takes one varint off the front.
fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
