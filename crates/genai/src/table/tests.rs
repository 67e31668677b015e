//! The tables hold what the code expects of them.

use std::collections::HashSet;

use super::*;
use crate::{Class, ScopeDialect};

#[test]
fn sheets_stand_in_the_order_of_the_dialects() {
    let dialects: Vec<Dialect> = SHEETS.iter().map(|sheet| sheet.dialect).collect();
    assert_eq!(dialects, Dialect::ALL);
    assert!(Dialect::ALL.iter().all(|dialect| sheet(*dialect).dialect == *dialect));
    assert!(Field::ALL.len() <= 64, "a set of fields has 64 bits");
}

#[test]
fn no_sheet_names_a_key_twice() {
    for sheet in SHEETS {
        let mut seen = HashSet::new();
        for row in sheet.rows {
            assert!(seen.insert(row.key), "{}: {} twice", sheet.dialect.name(), row.key);
        }
        assert!(sheet.rows.len() < 256 && sheet.inclusion.len() <= 16);
        assert!(!sheet.notes.is_empty(), "{}: no notes", sheet.dialect.name());
    }
}

#[test]
fn every_key_is_found_and_others_are_not() {
    for row in SHEETS.iter().flat_map(|sheet| sheet.rows) {
        let entry = index().find(row.key.as_bytes()).unwrap();
        assert!(entry.meanings.iter().any(|meaning| meaning.row.key == row.key));
    }
    for key in ["", "a", "gen_ai.", "gen_ai.usage.input_token", "gen_ai.usage.input_tokens2"] {
        assert!(index().find(key.as_bytes()).is_none(), "{key}");
    }
}

#[test]
fn kinds_and_calls_have_names() {
    for sheet in SHEETS {
        let all = [sheet.kinds, sheet.spans, sheet.events].concat();
        for named in all {
            let named_well = named.class == Class::Other || !named.operation.is_empty();
            assert!(named_well, "{}: {}", sheet.dialect.name(), named.word);
        }
        let has_kind = sheet.rows.iter().any(|row| row.field == Field::Kind);
        assert_eq!(has_kind, !sheet.kinds.is_empty(), "{}", sheet.dialect.name());
    }
}

#[test]
fn every_scope_leads_to_its_dialect() {
    for sheet in SHEETS {
        for pattern in sheet.scopes {
            let name = match *pattern {
                "opentelemetry.instrumentation.*" => {
                    "opentelemetry.instrumentation.openai.v1".into()
                }
                pattern => pattern.replace('*', "x"),
            };
            let found = ScopeDialect::of(name.as_bytes(), b"").dialect();
            assert_eq!(found, Some(sheet.dialect), "{name}");
        }
    }
}

#[test]
fn the_document_for_users_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/dialects.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == markdown(),
        "docs/dialects.md is old: cargo run -p genai --example dialects > docs/dialects.md"
    );
}
