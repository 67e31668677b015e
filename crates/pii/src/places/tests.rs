use super::*;
use crate::{Context, Engine, Policy};

/// What is found with all four types on, as `TYPE:text`.
fn found(text: &str) -> Vec<String> {
    let engine = Engine::new(&Policy { on: TYPES.to_vec(), ..Policy::default() }).unwrap();
    let findings = engine.scan(text.as_bytes(), &Context::default());
    let shown = |f: &crate::Finding| format!("{}:{}", engine.name(f.kind), &text[f.start..f.end]);
    findings.iter().map(shown).collect()
}

#[test]
fn two_numbers_with_four_decimals_are_a_place() {
    assert_eq!(found("at 52.52001, 13.40495 now"), ["GEO:52.52001, 13.40495"]);
    assert_eq!(found("(-33.8688,151.2093)"), ["GEO:-33.8688,151.2093"]);
    assert_eq!(found(r#"{"lat": 52.5200, "lng": -113.4049}"#), ["GEO:52.5200", "GEO:-113.4049"]);
    assert_eq!(found(r#"{\"latitude\":48.85837}"#), ["GEO:48.85837"]);
}

#[test]
fn rows_of_numbers_versions_and_what_lies_outside_of_the_world_are_no_place() {
    for text in [
        "[0.01234, -0.04567, 0.08901, 0.02345]",
        "took 12.5 s, 13.4 s",
        "99.12345, 12.12345",
        "52.5200, 213.4049",
        "version 1.2345.6789",
        r#"{"lat": 523.5200}"#,
        "1.2345 and 2.3456",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn the_name_in_a_path_is_found_and_those_of_machines_are_not() {
    assert_eq!(found("at /home/ada.l/src/main.rs:12"), ["HOME_PATH:ada.l"]);
    assert_eq!(found("open '/Users/grace/Desktop'"), ["HOME_PATH:grace"]);
    assert_eq!(found(r"C:\Users\Ada Lovelace\x.txt"), ["HOME_PATH:Ada Lovelace"]);
    assert_eq!(found(r#"{"p":"C:\\Users\\ada\\x"}"#), ["HOME_PATH:ada"]);
    for path in ["/home/runner/work", "/Users/Shared/x", r"C:\Users\Public\x", "/home/ubuntu"] {
        assert_eq!(found(path), [""; 0], "{path}");
    }
}

#[test]
fn british_postcodes_and_number_plates_are_found() {
    assert_eq!(found("to SW1A 2AA, please"), ["UK_POSTCODE:SW1A 2AA"]);
    assert_eq!(found("M1 1AE and EC1A 1BB"), ["UK_POSTCODE:M1 1AE", "UK_POSTCODE:EC1A 1BB"]);
    assert_eq!(found("a blue AB12 CDE, or BD51SMR"), ["UK_VEHICLE:AB12 CDE", "UK_VEHICLE:BD51SMR"]);
    for text in ["AB01 CDE", "SW1A 2AC", "ISO8601 2AA", "AB12 CDEF", "sw1a 2aa"] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn none_of_them_is_looked_for_by_default() {
    let engine = Engine::new(&Policy::default()).unwrap();
    let text = b"SW1A 2AA, AB12 CDE, 52.52001, 13.40495, /home/ada/x";
    assert!(engine.scan(text, &Context::default()).is_empty());
}
