use std::time::Duration;

use config::Opaque;

use super::{trial::TestFile, *};

#[tokio::test(start_paused = true)]
async fn a_file_is_read_again_and_a_bad_one_changes_nothing() {
    let file = TestFile::new(" first\n");
    let secret = Secret::open(&Opaque::new("unused"), &file.path()).unwrap();
    assert_eq!(secret.get().await.reveal(), "first");
    file.write("second");
    assert_eq!(secret.get().await.reveal(), "first");
    for (text, expected) in [("second", "second"), ("  ", "second"), ("third", "third")] {
        file.write(text);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(secret.get().await.reveal(), expected);
    }
    assert!(!format!("{secret:?}").contains("third"));
}

#[test]
fn a_file_that_cannot_be_used_at_first_is_named() {
    let fault = |path: &str| Secret::open(&Opaque::default(), path).unwrap_err();
    assert!(fault("/nowhere/x").starts_with("/nowhere/x: No such file"));
    let empty = TestFile::new("\n");
    assert_eq!(fault(&empty.path()), format!("{}: is empty", empty.path()));
    let huge = TestFile::new(&"x".repeat((4 << 20) + 1));
    assert!(fault(&huge.path()).ends_with("larger than 4194304 bytes"));
}
