use sdk::{ComponentKind, Delivered, Exporter as _, Signal};
use testkit::settings;

use super::Nop;

testkit::exporter_contract!(Nop, include_str!("README.md"), "{}");

#[tokio::test]
async fn takes_every_batch() {
    let context = testkit::context(ComponentKind::Exporter, "nop");
    let nop = Nop::new(settings("{}"), &Signal::ALL, context).unwrap();
    for batch in [testkit::spans("a"), testkit::gauges("b"), testkit::log_records("c")] {
        assert_eq!(nop.export(batch).await.unwrap(), Delivered::all());
    }
}
