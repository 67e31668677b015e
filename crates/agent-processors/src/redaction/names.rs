//! The attributes that tell what was done; those of the Go collector.

/// Where the keys and the number of them go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    /// Keys that were removed.
    pub(super) redacted: (&'static str, &'static str),
    /// Keys whose values were masked.
    pub(super) masked: (&'static str, &'static str),
    /// Keys whose values are allowed.
    pub(super) allowed: (&'static str, &'static str),
    /// How many keys were ignored; which ones is never told.
    pub(super) ignored: &'static str,
}

/// Of attributes.
pub(super) const ATTRIBUTES: Names = Names {
    redacted: ("redaction.redacted.keys", "redaction.redacted.count"),
    masked: ("redaction.masked.keys", "redaction.masked.count"),
    allowed: ("redaction.allowed.keys", "redaction.allowed.count"),
    ignored: "redaction.ignored.count",
};

/// Of the body of a log record.
pub(super) const BODY: Names = Names {
    redacted: ("redaction.body.redacted.keys", "redaction.body.redacted.count"),
    masked: ("redaction.body.masked.keys", "redaction.body.masked.count"),
    allowed: ("redaction.body.allowed.keys", "redaction.body.allowed.count"),
    ignored: "redaction.body.ignored.count",
};

/// Whether a key is one of these: they are not removed, so that two processors can stand in a row.
pub(super) fn is_own(key: &[u8]) -> bool {
    key.starts_with(b"redaction.")
        && [ATTRIBUTES, BODY].iter().any(|names| {
            let pairs = [names.redacted, names.masked, names.allowed];
            key == names.ignored.as_bytes()
                || pairs
                    .iter()
                    .any(|(keys, count)| key == keys.as_bytes() || key == count.as_bytes())
        })
}
