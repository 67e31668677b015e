use super::*;

fn all() -> Vec<&'static Message> {
    let mut seen: Vec<&'static Message> = Vec::new();
    let mut open = vec![&TRACES_REQUEST, &METRICS_REQUEST, &LOGS_REQUEST, &PROFILES_REQUEST];
    while let Some(message) = open.pop() {
        if seen.iter().any(|known| std::ptr::eq(*known, message)) {
            continue;
        }
        seen.push(message);
        for field in message.fields {
            if let Kind::Message(inner) = field.kind {
                open.push(inner);
            }
        }
    }
    seen
}

#[test]
fn fields_rise_by_number_and_are_found_by_number_and_by_both_names() {
    for message in all() {
        assert!(message.fields.is_sorted_by_key(|field| field.number), "{}", message.name);
        for field in message.fields {
            for found in [
                message.field(field.number),
                message.field_named(field.name),
                message.field_named(field.json),
            ] {
                assert_eq!(found.map(|found| found.number), Some(field.number), "{}", field.name);
            }
        }
        assert!(message.field(999).is_none() && message.field_named("nope").is_none());
    }
}

#[test]
fn json_names_are_the_camel_case_of_the_names() {
    for field in all().iter().flat_map(|message| message.fields) {
        let camel = field.name.split('_').enumerate().fold(String::new(), |mut out, (at, word)| {
            let (head, tail) = word.split_at(1.min(word.len()));
            out.push_str(&if at == 0 { head.to_owned() } else { head.to_uppercase() });
            out.push_str(tail);
            out
        });
        assert_eq!(field.json, camel);
    }
}

#[test]
fn a_oneof_is_never_repeated_and_enums_start_at_zero() {
    for field in all().iter().flat_map(|message| message.fields) {
        if let Kind::Enum(values) = field.kind {
            assert_eq!(
                values.values.first().map(|(_, number)| *number),
                Some(0),
                "{}",
                values.name
            );
        }
    }
}
