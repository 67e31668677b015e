//! What goes with a text, and what is asked of the visitor in between.

use std::sync::Arc;

use pdata::{
    Batch, Context, KeyValue, Signal, json,
    texts::{Edit, Level, Place, Step, Text, Visitor, edit_texts},
};

const SPANS: &str = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"host","value":{"stringValue":"x"}}]},"scopeSpans":[{"spans":[
    {"name":"first","attributes":[{"key":"a","value":{"stringValue":"x"}},{"key":"b","value":{"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"x"}]}}}],
     "events":[{"name":"e","attributes":[{"key":"c","value":{"kvlistValue":{"values":[{"key":"d","value":{"stringValue":"x"}},{"key":"k","value":{"stringValue":"y"}}]}}}]},{"name":"f"}],"status":{"message":"x"}},
    {"name":"second","status":{}}]}]}]}"#;

fn batch(signal: Signal, text: &str) -> Batch {
    let bytes = json::decode(signal, text.as_bytes()).unwrap();
    Batch::checked(signal, bytes.into(), Arc::new(Context::default())).unwrap()
}

fn shown(batch: &Batch) -> String {
    let mut text = Vec::new();
    json::encode(batch.signal(), batch.bytes(), &mut text);
    String::from_utf8(text).unwrap()
}

/// Drops at one level wherever a text is `x`.
struct Drops(Level);

impl Visitor for Drops {
    fn text(&mut self, _: &Place<'_>, text: Text<'_>, _: &mut Vec<u8>) -> Edit {
        if text == Text::Str(b"x") { Edit::Drop(self.0) } else { Edit::Keep }
    }
}

fn after_dropping(level: Level) -> String {
    let left = edit_texts(&batch(Signal::Traces, SPANS), &mut Drops(level));
    // What is left is well formed, and the counts are those of what is left.
    let checked = batch(Signal::Traces, &shown(&left));
    assert_eq!(checked.counts(), left.counts());
    shown(&left)
}

#[test]
fn a_value_goes_and_leaves_its_key() {
    assert_same(
        &after_dropping(Level::Value),
        r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"host","value":{}}]},"scopeSpans":[{"spans":[
        {"name":"first","attributes":[{"key":"a","value":{}},{"key":"b","value":{"arrayValue":{"values":[{"intValue":"1"},{}]}}}],
         "events":[{"name":"e","attributes":[{"key":"c","value":{"kvlistValue":{"values":[{"key":"d","value":{}},{"key":"k","value":{"stringValue":"y"}}]}}}]},{"name":"f"}],"status":{}},
        {"name":"second","status":{}}]}]}]}"#,
    );
}

#[test]
fn an_attribute_goes_with_its_key_and_all_in_it() {
    assert_same(
        &after_dropping(Level::Attribute),
        r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[
        {"name":"first","events":[{"name":"e"},{"name":"f"}],"status":{}},{"name":"second","status":{}}]}]}]}"#,
    );
}

#[test]
fn a_record_goes_and_its_neighbours_stay() {
    assert_same(
        &after_dropping(Level::Record),
        r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"name":"second","status":{}}]}]}]}"#,
    );
}

#[test]
fn an_event_goes_and_where_there_is_none_the_attribute() {
    assert_same(
        &after_dropping(Level::Part),
        r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[
        {"name":"first","events":[{"name":"f"}],"status":{}},{"name":"second","status":{}}]}]}]}"#,
    );
}

/// Compares JSON, whatever its white space and its empty fields.
fn assert_same(left: &str, right: &str) {
    let right = batch(Signal::Traces, right);
    assert_eq!(left, shown(&right));
}

/// Gives every key the same name.
struct Renames;

impl Visitor for Renames {
    fn text(&mut self, _: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit {
        match text {
            Text::Key(b"same" | b"same_2") => Edit::Keep,
            Text::Key(_) => {
                out.extend_from_slice(b"same");
                Edit::Replace
            }
            _ => Edit::Keep,
        }
    }
}

#[test]
fn new_keys_differ_from_each_other_and_from_those_that_were_there() {
    let logs = |keys: &[&str]| {
        let pairs =
            keys.iter().map(|key| format!(r#"{{"key":"{key}","value":{{"boolValue":true}}}}"#));
        let pairs = pairs.collect::<Vec<_>>().join(",");
        format!(
            r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{{"kvlistValue":{{"values":[{pairs}]}}}},"attributes":[{pairs}]}}]}}]}}]}}"#
        )
    };
    let renamed = edit_texts(&batch(Signal::Logs, &logs(&["a", "same_2", "b", "c"])), &mut Renames);
    let expected = batch(Signal::Logs, &logs(&["same", "same_2", "same_3", "same_4"]));
    assert_eq!(shown(&renamed), shown(&expected));
}

/// Writes down what it is asked, and answers as the key says.
#[derive(Default)]
struct Asked(Vec<String>);

impl Visitor for Asked {
    fn enter(&mut self, place: &Place<'_>, content: &[u8], out: &mut Vec<u8>) -> Step {
        self.0.push(format!("enter {}", place.message().name));
        match (place.message().name, content.windows(6).any(|part| part == b"second")) {
            ("Event", _) => Step::Keep,
            ("Span", true) => {
                pdata::wire::put_len(out, 5, b"new");
                Step::Replace
            }
            _ => Step::Into,
        }
    }

    fn attribute(&mut self, place: &Place<'_>, pair: KeyValue<'_>, out: &mut Vec<u8>) -> Step {
        assert_eq!(place.attribute_key(), pair.key);
        match pair.key {
            b"a" => {
                pdata::AnyValue::Int(7).write(out);
                Step::Replace
            }
            b"b" => Step::Drop,
            _ => Step::Into,
        }
    }

    fn text(&mut self, place: &Place<'_>, text: Text<'_>, _: &mut Vec<u8>) -> Edit {
        let field = place.field().map_or("", |field| field.name);
        self.0.push(format!("{}.{field} {text:?}", place.message().name));
        Edit::Keep
    }

    fn leave(&mut self, place: &Place<'_>, out: &mut Vec<u8>) {
        if place.message().name == "Status" {
            pdata::wire::put_len(out, 2, b"y");
        }
    }
}

#[test]
fn a_visitor_may_step_over_replace_drop_and_add() {
    let mut asked = Asked::default();
    let left = edit_texts(&batch(Signal::Traces, SPANS), &mut asked);
    assert_same(
        &shown(&left),
        r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"host","value":{"stringValue":"x"}}]},"scopeSpans":[{"spans":[
        {"name":"first","attributes":[{"key":"a","value":{"intValue":"7"}}],
         "events":[{"name":"e","attributes":[{"key":"c","value":{"kvlistValue":{"values":[{"key":"d","value":{"stringValue":"x"}},{"key":"k","value":{"stringValue":"y"}}]}}}]},{"name":"f"}],"status":{"message":"y"}},
        {"name":"new","status":{}}]}]}]}"#,
    );
    let texts: Vec<_> = asked.0.iter().filter(|asked| !asked.starts_with("enter")).collect();
    let told = |key: &str| texts.iter().filter(|text| text.contains(key)).count();
    assert_eq!(told("Resource.attributes Key"), 1);
    assert_eq!(told("Span.name"), 1, "the second was replaced as a whole");
    assert_eq!(told("Event."), 0, "events were stepped over");
}

#[test]
fn a_number_becomes_text_when_it_is_replaced() {
    struct Numbers;
    impl Visitor for Numbers {
        fn text(&mut self, _: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit {
            match text {
                Text::Int(_) | Text::Double(_) => {
                    out.extend_from_slice(b"n");
                    Edit::Replace
                }
                _ => Edit::Keep,
            }
        }
    }
    let logs = |number: &str, double: &str| {
        batch(
            Signal::Logs,
            &format!(
                r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"timeUnixNano":"5","body":{number},"attributes":[{{"key":"d","value":{double}}}]}}]}}]}}]}}"#
            ),
        )
    };
    let left = edit_texts(&logs(r#"{"intValue":"41"}"#, r#"{"doubleValue":1.5}"#), &mut Numbers);
    let text = r#"{"stringValue":"n"}"#;
    assert_eq!(shown(&left), shown(&logs(text, text)));
}

#[test]
fn what_points_into_a_table_still_finds_its_place() {
    struct Empties;
    impl Visitor for Empties {
        fn text(&mut self, _: &Place<'_>, text: Text<'_>, _: &mut Vec<u8>) -> Edit {
            if text == Text::Str(b"x") { Edit::Drop(Level::Record) } else { Edit::Keep }
        }
    }
    let profiles = |table: &str| {
        batch(
            Signal::Profiles,
            &format!(r#"{{"resourceProfiles":[],"dictionary":{{"stringTable":{table}}}}}"#),
        )
    };
    let left = edit_texts(&profiles(r#"["","x","y"]"#), &mut Empties);
    assert_eq!(shown(&left), shown(&profiles(r#"["","","y"]"#)));
}
