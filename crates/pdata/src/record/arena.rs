//! Where the bytes that edits bring live until the batch is written.

use std::cell::RefCell;

use bumpalo::Bump;

/// New bytes of one batch. They die together when the batch has been written.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    bump: Bump,
    /// Room to encode in, reused so that an edit allocates nothing.
    room: RefCell<Vec<u8>>,
}

impl Arena {
    /// Keeps a copy of `bytes`.
    #[inline]
    pub(crate) fn copy(&self, bytes: &[u8]) -> &[u8] {
        self.bump.alloc_slice_copy(bytes)
    }

    /// Keeps what `encode` appends to the buffer it is given.
    #[inline]
    pub(crate) fn encode(&self, encode: impl FnOnce(&mut Vec<u8>)) -> &[u8] {
        match self.room.try_borrow_mut() {
            Ok(mut room) => {
                room.clear();
                encode(&mut room);
                self.copy(&room)
            }
            // Someone encodes while encoding, such as an iterator of values that builds a list.
            Err(_) => {
                let mut room = Vec::new();
                encode(&mut room);
                self.copy(&room)
            }
        }
    }
}
