//! What is kept of a trace for whoever judges its runs, and how runs are shown to them.

use std::{fmt, mem::size_of, sync::Arc, time::Duration};

use slo::Fact;

use super::{Key, Run, group::Group, texts::cut, tree::Place};

/// A value that is kept of a record.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Held {
    /// Nobody said.
    #[default]
    Missing,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<[u8]>),
}

/// What one span says in words: those of agents and of roots.
#[derive(Debug)]
pub(crate) struct Note {
    /// The span; 0 for what the parts of a trace say together.
    pub(crate) span: u64,
    /// In the order in which the judge asks.
    pub(crate) values: Box<[Held]>,
    /// For how many spans it stands, in units of the judge's own.
    pub(crate) weight: u64,
}

/// What was said of one run, one objective after the other.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The root, or the span that never came that all parts hang below; 0 if there is none.
    pub(crate) root: u64,
    /// Whether the root had not come.
    pub(crate) is_open: bool,
    /// Whether it was judged before it was forgotten, so that nothing is said of it.
    pub(crate) is_repeat: bool,
    pub(crate) weight: u64,
    pub(crate) said: Box<[Said]>,
}

/// Where a run stands with one objective.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) standing: slo::verdict::Standing,
    /// In which group it was counted.
    pub(crate) group: u16,
}

/// All that is kept of one trace.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    spans: Vec<Note>,
    /// Of tool calls with arguments: the span, and tool and arguments hashed.
    tools: Vec<(u64, u64)>,
    /// Of streamed answers: the span, and when its first chunk came, milliseconds since 1970.
    chunks: Vec<(u64, u64)>,
    /// What was said.
    pub(crate) entries: Vec<Entry>,
    /// The version looked at last.
    pub(super) watched: u32,
    /// Whether it is to be looked at.
    pub(super) is_listed: bool,
    /// When it is looked at even if nothing comes, in ticks.
    pub(super) due: u32,
}

impl Notes {
    /// The note of a span, made if there is room: `limit` notes at most.
    pub(crate) fn note_mut(&mut self, span: u64, asked: usize, limit: usize) -> Option<&mut Note> {
        let at = match self.spans.iter().position(|known| known.span == span) {
            Some(at) => at,
            None if self.spans.len() < limit => {
                self.spans.reserve_exact(1);
                self.spans.push(Note::new(span, asked));
                self.spans.len() - 1
            }
            None => return None,
        };
        self.spans.get_mut(at)
    }

    /// Keeps that a tool was called with arguments of this hash.
    pub(crate) fn keep_tool(&mut self, span: u64, hash: u64, limit: usize) {
        keep(&mut self.tools, (span, hash), limit);
    }

    /// Keeps when the first chunk of an answer came.
    pub(crate) fn keep_chunk(&mut self, span: u64, at: u64, limit: usize) {
        keep(&mut self.chunks, (span, at), limit);
    }

    pub(crate) fn note(&self, span: u64) -> Option<&Note> {
        self.spans.iter().find(|note| note.span == span)
    }

    /// The calls of tools, hashed.
    pub(crate) fn tools(&self) -> impl Iterator<Item = (u64, u64)> {
        self.tools.iter().copied()
    }

    /// The first chunks of answers.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = (u64, u64)> {
        self.chunks.iter().copied()
    }

    /// The memory it takes, about; texts are shared.
    pub(super) fn bytes(&self) -> usize {
        let values = self.spans.first().map_or(0, |note| note.values.len() * size_of::<Held>());
        let said = self.entries.first().map_or(0, |entry| entry.said.len() * size_of::<Said>());
        size_of::<Self>()
            + self.spans.capacity() * (size_of::<Note>() + values)
            + (self.tools.capacity() + self.chunks.capacity()) * size_of::<(u64, u64)>()
            + self.entries.capacity() * (size_of::<Entry>() + said)
    }
}

impl Note {
    /// Of a span nothing is known yet; `asked` values may be.
    pub(crate) fn new(span: u64, asked: usize) -> Self {
        Self { span, values: vec![Held::Missing; asked].into(), weight: 0 }
    }

    /// Takes in a value. Of several the first in order stays, whichever came first.
    pub(crate) fn say(&mut self, at: usize, value: Fact<'_>) {
        if let Some(known) = self.values.get_mut(at)
            && known.is_after(value)
        {
            *known = Held::of(value);
        }
    }
}

impl Held {
    /// A value to keep. Longer texts are cut.
    fn of(value: Fact<'_>) -> Self {
        match value {
            Fact::Bool(flag) => Self::Bool(flag),
            Fact::Int(number) => Self::Int(number),
            Fact::Float(number) => Self::Float(number),
            Fact::Text(text) => Self::Text(cut(text).into()),
            Fact::Missing | Fact::Nanos(_) | Fact::List => Self::Missing,
        }
    }

    /// Whether a value comes before this one; anything comes before nothing.
    fn is_after(&self, value: Fact<'_>) -> bool {
        let rank = match value {
            Fact::Text(_) => 0,
            Fact::Int(_) => 1,
            Fact::Float(_) => 2,
            Fact::Bool(_) => 3,
            Fact::Missing | Fact::Nanos(_) | Fact::List => return false,
        };
        match (self, value) {
            (Self::Missing, _) => true,
            (Self::Text(known), Fact::Text(new)) => cut(new) < &**known,
            (Self::Int(known), Fact::Int(new)) => new < *known,
            (Self::Float(known), Fact::Float(new)) => new < *known,
            (Self::Bool(known), Fact::Bool(new)) => !new & known,
            (Self::Text(_), _) => false,
            (Self::Int(_), _) => rank < 1,
            (Self::Float(_), _) => rank < 2,
            (Self::Bool(_), _) => rank < 3,
        }
    }
}

fn keep(list: &mut Vec<(u64, u64)>, new: (u64, u64), limit: usize) {
    if let Some(known) = list.iter_mut().find(|(span, _)| *span == new.0) {
        known.1 = known.1.min(new.1);
    } else if list.len() < limit {
        if list.len() == list.capacity() {
            list.reserve_exact((list.len() / 2).max(2));
        }
        list.push(new);
    }
}

/// The runs of a trace, shown to a judge.
pub(crate) struct View<'v> {
    pub(crate) key: Key,
    /// All of them.
    pub(crate) runs: &'v [Run],
    /// Whether what has no root is given up.
    pub(crate) is_lost: bool,
    /// Whether what has its root is over.
    pub(crate) is_quiet: bool,
    /// Milliseconds since the last part came.
    pub(crate) silent: u64,
    /// The time since the tracker's fixed moment, about.
    pub(crate) now: Duration,
    pub(super) group: &'v Group,
    pub(super) places: &'v [Place],
}

impl View<'_> {
    /// Whether a span has come.
    pub(crate) fn has(&self, span: u64) -> bool {
        self.group.has(span)
    }

    /// Which run a span belongs to, by its place in `runs`.
    pub(crate) fn run_of(&self, span: u64) -> Option<usize> {
        let agent = self.group.run_of(span, self.places);
        self.runs.iter().position(|run| if run.is_rest { agent == 0 } else { run.root == agent })
    }

    /// The service that sent the first part.
    pub(crate) fn service(&self) -> &[u8] {
        &self.group.service
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("runs", &self.runs).finish_non_exhaustive()
    }
}

/// Who judges runs.
pub(crate) trait Judge: fmt::Debug + Send + Sync {
    /// Looks at the runs of a trace. Answers in how many milliseconds one of them will have taken too
    /// long, if nothing more comes.
    fn look(&self, view: &View<'_>, notes: &mut Notes) -> Option<u64>;
}
