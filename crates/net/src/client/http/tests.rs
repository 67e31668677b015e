use super::*;

fn client(headers: &[(&'static str, &'static str)]) -> HttpClient {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
        .collect();
    let compression = Encoding::Gzip;
    HttpClient::with_options(HttpClientOptions { headers, compression, ..Default::default() })
}

#[test]
fn configured_headers_go_over_everything() {
    let client = client(&[("host", "other"), ("content-type", "mine"), ("x-a", "configured")]);
    let mut extra = HeaderMap::new();
    extra.insert("x-a", HeaderValue::from_static("extra"));
    extra.insert("x-b", HeaderValue::from_static("extra"));
    let url = "http://h/x".parse().unwrap();
    let content_type = HeaderValue::from_static("application/json");
    let request = client.request(&url, content_type, &Bytes::new().into(), &extra).unwrap();
    let header = |name| request.headers()[name].to_str().unwrap();
    assert_eq!(header("host"), "other");
    assert_eq!(header("content-type"), "mine");
    assert_eq!(header("content-encoding"), "gzip");
    assert_eq!((header("x-a"), header("x-b")), ("configured", "extra"));
}

#[test]
fn a_url_must_say_where_to() {
    for url in ["/v1/traces", "ftp://h/", "https://h/"] {
        assert!(check_url(&url.parse().unwrap(), false).is_err(), "{url}");
    }
    assert!(check_url(&"http://h:1/v1/traces".parse().unwrap(), false).is_ok());
}

#[test]
fn turns_are_counted_for_each_host() {
    let options = HttpClientOptions { connections_per_host_max: Some(2), ..Default::default() };
    let client = HttpClient::with_options(options);
    let turns = |url: &str| client.host(&url.parse().unwrap()).unwrap();
    assert!(Arc::ptr_eq(&turns("http://a/1"), &turns("http://a/2")));
    assert!(!Arc::ptr_eq(&turns("http://a/1"), &turns("http://b/1")));
    assert_eq!(turns("http://a/").available_permits(), 2);
    for host in 0..1000 {
        turns(&format!("http://h{host}/"));
    }
    assert!(client.inner.hosts.lock().unwrap().len() <= HOSTS_MAX);
}
