//! When a connection has taken too long.

use std::time::Duration;

use super::ServerOptions;
use super::activity::Activity;

/// A connection looks at its clocks four times within its shortest limit, but not more often.
const TICK_MIN: Duration = Duration::from_millis(10);
const TICK_MAX: Duration = Duration::from_secs(5);

/// The limits of one connection; `None` is no limit.
pub(super) struct Clocks {
    header: Option<Duration>,
    idle: Option<Duration>,
    age: Option<Duration>,
    grace: Option<Duration>,
    /// The longest wait for the client to take what is sent to it.
    stall: Duration,
}

/// What the clocks say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    GoOn,
    Finish,
    Abort,
}

impl Clocks {
    pub(super) fn http1(options: &ServerOptions) -> Self {
        let (header, idle) = (Some(options.header_timeout), options.http.idle_timeout);
        Self { header, idle, age: None, grace: None, stall: options.stall_timeout }
    }

    pub(super) fn http2(options: &ServerOptions) -> Self {
        let grpc = &options.grpc;
        Self {
            header: None,
            idle: grpc.connection_idle_max,
            age: grpc.connection_age_max,
            grace: grpc.connection_age_grace,
            stall: options.stall_timeout,
        }
    }

    /// How often to look.
    pub(super) fn tick(&self) -> Duration {
        let limits = [self.header, self.idle, self.age, self.age.and(self.grace)];
        let shortest = limits.into_iter().flatten().fold(self.stall, Duration::min);
        (shortest / 4).clamp(TICK_MIN, TICK_MAX)
    }

    pub(super) fn verdict(&self, activity: &Activity) -> Verdict {
        let now = activity.now();
        let passed = |since: u64, limit: Option<Duration>| {
            limit.is_some_and(|limit| u128::from(now.saturating_sub(since)) > limit.as_millis())
        };
        let header_since = activity.header_since();
        if header_since.is_some_and(|since| passed(since, self.header))
            || activity.blocked_since().is_some_and(|since| passed(since, Some(self.stall)))
        {
            return Verdict::Abort;
        }
        if self.age.is_some() && passed(0, self.age) {
            let end = self.age.zip(self.grace).map(|(age, grace)| age.saturating_add(grace));
            return if passed(0, end) { Verdict::Abort } else { Verdict::Finish };
        }
        // Over HTTP/2 bytes come between requests, too.
        let is_idle = activity.requests() == 0 && (header_since.is_none() || self.header.is_none());
        if is_idle && passed(activity.idle_since(), self.idle) {
            return Verdict::Finish;
        }
        Verdict::GoOn
    }
}
