use super::*;

#[test]
fn a_batch_without_bytes_has_no_items() {
    for signal in Signal::ALL {
        let batch = Batch::checked(signal, Bytes::new(), Arc::default()).unwrap();
        assert!(batch.is_empty());
        assert_eq!(Signal::from_name(signal.name()), Some(signal));
    }
}
