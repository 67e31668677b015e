//! The common shape of an attribute, recognised without the table.
//!
//! Attributes are most of the bytes of telemetry, and nearly all of them are a key and a plain
//! value with lengths below 128. Anything else goes the long way round through the table.

/// How many bytes at the start of `bytes` are attributes of the common shape, each a field with this
/// one-byte tag. Attributes come in runs, and a run needs no look into the table.
#[inline]
pub(super) fn plain_run(bytes: &[u8], tag: u8) -> usize {
    if tag >= 0x80 {
        return 0;
    }
    let mut rest = bytes;
    while let [first, length @ 0..0x80, after @ ..] = rest
        && *first == tag
        && let Some((content, next)) = after.split_at_checked(usize::from(*length))
        && is_plain_pair(content)
    {
        rest = next;
    }
    bytes.len() - rest.len()
}

/// Whether the content of a `KeyValue` is exactly `key`, then `value`, and that value one plain
/// string, bool, whole number or double.
#[inline(always)]
pub(super) fn is_plain_pair(content: &[u8]) -> bool {
    let [0x0a, key_length @ 0..0x80, rest @ ..] = content else { return false };
    let Some([0x12, length @ 0..0x80, value @ ..]) = rest.get(usize::from(*key_length)..) else {
        return false;
    };
    value.len() == usize::from(*length) && is_plain_value(value)
}

/// The same for the content of an `AnyValue`.
#[inline(always)]
fn is_plain_value(value: &[u8]) -> bool {
    match value {
        [0x0a, length @ 0..0x80, text @ ..] => text.len() == usize::from(*length),
        [0x10, 0..0x80] => true,
        [0x18, digits @ ..] => is_varint(digits),
        [0x21, bits @ ..] => bits.len() == 8,
        _ => false,
    }
}

/// Whether the bytes are one varint of at most nine bytes.
#[inline(always)]
fn is_varint(digits: &[u8]) -> bool {
    match digits {
        [0..0x80] => true,
        [0x80..=0xff, 0..0x80] => true,
        [start @ .., 0..0x80] => start.len() < 9 && start.iter().all(|byte| *byte >= 0x80),
        _ => false,
    }
}
