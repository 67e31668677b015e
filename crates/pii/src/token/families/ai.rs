//! Models and what is built around them.

use crate::{
    context::Hints,
    entity::Entity,
    token::prefix::{
        Check,
        Piece::{Hex, Lower, Text, Url, Word},
        Secret,
    },
};

#[rustfmt::skip]
pub(super) const SECRETS: &[Secret] = &[
    Secret { entity: Entity::OpenaiApiKey, prefix: "sk-proj-", pieces: &[Url(60, 180)], check: Check::None },
    Secret { entity: Entity::OpenaiApiKey, prefix: "sk-svcacct-", pieces: &[Url(60, 180)], check: Check::None },
    Secret { entity: Entity::OpenaiApiKey, prefix: "sk-admin-", pieces: &[Url(60, 180)], check: Check::None },
    Secret { entity: Entity::OpenaiApiKey, prefix: "sk-", pieces: &[Word(20, 20), Text("T3BlbkFJ"), Word(20, 20)], check: Check::None },
    Secret { entity: Entity::AnthropicApiKey, prefix: "sk-ant-api03-", pieces: &[Url(80, 120)], check: Check::None },
    Secret { entity: Entity::AnthropicApiKey, prefix: "sk-ant-admin01-", pieces: &[Url(80, 120)], check: Check::None },
    Secret { entity: Entity::AnthropicApiKey, prefix: "sk-ant-oat01-", pieces: &[Url(40, 200)], check: Check::None },
    Secret { entity: Entity::AnthropicApiKey, prefix: "sk-ant-ort01-", pieces: &[Url(40, 200)], check: Check::None },
    Secret { entity: Entity::AnthropicApiKey, prefix: "sk-ant-", pieces: &[Url(32, 200)], check: Check::None },
    Secret { entity: Entity::OpenrouterApiKey, prefix: "sk-or-v1-", pieces: &[Hex(64, 64)], check: Check::None },
    Secret { entity: Entity::DeepseekApiKey, prefix: "sk-", pieces: &[Lower(32, 32)], check: Check::Near(Hints::DEEPSEEK.or(Hints::SECRET)) },
    Secret { entity: Entity::OpenaiApiKey, prefix: "sk-", pieces: &[Word(40, 64)], check: Check::None },
    Secret { entity: Entity::GoogleApiKey, prefix: "AIza", pieces: &[Url(35, 35)], check: Check::None },
    Secret { entity: Entity::GcpOauthToken, prefix: "GOCSPX-", pieces: &[Url(28, 28)], check: Check::None },
    Secret { entity: Entity::GroqApiKey, prefix: "gsk_", pieces: &[Word(52, 52)], check: Check::None },
    Secret { entity: Entity::XaiApiKey, prefix: "xai-", pieces: &[Url(80, 80)], check: Check::None },
    Secret { entity: Entity::PerplexityApiKey, prefix: "pplx-", pieces: &[Word(40, 56)], check: Check::None },
    Secret { entity: Entity::HuggingfaceToken, prefix: "hf_", pieces: &[Word(34, 37)], check: Check::None },
    Secret { entity: Entity::HuggingfaceToken, prefix: "api_org_", pieces: &[Word(34, 34)], check: Check::None },
    Secret { entity: Entity::ReplicateApiToken, prefix: "r8_", pieces: &[Url(37, 37)], check: Check::None },
    Secret { entity: Entity::NvidiaApiKey, prefix: "nvapi-", pieces: &[Url(60, 70)], check: Check::None },
    Secret { entity: Entity::PineconeApiKey, prefix: "pcsk_", pieces: &[Word(5, 6), Text("_"), Word(60, 66)], check: Check::None },
    Secret { entity: Entity::ElevenlabsApiKey, prefix: "sk_", pieces: &[Hex(48, 48)], check: Check::None },
    Secret { entity: Entity::LangsmithApiKey, prefix: "lsv2_pt_", pieces: &[Hex(32, 32), Text("_"), Hex(10, 10)], check: Check::None },
    Secret { entity: Entity::LangsmithApiKey, prefix: "lsv2_sk_", pieces: &[Hex(32, 32), Text("_"), Hex(10, 10)], check: Check::None },
    Secret { entity: Entity::LangfuseKey, prefix: "sk-lf-", pieces: &[Hex(8, 8), Text("-"), Hex(4, 4), Text("-"), Hex(4, 4), Text("-"), Hex(4, 4), Text("-"), Hex(12, 12)], check: Check::None },
    Secret { entity: Entity::LangfuseKey, prefix: "pk-lf-", pieces: &[Hex(8, 8), Text("-"), Hex(4, 4), Text("-"), Hex(4, 4), Text("-"), Hex(4, 4), Text("-"), Hex(12, 12)], check: Check::None },
];
