//! Writing a tree of groups with exact lengths.

use super::Group;
use crate::wire::{LEN, put_len, put_tag, put_varint, tag, varint_len};

impl Group<'_> {
    /// The whole tree as one message, in a buffer of exactly its size.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.content_len());
        self.put(&mut out);
        out
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.header);
        if let Some((number, data)) = &self.between {
            put_tag(out, *number, LEN);
            put_varint(out, (data.len() + self.children_len()) as u64);
            out.extend_from_slice(data);
        }
        for group in &self.groups {
            put_tag(out, self.child_number, LEN);
            put_varint(out, group.content_len() as u64);
            group.put(out);
        }
        for record in &self.records {
            put_len(out, self.child_number, record);
        }
    }

    /// The length of this message's content.
    fn content_len(&self) -> usize {
        let children = self.children_len();
        let inside = match &self.between {
            None => children,
            Some((number, data)) => field_len(*number, data.len() + children),
        };
        self.header.len() + inside
    }

    fn children_len(&self) -> usize {
        let groups = self.groups.iter().map(Self::content_len);
        let records = self.records.iter().map(|record| record.len());
        groups.chain(records).map(|length| field_len(self.child_number, length)).sum()
    }
}

fn field_len(number: u32, content: usize) -> usize {
    varint_len(tag(number, LEN)) + varint_len(content as u64) + content
}
