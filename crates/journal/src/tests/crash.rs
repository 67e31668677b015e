//! Files cut at any byte, and bytes flipped.

use std::{fs, ops::Range, path::PathBuf};

use super::*;

/// A journal with one file of five records, closed; the file, and where each record is.
fn five(folder: &Path) -> (PathBuf, Vec<Range<usize>>) {
    let opened = Journal::open(folder, Options { segment_bytes: 1 << 20, ..options() }).unwrap();
    let payload = |at: u8| vec![b'a' + at; 100 + usize::from(at)];
    let records: Vec<_> = (0..5).map(|at| append(&opened.journal, payload(at)).unwrap()).collect();
    let range = |record: &Record| {
        let start = usize::try_from(record.offset).unwrap();
        start..start + 32 + record.length()
    };
    let ranges = records.iter().map(range).collect();
    (folder.join("00000000000000000001.log"), ranges)
}

fn first_letters(opened: &Opened) -> String {
    contents(opened).iter().map(|payload| char::from(payload[0])).collect()
}

#[test]
fn a_file_cut_at_any_byte_gives_the_records_in_front() {
    let folder = folder();
    let (file, ranges) = five(folder.path());
    let whole = fs::read(&file).unwrap();
    for length in (0..whole.len()).step_by(3) {
        fs::write(&file, &whole[..length]).unwrap();
        let opened = open(folder.path());
        let expected = ranges.iter().filter(|range| range.end <= length).count();
        assert_eq!(first_letters(&opened), "abcde"[..expected], "cut at {length}");
        assert!(opened.damage.iter().all(|damage| damage.is_tail), "{:?}", opened.damage);
        append(&opened.journal, "more").unwrap();
        drop(opened);
        let opened = open(folder.path());
        assert_eq!(opened.records.len(), expected + 1, "cut at {length}");
        assert_eq!(opened.damage, [], "told once");
        drop(opened);
        for name in names(folder.path()).iter().filter(|name| name.ends_with(".log")) {
            fs::remove_file(folder.path().join(name)).unwrap();
        }
    }
}

#[test]
fn a_flipped_byte_costs_its_record_only_and_is_told() {
    let folder = folder();
    let (file, ranges) = five(folder.path());
    let whole = fs::read(&file).unwrap();
    for (at, range) in ranges.iter().enumerate() {
        for place in range.clone().step_by(5) {
            let mut broken = whole.clone();
            broken[place] ^= 0x10;
            fs::write(&file, &broken).unwrap();
            let opened = open(folder.path());
            let mut expected = "abcde".to_owned();
            expected.remove(at);
            // The last four bytes of a header are zeros that nobody reads.
            if (28..32).contains(&(place - range.start)) {
                assert_eq!(first_letters(&opened), "abcde");
                continue;
            }
            assert_eq!(first_letters(&opened), expected, "byte {place}");
            let [damage] = opened.damage.as_slice() else { panic!("{:?}", opened.damage) };
            assert_eq!(
                (damage.records, damage.is_tail),
                if at == 4 { (0, true) } else { (1, false) }
            );
            let kept = fs::read(damage.kept.as_ref().unwrap()).unwrap();
            let bytes = damage.bytes.start as usize..damage.bytes.end as usize;
            assert_eq!(kept, broken[bytes]);
        }
    }
}

#[test]
fn damage_in_an_older_file_shows_when_the_record_is_read() {
    let folder = folder();
    let (file, ranges) = five(folder.path());
    append(&open(folder.path()).journal, "another file").unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[ranges[1].start + 40] ^= 1;
    fs::write(&file, bytes).unwrap();
    let mut opened = open(folder.path());
    assert_eq!(opened.records.len(), 6);
    let error = opened.journal.read(&opened.records[1]).unwrap_err();
    assert!(matches!(error, ReadError::Damaged { length: 101 }), "{error}");
    assert!(names(folder.path()).contains(&"damaged".to_owned()));
    opened.journal.done(opened.records.remove(1));
    assert_eq!(first_letters(&opened), "acdea");
}

#[test]
fn damage_that_was_done_with_is_not_worth_a_word() {
    let folder = folder();
    let opened = Journal::open(folder.path(), options()).unwrap();
    let first = append(&opened.journal, vec![1; 100]).unwrap();
    append(&opened.journal, vec![2; 100]).unwrap();
    let place = usize::try_from(first.offset).unwrap();
    opened.journal.done(first);
    drop(opened);
    let file = folder.path().join("00000000000000000001.log");
    let mut bytes = fs::read(&file).unwrap();
    bytes[place] ^= 1;
    fs::write(&file, bytes).unwrap();
    let opened = open(folder.path());
    assert_eq!((contents(&opened), opened.damage), (vec![Bytes::from(vec![2; 100])], vec![]));
}

#[test]
fn half_a_mark_marks_nothing_and_does_not_shift_the_next() {
    let folder = folder();
    let (file, _) = five(folder.path());
    let marks = file.with_extension("done");
    fs::write(&marks, [1, 2, 3]).unwrap();
    let mut opened = open(folder.path());
    assert_eq!(first_letters(&opened), "abcde");
    opened.journal.done(opened.records.remove(2));
    drop(opened);
    assert_eq!(first_letters(&open(folder.path())), "abde");
}

#[test]
fn marks_without_their_segment_do_not_mark_the_next_one_of_that_number() {
    let folder = folder();
    let opened = open(folder.path());
    opened.journal.done(append(&opened.journal, "first").unwrap());
    append(&opened.journal, "second").unwrap();
    drop(opened);
    fs::remove_file(folder.path().join("00000000000000000001.log")).unwrap();
    assert!(names(folder.path()).contains(&"00000000000000000001.done".to_owned()));
    let opened = open(folder.path());
    append(&opened.journal, "new").unwrap();
    drop(opened);
    assert_eq!(contents(&open(folder.path())), ["new"]);
}

#[test]
fn what_is_put_aside_is_bounded() {
    let folder = folder();
    let (file, ranges) = five(folder.path());
    let mut bytes = fs::read(&file).unwrap();
    for range in &ranges[..4] {
        bytes[range.start + 40] ^= 1;
    }
    fs::write(&file, bytes).unwrap();
    let options = Options { damaged_bytes_max: 150, ..options() };
    let opened = Journal::open(folder.path(), options).unwrap();
    assert_eq!(first_letters(&opened), "e");
    let kept = opened.damage.iter().filter_map(|damage| damage.kept.as_ref());
    assert!(kept.map(|file| fs::metadata(file).unwrap().len()).sum::<u64>() <= 150);
    assert_eq!(opened.damage.iter().map(|damage| damage.records).sum::<u64>(), 4);
}

#[test]
fn a_payload_that_looks_like_a_record_is_not_taken_for_one() {
    let folder = folder();
    let (file, ranges) = five(folder.path());
    let whole = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    let opened = open(folder.path());
    // Records of another file, whole, inside a payload; then the header in front is damaged.
    append(&opened.journal, whole).unwrap();
    append(&opened.journal, "behind").unwrap();
    drop(opened);
    let mut bytes = fs::read(&file).unwrap();
    bytes[ranges[0].start] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(contents(&open(folder.path())), ["behind"]);
}
