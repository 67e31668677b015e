use serde_json::json;

use super::{compare::difference, diff::diff};

#[test]
fn a_diff_shows_what_differs_and_a_little_around_it() {
    let old: String = (0..20).map(|line| format!("line {line}\n")).collect();
    let new = old.replace("line 10\n", "line ten\nmore\n");
    let expected = "    …\n      line 7\n      line 8\n      line 9\n    - line 10\n    + line ten\n    + more\n      \
                    line 11\n      line 12\n      line 13\n";
    assert_eq!(diff(&old, &new), expected);
    assert_eq!(diff("a\nb\n", "b\nc\n"), "    - a\n      b\n    + c\n");
    assert_eq!(diff("x", ""), "    - x\n");
}

#[test]
fn nothing_is_nothing_and_is_said() {
    assert_eq!(difference(&json!({}), &[]), None);
    let expected = json!({"resourceSpans": []});
    assert!(difference(&expected, &[]).is_some_and(|text| text.contains("+ nothing")));
}
