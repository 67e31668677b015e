//! What of a batch goes over the wire.

use net::compression::{Encoding, Packed, Payload};
use sdk::Batch;

/// The bytes of a batch; compressed as they came, if they came like that and nobody changed them.
pub(crate) fn payload(batch: &Batch) -> Payload {
    let packed = batch.packed().and_then(|packed| {
        let encoding = Encoding::from_http_name(packed.encoding)?;
        Some(Packed { encoding, bytes: packed.bytes.clone() })
    });
    Payload::new(batch.bytes().clone(), packed)
}
