use std::{fs, sync::Arc};

use bytes::Bytes;
use futures_util::FutureExt as _;
use sdk::{BuildContext, Capabilities, ComponentKind, Extension as _, Storage};
use tempfile::TempDir;
use testkit::{check_refused, contract::block_on, settings};

use super::{Config, FileStorage, state::file_name};

testkit::extension_contract!(FileStorage, include_str!("README.md"), "directory: .");

fn context() -> BuildContext {
    testkit::context(ComponentKind::Extension, "file_storage")
}

async fn storage(directory: &TempDir, more: &str) -> Arc<dyn Storage> {
    let yaml = format!("directory: {}\n{more}", directory.path().display());
    let mut extension = FileStorage::new(settings(&yaml), context()).unwrap();
    extension.start(context().host).await.unwrap();
    let mut capabilities = Capabilities::default();
    extension.provide(&mut capabilities);
    capabilities.get::<Arc<dyn Storage>>().unwrap()
}

#[test]
fn what_was_not_removed_is_there_after_a_restart() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let opened = storage(&directory, "").await.open("exporter_otlp/1_traces").await.unwrap();
        let parts = |text: &'static str| vec![Bytes::from("a "), Bytes::from(text)];
        let first = opened.store.append(parts("first"), 5).await.unwrap();
        let second = opened.store.append(parts("second"), 6).await.unwrap();
        assert_eq!(opened.store.read(first.key).await.unwrap(), "a first");
        opened.store.remove(first.key);
        opened.store.close().await;
        drop(opened);
        let again = storage(&directory, "").await.open("exporter_otlp/1_traces").await.unwrap();
        assert_eq!(again.entries, [second]);
        assert_eq!((second.tag, second.bytes), (6, 8));
        assert_eq!(again.store.read(second.key).await.unwrap(), "a second");
        assert!(again.store.read(first.key).await.unwrap_err().is_permanent());
    });
}

#[test]
fn a_queue_has_one_owner_and_queues_do_not_meet() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let storage = storage(&directory, "fsync: false").await;
        let one = storage.open("exporter_otlp_traces").await.unwrap();
        let other = storage.open("exporter_otlp_logs").await.unwrap();
        one.store.append(vec!["one".into()], 1).await.unwrap();
        let error = storage.open("exporter_otlp_traces").await.err().unwrap();
        assert!(error.to_string().contains("is in use by another process"), "{error}");
        assert_eq!(other.entries, []);
    });
}

#[test]
fn a_client_that_leaves_leaves_nothing_on_the_disk() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let opened = storage(&directory, "").await.open("queue").await.unwrap();
        let mut append = Box::pin(opened.store.append(vec!["left".into()], 1));
        assert!((&mut append).now_or_never().is_none());
        drop(append);
        let kept = opened.store.append(vec!["kept".into()], 1).await.unwrap();
        opened.store.close().await;
        drop(opened);
        let again = storage(&directory, "").await.open("queue").await.unwrap();
        assert_eq!(again.entries, [kept]);
    });
}

#[test]
fn a_queue_at_its_limit_refuses_so_that_the_client_tries_again() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let opened = storage(&directory, "max_size: 10000").await.open("queue").await.unwrap();
        let large = || vec![Bytes::from(vec![0; 6000])];
        let first = opened.store.append(large(), 1).await.unwrap();
        let error = opened.store.append(large(), 1).await.unwrap_err();
        assert!(!error.is_permanent());
        assert_eq!(error.message(), "storage: no room: the limit of 10000 bytes is reached");
        opened.store.remove(first.key);
        opened.store.append(large(), 1).await.unwrap();
        let never = vec![Bytes::from(vec![0; 20_000])];
        let error = opened.store.append(never, 1).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "Permanent error: storage: a record of 20000 bytes is too large"
        );
    });
}

#[test]
fn damage_costs_one_entry_and_is_counted() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let opened = storage(&directory, "").await.open("queue").await.unwrap();
        for text in ["first", "second", "third"] {
            opened.store.append(vec![text.into()], 1).await.unwrap();
        }
        opened.store.close().await;
        drop(opened);
        let file = directory.path().join("queue").join("00000000000000000001.log");
        let bytes = fs::read(&file).unwrap();
        let at = bytes.windows(6).position(|bytes| bytes == b"second").unwrap();
        let mut broken = bytes;
        broken[at] = b'S';
        fs::write(&file, broken).unwrap();
        let again = storage(&directory, "").await.open("queue").await.unwrap();
        let mut texts = Vec::new();
        for entry in &again.entries {
            texts.push(again.store.read(entry.key).await.unwrap());
        }
        assert_eq!(texts, ["first", "third"]);
    });
}

#[test]
fn a_missing_directory_is_named_with_the_remedy() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap().path().join("missing");
        let yaml = format!("directory: {}", directory.display());
        let mut extension = FileStorage::new(settings(&yaml), context()).unwrap();
        let error = extension.start(context().host).await.unwrap_err().to_string();
        assert!(error.starts_with("directory must exist: "), "{error}");
        assert!(error.ends_with("create it, or set `create_directory: true`"), "{error}");
    });
}

#[test]
fn impossible_settings_are_refused() {
    for (yaml, place) in [
        ("directory: ''", "directory"),
        ("directory_permissions: rwx", "directory_permissions"),
        ("max_size: -1", "max_size"),
    ] {
        check_refused::<Config>(yaml, place);
    }
}

#[test]
fn any_name_is_a_file_name() {
    assert_eq!(file_name("exporter_otlp/ä_traces"), "exporter_otlp~2f~c3~a4_traces");
    assert!(file_name(&"/".repeat(1000)).len() < 210);
}
