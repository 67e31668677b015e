use super::*;
use crate::{BuildContext, BuildError, Delivered, Error, Signal};

struct Sink;

#[crate::async_trait]
impl Exporter for Sink {
    const KIND: &'static str = "sink";
    const ALIASES: &'static [&'static str] = &["hole"];
    type Config = crate::NoSettings;

    fn new(_: Self::Config, _: &[Signal], _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self)
    }

    async fn export(&self, _: pdata::Batch) -> Result<Delivered, Error> {
        Ok(Delivered::all())
    }
}

#[test]
fn a_component_is_found_by_its_name_and_by_its_old_names() {
    let mut registry = Registry::default();
    registry.exporter::<Sink>();
    assert_eq!(registry.find_exporter("sink").map(|entry| entry.name), Some("sink"));
    assert_eq!(registry.find_exporter("hole").map(|entry| entry.name), Some("sink"));
    assert!(registry.find_exporter("nope").is_none() && registry.find_receiver("sink").is_none());
    assert_eq!(registry.names(ComponentKind::Exporter), ["sink"]);
}

#[test]
fn what_is_known_and_absent_comes_with_advice() {
    let mut registry = Registry::default();
    registry.absent(ComponentKind::Exporter, &["loki"], "use another");
    assert_eq!(registry.instead_of(ComponentKind::Exporter, "loki"), Some("use another"));
    assert_eq!(registry.instead_of(ComponentKind::Receiver, "loki"), None);
    assert_eq!(registry.instead_of(ComponentKind::Exporter, "lok"), None);
}
