//! What a test file says.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use config::{Id, Value};
use jiff::Timestamp;
use pdata::{Batch, Context, Signal, json};
use serde::{Deserialize, Serialize};

use crate::verbs::redact::otlp::signal_of;

/// The longest file that is read, in bytes.
const FILE_MAX: u64 = 64 << 20;

/// A test file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct TestFile {
    /// The configs, one laid over the other; paths are relative to this file.
    pub(super) config: config::StringList,
    /// What the configs find in the environment; nothing else is there.
    pub(super) env: BTreeMap<String, String>,
    /// The time of day, which stands still.
    pub(super) now: String,
    /// The tests.
    pub(super) tests: Vec<Case>,
    /// The folder it is in.
    #[serde(skip)]
    pub(super) folder: PathBuf,
}

/// One test.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Case {
    /// What it shows, in a sentence.
    pub(super) name: String,
    /// What comes in, in order.
    pub(super) input: Vec<Input>,
    /// What each exporter is given, all of it together. Exporters that are not named may be given anything.
    pub(super) expect: BTreeMap<Id, Vec<Otlp>>,
}

/// A request that comes in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    /// The receiver it comes to; may be left out where there is only one.
    pub(super) receiver: Option<Id>,
    /// The request.
    pub(super) otlp: Value,
    /// Or a file with requests: one, or one a line.
    pub(super) file: String,
    /// What came with it: headers, for processors and exporters that look at them.
    pub(super) metadata: BTreeMap<String, String>,
}

/// A request that goes out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Otlp {
    /// The request; `<any>` stands for any value.
    pub(super) otlp: Value,
    /// Or a file with requests: one, or one a line.
    pub(super) file: String,
}

impl Default for TestFile {
    fn default() -> Self {
        Self {
            config: config::StringList::default(),
            env: BTreeMap::new(),
            now: "2026-01-01T00:00:00Z".to_owned(),
            tests: Vec::new(),
            folder: PathBuf::new(),
        }
    }
}

impl TestFile {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = read(path)?;
        let name = path.display().to_string();
        let value = config::yaml::parse(&text, &name).map_err(|error| error.to_string())?;
        let mut file: Self = config::decode(&value, "").map_err(|errors| errors.to_string())?;
        file.folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        if file.config.is_empty() {
            return Err("`config` must name a config".to_owned());
        }
        if file.tests.is_empty() {
            return Err("`tests` has no test".to_owned());
        }
        file.now()?;
        Ok(file)
    }

    /// Where a path of this file leads. What names a provider, `yaml:` for example, is no path.
    pub(super) fn place(&self, path: &str) -> String {
        match path.split_once(':') {
            Some((scheme, _)) if scheme.len() > 1 && scheme != "file" => path.to_owned(),
            _ => self.folder.join(path.trim_start_matches("file:")).to_string_lossy().into_owned(),
        }
    }

    /// The time of day.
    pub(super) fn now(&self) -> Result<SystemTime, String> {
        let now: Timestamp = self.now.parse().map_err(|error| format!("`now`: {error}"))?;
        let nanos = u64::try_from(now.as_nanosecond()).map_err(|_| "`now` is before 1970")?;
        Ok(UNIX_EPOCH + Duration::from_nanos(nanos))
    }

    /// The requests that stand here or in a file, as JSON.
    pub(super) fn requests(&self, otlp: &Value, file: &str) -> Result<Vec<String>, String> {
        match (otlp.is_null(), file.is_empty()) {
            (false, true) => Ok(vec![config::to_json(otlp)]),
            (true, false) => {
                let text = read(Path::new(&self.place(file)))?;
                let is_one = serde_json::from_str::<serde_json::Value>(&text).is_ok();
                let lines = text.lines().filter(|line| !line.trim().is_empty());
                Ok(if is_one { vec![text] } else { lines.map(str::to_owned).collect() })
            }
            _ => Err("give either `otlp` or `file`".to_owned()),
        }
    }

    /// A request that comes in, checked as a receiver does.
    pub(super) fn batches(&self, input: &Input) -> Result<Vec<Batch>, String> {
        let mut context = Context::default();
        for (name, value) in &input.metadata {
            context.metadata.add(name, value.clone());
        }
        let context = Arc::new(context);
        let requests = self.requests(&input.otlp, &input.file)?;
        requests.iter().map(|request| decode(request, &context)).collect()
    }
}

/// A request in JSON.
pub(super) fn decode(request: &str, context: &Arc<Context>) -> Result<Batch, String> {
    let signal = signal(request)?;
    let bytes = json::decode(signal, request.as_bytes()).map_err(|error| error.to_string())?;
    Batch::checked(signal, bytes.into(), Arc::clone(context)).map_err(|error| error.to_string())
}

fn signal(request: &str) -> Result<Signal, String> {
    signal_of(request.as_bytes()).ok_or_else(|| {
        "a request begins with resourceSpans, resourceLogs or resourceMetrics".to_owned()
    })
}

fn read(path: &Path) -> Result<String, String> {
    let failed = |reason: String| format!("{}: {reason}", path.display());
    let size = fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if size > FILE_MAX {
        return Err(failed(format!("is larger than {FILE_MAX} bytes")));
    }
    fs::read_to_string(path).map_err(|error| failed(error.to_string()))
}
