use std::collections::HashSet;

use clap::ValueEnum;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::Spans;
use crate::scenario::{Content, DELETED_KEY, INSERTED_KEY, Size};

fn decode(request: &[u8]) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(request).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

#[test]
fn makes_spans_whose_median_size_is_within_five_percent_of_the_aim() {
    for &size in Size::value_variants() {
        let mut lengths: Vec<usize> = decode(&Spans::new(size, Content::Words, 7).request(1_001))
            .iter()
            .map(Span::encoded_len)
            .collect();
        lengths.sort_unstable();
        let (median, aim) = (lengths[500], size.span_bytes());
        assert!(median.abs_diff(aim) * 20 <= aim, "{size}: median {median}, aim {aim}");
    }
}

#[test]
fn gives_every_span_the_attribute_to_delete_and_not_the_one_to_insert() {
    for span in decode(&Spans::new(Size::Prompt2, Content::Words, 7).request(50)) {
        let keys: HashSet<&str> = span.attributes.iter().map(|pair| pair.key.as_str()).collect();
        assert_eq!(keys.len(), 14);
        assert!(keys.contains(DELETED_KEY) && !keys.contains(INSERTED_KEY));
    }
    assert_eq!(
        decode(&Spans::new(Size::Small, Content::Words, 7).request(1))[0].attributes.len(),
        13
    );
}

#[test]
fn makes_new_ids_for_every_span_and_the_same_ones_for_the_same_seed() {
    let mut spans = Spans::new(Size::Small, Content::Words, 7);
    let (first, second) = (spans.request(100), spans.request(100));
    let ids: HashSet<Vec<u8>> =
        [decode(&first), decode(&second)].concat().into_iter().map(|span| span.span_id).collect();
    assert_eq!(ids.len(), 200);
    assert_eq!(Spans::new(Size::Small, Content::Words, 7).request(100), first);
}

/// The prompt of each span, in the order of the spans.
fn prompts(spans: &[Span]) -> Vec<String> {
    let value = |span: &Span| {
        let pair = span.attributes.iter().find(|pair| pair.key == "gen_ai.input.messages");
        match pair.unwrap().value.clone().unwrap().value.unwrap() {
            Value::StringValue(text) => text,
            other => panic!("{other:?}"),
        }
    };
    spans.iter().map(value).collect()
}

#[test]
fn no_prompt_of_chats_comes_twice_and_its_size_is_as_asked() {
    for (content, size) in [(Content::Clean, Size::Prompt2), (Content::Private, Size::Prompt10)] {
        let mut prompts = prompts(&decode(&Spans::new(size, content, 7).request(1_001)));
        assert_eq!(prompts.iter().collect::<HashSet<_>>().len(), prompts.len());
        prompts.sort_by_key(String::len);
        let (median, aim) = (prompts[500].len(), size.prompt_bytes());
        assert!(median.abs_diff(aim) * 10 <= aim, "{size}: median {median}, aim {aim}");
    }
}

#[test]
fn a_run_repeats_what_was_said_before_and_begins_anew_with_the_next() {
    let mut spans = Spans::new(Size::Prompt2, Content::History, 7);
    let made = decode(&spans.request(40));
    let prompts = prompts(&made);
    for (at, pair) in prompts.windows(2).enumerate() {
        let repeats = pair[1].starts_with(pair[0].trim_end_matches(']'));
        let same_run = made[at].trace_id == made[at + 1].trace_id;
        assert_eq!(repeats, same_run, "{at}");
        serde_json::from_str::<serde_json::Value>(&pair[1]).unwrap();
    }
    let mean = prompts.iter().map(String::len).sum::<usize>() / prompts.len();
    assert!((1_500..2_700).contains(&mean), "{mean}");
    assert!(!spans.planted().is_empty());
}

#[test]
fn every_second_small_span_has_a_mail_address_where_there_is_private_data() {
    let mut spans = Spans::new(Size::Small, Content::Private, 7);
    spans.request(1_000);
    assert!((400..600).contains(&spans.planted().len()));
    let mut spans = Spans::new(Size::Small, Content::Clean, 7);
    spans.request(100);
    assert!(spans.planted().is_empty());
}
