//! When runs change their state, and when they are over.

use std::{cmp::Reverse, time::Duration};

use super::{
    Event, Kind, Loss, Outcome, Run, Sighting, State, Tick, Tracker, What,
    group::{Closed, Group},
    tick,
};

/// Why a group is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// It is time.
    Due,
    /// Its room is needed.
    Evicted,
    /// The collector stops.
    Shutdown,
}

impl Tracker {
    /// Closes what is over, gives up what nothing comes of, and forgets what was closed long ago.
    pub(crate) fn review(&mut self, now: Duration, events: &mut Vec<Event>) {
        let now = tick(now);
        while let Some(Reverse((due, slot))) = self.due.peek().copied()
            && due <= now
        {
            self.due.pop();
            if self.is_due(slot, due) {
                self.look_at(slot, now, Cause::Due, events);
            }
        }
    }

    /// Closes or gives up everything that is open, at shutdown.
    pub(crate) fn finish(&mut self, now: Duration, events: &mut Vec<Event>) {
        let now = tick(now);
        for slot in 0..self.groups.len() as u32 {
            self.look_at(slot, now, Cause::Shutdown, events);
        }
        self.due.clear();
    }

    /// Gives up the group that would be looked at next; tells whether there was one.
    pub(super) fn evict(&mut self, now: Tick, events: &mut Vec<Event>) -> bool {
        while let Some(Reverse((due, slot))) = self.due.pop() {
            if self.is_due(slot, due) {
                self.look_at(slot, now, Cause::Evicted, events);
                return true;
            }
        }
        false
    }

    fn is_due(&self, slot: u32, due: Tick) -> bool {
        let group = self.groups.get(slot as usize).and_then(Option::as_ref);
        group.is_some_and(|group| group.timing.due == due)
    }

    /// What a record says of what its run is doing.
    pub(super) fn change_state(
        &mut self,
        group: &mut Group,
        sighting: &Sighting<'_>,
        events: &mut Vec<Event>,
    ) {
        let waits = sighting.awaits_human && (sighting.is_pending || sighting.is_log);
        let is_root = !sighting.is_pending
            && !sighting.is_log
            && (sighting.parent == 0
                || (sighting.kind == Kind::Agent
                    && group.is_top(sighting.span, &mut self.scratch)));
        let is_late = matches!(group.state, State::Ended | State::Closed)
            && group.ended.is_some_and(|ended| sighting.start <= ended);
        if is_root {
            group.ended = group.ended.max(Some(sighting.end));
        }
        // A call that stands alone says all of it itself.
        let is_lone = |group: &Group| !waits && sighting.kind <= Kind::Call && group.records() <= 1;
        if !group.is_announced && !is_lone(group) {
            group.is_announced = true;
            let run = Run { start: group.base, ..Run::default() };
            self.push(events, What::Started, group, run);
        }
        let next = match (waits, is_root, is_late) {
            (true, ..) => State::Waiting,
            (_, true, _) => State::Ended,
            (_, _, true) => group.state,
            _ => State::Running,
        };
        self.set_state(group, next, events);
    }

    fn set_state(&mut self, group: &mut Group, next: State, events: &mut Vec<Event>) {
        let before = group.state;
        if next == before {
            return;
        }
        self.leave(before);
        self.enter(next);
        group.state = next;
        // That a run is closed is told by itself, and so is that it was not lost in the end.
        if group.is_announced && next != State::Closed {
            let run = Run { start: group.base, ..Run::default() };
            self.push(events, What::StateChanged(before, next), group, run);
        }
    }

    /// Puts a group where it is looked at when it is due.
    pub(super) fn schedule(&mut self, group: &mut Group, slot: u32) {
        let timing = group.timing;
        let is_reviewed = timing.reviewed == group.version;
        let wait = |wait: Duration| timing.touched.saturating_add(tick(wait));
        let open = match group.state {
            State::Ended if !is_reviewed => wait(self.limits.after_root),
            State::Waiting => wait(self.limits.waiting),
            _ => wait(self.limits.idle),
        };
        let open = open.min(timing.opened.saturating_add(tick(self.limits.age)));
        let due = match timing.closed {
            Some(closed) if group.state == State::Closed && is_reviewed => {
                closed.max(timing.touched).saturating_add(tick(self.limits.amend))
            }
            Some(_) if group.state == State::Closed => wait(self.limits.after_root),
            _ => open,
        };
        // A group that is due later than it stands in the queue is put back when its turn comes.
        if due < timing.due {
            group.timing.due = due;
            self.due.push(Reverse((due, slot)));
        }
    }

    fn look_at(&mut self, slot: u32, now: Tick, cause: Cause, events: &mut Vec<Event>) {
        let Some(mut group) = self.take(slot) else { return };
        group.timing.due = Tick::MAX;
        let loss = self.loss(&group, now, cause);
        if loss.is_some() || self.is_quiet(&group, now) {
            let is_over = self.close_runs(&mut group, loss, events);
            self.show(&mut group, slot, now, (loss.is_some(), true));
            group.timing.reviewed = group.version;
            if cause != Cause::Due || self.is_old(&group, now) {
                self.forget(slot, &group);
                return;
            }
            if is_over && group.state != State::Closed {
                group.timing.closed = Some(now);
                self.set_state(&mut group, State::Closed, events);
            }
        }
        self.schedule(&mut group, slot);
        self.put(slot, group);
    }

    fn is_old(&self, group: &Group, now: Tick) -> bool {
        let amend = tick(self.limits.amend);
        let last = group.timing.closed.map(|closed| closed.max(group.timing.touched));
        group.state == State::Closed && last.is_some_and(|last| now.saturating_sub(last) >= amend)
    }

    /// Tells of every run that is over or given up; answers whether all are.
    fn close_runs(
        &mut self,
        group: &mut Group,
        loss: Option<Loss>,
        events: &mut Vec<Event>,
    ) -> bool {
        group.runs(&mut self.scratch);
        let runs = std::mem::take(&mut self.scratch.runs);
        let mut is_over = true;
        for run in &runs {
            if loss.is_some() || (run.has_root && run.is_top) {
                self.close(group, *run, loss, events);
            } else {
                is_over = false;
            }
        }
        self.unite(group, &runs, events);
        self.scratch.runs = runs;
        is_over
    }

    /// Whether the last part came long enough ago.
    fn is_quiet(&self, group: &Group, now: Tick) -> bool {
        now.saturating_sub(group.timing.touched) >= tick(self.limits.after_root)
    }

    /// Why what is open is given up now, if it is.
    fn loss(&self, group: &Group, now: Tick, cause: Cause) -> Option<Loss> {
        let idle = match group.state {
            State::Waiting => self.limits.waiting,
            _ => self.limits.idle,
        };
        match cause {
            Cause::Evicted => Some(Loss::Evicted),
            Cause::Shutdown => Some(Loss::Shutdown),
            Cause::Due if now.saturating_sub(group.timing.touched) >= tick(idle) => {
                Some(Loss::Idle)
            }
            Cause::Due if now.saturating_sub(group.timing.opened) >= tick(self.limits.age) => {
                Some(Loss::Age)
            }
            Cause::Due => None,
        }
    }

    fn close(&mut self, group: &mut Group, run: Run, loss: Option<Loss>, events: &mut Vec<Event>) {
        let closed = group.rare().map_or(&[][..], |rare| &rare.closed);
        let known = closed.iter().position(|closed| closed.root == run.root);
        let told = known.and_then(|at| closed.get(at)).map(|closed| closed.told);
        // What has no root ends a session, which has none anyway, when nothing more comes.
        let is_end = run.has_root || (group.key.is_session() && loss == Some(Loss::Idle));
        let what = match told {
            Some(told) if told == run => return,
            Some(_) => What::Amended,
            None if is_end => What::Closed,
            None => What::Lost(loss.unwrap_or(Loss::Idle)),
        };
        self.note(what, &run);
        let entry = Closed { root: run.root, told: run, is_nested: false };
        let closed = &mut group.rare_mut().closed;
        match known.and_then(|at| closed.get_mut(at)) {
            Some(known) => *known = entry,
            None => closed.push(entry),
        }
        self.push(events, what, group, run);
    }

    fn note(&mut self, what: What, run: &Run) {
        match what {
            What::Closed => {
                if let Some(count) = self.stats.closed.get_mut(run.outcome as usize) {
                    *count += 1;
                }
            }
            What::Lost(loss) => {
                if let Some(count) = self.stats.lost.get_mut(loss as usize) {
                    *count += 1;
                }
                self.stats.split += u64::from(run.has_gap);
            }
            _ => self.stats.amended += 1,
        }
    }

    /// Takes back what was told of runs that turned out to be parts of others.
    fn unite(&mut self, group: &mut Group, runs: &[Run], events: &mut Vec<Event>) {
        let Some(rare) = group.rare() else { return };
        let is_gone =
            |closed: &Closed| !closed.is_nested && runs.iter().all(|run| run.root != closed.root);
        let gone: Vec<u64> =
            rare.closed.iter().filter(|closed| is_gone(closed)).map(|gone| gone.root).collect();
        for root in gone {
            let closed = &mut group.rare_mut().closed;
            let Some(closed) = closed.iter_mut().find(|closed| closed.root == root) else {
                continue;
            };
            closed.is_nested = true;
            let told = closed.told;
            self.stats.amended += 1;
            self.push(events, What::Nested, group, Run { outcome: Outcome::Unknown, ..told });
        }
    }
}

pub(super) fn event(what: What, group: &Group, run: Run) -> Event {
    let empty = || group.conversation.get(..0).unwrap_or_default().into();
    Event {
        what,
        key: group.key,
        begun: group.base,
        run,
        agent: group.name_of(run.root).cloned().unwrap_or_else(empty),
        service: group.service.clone(),
        conversation: group.conversation.clone(),
        run_id: group.rare().map_or_else(empty, |rare| rare.run_id.clone()),
    }
}
