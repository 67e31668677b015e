//! Strings and numbers as JSON spells them.

use smallvec::SmallVec;

/// Appends a JSON string. Only what must be escaped is; bytes that are not UTF-8 become U+FFFD.
pub(super) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    match std::str::from_utf8(bytes) {
        Ok(text) => put_escaped(out, text.as_bytes()),
        Err(_) => {
            for chunk in bytes.utf8_chunks() {
                put_escaped(out, chunk.valid().as_bytes());
                if !chunk.invalid().is_empty() {
                    out.extend_from_slice("\u{fffd}".as_bytes());
                }
            }
        }
    }
    out.push(b'"');
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The lower case hex digit of four bits.
fn hex_digit(nibble: u8) -> u8 {
    HEX.get(usize::from(nibble & 15)).copied().unwrap_or(b'0')
}

fn put_escaped(out: &mut Vec<u8>, mut text: &[u8]) {
    while let Some(at) = special_at(text) {
        let (plain, rest) = text.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, rest)) = rest.split_first() else { return };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[hex_digit(other >> 4), hex_digit(*other)]);
            }
        }
        text = rest;
    }
    out.extend_from_slice(text);
}

/// Where the first byte stands that must be escaped.
fn special_at(text: &[u8]) -> Option<usize> {
    let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    // A block is looked at without an early end, which the compiler turns into vector code.
    let clean = |block: &&[u8]| !block.iter().fold(false, |found, byte| found | special(byte));
    let start = 32 * text.chunks_exact(32).take_while(clean).count();
    let rest = text.get(start..)?;
    rest.iter().position(special).map(|at| start + at)
}

/// Appends lower case hex without quotes.
pub(super) fn put_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(bytes.iter().flat_map(|byte| [hex_digit(byte >> 4), hex_digit(*byte)]));
}

/// Appends decimal digits.
pub(super) fn put_unsigned(out: &mut Vec<u8>, mut value: u64) {
    let start = out.len();
    loop {
        out.push(b'0' + (value % 10) as u8);
        value /= 10;
        if value == 0 {
            break;
        }
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}

/// Appends decimal digits, with a minus where needed.
pub(super) fn put_signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    put_unsigned(out, value.unsigned_abs());
}

/// Appends a floating point number as ECMAScript prints it: the shortest digits that read back the
/// same, an exponent below 1e-6 and from 1e21 on. Unlike there, -0 keeps its sign. What is no
/// number is named: `NaN`, `Infinity`, `-Infinity`.
pub(super) fn put_double(out: &mut Vec<u8>, value: f64) {
    if value.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let value = value.abs();
    if value.is_infinite() {
        return out.extend_from_slice(b"Infinity");
    }
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    if value < WHOLE && value.trunc() == value {
        return put_unsigned(out, value as u64);
    }
    let mut buffer = ryu::Buffer::new();
    let (digits, point) = shortest(buffer.format_finite(value));
    put_digits(out, &digits, point);
}

/// The significant digits of a positive number and where its decimal point is, counted from their
/// start: the number is `0.digits` times ten to `point`.
fn shortest(text: &str) -> (SmallVec<[u8; 32]>, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = whole.bytes().chain(fraction.bytes());
    let leading = all.clone().take_while(|digit| *digit == b'0').count();
    let mut digits: SmallVec<[u8; 32]> = all.skip(leading).collect();
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    let point = whole.len() as i32 - leading as i32 + exponent.parse().unwrap_or(0);
    (digits, point)
}

fn put_digits(out: &mut Vec<u8>, digits: &[u8], point: i32) {
    let zeros = |out: &mut Vec<u8>, count: i32| out.extend((0..count).map(|_| b'0'));
    match point {
        -5..=0 => {
            out.extend_from_slice(b"0.");
            zeros(out, -point);
            out.extend_from_slice(digits);
        }
        1..=21 => match digits.split_at_checked(point as usize) {
            Some((whole, fraction)) => {
                out.extend_from_slice(whole);
                if !fraction.is_empty() {
                    out.push(b'.');
                    out.extend_from_slice(fraction);
                }
            }
            None => {
                out.extend_from_slice(digits);
                zeros(out, point - digits.len() as i32);
            }
        },
        _ => {
            let (first, rest) = digits.split_at(digits.len().min(1));
            out.extend_from_slice(first);
            if !rest.is_empty() {
                out.push(b'.');
                out.extend_from_slice(rest);
            }
            out.extend_from_slice(if point > 0 { b"e+" } else { b"e-" });
            put_unsigned(out, u64::from((point - 1).unsigned_abs()));
        }
    }
}
