use std::collections::BTreeMap;

use config::{Kind, Map, Value};
use sdk::{ComponentKind, Id, Signal};

use super::{Kept, Print, Prints, Wiring};

/// Components as `kind id`, each with what its settings say.
fn prints(all: &[(&str, &str)]) -> Prints {
    let print = |(what, says): &(&str, &str)| {
        let (kind, id) = what.split_once(' ').unwrap();
        let settings = says.split_whitespace().map(|word| Kind::String(word.to_owned()).into());
        let mut map = Map::new();
        map.insert("says".into(), Kind::Seq(settings.collect()).into());
        let print = Print {
            name: "fake",
            settings: Some(Value::from(Kind::Map(map))),
            files: BTreeMap::new(),
            wiring: Wiring::Any,
        };
        ((kind_of(kind), id.parse::<Id>().unwrap()), print)
    };
    Prints(all.iter().map(print).collect())
}

fn kind_of(word: &str) -> ComponentKind {
    match word {
        "receiver" => ComponentKind::Receiver,
        "processor" => ComponentKind::Processor,
        "exporter" => ComponentKind::Exporter,
        "connector" => ComponentKind::Connector,
        _ => ComponentKind::Extension,
    }
}

fn names(kept: &Kept) -> Vec<String> {
    kept.kept.iter().map(|(kind, id)| format!("{kind} {id}")).collect()
}

#[test]
fn what_is_as_it_was_goes_on() {
    let old = prints(&[("receiver otlp", "a"), ("exporter debug", "b"), ("processor batch", "")]);
    let new = prints(&[("receiver otlp", "a"), ("exporter debug", "c"), ("processor tag", "")]);
    assert_eq!(names(&old.kept(&old)), ["receiver otlp", "processor batch", "exporter debug"]);
    assert_eq!(names(&old.kept(&new)), ["receiver otlp"]);
}

#[test]
fn what_uses_an_extension_ends_with_it() {
    let all = |auth| {
        prints(&[
            ("extension oidc", auth),
            ("extension health", "oidc"),
            ("extension zpages", ""),
            ("receiver otlp", "oidc"),
            ("receiver otlp/2", ""),
        ])
    };
    let kept = all("a").kept(&all("b"));
    assert_eq!(names(&kept), ["receiver otlp/2", "extension zpages"]);
    // Who is used does not end with who uses it.
    let kept = all("a").kept(&prints(&[("extension oidc", "a"), ("receiver otlp", "c")]));
    assert_eq!(names(&kept), ["extension oidc"]);
}

#[test]
fn those_that_share_state_end_together_and_it_ends_with_them() {
    let all = |slo| {
        prints(&[
            ("processor agent_runs", ""),
            ("processor slo", slo),
            ("connector slo", ""),
            ("processor batch", ""),
            ("exporter slo", ""),
        ])
    };
    let kept = all("agent_runs").kept(&all("agent_runs more"));
    assert_eq!(names(&kept), ["processor batch", "exporter slo"]);
    let ended: Vec<_> = kept.ended().iter().map(ToString::to_string).collect();
    assert_eq!(ended, ["agent_runs", "slo"]);
}

#[test]
fn another_wiring_or_another_file_is_another_component() {
    let old = prints(&[("receiver otlp", "a")]);
    let key = old.0.keys().next().unwrap().clone();
    let mut wired = old.clone();
    wired.0.get_mut(&key).unwrap().wiring = Wiring::Signals(vec![Signal::Logs]);
    assert!(names(&old.kept(&wired)).is_empty());
    let mut written = old.clone();
    written.0.get_mut(&key).unwrap().files.insert("key.pem".to_owned(), None);
    assert!(names(&old.kept(&written)).is_empty());
    // What cannot be told is never taken for the same.
    let mut unknown = old;
    unknown.0.get_mut(&key).unwrap().settings = None;
    assert!(names(&unknown.kept(&unknown)).is_empty());
}
