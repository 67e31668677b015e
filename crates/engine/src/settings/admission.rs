//! `service.admission`: how many bytes of requests the process may hold.

use config::Problems;
use net::budget::BudgetLimits;
use serde::{Deserialize, Serialize};

const MIB: u64 = 1 << 20;
/// Without a limit in the config: a quarter of the memory the process may have, within these.
/// The rest is for what requests become on their way: edited, compressed, answered.
const DEFAULT_SHARE: u64 = 4;
const DEFAULT_MIN: u64 = 32 * MIB;
const DEFAULT_MAX: u64 = 512 * MIB;
/// A smaller budget takes no request that is worth sending.
const LIMIT_MIN: u64 = MIB;

/// `service.admission`. It bounds what all receivers hold together: requests that are being read,
/// decompressed, processed or queued in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AdmissionSettings {
    /// The budget in MiB; wins over the percentage.
    pub limit_mib: u32,
    /// The budget in percent of the memory that the process may have: its cgroup's limit, else the
    /// machine's. With neither of the two it is a quarter of that, at least 32 and at most 512 MiB.
    pub limit_percentage: u32,
    /// The most that one client may hold while no other does, in percent of the budget; 100 lets
    /// any client take everything.
    pub client_percentage: u32,
    /// Clients that are told apart; all beyond these share one share.
    pub max_clients: u32,
}

impl Default for AdmissionSettings {
    fn default() -> Self {
        Self {
            limit_mib: 0,
            limit_percentage: 0,
            client_percentage: BudgetLimits::CLIENT_PERCENTAGE,
            max_clients: BudgetLimits::CLIENTS_MAX as u32,
        }
    }
}

impl AdmissionSettings {
    /// The budget of a process that may have `total` bytes, if that can be told.
    pub(crate) fn limits(&self, total: Option<u64>) -> BudgetLimits {
        let bytes = match (self.limit_mib, self.limit_percentage, total) {
            (0, 0, total) => total
                .map_or(DEFAULT_MIN, |total| total / DEFAULT_SHARE)
                .clamp(DEFAULT_MIN, DEFAULT_MAX),
            (0, percentage, Some(total)) => {
                (total.saturating_mul(percentage.into()) / 100).max(LIMIT_MIN)
            }
            (0, _, None) => DEFAULT_MIN,
            (mib, _, _) => u64::from(mib) * MIB,
        };
        BudgetLimits {
            capacity: usize::try_from(bytes).unwrap_or(usize::MAX),
            client_percentage: self.client_percentage,
            clients_max: self.max_clients as usize,
        }
    }

    pub(super) fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(
            self.limit_percentage <= 100,
            "'limit_percentage' must be less than or equal to 100",
        );
        problems.check(
            (50..=100).contains(&self.client_percentage),
            "'client_percentage' must be between 50 and 100",
        );
        problems.check(self.max_clients > 0, "'max_clients' must be greater than zero");
        problems
    }
}
