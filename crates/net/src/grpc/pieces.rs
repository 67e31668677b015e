//! A body put together from the pieces in which it comes.

use bytes::Bytes;

/// A promised length is believed up to here; the rest is allocated as it comes.
const FIRST_ALLOCATION: usize = 1 << 20;

/// Nothing, one piece as it came, or all of them in one buffer.
#[derive(Debug, Default)]
pub(crate) enum Pieces {
    #[default]
    None,
    One(Bytes),
    Gathered(Vec<u8>),
}

impl Pieces {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(piece) => piece.len(),
            Self::Gathered(buffer) => buffer.len(),
        }
    }

    /// Adds a piece of a body that is to become `need` bytes long, if that is known.
    pub(crate) fn add(&mut self, data: Bytes, need: Option<usize>) {
        if data.is_empty() {
            return;
        }
        match self {
            Self::None => *self = Self::One(data),
            Self::One(first) => {
                let mut buffer = Vec::new();
                gather(&mut buffer, first, need);
                gather(&mut buffer, &data, need);
                *self = Self::Gathered(buffer);
            }
            Self::Gathered(buffer) => gather(buffer, &data, need),
        }
    }

    /// All pieces as one; a single piece is not copied.
    pub(crate) fn take(&mut self) -> Bytes {
        match std::mem::take(self) {
            Self::None => Bytes::new(),
            Self::One(piece) => piece,
            Self::Gathered(buffer) => Bytes::from(buffer),
        }
    }
}

/// Appends: a little buffer is allocated at once, a large one is doubled as bytes really come.
fn gather(buffer: &mut Vec<u8>, data: &[u8], need: Option<usize>) {
    let wanted = buffer.len() + data.len();
    if let Some(need) = need
        && wanted > buffer.capacity()
    {
        let capacity = (buffer.capacity() * 2).max(FIRST_ALLOCATION).min(need).max(wanted);
        buffer.reserve_exact(capacity - buffer.len());
    }
    buffer.extend_from_slice(data);
}
