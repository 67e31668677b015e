//! A look at what passes, from another process.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{note, print};
use crate::{cli::Tap, environment};

/// How long one look takes, in seconds: what is seen is printed that late at most.
const LOOK: u64 = 1;
/// How long to wait when others look.
const PAUSE: Duration = Duration::from_secs(1);

pub(super) fn perform(tap: &Tap) -> Result<(), String> {
    let base = match tap.endpoint.contains("://") {
        true => tap.endpoint.trim_end_matches('/').to_owned(),
        false => format!("http://{}", tap.endpoint),
    };
    environment::runtime()?.block_on(async {
        match &tap.edge {
            None => list(&base).await,
            Some(edge) => look(&base, edge, tap).await,
        }
    })
}

async fn list(base: &str) -> Result<(), String> {
    let (_, body) = get(&format!("{base}/edges")).await?;
    let edges: Vec<String> =
        serde_json::from_slice(&body).map_err(|_| "this is no `tap` extension".to_owned())?;
    edges.iter().try_for_each(|edge| print(&format!("{edge}\n")))
}

/// Looks again and again. Between two looks a moment passes unseen: it is a look, not a copy.
async fn look(base: &str, edge: &str, tap: &Tap) -> Result<(), String> {
    let until = tap.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut left = tap.batches.unwrap_or(u64::MAX);
    let escaped: String = edge.bytes().map(|byte| format!("%{byte:02X}")).collect();
    while left > 0 && until.is_none_or(|until| Instant::now() < until) {
        let url = format!("{base}/tap?edge={escaped}&seconds={LOOK}&batches={left}");
        let (status, body) = get(&url).await?;
        if status == 503 {
            note("others are looking, waiting\n");
            sleep(PAUSE).await;
            continue;
        }
        let text = String::from_utf8_lossy(&body);
        print(&text)?;
        let seen = text.lines().filter(|line| line.contains("\"otlp\":")).count();
        left = left.saturating_sub(seen as u64);
    }
    Ok(())
}

/// An answer that is good, or says that others look.
async fn get(url: &str) -> Result<(u16, Vec<u8>), String> {
    let answer = net::client::fetch(url).await.map_err(|error| {
        format!(
            "{error}\nIs there a collector with the extension `tap` in its `service::extensions`?"
        )
    })?;
    match answer.0 {
        200 | 503 => Ok(answer),
        status => {
            let words: String =
                String::from_utf8_lossy(&answer.1).trim().chars().take(1024).collect();
            Err(format!("the extension answers {status}: {words}"))
        }
    }
}
