//! What looks private and is the machine's own.

use crate::{CARD, found, found_under};

#[test]
fn ids_of_every_kind_stay() {
    for text in [
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00f067aa0ba902b7",
        "123e4567-e89b-12d3-a456-426614174000",
        "6fa459ea-ee8a-11ca-894b-00deadbeef00",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
        "ea6606149d2f0b1c3a5e7f9081726354a5b6c7d8",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "W/\"33a64df551425fcc55e4d42a148795d9f25f89d4\"",
        "3a64df551425fcc55e4d42a148795d9f",
        "1f3870be274f6c49b3e31a0c6728957f",
        "chatcmpl-9J3uIL87gldCFtiIbyaOvTeYBRA3l",
        "msg_01XFDUDYJgAACzvnptvVoYEL",
        "toolu_01A09q90qw90lq917835lq9",
        "call_abc123def456ghi789jkl012",
        "run_Mx7ZkQpLr5TnVw2Xc9BdFgHj",
        "req_011CSHoEeqs5C35K2UUqR7Fy",
        "checkout-7d9f8b6c5d-x2x4z",
        "s3://bucket/2024/03/14/part-00001-a1b2c3.parquet",
        "ISBN 978-3-16-148410-0",
        "gpt-4-0613",
        "claude-sonnet-4-20250514",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
        assert_eq!(found(&format!("id={text} done")), [""; 0], "{text}");
    }
}

#[test]
fn times_versions_and_counts_stay() {
    for text in [
        "1700000000",
        "1700000000000",
        "1700000000000000",
        "1700000000000000000",
        "20231114221320",
        "2024-01-01T12:34:56.789Z",
        "hosted-eu-20260812-09",
        "build 20260812-09",
        "version 1.2.3.4",
        "v10.20.30.40",
        "Chrome/120.0.0.0",
        "offset 922337203685477",
        "partition 12 offset 123456789012",
        "order 1234567890",
        "invoice INV-2024-000123",
        "[128000, 128006, 9125, 128007, 271, 2675]",
        "[0.0123456789, -0.0456789012, 0.0789012345, -0.0012345678]",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn structural_keys_keep_what_only_looks_private() {
    for key in ["trace_id", "span_id", "session.id", "gen_ai.response.id", "gen_ai.conversation.id"]
    {
        assert_eq!(found_under(key, CARD), [""; 0], "{key}");
        assert_eq!(found_under(key, "ada@example.org"), ["EMAIL_ADDRESS:ada@example.org"]);
    }
}

#[test]
fn what_is_no_mail_address_and_no_login_stays() {
    for text in [
        "git@github.com:org/repo.git",
        "npm install pkg@1.2.3 @scope/x",
        "logo@2x.png",
        "@decorator def f(self): pass",
        "root@hostname ~ $",
        "postgres://app:****@db.host:5432/x",
        "https://user:${PASSWORD}@host/x",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}
