//! What a backend says of our settings is told once, and shown.

use std::sync::{Arc, Mutex};

use sdk::{Capabilities, ComponentKind, Delivery, Error, HostApi, Id, Status, StatusEvent};

use super::support::{Bench, Logs, Scripted, Step, spans, steady};

/// Keeps what is reported.
#[derive(Default)]
struct Heard(Mutex<Vec<Status>>);

impl HostApi for Heard {
    fn capabilities(&self, _: &Id) -> Option<Capabilities> {
        None
    }

    fn report(&self, event: StatusEvent) {
        assert_eq!(
            (event.kind, event.id.to_string()),
            (ComponentKind::Exporter, "otlp/backend".into())
        );
        self.0.lock().unwrap().push(event.status);
    }

    fn statuses(&self) -> Vec<StatusEvent> {
        Vec::new()
    }
}

fn no_tenant() -> Step {
    Step::Fail(Error::refused("no org id").advise("name a tenant"))
}

#[tokio::test(start_paused = true)]
async fn a_wrong_setting_is_retried_logged_once_and_the_status_until_it_works() {
    let (logs, _guard) = Logs::capture();
    let heard = Arc::new(Heard::default());
    let script = [no_tenant(), no_tenant(), no_tenant(), Step::Take, Step::Take, no_tenant()];
    let delivery = Delivery { retry: Some(steady()), ..Delivery::default() };
    let bench = Bench::with_host(Scripted::new(script), delivery, heard.clone());
    bench.consume(spans("a", 2)).await.unwrap();
    assert_eq!(bench.exporter.times().len(), 4);
    let recoverable = Status::RecoverableError("name a tenant".to_owned());
    assert_eq!(*heard.0.lock().unwrap(), [recoverable.clone(), Status::Ok]);
    let told = || logs.lines().iter().filter(|line| line.starts_with("error ")).count();
    assert_eq!(told(), 1);
    assert_eq!(
        logs.lines()[0],
        "error What the destination answers means that a setting is wrong: name a tenant {error: no org id}"
    );
    bench.consume(spans("b", 2)).await.unwrap();
    assert_eq!(heard.0.lock().unwrap().len(), 2, "a success that is no news is not reported");
    bench.consume(spans("c", 2)).await.unwrap();
    assert_eq!(told(), 2, "what comes back is told again");
    assert_eq!(
        *heard.0.lock().unwrap(),
        [recoverable.clone(), Status::Ok, recoverable, Status::Ok]
    );
    assert_eq!(bench.ends(), [6, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn other_failures_say_nothing_of_settings() {
    let heard = Arc::new(Heard::default());
    let delivery = Delivery { retry: Some(steady()), ..Delivery::default() };
    let bench = Bench::with_host(Scripted::new([Step::Refuse]), delivery, heard.clone());
    bench.consume(spans("a", 2)).await.unwrap();
    assert!(heard.0.lock().unwrap().is_empty());
}
