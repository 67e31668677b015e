//! A short run of what the fuzz targets do.

use pdata::{AnyValue, wire};
use proptest::prelude::*;

use super::*;
use crate::table::Row;

#[test]
fn odd_tables_of_prices_do_no_harm() {
    for table in [
        &b""[..],
        b"[]",
        b"{}",
        b"[{}]",
        b"{\"a\":{\"input_cost_per_token\":1e308,\"output_cost_per_token\":1e308}}",
        b"{\"a\":{\"input_cost_per_token_above_99999999999999999999k_tokens\":1}}",
        b"{\"a\":{\"input_cost_per_token\":1,\"input_cost_per_token_above_1k_tokens\":null}}",
        b"[{\"id\":\"\",\"models\":[]}]",
        b"\xff\xfe",
    ] {
        load_any_table(table);
    }
}

/// A known key or any other, with any value.
fn any_attribute() -> impl Strategy<Value = (String, Vec<u8>)> {
    let rows: Vec<&'static Row> = SHEETS.iter().flat_map(|sheet| sheet.rows).collect();
    let known = prop::sample::select(rows).prop_map(|row| row.key.to_owned());
    let indexed = "(gen_ai.prompt|llm.output_messages.[0-9]).[0-9].(message.)?(content|role)";
    let key = prop_oneof![8 => known, 1 => indexed, 1 => "[a-z.]{0,12}"];
    let value = prop_oneof![
        any::<i64>().prop_map(|number| encoded(AnyValue::Int(number))),
        (0i64..5000).prop_map(|number| encoded(AnyValue::Int(number))),
        any::<f64>().prop_map(|number| encoded(AnyValue::Double(number))),
        any::<bool>().prop_map(|flag| encoded(AnyValue::Bool(flag))),
        "[ -~]{0,40}".prop_map(|text| encoded(AnyValue::Str(text.as_bytes()))),
        "\\{\"(input|prompt_tokens|total|cache_read_input_tokens)\":[0-9]{1,6},\"output\":[0-9]{1,4}\\}"
            .prop_map(|text| encoded(AnyValue::Str(text.as_bytes()))),
        "(chat|LLM|generation|llm|None|-1|true|invoke_agent|claude-sonnet-4-5|anthropic)"
            .prop_map(|text| encoded(AnyValue::Str(text.as_bytes()))),
        prop::collection::vec(any::<u8>(), 0..20),
    ];
    (key, value)
}

fn encoded(value: AnyValue<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    value.write(&mut out);
    out
}

proptest! {
    #[test]
    fn records_of_known_keys_make_sense(
        scope in any::<u8>(),
        attributes in prop::collection::vec(any_attribute(), 0..20),
    ) {
        // As a span and as a log record: attributes are field 9 of one and 6 of the other.
        for number in [9, 6] {
            let mut input = vec![scope];
            for (key, value) in &attributes {
                wire::put_message(&mut input, number, |out| {
                    wire::put_len(out, 1, key.as_bytes());
                    wire::put_len(out, 2, value);
                });
            }
            read_anything(&input);
        }
    }

    #[test]
    fn any_bytes_are_read_without_harm(input in prop::collection::vec(any::<u8>(), 0..300)) {
        read_anything(&input);
    }
}
