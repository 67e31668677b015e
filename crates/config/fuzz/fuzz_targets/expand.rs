//! Any document with any two variables resolves or fails, within the limits.
#![no_main]

use config::{EnvProvider, Resolver, YamlProvider};

libfuzzer_sys::fuzz_target!(|input: (&str, String, String)| {
    let (document, a, b) = input;
    let env = EnvProvider::new(move |name| match name {
        "A" => Some(a.clone()),
        "B" => Some(b.clone()),
        _ => None,
    });
    let resolver = Resolver::new(vec![Box::new(env), Box::new(YamlProvider)]);
    let _ = resolver.resolve(&[format!("yaml:{document}")], &[] as &[&str]);
});
