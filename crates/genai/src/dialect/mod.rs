//! Which dialect a scope speaks.

mod scope;
#[cfg(test)]
mod tests;

pub use self::scope::ScopeDialect;
pub(crate) use self::scope::fits;

/// Declares the dialects with their names.
macro_rules! dialects {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $title:literal;)*) => {
        /// Whose words a record uses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Dialect {
            $($(#[$doc])* $variant,)*
        }

        impl Dialect {
            /// Every dialect.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// A short stable name, for labels.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The name people know.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

dialects! {
    /// The conventions themselves, any version.
    Semconv = "semconv", "OpenTelemetry GenAI conventions";
    /// OpenLLMetry by Traceloop.
    OpenLlmetry = "openllmetry", "OpenLLMetry (Traceloop)";
    /// OpenInference by Arize.
    OpenInference = "openinference", "OpenInference (Arize Phoenix)";
    /// The Anthropic SDK's own spans.
    Anthropic = "anthropic", "Anthropic SDK (native spans)";
    /// LiteLLM's SDK and proxy, both loggers.
    LiteLlm = "litellm", "LiteLLM";
    /// OpenLIT.
    OpenLit = "openlit", "OpenLIT";
    /// The Vercel AI SDK up to 6, scope `ai`.
    Vercel = "vercel", "Vercel AI SDK up to 6";
    /// The Vercel AI SDK from 7 on, scope `gen_ai`.
    VercelOtel = "vercel_otel", "Vercel AI SDK 7 (@ai-sdk/otel)";
    /// Langfuse's SDKs.
    Langfuse = "langfuse", "Langfuse";
    /// LangSmith's OpenTelemetry export.
    LangSmith = "langsmith", "LangSmith";
    /// pydantic-ai and Logfire.
    PydanticAi = "pydantic_ai", "pydantic-ai, Logfire";
    /// Strands Agents.
    Strands = "strands", "Strands Agents";
    /// Google's Agent Development Kit.
    Adk = "google_adk", "Google ADK";
    /// Microsoft Agent Framework, Semantic Kernel, AutoGen, Microsoft.Extensions.AI.
    Microsoft = "microsoft", "Microsoft Agent Framework, Semantic Kernel, AutoGen";
    /// CrewAI's own spans.
    CrewAi = "crewai", "CrewAI";
    /// MLflow tracing.
    Mlflow = "mlflow", "MLflow";
    /// Braintrust.
    Braintrust = "braintrust", "Braintrust";
    /// vLLM's server spans.
    Vllm = "vllm", "vLLM server";
    /// Claude Code.
    ClaudeCode = "claude_code", "Claude Code";
    /// Codex CLI.
    Codex = "codex", "Codex CLI";
    /// Gemini CLI.
    GeminiCli = "gemini_cli", "Gemini CLI";
    /// MUTX.
    Mutx = "mutx", "MUTX";
    /// Spring AI.
    SpringAi = "spring_ai", "Spring AI";
    /// Sentry's AI monitoring.
    Sentry = "sentry", "Sentry";
    /// opencode.
    OpenCode = "opencode", "opencode";
    /// GitHub Copilot.
    Copilot = "copilot", "GitHub Copilot";
    /// Haystack.
    Haystack = "haystack", "Haystack";
    /// LiveKit Agents.
    LiveKit = "livekit", "LiveKit Agents";
    /// Laminar.
    Laminar = "laminar", "Laminar";
}
