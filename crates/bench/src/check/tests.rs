use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::check;
use crate::scenario::{Content, DELETED_KEY, Edit, INSERTED_KEY, INSERTED_VALUE, Size};
use crate::spans::{Planted, Spans, text};

fn pool() -> Vec<Bytes> {
    let mut spans = Spans::new(Size::Small, Content::Words, 7);
    (0..3).map(|_| spans.request(4)).collect()
}

fn changed(request: &[u8], change: impl Fn(&mut Span)) -> Vec<u8> {
    let mut request = ExportTraceServiceRequest::decode(request).unwrap();
    request.resource_spans[0].scope_spans[0].spans.iter_mut().for_each(change);
    request.encode_to_vec()
}

fn edit(span: &mut Span) {
    span.attributes.retain(|pair| pair.key != DELETED_KEY);
    span.attributes.insert(0, text(INSERTED_KEY, INSERTED_VALUE));
}

#[test]
fn accepts_spans_as_sent_and_spans_edited_as_asked() {
    let pool = pool();
    assert_eq!(check(&pool, &pool[1], Edit::None, &Planted::new()).unwrap(), 4);
    assert_eq!(
        check(&pool, &changed(&pool[2], edit), Edit::Attributes, &Planted::new()).unwrap(),
        4
    );
    assert_eq!(check(&pool, &changed(&pool[2], edit), Edit::Any, &Planted::new()).unwrap(), 4);
}

#[test]
fn refuses_anything_else() {
    let pool = pool();
    let cases: [(&str, Vec<u8>, Edit); 6] = [
        ("not edited", pool[0].to_vec(), Edit::Attributes),
        ("edited unasked", changed(&pool[0], edit), Edit::None),
        ("a lost name", changed(&pool[0], |span| span.name.clear()), Edit::None),
        ("a strange span", changed(&pool[0], |span| span.span_id = vec![1; 8]), Edit::None),
        ("a lost kind", changed(&pool[0], |span| span.kind = 0), Edit::Any),
        ("nothing", Vec::new(), Edit::None),
    ];
    for (case, received, edit) in cases {
        assert!(check(&pool, &received, edit, &Planted::new()).is_err(), "{case}");
    }
}

#[test]
fn finds_a_planted_value_that_came_through() {
    let mut spans = Spans::new(Size::Prompt10, Content::Private, 7);
    let (pool, planted) = (vec![spans.request(4)], spans.planted());
    assert!(check(&pool, &pool[0], Edit::None, &planted).is_ok());
    let error = check(&pool, &pool[0], Edit::Redacted, &planted).unwrap_err();
    assert!(error.to_string().ends_with("came through"), "{error}");
    let bare = changed(&pool[0], |span| span.attributes.clear());
    assert_eq!(check(&pool, &bare, Edit::Redacted, &planted).unwrap(), 4);
}
