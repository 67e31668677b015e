//! Clouds and hosting.

use crate::{
    context::Hints,
    entity::Entity,
    token::prefix::{
        Check,
        Piece::{Base64, Digits, Hex, Loose, Text, Upper, Url, Word},
        Secret,
    },
};

#[rustfmt::skip]
pub(super) const SECRETS: &[Secret] = &[
    Secret { entity: Entity::AwsAccessKeyId, prefix: "AKIA", pieces: &[Upper(16, 16)], check: Check::None },
    Secret { entity: Entity::AwsAccessKeyId, prefix: "ASIA", pieces: &[Upper(16, 16)], check: Check::None },
    Secret { entity: Entity::AwsAccessKeyId, prefix: "ABIA", pieces: &[Upper(16, 16)], check: Check::None },
    Secret { entity: Entity::AwsAccessKeyId, prefix: "ACCA", pieces: &[Upper(16, 16)], check: Check::None },
    Secret { entity: Entity::AwsAccessKeyId, prefix: "A3T", pieces: &[Upper(17, 17)], check: Check::None },
    Secret { entity: Entity::AwsBedrockKey, prefix: "ABSK", pieces: &[Base64(109, 269)], check: Check::None },
    Secret { entity: Entity::AwsBedrockKey, prefix: "bedrock-api-key-", pieces: &[Base64(40, 2000)], check: Check::None },
    Secret { entity: Entity::AwsSessionToken, prefix: "IQoJ", pieces: &[Base64(100, 3000)], check: Check::None },
    Secret { entity: Entity::AwsSessionToken, prefix: "FwoG", pieces: &[Base64(100, 3000)], check: Check::None },
    Secret { entity: Entity::DigitaloceanToken, prefix: "dop_v1_", pieces: &[Hex(64, 64)], check: Check::None },
    Secret { entity: Entity::DigitaloceanToken, prefix: "doo_v1_", pieces: &[Hex(64, 64)], check: Check::None },
    Secret { entity: Entity::DigitaloceanToken, prefix: "dor_v1_", pieces: &[Hex(64, 64)], check: Check::None },
    Secret { entity: Entity::HerokuApiKey, prefix: "HRKU-AA", pieces: &[Url(58, 58)], check: Check::None },
    Secret { entity: Entity::HerokuApiKey, prefix: "HRKU-", pieces: &[Hex(8, 8), Text("-"), Hex(4, 4), Text("-"), Hex(4, 4), Text("-"), Hex(4, 4), Text("-"), Hex(12, 12)], check: Check::None },
    Secret { entity: Entity::AlibabaKeyId, prefix: "LTAI", pieces: &[Word(12, 24)], check: Check::None },
    Secret { entity: Entity::SupabaseToken, prefix: "sbp_", pieces: &[Word(40, 44)], check: Check::None },
    Secret { entity: Entity::PlanetscaleToken, prefix: "pscale_tkn_", pieces: &[Loose(32, 64)], check: Check::None },
    Secret { entity: Entity::PlanetscaleToken, prefix: "pscale_pw_", pieces: &[Loose(32, 64)], check: Check::None },
    Secret { entity: Entity::PlanetscaleToken, prefix: "pscale_oauth_", pieces: &[Loose(32, 64)], check: Check::None },
    Secret { entity: Entity::FlyioToken, prefix: "fo1_", pieces: &[Url(43, 43)], check: Check::None },
    Secret { entity: Entity::FlyioToken, prefix: "fm1_", pieces: &[Base64(100, 1500)], check: Check::None },
    Secret { entity: Entity::FlyioToken, prefix: "fm1a_", pieces: &[Base64(100, 1500)], check: Check::None },
    Secret { entity: Entity::FlyioToken, prefix: "fm1r_", pieces: &[Base64(100, 1500)], check: Check::None },
    Secret { entity: Entity::FlyioToken, prefix: "fm2_", pieces: &[Base64(100, 1500)], check: Check::None },
    Secret { entity: Entity::DatabricksToken, prefix: "dapi", pieces: &[Hex(32, 32)], check: Check::None },
    Secret { entity: Entity::DatabricksToken, prefix: "dapi", pieces: &[Hex(32, 32), Text("-"), Digits(1, 2)], check: Check::None },
    Secret { entity: Entity::PulumiToken, prefix: "pul-", pieces: &[Hex(40, 40)], check: Check::None },
    Secret { entity: Entity::OktaToken, prefix: "00", pieces: &[Url(40, 40)], check: Check::Near(Hints::OKTA) },
];
