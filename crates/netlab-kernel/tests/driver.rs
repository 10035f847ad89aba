//! The driver with a real compiler, a real cargo and a real crate of a cell:
//! what it does without cargo must be what cargo would have done.

#[path = "driver/service.rs"]
mod service;
#[path = "driver/types.rs"]
mod types;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long cargo may be needed after a change.
const WATCHDOG: Duration = Duration::from_secs(60);

/// Where a kernel compiles its cells, with a helper crate beside it.
struct Cells {
    root: tempfile::TempDir,
    target: String,
    built: u32,
}

/// How a build has ended.
struct Built {
    said: String,
    messages: Vec<Value>,
    success: bool,
}

impl Built {
    fn of(output: &Output) -> Self {
        Self {
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
            messages: String::from_utf8_lossy(&output.stdout)
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
            success: output.status.success(),
        }
    }

    /// Cargo says what it compiles, the driver does not.
    fn by_cargo(&self) -> bool {
        self.said.contains("Compiling ctx")
    }

    /// The messages about the cell itself.
    fn about_the_cell(&self) -> Vec<&Value> {
        self.messages
            .iter()
            .filter(|message| {
                message["target"]["name"] == "ctx"
                    || message["reason"] == "build-finished"
            })
            .collect()
    }
}

impl Cells {
    fn new() -> Self {
        let rustc = Command::new("rustc").arg("-vV").output().unwrap();
        let rustc = String::from_utf8(rustc.stdout).unwrap();
        let target = rustc
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap()
            .to_owned();
        let root = tempfile::tempdir().unwrap();
        let cells = Self {
            root,
            target,
            built: 0,
        };
        for directory in ["helper/src", "cells/src", "cells/driver"] {
            fs::create_dir_all(cells.at(directory)).unwrap();
        }
        let this = env!("CARGO_BIN_EXE_netlab-kernel");
        symlink(this, cells.at("cells/driver/cargo")).unwrap();
        symlink(this, cells.at("cells/driver/recorder")).unwrap();
        symlink(env!("CARGO"), cells.at("cells/driver/real-cargo")).unwrap();
        cells.write(
            "helper/Cargo.toml",
            "[package]\nname = \"helper\"\nedition = \"2024\"\n",
        );
        cells.help("first words");
        cells.write("cells/Cargo.toml", &manifest("dev.opt-level = 0"));
        cells
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.at(path), text).unwrap();
    }

    /// Gives the helper crate these words to say.
    fn help(&self, words: &str) {
        self.write(
            "helper/src/lib.rs",
            &format!("pub const WORDS: &str = {words:?};"),
        );
    }

    fn cargo(&self, cargo: &Path, more: &[&str]) -> Built {
        let output = Command::new(cargo)
            .args(["build", "--target", &self.target])
            .arg("--message-format=json")
            .args(more)
            .current_dir(self.at("cells"))
            .env("CARGO_TARGET_DIR", "target")
            .env("RUSTFLAGS", "-Cprefer-dynamic")
            .output()
            .unwrap();
        Built::of(&output)
    }

    /// Compiles a cell as the kernel does.
    fn build(&mut self, code: &str) -> Built {
        self.built += 1;
        let number = self.built;
        self.write(
            "cells/src/lib.rs",
            &format!(
                "#[unsafe(no_mangle)]\n\
                 pub fn cell_{number}() {{ {code}\n}}\n"
            ),
        );
        self.cargo(&self.at("cells/driver/cargo"), &[])
    }

    /// Compiles cells until one needs no cargo.
    fn build_without_cargo(&mut self, code: &str) -> Built {
        let started = Instant::now();
        loop {
            let built = self.build(code);
            if !built.by_cargo() {
                return built;
            }
            assert!(started.elapsed() < WATCHDOG, "{}", built.said);
        }
    }

    /// Takes the library away as `evcxr` does, and says whether these words
    /// are in it.
    fn library_has(&self, words: &str) -> bool {
        let result = self
            .at("cells/target")
            .join(&self.target)
            .join("debug/libctx.so");
        let loaded = result.with_file_name("libcode_1.so");
        fs::rename(result, &loaded).unwrap();
        let content = fs::read(loaded).unwrap();
        content
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    }
}

fn manifest(profile: &str) -> String {
    format!(
        "[package]\nname = \"ctx\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\
         [lib]\ncrate-type = [\"cdylib\"]\n\
         [profile]\n{profile}\n\
         [dependencies]\nhelper = {{ path = \"../helper\" }}\n"
    )
}

#[test]
fn cell_without_cargo_is_a_new_library() {
    let mut cells = Cells::new();
    let built = cells.build("println!(\"one {}\", helper::WORDS);");
    assert!(built.by_cargo() && built.success, "{}", built.said);
    assert!(cells.library_has("first words"));

    let built = cells.build_without_cargo("println!(\"cell two\");");
    assert!(built.success, "{}", built.said);
    assert!(cells.library_has("cell two"));

    let built = cells.build("println!(\"cell three\");");
    assert!(built.success && !built.by_cargo(), "{}", built.said);
    assert!(cells.library_has("cell three"));
}

#[test]
fn errors_and_warnings_are_those_of_cargo() {
    for code in ["let x: u32 = \"text\";", "let unused = (1);", "1 +"] {
        let mut cells = Cells::new();
        cells.build_without_cargo("");
        let built = cells.build(code);
        assert!(!built.by_cargo(), "{}", built.said);
        let real = cells.cargo(Path::new(env!("CARGO")), &[]);
        assert!(real.by_cargo(), "{}", real.said);
        assert_eq!(built.success, real.success, "{code}");
        assert_eq!(built.about_the_cell(), real.about_the_cell(), "{code}");
        let could_not = |said: &str| {
            said.lines()
                .find(|line| line.starts_with("error: could not"))
                .map(str::to_owned)
        };
        assert_eq!(could_not(&built.said), could_not(&real.said), "{code}");
    }
}

#[test]
fn edited_helper_crate_is_compiled_anew() {
    let mut cells = Cells::new();
    let code = "println!(\"{}\", helper::WORDS);";
    cells.build_without_cargo(code);
    assert!(cells.library_has("first words"));
    cells.help("other words");
    let built = cells.build(code);
    assert!(built.by_cargo(), "{}", built.said);
    assert!(cells.library_has("other words"));

    cells.build_without_cargo(code);
    assert!(cells.library_has("other words"));
}

#[test]
fn changed_manifest_is_left_to_cargo() {
    let mut cells = Cells::new();
    cells.build_without_cargo("");
    cells.write("cells/Cargo.toml", &manifest("dev.opt-level = 1"));
    let built = cells.build("");
    assert!(built.by_cargo() && built.success, "{}", built.said);
    let built = cells.build_without_cargo("");
    let artifact = built.about_the_cell()[0];
    assert_eq!(artifact["profile"]["opt_level"], "1");
}

#[test]
fn library_that_was_removed_is_built_again() {
    let mut cells = Cells::new();
    cells.build_without_cargo("");
    fs::remove_dir_all(cells.at("cells/target")).unwrap();
    let built = cells.build("println!(\"{}\", helper::WORDS);");
    assert!(built.by_cargo() && built.success, "{}", built.said);
    assert!(cells.library_has("first words"));
}

#[test]
fn other_arguments_are_left_to_cargo() {
    let mut cells = Cells::new();
    cells.build_without_cargo("");
    cells.build("println!(\"unbuilt\");");
    cells.write("cells/src/lib.rs", "pub fn released() {}");
    let built = cells.cargo(&cells.at("cells/driver/cargo"), &["--release"]);
    assert!(built.by_cargo() && built.success, "{}", built.said);
}
