//! No text of OTLP is forgotten: a secret in each of them, one by one, by the schema table.

use std::sync::Arc;

use pdata::{
    Context,
    schema::{Field, Kind, Message},
    wire,
};
use sdk::{Batch, Signal};

use super::*;

/// The fields from the request down to one that carries text or a number that is an attribute's value.
type Path = Vec<&'static Field>;

/// Every such path on which no message type stands more than twice.
fn paths(message: &'static Message, path: &mut Path, found: &mut Vec<Path>) {
    for field in message.fields {
        path.push(field);
        match field.kind {
            Kind::String | Kind::Bytes => found.push(path.clone()),
            Kind::Message(inner) if times(path, inner) <= 2 => paths(inner, path, found),
            _ => {}
        }
        path.pop();
    }
}

fn times(path: &Path, message: &'static Message) -> usize {
    let is = |field: &&&Field| matches!(field.kind, Kind::Message(inner) if std::ptr::eq(inner, message));
    path.iter().filter(is).count()
}

fn plant(signal: Signal, path: &Path, secret: &str) -> Batch {
    let bytes = path.iter().rev().fold(secret.as_bytes().to_vec(), |content, field| {
        let mut out = Vec::new();
        wire::put_len(&mut out, field.number, &content);
        out
    });
    Batch::checked(signal, bytes.into(), Arc::new(Context::default())).unwrap()
}

fn name(path: &Path) -> String {
    path.iter().map(|field| field.name).collect::<Vec<_>>().join(".")
}

#[test]
fn a_secret_in_any_field_of_any_signal_is_gone() {
    let rig = Rig::new(QUIET);
    let secrets = [
        "jane.doe@example.org",
        "4111 1111 1111 1111",
        "AKIAQYLPMN5HHHFPZAM2",
        "postgres://app:hunter2secret@db.internal/x",
    ];
    let mut count = 0;
    for signal in Signal::ALL {
        let mut found = Vec::new();
        paths(signal.schema(), &mut Vec::new(), &mut found);
        assert!(found.len() > 20, "{signal}");
        for path in found {
            for secret in secrets {
                let batch = plant(signal, &path, secret);
                let left = rig.redact(&batch);
                let shown = if secret.contains("hunter2") { "hunter2secret" } else { secret };
                assert!(!is_in(&left, shown), "{secret} in {}", name(&path));
                count += 1;
            }
            let clean = plant(signal, &path, "checkout.cart");
            let left = rig.redact(&clean);
            assert_eq!(left.bytes().as_ptr(), clean.bytes().as_ptr(), "{}", name(&path));
        }
    }
    assert!(count > 800, "{count}");
}

#[test]
fn the_paths_lead_to_where_others_do_not_look() {
    let mut found = Vec::new();
    for signal in Signal::ALL {
        paths(signal.schema(), &mut Vec::new(), &mut found);
    }
    let names: Vec<_> = found.iter().map(name).collect();
    for end in [
        "spans.links.attributes.value.array_value.values.string_value",
        "spans.links.trace_state",
        "spans.status.message",
        "spans.events.name",
        "exponential_histogram.data_points.exemplars.filtered_attributes.key",
        "metrics.description",
        "metrics.unit",
        "scope.version",
        "resource.entity_refs.id_keys",
        "log_records.event_name",
        "log_records.body.kvlist_value.values.key",
        "dictionary.string_table",
        "profiles.original_payload",
    ] {
        assert!(names.iter().any(|name| name.ends_with(end)), "{end}");
    }
}

#[test]
fn ids_and_times_stay_to_the_last_byte() {
    let rig = Rig::new(QUIET);
    // 16 bytes that are the digits of a card, and a time that passes Luhn's check.
    let card: String = b"4111111111111111".iter().map(|byte| format!("{byte:02x}")).collect();
    let span = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{card}","spanId":"3431313131313131","startTimeUnixNano":"1763990400000000000",
        "name":"GET /users/{{id}}","attributes":[{{"key":"gen_ai.response.id","value":{{"stringValue":"chatcmpl-4111111111111111"}}}},
        {{"key":"session.id","value":{{"stringValue":"550e8400-e29b-41d4-a716-446655440000"}}}},
        {{"key":"gen_ai.usage.input_tokens","value":{{"intValue":"411111111"}}}},
        {{"key":"build","value":{{"stringValue":"hosted-eu-20260812-09"}}}},
        {{"key":"commit","value":{{"stringValue":"ea6606149ce0360658ea6606149ce0360658ea66"}}}}]}}]}}]}}]}}"#
    );
    let batch = traces(&span);
    let left = rig.processor.redact(&batch);
    assert_eq!(left.bytes().as_ptr(), batch.bytes().as_ptr());
}
