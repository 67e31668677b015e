//! How fast records get to the disk, and how long a journal of one gigabyte takes to open.
//!
//! `cargo bench -p journal`; the directory is `TMPDIR` or `/tmp`, whose disk is what is measured.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{path::Path, sync::mpsc, time::Instant};

use bytes::Bytes;
use journal::{Journal, Options, Record};

/// Bytes of the journal that is opened.
const WHOLE: usize = 1 << 30;

fn main() {
    for (size, together) in [(2_000, 1), (2_000, 100), (200_000, 1), (200_000, 16)] {
        let folder = tempfile::tempdir().unwrap();
        let count = (64 << 20) / size / if together == 1 { 16 } else { 1 };
        let start = Instant::now();
        fill(folder.path(), Options::default(), size, count, together);
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{size:8} bytes, {together:3} at once, synced: {:8.0} records/s {:8.1} MB/s",
            count as f64 / seconds,
            (count * size) as f64 / seconds / 1e6,
        );
    }
    for size in [1_000, 50_000, 1_000_000] {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { sync: false, ..Options::default() };
        fill(folder.path(), options, size, WHOLE / size, 64);
        let start = Instant::now();
        let opened = Journal::open(folder.path(), Options::default()).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        println!("{size:8} bytes, {} records: opened in {seconds:.3} s", opened.records.len());
    }
}

/// Appends `count` records, `together` of which wait at once.
fn fill(folder: &Path, options: Options, size: usize, count: usize, together: usize) {
    let journal = Journal::open(folder, options).unwrap().journal;
    let payload = Bytes::from(vec![0x5a; size]);
    let (answer, kept) = mpsc::channel::<Record>();
    for at in 0..count {
        let answer = answer.clone();
        let tell = Box::new(move |record: Result<Record, _>| answer.send(record.unwrap()).unwrap());
        journal.append(vec![payload.clone()], 1, tell);
        if at + 1 >= together {
            kept.recv().unwrap();
        }
    }
    drop(answer);
    assert_eq!(kept.iter().count(), together.min(count) - 1);
}
