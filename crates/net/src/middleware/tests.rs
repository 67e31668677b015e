use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Refuses with its text, if it has one, and counts how often it was asked.
struct Gate(Option<&'static str>, AtomicUsize);

impl Gate {
    fn new(text: Option<&'static str>) -> Arc<Self> {
        Arc::new(Self(text, AtomicUsize::new(0)))
    }
}

impl ServerMiddleware for Gate {
    fn admit(&self) -> Result<(), Status> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.map_or(Ok(()), |text| Err(Status::resource_exhausted(text)))
    }
}

#[test]
fn the_first_refusal_counts_and_the_rest_is_not_asked() {
    let mut middlewares = ServerMiddlewares::default();
    assert!(middlewares.admit().is_ok());
    let gates = [Gate::new(None), Gate::new(Some("second")), Gate::new(Some("third"))];
    for gate in &gates {
        middlewares.push(gate.clone());
    }
    assert_eq!(middlewares.admit().unwrap_err().message(), "second");
    let asked = gates.map(|gate| gate.1.load(Ordering::Relaxed));
    assert_eq!(asked, [1, 1, 0]);
}

#[test]
fn a_middleware_that_cannot_be_had_is_named() {
    let mut middlewares = ServerMiddlewares::default();
    let rows = [
        (None, "failed to resolve middleware \"limiter\": middleware not found"),
        (Some(None), "requested extension is not a server middleware: \"limiter\""),
    ];
    for (offered, text) in rows {
        let error = middlewares.resolve("limiter", offered).unwrap_err().to_string();
        assert!(error.starts_with(text), "{error}");
    }
    let gate: Arc<dyn ServerMiddleware> = Gate::new(Some("no"));
    middlewares.resolve("limiter", Some(Some(gate))).unwrap();
    assert!(middlewares.admit().is_err());
}
