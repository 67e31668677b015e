use net::server::BoundAddr;
use sdk::telemetry::{Level, Telemetry};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::*;

fn resource() -> Vec<(String, String)> {
    [("service.name", "tollgate"), ("service.version", "1.2"), ("host.\"id\"", "a\"b\\c\nd")]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .to_vec()
}

async fn page(reader: PrometheusReader) -> MetricsPage {
    let telemetry = Telemetry::new(Level::Normal);
    telemetry.counter(Level::Basic, "otelcol_sent", "Sent.", &[("exporter", "a")]).add(3);
    telemetry.gauge(Level::Basic, "otelcol_size", "Size.", &[]).set(7);
    MetricsPage::bind(&reader, telemetry, &resource()).await.unwrap()
}

fn reader() -> PrometheusReader {
    PrometheusReader { host: "127.0.0.1".to_owned(), port: 0, ..PrometheusReader::default() }
}

/// Head and body of the answer to one request.
async fn ask(page: &MetricsPage, request: &str) -> (String, Vec<u8>) {
    let BoundAddr::Tcp(address) = page.address() else { panic!("not on a port") };
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    let (line, headers) = request.split_once("\r\n").unwrap();
    stream.write_all(format!("{line}\r\n{headers}\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

#[tokio::test]
async fn shows_own_series_and_what_they_are_about() {
    let page = page(reader()).await;
    for method in ["GET", "POST", "PUT"] {
        let (head, body) = ask(&page, &format!("{method} /metrics?a=b")).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let content_type =
            "content-type: text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
        assert!(head.to_lowercase().contains(content_type), "{head}");
        assert_eq!(
            String::from_utf8(body).unwrap(),
            "# HELP otelcol_sent Sent.\n# TYPE otelcol_sent counter\n\
             otelcol_sent{exporter=\"a\"} 3\n\
             # HELP otelcol_size Size.\n# TYPE otelcol_size gauge\notelcol_size 7\n\
             # HELP promhttp_metric_handler_errors_total Total number of internal errors \
             encountered by the promhttp metric handler.\n\
             # TYPE promhttp_metric_handler_errors_total counter\n\
             promhttp_metric_handler_errors_total{cause=\"encoding\"} 0\n\
             promhttp_metric_handler_errors_total{cause=\"gathering\"} 0\n\
             # HELP target_info Target metadata\n# TYPE target_info gauge\n\
             target_info{host__id_=\"a\\\"b\\\\c\\nd\",service_name=\"tollgate\",\
             service_version=\"1.2\"} 1\n"
        );
    }
    page.shutdown().await;
}

#[tokio::test]
async fn there_is_nothing_at_other_paths() {
    let page = page(reader()).await;
    for path in ["/", "/metrics/", "/metricsx", "/debug"] {
        let (head, body) = ask(&page, &format!("GET {path}")).await;
        assert!(head.starts_with("HTTP/1.1 404"), "{path}: {head}");
        assert_eq!(body, b"404 page not found\n");
    }
}

#[tokio::test]
async fn counters_get_their_suffix_where_it_is_asked_for() {
    let page = page(PrometheusReader { without_type_suffix: false, ..reader() }).await;
    let (_, body) = ask(&page, "GET /metrics").await;
    let body = String::from_utf8(body).unwrap();
    for line in [
        "# TYPE otelcol_sent_total counter",
        "otelcol_sent_total{exporter=\"a\"} 3",
        "otelcol_size 7",
        "promhttp_metric_handler_errors_total{cause=\"encoding\"} 0",
    ] {
        assert!(body.lines().any(|shown| shown == line), "{line}\n{body}");
    }
}

#[test]
fn gzip_is_used_when_it_is_accepted() {
    let page = Page {
        telemetry: Telemetry::new(Level::Normal),
        about: text::about(&resource()),
        with_type_suffix: false,
    };
    let plain = page.show(&HeaderMap::new()).into_body();
    for (accept, is_gzip) in [
        ("gzip", true),
        ("deflate, GZIP;q=0.5", true),
        ("gzip;q=0", false),
        ("br, zstd", false),
        ("gzip;q=x", false),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accept));
        let response = page.show(&headers);
        let encoding = response.headers().get(CONTENT_ENCODING).cloned();
        assert_eq!(encoding.is_some(), is_gzip, "{accept}");
        assert_eq!(*response.body() == plain, !is_gzip, "{accept}");
    }
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let first = page(reader()).await;
    let BoundAddr::Tcp(address) = first.address() else { panic!("not on a port") };
    let second = PrometheusReader { port: address.port(), ..reader() };
    let error = MetricsPage::bind(&second, Telemetry::new(Level::Normal), &[]).await.unwrap_err();
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}
