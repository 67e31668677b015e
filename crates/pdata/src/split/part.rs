//! A part while it is being filled: what goes into it, and how long that will be.

use std::ops::Range;

use crate::wire::{LEN, put_tag, put_varint, tag, varint_len};

/// Nothing is copied until the part is finished and its length is known exactly. Then each byte is
/// copied once.
pub(super) struct Part<'a> {
    input: &'a [u8],
    steps: Vec<Step>,
    /// The messages around what is taken next, outermost (the request) first.
    open: Vec<Open>,
    items: usize,
}

/// What is written.
enum Step {
    /// Tag and length of a message.
    Begin { number: u32, length: usize },
    /// Bytes of the input.
    Copy(Range<usize>),
}

/// A message that is being put together.
struct Open {
    number: u32,
    /// Its fields that are repeated in every part.
    own: Vec<Range<usize>>,
    own_len: usize,
    /// Where its `Begin` is, once something inside it was taken into this part.
    begin: Option<usize>,
    /// The length of its content so far, messages still open inside it left out.
    length: usize,
}

impl<'a> Part<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, steps: Vec::new(), open: Vec::new(), items: 0 }
    }

    pub(super) fn items(&self) -> usize {
        self.items
    }

    /// What is taken from now on stands in a message with these own fields. Nothing is written for
    /// a message in which nothing is taken.
    pub(super) fn enter(&mut self, number: u32, own: impl Iterator<Item = Range<usize>>) {
        let own: Vec<Range<usize>> = own.collect();
        let own_len = own.iter().map(ExactSizeIterator::len).sum();
        self.open.push(Open { number, own, own_len, begin: None, length: 0 });
    }

    /// The innermost message ends.
    pub(super) fn leave(&mut self) {
        if self.open.len() > 1 {
            self.end(self.open.len() - 1);
            self.open.pop();
        }
    }

    /// The length of the part if so many bytes more were taken.
    pub(super) fn len_with(&self, more: usize) -> usize {
        self.open.iter().enumerate().rev().fold(more, |inside, (depth, open)| {
            let so_far = if open.begin.is_some() { open.length } else { open.own_len };
            let content = so_far + inside;
            if depth == 0 { content } else { framed(open.number, content) }
        })
    }

    /// Takes a whole field of the input.
    pub(super) fn take(&mut self, raw: Range<usize>, items: usize) {
        for open in self.open.iter_mut().filter(|open| open.begin.is_none()) {
            open.begin = Some(self.steps.len());
            open.length = open.own_len;
            self.steps.push(Step::Begin { number: open.number, length: 0 });
            self.steps.extend(open.own.iter().cloned().map(Step::Copy));
        }
        if let Some(innermost) = self.open.last_mut() {
            innermost.length += raw.len();
        }
        match self.steps.last_mut() {
            // Neighbours in the input are copied in one go.
            Some(Step::Copy(last)) if last.end == raw.start => last.end = raw.end,
            _ => self.steps.push(Step::Copy(raw)),
        }
        self.items += items;
    }

    /// Writes the part and empties it; the open messages go on in the next.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        for depth in (1..self.open.len()).rev() {
            self.end(depth);
        }
        let length = self.open.first().map_or(0, |request| request.length);
        let mut out = Vec::with_capacity(length);
        // The first step begins the request, which has neither tag nor length.
        for step in self.steps.drain(..).skip(1) {
            match step {
                Step::Begin { number, length } => {
                    put_tag(&mut out, number, LEN);
                    put_varint(&mut out, length as u64);
                }
                Step::Copy(range) => {
                    out.extend_from_slice(self.input.get(range).unwrap_or_default());
                }
            }
        }
        debug_assert!(out.len() == length, "the length is known before");
        for open in &mut self.open {
            (open.begin, open.length) = (None, 0);
        }
        self.items = 0;
        out
    }

    /// Notes the length of a message that ends in this part.
    fn end(&mut self, depth: usize) {
        let Some((open, around)) = self.open.get_mut(..=depth).and_then(<[_]>::split_last_mut)
        else {
            return;
        };
        let Some(begin) = open.begin.take() else { return };
        if let Some(Step::Begin { length, .. }) = self.steps.get_mut(begin) {
            *length = open.length;
        }
        if let Some(around) = around.last_mut() {
            around.length += framed(open.number, open.length);
        }
    }
}

/// The length of a length-delimited field.
fn framed(number: u32, content: usize) -> usize {
    varint_len(tag(number, LEN)) + varint_len(content as u64) + content
}
