//! A file through its changes.

use std::fs;

use super::WatchedFile;

#[test]
fn is_read_when_it_changed_and_told_once_when_it_is_no_good() {
    let path = std::env::temp_dir().join(format!("sdk-watched-{}", std::process::id()));
    let file = WatchedFile::new(&path, 1);
    assert!(file.changed().unwrap_err().contains("No such file"));
    let read = || file.changed().map(|found| found.map(|found| found.bytes));

    fs::write(&path, "one").unwrap();
    assert_eq!(read(), Ok(Some(b"one".to_vec())));
    assert_eq!(read(), Ok(None));
    fs::write(&path, "three").unwrap();
    assert_eq!(read(), Ok(Some(b"three".to_vec())));

    fs::write(&path, vec![b'x'; (1 << 20) + 1]).unwrap();
    assert!(read().unwrap_err().contains("is larger than 1 MiB"));
    assert_eq!(read(), Ok(None), "it is not read again before it changes");
    fs::remove_file(&path).unwrap();
    assert!(
        WatchedFile::new(std::env::temp_dir(), 1).changed().unwrap_err().contains("not a file")
    );
}
