//! When runs are shown to who judges them.

use std::{cmp::Reverse, sync::Arc, time::Duration};

use super::{
    Judge, Key, Notes, TICKS, Tick, Tracker, View,
    group::{Group, Scratch},
    tick,
};

impl Tracker {
    /// From now on runs are judged.
    pub(crate) fn set_judge(&mut self, judge: &Arc<dyn Judge>) {
        if self.judge.is_none() {
            self.judge = Some(judge.clone());
        }
    }

    /// Lets something be noted of a trace that is kept. `limit` is how many notes of each kind there
    /// may be.
    pub(crate) fn annotate(&mut self, key: Key, note: impl FnOnce(&mut Notes, usize)) {
        let limit = self.limits.records;
        let slot = self.slot_of(key);
        let Some((slot, mut group)) = slot.and_then(|slot| Some((slot, self.take(slot)?))) else {
            return;
        };
        note(group.notes.get_or_insert_default(), limit);
        self.put(slot, group);
    }

    /// Whether a trace that is kept has this span.
    pub(crate) fn has(&mut self, key: Key, span: u64) -> bool {
        let Some(slot) = self.slot_of(key) else { return false };
        let group = self.groups.get(slot as usize).and_then(Option::as_ref);
        group.is_some_and(|group| group.has(span))
    }

    /// Shows to the judge what changed, and what may have taken too long.
    pub(crate) fn watch(&mut self, now: Duration) {
        if self.judge.is_none() {
            return;
        }
        let now = tick(now);
        for slot in std::mem::take(&mut self.listed) {
            self.watch_one(slot, now, true);
        }
        while let Some(Reverse((due, slot))) = self.watched.peek().copied()
            && due <= now
        {
            self.watched.pop();
            let group = self.groups.get(slot as usize).and_then(Option::as_ref);
            let notes = group.and_then(|group| group.notes.as_ref());
            if notes.is_some_and(|notes| notes.due == due) {
                self.watch_one(slot, now, false);
            }
        }
    }

    fn watch_one(&mut self, slot: u32, now: Tick, is_listed: bool) {
        let Some(mut group) = self.take(slot) else { return };
        if let Some(notes) = &mut group.notes {
            if is_listed {
                notes.is_listed = false;
            }
            notes.watched = group.version;
        }
        self.show(&mut group, slot, now, (false, false));
        self.put(slot, group);
    }

    /// Shows a trace to the judge. `is_lost` gives up what has no root, `is_quiet` ends what has one.
    pub(super) fn show(
        &mut self,
        group: &mut Group,
        slot: u32,
        now: Tick,
        (is_lost, is_quiet): (bool, bool),
    ) {
        let Some(judge) = self.judge.clone() else { return };
        group.runs(&mut self.scratch);
        let mut notes = group.notes.take().unwrap_or_default();
        let view = view(group, &self.scratch, now, (is_lost, is_quiet));
        let next = judge.look(&view, &mut notes);
        notes.due = next.map_or(Tick::MAX, |millis| {
            // Not before the next tick, or it would be looked at over and over.
            now.saturating_add(tick(Duration::from_millis(millis))).max(now).saturating_add(1)
        });
        if next.is_some() {
            self.watched.push(Reverse((notes.due, slot)));
        }
        group.notes = Some(notes);
    }

    /// Shows a trace as it stands, if it is kept.
    pub(crate) fn look<T>(
        &mut self,
        key: Key,
        now: Duration,
        look: impl FnOnce(&View<'_>, &Notes) -> T,
    ) -> Option<T> {
        let slot = self.slot_of(key)?;
        let group = self.groups.get(slot as usize)?.as_ref()?;
        group.runs(&mut self.scratch);
        let notes = group.notes.as_ref()?;
        Some(look(&view(group, &self.scratch, tick(now), (false, false)), notes))
    }

    /// Puts a trace on the list if something changed.
    pub(super) fn list(&mut self, group: &mut Group, slot: u32) {
        if self.judge.is_none() {
            return;
        }
        let notes = group.notes.get_or_insert_default();
        if notes.watched != group.version && !notes.is_listed {
            notes.is_listed = true;
            self.listed.push(slot);
        }
    }
}

fn view<'v>(
    group: &'v Group,
    scratch: &'v Scratch,
    now: Tick,
    (is_lost, is_quiet): (bool, bool),
) -> View<'v> {
    let millis = |ticks: Tick| u64::try_from(u128::from(ticks) * 1000 / TICKS).unwrap_or(u64::MAX);
    View {
        key: group.key,
        runs: &scratch.runs,
        is_lost,
        is_quiet,
        silent: millis(now.saturating_sub(group.timing.touched)),
        now: Duration::from_millis(millis(now)),
        group,
        places: &scratch.places,
    }
}
