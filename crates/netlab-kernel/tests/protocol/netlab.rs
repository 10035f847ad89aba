//! What the helper crate does in a cell of this kernel: waits that can be
//! interrupted, and output that changes.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, Weak};
use std::time::SystemTime;

use tempfile::TempDir;

use crate::analyst::{completed, wait_until_ready};
use crate::client::Client;
use crate::interrupt::interrupt;
use crate::launch::kernel;
use crate::places::shown;

/// Loads the helper crate, as the first cell of a notebook does.
static DEP: LazyLock<String> = LazyLock::new(|| {
    let netlab =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).with_file_name("netlab");
    format!(":dep netlab = {{ path = {netlab:?} }}")
});

/// A build directory in which the helper crate is compiled: one for the tests
/// that run at the same time, removed after the last of them.
fn seed() -> Arc<TempDir> {
    static SEED: Mutex<Weak<TempDir>> = Mutex::new(Weak::new());
    let mut shared = SEED.lock().unwrap();
    if let Some(seed) = shared.upgrade() {
        return seed;
    }
    let home = Arc::new(tempfile::tempdir().unwrap());
    let made = kernel(home.path())
        .args(["seed", "--dep", &DEP, "--lock"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock"))
        .env("EVCXR_TMPDIR", seed_in(&home))
        .status();
    assert!(made.unwrap().success());
    *shared = Arc::downgrade(&home);
    home
}

/// As deep as the directories of the kernels: compiled cells find the standard
/// library by a relative path.
fn seed_in(home: &TempDir) -> PathBuf {
    home.path().join("build").join("seed")
}

/// A kernel that has the helper crate, and the seed for other tests.
fn start() -> (Client, Arc<TempDir>) {
    let seed = seed();
    let mut client = Client::start_with(|kernel: &mut Command| {
        kernel.env("NETLAB_SEED", seed_in(&seed));
    });
    client.runs(&DEP);
    (client, seed)
}

#[test]
fn block_on_is_interrupted_and_the_variables_stay() {
    let (mut client, _seed) = start();
    client.runs("let rt = netlab::runtime()?; let x = 42;");
    let id = client.execute(
        "println!(\"waits\"); \
         netlab::block_on(&rt, std::future::pending::<()>());",
    );
    client.prints(&id, "stdout", "waits\n");
    interrupt(&mut client, &id);
    assert_eq!(client.fails(&id)["ename"], "Interrupted");
    client.gives("x", "42");
    client.gives("netlab::block_on(&rt, async { x + 1 })", "43");
}

#[test]
fn known_dep_line_leaves_the_next_cell_to_the_compiler() {
    let (mut client, _seed) = start();
    client.runs("let x = 42;");
    let by_cargo = last_build_by_cargo(&client);
    // evcxr tries a relative path out again each time.
    client.runs(":dep netlab = { path = \"../netlab\" }");
    client.gives("x", "42");
    assert_eq!(last_build_by_cargo(&client), by_cargo);
}

/// When the driver has written down what cargo did.
fn last_build_by_cargo(client: &Client) -> SystemTime {
    let builds = client.home.path().join("build").read_dir().unwrap();
    let records: Vec<_> = builds
        .filter_map(|build| {
            let record = build.ok()?.path().join("driver/record.json");
            record.metadata().ok()?.modified().ok()
        })
        .collect();
    let &[of_the_kernel] = records.as_slice() else {
        panic!("one kernel has a record: {records:?}");
    };
    of_the_kernel
}

#[test]
fn shown_value_changes_while_the_cell_runs() {
    let (mut client, _seed) = start();
    let id = client.execute(
        "let shown = netlab::display::show(1); \
         std::thread::spawn(move || shown.update(2)).join().unwrap(); \
         netlab::display::clear(); println!(\"done\");",
    );
    let shown = client.next_of(&id, "display_data");
    assert_eq!(shown["data"]["text/plain"], "1");
    assert!(shown["data"]["text/html"].as_str().unwrap().contains('1'));
    let changed = client.next_of(&id, "update_display_data");
    assert_eq!(changed["data"]["text/plain"], "2");
    let id_of = |message: &serde_json::Value| {
        message["transient"]["display_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(id_of(&shown), id_of(&changed));
    assert_eq!(client.next_of(&id, "clear_output")["wait"], true);
    client.prints(&id, "stdout", "done\n");
    client.succeeds(&id);
}

#[test]
fn completion_knows_the_helper_crate() {
    let (mut client, _seed) = start();
    wait_until_ready(&mut client);
    assert_eq!(
        completed(&mut client, "netlab::block_o"),
        ["block_on(rt, future)"]
    );
}

#[test]
fn busy_port_is_not_told_twice() {
    let (mut client, _seed) = start();
    client.runs(
        "let mine = netlab::server::bind(\"127.0.0.1:0\")?;\n\
         let addr = mine.local_addr()?;",
    );
    let shown = shown(&mut client, "netlab::server::bind(addr)?;");
    assert!(shown[0].contains("занят этим же процессом"), "{shown:?}");
    assert_eq!(
        shown[3..],
        [
            "Это переменная `mine` из ячейки [2]: выполните `drop(mine);` и \
          повторите."
        ]
    );
}
