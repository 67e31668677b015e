//! What a key can stand for.

/// Declares the fields with their names in the conventions.
macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $title:literal;)*) => {
        /// What a key stands for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Field {
            $($(#[$doc])* $variant,)*
        }

        impl Field {
            /// Every field, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// What it is, for people.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

fields! {
    /// The operation, by its name in the conventions.
    Operation = "operation";
    /// The kind of span in the dialect's own words.
    Kind = "kind of span";
    /// Who serves the model.
    Provider = "provider";
    /// The framework or the maker of the model, used if nothing names the provider.
    System = "provider, if nothing else names it";
    /// The model asked for.
    RequestModel = "request model";
    /// The model that answered.
    ResponseModel = "response model";
    /// The provider's id of the answer.
    ResponseId = "response id";
    /// A gateway's or client's id of the call.
    CallId = "call id";
    /// Which attempt.
    Attempt = "attempt";
    /// Input tokens.
    Input = "input tokens";
    /// Output tokens.
    Output = "output tokens";
    /// Their total.
    Total = "total tokens";
    /// Tokens read from a cache.
    CacheRead = "cache read tokens";
    /// Tokens written to a cache.
    CacheWrite = "cache write tokens";
    /// Tokens written to a cache for five minutes.
    CacheWrite5m = "cache write tokens, 5 minutes";
    /// Tokens written to a cache for an hour.
    CacheWrite1h = "cache write tokens, 1 hour";
    /// Reasoning tokens.
    Reasoning = "reasoning tokens";
    /// Audio tokens of the input.
    AudioInput = "audio input tokens";
    /// Audio tokens of the output.
    AudioOutput = "audio output tokens";
    /// Image tokens of the input.
    ImageInput = "image input tokens";
    /// Image tokens of the output.
    ImageOutput = "image output tokens";
    /// Tokens of tool use prompts.
    ToolUse = "tool use prompt tokens";
    /// Web searches.
    WebSearches = "web searches";
    /// A whole usage body in one text.
    UsageBody = "usage, as one body";
    /// A usage body that only fills gaps.
    MoreUsage = "usage, to fill gaps";
    /// What the sender says it cost.
    Cost = "cost";
    /// A body that holds the cost.
    CostBody = "cost, in a body";
    /// The service tier.
    ServiceTier = "service tier";
    /// Whether the answer was streamed.
    Stream = "streaming";
    /// Time to first chunk.
    FirstChunk = "time to first chunk";
    /// Reasons to stop.
    FinishReasons = "finish reasons";
    /// The agent's name.
    AgentName = "agent name";
    /// The agent's id.
    AgentId = "agent id";
    /// The workflow's name.
    WorkflowName = "workflow name";
    /// The tool's name.
    ToolName = "tool name";
    /// The id of a tool call.
    ToolCallId = "tool call id";
    /// The conversation.
    Conversation = "conversation id";
    /// An id of the run.
    RunId = "run id";
    /// The name of an entity whose kind says what it is.
    EntityName = "name of the agent, workflow or tool";
    /// The class of error.
    ErrorType = "error type";
    /// Whether it went well.
    Success = "success";
    /// Answered from a gateway's cache.
    CacheHit = "answered from a gateway's cache";
    /// How long it took.
    Duration = "duration";
    /// The name of an event.
    EventName = "event name";
    /// A second word on which event it is.
    EventKind = "kind of event";
    /// The answer as it came, which may begin with its id.
    AnswerBody = "response id, in the answer's body";
    /// Whether a human decided or has to.
    Decision = "a human's decision";
    /// Set by a collector before: counts already mean what the conventions mean.
    Settled = "counts settled before";
    /// Set by a collector before: who said what it cost.
    CostSource = "who says what it cost";
    /// Says which dialect it is, and nothing else.
    Marker = "only marks the dialect";
}

/// A set of [`Field`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u64);

impl FieldSet {
    /// Without any.
    pub const NONE: Self = Self(0);

    /// Whether the field is in it.
    #[inline]
    #[must_use]
    pub const fn contains(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }

    /// Puts the field into it.
    #[inline]
    pub const fn insert(&mut self, field: Field) {
        self.0 |= 1 << field as u8;
    }

    /// Takes the field out of it.
    #[inline]
    pub const fn remove(&mut self, field: Field) {
        self.0 &= !(1 << field as u8);
    }
}
