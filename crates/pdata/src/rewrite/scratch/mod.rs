//! Memory that each thread uses again for its next batch, since asking for it anew costs more than
//! most edits.

use std::cell::Cell;

use crate::record::{Arena, Splice};

/// How many splices the list that is kept may hold: one mebibyte of them.
const LIST_MAX: usize = (1 << 20) / size_of::<Splice<'static>>();

thread_local! {
    /// At most two mebibytes a thread. Absent while a rewrite is under way; one inside it, started
    /// by what it visits, gets memory of its own.
    static SPARE: Cell<Option<Scratch>> = const { Cell::new(None) };
}

/// What a rewrite works with.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) arena: Arena,
    /// Room for the splices, empty.
    pub(crate) list: Vec<Splice<'static>>,
}

impl Scratch {
    /// What the thread kept, or something new.
    pub(crate) fn take() -> Self {
        SPARE.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    /// Keeps it for the next rewrite, unless it is too large.
    pub(crate) fn keep(self) {
        if let Some(arena) = self.arena.emptied() {
            let list = if self.list.capacity() <= LIST_MAX { self.list } else { Vec::new() };
            // A thread that is about to end keeps nothing.
            let _ = SPARE.try_with(|spare| spare.set(Some(Self { arena, list })));
        }
    }
}

/// The memory of a list for splices of another batch. Collecting into the same type of element
/// reuses it.
pub(crate) fn emptied(mut list: Vec<Splice<'_>>) -> Vec<Splice<'static>> {
    list.clear();
    list.into_iter().map(|Splice { start, end, .. }| Splice { start, end, new: &[] }).collect()
}

#[cfg(test)]
mod tests;
