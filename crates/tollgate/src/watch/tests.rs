use std::{fs, os::unix::fs::symlink, time::Duration};

use engine::run::Control;
use tokio::{sync::mpsc, time::sleep};

use super::{LOOK_EVERY, Watched, watch};

#[tokio::test(start_paused = true)]
async fn a_change_that_stays_asks_once() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second, link] = ["first", "second", "link"].map(|name| folder.path().join(name));
    fs::write(&first, "receivers:").unwrap();
    symlink(&first, &link).unwrap();
    let path = link.to_str().unwrap();
    let watched = Watched::default();
    let read = || {
        watched.begin();
        watched.provider().retrieve(path).unwrap();
    };
    read();
    let (control, mut controls) = mpsc::channel(8);
    tokio::spawn(watch(watched.clone(), control));
    let looks = |count: u32| sleep(LOOK_EVERY * count + Duration::from_millis(500));
    looks(3).await;
    assert!(controls.try_recv().is_err());

    // As Kubernetes does it: the name is put onto another file.
    fs::write(&second, "exporters:").unwrap();
    let fresh = folder.path().join("fresh");
    symlink(&second, &fresh).unwrap();
    fs::rename(&fresh, &link).unwrap();
    assert_eq!(controls.recv().await, Some(Control::Reload));
    looks(3).await;
    assert!(controls.try_recv().is_err(), "asked again for what it had asked for");
    read();

    // A file that goes and comes again as it was is no change once it is there.
    fs::remove_file(&second).unwrap();
    assert_eq!(controls.recv().await, Some(Control::Reload));
    fs::write(&second, "exporters:").unwrap();
    looks(4).await;
    assert!(controls.try_recv().is_err());
}
