//! Where the bytes that edits bring live until the batch is written.

use std::cell::RefCell;

use bumpalo::Bump;

use crate::wire;

/// New bytes of one batch. They die together when the batch has been written.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    bump: Bump,
    /// Room to encode in, reused so that an edit allocates nothing.
    room: RefCell<Vec<u8>>,
}

/// How many bytes an arena that is kept for the next batch may hold, at most.
const KEPT_MAX: usize = 1 << 20;

impl Arena {
    /// Forgets everything but keeps the memory; nothing if that is too much to keep.
    pub(crate) fn emptied(mut self) -> Option<Self> {
        let kept = self.bump.allocated_bytes() + self.room.get_mut().capacity();
        self.bump.reset();
        (kept <= KEPT_MAX).then_some(self)
    }

    /// Keeps a copy of `bytes`.
    #[inline]
    pub(crate) fn copy(&self, bytes: &[u8]) -> &[u8] {
        self.bump.alloc_slice_copy(bytes)
    }

    /// Keeps a copy of `bytes` as `edit` changes it.
    #[inline]
    pub(crate) fn copy_with(&self, bytes: &[u8], edit: impl FnOnce(&mut [u8])) -> &[u8] {
        let copy = self.bump.alloc_slice_copy(bytes);
        edit(copy);
        copy
    }

    /// Keeps the tag and length of a message field.
    #[inline]
    pub(crate) fn head(&self, number: u32, length: usize) -> &[u8] {
        // What most records have: a tag of one byte, a length of two.
        if let (1..16, 0x80..0x4000) = (number, length) {
            let tag = (number << 3 | wire::LEN) as u8;
            return self.bump.alloc([tag, length as u8 | 0x80, (length >> 7) as u8]);
        }
        // Five bytes of tag and ten of length at most; an array is written without a call.
        let head = self.bump.alloc([0; 16]);
        let mut used = 0;
        for mut part in [wire::tag(number, wire::LEN), length as u64] {
            loop {
                let more = part >= 0x80;
                if let Some(byte) = head.get_mut(used) {
                    *byte = (part as u8 & 0x7f) | (u8::from(more) << 7);
                }
                used += 1;
                part >>= 7;
                if !more {
                    break;
                }
            }
        }
        head.get(..used).unwrap_or_default()
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
