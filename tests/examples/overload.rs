//! Ten times more than the backend takes, for two minutes, over gRPC and HTTP: `make overload`.
//!
//! Tollgate with a budget of 64 MiB, then the Go collector with its `memory_limiter` if
//! `target/peers/otelcol` was built (`make peers`), each behind the same clients and before the same
//! backend. Ends with 1 if Tollgate breaks a bar. `--seconds 20` makes a shorter storm, `--only otelcol` leaves out Tollgate.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]
#![expect(clippy::unwrap_used, reason = "what fails here ends the run")]

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use acceptance::{
    Collector,
    storm::{Report, Slow, Storm, weather},
};

/// Of these sends of a collector ten run at once and take half a second: 20 requests a second.
const TAKES: Duration = Duration::from_millis(500);
/// Twice 50 clients with two requests a second: ten times as many.
const CLIENTS: u8 = 50;
const EVERY: Duration = Duration::from_millis(500);
/// 20 spans with prompts of 2 KiB or 10 KiB: 40 or 200 KiB a request.
const SPANS: usize = 20;
const DRAIN: Duration = Duration::from_secs(180);
/// The bar for Tollgate's memory, in MiB.
const PEAK_MAX: u64 = 150;

#[tokio::main]
async fn main() -> ExitCode {
    let option = |name: &str| std::env::args().skip_while(|arg| arg != name).nth(1);
    let seconds = option("--seconds");
    let is_ours = option("--only").is_none_or(|only| only == "tollgate");
    let lasts = Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(120));
    println!(
        "{CLIENTS} clients over gRPC and as many over HTTP/1.1, {lasts:?}, ten times what the backend takes.\n"
    );
    println!(
        "| | Peak memory | Requests made | Taken in the storm | Refused, told when | Refused, not told | Given up \
         | Broken | p50 | p99 | Delivered after the storm in | Missing | Repeated |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let ours = if is_ours { PathBuf::from(acceptance::binary::path()) } else { PathBuf::new() };
    // A Tollgate that did not live to report is not good.
    let (mut is_good, mut peak) = (!is_ours, 0);
    if is_ours && let Some(outcome) = run("Tollgate", &ours, &tollgate, lasts).await {
        peak = outcome.1 >> 20;
        let report = outcome.0;
        is_good = peak <= PEAK_MAX
            && report.told > 0
            && report.untold + report.final_refusals + report.broken + report.missing == 0
            && report.taken.iter().sum::<usize>() == report.made;
    }
    let go = Path::new(acceptance::binary::folder()).join("../target/peers/otelcol");
    if go.exists() {
        run("Go collector", &go, &otelcol, lasts).await;
    } else {
        println!("\nNo Go collector: `make peers` builds it.");
    }
    if is_ours {
        println!(
            "\nTollgate: {peak} MiB of {PEAK_MAX}; everything {}",
            if is_good { "held" } else { "did NOT hold" }
        );
    }
    ExitCode::from(u8::from(!is_good))
}

/// One collector in the storm; its report and its peak memory.
async fn run(
    name: &str,
    program: &Path,
    config: &dyn Fn([SocketAddr; 3]) -> String,
    lasts: Duration,
) -> Option<(Report, u64)> {
    let backend = Slow::start(TAKES).await;
    let ports = [free_port(), free_port()];
    let config = config([ports[0], ports[1], backend.address]);
    let mut collector = Collector::start_peer(program, &config).await;
    let storm = Storm { clients: CLIENTS, every: EVERY, lasts, spans: SPANS };
    let report = weather(storm, ports, &backend, DRAIN).await;
    if !collector.is_alive() {
        println!("| {name} | ended in the storm |");
        println!("{}", collector.log());
        return None;
    }
    let peak = collector.peak_memory();
    println!(
        "| {name} | {} MiB | {} | {} | {} | {} | {} | {} | {:.1} ms | {:.1} ms | {:.0} s | {} | {} |",
        peak >> 20,
        report.made,
        report.taken[0],
        report.told,
        report.untold,
        report.final_refusals,
        report.broken,
        report.latency(50),
        report.latency(99),
        report.drained_in.as_secs_f64(),
        report.missing,
        report.repeated,
    );
    Some((report, peak))
}

fn free_port() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn tollgate([grpc, http, backend]: [SocketAddr; 3]) -> String {
    common([grpc, http, backend], "  admission: {limit_mib: 64}", "", "")
}

/// With the protection that its documentation asks for, at about the memory that Tollgate may use.
fn otelcol([grpc, http, backend]: [SocketAddr; 3]) -> String {
    let limiter = "processors:
  memory_limiter: {check_interval: 100ms, limit_mib: 100, spike_limit_mib: 20}
";
    common([grpc, http, backend], "", limiter, "processors: [memory_limiter], ")
}

fn common([grpc, http, backend]: [SocketAddr; 3], service: &str, more: &str, used: &str) -> String {
    format!(
        "\
receivers:
  otlp: {{protocols: {{grpc: {{endpoint: '{grpc}'}}, http: {{endpoint: '{http}'}}}}}}
{more}exporters:
  otlp:
    endpoint: '{backend}'
    tls: {{insecure: true}}
    compression: none
    sending_queue: {{queue_size: 1000000, num_consumers: 10}}
service:
{service}
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp], {used}exporters: [otlp]}}
"
    )
}
