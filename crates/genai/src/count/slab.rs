//! Places for calls that do not move when there are more of them.

/// Where a call is kept.
pub(super) type At = u32;

/// No place.
pub(super) const NOWHERE: At = At::MAX;

const CHUNK_BITS: u32 = 6;
const CHUNK: usize = 1 << CHUNK_BITS;

/// Values by place. It grows by small pieces, so that nothing is copied and little is kept in advance.
#[derive(Debug)]
pub(super) struct Slab<T> {
    chunks: Vec<Vec<Option<T>>>,
    free: Vec<At>,
    len: usize,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), free: Vec::new(), len: 0 }
    }
}

impl<T> Slab<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, at: At) -> Option<&T> {
        self.chunks.get((at >> CHUNK_BITS) as usize)?.get(at as usize % CHUNK)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, at: At) -> Option<&mut T> {
        self.place(at)?.as_mut()
    }

    pub(super) fn insert(&mut self, value: T) -> At {
        self.len += 1;
        if let Some(at) = self.free.pop() {
            if let Some(place) = self.place(at) {
                *place = Some(value);
            }
            return at;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let before = (self.chunks.len() - 1) * CHUNK;
        let Some(chunk) = self.chunks.last_mut() else { return NOWHERE };
        chunk.push(Some(value));
        (before + chunk.len() - 1) as At
    }

    /// Keeps the value at this place no more.
    pub(super) fn clear(&mut self, at: At) {
        if let Some(place) = self.place(at)
            && place.is_some()
        {
            *place = None;
            self.free.push(at);
            self.len -= 1;
        }
    }

    fn place(&mut self, at: At) -> Option<&mut Option<T>> {
        self.chunks.get_mut((at >> CHUNK_BITS) as usize)?.get_mut(at as usize % CHUNK)
    }
}
