//! What is kept through crashes, full disks and flipped bytes.

mod crash;
mod format;

use std::{path::Path, sync::mpsc};

use bytes::Bytes;
use tempfile::{TempDir, tempdir};

use crate::{AppendError, Journal, OpenError, Opened, Options, ReadError, Record};

fn options() -> Options {
    Options { sync: false, segment_bytes: 4096, ..Options::default() }
}

fn open(directory: &Path) -> Opened {
    Journal::open(directory, options()).unwrap()
}

fn append(journal: &Journal, payload: impl Into<Bytes>) -> Result<Record, AppendError> {
    let (answer, outcome) = mpsc::channel();
    let tell = Box::new(move |kept| answer.send(kept).unwrap());
    journal.append(vec![payload.into()], 1, tell);
    outcome.recv().unwrap()
}

/// What is there when it is opened.
fn contents(opened: &Opened) -> Vec<Bytes> {
    opened.records.iter().map(|record| opened.journal.read(record).unwrap()).collect()
}

fn folder() -> TempDir {
    tempdir().unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_is_not_done_with_comes_back_in_order() {
    let folder = folder();
    let opened = open(folder.path());
    let mut records: Vec<_> =
        (0..100).map(|at| append(&opened.journal, format!("record {at}")).unwrap()).collect();
    for at in (0..50).rev() {
        opened.journal.done(records.remove(2 * at));
    }
    drop(opened);
    let again = open(folder.path());
    let expected: Vec<_> =
        (0..50).map(|at| Bytes::from(format!("record {}", 2 * at + 1))).collect();
    assert_eq!(contents(&again), expected);
    assert_eq!(again.damage, []);
}

#[test]
fn files_go_when_everything_in_them_is_done_with() {
    let folder = folder();
    let opened = open(folder.path());
    let records: Vec<_> =
        (0..40).map(|_| append(&opened.journal, vec![7; 1000]).unwrap()).collect();
    assert!(names(folder.path()).len() > 10);
    records.into_iter().for_each(|record| opened.journal.done(record));
    opened.journal.close();
    assert_eq!(names(folder.path()), ["lock"]);
    assert_eq!(opened.journal.bytes(), 0);
}

#[test]
fn numbers_are_not_given_twice_while_something_is_there() {
    let folder = folder();
    for _ in 0..3 {
        let opened = open(folder.path());
        append(&opened.journal, "kept").unwrap();
        opened.journal.done(append(&opened.journal, "gone").unwrap());
    }
    let opened = open(folder.path());
    assert_eq!(contents(&opened), ["kept", "kept", "kept"]);
    let sequences: Vec<_> = opened.records.iter().map(|record| record.sequence).collect();
    assert!(sequences.is_sorted_by(|one, next| one < next), "{sequences:?}");
}

#[test]
fn a_journal_at_its_limit_refuses_and_takes_again_when_room_is_given_back() {
    let folder = folder();
    let options = Options { max_bytes: Some(16 << 10), ..options() };
    let opened = Journal::open(folder.path(), options).unwrap();
    let mut kept = Vec::new();
    let refused = loop {
        match append(&opened.journal, vec![1; 500]) {
            Ok(record) => kept.push(record),
            Err(error) => break error,
        }
    };
    assert_eq!(refused, AppendError::Full("the limit of 16384 bytes is reached".to_owned()));
    assert!(opened.journal.bytes() <= 16 << 10 && kept.len() > 25, "{}", kept.len());
    kept.into_iter().for_each(|record| opened.journal.done(record));
    append(&opened.journal, vec![2; 500]).unwrap();
    let error = append(&opened.journal, vec![3; 20 << 10]).unwrap_err();
    assert_eq!(error, AppendError::TooLarge(20 << 10));
}

#[test]
fn one_file_that_is_done_with_but_not_full_gives_its_room_back() {
    let folder = folder();
    let options = Options { max_bytes: Some(3000), segment_bytes: 64 << 10, ..options() };
    let opened = Journal::open(folder.path(), options).unwrap();
    for _ in 0..10 {
        opened.journal.done(append(&opened.journal, vec![1; 2000]).unwrap());
    }
}

#[test]
fn a_directory_has_one_owner_and_newer_formats_are_left_alone() {
    let folder = folder();
    let opened = open(folder.path());
    append(&opened.journal, "kept").unwrap();
    let error = Journal::open(folder.path(), options()).unwrap_err();
    assert!(matches!(error, OpenError::InUse(_)), "{error}");
    drop(opened);

    let header = crate::format::SegmentHeader { version: 2, first: 9, salt: 0 };
    std::fs::write(folder.path().join("00000000000000000009.log"), header.encode()).unwrap();
    let error = Journal::open(folder.path(), options()).unwrap_err();
    assert!(error.to_string().contains("newer version (format 2)"), "{error}");
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn appends_that_wait_together_are_all_answered() {
    let folder = folder();
    let opened = Journal::open(folder.path(), Options { sync: true, ..options() }).unwrap();
    let (answers, outcomes) = mpsc::channel();
    for at in 0..500_u32 {
        let answers = answers.clone();
        let tell = Box::new(move |kept: Result<Record, _>| answers.send(kept.unwrap()).unwrap());
        opened.journal.append(vec![vec![0; 64].into(), format!("{at}").into()], at, tell);
    }
    let records: Vec<_> = outcomes.iter().take(500).collect();
    for record in &records {
        let payload = opened.journal.read(record).unwrap();
        assert_eq!(payload.split_at(64).1, record.tag().to_string().as_bytes());
    }
}

#[test]
fn a_closed_journal_says_so() {
    let folder = folder();
    let opened = open(folder.path());
    opened.journal.close();
    assert_eq!(append(&opened.journal, "late").unwrap_err(), AppendError::Closed);
}
