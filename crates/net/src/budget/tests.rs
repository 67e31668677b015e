use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{BudgetError, BudgetLimits, ByteBudget, BytePermit, ClientId, Refusals};
use crate::auth::Identity;

const ONE: ClientId = ClientId(1);
const TWO: ClientId = ClientId(2);

#[test]
fn gives_back_what_a_dropped_permit_held() {
    let budget = ByteBudget::new(100);
    let first = budget.try_take(ONE, 60).unwrap();
    assert_eq!(budget.try_take(ONE, 41).unwrap_err(), BudgetError::Exhausted);
    let shared = Arc::new(first);
    let other = Arc::clone(&shared);
    drop(shared);
    assert_eq!((budget.held(), budget.clients()), (60, 1));
    drop(other);
    assert_eq!((budget.held(), budget.clients()), (0, 0));
    assert_eq!(budget.try_take(ONE, 100).unwrap().held(), 100);
}

#[test]
fn says_when_a_request_can_never_fit() {
    let budget = ByteBudget::new(10);
    let error = budget.try_take(ONE, 11).unwrap_err();
    assert_eq!(error, BudgetError::NeverFits { capacity: 10 });
}

#[test]
fn an_unlimited_budget_never_refuses() {
    let budget = ByteBudget::unlimited();
    let permit = budget.try_take(ONE, usize::MAX).unwrap();
    assert_eq!((permit.held(), budget.held()), (usize::MAX, 0));
}

#[test]
fn a_client_alone_stops_at_three_quarters_and_others_find_room() {
    let budget = ByteBudget::new(1000);
    let mut held = Vec::new();
    let refused = loop {
        match budget.try_take(ONE, 10) {
            Ok(permit) => held.push(permit),
            Err(error) => break error,
        }
    };
    assert_eq!((budget.held(), refused), (750, BudgetError::OverShare));
    assert!(budget.try_take(TWO, 100).is_ok());
    let refusals = Refusals { over_share: 1, ..Refusals::default() };
    assert_eq!(budget.refusals(), refusals);
}

#[test]
fn without_shares_a_client_may_hold_everything() {
    let limits = BudgetLimits { client_percentage: 100, ..BudgetLimits::new(1000) };
    let budget = ByteBudget::with_limits(limits);
    let held: Vec<_> = (0..10).map(|_| budget.try_take(ONE, 100).unwrap()).collect();
    assert_eq!((held.len(), budget.held()), (10, 1000));
}

#[test]
fn clients_beyond_the_table_share_one_share() {
    let limits = BudgetLimits { clients_max: 2, ..BudgetLimits::new(1000) };
    let budget = ByteBudget::with_limits(limits);
    let mut known = [ONE, TWO].map(|client| budget.try_take(client, 1).unwrap());
    let take = |number| budget.try_take(ClientId(number), 100);
    let others: Vec<_> = (10..30).map_while(|number| take(number).ok()).collect();
    assert_eq!((others.len(), budget.clients()), (8, 3), "as much as one client");
    assert_eq!(take(30).unwrap_err(), BudgetError::OverShare);
    known[0].try_resize(50).unwrap();
    drop((others, known));
    assert_eq!((budget.held(), budget.clients()), (0, 0));
}

#[test]
fn a_client_is_who_it_says_it_is_else_where_it_calls_from() {
    let peer = |text: &str| Some(text.parse().unwrap());
    let named = |key: &str, value: &str| Identity::from([(key.to_owned(), value.to_owned())]);
    let nobody = Identity::new();
    let id = ClientId::new;
    let rows = [
        (&nobody, "1.2.3.4:1", &nobody, "1.2.3.4:2", true),
        (&nobody, "1.2.3.4:1", &nobody, "1.2.3.5:1", false),
        (&nobody, "1.2.3.4:1", &nobody, "[::ffff:1.2.3.4]:1", true),
        (&nobody, "[2001:db8::1]:1", &nobody, "[2001:db8::2]:1", true),
        (&nobody, "[2001:db8::1]:1", &nobody, "[2001:db8:0:1::1]:1", false),
        (&named("subject", "a"), "1.2.3.4:1", &named("username", "a"), "5.6.7.8:1", true),
        (&named("subject", "a"), "1.2.3.4:1", &named("subject", "b"), "1.2.3.4:1", false),
        (&named("raw", "a"), "1.2.3.4:1", &named("raw", "b"), "1.2.3.4:1", true),
    ];
    for (one, from, other, other_from, is_same) in rows {
        let same = id(one, peer(from)) == id(other, peer(other_from));
        assert_eq!(same, is_same, "{one:?} {from}, {other:?} {other_from}");
    }
    assert_eq!(id(&nobody, None), id(&nobody, None));
}

/// Sends `bytes` every `pause`; what is taken is delivered after `delivery`. Taken and refused.
async fn sender(
    budget: ByteBudget,
    client: ClientId,
    bytes: usize,
    [pause, delivery]: [Duration; 2],
) -> (usize, usize) {
    let (taken, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut deliveries = JoinSet::new();
    let send = async {
        loop {
            match budget.try_take(client, bytes) {
                Ok(permit) => {
                    taken.fetch_add(1, Ordering::Relaxed);
                    deliveries.spawn(async move {
                        sleep(delivery).await;
                        drop(permit);
                    });
                }
                Err(_) => {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
            }
            sleep(pause).await;
        }
    };
    let _: Result<(), _> = timeout(Duration::from_secs(60), send).await;
    (taken.into_inner(), refused.into_inner())
}

#[tokio::test(start_paused = true)]
async fn heavy_senders_starve_neither_a_light_one_nor_each_other() {
    let budget = ByteBudget::new(1 << 20);
    let millis = Duration::from_millis;
    // Each heavy one wants forty times the budget; delivery takes a tenth of a second.
    let heavy = |client| {
        let budget = budget.clone();
        tokio::spawn(sender(budget, ClientId(client), 40 << 10, [millis(1), millis(100)]))
    };
    let heavies = [heavy(10), heavy(11), heavy(12)];
    sleep(Duration::from_secs(1)).await;
    let light = tokio::spawn(sender(budget.clone(), ONE, 4 << 10, [millis(50), millis(100)]));
    let (taken, refused) = light.await.unwrap();
    assert!(taken >= 1000 && refused == 0, "the light one: {taken} taken, {refused} refused");
    let mut all = Vec::new();
    for heavy in heavies {
        let (taken, refused) = heavy.await.unwrap();
        assert!(refused > taken, "{taken} taken, {refused} refused");
        all.push(taken);
    }
    let (least, most) = (all.iter().min().unwrap(), all.iter().max().unwrap());
    assert!(least * 10 >= most * 8, "shares of the heavy ones: {all:?}");
}

/// What a client does: takes, or gives back its oldest permit.
fn steps(clients: u64, bytes_max: usize) -> impl Strategy<Value = Vec<(u64, Option<usize>)>> {
    let step = (1..=clients, prop::option::weighted(0.8, 0..=bytes_max));
    prop::collection::vec(step, 0..400)
}

fn play(budget: &ByteBudget, steps: Vec<(u64, Option<usize>)>) -> Vec<(u64, BytePermit)> {
    let mut permits: Vec<(u64, BytePermit)> = Vec::new();
    for (client, bytes) in steps {
        match bytes {
            Some(bytes) => {
                let taken = budget.try_take(ClientId(client), bytes);
                permits.extend(taken.ok().map(|permit| (client, permit)));
            }
            None => {
                if let Some(at) = permits.iter().position(|(owner, _)| *owner == client) {
                    permits.remove(at);
                }
            }
        }
    }
    permits
}

proptest! {
    #[test]
    fn held_is_the_sum_of_the_permits(
        steps in steps(6, 80),
        halved in any::<prop::sample::Index>(),
    ) {
        let limits = BudgetLimits { clients_max: 4, ..BudgetLimits::new(400) };
        let budget = ByteBudget::with_limits(limits);
        let mut permits = play(&budget, steps);
        if !permits.is_empty() {
            let at = halved.index(permits.len());
            let half = permits[at].1.held() / 2;
            permits[at].1.try_resize(half).unwrap();
        }
        let sum: usize = permits.iter().map(|(_, permit)| permit.held()).sum();
        prop_assert_eq!(sum, budget.held());
        prop_assert!(sum <= 400 && budget.clients() <= 5);
        drop(permits);
        prop_assert_eq!((budget.held(), budget.clients()), (0, 0));
    }

    /// Whatever three clients did, however long they keep it: at least `1/(1+3)^3` of the budget is
    /// free, less rounding by one request for each, and a newcomer gets what it asks of it.
    #[test]
    fn a_newcomer_always_finds_room(steps in steps(3, 1000), asked in 1_usize..1000) {
        const CAPACITY: usize = 256_000;
        let budget = ByteBudget::new(CAPACITY);
        let permits = play(&budget, steps.into_iter().cycle().take(2000).collect());
        let free = CAPACITY - budget.held();
        prop_assert!(free >= CAPACITY / 64 - 1000, "{free}");
        let asked = asked.min(free);
        prop_assert!(budget.try_take(ClientId(9), asked).is_ok(), "{asked} of {free}");
        drop(permits);
    }

    /// With the budget as it was when it asked, no client holds more than three times what was free.
    #[test]
    fn no_client_takes_more_than_its_share(steps in steps(5, 5000)) {
        let budget = ByteBudget::new(20_000);
        let mut permits: Vec<(u64, BytePermit)> = Vec::new();
        for (client, bytes) in steps {
            let free = 20_000 - budget.held();
            let own = |permits: &[(u64, BytePermit)]| -> usize {
                let of_client = permits.iter().filter(|(owner, _)| *owner == client);
                of_client.map(|(_, permit)| permit.held()).sum()
            };
            match bytes.map(|bytes| budget.try_take(ClientId(client), bytes)) {
                Some(Ok(permit)) => {
                    permits.push((client, permit));
                    prop_assert!(own(&permits) <= 3 * free || permits.last().unwrap().1.held() == 0);
                }
                Some(Err(_)) => {}
                None => drop((!permits.is_empty()).then(|| permits.remove(0))),
            }
        }
    }
}
