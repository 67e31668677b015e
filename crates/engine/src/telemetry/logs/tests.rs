use std::{
    fs,
    path::PathBuf,
    sync::atomic::AtomicUsize,
    time::{Duration, SystemTime},
};

use sdk::{Optional, Value};
use tracing::{debug, error, info, info_span, subscriber::DefaultGuard, trace, warn};

use super::*;
use crate::settings::{LogEncoding, LogSampling};

/// A log of this thread that writes to a file.
struct Bench {
    logs: Logs,
    path: PathBuf,
    _guard: DefaultGuard,
}

impl Bench {
    /// Not open yet.
    fn new() -> Self {
        static FILES: AtomicUsize = AtomicUsize::new(0);
        let file = FILES.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("engine-logs-{}-{file}", std::process::id()));
        let clock =
            Clock::new(|| SystemTime::UNIX_EPOCH + Duration::from_millis(1_763_794_547_022));
        let logs = Logs::new(clock);
        crate::listeners::keep_listening();
        let subscriber = tracing_subscriber::registry().with(logs.clone());
        Self { logs, path, _guard: tracing::subscriber::set_default(subscriber) }
    }

    fn opened(change: impl FnOnce(&mut LogsSettings)) -> Self {
        let bench = Self::new();
        bench.open(change);
        bench
    }

    fn open(&self, change: impl FnOnce(&mut LogsSettings)) {
        let output_paths = vec![self.path.to_str().unwrap().to_owned()];
        let mut settings =
            LogsSettings { output_paths, disable_caller: true, ..LogsSettings::default() };
        change(&mut settings);
        let resource = [("service.name".to_owned(), "tollgate".to_owned())];
        self.logs.open(&settings, &resource).unwrap();
    }

    fn lines(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.path));
    }
}

fn no_resource(settings: &mut LogsSettings) {
    settings.disable_zap_resource = true;
}

#[test]
fn a_console_line_has_tabs_between_and_fields_as_json_behind() {
    let bench = Bench::opened(|_| {});
    info!(Version = "0.1", NumCPU = 2, share = 0.5, on = true, "Starting {}...", "tollgate");
    assert_eq!(
        bench.lines(),
        ["2025-11-22T06:55:47.022Z\tinfo\tStarting tollgate...\t\
          {\"resource\": {\"service.name\": \"tollgate\"}, \"Version\": \"0.1\", \"NumCPU\": 2, \
          \"share\": 0.5, \"on\": true}"]
    );
}

#[test]
fn a_json_line_is_one_object() {
    let bench = Bench::opened(|settings| settings.encoding = LogEncoding::Json);
    warn!(setting = "a\nb", "say \"hi\"");
    assert_eq!(
        bench.lines(),
        ["{\"level\":\"warn\",\"ts\":\"2025-11-22T06:55:47.022Z\",\"msg\":\"say \\\"hi\\\"\",\
          \"resource\":{\"service.name\":\"tollgate\"},\"setting\":\"a\\nb\"}"]
    );
}

#[test]
fn the_caller_is_the_file_with_its_folder_and_line() {
    for encoding in [LogEncoding::Console, LogEncoding::Json] {
        let bench = Bench::opened(|settings| {
            settings.disable_caller = false;
            settings.encoding = encoding;
        });
        info!("here");
        let line = line!() - 1;
        let lines = bench.lines();
        assert!(lines[0].contains(&format!("logs/tests.rs:{line}")), "{lines:?}");
        assert!(!lines[0].contains("src"), "{lines:?}");
    }
}

#[test]
fn without_fields_there_is_no_object() {
    let bench = Bench::opened(no_resource);
    info!("plain");
    assert_eq!(bench.lines(), ["2025-11-22T06:55:47.022Z\tinfo\tplain"]);
}

#[test]
fn resource_then_initial_fields_then_component_then_the_call() {
    let bench = Bench::opened(|settings| {
        let zone = ("zone".to_owned(), Value::from(config::Kind::String("a".into())));
        settings.initial_fields = [zone].into_iter().collect();
    });
    let span = info_span!(
        "component",
        otelcol.component.id = "batch",
        otelcol.component.kind = "processor",
        otelcol.signal = tracing::field::Empty,
        noise = 1,
    );
    span.record("otelcol.signal", "traces");
    let _inside = span.enter();
    let error = std::io::Error::other("disk full");
    error!(
        first = 1,
        otelcol.component.id = "otlp",
        error = &error as &dyn std::error::Error,
        "failed"
    );
    let lines = bench.lines();
    let fields = lines[0].split('\t').next_back().unwrap();
    assert_eq!(
        fields,
        "{\"resource\": {\"service.name\": \"tollgate\"}, \"zone\": \"a\", \
         \"otelcol.component.id\": \"otlp\", \"otelcol.component.kind\": \"processor\", \
         \"otelcol.signal\": \"traces\", \"first\": 1, \"error\": \"disk full\"}"
    );
}

#[test]
fn a_field_may_be_called_message() {
    let bench = Bench::opened(no_resource);
    let text = "Partial success response";
    warn!(message = %"too old", dropped_spans = 2, "{text}");
    assert_eq!(
        bench.lines(),
        ["2025-11-22T06:55:47.022Z\twarn\tPartial success response\t\
          {\"message\": \"too old\", \"dropped_spans\": 2}"]
    );
}

#[test]
fn lines_under_the_level_are_left_out_and_the_level_can_change() {
    let bench = Bench::opened(no_resource);
    let say = |round: &str| {
        trace!("trace {round}");
        debug!("debug {round}");
        info!("info {round}");
        warn!("warn {round}");
        error!("error {round}");
    };
    let mut expected = Vec::new();
    for (level, words) in [
        (LogLevel::Info, vec!["info", "warn", "error"]),
        (LogLevel::Error, vec!["error"]),
        (LogLevel::Debug, vec!["debug", "info", "warn", "error"]),
        (LogLevel::Fatal, vec![]),
        (LogLevel::Warn, vec!["warn", "error"]),
    ] {
        bench.open(|settings| {
            settings.level = level;
            settings.disable_zap_resource = true;
        });
        let round = format!("{level:?}");
        say(&round);
        expected.extend(words.into_iter().map(|word| format!("{word} {round}")));
    }
    let messages: Vec<_> =
        bench.lines().iter().map(|line| line.split('\t').next_back().unwrap().to_owned()).collect();
    assert_eq!(messages, expected);
}

#[test]
fn lines_from_before_the_log_was_open_are_written_then() {
    let bench = Bench::new();
    debug!("too unimportant");
    info!(at = 1, "early");
    bench.open(no_resource);
    info!("late");
    assert_eq!(
        bench.lines(),
        [
            "2025-11-22T06:55:47.022Z\tinfo\tearly\t{\"at\": 1}",
            "2025-11-22T06:55:47.022Z\tinfo\tlate"
        ]
    );
}

#[test]
fn only_so_many_early_lines_are_kept_and_the_rest_is_counted() {
    let bench = Bench::new();
    for number in 0..WAITING_MAX + 7 {
        info!(number, "early");
    }
    bench.open(no_resource);
    let lines = bench.lines();
    assert_eq!(lines.len(), WAITING_MAX + 1);
    assert!(lines[WAITING_MAX].ends_with("are left out\t{\"lines\": 7}"), "{lines:?}");
}

#[test]
fn what_libraries_say_about_themselves_is_left_out() {
    let bench = Bench::opened(no_resource);
    info!(target: "h2::codec", "frame");
    info!(target: "h2o", "a component may be called anything");
    warn!(target: "hyper", "trouble");
    let words: Vec<_> = bench.lines().iter().map(|line| line.split('\t').count()).collect();
    assert_eq!(words, [3, 3]);
}

#[tokio::test(start_paused = true)]
async fn repeated_lines_are_sampled_in_rounds() {
    let bench = Bench::opened(|settings| {
        settings.disable_zap_resource = true;
        let tick = Duration::from_secs(10).into();
        settings.sampling = Optional::Some(LogSampling { tick, initial: 2, thereafter: 3 });
    });
    let repeat = |times: usize| {
        for number in 1..=times {
            info!(number, "again");
        }
    };
    let numbers = |bench: &Bench| -> Vec<u64> {
        let lines = bench.lines();
        let fields = lines.iter().map(|line| line.split('\t').next_back().unwrap());
        fields
            .map(|json| serde_json::from_str::<serde_json::Value>(json).unwrap()["number"].as_u64())
            .map(Option::unwrap)
            .collect()
    };
    repeat(9);
    warn!(number = 0, "again");
    assert_eq!(numbers(&bench), [1, 2, 5, 8, 0]);
    tokio::time::advance(Duration::from_secs(10)).await;
    repeat(3);
    assert_eq!(numbers(&bench), [1, 2, 5, 8, 0, 1, 2]);
}

#[test]
fn without_sampling_every_line_is_written() {
    let bench = Bench::opened(|settings| settings.sampling = Optional::None);
    for _ in 0..150 {
        info!("again");
    }
    assert_eq!(bench.lines().len(), 150);
}

#[test]
fn outputs_that_cannot_be_opened_are_named_and_change_nothing() {
    let bench = Bench::opened(no_resource);
    for (path, words) in [
        ("/nowhere/at/all", "No such file"),
        ("https://logs", "no sink found for scheme \"https\""),
    ] {
        let settings =
            LogsSettings { output_paths: vec![path.to_owned()], ..LogsSettings::default() };
        let error = bench.logs.open(&settings, &[]).unwrap_err().to_string();
        assert!(error.starts_with(&format!("couldn't open sink {path:?}")), "{error}");
        assert!(error.contains(words), "{error}");
    }
    info!("still here");
    assert_eq!(bench.lines().len(), 1);
}

#[test]
fn a_file_may_be_given_as_a_url() {
    let bench = Bench::opened(|settings| {
        let path = settings.output_paths.remove(0);
        settings.output_paths = vec![format!("file://{path}"), format!("file://localhost{path}")];
    });
    info!("twice");
    assert_eq!(bench.lines().len(), 2);
}
