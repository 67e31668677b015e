use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use sdk::{BuildContext, ComponentKind, Error, Receiver as _, Signal, Status};
use testkit::{Answer, Sink, check_refused, settings};
use tokio::time::Instant;

use super::{
    Config, OtlpFile,
    decode::{find, matches},
};

testkit::receiver_contract!(
    OtlpFile,
    include_str!("README.md"),
    "include: [/dev/null]\nformat: json"
);

/// A folder of its own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("tollgate-otlp-file-{}-{count}", process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

fn context() -> BuildContext {
    testkit::context(ComponentKind::Receiver, "otlp_file")
}

/// Plays with these settings to the end.
async fn play(include: &Path, yaml: &str, sink: &Sink) -> BuildContext {
    let context = context();
    let yaml = format!("include: [{}]\n{yaml}", include.display());
    let mut receiver = OtlpFile::new(settings(&yaml), context.clone()).unwrap();
    receiver.start(sink.outputs()).await.unwrap();
    receiver.playing.take().unwrap().await.unwrap();
    receiver.shutdown().await.unwrap();
    context
}

fn line(batch: &sdk::Batch) -> String {
    format!("{}\n", testkit::json_of(batch))
}

#[tokio::test]
async fn json_lines_of_all_signals_are_sent_in_order() {
    let folder = Folder::new();
    let batches = [testkit::spans("a k=v"), testkit::log_records("b"), testkit::gauges("c")];
    // Without a line end at the end, with an empty line and a Windows line end in between.
    let text = batches.iter().map(line).collect::<Vec<_>>().join("\r\n");
    let path = folder.write("all.jsonl", text.trim_end());
    let sink = Sink::default();
    play(&path, "", &sink).await;
    let played: Vec<_> = sink.batches().iter().map(testkit::json_of).collect();
    assert_eq!(played, batches.iter().map(testkit::json_of).collect::<Vec<_>>());
}

#[tokio::test]
async fn requests_with_lengths_are_sent_byte_for_byte() {
    let folder = Folder::new();
    let batch = testkit::spans("a k=v");
    let mut file = Vec::new();
    for _ in 0..3 {
        file.extend_from_slice(&u32::try_from(batch.bytes().len()).unwrap().to_be_bytes());
        file.extend_from_slice(batch.bytes());
    }
    let sink = Sink::default();
    play(&folder.write("out.traces.bin", &file), "", &sink).await;
    play(&folder.write("out.proto", &file), "signal: traces", &sink).await;
    assert_eq!(sink.items(), [1; 6]);
    assert!(sink.batches().iter().all(|played| played.bytes() == batch.bytes()));
}

#[tokio::test]
async fn a_file_that_is_one_request_tells_its_signal_by_name() {
    let folder = Folder::new();
    folder.write("a.logs.pb", testkit::log_records("x").bytes());
    folder.write("b.metrics.pb", testkit::gauges("x\ny").bytes());
    folder.write("c.traces.pb", testkit::spans("x").bytes());
    let sink = Sink::default();
    play(&folder.0.join("*.pb"), "", &sink).await;
    let played: Vec<_> =
        sink.batches().iter().map(|batch| (batch.signal(), batch.items())).collect();
    assert_eq!(played, [(Signal::Logs, 1), (Signal::Metrics, 2), (Signal::Traces, 1)]);
}

#[tokio::test]
async fn a_bad_line_is_left_out_and_the_rest_is_played() {
    let folder = Folder::new();
    let good = line(&testkit::spans("a"));
    let long = format!(r#"{{"resourceSpans": "{}"}}"#, "x".repeat(2 << 20));
    let text = format!("{good}not json\n{{\"other\": 1}}\n{long}\n{good}");
    let path = folder.write("mixed.json", text);
    let sink = Sink::default();
    play(&path, "max_record_size_mib: 1", &sink).await;
    assert_eq!(sink.items(), [1, 1]);
}

#[tokio::test]
async fn a_file_cut_short_ends_with_a_permanent_error_and_others_are_played() {
    let folder = Folder::new();
    let batch = testkit::spans("a");
    folder.write("1.traces.bin", [0, 0, 1, 0, 7]);
    folder.write("2.unknown", "");
    folder.write("3.jsonl", line(&batch));
    let sink = Sink::default();
    let context = play(&folder.0.join("*"), "", &sink).await;
    assert_eq!(sink.items(), [1]);
    let errors: Vec<_> =
        context.host.statuses().into_iter().map(|event| format!("{:?}", event.status)).collect();
    assert!(errors[0].contains("256 bytes announced, 1 left in the file"), "{errors:?}");
    assert!(errors[1].contains("set `format`"), "{errors:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_is_sent_again_after_growing_waits() {
    let folder = Folder::new();
    let path = folder.write("a.jsonl", line(&testkit::spans("a")));
    let asked = Error::refused("busy").retry_after(Duration::from_secs(3600));
    let answers = [Error::refused("busy"), Error::refused("busy"), asked];
    let sink = Sink::scripted(answers.map(Answer::Fail));
    let begin = Instant::now();
    let context = play(&path, "", &sink).await;
    assert_eq!(sink.items(), [1; 4]);
    // 100 ms, 200 ms, and a minute of the hour asked for.
    assert_eq!(begin.elapsed().as_secs(), 60);
    let statuses: Vec<_> = context.host.statuses().into_iter().map(|event| event.status).collect();
    assert_eq!(statuses, [Status::RecoverableError("busy".to_owned()), Status::Ok]);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_good_or_dropped_is_sent_once() {
    let folder = Folder::new();
    let both = [testkit::spans("a"), testkit::spans("b")].iter().map(line).collect::<String>();
    let path = folder.write("a.jsonl", both);
    for (error, yaml) in [
        (Error::permanent("no"), "on_refused: retry"),
        (Error::refused("busy"), "on_refused: drop"),
    ] {
        let sink = Sink::scripted([Answer::Fail(error)]);
        play(&path, yaml, &sink).await;
        assert_eq!(sink.items(), [1, 1], "{yaml}");
    }
}

#[tokio::test(start_paused = true)]
async fn speed_spreads_items_over_time() {
    let folder = Folder::new();
    let lines = line(&testkit::spans("a\nb")).repeat(5);
    let path = folder.write("a.jsonl", lines);
    let sink = Sink::default();
    let begin = Instant::now();
    play(&path, "speed: 4", &sink).await;
    // Ten items at four a second.
    assert_eq!(begin.elapsed().as_millis(), 2500);
}

#[tokio::test]
async fn files_are_played_as_often_as_asked() {
    let folder = Folder::new();
    let path = folder.write("a.jsonl", line(&testkit::spans("a")));
    let sink = Sink::default();
    play(&path, "loop: 3", &sink).await;
    assert_eq!(sink.items(), [1; 3]);
    // Nothing can be sent, so even playing for ever ends.
    play(&folder.write("bad.jsonl", "x"), "loop: 0", &sink).await;
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_a_replay_that_never_ends_by_itself() {
    let folder = Folder::new();
    let path = folder.write("a.jsonl", line(&testkit::spans("a")));
    let yaml = format!("include: [{}]\nloop: 0\nspeed: 10", path.display());
    let mut receiver = OtlpFile::new(settings(&yaml), context()).unwrap();
    let sink = Sink::default();
    receiver.start(sink.outputs()).await.unwrap();
    sink.received(5).await;
    receiver.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_signal_that_no_pipeline_takes_is_skipped() {
    let folder = Folder::new();
    let text = line(&testkit::spans("a")) + &line(&testkit::log_records("b"));
    let yaml = format!("include: [{}]", folder.write("a.jsonl", text).display());
    let mut receiver = OtlpFile::new(settings(&yaml), context()).unwrap();
    let sink = Sink::default();
    receiver.start(sink.outputs_for(&[Signal::Logs])).await.unwrap();
    receiver.playing.take().unwrap().await.unwrap();
    assert_eq!(sink.batches().iter().map(sdk::Batch::signal).collect::<Vec<_>>(), [Signal::Logs]);
}

#[test]
fn patterns_match_names() {
    for (pattern, name, expected) in [
        ("*", "", true),
        ("*.pb", "a.traces.pb", true),
        ("*.pb", "a.pb.gz", false),
        ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "acb", false),
        ("ab*ba", "aba", false),
        ("plain", "plain", true),
    ] {
        assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn a_pattern_that_matches_nothing_is_named() {
    let folder = Folder::new();
    let pattern = folder.0.join("*.pb").display().to_string();
    assert_eq!(
        find(std::slice::from_ref(&pattern)).unwrap_err(),
        format!("no file matches {pattern}")
    );
}

#[test]
fn what_cannot_work_is_refused() {
    for (yaml, text) in [
        ("{}", "`include` must name at least one file"),
        ("{include: [a], signal: spans}", "unknown signal \"spans\""),
        ("{include: [a], format: xml}", "unknown format \"xml\""),
        ("{include: [a], on_refused: panic}", "unknown action \"panic\""),
        ("{include: [a], speed: -1}", "speed"),
        ("{include: [a], max_record_size_mib: 0}", "must be between 1 and 4095"),
    ] {
        check_refused::<Config>(yaml, text);
    }
}
