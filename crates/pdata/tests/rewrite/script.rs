//! Edits as data, and what they do to a record.

use opentelemetry_proto::tonic::common::v1::AnyValue;
use pdata::{Around, Batch, Record, RecordKind, RecordKinds, Rewritten, Verdict, rewrite};
use prost::Message as _;

#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Set(String, AnyValue),
    Insert(String, AnyValue),
    Update(String, AnyValue),
    Remove(String),
    /// Keeps attributes whose key is no longer than this.
    RetainShort(usize),
    Rename(String, String),
    Name(String),
    Start(u64),
    Body(AnyValue),
    Severity(i32),
    Status(i32),
    /// The value of a number data point.
    Integer(i64),
    Drop,
    /// The edit made to each span event or exemplar.
    Children(Box<Self>),
}

/// An edit of the kinds listed, made on each `every`th record visited.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) kinds: Vec<RecordKind>,
    pub(crate) edit: Edit,
    pub(crate) every: usize,
    pub(crate) at: usize,
}

impl Stage {
    pub(crate) fn is_for(&self, kind: RecordKind, visited: usize) -> bool {
        self.kinds.contains(&kind) && visited % self.every == self.at
    }
}

/// The kinds that any stage wants.
pub(crate) fn kinds(script: &[Stage]) -> RecordKinds {
    let kinds = script.iter().flat_map(|stage| &stage.kinds);
    kinds.fold(RecordKinds::NONE, |all, kind| all | RecordKinds::only(*kind))
}

/// Runs all stages in one walk.
pub(crate) fn run(batch: &Batch, script: &[Stage]) -> Rewritten {
    let mut visited = 0;
    rewrite(batch, kinds(script), &mut |record: &mut Record<'_>, _: &Around<'_, '_>| {
        let at = visited;
        visited += 1;
        let kind = record.kind();
        for stage in script.iter().filter(|stage| stage.is_for(kind, at)) {
            if apply(&stage.edit, record) == Verdict::Drop {
                return Verdict::Drop;
            }
        }
        Verdict::Keep
    })
}

fn apply(edit: &Edit, record: &mut Record<'_>) -> Verdict {
    let kind = record.kind();
    match edit {
        Edit::Set(key, value) => {
            record.attributes_mut().set(key.as_bytes(), pdata::AnyValue::read(&wire(value)));
        }
        Edit::Insert(key, value) => {
            let absent = !record.attributes().contains(key.as_bytes());
            let value = wire(value);
            let inserted =
                record.attributes_mut().insert(key.as_bytes(), pdata::AnyValue::read(&value));
            assert_eq!(absent, inserted);
        }
        Edit::Update(key, value) => {
            let present = record.attributes().get(key.as_bytes()).is_some();
            let value = wire(value);
            let updated =
                record.attributes_mut().update(key.as_bytes(), pdata::AnyValue::read(&value));
            assert_eq!(present, updated);
        }
        Edit::Remove(key) => {
            let present = record.attributes().contains(key.as_bytes());
            assert_eq!(present, record.attributes_mut().remove(key.as_bytes()));
        }
        Edit::RetainShort(length) => {
            record.attributes_mut().retain(|key, _| key.len() <= *length);
            assert!(record.attributes().iter().all(|pair| pair.key.len() <= *length));
        }
        Edit::Rename(from, to) => {
            let present = record.attributes().contains(from.as_bytes());
            let renamed = record.attributes_mut().rename(from.as_bytes(), to.as_bytes());
            assert_eq!(present, renamed);
        }
        Edit::Name(name) => record.set_name(name.as_bytes()),
        Edit::Start(time) => record.set_start_time_unix_nano(*time),
        Edit::Body(value) => record.set_body(pdata::AnyValue::read(&wire(value))),
        Edit::Severity(severity) => record.set_severity_number(u64::from(severity.unsigned_abs())),
        Edit::Status(code) => record.set_status_code(u64::from(code.unsigned_abs())),
        Edit::Integer(value) => {
            if kind == RecordKind::DataPoint && record.schema().name == "NumberDataPoint" {
                record.set_number(6, value.cast_unsigned());
            }
        }
        Edit::Drop => return Verdict::Drop,
        Edit::Children(edit) => {
            let number = match kind {
                RecordKind::Span => 11,
                RecordKind::DataPoint => {
                    record.schema().field_named("exemplars").map_or(0, |field| field.number)
                }
                _ => 0,
            };
            record.edit_children(number, |child| apply(edit, child));
        }
    }
    Verdict::Keep
}

fn wire(value: &AnyValue) -> Vec<u8> {
    value.encode_to_vec()
}
