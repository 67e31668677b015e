//! A real Prometheus, where one is installed.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::DEADLINE;

/// Prometheus in a folder of its own; both end with the test.
#[derive(Debug)]
pub struct Prometheus {
    folder: PathBuf,
    server: Option<Child>,
    /// Where it listens, once started.
    pub address: String,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Prometheus {
    /// Whether there is one; says so in one line if there is none.
    #[must_use]
    pub fn is_installed() -> bool {
        let answers = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
        let both = answers("prometheus") && answers("promtool");
        if !both {
            eprintln!("skipped: prometheus is not installed (Debian: apt-get install prometheus)");
        }
        both
    }

    /// An empty folder for one, named after the test.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("tollgate-{name}-{}", std::process::id()));
        let own = Self { folder, server: None, address: String::new() };
        fs::create_dir_all(own.folder.join("data")).unwrap();
        own
    }

    /// Puts a file into the folder.
    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).unwrap();
    }

    /// Gives it a past, in OpenMetrics.
    pub fn import(&self, history: &str) {
        self.write("history.txt", history);
        let imported = Command::new("promtool")
            .args(["tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"])
            .current_dir(&self.folder)
            .output()
            .unwrap();
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    }

    /// Starts it on a port of the system's choice and waits until it listens.
    pub fn start(&mut self, config: &str, arguments: &[&str]) {
        self.write("prometheus.yml", config);
        let mut server = Command::new("prometheus")
            .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
            .args(["--web.listen-address=127.0.0.1:0", "--log.level=info"])
            .args(arguments)
            .current_dir(&self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
        self.server = Some(server);
        let mut said = Vec::new();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let found = line.split_once("msg=\"Listening on\" address=");
            let found = found.map(|(_, address)| address.trim().to_owned());
            said.push(line);
            found
        });
        self.address =
            address.unwrap_or_else(|| panic!("it does not listen:\n{}", said.join("\n")));
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    }

    /// The data of an answer.
    ///
    /// # Errors
    ///
    /// What is wrong with the question.
    pub fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Value, String> {
        let encode =
            |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
        let pairs: Vec<String> = parameters
            .iter()
            .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
            .collect();
        let mut stream = TcpStream::connect(&self.address).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        write!(stream, "GET /api/v1/{path}?{} HTTP/1.0\r\nHost: a\r\n\r\n", pairs.join("&"))
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(|error| error.to_string())?;
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let value: Value = serde_json::from_str(body).map_err(|_| answer.clone())?;
        if value["status"] == "success" { Ok(value["data"].clone()) } else { Err(body.to_owned()) }
    }

    /// What an expression gives now.
    ///
    /// # Errors
    ///
    /// What is wrong with the expression.
    pub fn now(&self, expr: &str) -> Result<Vec<Value>, String> {
        let data = self.get("query", &[("query", expr)])?;
        Ok(data["result"].as_array().cloned().unwrap_or_default())
    }

    /// What an expression gives, waited for until it gives something.
    pub fn wait(&self, expr: &str) -> Vec<Value> {
        let pause = Duration::from_millis(50);
        let mut last = Ok(Vec::new());
        for _ in 0..DEADLINE.as_millis() / pause.as_millis() {
            last = self.now(expr);
            if let Ok(found) = &last
                && !found.is_empty()
            {
                return found.clone();
            }
            std::thread::park_timeout(pause);
        }
        panic!("waited for {expr}: {last:?}");
    }
}
