//! What the packages install starts: their configs are good, and what they name is where they say.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a helper that fails fails the test; what is skipped says so"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use acceptance::{binary, run_with};
use serde_yaml::Value;

/// What pods are given.
const POD: [(&str, &str); 2] =
    [("TOLLGATE_POD_IP", "127.0.0.1"), ("TOLLGATE_BACKEND", "tempo:4317")];

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging")
}

fn text(path: &str) -> String {
    fs::read_to_string(packaging().join(path)).unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packaging").join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn assert_valid(config: &Path, variables: &[(&str, &str)]) {
    let outcome = run_with(&["validate", "--config", config.to_str().unwrap()], variables);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{}", config.display());
}

/// The output of a program; `None`, with a line that says so, where it is not installed.
fn installed(name: &str, arguments: &[&str]) -> Option<Output> {
    let output = Command::new(name).args(arguments).current_dir(packaging()).output();
    if output.is_err() {
        eprintln!("SKIPPED: {name} is not installed");
    }
    output.ok()
}

fn assert_ended_well(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_config_of_image_and_debian_package_is_good_as_installed_and_in_a_container() {
    let config = packaging().join("config.yaml");
    assert_valid(&config, &[]);
    let container = [
        ("TOLLGATE_LISTEN", "0.0.0.0"),
        ("TOLLGATE_STATE", "/var/lib/tollgate"),
        ("TOLLGATE_BACKEND", "tempo:4317"),
        ("TOLLGATE_BACKEND_INSECURE", "true"),
    ];
    assert_valid(&config, &container);
}

#[test]
fn service_image_and_debian_package_agree_where_things_are() {
    for file in ["Dockerfile", "systemd/tollgate.service", "deb/build.sh"] {
        let text = text(file);
        assert!(text.contains("/etc/tollgate"), "{file}");
        assert!(text.contains("usr/bin/tollgate") || file == "Dockerfile", "{file}");
    }
    assert!(text("Dockerfile").contains("ENTRYPOINT [\"/usr/bin/tollgate\"]"));
    assert!(
        text("systemd/tollgate.service").contains("EnvironmentFile=-/etc/tollgate/tollgate.env")
    );
    assert!(text("deb/build.sh").contains("etc/tollgate/tollgate.env"));
    // Each variable that the service may set is one that the config reads.
    let config = text("config.yaml");
    for line in
        text("systemd/tollgate.env").lines().filter_map(|line| line.strip_prefix("#TOLLGATE"))
    {
        let name = format!("TOLLGATE{}", line.split('=').next().unwrap());
        assert!(config.contains(&format!("${{env:{name}")), "{name}");
    }
}

#[test]
fn the_debian_package_holds_binary_config_service_and_completions() {
    let Some(version) = installed("dpkg-deb", &["--version"]) else { return };
    assert_ended_well(&version);
    let folder = scratch("deb");
    let built = Command::new(packaging().join("deb/build.sh"))
        .args([binary::path(), folder.as_path()])
        // A debug binary is large, and nobody downloads this one.
        .env("DPKG_DEB_OPTIONS", "-Znone")
        .output()
        .unwrap();
    assert_ended_well(&built);
    let package = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let root = folder.join("root");
    let arguments = [package.to_str().unwrap(), root.to_str().unwrap()];
    assert_ended_well(&installed("dpkg-deb", &["-R", arguments[0], arguments[1]]).unwrap());
    for file in [
        "usr/bin/tollgate",
        "etc/tollgate/config.yaml",
        "etc/tollgate/tollgate.env",
        "lib/systemd/system/tollgate.service",
        "usr/share/bash-completion/completions/tollgate",
        "usr/share/zsh/vendor-completions/_tollgate",
        "DEBIAN/postinst",
    ] {
        assert!(fs::metadata(root.join(file)).is_ok_and(|file| file.len() > 0), "{file}");
    }
    let control = fs::read_to_string(root.join("DEBIAN/control")).unwrap();
    assert!(control.contains("Package: tollgate\nVersion: "), "{control}");
    assert!(control.contains("Depends: libc6"), "{control}");
}

#[test]
fn the_service_is_one_that_systemd_reads() {
    let folder = scratch("systemd");
    // The paths of the package do not exist here; this test is about everything else.
    let unit = text("systemd/tollgate.service").replace("/usr/bin/tollgate", "/bin/true");
    let file = folder.join("tollgate.service");
    fs::write(&file, unit).unwrap();
    let arguments = ["verify", "--man=no", file.to_str().unwrap()];
    let Some(output) = installed("systemd-analyze", &arguments) else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let about_it: Vec<_> = said.lines().filter(|line| line.contains("tollgate.service")).collect();
    assert!(about_it.is_empty(), "{about_it:#?}");
}

#[test]
fn the_config_in_the_chart_is_good_and_its_ports_are_those_it_listens_on() {
    let values: Value = serde_yaml::from_str(&text("helm/tollgate/values.yaml")).unwrap();
    let config = serde_yaml::to_string(&values["config"]).unwrap();
    let file = scratch("chart").join("config.yaml");
    fs::write(&file, &config).unwrap();
    assert_valid(&file, &POD);
    let ports = values["ports"].as_mapping().unwrap().values().map(|port| port["port"].as_u64());
    for port in ports.chain([values["healthPort"].as_u64()]) {
        let port = port.unwrap();
        assert!(config.contains(&format!(":{port}")) || config.contains(&format!("port: {port}")));
    }
}

#[test]
fn the_chart_renders_in_each_mode_with_everything_on() {
    for (mode, kind) in
        [("deployment", "Deployment"), ("statefulset", "StatefulSet"), ("daemonset", "DaemonSet")]
    {
        let mode = format!("mode={mode}");
        let arguments = [
            "template",
            "probe",
            "helm/tollgate",
            // A helm that was built without one takes an old version for the cluster's.
            "--kube-version",
            "1.31.0",
            "--set",
            &mode,
            "--set",
            "autoscaling.enabled=true",
            "--set",
            "podDisruptionBudget.enabled=true",
            "--set",
            "serviceMonitor.enabled=true",
            "--set",
            "networkPolicy.enabled=true",
        ];
        let Some(output) = installed("helm", &arguments) else { return };
        assert_ended_well(&output);
        let mut kinds = BTreeMap::new();
        let rendered = String::from_utf8(output.stdout).unwrap();
        for document in serde_yaml::Deserializer::from_str(&rendered) {
            let document = <Value as serde::Deserialize>::deserialize(document).unwrap();
            if let Some(kind) = document["kind"].as_str() {
                *kinds.entry(kind.to_owned()).or_insert(0) += 1;
            }
            if document["kind"] == "ConfigMap" {
                let file = scratch(kind).join("config.yaml");
                fs::write(&file, document["data"]["config.yaml"].as_str().unwrap()).unwrap();
                assert_valid(&file, &POD);
            }
        }
        assert_eq!(kinds.get(kind), Some(&1), "{kinds:?}");
        assert_eq!(kinds.get("Service"), Some(&2), "{kinds:?}");
        assert_eq!(kinds.get("ConfigMap"), Some(&1), "{kinds:?}");
    }
}
