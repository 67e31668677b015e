use super::*;

#[test]
fn what_the_client_cannot_do_is_refused_before_it_is_tried() {
    let mut config = ConnectionConfig::default();
    assert!(config.problems().is_empty());
    config.tls = config::Optional::Some(TlsConfig { insecure: true, ..TlsConfig::default() });
    assert!(config.problems().is_empty());
    config.tls = config::Optional::Some(TlsConfig::default());
    config.auth.sasl = config::Optional::Some(SaslConfig {
        mechanism: "SCRAM-SHA-512".to_owned(),
        ..SaslConfig::default()
    });
    let problems = config.problems().to_string();
    for part in ["tls: is not supported", "SCRAM-SHA-512", "'username' is required"] {
        assert!(problems.contains(part), "{problems}");
    }
}

/// The vendored library has what settings may name.
#[test]
fn codecs_and_plain_passwords_are_built_in() {
    let mut connection = ConnectionConfig::default();
    connection.auth.sasl = config::Optional::Some(SaslConfig {
        mechanism: "PLAIN".to_owned(),
        username: "u".to_owned(),
        password: config::Opaque::new("p"),
        ..SaslConfig::default()
    });
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let how = Producing {
            timeout: std::time::Duration::from_secs(1),
            message_bytes_max: 1_000_000,
            acks: 1,
            compression: codec.to_owned(),
            compression_level: None,
            linger: std::time::Duration::ZERO,
            batch_messages_max: 0,
            makes_topics: true,
        };
        Producer::new(&connection, &how).unwrap_or_else(|error| panic!("{codec}: {error}"));
    }
}
