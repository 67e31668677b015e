//! Metrics: one level more, since data points stand inside the gauge, sum or histogram of a metric.

use smallvec::SmallVec;

use super::{
    Around, Group,
    splices::{Node, Splices},
    walk::{Children, Walk, put_record, put_splices},
};
use crate::{
    RecordKind, RecordKinds, Verdict,
    record::{Form, Splice},
    schema::{Kind, METRIC, Rule},
    wire::{FieldValue, Fields},
};

/// The data points in a gauge, sum, histogram, exponential histogram or summary.
const DATA_POINTS: u32 = 1;

/// How many data points the fields of a metric hold.
pub(super) fn points(metric: &[u8]) -> usize {
    Fields::new(metric)
        .filter(|field| is_data(field.number))
        .flat_map(|field| Fields::new(field.value.bytes()))
        .filter(|field| field.number == DATA_POINTS)
        .count()
}

/// Whether a field of a metric holds data points.
fn is_data(number: u32) -> bool {
    METRIC.field(number).is_some_and(|field| field.rule == Rule::OneOf)
}

/// What the data points in that field of a metric are opened as.
fn point_form(number: u32) -> Option<Form> {
    let Kind::Message(data) = METRIC.field(number)?.kind else { return None };
    let Kind::Message(point) = data.field(DATA_POINTS)?.kind else { return None };
    Some(Form::of(RecordKind::DataPoint, point))
}

impl<'a> Walk<'a, '_> {
    /// Visits a metric and its data points; tells whether it stays.
    pub(super) fn metric(
        &mut self,
        node: &Node<'a>,
        groups: (&Group<'a>, Option<&Group<'a>>),
    ) -> bool {
        self.metric.open(Form::METRIC, node.content);
        if self.kinds.contains(RecordKind::Metric) && !self.visit_metric(node, groups) {
            self.splices.remove(node);
            return false;
        }
        if !self.kinds.intersects(RecordKinds::DATA_POINT) {
            put_record(&mut self.splices, &self.metric, node);
            return true;
        }
        let mut children = Children::default();
        self.points_brought_by_edits(&mut children, groups);
        self.splices.open(node);
        let changes: SmallVec<[Splice<'a>; 4]> = self.metric.splices().collect();
        let mut changes = changes.into_iter().peekable();
        for field in Fields::new(node.content) {
            let FieldValue::Len(content) = field.value else { continue };
            if !is_data(field.number) || self.metric.is_edited_at(field.start) {
                continue;
            }
            let before = std::iter::from_fn(|| changes.next_if(|next| next.start < field.start));
            put_splices(&mut self.splices, before, node.content_start);
            let inner = Node::new(node.content_start, &field, content);
            self.data_points(&inner, &mut children, groups);
        }
        put_splices(&mut self.splices, changes, node.content_start);
        if children.are_gone() {
            self.changes.dropped.records += 1;
            self.splices.close_removed(node);
            return false;
        }
        self.splices.close();
        true
    }

    /// Visits the metric itself; tells whether it stays.
    fn visit_metric(&mut self, node: &Node<'a>, groups: (&Group<'a>, Option<&Group<'a>>)) -> bool {
        let around = Around {
            signal: self.signal,
            context: self.context,
            resource: &self.resource,
            scope: Some(&self.scope),
            metric: None,
            groups,
        };
        if (self.visit)(&mut self.metric, &around) == Verdict::Drop {
            self.changes.dropped.records += 1;
            self.changes.dropped.items += points(node.content);
            return false;
        }
        if self.metric.edited_fields().any(|(_, number, _)| is_data(number)) {
            let now = self.metric.fields().filter(|(number, _)| is_data(*number));
            let now: usize = now.map(|(_, whole)| points(whole)).sum();
            self.changes.uncounted = true;
            self.changes.dropped.items += points(node.content).saturating_sub(now);
        }
        true
    }

    /// Visits the data points in a gauge, sum or histogram.
    fn data_points(
        &mut self,
        node: &Node<'a>,
        children: &mut Children,
        groups: (&Group<'a>, Option<&Group<'a>>),
    ) {
        let Some(form) = point_form(node.number) else { return };
        self.splices.open(node);
        let mut fields = Fields::new(node.content);
        for field in fields.by_ref() {
            let (DATA_POINTS, FieldValue::Len(content)) = (field.number, field.value) else {
                continue;
            };
            let point = Node::new(node.content_start, &field, content);
            self.record.open(form, content);
            let around = Around {
                signal: self.signal,
                context: self.context,
                resource: &self.resource,
                scope: Some(&self.scope),
                metric: Some(&self.metric),
                groups,
            };
            let keep = (self.visit)(&mut self.record, &around) == Verdict::Keep;
            if keep {
                put_record(&mut self.splices, &self.record, &point);
            } else {
                self.changes.dropped.items += 1;
                self.splices.remove(&point);
            }
            children.count(keep);
        }
        children.end(&fields, node.content);
        self.splices.close();
    }

    /// Visits the data points that an edit of the metric itself brought. They are no part of the
    /// input, so they are written on their own and put back into the metric.
    fn points_brought_by_edits(
        &mut self,
        children: &mut Children,
        groups: (&Group<'a>, Option<&Group<'a>>),
    ) {
        let edited: SmallVec<[(usize, &'a [u8]); 2]> = self
            .metric
            .edited_fields()
            .filter(|(_, number, _)| is_data(*number))
            .map(|(at, _, whole)| (at, whole))
            .collect();
        for (at, whole) in edited {
            let Some(field) = Fields::new(whole).next() else { continue };
            let outer = std::mem::replace(&mut self.splices, Splices::new(self.arena, Vec::new()));
            let node = Node::new(0, &field, field.value.bytes());
            self.data_points(&node, children, groups);
            let inner = std::mem::replace(&mut self.splices, outer);
            if let Some(bytes) = inner.apply(whole) {
                self.metric.replace_field(at, self.arena.copy(&bytes));
            }
        }
    }
}
