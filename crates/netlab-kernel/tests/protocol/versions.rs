//! Which versions of crates a kernel takes when more than one is on this
//! machine.
//!
//! The machine here has a registry of its own, a directory with two versions of
//! a crate; what lies in the user's registry does not matter.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::analyst::{completed, wait_until_ready};
use crate::client::{Client, WATCHDOG};
use crate::launch::kernel;
use crate::lifetime::{family, wait_for_the_end_of};

/// In a registry that is a directory nobody looks at it.
const CHECKSUM: &str =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// What a machine has beside the kernel: a registry and two crates of its own,
/// one of which needs a crate of the registry.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        let registry = machine.at("registry");
        machine.write(
            "cargo/config.toml",
            &format!(
                "[source.crates-io]\nreplace-with = \"here\"\n\
                 [source.here]\ndirectory = {registry:?}\n"
            ),
        );
        machine.write(
            "helper/Cargo.toml",
            "[package]\nname = \"helper\"\nedition = \"2024\"\n\
             [dependencies]\nwords = \"1\"\n",
        );
        machine.write("helper/src/lib.rs", "pub use words;");
        machine.write(
            "other/Cargo.toml",
            "[package]\nname = \"other\"\nedition = \"2024\"\n",
        );
        machine.write("other/src/lib.rs", "pub const WORD: &str = \"other\";");
        machine
    }

    /// Downloads a version of the crate `words`, as it were.
    fn download(&self, version: &str) {
        let package = format!("registry/words-{version}");
        let function = format!("said_by_{}", version.replace('.', "_"));
        self.write(
            &format!("{package}/Cargo.toml"),
            &format!(
                "[package]\nname = \"words\"\nversion = {version:?}\n\
                 edition = \"2024\"\n"
            ),
        );
        self.write(
            &format!("{package}/src/lib.rs"),
            &format!(
                "pub const VERSION: &str = {version:?};\npub fn {function}() {{}}"
            ),
        );
        self.write(
            &format!("{package}/.cargo-checksum.json"),
            &format!("{{\"files\": {{}}, \"package\": {CHECKSUM:?}}}"),
        );
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The line that loads a crate of this machine.
    fn dep(&self, name: &str) -> String {
        format!(":dep {name} = {{ path = {:?} }}", self.at(name))
    }

    /// Compiles the seed; the lock file names a version of the crate `words`.
    fn make_seed(&self, locked: Option<&str>) {
        let mut seed = kernel(self.0.path());
        seed.args(["seed", "--dep", &self.dep("helper")])
            .env("CARGO_HOME", self.at("cargo"))
            .env("EVCXR_TMPDIR", self.seed());
        if let Some(version) = locked {
            self.write(
                "Cargo.lock",
                &format!(
                    "version = 4\n\n\
                     [[package]]\nname = \"helper\"\nversion = \"0.0.0\"\n\
                     dependencies = [\n \"words\",\n]\n\n\
                     [[package]]\nname = \"words\"\nversion = {version:?}\n\
                     source = \"registry+https://github.com/rust-lang/\
                     crates.io-index\"\nchecksum = {CHECKSUM:?}\n"
                ),
            );
            seed.arg("--lock").arg(self.at("Cargo.lock"));
        }
        assert!(seed.status().unwrap().success());
    }

    /// As deep as the directories of the kernels: compiled cells find the
    /// standard library by a relative path.
    fn seed(&self) -> PathBuf {
        self.at("build/seed")
    }

    fn versions_of_the_seed(&self) -> String {
        fs::read_to_string(self.seed().join("Cargo.lock")).unwrap()
    }

    /// Starts a kernel from the seed.
    fn start(&self, preload: Option<&str>) -> Client {
        Client::start_with(|kernel: &mut Command| {
            kernel
                .env("CARGO_HOME", self.at("cargo"))
                .env("NETLAB_SEED", self.seed());
            if let Some(line) = preload {
                kernel.env("NETLAB_PRELOAD", line);
            }
        })
    }
}

#[test]
fn newer_version_on_the_machine_is_not_taken_for_the_seed() {
    let machine = Machine::new();
    machine.download("1.0.0");
    machine.make_seed(None);
    machine.download("1.0.1");
    let dep = machine.dep("helper");
    for preload in [None, Some(&*dep)] {
        let mut client = machine.start(preload);
        client.runs(&dep);
        client.gives("helper::words::VERSION", "\"1.0.0\"");
        // evcxr resolves it without the other one.
        client.runs(&machine.dep("other"));
        client.gives("other::WORD", "\"other\"");
        client.gives("helper::words::VERSION", "\"1.0.0\"");
    }
}

#[test]
fn version_that_a_cell_asks_for_is_taken() {
    let machine = Machine::new();
    machine.download("1.0.0");
    machine.make_seed(None);
    machine.download("1.0.1");
    let mut client = machine.start(Some(&machine.dep("helper")));
    client.runs(":dep words = \"=1.0.1\"");
    client.gives("words::VERSION", "\"1.0.1\"");
    client.gives("helper::words::VERSION", "\"1.0.1\"");
    client.runs(&machine.dep("other"));
    client.gives("words::VERSION", "\"1.0.1\"");
}

#[test]
fn incompatible_version_stands_beside_the_one_in_the_seed() {
    let machine = Machine::new();
    machine.download("1.0.0");
    machine.make_seed(None);
    for version in ["1.0.1", "2.0.0"] {
        machine.download(version);
    }
    let mut client = machine.start(Some(&machine.dep("helper")));
    client.runs(":dep words = \"2\"");
    client.gives("words::VERSION", "\"2.0.0\"");
    client.gives("helper::words::VERSION", "\"1.0.0\"");
}

/// Says that it is at work, and is not done as long as it is held.
const HELD_BUILD: &str = r#"fn main() {
    let held = std::path::Path::new("held");
    if held.exists() {
        std::fs::write("at-work", "").unwrap();
        while held.exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}"#;

#[test]
fn killed_driver_leaves_no_cargo_and_the_next_cell_works() {
    let machine = Machine::new();
    machine.write("other/build.rs", HELD_BUILD);
    machine.write("other/held", "");
    let mut client = machine.start(None);
    client.runs("let x = 42;");
    let id = client.execute(&machine.dep("other"));
    let begun = Instant::now();
    while !machine.at("other/at-work").exists() {
        assert!(begun.elapsed() < WATCHDOG, "cargo does not begin");
        std::thread::yield_now();
    }
    let [drivers, cargos] = ["driver/cargo", "bin/cargo"].map(|ending| {
        let mut found = family(client.home.path());
        found.retain(|pid| command(*pid).ends_with(ending));
        found
    });
    assert!(!drivers.is_empty() && !cargos.is_empty());
    for pid in drivers {
        kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL).unwrap();
    }
    cargos.into_iter().for_each(wait_for_the_end_of);
    fs::remove_file(machine.at("other/held")).unwrap();
    client.fails(&id);
    client.runs(&machine.dep("other"));
    client.gives("other::WORD", "\"other\"");
    client.gives("x", "42");
}

/// How a process was started.
fn command(pid: u32) -> String {
    procfs::process::Process::new(pid.cast_signed())
        .and_then(|process| process.cmdline())
        .ok()
        .and_then(|words| words.into_iter().next())
        .unwrap_or_default()
}

#[test]
fn completion_reads_the_version_that_is_compiled() {
    let machine = Machine::new();
    machine.download("1.0.0");
    machine.make_seed(None);
    machine.download("1.0.1");
    let mut client = machine.start(None);
    wait_until_ready(&mut client);
    client.runs(&machine.dep("helper"));
    client.runs(&machine.dep("other"));
    wait_until_ready(&mut client);
    assert_eq!(
        completed(&mut client, "helper::words::said"),
        ["said_by_1_0_0()"]
    );
}

#[test]
fn seed_has_the_versions_of_the_lock_file() {
    let machine = Machine::new();
    machine.download("1.0.0");
    machine.download("1.0.1");
    machine.make_seed(Some("1.0.0"));
    let versions = machine.versions_of_the_seed();
    assert!(versions.contains("\"1.0.0\""), "{versions}");
    assert!(!versions.contains("\"1.0.1\""), "{versions}");
}
