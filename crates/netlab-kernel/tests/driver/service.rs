//! The compile service with a compiler that waits, the runtime that is
//! compiled once, and the linker: all of it must show in nothing but time.

use std::os::unix::process::CommandExt;
use std::process::Child;

use procfs::process::{Process, all_processes};

use super::*;

/// The service, as a process that can be killed.
struct Service {
    process: Child,
    cells: Cells,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Service {
    /// Serves a directory in which a cell has been compiled without cargo.
    fn new() -> Self {
        let cells = Cells::new();
        let kernel = env!("CARGO_BIN_EXE_netlab-kernel");
        let small = env!("CARGO_BIN_EXE_netlab-driver");
        fs::create_dir(cells.at("cells/driver/ld")).unwrap();
        fs::remove_file(cells.at("cells/driver/cargo")).unwrap();
        for (name, program) in [
            ("cargo", small),
            ("linker", small),
            ("ld/ld.lld", small),
            ("kernel", kernel),
        ] {
            let name = cells.at("cells/driver").join(name);
            symlink(program, name).unwrap();
        }
        let process = Command::new(kernel)
            .arg0(cells.at("cells/driver/serve"))
            .spawn()
            .unwrap();
        let mut service = Self { process, cells };
        until(|| service.cells.at("cells/driver/service").exists());
        service.cells.build_without_cargo("");
        // By the service; it was cargo's turn until then.
        until(|| service.waiting().is_some());
        let built = service.build("");
        assert!(built.success && !built.by_cargo(), "{}", built.said);
        service
    }

    /// The compiler that waits.
    fn waiting(&self) -> Option<Process> {
        let parent = self.process.id().cast_signed();
        all_processes()
            .unwrap()
            .filter_map(|process| {
                let process = process.ok()?;
                let stat = process.stat().ok()?;
                let waits = stat.ppid == parent && stat.state != 'Z';
                let command = process.cmdline().ok()?;
                let compiles = command.iter().any(|part| part == "src/lib.rs");
                (waits && compiles).then_some(process)
            })
            .next()
    }

    /// Compiles what `evcxr` makes of a cell.
    fn build(&mut self, code: &str) -> Built {
        self.cells.write("cells/src/lib.rs", &generated(code, ""));
        self.cells.cargo(&self.cells.at("cells/driver/cargo"), &[])
    }

    fn by_real_cargo(&self) -> Built {
        self.cells.cargo(Path::new(env!("CARGO")), &[])
    }
}

fn until(mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < WATCHDOG);
        std::thread::yield_now();
    }
}

/// A cell as `evcxr` generates it, with this code and this store statement.
fn generated(code: &str, store: &str) -> String {
    let module = runtime();
    format!(
        "#![allow(unused_imports, unused_mut, dead_code)]\n\
         mod evcxr_internal_runtime {{\n{module}}}\n\
         #[unsafe(no_mangle)]\n\
         pub extern \"C\" fn run_user_code_1(\n\
         mut evcxr_variable_store: *mut evcxr_internal_runtime::VariableStore)\n\
         \x20 -> *mut evcxr_internal_runtime::VariableStore {{\n\
         if evcxr_variable_store.is_null() {{\n\
         \x20 evcxr_variable_store = \
         evcxr_internal_runtime::create_variable_store();\n\
         }}\n\
         let evcxr_variable_store = unsafe {{&mut *evcxr_variable_store}};\n\
         {code}\n{store}\nevcxr_variable_store\n}}\n"
    )
}

/// The module of the `evcxr` that the kernel is built with.
fn runtime() -> String {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let manifest = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|package| package["name"] == "evcxr")
        .and_then(|package| package["manifest_path"].as_str())
        .unwrap();
    let source =
        Path::new(manifest).with_file_name("src/evcxr_internal_runtime.rs");
    fs::read_to_string(source).unwrap()
}

#[test]
fn cell_by_the_service_is_a_new_library() {
    let mut service = Service::new();
    for words in ["cell one", "cell two", "cell three"] {
        let built = service.build(&format!("println!({words:?});"));
        assert!(built.success && !built.by_cargo(), "{}", built.said);
        assert!(service.cells.library_has(words));
    }
    // The linker has learned what to do, and the module was left out.
    assert!(service.cells.at("cells/driver/link").exists());
    assert!(!service.cells.library_has_been("Variable '"));
}

#[test]
fn errors_by_the_service_are_those_of_cargo() {
    let mut service = Service::new();
    for code in [
        "let x: u32 = \"text\";",
        "let moved = vec![1]; drop(moved); drop(moved);",
        "\"1\".parse::<i32>()?;",
        "1 +",
        "unknown::path();",
        "mod missing;",
        "include_str!(\"missing\");",
        "let text = &String::new();\n\
         evcxr_variable_store.put_variable::<&str>(\"text\", text);",
        "evcxr_internal_runtime::VariableStore::old();",
    ] {
        let built = service.build(code);
        assert!(
            !built.success && !built.by_cargo(),
            "{code}: {}",
            built.said
        );
        let real = service.by_real_cargo();
        assert!(real.by_cargo(), "{}", real.said);
        assert_eq!(built.about_the_cell(), real.about_the_cell(), "{code}");
    }
}

#[test]
fn edited_helper_crate_is_seen_by_the_service() {
    let mut service = Service::new();
    service.cells.help("other words");
    let built = service.build("println!(\"{}\", helper::WORDS);");
    assert!(built.by_cargo() && built.success, "{}", built.said);
    assert!(service.cells.library_has("other words"));
}

#[test]
fn dead_compiler_is_replaced() {
    let mut service = Service::new();
    let mut waiting = None;
    until(|| {
        waiting = service.waiting();
        waiting.is_some()
    });
    kill(waiting.unwrap().pid);
    let built = service.build("println!(\"still there\");");
    assert!(built.success, "{}", built.said);
    assert!(service.cells.library_has("still there"));
}

#[test]
fn compiler_does_not_outlive_a_killed_kernel() {
    let mut service = Service::new();
    let mut waiting = None;
    until(|| {
        waiting = service.waiting();
        waiting.is_some()
    });
    let library = service
        .cells
        .at("cells/target")
        .join(format!("{}/debug/deps/libctx.so", service.cells.target));
    fs::remove_file(&library).unwrap();
    service.process.kill().unwrap();
    service.process.wait().unwrap();
    let waiting = waiting.unwrap();
    until(|| !waiting.is_alive());
    // The end of its input was no cell.
    assert!(!library.exists());
    let built = service.build("println!(\"by the kernel\");");
    assert!(built.success, "{}", built.said);
}

#[test]
fn both_forms_of_the_store_can_meet() {
    let service = Service::new();
    let put = "evcxr_variable_store.put_variable::<Vec<String>>(\n\
               \"list\", vec![\"kept\".to_owned()]);\n\
               evcxr_variable_store.put_variable::<Own>(\"own\", Own(7));";
    let take = "assert!(evcxr_variable_store.check_variable::<Own>(\"own\"));\n\
                let own = evcxr_variable_store.take_variable::<Own>(\"own\");\n\
                let list = evcxr_variable_store\n\
                .take_variable::<Vec<String>>(\"list\");\n\
                assert_eq!((own.0, list), (7, vec![\"kept\".to_owned()]));\n\
                println!(\"{}\", std::any::type_name_of_val(\n\
                &*evcxr_variable_store));";
    let own = "pub struct Own(i32);\n";
    let mut libraries = Vec::new();
    for (number, code) in [put, take].into_iter().enumerate() {
        for by_cargo in [true, false] {
            let text = generated(code, "") + own;
            service.cells.write("cells/src/lib.rs", &text);
            let built = if by_cargo {
                service.by_real_cargo()
            } else {
                let cargo = service.cells.at("cells/driver/cargo");
                service.cells.cargo(&cargo, &[])
            };
            assert!(built.success, "{}", built.said);
            assert_eq!(built.by_cargo(), by_cargo);
            let name = format!("{number}-{by_cargo}.so");
            libraries.push(service.cells.take_library(&name));
        }
    }
    let host = service.cells.host();
    for put in &libraries[..2] {
        for take in &libraries[2..] {
            let said = Command::new(&host).args([put, take]).output().unwrap();
            assert!(said.status.success(), "{put:?} {take:?} {said:?}");
            assert_eq!(
                String::from_utf8_lossy(&said.stdout),
                "ctx::evcxr_internal_runtime::VariableStore\n"
            );
        }
    }
}

impl Cells {
    /// Whether these words are in the library that was taken away last.
    fn library_has_been(&self, words: &str) -> bool {
        let library = self
            .at("cells/target")
            .join(&self.target)
            .join("debug/libcode_1.so");
        let content = fs::read(library).unwrap();
        content
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    }

    /// Takes the library of the cell away, to another name.
    fn take_library(&self, name: &str) -> PathBuf {
        let result = self
            .at("cells/target")
            .join(&self.target)
            .join("debug/libctx.so");
        let taken = result.with_file_name(name);
        fs::rename(result, &taken).unwrap();
        taken
    }

    /// A program that runs the cells in its arguments one after the other, as
    /// the child of the kernel does.
    fn host(&self) -> PathBuf {
        self.write("host.rs", include_str!("host.rs"));
        let host = self.at("host");
        let compiled = Command::new("rustc")
            .args(["--edition=2024", "-Cprefer-dynamic", "-Crpath", "-o"])
            .arg(&host)
            .arg(self.at("host.rs"))
            .output()
            .unwrap();
        assert!(compiled.status.success(), "{compiled:?}");
        host
    }
}

fn kill(pid: i32) {
    let killed = Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
}
