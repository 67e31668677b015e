use super::*;

fn dns(host: &str, port: u16) -> GrpcTarget {
    GrpcTarget::Dns { host: host.to_owned(), port }
}

#[test]
fn endpoints_mean_what_they_mean_to_grpc_go() {
    let cases = [
        ("h:1", dns("h", 1), false),
        ("http://h:1", dns("h", 1), false),
        ("https://h:1/", dns("h", 1), true),
        ("[::1]:4317", dns("::1", 4317), false),
        (":4317", dns("localhost", 4317), false),
        ("dns:///h:1", dns("h", 1), false),
        ("dns:h:1", dns("h", 1), false),
        ("dns://8.8.8.8/h:1", dns("h", 1), false),
        ("dns:///h", dns("h", 443), false),
        ("passthrough:///h:1", GrpcTarget::Passthrough { host: "h".to_owned(), port: 1 }, false),
        ("unix:///run/x", GrpcTarget::Unix("/run/x".into()), false),
        ("unix:x", GrpcTarget::Unix("x".into()), false),
    ];
    for (endpoint, target, is_https) in cases {
        assert_eq!(GrpcTarget::parse(endpoint), Ok((target, is_https)), "{endpoint}");
    }
}

#[test]
fn the_authority_is_the_target_or_what_was_set() {
    assert_eq!(dns("h", 1).authority(), "h:1");
    assert_eq!(dns("::1", 1).authority(), "[::1]:1");
    assert_eq!(GrpcTarget::Unix("/x".into()).authority(), "localhost");
    let mut options = GrpcClientOptions::new(dns("h", 1), "agent");
    options.authority = "not an authority".to_owned();
    let error = GrpcClient::with_options(options).unwrap_err().to_string();
    assert!(error.contains("invalid authority"), "{error}");
}

#[test]
fn metadata_of_a_call_goes_over_the_clients_headers() {
    let mut options = GrpcClientOptions::new(dns("h", 1), "agent");
    options.headers.insert("a", HeaderValue::from_static("client"));
    options.headers.insert("b", HeaderValue::from_static("client"));
    let client = GrpcClient::with_options(options).unwrap();
    let mut metadata = HeaderMap::new();
    metadata.append("b", HeaderValue::from_static("call"));
    metadata.append("b", HeaderValue::from_static("twice"));
    let path = PathAndQuery::from_static("/s/m");
    let request = client.request(&path, &Bytes::new().into(), &metadata).unwrap();
    assert_eq!(request.headers()["a"], "client");
    let all: Vec<_> = request.headers().get_all("b").iter().collect();
    assert_eq!(all, ["call", "twice"]);
    assert_eq!(request.uri(), "http://h:1/s/m");
    assert_eq!(request.headers()["user-agent"], "agent");
}

#[tokio::test]
async fn whether_a_server_answered_is_told_from_what_it_answered() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = GrpcClientOptions::new(dns("127.0.0.1", closed.port()), "agent");
    let client = GrpcClient::with_options(options).unwrap();
    let path = PathAndQuery::from_static("/s/m");
    let refused = client.unary(&path, Bytes::new(), &HeaderMap::new(), None).await.unwrap_err();
    assert!(is_unanswered(&refused), "{refused:?}");
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(!is_unanswered(&Status::unavailable("said by a server")));
}

mod spreading {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::super::channel::ChannelAddress;
    use super::*;
    use crate::budget::ByteBudget;
    use crate::server::{GrpcCall, GrpcService, Server, ServerOptions, Services};

    #[derive(Default)]
    struct Counting(AtomicUsize);

    #[async_trait]
    impl GrpcService for Counting {
        fn has_method(&self, _: &str) -> bool {
            true
        }

        async fn unary(&self, _: GrpcCall) -> Result<Bytes, Status> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Bytes::new())
        }
    }

    async fn server() -> (Server, Arc<Counting>) {
        let counting = Arc::new(Counting::default());
        let services = Services { grpc: Some(Arc::clone(&counting) as _), http: None };
        let options = ServerOptions::new("127.0.0.1:0");
        (Server::bind(options, services, ByteBudget::unlimited()).await.unwrap(), counting)
    }

    async fn spread(pick_first: bool, calls: usize) -> (usize, usize) {
        let (first, first_count) = server().await;
        let (second, second_count) = server().await;
        let mut options = GrpcClientOptions::new(dns("127.0.0.1", 1), "agent");
        options.pick_first = pick_first;
        let client = GrpcClient::with_options(options).unwrap();
        let balancer = &client.inner.balancer;
        let address = |server: &Server| ChannelAddress::Ip(server.address().as_tcp().unwrap());
        balancer.replace(vec![address(&first), address(&second)]);
        let path = PathAndQuery::from_static("/s/m");
        let timeout = Some(Duration::from_secs(5));
        let deadline = Instant::now() + Duration::from_secs(5);
        // The second connection is opened in the background by the first calls that pass it over.
        while !pick_first
            && second_count.0.load(Ordering::Relaxed) == 0
            && Instant::now() < deadline
        {
            client.unary(&path, Bytes::new(), &HeaderMap::new(), timeout).await.unwrap();
        }
        let before = first_count.0.load(Ordering::Relaxed);
        let before_second = second_count.0.load(Ordering::Relaxed);
        for _ in 0..calls {
            client.unary(&path, Bytes::new(), &HeaderMap::new(), timeout).await.unwrap();
        }
        (
            first_count.0.load(Ordering::Relaxed) - before,
            second_count.0.load(Ordering::Relaxed) - before_second,
        )
    }

    #[tokio::test]
    async fn calls_take_all_addresses_in_turn() {
        assert_eq!(spread(false, 10).await, (5, 5));
    }

    #[tokio::test]
    async fn calls_may_keep_to_the_first_address() {
        assert_eq!(spread(true, 10).await, (10, 0));
    }
}
