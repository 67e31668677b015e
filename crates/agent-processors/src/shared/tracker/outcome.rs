//! How runs end.

/// How a run ended. The order is that of precedence where several things happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Outcome {
    /// It ended, and nothing says that it failed.
    Completed,
    /// Its root failed.
    Error,
    /// A filter or guardrail ended it.
    Guardrail,
    /// It took more steps than it was allowed.
    MaxIterations,
    /// It took longer than it was allowed.
    Timeout,
    /// Somebody called it off.
    Cancelled,
    /// Its root never came.
    #[default]
    Unknown,
}

impl Outcome {
    /// Every outcome, in order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Completed,
        Self::Error,
        Self::Guardrail,
        Self::MaxIterations,
        Self::Timeout,
        Self::Cancelled,
        Self::Unknown,
    ];

    /// A stable word, for attributes and labels.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Error => "error",
            Self::Guardrail => "guardrail",
            Self::MaxIterations => "max_iterations",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    /// What `gen_ai.agent.finish_reason` says. None if it is not a word known.
    pub(crate) fn of_finish_reason(reason: &[u8]) -> Option<Self> {
        Some(match reason {
            b"completed" | b"handoff" | b"stop" => Self::Completed,
            b"failed" | b"error" | b"tool_failure" => Self::Error,
            b"cancelled" | b"canceled" => Self::Cancelled,
            b"max_iterations" => Self::MaxIterations,
            b"guardrail" => Self::Guardrail,
            b"timeout" => Self::Timeout,
            _ => return None,
        })
    }

    /// What the class of an error says, with or without the module in front of it.
    pub(crate) fn of_error(class: &[u8]) -> Self {
        let name = class.rsplit(|byte| *byte == b'.' || *byte == b':').next().unwrap_or(class);
        let is_any =
            |words: &[&str]| words.iter().any(|word| name.eq_ignore_ascii_case(word.as_bytes()));
        if is_any(CANCELLED) {
            Self::Cancelled
        } else if is_any(TIMED_OUT) {
            Self::Timeout
        } else if is_any(OUT_OF_STEPS) {
            Self::MaxIterations
        } else if is_any(GUARDED) {
            Self::Guardrail
        } else {
            Self::Error
        }
    }
}

const CANCELLED: &[&str] = &[
    "cancelled",
    "canceled",
    "CancelledError",
    "OperationCanceledException",
    "TaskCanceledException",
    "context canceled",
    "AbortError",
    "APIUserAbortError",
    "KeyboardInterrupt",
];

const TIMED_OUT: &[&str] = &[
    "timeout",
    "TimeoutError",
    "APITimeoutError",
    "ReadTimeout",
    "DeadlineExceeded",
    "deadline_exceeded",
    "context deadline exceeded",
    "TimeoutException",
];

const OUT_OF_STEPS: &[&str] = &[
    "max_iterations",
    "max_turns",
    "MaxTurnsExceeded",
    "GraphRecursionError",
    "UsageLimitExceeded",
    "MaxTokensReachedException",
    "EventLoopMaxIterations",
];

const GUARDED: &[&str] = &[
    "guardrail",
    "content_filter",
    "InputGuardrailTripwireTriggered",
    "OutputGuardrailTripwireTriggered",
    "ContentFilterError",
    "GuardrailTripwireTriggered",
];
