use std::fs;

use super::within;

const MIB: u64 = 1 << 20;

/// What a system with these files has.
fn told_by(files: &[(&str, &str)]) -> Option<u64> {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    within(root.path())
}

const MACHINE: (&str, &str) = ("proc/meminfo", "MemTotal:        8388608 kB\nMemFree: 1 kB\n");

#[test]
fn without_cgroups_it_is_the_memory_of_the_machine() {
    assert_eq!(told_by(&[MACHINE]), Some(8192 * MIB));
    assert_eq!(told_by(&[]), None);
    assert_eq!(told_by(&[("proc/meminfo", "MemTotal: many kB\n")]), None);
}

#[test]
fn a_cgroup_of_version_2_limits_with_all_that_are_around_it() {
    let own = ("proc/self/cgroup", "0::/pods/burst/one\n");
    let max = ("sys/fs/cgroup/pods/burst/one/memory.max", "max\n");
    let outer = ("sys/fs/cgroup/pods/memory.max", "536870912\n");
    let inner = ("sys/fs/cgroup/pods/burst/one/memory.max", "268435456\n");
    let other = ("sys/fs/cgroup/pods/calm/memory.max", "1048576\n");
    assert_eq!(told_by(&[MACHINE, own, max]), Some(8192 * MIB));
    assert_eq!(told_by(&[MACHINE, own, max, outer, other]), Some(512 * MIB));
    assert_eq!(told_by(&[MACHINE, own, outer, inner]), Some(256 * MIB));
    // A container sees its own cgroup as the root.
    let namespaced =
        [MACHINE, ("proc/self/cgroup", "0::/\n"), ("sys/fs/cgroup/memory.max", "134217728\n")];
    assert_eq!(told_by(&namespaced), Some(128 * MIB));
}

#[test]
fn a_cgroup_of_version_1_limits_where_its_path_leads_somewhere() {
    let own = ("proc/self/cgroup", "7:cpu:/x\n4:memory,hugetlb:/docker/abc\n0::/\n");
    let no_limit = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    let inner = ("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "104857600\n");
    assert_eq!(told_by(&[MACHINE, own, no_limit]), Some(8192 * MIB));
    assert_eq!(told_by(&[MACHINE, own, no_limit, inner]), Some(100 * MIB));
    // In a container without a namespace the path is the host's.
    let container = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "52428800\n");
    assert_eq!(told_by(&[MACHINE, own, container]), Some(50 * MIB));
}

#[test]
fn a_limit_above_all_memory_is_all_memory() {
    let huge = ("sys/fs/cgroup/memory.max", "1099511627776\n");
    assert_eq!(told_by(&[MACHINE, huge]), Some(8192 * MIB));
    assert_eq!(told_by(&[huge]), Some(1 << 40));
}
