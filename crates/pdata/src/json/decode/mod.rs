//! JSON to protobuf bytes in one pass.

mod field;
mod scalar;

use serde::de::DeserializeSeed as _;

use self::field::MessageSeed;
use super::{
    JsonError,
    error::{Fault, Step},
};
use crate::{Signal, check::NESTING_MAX, schema::Message};

/// Turns an OTLP JSON request into the protobuf bytes of the same request (C§5.6).
///
/// - Unknown fields are skipped; names may be camelCase or snake_case; the last of two equal
///   scalars wins, arrays of the same field append, objects of the same field merge.
/// - Integers: a number or a decimal string, never with a fraction or exponent. Floating point: a
///   number or a string, `"NaN"`, `"Infinity"` and `"-Infinity"` among them. Enumerations: a number
///   or a name. Ids: hex in any case, or empty. Bytes: base64 of either alphabet, padded or not.
/// - `null` stands for an object, an array or a string (bytes and ids too), not for a number or a
///   boolean.
/// - Text is taken as it comes: bytes that are not UTF-8 stay, half a surrogate pair becomes
///   U+FFFD.
/// - What follows the top-level value is not looked at.
///
/// Messages nest at most 100 deep, as in [`crate::check`]; an array in an array is two levels. The result is at most 4 times as long as `input` (a
/// one-digit number in an array of doubles), its buffer at most twice that while it grows; one more
/// copy of the longest string with escapes is held meanwhile.
///
/// # Errors
///
/// [`JsonError`] for the first fault; an empty body is one.
pub fn decode(signal: Signal, input: &[u8]) -> Result<Vec<u8>, JsonError> {
    decode_message(signal.schema(), input)
}

/// [`decode`] for any message, such as an `Export…ServiceResponse`.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_message(message: &'static Message, input: &[u8]) -> Result<Vec<u8>, JsonError> {
    let mut parser = serde_json::Deserializer::from_slice(input);
    // The parser counts objects and arrays; the decoder counts messages, which is what the
    // protobuf side limits. Unknown values are skipped without recursion.
    parser.disable_recursion_limit();
    let mut decoder = Decoder::new(input.len() / 2 + 16);
    match (MessageSeed { decoder: &mut decoder, message }).deserialize(&mut parser) {
        Ok(_) => Ok(decoder.out),
        Err(error) => Err(JsonError::new(input, &error, decoder.fault)),
    }
}

/// What is written so far, and where the decoder stands.
struct Decoder {
    out: Vec<u8>,
    depth: usize,
    fault: Fault,
}

impl Decoder {
    fn new(capacity: usize) -> Self {
        Self { out: Vec::with_capacity(capacity), depth: 0, fault: Fault::default() }
    }

    /// Notes what is wrong; the error itself carries nothing, so nothing can leak through it.
    fn refuse<E: serde::de::Error>(&mut self, reason: String) -> E {
        self.fault.reason.get_or_insert(reason);
        E::custom("")
    }

    /// Notes a value of the wrong type.
    fn mismatch<E: serde::de::Error>(&mut self, found: &str) -> E {
        let expected = self.fault.expected;
        self.refuse(format!("expected {expected}, found {found}"))
    }

    /// Adds a step to the way to a fault while the error travels up.
    fn step<T, E>(&mut self, result: Result<T, E>, step: impl FnOnce() -> Step) -> Result<T, E> {
        if result.is_err() {
            self.fault.path.push(step());
        }
        result
    }

    /// One message deeper.
    fn enter<E: serde::de::Error>(&mut self) -> Result<(), E> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return Err(self.refuse(format!(
                "messages nest more than {NESTING_MAX} deep; send flatter values"
            )));
        }
        Ok(())
    }
}
