//! Names and ids that several keys may give.

use pdata::AnyValue;

use super::{Source, slots::Slots};
use crate::{
    Class,
    pick::{Scalar, pick},
    table::{Field, FieldSet},
    value,
};

/// How far into an answer its id is looked for.
const ANSWER_HEAD: usize = 96;

/// Who did it, and which answer it was.
pub(super) struct Identity<'a> {
    pub(super) response_id: Option<&'a [u8]>,
    pub(super) agent_name: Option<&'a [u8]>,
    pub(super) workflow_name: Option<&'a [u8]>,
    pub(super) tool_name: Option<&'a [u8]>,
}

impl<'a> Identity<'a> {
    pub(super) fn of(
        slots: &Slots<'_, 'a>,
        class: Class,
        record: &impl Source<'a>,
        as_it_came: &mut FieldSet,
    ) -> Self {
        let mut named = |field, class_of_entity, operation: &[u8]| {
            let own = super::plain_text(slots, field, as_it_came);
            own.or_else(|| {
                if class != class_of_entity {
                    return None;
                }
                let entity = slots.text(Field::EntityName);
                entity.or_else(|| name_after(record.name(), operation))
            })
        };
        let agent_name = named(Field::AgentName, Class::Agent, b"invoke_agent ");
        let workflow_name = named(Field::WorkflowName, Class::Workflow, b"invoke_workflow ");
        let tool_name = named(Field::ToolName, Class::Tool, b"execute_tool ");
        let response_id =
            super::plain_text(slots, Field::ResponseId, as_it_came).or_else(|| match class {
                Class::Leaf => answer_id(slots.slot(Field::AnswerBody)?.value),
                _ => None,
            });
        Self { response_id, agent_name, workflow_name, tool_name }
    }
}

/// The name of a span without its operation.
fn name_after<'a>(name: &'a [u8], operation: &[u8]) -> Option<&'a [u8]> {
    value::meaningful(name.strip_prefix(operation).unwrap_or(name))
}

/// The id at the very front of an answer, `{"id":"resp_…"`.
fn answer_id(body: AnyValue<'_>) -> Option<&[u8]> {
    let text = body.as_str()?;
    let head = text.get(..ANSWER_HEAD).unwrap_or(text);
    let mut found = None;
    let mut is_first = true;
    pick(head, &mut |path, scalar| {
        if let (true, [b"id"], Scalar::Text(id)) = (is_first, path, scalar) {
            found = value::meaningful(id);
        }
        is_first = false;
    });
    found
}
