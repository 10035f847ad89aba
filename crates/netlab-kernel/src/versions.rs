//! Which versions of crates cargo takes.
//!
//! Cargo keeps to the versions in `Cargo.lock`, but crosses out those that the
//! manifest at hand does not need. `evcxr` tries each `:dep` line out in a
//! manifest of its own; after that, cargo would take for all other crates the
//! newest versions on this machine. As soon as somebody has downloaded one that
//! is newer than in the seed, every kernel would compile the crates again.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

/// Begins a crate in a lock file.
const PACKAGE: &str = "[[package]]";

/// Writes into `lock` the versions of `known` in whose place `lock` has none.
/// Cargo takes them if it needs the crates, and crosses them out again if not.
///
/// # Errors
///
/// When `known` can't be read, or `lock` can't be read or written; it may be
/// missing.
pub(crate) fn recall(known: &Path, lock: &Path) -> io::Result<()> {
    let known = fs::read_to_string(known)?;
    let there = match fs::read_to_string(lock) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // It tells in which form the rest is.
            known.split(PACKAGE).next().unwrap_or_default().to_owned()
        }
        there => there?,
    };
    match missing(&known, &there) {
        missing if missing.is_empty() => Ok(()),
        missing => fs::write(lock, there + &missing),
    }
}

/// The crates of `known` that `there` does not have, nor a version that can
/// stand for it: cargo takes one of two such versions, and may fail because it
/// has taken the one that another crate refuses.
///
/// On which others they depend is left out: a name in such a list must have one
/// meaning in the whole file.
fn missing(known: &str, there: &str) -> String {
    let places: HashSet<_> = packages(there).filter_map(place).collect();
    packages(known)
        .filter(|package| {
            place(package).is_some_and(|place| !places.contains(&place))
        })
        .map(|package| {
            let lines: Vec<_> = package
                .lines()
                .take_while(|line| {
                    !line.is_empty() && !line.starts_with("dependencies")
                })
                .collect();
            format!("\n{PACKAGE}\n{}\n", lines.join("\n"))
        })
        .collect()
}

fn packages(lock: &str) -> impl Iterator<Item = &str> {
    lock.split(PACKAGE).skip(1).map(str::trim_start)
}

/// Name, registry, and what the version has in common with all that can stand
/// for it. A crate in a directory has no registry, and no version to choose.
fn place(package: &str) -> Option<[&str; 3]> {
    let mut lines = package.lines();
    let name = lines.next()?;
    let version = lines.next()?.split('"').nth(1)?;
    let source = lines.next()?;
    source.starts_with("source = ").then_some([
        name,
        source,
        compatible(version),
    ])
}

/// A version up to its first number that is not zero: those that begin alike
/// are compatible, see the [Cargo book].
///
/// [Cargo book]: https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html#default-requirements
fn compatible(version: &str) -> &str {
    let end = version
        .find(|c: char| ('1'..='9').contains(&c))
        .and_then(|first| Some(first + version[first..].find('.')?));
    &version[..end.unwrap_or(version.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = r#"# made by cargo
version = 4

[[package]]
name = "bytes"
version = "1.12.2"
source = "registry+https://example.org"
checksum = "b"

[[package]]
name = "netlab"
version = "0.0.0"
dependencies = [
 "tokio",
]

[[package]]
name = "tokio"
version = "1.54.1"
source = "registry+https://example.org"
checksum = "t"
dependencies = [
 "bytes",
]
"#;

    fn recalled(lock: Option<&str>) -> String {
        let directory = tempfile::tempdir().unwrap();
        let [known, file] =
            ["known", "Cargo.lock"].map(|name| directory.path().join(name));
        fs::write(&known, KNOWN).unwrap();
        if let Some(lock) = lock {
            fs::write(&file, lock).unwrap();
        }
        recall(&known, &file).unwrap();
        fs::read_to_string(file).unwrap()
    }

    #[test]
    fn lock_file_that_is_missing_gets_every_version_of_a_registry() {
        assert_eq!(
            recalled(None),
            r#"# made by cargo
version = 4


[[package]]
name = "bytes"
version = "1.12.2"
source = "registry+https://example.org"
checksum = "b"

[[package]]
name = "tokio"
version = "1.54.1"
source = "registry+https://example.org"
checksum = "t"
"#
        );
    }

    #[test]
    fn lock_file_keeps_what_it_says_and_gets_the_rest() {
        let (with_bytes, _) =
            KNOWN.split_once("\n[[package]]\nname = \"n").unwrap();
        let lock = with_bytes.replace("\"b\"", "\"another\"");
        let recalled = recalled(Some(&lock));
        let more = recalled.strip_prefix(&lock).unwrap();
        assert!(more.starts_with("\n[[package]]\nname = \"tokio\"\n"));
        assert_eq!(more.matches(PACKAGE).count(), 1);
    }

    #[test]
    fn only_a_version_that_can_not_stand_for_it_stands_beside_it() {
        let lock = KNOWN.replace("1.54.1", "1.54.2");
        assert_eq!(recalled(Some(&lock)), lock);
        let lock = KNOWN.replace("1.54.1", "2.54.1");
        assert!(recalled(Some(&lock)).contains("\"1.54.1\""));
    }

    #[test]
    fn versions_are_compatible_up_to_the_first_number_that_is_not_zero() {
        for (version, up_to) in [
            ("1.54.1", "1"),
            ("10.0.0-rc.1", "10"),
            ("0.31.3", "0.31"),
            ("0.0.3", "0.0.3"),
            ("0.0.0", "0.0.0"),
            ("0.11.1+wasi-snapshot-preview1", "0.11"),
        ] {
            assert_eq!(compatible(version), up_to);
        }
    }

    #[test]
    fn lock_file_that_lacks_nothing_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let lock = directory.path().join("Cargo.lock");
        fs::write(&lock, KNOWN).unwrap();
        let before = fs::metadata(&lock).unwrap().modified().unwrap();
        recall(&lock, &lock).unwrap();
        assert_eq!(fs::metadata(&lock).unwrap().modified().unwrap(), before);
    }
}
