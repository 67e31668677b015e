//! A budget as bytes, for snapshots.

use std::fmt;

use super::{Budget, SOURCES_MAX, Source, ring::Sums};
use crate::{Period, arrival::mix};

/// What the bytes begin with; the digit is the version.
const MAGIC: &[u8] = b"slo-budget-1";
/// Bytes of the checksum behind everything.
const CHECKSUM: usize = 8;
/// Periods beyond this are no periods of objectives.
const PERIOD_MAX: u64 = 366 * 86_400;

/// Why bytes are no snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotError {
    /// They begin with something else, or with another version.
    Foreign,
    /// They were cut or changed.
    Damaged,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => "this is no snapshot of a budget, or one of another version",
            Self::Damaged => "the snapshot of the budget is damaged",
        })
    }
}

impl std::error::Error for SnapshotError {}

impl Budget {
    /// The budget as bytes, with a checksum.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        put(&mut out, self.period.as_seconds().into());
        put(&mut out, self.parts.len() as u64);
        for (source, part) in &self.parts {
            put(&mut out, source.replica);
            put(&mut out, source.epoch);
            put(&mut out, part.since.map_or(0, |since| since.saturating_add(1)));
            for ring in &part.rings {
                put(&mut out, ring.newest);
                put(&mut out, ring.filled().count() as u64);
                for (bucket, sums) in ring.filled() {
                    put(&mut out, ring.newest - bucket);
                    put(&mut out, sums.good);
                    put(&mut out, sums.bad);
                }
            }
        }
        let sum = checksum(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// Reads [`Self::to_bytes`].
    ///
    /// # Errors
    /// Bytes that are something else or damaged. Who asks starts without a state then, and the
    /// budget is unknown until enough is counted again.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        if !bytes.starts_with(MAGIC) {
            return Err(SnapshotError::Foreign);
        }
        let length = bytes.len().checked_sub(CHECKSUM).ok_or(SnapshotError::Damaged)?;
        let (body, sum) = bytes.split_at_checked(length).ok_or(SnapshotError::Damaged)?;
        if sum != checksum(body).to_le_bytes() {
            return Err(SnapshotError::Damaged);
        }
        let mut rest = body.get(MAGIC.len()..).unwrap_or_default();
        let budget = read(&mut rest).ok_or(SnapshotError::Damaged)?;
        if rest.is_empty() { Ok(budget) } else { Err(SnapshotError::Damaged) }
    }
}

fn read(rest: &mut &[u8]) -> Option<Budget> {
    let seconds = take(rest)?;
    let period = Period::seconds(u32::try_from(seconds).ok().filter(|_| seconds <= PERIOD_MAX)?);
    let mut budget = Budget::new(period);
    let parts = take(rest)?;
    if parts > SOURCES_MAX as u64 {
        return None;
    }
    for _ in 0..parts {
        let source = Source { replica: take(rest)?, epoch: take(rest)? };
        let part = budget.part(source);
        part.since = take(rest)?.checked_sub(1);
        for ring in &mut part.rings {
            let newest = take(rest)?;
            // The end of time would overflow the arithmetic of buckets.
            if newest > u64::MAX / 7_200 {
                return None;
            }
            ring.advance(newest);
            for _ in 0..take(rest)? {
                let bucket = newest.checked_sub(take(rest)?)?;
                ring.larger(bucket, Sums { good: take(rest)?, bad: take(rest)? });
            }
        }
    }
    Some(budget)
}

/// A number in groups of seven bits, lowest first.
fn put(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        out.push(u8::try_from(number & 0x7F).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(bytes.len() as u64, |hash, byte| mix(hash ^ u64::from(*byte)))
}
