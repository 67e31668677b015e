//! Groups of digits in a row, each read once, however many candidates it is part of.

use super::{
    DIGITS, First, GROUPS, Groups, NONE, STORED, Separator, WORD, digits_at, separator_at, single,
};
use crate::bytes::at as byte;

/// Groups read together.
const ROW: usize = 32;
/// Digits that have a place: those of the row, and what is read or copied with the last of them.
const PLACES: usize = ROW * 8 + STORED;

/// A row of groups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cluster {
    digits: [u8; PLACES],
    groups: [Group; ROW],
    count: usize,
    /// Whether more groups may follow.
    is_cut: bool,
    /// The group that was asked for last.
    last: usize,
}

/// One group.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: usize,
    /// Where its digits stand among those of the row.
    place: u16,
    digits: u8,
    /// What stands before it.
    gap: Separator,
}

const NO_GROUP: Group = Group { start: 0, place: 0, digits: 0, gap: Separator::None };

impl Cluster {
    pub(crate) fn new() -> Self {
        Self { digits: [0; PLACES], groups: [NO_GROUP; ROW], count: 0, is_cut: false, last: 0 }
    }

    /// The groups that begin at `start`, where no digit stands before.
    pub(super) fn groups(&mut self, text: &[u8], start: usize) -> Groups {
        let read = self.groups.get(..self.count).unwrap_or_default();
        let is_there = |group: &Group| group.start == start;
        // Nearly always the next one.
        let place = read.iter().skip(self.last).take(2).position(is_there).map(|at| self.last + at);
        let place = place.or_else(|| read.iter().position(is_there));
        let first = match place {
            Some(first) if !self.is_cut || first + GROUPS < self.count => first,
            _ => {
                self.read(text, start);
                0
            }
        };
        self.last = first;
        self.from(first, start)
    }

    /// Reads the row that begins at `start`.
    fn read(&mut self, text: &[u8], start: usize) {
        (self.count, self.is_cut) = (0, false);
        let (mut at, mut place, mut gap) = (start, 0, Separator::None);
        while let Some(group) = self.groups.get_mut(self.count) {
            let begin = at;
            let mut digits = 0;
            loop {
                let (eight, length) = digits_at(text, at);
                let to = place + digits;
                if let Some(slots) = self.digits.get_mut(to..to + WORD) {
                    slots.copy_from_slice(&eight);
                }
                (digits, at) = (digits + length, at + length);
                if length < WORD || digits > DIGITS {
                    break;
                }
            }
            // A group that is too long is no part of any candidate.
            if digits == 0 || digits > DIGITS {
                return;
            }
            *group = Group { start: begin, place: place as u16, digits: digits as u8, gap };
            self.count += 1;
            place += digits;
            let length;
            (gap, length) = match byte(text, at + 1).is_ascii_digit() {
                true => single(byte(text, at)),
                false => separator_at(text, at),
            };
            if length == 0 || !byte(text, at + length).is_ascii_digit() {
                return;
            }
            at += length;
            if place > PLACES - STORED - DIGITS {
                break;
            }
        }
        self.is_cut = true;
    }

    /// The groups from that of number `first` on, as many as a candidate may have.
    #[inline]
    fn from(&self, first: usize, start: usize) -> Groups {
        let groups = self.groups.get(first..self.count).unwrap_or_default();
        let place = groups.first().map_or(0, |group| usize::from(group.place));
        let digits = self.digits.get(place..).and_then(<[u8]>::first_chunk);
        let mut all = Groups {
            digits: digits.copied().unwrap_or([0; STORED]),
            firsts: [NONE; GROUPS],
            count: 0,
            start,
        };
        let (mut shape, mut total, mut separator) = (0, 0, Separator::None);
        for (at, (group, slot)) in groups.iter().zip(&mut all.firsts).enumerate() {
            total += group.digits;
            if usize::from(total) > DIGITS {
                break;
            }
            shape = shape << 4 | u32::from(group.digits.min(15));
            let gap = if at == 0 { Separator::None } else { group.gap };
            separator = if at <= 1 || separator == gap { gap } else { Separator::Mixed };
            let end = group.start + usize::from(group.digits);
            *slot = First { shape, length: (end - start) as u8, digits: total, separator };
            all.count += 1;
        }
        all
    }
}
