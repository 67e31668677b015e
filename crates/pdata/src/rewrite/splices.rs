//! The changes of a batch in order, with the length of every message around them.

use crate::{
    Record,
    record::{Arena, Splice, put_spliced},
    wire::Field,
};

/// A message of the batch that is being walked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) number: u32,
    /// Where its tag starts, its content starts, and both end, counted from the start of the batch.
    pub(crate) start: usize,
    pub(crate) content_start: usize,
    pub(crate) end: usize,
    pub(crate) content: &'a [u8],
}

impl<'a> Node<'a> {
    /// A message field of a message whose content starts at `base`.
    #[inline]
    pub(crate) fn new(base: usize, field: &Field<'a>, content: &'a [u8]) -> Self {
        Self {
            number: field.number,
            start: base + field.start,
            content_start: base + field.value_start,
            end: base + field.end,
            content,
        }
    }
}

/// A message that is being walked and may yet change.
#[derive(Debug)]
struct Open {
    number: u32,
    start: usize,
    content_start: usize,
    length: usize,
    /// `grown` when it was opened.
    grown: isize,
    /// Which splice is its tag and length, once something inside changed.
    head: usize,
}

/// Stands for a tag and length not known yet; not empty, lest it be taken for a cut.
const UNKNOWN: &[u8] = &[0];

/// Splices in rising order. The tag and length of a message become a splice of their own once
/// something inside changes: kept free at that moment, filled in when the message closes and the sum
/// of the changes inside is known.
#[derive(Debug)]
pub(crate) struct Splices<'a> {
    arena: &'a Arena,
    list: Vec<Splice<'a>>,
    open: Vec<Open>,
    /// How many of `open`, from the outside, have their splice.
    touched: usize,
    /// By how much the output has outgrown the input so far.
    grown: isize,
}

impl<'a> Splices<'a> {
    /// None yet; `room` is an empty list whose memory is used.
    pub(crate) fn new(arena: &'a Arena, room: Vec<Splice<'a>>) -> Self {
        Self { arena, list: room, open: Vec::new(), touched: 0, grown: 0 }
    }

    /// The list, whose memory can be used again.
    pub(crate) fn into_room(self) -> Vec<Splice<'a>> {
        self.list
    }

    /// Differs from an earlier one if there was a change in between.
    #[inline]
    pub(crate) fn mark(&self) -> (usize, isize) {
        // Neighbours removed together are one splice.
        (self.list.len(), self.grown)
    }

    /// Enters a message.
    #[inline]
    pub(crate) fn open(&mut self, node: &Node<'_>) {
        self.open.push(Open {
            number: node.number,
            start: node.start,
            content_start: node.content_start,
            length: node.content.len(),
            grown: self.grown,
            head: self.list.len(),
        });
    }

    /// Adds a change inside the message entered last, behind all others.
    #[inline]
    pub(crate) fn push(&mut self, start: usize, end: usize, new: &'a [u8]) {
        if self.touched < self.open.len() {
            self.touch();
        }
        self.add(start, end, new);
    }

    /// Adds the changes inside a record, entering and leaving its message in one.
    #[inline]
    pub(crate) fn push_record(&mut self, node: &Node<'_>, record: &Record<'a>) {
        let (grown, base) = (self.grown, node.content_start);
        let mut head = None;
        record.each_splice(|Splice { start, end, new }| {
            if head.is_none() {
                if self.touched < self.open.len() {
                    self.touch();
                }
                head = Some(self.list.len());
                self.list.push(Splice { start: node.start, end: base, new: UNKNOWN });
            }
            self.add(base + start, base + end, new);
        });
        if let Some(head) = head {
            let length = node.content.len().saturating_add_signed(self.grown - grown);
            self.fill(head, node.number, length);
        }
    }

    /// Adds a change; the messages around it have their splice.
    #[inline]
    fn add(&mut self, start: usize, end: usize, new: &'a [u8]) {
        self.grown += difference(start, end, new);
        match self.list.last_mut() {
            // Neighbours removed together are one cut.
            Some(last) if last.end == start && new.is_empty() && is_cut(last) => last.end = end,
            _ => self.list.push(Splice { start, end, new }),
        }
    }

    /// Keeps a splice free for the tag and length of each message entered that has none yet.
    fn touch(&mut self) {
        for open in self.open.iter_mut().skip(self.touched) {
            open.head = self.list.len();
            self.list.push(Splice { start: open.start, end: open.content_start, new: UNKNOWN });
        }
        self.touched = self.open.len();
    }

    /// Takes a whole message out.
    #[inline]
    pub(crate) fn remove(&mut self, node: &Node<'_>) {
        self.push(node.start, node.end, &[]);
    }

    /// Leaves the message entered last.
    #[inline]
    pub(crate) fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if self.touched <= self.open.len() {
            return;
        }
        self.touched = self.open.len();
        let length = open.length.saturating_add_signed(self.grown - open.grown);
        self.fill(open.head, open.number, length);
    }

    /// Fills in the tag and length of a message at the splice kept free for them.
    #[inline]
    fn fill(&mut self, at: usize, number: u32, length: usize) {
        let head = self.arena.head(number, length);
        if let Some(splice) = self.list.get_mut(at) {
            splice.new = head;
            self.grown += difference(splice.start, splice.end, head);
        }
    }

    /// Leaves the message entered last and takes it out, with all changes inside it.
    pub(crate) fn close_removed(&mut self, node: &Node<'_>) {
        self.close_abandoned();
        self.remove(node);
    }

    /// Leaves the message entered last and gives it another content.
    pub(crate) fn close_replaced(&mut self, node: &Node<'_>, content: &'a [u8]) {
        self.close_abandoned();
        let head = self.arena.head(node.number, content.len());
        self.push(node.start, node.content_start, head);
        self.push(node.content_start, node.end, content);
    }

    /// Leaves the message entered last and forgets all changes inside it; it stays as it came.
    pub(crate) fn close_abandoned(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if self.touched > self.open.len() {
            self.list.truncate(open.head);
            self.grown = open.grown;
            self.touched = self.open.len();
        }
    }

    /// The input with the changes made, in a buffer of exactly its size; nothing if there is none.
    pub(crate) fn apply(&self, input: &[u8]) -> Option<Vec<u8>> {
        if self.list.is_empty() {
            return None;
        }
        let mut out = Vec::with_capacity(input.len().saturating_add_signed(self.grown));
        put_spliced(&mut out, input, self.list.iter().copied());
        Some(out)
    }
}

/// By how much a splice makes the output longer than the input.
#[inline]
fn difference(start: usize, end: usize, new: &[u8]) -> isize {
    new.len().cast_signed() - (end - start).cast_signed()
}

#[inline]
fn is_cut(splice: &Splice<'_>) -> bool {
    splice.new.is_empty() && splice.end > splice.start
}
