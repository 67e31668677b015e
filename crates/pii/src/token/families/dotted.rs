//! Secrets whose prefix ends in a dot or a slash.

use crate::{
    entity::Entity,
    token::prefix::{
        Check,
        Piece::{Hex, Loose, Text, Upper, Url, Word},
        Secret,
    },
};

#[rustfmt::skip]
pub(super) const SECRETS: &[Secret] = &[
    Secret { entity: Entity::GcpOauthToken, prefix: "ya29.", pieces: &[Url(20, 1024)], check: Check::None },
    Secret { entity: Entity::GcpOauthToken, prefix: "1//0", pieces: &[Url(40, 200)], check: Check::None },
    Secret { entity: Entity::SendgridApiKey, prefix: "SG.", pieces: &[Url(22, 22), Text("."), Url(43, 43)], check: Check::None },
    Secret { entity: Entity::VaultToken, prefix: "hvs.", pieces: &[Url(90, 120)], check: Check::None },
    Secret { entity: Entity::VaultToken, prefix: "hvs.", pieces: &[Url(24, 24)], check: Check::None },
    Secret { entity: Entity::VaultToken, prefix: "hvb.", pieces: &[Url(138, 300)], check: Check::None },
    Secret { entity: Entity::DopplerToken, prefix: "dp.pt.", pieces: &[Word(40, 44)], check: Check::None },
    Secret { entity: Entity::DopplerToken, prefix: "dp.st.", pieces: &[Loose(40, 80)], check: Check::None },
    Secret { entity: Entity::DopplerToken, prefix: "dp.ct.", pieces: &[Word(40, 44)], check: Check::None },
    Secret { entity: Entity::DopplerToken, prefix: "dp.sa.", pieces: &[Word(40, 44)], check: Check::None },
    Secret { entity: Entity::DopplerToken, prefix: "dp.scim.", pieces: &[Word(40, 44)], check: Check::None },
    Secret { entity: Entity::DopplerToken, prefix: "dp.audit.", pieces: &[Word(40, 44)], check: Check::None },
    Secret { entity: Entity::DynatraceToken, prefix: "dt0c01.", pieces: &[Upper(24, 24), Text("."), Upper(64, 64)], check: Check::None },
    Secret { entity: Entity::CloudflareToken, prefix: "v1.0-", pieces: &[Hex(24, 24), Text("-"), Hex(146, 146)], check: Check::None },
];
