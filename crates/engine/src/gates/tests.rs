use super::*;

#[test]
fn gates_are_switched_on_and_off_by_their_ids() {
    let mut gates = Gates::default();
    assert!(!gates.is_enabled(PROFILES_SUPPORT));
    assert!(gates.is_enabled("service.partialReloadReceivers"));
    let list = "service.profilesSupport,-service.partialReloadReceivers,+service.AllowNoPipelines";
    gates.apply(list).unwrap();
    gates.apply("").unwrap();
    assert!(gates.is_enabled(PROFILES_SUPPORT) && gates.is_enabled(ALLOW_NO_PIPELINES));
    assert!(!gates.is_enabled("service.partialReloadReceivers"));
}

#[test]
fn a_list_with_a_fault_changes_nothing() {
    let mut gates = Gates::default();
    let error = gates.apply("service.profilesSupport,nope").unwrap_err();
    assert!(
        error.starts_with(
            "no such feature gate \"nope\". valid gates: [confmap.enableMergeAppendOption pdata."
        ),
        "{error}"
    );
    let error = gates.apply("service.profilesSupport,,x").unwrap_err();
    assert_eq!(error, "empty feature gate identifier at index 1");
    assert_eq!(gates, Gates::default());
}

#[test]
fn gates_are_listed_by_id() {
    let ids: Vec<_> = Gates::default().iter().map(|(gate, _)| gate.id.to_lowercase()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(Gates::find(PROFILES_SUPPORT).map(|gate| gate.stage.name()), Some("Alpha"));
}
