//! How much memory the process may have.

#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A cgroup of version 1 without a limit says a number near 2^63, one of version 2 says `max`.
const NO_LIMIT: u64 = 1 << 60;
/// Cgroups are nested a few levels deep; the path comes from the kernel.
const DEPTH_MAX: usize = 64;

/// Bytes of memory that this process may have: the lowest limit of its cgroup and the cgroups
/// around it (version 2 or 1), else all memory of the machine. `None` where nobody can tell.
#[must_use]
pub fn available() -> Option<u64> {
    within(Path::new("/"))
}

/// The same for a system whose files are under `root`.
fn within(root: &Path) -> Option<u64> {
    let all = machine(root);
    match (cgroup(root), all) {
        (Some(cgroup), Some(all)) => Some(cgroup.min(all)),
        (cgroup, all) => cgroup.or(all),
    }
}

fn machine(root: &Path) -> Option<u64> {
    let text = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn cgroup(root: &Path) -> Option<u64> {
    // `0::/path` is version 2; `4:memory:/path` the memory controller of version 1.
    let memberships = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let path_of = |wanted: &dyn Fn(&str, &str) -> bool| {
        memberships.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':');
            let (id, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
            wanted(id, controllers).then_some(path)
        })
    };
    let unified = path_of(&|id, controllers| id == "0" && controllers.is_empty());
    let memory = path_of(&|_, list| list.split(',').any(|controller| controller == "memory"));
    let mounts = root.join("sys/fs/cgroup");
    let limits = [
        lowest(&mounts, unified.unwrap_or("/"), "memory.max"),
        lowest(&mounts.join("unified"), unified.unwrap_or("/"), "memory.max"),
        lowest(&mounts.join("memory"), memory.unwrap_or("/"), "memory.limit_in_bytes"),
    ];
    limits.into_iter().flatten().min()
}

/// The lowest limit from the cgroup at `path` up to the root of the mount. In a container the path
/// may be the host's and lead nowhere here; the root of the mount is the container's own then.
fn lowest(mount: &Path, path: &str, file: &str) -> Option<u64> {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty() && *part != "..").collect();
    let mut folder: PathBuf = mount.to_owned();
    let mut lowest = limit(&folder.join(file));
    for part in parts.into_iter().take(DEPTH_MAX) {
        folder.push(part);
        lowest = [lowest, limit(&folder.join(file))].into_iter().flatten().min();
    }
    lowest
}

fn limit(file: &Path) -> Option<u64> {
    let bytes = fs::read_to_string(file).ok()?.trim().parse::<u64>().ok()?;
    (bytes < NO_LIMIT).then_some(bytes)
}
