use proptest::prelude::*;

use super::{Calls, Kind, Node, Waits, calls};

const fn node(id: u64, parent: Option<u64>, kind: Kind) -> Node {
    Node { id, parent, kind }
}

/// The example of the conventions: a workflow of a planner, which asks a researcher.
#[test]
fn calls_of_agents_add_up_and_those_of_workflows_do_not() {
    let nodes = [
        node(1, None, Kind::Agent), // the planner
        node(2, Some(1), Kind::Model),
        node(3, Some(1), Kind::Model),
        node(4, Some(1), Kind::Tool), // asks the researcher
        node(5, Some(4), Kind::Agent),
        node(6, Some(5), Kind::Model),
        node(7, Some(5), Kind::Other),
        node(8, Some(7), Kind::Model),
        node(9, Some(7), Kind::Tool),
    ];
    let found = calls(&nodes);
    let planner = Calls { own_model: 2, own_tool: 1, all_model: 4, all_tool: 2 };
    let researcher = Calls { own_model: 2, own_tool: 1, all_model: 2, all_tool: 1 };
    assert_eq!((found[&1], found[&5], found.len()), (planner, researcher, 2));
}

#[test]
fn rings_end() {
    let nodes = [
        node(1, Some(2), Kind::Agent),
        node(2, Some(1), Kind::Agent),
        node(3, Some(1), Kind::Model),
        node(4, Some(4), Kind::Tool),
    ];
    let found = calls(&nodes);
    assert_eq!(found[&1].own_model, 1);
    assert_eq!(found[&1].own_tool + found[&2].own_tool, 0);
}

#[test]
fn waits_that_overlap_count_once() {
    let mut waits = Waits::new();
    for (start, end) in [(0, 10), (5, 20), (30, 31), (40, 40), (50, 45)] {
        waits.add(start, end);
    }
    assert_eq!(waits.active(0, 60), 39);
    assert_eq!(waits.active(15, 30), 10, "only what lies within");
    assert_eq!(waits.active(60, 0), 0);
}

proptest! {
    /// The oracle paints every moment.
    #[test]
    fn active_time_is_what_is_left(
        waits in prop::collection::vec((0..100_u64, 0..100_u64), 0..60), seed in any::<u64>(),
    ) {
        let mut shuffled = waits.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
        let mut joined = Waits::new();
        shuffled.iter().for_each(|(start, end)| joined.add(*start, *end));
        let is_waited = |at: u64| waits.iter().any(|(start, end)| (*start..*end).contains(&at));
        prop_assert_eq!(joined.active(0, 100), (0..100).filter(|at| !is_waited(*at)).count() as u64);
    }

    #[test]
    fn many_waits_are_bounded_and_never_called_shorter(starts in prop::collection::vec(0..100_000_u64, 0..300)) {
        let mut joined = Waits::new();
        starts.iter().for_each(|start| joined.add(start * 10, start * 10 + 3));
        let mut unique = starts;
        unique.sort_unstable();
        unique.dedup();
        prop_assert!(joined.intervals.len() <= super::waits::WAITS_MAX);
        prop_assert!(joined.active(0, 1_000_000) <= 1_000_000 - unique.len() as u64 * 3);
    }

    /// Own calls add up to all calls, whatever the order; parents have smaller ids here, so nothing
    /// is a ring.
    #[test]
    fn own_calls_add_up(kinds in prop::collection::vec((0..4_u8, any::<prop::sample::Index>()), 1..60), seed in any::<u64>()) {
        let kinds_of = [Kind::Agent, Kind::Model, Kind::Tool, Kind::Other];
        let mut nodes = vec![node(0, None, Kind::Agent)];
        for (id, (kind, parent)) in kinds.iter().enumerate() {
            let parent = parent.index(id + 1) as u64;
            nodes.push(node(id as u64 + 1, Some(parent), kinds_of[usize::from(*kind)]));
        }
        let whole = calls(&nodes);
        let models = nodes.iter().filter(|node| node.kind == Kind::Model).count() as u64;
        prop_assert_eq!(whole.values().map(|calls| calls.own_model).sum::<u64>(), models);
        prop_assert_eq!(whole[&0].all_model, models);
        fastrand::Rng::with_seed(seed).shuffle(&mut nodes);
        // Seen twice is seen once.
        let twice = [nodes.as_slice(), &nodes].concat();
        prop_assert_eq!(calls(&twice), whole);
    }
}
