use super::{ATTRIBUTES, FIELDS, Fact, Field, Grain, Kind, is_identity};

#[test]
fn every_field_has_one_row_and_one_name() {
    for (at, row) in FIELDS.iter().enumerate() {
        assert_eq!(row.field as usize, at, "{} stands in another place", row.name);
        assert_eq!(Field::of(row.name), Some(row.field));
        assert_eq!(row.field.name(), row.name);
        assert!(row.grains().count() > 0, "{} is nowhere", row.name);
        assert!(!ATTRIBUTES.contains(&row.name), "{} is an attribute too", row.name);
    }
    assert_eq!(FIELDS.len(), Field::SpanName as usize + 1);
}

#[test]
fn attributes_are_sorted_and_lower_case() {
    assert!(ATTRIBUTES.is_sorted());
    assert!(ATTRIBUTES.iter().all(|key| key.contains('.') && *key == key.to_lowercase()));
}

#[test]
fn grains_are_found_by_their_names() {
    for grain in Grain::ALL {
        assert_eq!(Grain::of(grain.name()), Some(grain));
    }
    assert_eq!(Grain::of("trace"), None);
}

#[test]
fn ids_people_and_contents_make_no_groups() {
    for key in [
        "gen_ai.conversation.id",
        "trace_id",
        "attributes.tenant_id",
        "user.name",
        "enduser.role",
        "gen_ai.tool.call.arguments",
        "client.address",
    ] {
        assert!(is_identity(key), "{key}");
    }
    for key in ["gen_ai.request.model", "service.name", "gen_ai.tool.name", "attributes.userland"] {
        assert!(!is_identity(key), "{key}");
    }
}

#[test]
fn the_readable_numbers_are_numbers() {
    assert_eq!(Fact::Nanos(1_500_000_000).number(), Some(1.5));
    assert_eq!(Fact::Float(f64::NAN).number(), None);
    assert_eq!(Fact::Text(b"1").number(), None);
    assert!(FIELDS.iter().any(|row| row.kind == Kind::Texts));
}

/// The table of the documentation is written from [`FIELDS`]; where it differs, the test prints it.
#[test]
fn the_documentation_shows_every_field() {
    let row = |row: &super::Row| {
        let grains = row.grains().map(|grain| format!("`{grain}`")).collect::<Vec<_>>().join(" ");
        let kind = match row.kind {
            Kind::Bool => "yes or no",
            Kind::Number(unit) => unit.name(),
            Kind::Text => "a text",
            Kind::Texts => "texts; one has to fit",
        };
        format!("| `{}` | {kind} | {grains} | {} |\n", row.name, row.meaning)
    };
    let table: String = FIELDS.iter().map(row).collect();
    assert!(include_str!("../../../../docs/slo.md").contains(&table), "\n{table}");
}
