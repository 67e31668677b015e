//! Two texts, line by line.

use std::fmt::Write as _;

/// Lines around a difference that are shown, too.
const AROUND: usize = 3;
/// Beyond so many pairs of lines only what is equal at both ends is found.
const PAIRS_MAX: usize = 4_000_000;

/// A line and where it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'t> {
    Both(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// The lines that differ, with some around them; `-` before those of `old`, `+` before those of `new`.
pub(super) fn diff(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let lines = lines(&old, &new);
    let differs: Vec<bool> = lines.iter().map(|line| !matches!(line, Line::Both(_))).collect();
    let is_near = |at: usize| {
        let from = at.saturating_sub(AROUND);
        differs.iter().skip(from).take(at - from + AROUND + 1).any(|differs| *differs)
    };
    let (mut text, mut is_gap) = (String::new(), false);
    for (at, line) in lines.iter().enumerate() {
        if !is_near(at) {
            is_gap = true;
            continue;
        }
        if std::mem::take(&mut is_gap) {
            text.push_str("    …\n");
        }
        let (sign, line) = match line {
            Line::Both(line) => (' ', line),
            Line::Old(line) => ('-', line),
            Line::New(line) => ('+', line),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    {sign} {line}");
    }
    text
}

fn lines<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (common, old, new) = (
        old.get(..start).unwrap_or_default(),
        old.get(start..).unwrap_or_default(),
        new.get(start..).unwrap_or_default(),
    );
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, rest) = old.split_at(old.len() - end);
    let (new, _) = new.split_at(new.len() - end);
    let mut all: Vec<_> = common.iter().map(|line| Line::Both(line)).collect();
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        all.extend(old.iter().map(|line| Line::Old(line)));
        all.extend(new.iter().map(|line| Line::New(line)));
    } else {
        all.extend(longest(old, new));
    }
    all.extend(rest.iter().map(|line| Line::Both(line)));
    all
}

/// By the longest common subsequence.
fn longest<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let width = new.len() + 1;
    // How many lines are common from here on, by the places in both.
    let mut common = vec![0_u32; (old.len() + 1) * width];
    let at = |common: &[u32], i: usize, j: usize| common.get(i * width + j).copied().unwrap_or(0);
    for (i, old) in old.iter().enumerate().rev() {
        for (j, new) in new.iter().enumerate().rev() {
            let value = match old == new {
                true => at(&common, i + 1, j + 1) + 1,
                false => at(&common, i + 1, j).max(at(&common, i, j + 1)),
            };
            if let Some(cell) = common.get_mut(i * width + j) {
                *cell = value;
            }
        }
    }
    let (mut lines, mut i, mut j) = (Vec::new(), 0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (None, None) => return lines,
            (Some(old), Some(new)) if old == new => {
                lines.push(Line::Both(old));
                (i, j) = (i + 1, j + 1);
            }
            (Some(old), new) if new.is_none() || at(&common, i + 1, j) >= at(&common, i, j + 1) => {
                lines.push(Line::Old(old));
                i += 1;
            }
            (_, Some(new)) => {
                lines.push(Line::New(new));
                j += 1;
            }
            (Some(_), None) => return lines,
        }
    }
}
