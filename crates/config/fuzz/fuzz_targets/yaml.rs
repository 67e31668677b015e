//! Any text parses or fails; what parses prints and reads back as the same data.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(value) = config::parse(text, "fuzz") else { return };
    let printed = config::to_yaml(&value);
    let back = config::parse(&printed, "printed").expect("printed YAML is valid");
    // Through text, so that not-a-number equals itself.
    assert_eq!(config::to_json(&back), config::to_json(&value));
});
