//! What is visited, and in which order.

use super::{
    Around, Group,
    splices::{Node, Splices},
};
use crate::{
    Batch, Context, Counts, Record, RecordKind, RecordKinds, Signal, Verdict,
    record::{Arena, Form, Splice},
    wire::{Field, FieldValue, Fields},
};

/// The resource in a `ResourceSpans` and the scope in a `ScopeSpans`.
pub(super) const HEADER: u32 = 1;
/// The `ScopeSpans` in a `ResourceSpans` and the spans in a `ScopeSpans`.
pub(super) const CHILDREN: u32 = 2;

/// What was taken out of a batch.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) dropped: Counts,
    /// Whether data points were edited by other means than dropping, so that `dropped` is not all.
    pub(super) uncounted: bool,
}

impl Changes {
    /// The counts after the rewrite, given those before.
    pub(super) fn counts_after(&self, before: Counts) -> Option<Counts> {
        (!self.uncounted).then(|| Counts {
            resources: before.resources.saturating_sub(self.dropped.resources),
            scopes: before.scopes.saturating_sub(self.dropped.scopes),
            records: before.records.saturating_sub(self.dropped.records),
            items: before.items.saturating_sub(self.dropped.items),
        })
    }
}

/// How many children a message had, and how many are left.
#[derive(Debug, Default)]
pub(super) struct Children {
    had: usize,
    kept: usize,
    /// Whether the walk ended before the message did. What follows there is not ours to remove.
    cut: bool,
}

impl Children {
    #[inline]
    pub(super) fn count(&mut self, kept: bool) {
        self.had += 1;
        self.kept += usize::from(kept);
    }

    /// Notes where the walk over a message ended.
    #[inline]
    pub(super) fn end(&mut self, walked: &Fields<'_>, content: &[u8]) {
        self.cut |= walked.position() != content.len();
    }

    /// Whether there were some and all are gone.
    #[inline]
    pub(super) fn are_gone(&self) -> bool {
        self.had > 0 && self.kept == 0 && !self.cut
    }
}

pub(super) type Visit<'v> = dyn FnMut(&mut Record<'_>, &Around<'_, '_>) -> Verdict + 'v;

/// One rewrite under way. The records are opened again and again, so their room is reused.
pub(super) struct Walk<'a, 'v> {
    pub(super) signal: Signal,
    pub(super) context: &'v Context,
    pub(super) kinds: RecordKinds,
    pub(super) visit: &'v mut Visit<'v>,
    pub(super) arena: &'a Arena,
    pub(super) splices: Splices<'a>,
    pub(super) changes: Changes,
    pub(super) resource: Record<'a>,
    pub(super) scope: Record<'a>,
    pub(super) metric: Record<'a>,
    pub(super) record: Record<'a>,
    /// Stands where there is no resource yet.
    nothing: Record<'a>,
}

impl<'a, 'v> Walk<'a, 'v> {
    pub(super) fn new(
        batch: &'v Batch,
        kinds: RecordKinds,
        (arena, room): (&'a Arena, Vec<Splice<'a>>),
        visit: &'v mut Visit<'v>,
    ) -> Self {
        Self {
            signal: batch.signal(),
            context: batch.context(),
            kinds,
            visit,
            arena,
            splices: Splices::new(arena, room),
            changes: Changes::default(),
            resource: Record::new(arena),
            scope: Record::new(arena),
            metric: Record::new(arena),
            record: Record::new(arena),
            nothing: Record::new(arena),
        }
    }

    /// Walks the whole request.
    pub(super) fn request(&mut self, input: &'a [u8]) {
        for field in Fields::new(input) {
            if let (1, FieldValue::Len(content)) = (field.number, field.value) {
                self.resource_group(&Node::new(0, &field, content));
            }
        }
    }

    /// Walks a `ResourceSpans`, `ResourceMetrics` or `ResourceLogs`.
    fn resource_group(&mut self, node: &Node<'a>) {
        let header = header(node.content);
        self.resource.open(Form::RESOURCE, header.map_or(&[], |field| field.value.bytes()));
        let group = Group::new(node.content);
        self.splices.open(node);
        if self.kinds.contains(RecordKind::Resource) {
            let around = Around {
                signal: self.signal,
                context: self.context,
                resource: &self.nothing,
                scope: None,
                metric: None,
                groups: (&group, None),
            };
            if (self.visit)(&mut self.resource, &around) == Verdict::Drop {
                self.count_dropped_resource(node.content);
                return self.splices.close_removed(node);
            }
        }
        put_absent(&mut self.splices, &self.resource, header, node);
        let mut children = Children::default();
        let mut fields = Fields::new(node.content);
        let below = self.kinds.intersects(RecordKinds::BELOW_RESOURCE);
        for field in fields.by_ref() {
            let FieldValue::Len(content) = field.value else { continue };
            let inner = Node::new(node.content_start, &field, content);
            match field.number {
                HEADER if header.is_some_and(|header| header.start == field.start) => {
                    put_record(&mut self.splices, &self.resource, &inner);
                }
                CHILDREN if below => children.count(self.scope_group(&inner, &group)),
                _ => {}
            }
        }
        children.end(&fields, node.content);
        if children.are_gone() {
            self.changes.dropped.resources += 1;
            self.splices.close_removed(node);
        } else {
            self.splices.close();
        }
    }

    /// Walks a `ScopeSpans`, `ScopeMetrics` or `ScopeLogs`; tells whether it stays.
    fn scope_group(&mut self, node: &Node<'a>, resource_group: &Group<'a>) -> bool {
        let header = header(node.content);
        self.scope.open(Form::SCOPE, header.map_or(&[], |field| field.value.bytes()));
        let group = Group::new(node.content);
        self.splices.open(node);
        if self.kinds.contains(RecordKind::Scope) {
            let around = Around {
                signal: self.signal,
                context: self.context,
                resource: &self.resource,
                scope: None,
                metric: None,
                groups: (resource_group, Some(&group)),
            };
            if (self.visit)(&mut self.scope, &around) == Verdict::Drop {
                self.count_dropped_scope(node.content);
                self.splices.close_removed(node);
                return false;
            }
        }
        put_absent(&mut self.splices, &self.scope, header, node);
        let mut children = Children::default();
        let mut fields = Fields::new(node.content);
        let below = self.kinds.intersects(RecordKinds::below_scope(self.signal));
        for field in fields.by_ref() {
            let FieldValue::Len(content) = field.value else { continue };
            let inner = Node::new(node.content_start, &field, content);
            match field.number {
                HEADER if header.is_some_and(|header| header.start == field.start) => {
                    put_record(&mut self.splices, &self.scope, &inner);
                }
                CHILDREN if below => {
                    children.count(self.child(&inner, (resource_group, Some(&group))));
                }
                _ => {}
            }
        }
        children.end(&fields, node.content);
        let gone = children.are_gone();
        if gone {
            self.changes.dropped.scopes += 1;
            self.splices.close_removed(node);
        } else {
            self.splices.close();
        }
        !gone
    }

    /// Visits a span, a log record, or a metric and its data points; tells whether it stays.
    #[inline]
    fn child(&mut self, node: &Node<'a>, groups: (&Group<'a>, Option<&Group<'a>>)) -> bool {
        let form = match self.signal {
            Signal::Traces => Form::SPAN,
            Signal::Logs => Form::LOG_RECORD,
            Signal::Metrics => return self.metric(node, groups),
            Signal::Profiles => return true,
        };
        self.record.open(form, node.content);
        let around = Around {
            signal: self.signal,
            context: self.context,
            resource: &self.resource,
            scope: Some(&self.scope),
            metric: None,
            groups,
        };
        let keep = (self.visit)(&mut self.record, &around) == Verdict::Keep;
        if keep {
            put_record(&mut self.splices, &self.record, node);
        } else {
            self.changes.dropped.records += 1;
            self.changes.dropped.items += 1;
            self.splices.remove(node);
        }
        keep
    }

    /// The new bytes, if anything changed, what was dropped, and the list of splices to use again.
    pub(super) fn finish(self, input: &[u8]) -> (Option<Vec<u8>>, Changes, Vec<Splice<'a>>) {
        (self.splices.apply(input), self.changes, self.splices.into_room())
    }

    fn count_dropped_resource(&mut self, content: &[u8]) {
        self.changes.dropped.resources += 1;
        for field in Fields::new(content).filter(|field| field.number == CHILDREN) {
            self.count_dropped_scope(field.value.bytes());
        }
    }

    fn count_dropped_scope(&mut self, content: &[u8]) {
        self.changes.dropped.scopes += 1;
        for field in Fields::new(content).filter(|field| field.number == CHILDREN) {
            self.changes.dropped.records += 1;
            self.changes.dropped.items += match self.signal {
                Signal::Metrics => super::metrics::points(field.value.bytes()),
                _ => 1,
            };
        }
    }
}

/// The resource or scope of a group: usually its first field.
fn header(content: &[u8]) -> Option<Field<'_>> {
    Fields::new(content)
        .find(|field| field.number == HEADER && matches!(field.value, FieldValue::Len(_)))
}

/// Writes the edits of a record that stands at `node`.
#[inline]
pub(super) fn put_record<'a>(splices: &mut Splices<'a>, record: &Record<'a>, node: &Node<'a>) {
    if record.is_changed() {
        splices.push_record(node, record);
    }
}

/// Writes splices of a message whose content starts at `base`.
#[inline]
pub(super) fn put_splices<'a>(
    splices: &mut Splices<'a>,
    of_record: impl Iterator<Item = Splice<'a>>,
    base: usize,
) {
    for Splice { start, end, new } in of_record {
        splices.push(base + start, base + end, new);
    }
}

/// Writes a resource or scope that was absent and has been edited.
fn put_absent<'a>(
    splices: &mut Splices<'a>,
    record: &Record<'a>,
    header: Option<Field<'_>>,
    group: &Node<'a>,
) {
    if header.is_none() && record.splices().next().is_some() {
        splices.push(group.content_start, group.content_start, record.to_field(HEADER));
    }
}
