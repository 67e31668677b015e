//! The rules of the Go collector's `redaction`: one for each kind of private data in the prompts.

/// What a rule finds, and its expression, in the spirit of what people publish for this processor.
const RULES: [(&str, &str); 18] = [
    ("mail", r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
    (
        "card",
        r"\b(?:4[0-9]{3}|5[1-5][0-9]{2}|3[47][0-9]{2}|6011)(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{3,4}\b",
    ),
    ("SSN", r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"),
    (
        "phone",
        r"(?:\+?1[-. ]?)?(?:\([2-9][0-9]{2}\) ?|\b[2-9][0-9]{2}[-. ])[2-9][0-9]{2}[-. ][0-9]{4}\b",
    ),
    (
        "IPv4",
        r"\b(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\b",
    ),
    ("IPv6", r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b"),
    ("MAC", r"\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b"),
    ("IBAN", r"\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b"),
    ("AWS key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    ("GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    ("Slack token", r"\bxox[bpe]-[0-9]{10,13}-[0-9]{10,13}-[A-Za-z0-9]{24}\b"),
    ("OpenAI key", r"\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\b"),
    ("Anthropic key", r"\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{93}AA\b"),
    ("Google key", r"\bAIza[A-Za-z0-9_-]{35}"),
    ("Stripe key", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,99}\b"),
    ("JWT", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("PEM", r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----"),
    ("URL credentials", r"\b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@"),
];

/// The section of the config; every key is kept, values are masked.
pub(super) fn redaction() -> String {
    let mut section =
        "processors:\n  redaction:\n    allow_all_keys: true\n    blocked_values:\n".to_owned();
    for (name, rule) in RULES {
        // `$` would be read as a reference; no rule has one, nor a single quote.
        section.push_str(&format!("      - '{rule}' # {name}\n"));
    }
    section
}
