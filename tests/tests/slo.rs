//! `tollgate slo`, as users meet it. `UPDATE_EXPECT=1` writes the files anew that outputs are held
//! against; the difference is for people to judge.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::{env, fs, path::PathBuf, process::Command};

use acceptance::{Outcome, binary::folder, run, run_on};

const OBJECTIVES: &str = "data/slo/objectives.yaml";

/// Splits at spaces.
fn slo(line: &str) -> Outcome {
    run(&[&["slo"], line.split(' ').collect::<Vec<_>>().as_slice()].concat())
}

/// Holds an output against the file of that name.
fn is_as_expected(name: &str, found: &str) {
    let path = folder().join("data/slo").join(name);
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name}");
}

/// A folder for files of one test, removed with it.
struct Room(PathBuf);

impl Room {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("tollgate-slo-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn check_says_what_is_promised_and_which_alerts_come_of_it() {
    let Outcome { code, stdout, stderr } = slo(&format!("check {OBJECTIVES}"));
    assert_eq!(code, Some(0), "{stderr}");
    is_as_expected("check.txt", &stdout);
    assert_eq!(
        stderr,
        "objectives[4].target: warning: page 13.44x needs an error ratio of 1.344, above 1, at target \
         90%: using 3h/15m x4.48 instead (at data/slo/objectives.yaml:29:13)\n"
    );
}

#[test]
fn check_reads_stdin_and_several_files_and_finds_all_faults() {
    let bad = "objectives: [{name: A, on: run, good: oops, target: 95}]";
    let (code, stdout, stderr) = run_on(&["slo", "check", "-", OBJECTIVES], &[], bad.as_bytes());
    assert_eq!(code, Some(1));
    let stdout = String::from_utf8(stdout).unwrap();
    assert!(stdout.starts_with("stdin: 0 objectives, 3 errors, 0 warnings\n"), "{stdout}");
    assert!(stdout.contains(&format!("{OBJECTIVES}: 5 objectives, 0 errors, 1 warning\n")));
    for place in ["(at stdin:1:21)", "(at stdin:1:39)", "(at stdin:1:53)"] {
        assert!(stderr.contains(place), "{place}: {stderr}");
    }
}

#[test]
fn check_reads_the_processors_of_a_config_with_its_variables() {
    let room = Room::new("variables");
    let path = room.path("config.yaml");
    fs::write(
        &path,
        "receivers: {nop: }\nexporters: {nop: }\nprocessors:\n  slo/a:\n    objectives:\n    - {name: a, on: run, \
         good: outcome == completed, target: \"${env:TARGET}\"}\n  slo/b:\n    objectives:\n    - {name: b, on: run, \
         good: cost <= $0.50, target: 99%}\n",
    )
    .unwrap();
    let (code, stdout, stderr) = run_on(&["slo", "check", &path], &[("TARGET", "99.5%")], b"");
    let stdout = String::from_utf8(stdout).unwrap();
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    assert!(stdout.contains("  a: 99.5% of run in 28d, good: outcome == completed\n"), "{stdout}");
    assert!(stdout.contains("  b: 99% of run in 28d, good: cost <= $0.50\n"), "{stdout}");
    // Rules of two processors would be two files.
    let outcome = run(&["slo", "rules", &path]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
}

#[test]
fn rules_of_every_dialect_are_the_expected_ones_and_promtool_accepts_them() {
    let room = Room::new("rules");
    let mut files = Vec::new();
    for dialect in ["native", "sloth", "pyrra"] {
        let Outcome { code, stdout, .. } = slo(&format!("rules {OBJECTIVES} --dialect {dialect}"));
        assert_eq!(code, Some(0));
        is_as_expected(&format!("rules.{dialect}.yaml"), &stdout);
        let path = room.path(&format!("{dialect}.yaml"));
        let line = format!("rules {OBJECTIVES} --dialect {dialect} --output {path}");
        assert_eq!((slo(&line).code, slo(&line).stdout.as_str()), (Some(0), ""));
        assert_eq!(fs::read_to_string(&path).unwrap(), stdout);
        files.push(path);
    }
    let cheap = slo(&format!("rules {OBJECTIVES} --cheap"));
    assert!(cheap.stdout.contains("sum_over_time(slo:events:increase5m"), "{}", cheap.stdout);
    for file in files {
        let Ok(output) = Command::new("promtool").args(["check", "rules", &file]).output() else {
            eprintln!("skipped: promtool is not installed (Debian: apt-get install prometheus)");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
    }
}

#[test]
fn the_dashboard_is_the_expected_one() {
    let Outcome { code, stdout, .. } = slo(&format!("dashboard {OBJECTIVES}"));
    assert_eq!(code, Some(0));
    is_as_expected("dashboard.json", &stdout);
    serde_json::from_str::<serde_json::Value>(&stdout).unwrap();
}

#[test]
fn import_carries_over_what_it_can_and_says_what_it_cannot() {
    let Outcome { code, stdout, stderr } = slo("import data/slo/openslo.yaml");
    assert_eq!(code, Some(1), "two of three are not carried over");
    is_as_expected("imported.yaml", &stdout);
    is_as_expected("imported.stderr", &stderr);
}

#[test]
fn what_is_exported_is_imported_again_as_it_was() {
    let Outcome { code, stdout: exported, .. } = slo(&format!("export {OBJECTIVES}"));
    assert_eq!(code, Some(0));
    is_as_expected("exported.yaml", &exported);
    let (code, imported, stderr) = run_on(&["slo", "import", "-"], &[], exported.as_bytes());
    assert_eq!(code, Some(0), "{stderr}");
    // The same rules come of both, and the same promises.
    let (_, rules, _) = run_on(&["slo", "rules", "-"], &[], &imported);
    let alerts = "rules with the alerts' labels, which OpenSLO does not carry";
    let without_labels = fs::read_to_string(folder().join(OBJECTIVES)).unwrap();
    let without_labels =
        without_labels.split("alerts:").next().unwrap().to_owned() + "alerts: {preset: agent}\n";
    let (_, expected, _) = run_on(&["slo", "rules", "-"], &[], without_labels.as_bytes());
    assert!(!rules.is_empty());
    assert!(rules == expected, "{alerts}");
}

#[test]
fn what_cannot_be_done_is_said() {
    for (line, reason) in [
        ("check no-such-file", "Error: no-such-file: No such file or directory"),
        ("check", "Error: the following required arguments were not provided:"),
        (
            "rules data/slo/bad/unknown_field.yaml",
            "data/slo/bad/unknown_field.yaml: the objectives have faults",
        ),
        ("rules data/cli.yaml", "data/cli.yaml: this config has no `slo` processor"),
        (
            "rules data/slo/objectives.yaml --dialect x",
            "invalid value 'x' for '--dialect <DIALECT>'",
        ),
        ("rules data/slo/objectives.yaml --output no/such/folder", "no/such/folder: No such file"),
        ("check data/slo/objectives.yaml --config x", "slo takes no --config"),
        ("import data/slo/objectives.yaml", "has no kind or no metadata.name: write both"),
        ("export data/otlp-json/trace.json", "there are no objectives"),
        ("chek x", "Did you mean this?\n\tcheck\n"),
    ] {
        let Outcome { code, stdout, stderr } = slo(line);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{line}: {stderr}");
        assert!(stderr.contains(reason), "{line}: {stderr}");
    }
    let help = run(&["slo", "--help"]);
    for verb in ["check", "rules", "dashboard", "import", "export"] {
        assert!(help.stdout.contains(&format!("\n  {verb}")), "{}", help.stdout);
    }
    let script = run(&["completion", "bash"]).stdout;
    assert!(script.contains("tollgate__subcmd__slo__subcmd__check"), "no slo in the script");
}

/// The config of that name is refused by `slo check`, with the place and the remedy in the file
/// beside it, and by `validate` in the same words.
fn is_refused(name: &str) {
    let path = format!("data/slo/bad/{name}.yaml");
    let Outcome { code, stderr: checked, .. } = slo(&format!("check {path}"));
    assert_eq!(code, Some(1), "{checked}");
    is_as_expected(&format!("bad/{name}.stderr"), &checked);
    assert!(checked.contains(&format!("(at {path}:")), "no place: {checked}");
    // Settings that only files of objectives have.
    if !fs::read_to_string(folder().join(&path)).unwrap().contains("processors:") {
        return;
    }
    let Outcome { code, stdout, stderr } = run(&["validate", "--config", &path]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    for line in checked.lines().filter(|line| !line.contains(": warning: ")) {
        let (said, place) = line.rsplit_once(" (at ").unwrap();
        let (_, said) = said.split_once(": ").unwrap();
        assert!(stderr.contains(said), "validate does not say {said:?}: {stderr}");
        // The same line; the column is that of the key there.
        let place = place.rsplit_once(':').unwrap().0;
        let is_group = name == "no_objectives";
        assert!(is_group || stderr.contains(&format!("(at {place}:")), "{place}: {stderr}");
    }
}

/// One test for each.
macro_rules! refused {
    ($($name:ident)*) => { mod refused { $(#[test] fn $name() { super::is_refused(stringify!($name)); })*
        #[test]
        fn none_is_forgotten() {
            let told = [$(stringify!($name)),*];
            for entry in std::fs::read_dir(super::folder().join("data/slo/bad")).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap();
                assert!(told.contains(&name), "{name}");
            }
        }
    } };
}

refused! {
    alert_of_its_own_that_cannot_fire
    alert_that_cannot_fire
    always_good
    evaluation_without_deadline
    first_chunk_of_what_is_not_streamed
    group_for_each_id
    idle_longer_than_max_age
    match_of_nothing
    match_of_unknown_attribute
    memory_that_does_not_hold_the_runs
    name_twice
    name_with_capitals
    never_good
    no_groups_at_all
    no_objectives
    several_faults_at_once
    target_of_everything
    target_of_nothing
    target_with_both
    target_without_percent
    unit_mismatch
    unknown_field
    unknown_grain
    unknown_key
    window_of_hours
    window_too_short
}
