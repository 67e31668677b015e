//! Which span stands above which, of the spans seen last, whatever they are.

/// How many are remembered.
const LINKS: usize = 2048;

/// One span that was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Link {
    /// Of its trace.
    pub(super) trace: u64,
    pub(super) span: u64,
    pub(super) parent: u64,
    /// Milliseconds since 1970.
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) failed: bool,
}

/// The spans seen last, each in the one place its id gives it: a newer one takes it over. 96 KiB.
///
/// Between an agent and a sub-agent in another service stand spans of HTTP clients and servers, which
/// may come before anything shows that the trace is an agent's.
#[derive(Debug)]
pub(super) struct Links(Vec<Link>);

impl Links {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn insert(&mut self, link: Link) {
        if self.0.is_empty() {
            self.0.resize(LINKS, Link::default());
        }
        if let Some(place) = self.0.get_mut(slot(link.span)) {
            *place = link;
        }
    }

    pub(super) fn get(&self, trace: u64, span: u64) -> Option<&Link> {
        self.0.get(slot(span)).filter(|link| link.span == span && link.trace == trace)
    }
}

fn slot(span: u64) -> usize {
    // Ids are random, but some senders count.
    (span.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % LINKS
}
