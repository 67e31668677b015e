//! A body put together from the pieces in which it comes.

use bytes::Bytes;

/// The buffers of a body of unknown length: the first is this large, each next one twice as large,
/// up to [`SEGMENT_MAX`].
const SEGMENT_MIN: usize = 64 << 10;
const SEGMENT_MAX: usize = 1 << 20;

/// Nothing, one piece as it came, or all of them copied together.
#[derive(Debug, Default)]
pub(crate) enum Pieces {
    #[default]
    None,
    One(Bytes),
    /// The length was promised, and taken from the budget before: one buffer, allocated at once. Its
    /// pages cost memory only as bytes really come.
    Promised(Vec<u8>),
    /// Nobody knows how long it gets. One growing buffer would be there twice with each move.
    Segments(Segments),
}

impl Pieces {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(piece) => piece.len(),
            Self::Promised(buffer) => buffer.len(),
            Self::Segments(segments) => segments.len,
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
                let first = std::mem::take(first);
                *self = need.map_or_else(
                    || Self::Segments(Segments::default()),
                    |need| Self::Promised(Vec::with_capacity(need)),
                );
                self.append(&first);
                self.append(&data);
            }
            Self::Promised(_) | Self::Segments(_) => self.append(&data),
        }
    }

    fn append(&mut self, data: &[u8]) {
        match self {
            Self::None | Self::One(_) => {}
            Self::Promised(buffer) => buffer.extend_from_slice(data),
            Self::Segments(segments) => segments.append(data),
        }
    }

    /// All pieces as one; a single piece is not copied.
    pub(crate) fn take(&mut self) -> Bytes {
        match std::mem::take(self) {
            Self::None => Bytes::new(),
            Self::One(piece) => piece,
            Self::Promised(buffer) => Bytes::from(buffer),
            Self::Segments(segments) => segments.join(),
        }
    }
}

/// Buffers that are filled one after another.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    full: Vec<Vec<u8>>,
    current: Vec<u8>,
    len: usize,
}

impl Segments {
    fn append(&mut self, mut data: &[u8]) {
        self.len += data.len();
        while !data.is_empty() {
            let room = self.current.capacity() - self.current.len();
            if room == 0 {
                let larger = (self.current.capacity() * 2).clamp(SEGMENT_MIN, SEGMENT_MAX);
                let next = Vec::with_capacity(larger);
                let full = std::mem::replace(&mut self.current, next);
                if !full.is_empty() {
                    self.full.push(full);
                }
                continue;
            }
            let (now, later) = data.split_at(room.min(data.len()));
            self.current.extend_from_slice(now);
            data = later;
        }
    }

    fn join(self) -> Bytes {
        if self.full.is_empty() {
            return Bytes::from(self.current);
        }
        let mut whole = Vec::with_capacity(self.len);
        for segment in self.full.into_iter().chain([self.current]) {
            whole.extend_from_slice(&segment);
        }
        Bytes::from(whole)
    }
}
