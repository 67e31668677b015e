//! Where what is private stands: keys, JSON in JSON, statements, command lines, dumps.

use serde_json::{Value, json};

use crate::{SECRET, found, found_under, redacted};

/// A text as it looks within so many strings of JSON.
fn nested(text: &str, depth: usize) -> String {
    (0..depth).fold(text.to_owned(), |text, _| {
        let quoted = Value::String(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    })
}

#[test]
fn json_in_strings_is_searched_to_any_depth_and_stays_json() {
    let message = json!({"role": "user", "parts": [{"type": "text", "content":
        format!("mail ada@example.org card 4111111111111111\n{SECRET} and\tpassword: hunter2x")}]});
    for depth in 0..5 {
        let text = nested(&message.to_string(), depth);
        let out = redacted(&text);
        for private in ["ada@", "4111", "sk-ant", "hunter2x"] {
            assert!(!out.contains(private), "{private} at depth {depth}: {out}");
        }
        let mut inner = out;
        for _ in 0..depth {
            inner = serde_json::from_str(&format!("\"{inner}\"")).unwrap();
        }
        let read: Value = serde_json::from_str(&inner).unwrap();
        assert_eq!(read["role"], "user");
    }
}

#[test]
fn escapes_of_json_hide_nothing() {
    for text in ["ada\\u0040example.org", "ada\\\\u0040example.org", "ada\\\\\\\\u0040example.org"]
    {
        assert_eq!(found(&format!("\"{text}\"")), [format!("EMAIL_ADDRESS:{text}")]);
    }
    assert_eq!(found(r#"{"t":"\ud83d\ude00ada@example.org"}"#), ["EMAIL_ADDRESS:ada@example.org"]);
    assert_eq!(
        found("card \\ud835\\udfd2111111111111111"),
        ["CREDIT_CARD:\\ud835\\udfd2111111111111111"]
    );
    assert_eq!(
        found(r#"{"url":"https:\/\/app:p4ssw0rd9@db.internal\/x"}"#),
        ["URL_CREDENTIALS:p4ssw0rd9"]
    );
}

#[test]
fn the_letter_of_an_escape_before_a_value_is_no_part_of_it() {
    for escape in ["\\n", "\\t", "\\r\\n", "\\\\n", "\\\""] {
        let text = format!("x{escape}{SECRET}{escape}y");
        assert_eq!(found(&text), [format!("ANTHROPIC_API_KEY:{SECRET}")], "{text}");
        let text = format!("x{escape}ada@example.org{escape}y");
        assert_eq!(found(&text), ["EMAIL_ADDRESS:ada@example.org"], "{text}");
    }
}

#[test]
fn a_key_tells_its_value_in_every_notation() {
    for text in [
        r#"{"password":"⟦hunter2⟧"}"#,
        r#"{\"password\":\"⟦hunter2⟧\"}"#,
        r#"{"password" : "⟦hunter2⟧"}"#,
        "{'password': '⟦hunter2⟧'}",
        "password=⟦hunter2⟧&x=1",
        "PASSWORD: ⟦hunter2⟧",
        "DB_PASSWORD=⟦hunter2⟧",
        "export PGPASSWORD=⟦hunter2⟧",
        "password => \"⟦hunter2⟧\"",
        "<password>⟦hunter2⟧</password>",
        "mysql --password ⟦hunter2⟧ -u app",
        "mysql --password=⟦hunter2⟧ -u app",
        "mysql -u root -p⟦hunter2⟧ app",
        "curl -u admin:⟦hunter2⟧ https://x.example",
        "curl --user 'admin:⟦hunter2⟧' https://x.example",
        "CREATE USER x IDENTIFIED BY '⟦hunter2⟧'",
        "my password is ⟦hunter2⟧",
    ] {
        let plain = text.replace(['⟦', '⟧'], "");
        assert_eq!(found(&plain), ["PASSWORD:hunter2"], "{plain}");
        assert_eq!(redacted(&plain), text.replace("⟦hunter2⟧", "[PASSWORD]"), "{plain}");
    }
}

#[test]
fn a_statement_s_columns_tell_its_values() {
    assert_eq!(
        found(
            "INSERT INTO users(email, ssn, name, password) VALUES ('ada@example.org', '536221234', 'Ada Lovelace', 'hunter2')"
        ),
        [
            "EMAIL_ADDRESS:ada@example.org",
            "US_SSN:536221234",
            "PERSON:Ada Lovelace",
            "PASSWORD:hunter2"
        ]
    );
    assert_eq!(found("INSERT INTO metrics(name, value) VALUES ('Cache Hits', '12')"), [""; 0]);
}

#[test]
fn keys_that_are_private_are_found() {
    assert_eq!(found(r#"{"ada@example.org": 3}"#), ["EMAIL_ADDRESS:ada@example.org"]);
}

#[test]
fn counts_of_tokens_are_no_secrets() {
    for key in ["gen_ai.usage.input_tokens", "max_tokens", "llm.token_count.prompt", "token_type"] {
        assert_eq!(found_under(key, "1234567890123456"), [""; 0], "{key}");
    }
    let usage = r#"{"input_tokens": 12345678, "max_tokens": 4096, "token_type": "prompt", "next_page_token": "2"}"#;
    assert_eq!(found(usage), [""; 0]);
}

#[test]
fn a_secret_cut_at_the_end_of_its_text_is_found() {
    let cut = &SECRET[..80];
    assert_eq!(found(&format!("key {cut}")), [format!("ANTHROPIC_API_KEY:{cut}")]);
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAq83kd93jf";
    assert_eq!(found(pem), [format!("PRIVATE_KEY:{pem}")]);
}

#[test]
fn a_private_key_is_one_over_lines_and_on_one_line() {
    let body = "MIIEowIBAAKCAQEAq83kd93jfMIIEowIBAAKCAQEAq83kd93jf";
    for line in ["\n", "\\n", "\\\\n", "\r\n"] {
        let key = format!(
            "-----BEGIN PRIVATE KEY-----{line}{body}{line}{body}{line}-----END PRIVATE KEY-----"
        );
        assert_eq!(found(&format!("a {key} b")), [format!("PRIVATE_KEY:{key}")]);
    }
}

#[test]
fn letters_that_json_escapes_are_letters() {
    assert_eq!(
        found("{\"customer_name\":\"Thomas G\\u00e9rard\"}"),
        ["PERSON:Thomas G\\u00e9rard"]
    );
    assert_eq!(
        found("mon num\\u00e9ro de s\\u00e9cu est 285072344627402"),
        ["FR_NIR:285072344627402"]
    );
    assert_eq!(
        found("{\"address\": \"Jos\\u00e9-Neureuther-Platz 2\"}"),
        ["ADDRESS:Jos\\u00e9-Neureuther-Platz 2"]
    );
}

#[test]
fn names_in_a_query_are_read_as_a_form_writes_them() {
    assert_eq!(
        found("GET /search?full_name=Camila%20da%20Concei%C3%A7%C3%A3o&page=2"),
        ["PERSON:Camila%20da%20Concei%C3%A7%C3%A3o"]
    );
    assert_eq!(found("GET /x?customer_name=Jan+Kowalski&page=2"), ["PERSON:Jan+Kowalski"]);
}

#[test]
fn a_password_goes_whole_with_its_escapes_and_brackets() {
    for (text, left) in [
        (r#"{"password":"hun\\ter\"2","x":1}"#, r#"{"password":"[PASSWORD]","x":1}"#),
        (r#"{\"password\":\"hun\\\\ter2\",\"x\":1}"#, r#"{\"password\":\"[PASSWORD]\",\"x\":1}"#),
        ("smtp_pass: *rA&mVaf(07)J6+T\nport: 25", "smtp_pass: [PASSWORD]\nport: 25"),
        ("DB_PASSWORD=p@ss;w0rd{1}\nX=1", "DB_PASSWORD=[PASSWORD]\nX=1"),
        ("DB_PASSWORD=_gP(EOtD#xr7^$3\nX=1", "DB_PASSWORD=[PASSWORD]\nX=1"),
        ("password=hun!ter2&user=x", "password=[PASSWORD]&user=x"),
    ] {
        assert_eq!(redacted(text), left);
    }
}

#[test]
fn words_behind_an_escaped_line_break_count() {
    assert_eq!(found("thanks!\\npwd: hunter2"), ["PASSWORD:hunter2"]);
    assert_eq!(found("thanks!\\nssn 536221234"), ["US_SSN:536221234"]);
    assert_eq!(found("Best regards,\\nAda Lovelace\\nSales"), ["PERSON:Ada Lovelace"]);
    assert_eq!(found("ok\\\\nDr. Grace Hopper called"), ["PERSON:Grace Hopper"]);
}

#[test]
fn quoted_values_behind_quoted_values_are_read() {
    assert_eq!(
        found(r#"level="info" full_name="Monique Norton" password="hunter2" cvc="540""#),
        ["PERSON:Monique Norton", "PASSWORD:hunter2", "CVV:540"]
    );
}

#[test]
fn addresses_of_the_network_behind_a_key_and_a_colon_are_found() {
    assert_eq!(
        found("{Mac:d4:75:6f:89:7a:dc Ip:260a:6ac6:fbaf:8b4b:e92:b6ba:df7f:610c}"),
        ["MAC_ADDRESS:d4:75:6f:89:7a:dc", "IP_ADDRESS:260a:6ac6:fbaf:8b4b:e92:b6ba:df7f:610c"]
    );
}
