use super::{Limits, MIB, Settings};

fn settings(limit_mib: u32, spike_limit_mib: u32, percent: u32, spike_percent: u32) -> Settings {
    Settings {
        limit_mib,
        spike_limit_mib,
        limit_percentage: percent,
        spike_limit_percentage: spike_percent,
        ..Settings::default()
    }
}

#[test]
fn limits_follow_from_the_settings() {
    let most = u64::from(u32::MAX) * MIB;
    let rows = [
        (settings(1000, 0, 0, 0), 1, 800 * MIB, 1000 * MIB),
        (settings(1000, 300, 0, 0), 1, 700 * MIB, 1000 * MIB),
        (settings(0, 0, 50, 0), 1000, 400, 500),
        (settings(0, 0, 50, 30), 1000, 200, 500),
        (settings(10, 0, 50, 0), 1000, 8 * MIB, 10 * MIB),
        (settings(0, 0, 33, 1), 199, 64, 65),
        (settings(u32::MAX, 1, 0, 0), 1, most - MIB, most),
    ];
    for (settings, total, soft, hard) in rows {
        assert_eq!(settings.limits(total), Limits { soft, hard }, "{settings:?} of {total}");
    }
}
