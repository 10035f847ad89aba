use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::*;

/// What cargo writes down for the package of the cells, here the first or the
/// last by its name, and for a helper crate.
fn lock(cells: &str, helper: &str) -> String {
    let mut packages = [
        format!("name = \"{cells}\"\ndependencies = [\n \"dep\",\n]\n"),
        format!("name = \"dep\"\nversion = \"{helper}\"\n"),
    ];
    packages.sort();
    format!(
        "version = 4\n\n[[package]]\n{}",
        packages.join("\n[[package]]\n")
    )
}

/// A build directory and a package beside it, as cargo leaves them.
struct Built {
    root: tempfile::TempDir,
    messages: Vec<Value>,
    /// Long after everything was written.
    since: SystemTime,
}

impl Built {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        let text = |path: &str| at(path).to_str().unwrap().to_owned();
        for (path, content) in [
            ("helper/Cargo.toml", "[package]"),
            ("helper/src/lib.rs", "pub fn one() {}"),
            ("elsewhere/table.rs", "[]"),
            ("cells/Cargo.toml", "[dependencies]"),
            ("cells/Cargo.lock", &lock("ctx", "1.0.0")),
            ("cells/src/lib.rs", "1 + 1"),
            ("cells/target/deps/libhelper.rlib", "compiled"),
            ("cells/target/deps/libctx.so", "compiled"),
            ("rustc", "a compiler"),
        ] {
            fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            fs::write(at(path), content).unwrap();
        }
        let rules =
            format!("x.rlib: src/lib.rs {}\n", text("elsewhere/table.rs"));
        fs::write(at("cells/target/deps/helper.d"), rules).unwrap();
        fs::hard_link(
            at("cells/target/deps/libctx.so"),
            at("cells/target/libctx.so"),
        )
        .unwrap();
        let rustc = Rustc {
            program: at("rustc"),
            arguments: [
                "--out-dir",
                &text("cells/target/deps"),
                "--extern",
                &format!("helper={}", text("cells/target/deps/libhelper.rlib")),
            ]
            .map(str::to_owned)
            .to_vec(),
            directory: at("cells"),
            environment: BTreeMap::new(),
        };
        fs::write(at("rustc.json"), serde_json::to_vec(&rustc).unwrap())
            .unwrap();
        let artifact = |package: &str, file: &str| {
            json!({
                "reason": "compiler-artifact",
                "package_id": format!("path+file://{}", text(package)),
                "manifest_path": text(&format!("{package}/Cargo.toml")),
                "filenames": [text(file)],
            })
        };
        let messages = vec![
            artifact("helper", "cells/target/deps/libhelper.rlib"),
            artifact("cells", "cells/target/libctx.so"),
        ];
        let since = SystemTime::now() + Duration::from_secs(100);
        Self {
            root,
            messages,
            since,
        }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn asked(&self) -> Asked {
        Asked {
            arguments: vec!["build".to_owned()],
            directory: self.at("cells"),
            environment: BTreeMap::from([("A".to_owned(), "1".to_owned())]),
        }
    }

    fn record(&self) -> Option<Record> {
        Record::make(
            self.asked(),
            Contents::read(&self.asked()),
            &self.at("rustc.json"),
            &self.messages,
            self.since,
        )
    }

    /// Whether a record from before still holds after `change`.
    fn holds_after(&self, change: impl FnOnce(&mut Asked)) -> bool {
        let file = self.at("record.json");
        self.record().unwrap().save(&file);
        let record = Record::load(&file).unwrap();
        let contents = Contents::read(&self.asked());
        assert!(record.holds(&self.asked(), &contents));
        let mut asked = self.asked();
        change(&mut asked);
        record.holds(&asked, &Contents::read(&self.asked()))
    }

    fn holds_after_writing(&self, path: &str) -> bool {
        self.holds_with(path, "something else")
    }

    fn holds_with(&self, path: &str, content: &str) -> bool {
        self.holds_after(|_| {
            fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
            fs::write(self.at(path), content).unwrap();
        })
    }
}

#[test]
fn another_cell_changes_nothing() {
    assert!(Built::new().holds_after_writing("cells/src/lib.rs"));
}

#[test]
fn changed_instructions_to_cargo_are_seen() {
    for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        let file = format!("cells/{file}");
        assert!(!Built::new().holds_after_writing(&file), "{file}");
    }
}

#[test]
fn dependency_that_was_tried_out_again_changes_nothing() {
    for (helper, same) in [("1.0.0", true), ("1.0.1", false)] {
        let lock = lock("evcxr_dummy_validate_dep", helper);
        let holds = Built::new().holds_with("cells/Cargo.lock", &lock);
        assert_eq!(holds, same, "helper {helper}");
    }
}

#[test]
fn configuration_above_is_seen() {
    assert!(!Built::new().holds_after_writing(".cargo/config.toml"));
}

#[test]
fn changed_package_is_seen() {
    for file in ["src/lib.rs", "src/new.rs", "build.rs", "Cargo.toml"] {
        let file = format!("helper/{file}");
        assert!(!Built::new().holds_after_writing(&file), "{file}");
    }
}

#[test]
fn file_that_a_package_includes_is_seen() {
    assert!(!Built::new().holds_after_writing("elsewhere/table.rs"));
}

#[test]
fn edit_with_an_old_time_and_the_same_size_is_seen() {
    let built = Built::new();
    let source = built.at("helper/src/lib.rs");
    assert!(!built.holds_after(|_| {
        let modified = fs::metadata(&source).unwrap().modified().unwrap();
        fs::write(&source, "pub fn two() {}").unwrap();
        fs::File::options()
            .write(true)
            .open(&source)
            .unwrap()
            .set_modified(modified)
            .unwrap();
    }));
}

#[test]
fn other_library_or_compiler_is_seen() {
    assert!(
        !Built::new().holds_after_writing("cells/target/deps/libhelper.rlib")
    );
    assert!(!Built::new().holds_after_writing("rustc"));
}

#[test]
fn other_call_is_seen() {
    assert!(!Built::new().holds_after(|asked| {
        asked.arguments.push("--offline".to_owned());
    }));
    assert!(!Built::new().holds_after(|asked| {
        asked.environment.insert("A".to_owned(), "2".to_owned());
    }));
}

#[test]
fn source_that_was_edited_while_cargo_ran_is_not_trusted() {
    let mut built = Built::new();
    built.since = SystemTime::now();
    assert!(built.record().is_none());
}

#[test]
fn package_with_a_build_script_is_left_to_cargo() {
    let mut built = Built::new();
    built.messages.push(json!({
        "reason": "build-script-executed",
        "package_id": "path+file:///helper#0.1.0",
    }));
    assert!(built.record().is_none());
}

#[test]
fn build_without_a_compiler_or_a_library_gives_no_record() {
    let built = Built::new();
    fs::remove_file(built.at("cells/target/libctx.so")).unwrap();
    assert!(built.record().is_none());

    let built = Built::new();
    fs::remove_file(built.at("rustc.json")).unwrap();
    assert!(built.record().is_none());
}
