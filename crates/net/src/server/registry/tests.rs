use super::*;
use crate::server::activity::{InFlight, Reading};

fn peer(host: u8) -> Option<SocketAddr> {
    Some(SocketAddr::from(([10, 0, 0, host], 1)))
}

/// Which of these were told to close.
async fn told(all: &[&Registered]) -> Vec<usize> {
    let mut told = Vec::new();
    for (at, one) in all.iter().enumerate() {
        let notified = futures_util::future::poll_immediate(one.close.notified()).await;
        told.extend(notified.map(|()| at));
    }
    told
}

#[tokio::test(start_paused = true)]
async fn those_idle_for_longest_make_room_and_those_being_answered_never() {
    let registry = Arc::new(Registry::default());
    let busy = registry.register(peer(1));
    let _answered = InFlight::new(&busy.activity);
    let uploading = registry.register(peer(1));
    let activity = Arc::clone(&uploading.activity);
    let (_request, _reading) = (InFlight::new(&activity), Reading::new(&activity));
    let idle = registry.register(peer(1));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let fresh = registry.register(peer(1));
    let all = [&busy, &uploading, &idle, &fresh];
    assert_eq!((registry.make_room(), told(&all).await), (1, vec![2]));
    drop(idle);
    let all = [&busy, &uploading, &fresh];
    assert_eq!((registry.make_room(), told(&all).await), (1, vec![2]));
    drop(fresh);
    assert_eq!((registry.make_room(), told(&[&busy, &uploading]).await), (1, vec![1]));
    drop(uploading);
    assert_eq!((registry.make_room(), told(&[&busy]).await), (0, vec![]));
    drop(busy);
    assert_eq!(registry.entries().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn clients_over_an_equal_share_make_room_first() {
    let registry = Arc::new(Registry::default());
    let old = registry.register(peer(1));
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let many: Vec<_> = (0..200).map(|_| registry.register(peer(2))).collect();
    for one in &many {
        // Each has begun a request whose body does not come.
        std::mem::forget((InFlight::new(&one.activity), Reading::new(&one.activity)));
    }
    assert_eq!(registry.make_room(), 201 / 64 + 1);
    assert!(told(&[&old]).await.is_empty());
    assert_eq!(told(&many.iter().collect::<Vec<_>>()).await.len(), 4);
}
