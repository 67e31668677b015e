use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::{Duration, UNIX_EPOCH},
};

use sdk::{Batch, Clock, ComponentKind, Exporter as _, Signal};
use testkit::{check_refused, settings};

use super::{Config, File, state::Writer};

testkit::exporter_contract!(File, include_str!("README.md"), "path: /dev/null");

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("tollgate-file-{}-{count}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names of its files, sorted.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

fn config(folder: &Folder, yaml: &str) -> Config {
    settings(&format!("path: {}\n{yaml}", folder.file("out.jsonl").display()))
}

/// Starts an exporter with these settings, exports the batches, stops it; gives the file.
async fn written(folder: &Folder, yaml: &str, batches: &[Batch]) -> Vec<u8> {
    let context = testkit::context(ComponentKind::Exporter, "file");
    let file = File::new(config(folder, yaml), &Signal::ALL, context).unwrap();
    file.start().await.unwrap();
    for batch in batches {
        file.export(batch.clone()).await.unwrap();
    }
    file.shutdown().await.unwrap();
    fs::read(folder.file("out.jsonl")).unwrap()
}

/// The requests in a file with lengths.
fn frames(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (frame, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        frames.push(frame);
        bytes = rest;
    }
    frames
}

#[tokio::test]
async fn json_is_one_request_a_line_whatever_the_signal() {
    let folder = Folder::new();
    let batches = [testkit::spans("a k=v"), testkit::log_records("b"), testkit::gauges("c")];
    let text = String::from_utf8(written(&folder, "", &batches).await).unwrap();
    assert!(text.ends_with('\n'));
    let lines: Vec<_> = text.lines().map(testkit::batch).collect();
    assert_eq!(lines.len(), 3);
    for (line, batch) in lines.iter().zip(&batches) {
        assert_eq!(line.signal(), batch.signal());
        assert_eq!(testkit::json_of(line), testkit::json_of(batch));
    }
}

#[tokio::test]
async fn proto_is_each_request_after_its_length() {
    let folder = Folder::new();
    let batches = [testkit::spans("a"), testkit::log_records("b")];
    let bytes = written(&folder, "format: proto", &batches).await;
    assert_eq!(frames(&bytes), [batches[0].bytes(), batches[1].bytes()]);
}

#[tokio::test]
async fn compressed_requests_are_frames_after_their_length() {
    let folder = Folder::new();
    let batch = testkit::spans("a k=v");
    for (format, is_json) in [("json", true), ("proto", false)] {
        let yaml = format!("{{format: {format}, compression: zstd}}");
        let yaml = yaml.trim_matches(['{', '}']).replace(", ", "\n");
        let bytes = written(&folder, &yaml, &[batch.clone(), batch.clone()]).await;
        for frame in frames(&bytes) {
            let plain = zstd::decode_all(frame).unwrap();
            match is_json {
                true => {
                    let text = String::from_utf8(plain).unwrap();
                    assert_eq!(testkit::json_of(&testkit::batch(&text)), testkit::json_of(&batch));
                }
                false => assert_eq!(plain, *batch.bytes()),
            }
        }
        assert_eq!(frames(&bytes).len(), 2);
    }
}

#[tokio::test]
async fn append_keeps_what_is_there_and_otherwise_it_is_lost() {
    let folder = Folder::new();
    let batch = [testkit::spans("a")];
    let once = written(&folder, "", &batch).await.len();
    assert_eq!(written(&folder, "append: true", &batch).await.len(), 2 * once);
    assert_eq!(written(&folder, "", &batch).await.len(), once);
}

#[tokio::test(start_paused = true)]
async fn data_reaches_the_file_within_the_flush_interval() {
    let folder = Folder::new();
    let context = testkit::context(ComponentKind::Exporter, "file");
    let file = File::new(config(&folder, "flush_interval: 10s"), &Signal::ALL, context).unwrap();
    file.start().await.unwrap();
    // The first tick comes at once; let it pass.
    tokio::time::sleep(Duration::from_secs(1)).await;
    file.export(testkit::spans("a")).await.unwrap();
    assert_eq!(fs::metadata(folder.file("out.jsonl")).unwrap().len(), 0);
    // Real threads write, so the paused clock may have to jump more than once.
    while fs::metadata(folder.file("out.jsonl")).unwrap().len() == 0 {
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    file.shutdown().await.unwrap();
}

#[test]
fn a_full_file_is_set_aside_and_old_ones_are_deleted() {
    let folder = Folder::new();
    let config = config(&folder, "rotation: {max_megabytes: 1, max_backups: 2}");
    let seconds = AtomicU64::new(testkit::NOW);
    let clock = Clock::new(move || {
        UNIX_EPOCH + Duration::from_secs(seconds.fetch_add(1, Ordering::Relaxed))
    });
    let mut writer = Writer::open(&config, clock).unwrap();
    for number in 0..5 {
        writer.write(&vec![number; 600 << 10]).unwrap();
    }
    writer.flush().unwrap();
    // Four files were set aside, a second apart, and the first two of them deleted.
    let expected = [
        ("out-2026-01-02T03-04-07.000.jsonl", 2),
        ("out-2026-01-02T03-04-08.000.jsonl", 3),
        ("out.jsonl", 4),
    ];
    assert_eq!(folder.names(), expected.map(|(name, _)| name));
    for (name, number) in expected {
        assert_eq!(fs::read(folder.file(name)).unwrap(), vec![number; 600 << 10], "{name}");
    }
}

#[test]
fn files_older_than_the_days_allowed_are_deleted_and_others_are_left_alone() {
    let folder = Folder::new();
    let kept = ["out-2026-01-01T09-00-00.000.jsonl", "out-notes.jsonl", "other.jsonl"];
    for name in kept.iter().chain(&["out-2025-12-25T00-00-00.000.jsonl"]) {
        fs::write(folder.file(name), "x").unwrap();
    }
    let config = config(&folder, "rotation: {max_megabytes: 1, max_days: 2}");
    let clock = testkit::context(ComponentKind::Exporter, "file").clock;
    let mut writer = Writer::open(&config, clock).unwrap();
    for _ in 0..2 {
        writer.write(&vec![b'x'; 600 << 10]).unwrap();
    }
    let names = folder.names();
    assert!(kept.iter().all(|name| names.iter().any(|found| found == name)), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("2025")), "{names:?}");
}

#[tokio::test]
async fn with_rotation_the_file_is_continued_after_a_restart() {
    let folder = Folder::new();
    let batch = [testkit::spans("a")];
    let once = written(&folder, "rotation: {}", &batch).await.len();
    assert_eq!(written(&folder, "rotation: {}", &batch).await.len(), 2 * once);
}

#[tokio::test]
async fn the_folder_is_made_only_where_that_is_wanted() {
    let folder = Folder::new();
    let context = testkit::context(ComponentKind::Exporter, "file");
    let path = folder.file("deep/er/out.jsonl").display().to_string();
    let start = async |yaml: String| {
        let file = File::new(settings(&yaml), &Signal::ALL, context.clone()).unwrap();
        file.start().await
    };
    let error = start(format!("path: {path}")).await.unwrap_err().to_string();
    assert!(error.contains(&path), "{error}");
    start(format!("path: {path}\ncreate_directory: true")).await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_refuses_the_batch_and_names_the_file() {
    let context = testkit::context(ComponentKind::Exporter, "file");
    let file = File::new(settings("path: /dev/full"), &Signal::ALL, context).unwrap();
    file.start().await.unwrap();
    let large = testkit::log_records(&"x".repeat(100_000));
    let error = file.export(large).await.unwrap_err();
    assert!(!error.is_permanent());
    assert!(error.to_string().contains("cannot write to /dev/full"), "{error}");
}

#[test]
fn what_cannot_work_is_refused() {
    for (yaml, text) in [
        ("{}", "path must be non-empty"),
        ("{path: x, format: xml}", "format type is not supported"),
        ("{path: x, compression: gzip}", "compression is not supported"),
        ("{path: x, append: true, compression: zstd}", "append and compression"),
        ("{path: x, append: true, rotation: {}}", "append and rotation"),
        ("{path: x, flush_interval: 0s}", "flush_interval must be larger than zero"),
        ("{path: x, directory_permissions: rwx}", "octal"),
        ("{path: x, rotation: {max_days: -1}}", "max_days"),
    ] {
        check_refused::<Config>(yaml, text);
    }
}
