use opentelemetry_proto::tonic::common::v1 as proto;
use prost::Message as _;

use super::*;

#[test]
fn every_kind_of_value_is_written_as_prost_writes_it_and_read_back() {
    let text = "grüße".as_bytes();
    let mut list = Vec::new();
    wire::put_message(&mut list, 1, |out| AnyValue::Int(-3).write(out));
    let mut map = Vec::new();
    wire::put_message(&mut map, 1, |out| KeyValue::write(b"k", AnyValue::Bool(true), out));
    for value in [
        AnyValue::Empty,
        AnyValue::Str(text),
        AnyValue::Bool(true),
        AnyValue::Int(i64::MIN),
        AnyValue::Double(-0.5),
        AnyValue::Array(Array(&list)),
        AnyValue::KvList(KvList(&map)),
        AnyValue::Bytes(&[0, 255]),
    ] {
        let mut out = Vec::new();
        value.write(&mut out);
        assert_eq!(proto::AnyValue::decode(&*out).unwrap().encode_to_vec(), out);
        assert_eq!(AnyValue::read(&out), value);
    }
    assert_eq!(Array(&list).iter().collect::<Vec<_>>(), [AnyValue::Int(-3)]);
    assert_eq!(KvList(&map).get(b"k"), Some(AnyValue::Bool(true)));
}
