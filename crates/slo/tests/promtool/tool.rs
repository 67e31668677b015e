//! Running promtool.

use std::{
    fs,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

/// A directory of its own for a test, removed with it.
pub(crate) struct Room(PathBuf);

impl Room {
    /// None where promtool is missing, which is said in one line.
    pub(crate) fn new() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        if Command::new("promtool").arg("--version").output().is_err() {
            eprintln!("skipped: promtool is not installed (Debian: apt-get install prometheus)");
            return None;
        }
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("slo-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Some(Self(path))
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    /// Whether it is content, and what it said.
    pub(crate) fn promtool(&self, args: &[&str], files: &[String]) -> (bool, String) {
        if args.first() == Some(&"test") {
            files.iter().for_each(|file| self.order(file));
        }
        let output =
            Command::new("promtool").current_dir(&self.0).args(args).args(files).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&text).into_owned())
    }

    /// Has the groups judged in the order of their files. promtool takes any order otherwise, and a
    /// group that reads what another wrote then sometimes sees the value of a step before.
    fn order(&self, test: &str) {
        let text = fs::read_to_string(self.0.join(test)).unwrap();
        let (rule_files, _) = text.strip_prefix("rule_files: [").unwrap().split_once(']').unwrap();
        let mut groups = Vec::new();
        for file in rule_files.split(", ") {
            let rules = fs::read_to_string(self.0.join(file)).unwrap();
            groups.extend(
                rules.lines().filter_map(|line| line.strip_prefix("- name: ")).map(str::to_owned),
            );
        }
        assert!(!groups.is_empty(), "no group in {rule_files}");
        fs::write(self.0.join(test), format!("group_eval_order: [{}]\n{text}", groups.join(", ")))
            .unwrap();
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The beginning of a long text.
pub(crate) fn short(text: &str) -> &str {
    text.char_indices().nth(6_000).map_or(text, |(at, _)| &text[..at])
}
