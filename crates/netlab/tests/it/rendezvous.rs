//! Two notebooks finding each other.

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use netlab::rendezvous::{find, find_within, publish};

use crate::scenario::{child, output, plays};

fn addr(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A name of this test run: another one may be going on in the same directory.
fn own(name: &str) -> String {
    format!("test-{name}-{}", std::process::id())
}

/// Whether somebody has published the name at this moment.
fn is_there(name: &str) -> bool {
    find_within(name, Duration::ZERO).is_ok()
}

#[test]
fn two_names_do_not_disturb_each_other() {
    let a = &own("two-a");
    let b = &own("two-b");
    let first = publish(a, addr(1)).expect("publish");
    let second = publish(b, addr(2)).expect("publish");
    assert_eq!(find(a).expect("find"), addr(1));
    assert_eq!(find(b).expect("find"), addr(2));
    drop(first);
    assert!(!is_there(a));
    assert_eq!(find(b).expect("find"), addr(2));
    drop(second);
}

#[test]
fn entry_that_was_replaced_is_not_taken_back() {
    let name = &own("replaced");
    let old = publish(name, addr(1)).expect("publish");
    // The same address, as after a take-over: the old variable is dropped last.
    let new = publish(name, addr(1)).expect("publish");
    drop(old);
    assert!(is_there(name));
    drop(new);
    assert!(!is_there(name));
}

#[test]
fn missing_name_is_an_error_in_time() {
    let name = &own("nobody");
    let error =
        find_within(name, Duration::from_millis(50)).expect_err("nobody");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let text = error.to_string();
    assert!(
        text.contains(name.as_str()) && text.contains("блокноте сервера"),
        "{text}"
    );
}

#[test]
fn find_waits_for_a_name_that_is_published_later() {
    let name = &own("later");
    assert!(!is_there(name));
    thread::scope(|scope| {
        let found = scope.spawn(|| find(name));
        let _published = publish(name, addr(7)).expect("publish");
        assert_eq!(found.join().expect("join").expect("find"), addr(7));
    });
}

#[test]
fn wrong_name_is_refused() {
    for name in ["", "..", "a/b", "Echo", "эхо"] {
        assert_eq!(
            publish(name, addr(1)).expect_err(name).kind(),
            ErrorKind::InvalidInput
        );
        assert_eq!(find(name).expect_err(name).kind(), ErrorKind::InvalidInput);
    }
}

#[test]
fn entry_of_a_dead_process_is_not_found_and_swept_away() {
    let test =
        "rendezvous::entry_of_a_dead_process_is_not_found_and_swept_away";
    if plays("dies") {
        let published = publish("dead", addr(1)).expect("publish");
        // The kernel of a notebook that is killed drops nothing.
        std::mem::forget(published);
        return;
    }
    if plays("comes-later") {
        assert!(!is_there("dead"));
        let _published = publish("living", addr(2)).expect("publish");
        assert!(is_there("living"));
        return;
    }
    let place = Place::new("dead");
    output(place.child(test, "dies"));
    assert!(place.path.join("dead").exists());
    output(place.child(test, "comes-later"));
    let left: Vec<_> =
        fs::read_dir(&place.path).expect("read").flatten().collect();
    let names: Vec<_> = left.iter().map(fs::DirEntry::file_name).collect();
    assert_eq!(names, [".lock"]);
}

#[test]
fn another_process_finds_what_this_one_has_published() {
    let test = "rendezvous::another_process_finds_what_this_one_has_published";
    if plays("finds") {
        println!(
            "\nfound {}",
            find(&std::env::var("NETLAB_TEST_NAME").expect("given"))
                .expect("find")
        );
        return;
    }
    let name = &own("across");
    let _published = publish(name, addr(9)).expect("publish");
    let stdout = {
        let mut child = child(test, "finds");
        child.env("NETLAB_TEST_NAME", name);
        output(child)
    };
    assert!(stdout.contains("\nfound 127.0.0.1:9\n"), "{stdout}");
}

#[test]
fn directory_is_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;

    let test = "rendezvous::directory_is_for_this_user_only";
    if plays("publishes") {
        let _published = publish("private", addr(1)).expect("publish");
        return;
    }
    let place = Place::new("private");
    output(place.child(test, "publishes"));
    let mode = fs::metadata(&place.path)
        .expect("metadata")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// A directory for the rendezvous of one test, removed at its end.
struct Place {
    path: PathBuf,
}

impl Place {
    fn new(name: &str) -> Self {
        let name = format!("netlab-test-{}-{name}", std::process::id());
        Self {
            path: std::env::temp_dir().join(name),
        }
    }

    fn child(&self, test: &str, role: &str) -> std::process::Command {
        let mut command = child(test, role);
        command.env("NETLAB_RENDEZVOUS", &self.path);
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
